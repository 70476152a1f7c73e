//===- GatherToLinalg.cpp - gather, gather_elements, gather_nd ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Gather.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

/// Slices of at least this many elements are copied as a whole.
static constexpr int64_t kMinSlice = 16;

LogicalResult tt::tolinalg::checkIndices(Lowering &l, Value indices, OpFoldResult size) {
  SmallVector<int64_t> known;
  std::optional<int64_t> limit = getConstantIntValue(size);
  if (limit && tt::getConstantInts(indices, known)) {
    for (int64_t index : known)
      if (index < -*limit || index >= *limit)
        return l.error() << "needs indices in [" << -*limit << ", " << *limit << "), but found " << index;
    return success();
  }
  Sizes sizes = l.getSizes(indices);
  Type type = getElementTypeOrSelf(indices), i32 = l.builder.getI32Type();
  Value flat = l.makeReshape(indices, l.product(sizes));
  Value bound = l.builder.createOrFold<arith::IndexCastOp>(l.loc, type, l.value(size));
  Value one = ScalarBuilder(l.builder, l.loc).makeIntConstant(i32, 1);
  AffineMap all = l.builder.getMultiDimIdentityMap(1);
  Value inRange = l.makeGeneric(flat, l.makeFilled({}, one), {all, AffineMap::get(1, 0, l.builder.getContext())},
                                utils::IteratorType::reduction, [&](ScalarBuilder &s, ValueRange x) {
                                  Value zero = s.makeIntConstant(type, 0);
                                  Value low =
                                      s.make<arith::CmpIOp>(arith::CmpIPredicate::sge, x[0], s.sub(zero, bound));
                                  Value good = s.make<arith::AndIOp>(low, s.less(x[0], bound));
                                  return s.make<arith::AndIOp>(x[1], s.make<arith::ExtUIOp>(i32, good));
                                });
  Value element = l.extractOnly(inRange);
  l.check(arith::CmpIOp::create(l.builder, l.loc, arith::CmpIPredicate::ne, element,
                                ScalarBuilder(l.builder, l.loc).makeIntConstant(i32, 0)),
          "index out of range");
  return success();
}

Value tt::tolinalg::normalizeIndex(ScalarBuilder &s, Value position, Value size) {
  Value index =
      position.getType().isIndex() ? position : s.make<arith::IndexCastOp>(s.builder.getIndexType(), position);
  Value zero = s.makeIntConstant(s.builder.getIndexType(), 0);
  // Signed whatever the elements are that `s` computes with.
  return s.select(s.make<arith::CmpIOp>(arith::CmpIPredicate::slt, index, zero), s.add(index, size), index);
}

Value tt::tolinalg::makeGather(Lowering &l, Value input, Value indices) {
  Sizes have = l.getSizes(input), wanted{have[0], l.getSize(indices, 0), have[2]};
  Type element = getElementTypeOrSelf(input);
  Value size = l.value(have[1]);
  std::optional<int64_t> inner = getConstantIntValue(have[2]);
  OpBuilder &b = l.builder;
  if (inner && *inner < kMinSlice) {
    AffineMap middle = AffineMap::get(3, 0, b.getAffineDimExpr(1));
    return l.makeParallel(indices, middle, wanted, element, [&](ScalarBuilder &s, ValueRange x) {
      Value outer = linalg::IndexOp::create(s.builder, s.loc, 0);
      Value last = linalg::IndexOp::create(s.builder, s.loc, 2);
      return Value(
          tensor::ExtractOp::create(s.builder, s.loc, input, ValueRange{outer, normalizeIndex(s, x[0], size), last}));
    });
  }
  Value init = l.makeEmpty(wanted, element);
  Value zero = l.value(l.index(0)), one = l.value(l.index(1)), count = l.value(wanted[1]);
  Sizes slab{have[0], l.index(1), have[2]}, ones(3, l.index(1));
  auto loop = scf::ForOp::create(
      b, l.loc, zero, count, one, init, [&](OpBuilder &inside, Location loc, Value j, ValueRange out) {
        ScalarBuilder s(inside, loc);
        Value position = tensor::ExtractOp::create(inside, loc, indices, j);
        Sizes from{inside.getIndexAttr(0), normalizeIndex(s, position, size), inside.getIndexAttr(0)};
        Sizes to{inside.getIndexAttr(0), j, inside.getIndexAttr(0)};
        Value slice = tensor::ExtractSliceOp::create(inside, loc, input, from, slab, ones);
        Value next = tensor::InsertSliceOp::create(inside, loc, slice, out[0], to, slab, ones);
        scf::YieldOp::create(inside, loc, next);
      });
  return l.setSizes(loop.getResult(0), wanted);
}

//===-- Gather --------------------------------------------------------------------------------------------------===//

/// Elements of a shape computation chosen by constant indices.
static bool gatherScalars(tt::GatherOp op, Lowering &l) {
  auto type = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<int64_t> indices;
  if (type.getRank() != 1 || cast<RankedTensorType>(op.getIndices().getType()).getRank() > 1 ||
      !tt::getConstantInts(op.getIndices(), indices) || int64_t(indices.size()) > kMaxScalars)
    return false;
  const SmallVector<Value> *known = l.getScalars(op.getInput());
  if (!known)
    return false;
  SmallVector<Value> chosen;
  int64_t size = known->size();
  for (int64_t index : indices) {
    if (index < -size || index >= size)
      return false; // the general way reports it
    chosen.push_back((*known)[index < 0 ? index + size : index]);
  }
  l.setScalars(op.getResult(), chosen);
  return true;
}

static LogicalResult lowerGather(tt::GatherOp op, Lowering &l) {
  if (gatherScalars(op, l))
    return success();
  Value input = l.get(op.getInput()), indices = l.get(op.getIndices());
  int64_t axis = op.getAxis();
  Sizes have = l.getSizes(input), places = l.getSizes(indices), wanted;
  if (failed(checkIndices(l, indices, have[axis])))
    return failure();
  wanted.append(have.begin(), have.begin() + axis);
  wanted.append(places.begin(), places.end());
  wanted.append(have.begin() + axis + 1, have.end());

  // Constant neighbours are a slice.
  SmallVector<int64_t> known;
  if (tt::getConstantInts(op.getIndices(), known) && !known.empty()) {
    std::optional<int64_t> size = getConstantIntValue(have[axis]);
    bool isRun = known.front() >= 0 || size || known.size() == 1;
    for (size_t i = 0; i < known.size(); ++i)
      isRun &= known[i] == known[0] + int64_t(i) && (known[i] < 0) == (known[0] < 0);
    if (isRun) {
      Sizes offsets(have.size(), l.index(0)), sizes = have;
      offsets[axis] = known[0] < 0 ? l.add(have[axis], l.index(known[0])) : l.index(known[0]);
      sizes[axis] = l.index(known.size());
      l.set(op.getResult(), l.makeReshape(l.makeSlice(input, offsets, sizes), wanted));
      return success();
    }
  }
  Value flat = l.makeReshape(
      input, {l.product(ArrayRef(have).take_front(axis)), have[axis], l.product(ArrayRef(have).drop_front(axis + 1))});
  Value result = makeGather(l, flat, l.makeReshape(indices, l.product(places)));
  l.set(op.getResult(), l.makeReshape(result, wanted));
  return success();
}

static LogicalResult lowerGatherElements(tt::GatherElementsOp op, Lowering &l) {
  Value input = l.get(op.getInput()), indices = l.get(op.getIndices());
  int64_t axis = op.getAxis();
  Sizes wanted = l.getSizes(indices);
  OpFoldResult size = l.getSize(input, axis);
  if (failed(checkIndices(l, indices, size)))
    return failure();
  Value limit = l.value(size);
  AffineMap identity = l.builder.getMultiDimIdentityMap(wanted.size());
  Value result =
      l.makeParallel(indices, identity, wanted, getElementTypeOrSelf(input), [&](ScalarBuilder &s, ValueRange x) {
        SmallVector<Value> position;
        for (size_t dim = 0; dim < wanted.size(); ++dim)
          position.push_back(int64_t(dim) == axis ? normalizeIndex(s, x[0], limit)
                                                  : Value(linalg::IndexOp::create(s.builder, s.loc, dim)));
        return Value(tensor::ExtractOp::create(s.builder, s.loc, input, position));
      });
  l.set(op.getResult(), result);
  return success();
}

//===-- Tuples --------------------------------------------------------------------------------------------------===//

FailureOr<Value> tt::tolinalg::makeRowNumbers(Lowering &l, Value tuples, ArrayRef<OpFoldResult> sizes) {
  OpFoldResult count = l.getSize(tuples, 0);
  OpFoldResult zero = l.index(0), one = l.index(1);
  SmallVector<Value> columns, limits;
  for (auto [k, size] : llvm::enumerate(sizes)) {
    Value column = l.makeReshape(l.makeSlice(tuples, {zero, l.index(k)}, {count, one}), count);
    if (failed(checkIndices(l, column, size)))
      return failure();
    columns.push_back(column);
    limits.push_back(l.value(size));
  }
  SmallVector<AffineMap> maps(columns.size(), l.builder.getMultiDimIdentityMap(1));
  return l.makeParallel(columns, maps, count, l.builder.getIndexType(), [&](ScalarBuilder &s, ValueRange x) {
    Value row = s.makeIntConstant(s.builder.getIndexType(), 0);
    for (size_t k = 0; k < limits.size(); ++k)
      row = s.add(s.mul(row, limits[k]), normalizeIndex(s, x[k], limits[k]));
    return row;
  });
}

static LogicalResult lowerGatherND(tt::GatherNDOp op, Lowering &l) {
  Value input = l.get(op.getInput()), indices = l.get(op.getIndices());
  int64_t batchDims = op.getBatchDims();
  Sizes have = l.getSizes(input), tuples = l.getSizes(indices);
  std::optional<int64_t> width = getConstantIntValue(tuples.back());
  if (!width)
    return l.error() << "needs index tuples of known length, but found " << op.getIndices().getType();
  // input is BxRxS (batches, rows, slices), indices BxPxK.
  auto range = [](ArrayRef<OpFoldResult> sizes, int64_t from, int64_t to) { return sizes.slice(from, to - from); };
  ArrayRef<OpFoldResult> indexed = range(have, batchDims, batchDims + *width);
  OpFoldResult batch = l.product(range(have, 0, batchDims)), rows = l.product(indexed);
  OpFoldResult slice = l.product(ArrayRef(have).drop_front(batchDims + *width));
  OpFoldResult perBatch = l.product(range(tuples, batchDims, tuples.size() - 1)), count = l.mul(batch, perBatch);
  FailureOr<Value> numbers = makeRowNumbers(l, l.makeReshape(indices, {count, tuples.back()}), indexed);
  if (failed(numbers))
    return failure();
  if (batchDims > 0) { // rows of batch b start at b * R
    Value each = l.value(perBatch), step = l.value(rows);
    AffineMap identity = l.builder.getMultiDimIdentityMap(1);
    numbers = l.makeParallel(*numbers, identity, count, l.builder.getIndexType(), [&](ScalarBuilder &s, ValueRange x) {
      Value b = s.make<arith::DivUIOp>(linalg::IndexOp::create(s.builder, s.loc, 0), each);
      return s.add(x[0], s.mul(b, step));
    });
  }
  Value flat = l.makeReshape(input, {l.index(1), l.mul(batch, rows), slice});
  Value result = makeGather(l, flat, *numbers);
  Sizes wanted(tuples.begin(), tuples.end() - 1);
  wanted.append(have.begin() + batchDims + *width, have.end());
  l.set(op.getResult(), l.makeReshape(result, wanted));
  return success();
}

void tt::tolinalg::addGatherHandlers(HandlerTable &table) {
  table.add(lowerGather);
  table.add(lowerGatherElements);
  table.add(lowerGatherND);
}
