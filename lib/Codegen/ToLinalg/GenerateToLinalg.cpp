//===- GenerateToLinalg.cpp - range, trilu, one_hot, reverse_sequence -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Ops whose elements depend on their own position.
//===----------------------------------------------------------------------===//

#include "Gather.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;
namespace math = mlir::math;

/// max(ceil((limit - start) / delta), 0) as an index value.
static OpFoldResult getRangeCount(tt::RangeOp op, Lowering &l) {
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  if (declared.hasStaticShape())
    return l.index(declared.getDimSize(0));
  Type graph = declared.getElementType();
  ScalarBuilder s(l.builder, l.loc, graph.isUnsignedInteger());
  Value start = l.getElement(op.getStart()), limit = l.getElement(op.getLimit()), delta = l.getElement(op.getDelta());
  Type index = l.builder.getIndexType();
  if (isa<FloatType>(graph)) {
    Value span = s.div(s.sub(s.widen(limit), s.widen(start)), s.widen(delta));
    Value count = s.make<math::CeilOp>(s.max(span, s.makeConstant(span.getType(), 0)));
    return Value(s.make<arith::IndexCastOp>(index, s.cast(count, count.getType(), l.builder.getI64Type())));
  }
  FailureOr<Sizes> first = l.getIndices(op.getStart()), last = l.getIndices(op.getLimit());
  SmallVector<int64_t> step;
  if (succeeded(first) && succeeded(last) && tt::getConstantInts(op.getDelta(), step) && step[0] == 1) {
    // 0 .. n has n elements: the size of the result is the value n itself.
    OpFoldResult span = l.sub(last->front(), first->front());
    return Lowering::isSize(span) ? span : l.max(span, l.index(0));
  }
  // Integers: in 64 bits, (span + delta -+ 1) / delta.
  Type i64 = l.builder.getI64Type();
  start = s.cast(start, graph, i64);
  limit = s.cast(limit, graph, i64);
  delta = s.cast(delta, graph, i64);
  s.isUnsigned = false;
  Value zero = s.makeIntConstant(i64, 0), one = s.makeIntConstant(i64, 1);
  Value isForward = s.less(zero, delta);
  Value room = s.add(s.sub(limit, start), s.sub(delta, s.select(isForward, one, s.makeIntConstant(i64, -1))));
  Value count = s.make<arith::IndexCastOp>(index, s.max(s.div(room, delta), zero));
  return getAsOpFoldResult(count);
}

static LogicalResult lowerRange(tt::RangeOp op, Lowering &l) {
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  Type graph = declared.getElementType(), element = getSignless(graph);
  OpFoldResult count = getRangeCount(op, l);
  Value start = l.get(op.getStart()), delta = l.get(op.getDelta());
  AffineMap scalar = AffineMap::get(1, 0, l.builder.getContext());
  Value result = l.makeParallel({start, delta}, {scalar, scalar}, count, element, [&](ScalarBuilder &s, ValueRange x) {
    Value i = s.make<arith::IndexCastOp>(s.builder.getI64Type(), linalg::IndexOp::create(s.builder, s.loc, 0));
    Value first = s.widen(x[0]), step = s.widen(x[1]);
    Value position = s.cast(i, i.getType(), first.getType());
    return s.narrow(s.add(first, s.mul(position, step)), element);
  });
  l.set(op.getResult(), result);
  return success();
}

static LogicalResult lowerTrilu(tt::TriluOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  Sizes sizes = l.getSizes(input);
  int64_t rank = sizes.size();
  Type element = getElementTypeOrSelf(input);
  Value k = l.getElement(op.getK());
  AffineMap identity = l.builder.getMultiDimIdentityMap(rank);
  Value result = l.makeParallel(input, identity, sizes, element, [&](ScalarBuilder &s, ValueRange x) {
    Value row = linalg::IndexOp::create(s.builder, s.loc, rank - 2);
    Value column = linalg::IndexOp::create(s.builder, s.loc, rank - 1);
    Value diagonal = s.make<arith::IndexCastOp>(s.builder.getI64Type(), s.sub(column, row));
    auto predicate = op.getUpper() ? arith::CmpIPredicate::sge : arith::CmpIPredicate::sle;
    return s.select(s.make<arith::CmpIOp>(predicate, diagonal, k), x[0], s.makeConstant(element, 0));
  });
  l.set(op.getResult(), result);
  return success();
}

static LogicalResult lowerOneHot(tt::OneHotOp op, Lowering &l) {
  Value indices = l.get(op.getIndices()), values = l.get(op.getValues());
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  int64_t axis = op.getAxis(), rank = declared.getRank();
  OpFoldResult depth;
  if (!declared.isDynamicDim(axis)) {
    depth = l.index(declared.getDimSize(axis));
  } else {
    Type graph = getElementTypeOrSelf(op.getDepth().getType());
    ScalarBuilder s(l.builder, l.loc);
    Value count = s.cast(l.getElement(op.getDepth()), graph, l.builder.getI64Type());
    depth = Value(s.make<arith::IndexCastOp>(l.builder.getIndexType(), count));
  }
  Sizes sizes = l.getSizes(indices);
  SmallVector<AffineExpr> exprs;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (dim != axis)
      exprs.push_back(l.builder.getAffineDimExpr(dim));
  sizes.insert(sizes.begin() + axis, depth);
  MLIRContext *context = l.builder.getContext();
  AffineMap scalar = AffineMap::get(rank, 0, context);
  auto getChoice = [&](int64_t i) { return l.makeReshape(l.makeSlice(values, l.index(i), l.index(1)), {}); };
  Type graph = getElementTypeOrSelf(op.getIndices().getType());
  Value limit = l.builder.createOrFold<arith::IndexCastOp>(l.loc, l.builder.getI64Type(), l.value(depth));
  Value result =
      l.makeParallel({indices, getChoice(0), getChoice(1)}, {AffineMap::get(rank, 0, exprs, context), scalar, scalar},
                     sizes, getElementTypeOrSelf(values), [&](ScalarBuilder &s, ValueRange x) {
                       Type i64 = s.builder.getI64Type();
                       Value index = s.cast(x[0], graph, i64);
                       index = s.select(s.less(index, s.makeIntConstant(i64, 0)), s.add(index, limit), index);
                       Value here = s.make<arith::IndexCastOp>(i64, linalg::IndexOp::create(s.builder, s.loc, axis));
                       return s.select(s.equal(index, here), x[2], x[1]);
                     });
  l.set(op.getResult(), result);
  return success();
}

static LogicalResult lowerReverseSequence(tt::ReverseSequenceOp op, Lowering &l) {
  Value input = l.get(op.getInput()), lengths = l.get(op.getLengths());
  Sizes sizes = l.getSizes(input);
  int64_t rank = sizes.size(), time = op.getTimeAxis(), batch = op.getBatchAxis();
  AffineMap ofBatch = AffineMap::get(rank, 0, l.builder.getAffineDimExpr(batch));
  Value limit = l.value(sizes[time]);
  Value result =
      l.makeParallel(lengths, ofBatch, sizes, getElementTypeOrSelf(input), [&](ScalarBuilder &s, ValueRange x) {
        SmallVector<Value> position;
        for (int64_t dim = 0; dim < rank; ++dim)
          position.push_back(linalg::IndexOp::create(s.builder, s.loc, dim));
        Type index = s.builder.getIndexType();
        Value zero = s.makeIntConstant(index, 0);
        // A length outside [0, size] is cut to it: no access outside the operand.
        Value length = s.max(s.min(s.make<arith::IndexCastOp>(index, x[0]), limit), zero);
        Value mirrored = s.sub(s.sub(length, s.makeIntConstant(index, 1)), position[time]);
        position[time] = s.select(s.less(position[time], length), mirrored, position[time]);
        return Value(tensor::ExtractOp::create(s.builder, s.loc, input, position));
      });
  l.set(op.getResult(), result);
  return success();
}

void tt::tolinalg::addGenerateHandlers(HandlerTable &table) {
  table.add(lowerRange);
  table.add(lowerTrilu);
  table.add(lowerOneHot);
  table.add(lowerReverseSequence);
}
