//===- NormalizationToLinalg.cpp - softmax, norms, lrn --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Reduction.h"

#include <cmath>

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;
namespace math = mlir::math;

static bool hasRowKernel(Type element) { return element.isF32() || element.isF16() || element.isBF16(); }

//===-- Softmax -------------------------------------------------------------------------------------------------===//

/// Softmax along `axis` as reductions and elementwise ops, for f64.
static FailureOr<Value> makeSoftmaxLoops(Lowering &l, Value input, int64_t axis, bool isLog) {
  Type element = getElementTypeOrSelf(input);
  Sizes column = l.getSizes(input);
  column[axis] = l.index(1);
  Value peak = l.makeReshape(makeReduction(l, input, axis, tt::ReduceKind::Max), column);
  FailureOr<Value> shifted =
      l.makeElementwise({input, peak}, element, [](ScalarBuilder &s, ValueRange x) { return s.sub(x[0], x[1]); });
  if (failed(shifted))
    return failure();
  FailureOr<Value> powers =
      l.makeElementwise(*shifted, element, [](ScalarBuilder &s, ValueRange x) { return s.make<math::ExpOp>(x[0]); });
  if (failed(powers))
    return failure();
  Value sum = l.makeReshape(makeReduction(l, *powers, axis, tt::ReduceKind::Sum), column);
  return l.makeElementwise({isLog ? *shifted : *powers, sum}, element, [&](ScalarBuilder &s, ValueRange x) {
    return isLog ? s.sub(x[0], s.make<math::LogOp>(x[1])) : s.div(x[0], x[1]);
  });
}

static LogicalResult lowerSoftmaxLike(Lowering &l, Value graphInput, Value result, int64_t axis, bool isLog) {
  Value input = l.get(graphInput);
  Type element = getElementTypeOrSelf(input);
  if (!hasRowKernel(element)) {
    FailureOr<Value> value = makeSoftmaxLoops(l, input, axis, isLog);
    if (failed(value))
      return failure();
    l.set(result, *value);
    return success();
  }
  // The kernel works on the last dimension.
  int64_t rank = cast<RankedTensorType>(input.getType()).getRank();
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(perm[axis], perm[rank - 1]);
  Value rows = l.makeTranspose(l.makeCast(input, l.builder.getF32Type()), perm);
  Sizes sizes = l.getSizes(rows);
  Value init = l.makeEmpty(sizes, l.builder.getF32Type());
  auto softmax = tt::SoftmaxRowsOp::create(l.builder, l.loc, TypeRange(init.getType()), l.makeStatic(rows, sizes), init,
                                           isLog ? l.builder.getUnitAttr() : UnitAttr());
  Value value = l.setSizes(softmax->getResult(0), sizes);
  l.set(result, l.makeCast(l.makeTranspose(value, perm), element)); // exchanging two dimensions is its own inverse
  return success();
}

static LogicalResult lowerSoftmax(tt::SoftmaxOp op, Lowering &l) {
  return lowerSoftmaxLike(l, op.getInput(), op.getResult(), op.getAxis(), /*isLog=*/false);
}

static LogicalResult lowerLogSoftmax(tt::LogSoftmaxOp op, Lowering &l) {
  return lowerSoftmaxLike(l, op.getInput(), op.getResult(), op.getAxis(), /*isLog=*/true);
}

//===-- Norm ----------------------------------------------------------------------------------------------------===//

/// Layer or RMS norm of the rows (last dimension) in the element type of `rows`, for f64. scale and bias have one
/// dimension.
static FailureOr<Value> makeNormLoops(Lowering &l, Value rows, Value scale, Value bias, tt::NormKind kind,
                                      double epsilon) {
  Type element = getElementTypeOrSelf(rows);
  Sizes column = l.getSizes(rows);
  int64_t last = column.size() - 1;
  OpFoldResult count = column[last];
  column[last] = l.index(1);
  ScalarBuilder s(l.builder, l.loc);
  Value number = s.make<arith::IndexCastOp>(l.builder.getI64Type(), l.value(count));
  Value n = tensor::FromElementsOp::create(l.builder, l.loc, RankedTensorType::get({}, element),
                                           s.cast(number, number.getType(), element));
  FailureOr<Value> centred = rows;
  if (kind == tt::NormKind::Layer) {
    Value sum = l.makeReshape(makeReduction(l, rows, last, tt::ReduceKind::Sum), column);
    centred = l.makeElementwise({rows, sum, n}, element,
                                [](ScalarBuilder &b, ValueRange x) { return b.sub(x[0], b.div(x[1], x[2])); });
    if (failed(centred))
      return failure();
  }
  FailureOr<Value> squares =
      l.makeElementwise(*centred, element, [](ScalarBuilder &b, ValueRange x) { return b.mul(x[0], x[0]); });
  if (failed(squares))
    return failure();
  Value variance = l.makeReshape(makeReduction(l, *squares, last, tt::ReduceKind::Sum), column);
  SmallVector<Value> inputs{*centred, variance, n, scale};
  if (bias)
    inputs.push_back(bias);
  return l.makeElementwise(inputs, element, [&](ScalarBuilder &b, ValueRange x) {
    Value deviation = b.make<math::SqrtOp>(b.add(b.div(x[1], x[2]), b.makeConstant(element, epsilon)));
    Value result = b.mul(b.div(x[0], deviation), x[3]);
    return bias ? b.add(result, x[4]) : result;
  });
}

static LogicalResult lowerNorm(tt::NormOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  Type element = getElementTypeOrSelf(input);
  Sizes have = l.getSizes(input);
  ArrayRef<OpFoldResult> normalized = ArrayRef(have).drop_front(op.getAxis());
  OpFoldResult count = l.product(normalized);
  Sizes rowSizes(have.begin(), have.begin() + op.getAxis());
  rowSizes.push_back(count);
  Type compute = hasRowKernel(element) ? Type(l.builder.getF32Type()) : element;
  // scale and bias with every normalized dimension, as one vector.
  auto flatten = [&](Value graphValue) {
    Value vector = l.makeCast(l.get(graphValue), compute);
    Sizes own = l.getSizes(vector);
    while (own.size() < normalized.size())
      own.insert(own.begin(), l.index(1));
    while (own.size() > normalized.size() && getConstantIntValue(own.front()) == 1)
      own.erase(own.begin());
    return l.makeReshape(l.makeBroadcast(l.makeReshape(vector, own), normalized), count);
  };
  if (cast<RankedTensorType>(op.getScale().getType()).getRank() > int64_t(have.size()))
    return l.error() << "needs a scale that broadcasts to the normalized dimensions, but found "
                     << op.getScale().getType();
  Value scale = flatten(op.getScale()), bias = op.getBias() ? flatten(op.getBias()) : Value();
  Value rows = l.makeReshape(l.makeCast(input, compute), rowSizes);
  FailureOr<Value> result;
  if (hasRowKernel(element)) {
    Value init = l.makeEmpty(rowSizes, compute);
    auto norm = tt::NormRowsOp::create(l.builder, l.loc, TypeRange(init.getType()), rows, scale, bias, init,
                                       op.getKindAttr(), op.getEpsilonAttr());
    result = l.makeCast(l.setSizes(norm->getResult(0), rowSizes), element);
  } else {
    result = makeNormLoops(l, rows, scale, bias, op.getKind(), op.getEpsilon().convertToDouble());
  }
  if (failed(result))
    return failure();
  l.set(op.getResult(), l.makeReshape(*result, have));
  return success();
}

//===-- Batch norm ----------------------------------------------------------------------------------------------===//

/// The factor a and the offset b of a batch norm, as vectors over the channels; constants where the statistics are.
static FailureOr<std::pair<Value, Value>> makeFactorAndOffset(tt::BatchNormOp op, Lowering &l, Type compute) {
  double epsilon = op.getEpsilon().convertToDouble();
  SmallVector<double> scale, bias, mean, variance;
  if (compute.isF32() && tt::getConstantFloats(op.getScale(), scale) && tt::getConstantFloats(op.getBias(), bias) &&
      tt::getConstantFloats(op.getMean(), mean) && tt::getConstantFloats(op.getVariance(), variance)) {
    auto makeVector = [&](llvm::function_ref<double(size_t)> getElement) {
      auto type = RankedTensorType::get(int64_t(scale.size()), compute);
      return tt::createConstant(l.builder, l.loc, type, [&](MutableArrayRef<char> bytes) {
        for (size_t i = 0; i < scale.size(); ++i) {
          float element = float(getElement(i));
          std::memcpy(bytes.data() + i * sizeof(float), &element, sizeof(float));
        }
      });
    };
    auto getFactor = [&](size_t i) { return scale[i] / std::sqrt(variance[i] + epsilon); };
    Value factor = makeVector(getFactor);
    return std::pair(factor, makeVector([&](size_t i) { return bias[i] - mean[i] * getFactor(i); }));
  }
  FailureOr<Value> factor =
      l.makeElementwise({l.get(op.getScale()), l.get(op.getVariance())}, compute, [&](ScalarBuilder &s, ValueRange x) {
        Value deviation = s.make<math::SqrtOp>(s.add(s.widen(x[1]), s.makeConstant(compute, epsilon)));
        return s.div(s.widen(x[0]), deviation);
      });
  if (failed(factor))
    return failure();
  FailureOr<Value> offset = l.makeElementwise(
      {l.get(op.getBias()), l.get(op.getMean()), *factor}, compute,
      [](ScalarBuilder &s, ValueRange x) { return s.sub(s.widen(x[0]), s.mul(s.widen(x[1]), x[2])); });
  if (failed(offset))
    return failure();
  return std::pair(*factor, *offset);
}

/// What tt-fuse-batch-norm could not move into a convolution: x * a + b with a = scale / sqrt(variance + epsilon) and
/// b = bias - mean * a, one pair per channel.
static LogicalResult lowerBatchNorm(tt::BatchNormOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  Type element = getElementTypeOrSelf(input);
  Type compute = hasRowKernel(element) ? Type(l.builder.getF32Type()) : element;
  FailureOr<std::pair<Value, Value>> vectors = makeFactorAndOffset(op, l, compute);
  if (failed(vectors))
    return failure();
  // Channels in their place: [C, 1, ..., 1].
  Sizes sizes{l.getSize(vectors->first, 0)};
  sizes.append(cast<RankedTensorType>(input.getType()).getRank() - op.getAxis() - 1, l.index(1));
  Value factor = l.makeReshape(vectors->first, sizes), offset = l.makeReshape(vectors->second, sizes);
  FailureOr<Value> result = l.makeElementwise({input, factor, offset}, element, [&](ScalarBuilder &s, ValueRange x) {
    return s.narrow(s.add(s.mul(s.widen(x[0]), x[1]), x[2]), element);
  });
  if (failed(result))
    return failure();
  l.set(op.getResult(), *result);
  return success();
}

//===-- LRN -----------------------------------------------------------------------------------------------------===//

/// Channel c sees the squares of channels c - floor((size - 1) / 2) .. c + ceil((size - 1) / 2).
static LogicalResult lowerLrn(tt::LrnOp op, Lowering &l) {
  Type element = getElementTypeOrSelf(op.getInput().getType());
  Type compute = hasRowKernel(element) ? Type(l.builder.getF32Type()) : element;
  Value input = l.makeCast(l.get(op.getInput()), compute);
  Sizes have = l.getSizes(input);
  int64_t rank = have.size(), axis = op.getAxis(), size = op.getSize();
  Sizes low(rank, l.index(0)), high(rank, l.index(0));
  low[axis] = l.index((size - 1) / 2);
  high[axis] = l.index(size - 1 - (size - 1) / 2);
  Value padded = l.makePadding(input, low, high, l.makeScalar(compute, 0));
  Value window = l.makeEmpty(l.index(size), compute);
  SmallVector<AffineExpr> exprs;
  for (int64_t dim = 0; dim < rank; ++dim)
    exprs.push_back(l.builder.getAffineDimExpr(dim));
  MLIRContext *context = l.builder.getContext();
  AffineMap output = AffineMap::get(rank + 1, 0, exprs, context);
  AffineExpr tap = l.builder.getAffineDimExpr(rank);
  exprs[axis] = exprs[axis] + tap;
  SmallVector<utils::IteratorType> iterators(rank + 1, utils::IteratorType::parallel);
  iterators[rank] = utils::IteratorType::reduction;
  Value sum = l.makeGeneric({padded, window}, l.makeFilled(have, l.makeScalar(compute, 0)),
                            {AffineMap::get(rank + 1, 0, exprs, context), AffineMap::get(rank + 1, 0, tap), output},
                            iterators, [](ScalarBuilder &s, ValueRange x) { return s.add(x[2], s.mul(x[0], x[0])); });
  double alpha = op.getAlpha().convertToDouble(), beta = op.getBeta().convertToDouble();
  double bias = op.getBias().convertToDouble();
  FailureOr<Value> result = l.makeElementwise({input, sum}, element, [&](ScalarBuilder &s, ValueRange x) {
    Value base = s.add(s.makeConstant(compute, bias), s.mul(x[1], s.makeConstant(compute, alpha / double(size))));
    Value power = s.make<math::PowFOp>(base, s.makeConstant(compute, -beta));
    return s.narrow(s.mul(x[0], power), element);
  });
  if (failed(result))
    return failure();
  l.set(op.getResult(), *result);
  return success();
}

void tt::tolinalg::addNormalizationHandlers(HandlerTable &table) {
  table.add(lowerSoftmax);
  table.add(lowerLogSoftmax);
  table.add(lowerNorm);
  table.add(lowerBatchNorm);
  table.add(lowerLrn);
}
