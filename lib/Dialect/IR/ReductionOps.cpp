//===- ReductionOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ReductionOps.cpp.inc"

using Types = SmallVectorImpl<Type>;
using MaybeLoc = std::optional<Location>;

/// Fails unless `axis` names a dimension of `input`.
template <typename OpT> static LogicalResult checkAxis(MaybeLoc loc, Value input, int64_t axis) {
  int64_t rank = tt::getTensorType(input).getRank();
  if (axis < 0 || axis >= rank)
    return tt::inferError<OpT>(loc, "needs an axis in [0, ", rank, "), but found ", axis);
  return success();
}

/// Inference of an op whose result has the type of its first operand and which works along one axis.
template <typename OpT> static LogicalResult inferAlongAxis(MaybeLoc loc, Value input, int64_t axis, Types &types) {
  if (failed(checkAxis<OpT>(loc, input, axis)))
    return failure();
  types.push_back(input.getType());
  return success();
}

LogicalResult tt::ReduceOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  ArrayRef<int64_t> axes = adaptor.getAxes();
  int64_t previous = -1;
  for (int64_t axis : axes) {
    if (axis <= previous || axis >= input.getRank())
      return inferError<ReduceOp>(loc, "needs sorted, distinct axes in [0, ", input.getRank(), "), but found [", axes,
                                  "]");
    previous = axis;
  }
  SmallVector<int64_t> result;
  for (auto [i, size] : llvm::enumerate(input.getShape())) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(i)))
      result.push_back(size);
    else if (adaptor.getKeepDims())
      result.push_back(1);
  }
  types.push_back(RankedTensorType::get(result, input.getElementType()));
  return success();
}

LogicalResult tt::ArgReduceOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor, Types &types) {
  if (failed(checkAxis<ArgReduceOp>(loc, adaptor.getInput(), adaptor.getAxis())))
    return failure();
  SmallVector<int64_t> result = getSizes(adaptor.getInput());
  if (adaptor.getKeepDims())
    result[adaptor.getAxis()] = 1;
  else
    result.erase(result.begin() + adaptor.getAxis());
  types.push_back(RankedTensorType::get(result, IntegerType::get(context, 64)));
  return success();
}

LogicalResult tt::CumSumOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  return inferAlongAxis<CumSumOp>(loc, adaptor.getInput(), adaptor.getAxis(), types);
}

LogicalResult tt::TopKOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor, Types &types) {
  if (failed(checkAxis<TopKOp>(loc, adaptor.getInput(), adaptor.getAxis())))
    return failure();
  RankedTensorType input = getTensorType(adaptor.getInput());
  if (int64_t length = getLength(adaptor.getK()); length != 1 && !ShapedType::isDynamic(length))
    return inferError<TopKOp>(loc, "needs k of one element, but found ", adaptor.getK().getType());
  SmallVector<int64_t> result(input.getShape());
  int64_t &size = result[adaptor.getAxis()];
  if (std::optional<SmallVector<int64_t>> k = getInts(adaptor.getK())) {
    int64_t count = k->front();
    if (count < 0 || (!ShapedType::isDynamic(size) && count > size))
      return inferError<TopKOp>(loc, "needs k in [0, size of dimension ", adaptor.getAxis(), " of ", input,
                                "], but found ", count);
    size = count;
  } else {
    size = ShapedType::kDynamic;
  }
  types.push_back(RankedTensorType::get(result, input.getElementType()));
  types.push_back(RankedTensorType::get(result, IntegerType::get(context, 64)));
  return success();
}

LogicalResult tt::SoftmaxOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  return inferAlongAxis<SoftmaxOp>(loc, adaptor.getInput(), adaptor.getAxis(), types);
}

LogicalResult tt::LogSoftmaxOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  return inferAlongAxis<LogSoftmaxOp>(loc, adaptor.getInput(), adaptor.getAxis(), types);
}

LogicalResult tt::NormOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  if (failed(checkAxis<NormOp>(loc, adaptor.getInput(), adaptor.getAxis())))
    return failure();
  ArrayRef<int64_t> normalized = input.getShape().drop_front(adaptor.getAxis());
  for (Value operand : {adaptor.getScale(), adaptor.getBias()}) {
    if (!operand)
      continue;
    RankedTensorType type = getTensorType(operand);
    std::optional<SmallVector<int64_t>> common = broadcastSizes(normalized, type.getShape());
    if (type.getRank() > static_cast<int64_t>(normalized.size()) || !common ||
        failed(verifyCompatibleShape(*common, normalized)))
      return inferError<NormOp>(loc, "needs scale and bias that broadcast to the normalized sizes ",
                                describeSizes(normalized), ", but found ", type);
  }
  types.push_back(input);
  return success();
}

void tt::TTDialect::registerReductionOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ReductionOps.cpp.inc"
      >();
}
