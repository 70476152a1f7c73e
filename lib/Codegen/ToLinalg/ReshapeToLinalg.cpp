//===- ReshapeToLinalg.cpp - shape, reshape, transpose, expand, tile ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Lowering.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

static LogicalResult lowerShape(tt::ShapeOp op, Lowering &l) {
  Sizes sizes = l.getSizes(l.get(op.getInput()));
  SmallVector<Value> scalars;
  for (int64_t dim = op.getStart(); dim < int64_t(op.getEnd()); ++dim)
    scalars.push_back(l.builder.createOrFold<arith::IndexCastOp>(l.loc, l.builder.getI64Type(), l.value(sizes[dim])));
  l.setScalars(op.getResult(), scalars);
  return success();
}

/// The new sizes: -1 is inferred, 0 copies the operand's. Sizes that are only known at run time and may be -1 or 0 are
/// resolved by selects.
static FailureOr<Sizes> resolveShape(tt::ReshapeOp op, Sizes have, Lowering &l) {
  FailureOr<Sizes> shape = l.getIndices(op.getShape());
  if (failed(shape))
    return failure();
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  if (int64_t(shape->size()) != declared.getRank())
    return l.error() << "needs a shape operand of " << declared.getRank() << " elements, but it has " << shape->size();
  ScalarBuilder s(l.builder, l.loc);
  auto indexConstant = [&](int64_t value) { return l.value(l.index(value)); };
  Sizes sizes;
  std::optional<int64_t> inferred;
  bool mayInfer = false; // some size may turn out to be -1 at run time
  for (auto [dim, size] : llvm::enumerate(*shape)) {
    std::optional<int64_t> known = getConstantIntValue(size);
    if (!declared.isDynamicDim(dim)) {
      sizes.push_back(l.index(declared.getDimSize(dim)));
    } else if (known == 0 && !op.getAllowZero() && dim < have.size()) {
      sizes.push_back(have[dim]);
    } else if (known == -1) {
      inferred = dim;
      sizes.push_back(l.index(1));
    } else if (known || Lowering::isSize(size)) {
      sizes.push_back(size);
    } else {
      Value value = cast<Value>(size);
      if (!op.getAllowZero() && dim < have.size())
        value = s.select(s.equal(value, indexConstant(0)), l.value(have[dim]), value);
      mayInfer = true;
      sizes.push_back(value);
    }
  }
  if (!mayInfer) {
    if (inferred)
      sizes[*inferred] = l.quotient(have, sizes);
    return sizes;
  }
  if (inferred)
    sizes[*inferred] = Value(indexConstant(-1));
  Sizes known;
  for (OpFoldResult size : sizes)
    known.push_back(
        getConstantIntValue(size) && getConstantIntValue(size) != -1
            ? size
            : OpFoldResult(s.select(s.equal(l.value(size), indexConstant(-1)), indexConstant(1), l.value(size))));
  OpFoldResult rest = l.quotient(have, known);
  for (OpFoldResult &size : sizes)
    if (!getConstantIntValue(size) || getConstantIntValue(size) == -1)
      size = s.select(s.equal(l.value(size), indexConstant(-1)), l.value(rest), l.value(size));
  return sizes;
}

static LogicalResult lowerReshape(tt::ReshapeOp op, Lowering &l) {
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  if (declared.hasStaticShape() && declared.getRank() <= 1)
    if (const SmallVector<Value> *scalars = l.getScalars(op.getInput());
        scalars && int64_t(scalars->size()) == declared.getNumElements()) {
      l.setScalars(op.getResult(), SmallVector<Value>(*scalars));
      return success();
    }
  Value input = l.get(op.getInput());
  Sizes have = l.getSizes(input);
  FailureOr<Sizes> sizes = resolveShape(op, have, l);
  if (failed(sizes))
    return failure();
  l.checkSizes(*sizes);
  if (!l.areEqual(have, *sizes) &&
      failed(l.checkEqual(l.product(have), l.product(*sizes), "needs as many elements in the new shape as in the old")))
    return failure();
  l.set(op.getResult(), l.makeReshape(input, *sizes));
  return success();
}

static LogicalResult lowerTranspose(tt::TransposeOp op, Lowering &l) {
  l.set(op.getResult(), l.makeTranspose(l.get(op.getInput()), op.getPerm()));
  return success();
}

/// NumPy broadcasting of the operand's sizes with `shape`.
static LogicalResult lowerExpand(tt::ExpandOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  FailureOr<Sizes> shape = l.getIndices(op.getShape());
  if (failed(shape))
    return failure();
  Sizes have = l.getSizes(input), sizes;
  while (have.size() < shape->size())
    have.insert(have.begin(), l.index(1));
  while (shape->size() < have.size())
    shape->insert(shape->begin(), l.index(1));
  ScalarBuilder s(l.builder, l.loc);
  for (auto [size, wanted] : llvm::zip_equal(have, *shape)) {
    std::optional<int64_t> known = getConstantIntValue(size), target = getConstantIntValue(wanted);
    if (known == 1) {
      sizes.push_back(wanted);
      continue;
    }
    sizes.push_back(size);
    if (target == 1)
      continue;
    if (known && target) {
      if (failed(l.checkEqual(size, wanted, "needs sizes that agree or are 1")))
        return failure();
    } else if (!l.areEqual({size}, {wanted})) { // a wanted 1 keeps the operand's size
      Value w = l.value(wanted);
      l.check(s.make<arith::OrIOp>(s.equal(w, l.value(size)), s.equal(w, l.value(l.index(1)))),
              "needs sizes that agree or are 1");
    }
  }
  l.set(op.getResult(), l.makeBroadcast(l.makeReshape(input, have), sizes));
  return success();
}

/// Each repeated dimension d becomes [repeats, d], a broadcast along the first of the two.
static LogicalResult lowerTile(tt::TileOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  FailureOr<Sizes> repeats = l.getIndices(op.getRepeats());
  if (failed(repeats))
    return failure();
  Sizes have = l.getSizes(input), spread, target, result;
  for (auto [size, count] : llvm::zip_equal(have, *repeats)) {
    result.push_back(l.mul(size, count));
    if (getConstantIntValue(count) == 1) {
      spread.push_back(size);
      target.push_back(size);
      continue;
    }
    spread.append({l.index(1), size});
    target.append({count, size});
  }
  Value expanded = l.makeBroadcast(l.makeReshape(input, spread), target);
  l.set(op.getResult(), l.makeReshape(expanded, result));
  return success();
}

void tt::tolinalg::addReshapeHandlers(HandlerTable &table) {
  table.add(lowerShape);
  table.add(lowerReshape);
  table.add(lowerTranspose);
  table.add(lowerExpand);
  table.add(lowerTile);
}
