//===- ReductionToLinalg.cpp - reduce and arg_reduce ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Reduction.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

Value tt::tolinalg::makeIdentity(ScalarBuilder &s, Type type, tt::ReduceKind kind, bool isUnsigned) {
  if (auto floating = dyn_cast<FloatType>(type)) {
    double infinity = std::numeric_limits<double>::infinity();
    switch (kind) {
    case tt::ReduceKind::Max:
      return s.makeConstant(type, -infinity);
    case tt::ReduceKind::Min:
      return s.makeConstant(type, infinity);
    case tt::ReduceKind::Prod:
      return s.makeConstant(type, 1);
    default:
      return s.makeConstant(type, 0);
    }
  }
  unsigned width = type.getIntOrFloatBitWidth();
  isUnsigned |= width == 1;
  switch (kind) {
  case tt::ReduceKind::Max:
    return s.makeIntConstant(type, isUnsigned ? 0 : APInt::getSignedMinValue(width).getSExtValue());
  case tt::ReduceKind::Min:
    return s.makeIntConstant(type, isUnsigned ? -1 : APInt::getSignedMaxValue(width).getSExtValue());
  case tt::ReduceKind::Prod:
    return s.makeIntConstant(type, 1);
  default:
    return s.makeIntConstant(type, 0);
  }
}

Value tt::tolinalg::combine(ScalarBuilder &s, tt::ReduceKind kind, Value x, Value y) {
  switch (kind) {
  case tt::ReduceKind::Max:
    return s.max(x, y);
  case tt::ReduceKind::Min:
    return s.min(x, y);
  case tt::ReduceKind::Prod:
    return s.mul(x, y);
  default:
    return s.add(x, y);
  }
}

Value tt::tolinalg::makeReduction(Lowering &l, Value input, ArrayRef<int64_t> axes, tt::ReduceKind kind,
                                  bool isUnsigned) {
  Sizes have = l.getSizes(input), kept;
  SmallVector<AffineExpr> exprs;
  SmallVector<utils::IteratorType> iterators(have.size(), utils::IteratorType::parallel);
  for (auto [dim, size] : llvm::enumerate(have)) {
    if (llvm::is_contained(axes, dim)) {
      iterators[dim] = utils::IteratorType::reduction;
      continue;
    }
    kept.push_back(size);
    exprs.push_back(l.builder.getAffineDimExpr(dim));
  }
  // Sums and products of 16-bit floats are accumulated in f32.
  Type element = getElementTypeOrSelf(input), accumulator = element;
  if (element.isF16() || element.isBF16())
    accumulator = l.builder.getF32Type();
  ScalarBuilder s(l.builder, l.loc);
  Value init = l.makeFilled(kept, makeIdentity(s, accumulator, kind, isUnsigned));
  AffineMap output = AffineMap::get(have.size(), 0, exprs, l.builder.getContext());
  return l.makeGeneric(input, init, {l.builder.getMultiDimIdentityMap(have.size()), output}, iterators,
                       [&](ScalarBuilder &body, ValueRange x) {
                         body.isUnsigned = isUnsigned;
                         return combine(body, kind, x[1], body.widen(x[0]));
                       });
}

static LogicalResult lowerReduce(tt::ReduceOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  ArrayRef<int64_t> axes = op.getAxes();
  Type element = getElementTypeOrSelf(input);
  bool isUnsigned = getElementTypeOrSelf(op.getInput().getType()).isUnsignedInteger();
  Sizes have = l.getSizes(input), wanted, reduced;
  for (auto [dim, size] : llvm::enumerate(have)) {
    if (!llvm::is_contained(axes, dim))
      wanted.push_back(size);
    else if (op.getKeepDims())
      wanted.push_back(l.index(1));
    if (llvm::is_contained(axes, dim))
      reduced.push_back(size);
  }
  // One element per result: nothing to combine.
  if (llvm::all_of(reduced, [](OpFoldResult size) { return getConstantIntValue(size) == 1; })) {
    l.set(op.getResult(), l.makeReshape(input, wanted));
    return success();
  }
  Value result = makeReduction(l, input, axes, op.getKind(), isUnsigned);
  bool isMean = op.getKind() == tt::ReduceKind::Mean;
  OpFoldResult count = l.product(reduced);
  if (isMean || getElementTypeOrSelf(result) != element) {
    SmallVector<Value> inputs{result};
    Type accumulator = getElementTypeOrSelf(result);
    std::optional<int64_t> known = getConstantIntValue(count);
    if (isMean && !known) {
      ScalarBuilder s(l.builder, l.loc);
      Value number = s.make<arith::IndexCastOp>(l.builder.getI64Type(), l.value(count));
      number = s.cast(number, number.getType(), accumulator);
      inputs.push_back(
          tensor::FromElementsOp::create(l.builder, l.loc, RankedTensorType::get({}, accumulator), number));
    }
    FailureOr<Value> divided = l.makeElementwise(
        inputs, element,
        [&](ScalarBuilder &s, ValueRange x) {
          Value value = x[0];
          if (isMean)
            value = s.div(value, known ? s.makeConstant(accumulator, *known) : x[1]);
          return s.narrow(value, element);
        },
        isUnsigned);
    if (failed(divided))
      return failure();
    result = *divided;
  }
  l.set(op.getResult(), l.makeReshape(result, wanted));
  return success();
}

/// A generic with two results, the best element so far and its position.
static LogicalResult lowerArgReduce(tt::ArgReduceOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  int64_t axis = op.getAxis();
  Sizes have = l.getSizes(input), kept, wanted;
  SmallVector<AffineExpr> exprs;
  SmallVector<utils::IteratorType> iterators(have.size(), utils::IteratorType::parallel);
  for (auto [dim, size] : llvm::enumerate(have)) {
    if (int64_t(dim) == axis) {
      iterators[dim] = utils::IteratorType::reduction;
      if (op.getKeepDims())
        wanted.push_back(l.index(1));
      continue;
    }
    kept.push_back(size);
    wanted.push_back(size);
    exprs.push_back(l.builder.getAffineDimExpr(dim));
  }
  bool isMax = op.getKind() == tt::ArgKind::Max, selectLast = op.getSelectLast();
  bool isUnsigned = getElementTypeOrSelf(op.getInput().getType()).isUnsignedInteger();
  Type element = getElementTypeOrSelf(input), i64 = l.builder.getI64Type();
  ScalarBuilder s(l.builder, l.loc);
  tt::ReduceKind kind = isMax ? tt::ReduceKind::Max : tt::ReduceKind::Min;
  Value bestInit = l.makeFilled(kept, makeIdentity(s, element, kind, isUnsigned));
  Value positionInit = l.makeFilled(kept, s.makeIntConstant(i64, 0));
  AffineMap output = AffineMap::get(have.size(), 0, exprs, l.builder.getContext());
  auto generic = linalg::GenericOp::create(
      l.builder, l.loc, TypeRange{bestInit.getType(), positionInit.getType()}, input,
      ValueRange{bestInit, positionInit}, ArrayRef{l.builder.getMultiDimIdentityMap(have.size()), output, output},
      iterators, [&](OpBuilder &inner, Location loc, ValueRange x) {
        ScalarBuilder body(inner, loc, isUnsigned);
        Value here = inner.createOrFold<arith::IndexCastOp>(loc, i64, linalg::IndexOp::create(inner, loc, axis));
        Value value = body.widen(x[0]), best = body.widen(x[1]);
        Value isBetter = isMax ? body.less(best, value) : body.less(value, best);
        if (selectLast)
          isBetter = body.make<arith::OrIOp>(isBetter, body.equal(value, best));
        linalg::YieldOp::create(inner, loc,
                                ValueRange{body.select(isBetter, x[0], x[1]), body.select(isBetter, here, x[2])});
      });
  Value positions = l.setSizes(generic.getResult(1), kept);
  l.set(op.getResult(), l.makeReshape(positions, wanted));
  return success();
}

void tt::tolinalg::addReductionHandlers(HandlerTable &table) {
  table.add(lowerReduce);
  table.add(lowerArgReduce);
}
