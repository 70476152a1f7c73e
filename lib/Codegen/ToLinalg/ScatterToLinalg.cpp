//===- ScatterToLinalg.cpp - scatter_elements, scatter_nd -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Updates are applied in order by scf.for loops: positions may repeat.
//===----------------------------------------------------------------------===//

#include "Gather.h"

using namespace mlir;
using namespace tt::tolinalg;

/// The element after an update.
static Value combineUpdate(ScalarBuilder &s, tt::ScatterKind kind, Value old, Value update) {
  switch (kind) {
  case tt::ScatterKind::None:
    return update;
  case tt::ScatterKind::Add:
    return s.narrow(s.add(s.widen(old), s.widen(update)), old.getType());
  case tt::ScatterKind::Mul:
    return s.narrow(s.mul(s.widen(old), s.widen(update)), old.getType());
  case tt::ScatterKind::Max:
    return s.narrow(s.max(s.widen(old), s.widen(update)), old.getType());
  case tt::ScatterKind::Min:
    return s.narrow(s.min(s.widen(old), s.widen(update)), old.getType());
  }
  return update;
}

static LogicalResult lowerScatterElements(tt::ScatterElementsOp op, Lowering &l) {
  Value input = l.get(op.getInput()), indices = l.get(op.getIndices()), updates = l.get(op.getUpdates());
  int64_t axis = op.getAxis();
  OpFoldResult size = l.getSize(input, axis);
  if (failed(checkIndices(l, indices, size)))
    return failure();
  bool isUnsigned = getElementTypeOrSelf(op.getInput().getType()).isUnsignedInteger();
  Sizes places = l.getSizes(indices);
  Value limit = l.value(size);
  SmallVector<Value> low(places.size(), l.value(l.index(0))), step(places.size(), l.value(l.index(1))), high;
  for (OpFoldResult place : places)
    high.push_back(l.value(place));
  if (places.empty())
    return l.error() << "needs indices of rank 1 or more";
  scf::LoopNest nest = scf::buildLoopNest(
      l.builder, l.loc, low, high, step, input,
      [&](OpBuilder &b, Location loc, ValueRange at, ValueRange out) -> scf::ValueVector {
        ScalarBuilder s(b, loc, isUnsigned);
        SmallVector<Value> target(at);
        target[axis] = normalizeIndex(s, tensor::ExtractOp::create(b, loc, indices, at), limit);
        Value update = tensor::ExtractOp::create(b, loc, updates, at);
        if (op.getKind() != tt::ScatterKind::None)
          update = combineUpdate(s, op.getKind(), tensor::ExtractOp::create(b, loc, out[0], target), update);
        return {tensor::InsertOp::create(b, loc, update, out[0], target)};
      });
  l.set(op.getResult(), l.setSizes(nest.results.front(), l.getSizes(input)));
  return success();
}

/// With `input` seen as rows of slices RxS, update p (of PxS) goes to row number[p].
static LogicalResult lowerScatterND(tt::ScatterNDOp op, Lowering &l) {
  Value input = l.get(op.getInput()), indices = l.get(op.getIndices()), updates = l.get(op.getUpdates());
  Sizes have = l.getSizes(input), tuples = l.getSizes(indices);
  std::optional<int64_t> width = getConstantIntValue(tuples.back());
  if (!width)
    return l.error() << "needs index tuples of known length, but found " << op.getIndices().getType();
  ArrayRef<OpFoldResult> indexed = ArrayRef(have).take_front(*width);
  OpFoldResult rows = l.product(indexed), slice = l.product(ArrayRef(have).drop_front(*width));
  OpFoldResult count = l.product(ArrayRef(tuples).drop_back());
  FailureOr<Value> numbers = makeRowNumbers(l, l.makeReshape(indices, {count, tuples.back()}), indexed);
  if (failed(numbers))
    return failure();
  Value flat = l.makeReshape(input, {rows, slice}), source = l.makeReshape(updates, {count, slice});
  bool isUnsigned = getElementTypeOrSelf(op.getInput().getType()).isUnsignedInteger();
  bool isScalar = getConstantIntValue(slice) == 1;
  Value zero = l.value(l.index(0)), one = l.value(l.index(1)), end = l.value(count);
  auto loop = scf::ForOp::create(
      l.builder, l.loc, zero, end, one, flat, [&](OpBuilder &b, Location loc, Value p, ValueRange out) {
        ScalarBuilder s(b, loc, isUnsigned);
        Value row = tensor::ExtractOp::create(b, loc, *numbers, p), next;
        if (isScalar) {
          Value update = tensor::ExtractOp::create(b, loc, source, ValueRange{p, zero});
          if (op.getKind() != tt::ScatterKind::None)
            update = combineUpdate(s, op.getKind(), tensor::ExtractOp::create(b, loc, out[0], ValueRange{row, zero}),
                                   update);
          next = tensor::InsertOp::create(b, loc, update, out[0], ValueRange{row, zero});
        } else {
          Sizes from{p, b.getIndexAttr(0)}, to{row, b.getIndexAttr(0)}, extent{b.getIndexAttr(1), slice};
          Sizes ones(2, b.getIndexAttr(1));
          Value update = tensor::ExtractSliceOp::create(b, loc, source, from, extent, ones);
          if (op.getKind() != tt::ScatterKind::None) {
            Value old = tensor::ExtractSliceOp::create(b, loc, out[0], to, extent, ones);
            SmallVector<AffineMap> maps(2, b.getMultiDimIdentityMap(2));
            SmallVector<utils::IteratorType> iterators(2, utils::IteratorType::parallel);
            update = linalg::GenericOp::create(b, loc, old.getType(), update, old, maps, iterators,
                                               [&](OpBuilder &inside, Location where, ValueRange x) {
                                                 ScalarBuilder body(inside, where, isUnsigned);
                                                 linalg::YieldOp::create(inside, where,
                                                                         combineUpdate(body, op.getKind(), x[1], x[0]));
                                               })
                         .getResult(0);
          }
          next = tensor::InsertSliceOp::create(b, loc, update, out[0], to, extent, ones);
        }
        scf::YieldOp::create(b, loc, next);
      });
  Value result = l.setSizes(loop.getResult(0), {rows, slice});
  l.set(op.getResult(), l.makeReshape(result, have));
  return success();
}

void tt::tolinalg::addScatterHandlers(HandlerTable &table) {
  table.add(lowerScatterElements);
  table.add(lowerScatterND);
}
