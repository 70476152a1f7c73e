//===- IndexOps.cpp - type inference of the ops that select by index ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The ops are declared in ShapeOps.td.
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"
#include "tt/Dialect/IR/Constants.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

using Types = SmallVectorImpl<Type>;
using MaybeLoc = std::optional<Location>;

/// Adds a result of the shape `sizes` with the element type of `like`.
static LogicalResult addResult(Types &types, Value like, ArrayRef<int64_t> sizes) {
  types.push_back(RankedTensorType::get(sizes, tt::getTensorType(like).getElementType()));
  return success();
}

LogicalResult tt::GatherOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  SmallVector<int64_t> input = getSizes(adaptor.getInput()), indices = getSizes(adaptor.getIndices());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= static_cast<int64_t>(input.size()))
    return inferError<GatherOp>(loc, "needs an axis in [0, ", input.size(), "), but found ", axis);
  SmallVector<int64_t> result(input.begin(), input.begin() + axis);
  llvm::append_range(result, indices);
  result.append(input.begin() + axis + 1, input.end());
  return addResult(types, adaptor.getInput(), result);
}

LogicalResult tt::GatherElementsOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput()), indices = getTensorType(adaptor.getIndices());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= input.getRank())
    return inferError<GatherElementsOp>(loc, "needs an axis in [0, ", input.getRank(), "), but found ", axis);
  if (input.getRank() != indices.getRank())
    return inferError<GatherElementsOp>(loc, "needs operands of equal rank, but found ", input, " and ", indices);
  return addResult(types, adaptor.getInput(), indices.getShape());
}

LogicalResult tt::GatherNDOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput()), indices = getTensorType(adaptor.getIndices());
  int64_t batch = adaptor.getBatchDims();
  if (indices.getRank() < 1 || indices.isDynamicDim(indices.getRank() - 1))
    return inferError<GatherNDOp>(loc, "needs indices with a known last size, but found ", indices);
  int64_t tuple = indices.getShape().back();
  if (batch < 0 || batch >= std::min(input.getRank(), indices.getRank()))
    return inferError<GatherNDOp>(loc, "needs batch_dims of 0 or more and below the ranks of ", input, " and ", indices,
                                  ", but found ", batch);
  if (tuple < 1 || batch + tuple > input.getRank())
    return inferError<GatherNDOp>(loc, "needs index tuples of 1 to ", input.getRank() - batch,
                                  " coordinates, but found ", indices);
  SmallVector<int64_t> result(indices.getShape().drop_back());
  for (int64_t i = 0; i < batch; ++i)
    if (!mergeSize(result[i], input.getDimSize(i)))
      return inferError<GatherNDOp>(loc, "needs equal batch sizes, but found ", input, " and ", indices);
  llvm::append_range(result, input.getShape().drop_front(batch + tuple));
  return addResult(types, adaptor.getInput(), result);
}

LogicalResult tt::ScatterElementsOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput()), indices = getTensorType(adaptor.getIndices()),
                   updates = getTensorType(adaptor.getUpdates());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= input.getRank())
    return inferError<ScatterElementsOp>(loc, "needs an axis in [0, ", input.getRank(), "), but found ", axis);
  if (updates.getElementType() != input.getElementType())
    return inferError<ScatterElementsOp>(loc, "needs updates of element type ", input.getElementType(), ", but found ",
                                         updates);
  if (input.getRank() != indices.getRank() || failed(verifyCompatibleShape(indices, updates)))
    return inferError<ScatterElementsOp>(loc,
                                         "needs indices of the input's rank and updates of their shape, but found ",
                                         input, ", ", indices, " and ", updates);
  types.push_back(input);
  return success();
}

LogicalResult tt::ScatterNDOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput()), indices = getTensorType(adaptor.getIndices()),
                   updates = getTensorType(adaptor.getUpdates());
  if (updates.getElementType() != input.getElementType())
    return inferError<ScatterNDOp>(loc, "needs updates of element type ", input.getElementType(), ", but found ",
                                   updates);
  if (indices.getRank() < 1 || indices.isDynamicDim(indices.getRank() - 1))
    return inferError<ScatterNDOp>(loc, "needs indices with a known last size, but found ", indices);
  int64_t tuple = indices.getShape().back();
  if (tuple < 1 || tuple > input.getRank())
    return inferError<ScatterNDOp>(loc, "needs index tuples of 1 to ", input.getRank(), " coordinates, but found ",
                                   indices);
  SmallVector<int64_t> expected(indices.getShape().drop_back());
  llvm::append_range(expected, input.getShape().drop_front(tuple));
  if (failed(verifyCompatibleShape(expected, updates.getShape())))
    return inferError<ScatterNDOp>(loc, "needs updates of shape ", describeSizes(expected), ", but found ", updates);
  types.push_back(input);
  return success();
}

LogicalResult tt::TriluOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  if (input.getRank() < 2)
    return inferError<TriluOp>(loc, "needs an operand of rank 2 or more, but found ", input);
  if (getTensorType(adaptor.getK()).getRank() != 0)
    return inferError<TriluOp>(loc, "needs k of rank 0, but found ", adaptor.getK().getType());
  types.push_back(input);
  return success();
}

LogicalResult tt::OneHotOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  SmallVector<int64_t> result = getSizes(adaptor.getIndices());
  int64_t axis = adaptor.getAxis(), rank = result.size();
  if (axis < 0 || axis > rank)
    return inferError<OneHotOp>(loc, "needs an axis in [0, ", rank, "], but found ", axis);
  RankedTensorType depthType = getTensorType(adaptor.getDepth()), values = getTensorType(adaptor.getValues());
  if (depthType.getRank() > 1 || (depthType.hasStaticShape() && depthType.getNumElements() != 1))
    return inferError<OneHotOp>(loc, "needs a depth of one element, but found ", depthType);
  if (values.getRank() != 1 || (!values.isDynamicDim(0) && values.getDimSize(0) != 2))
    return inferError<OneHotOp>(loc, "needs two values, but found ", values);
  int64_t depth = ShapedType::kDynamic;
  SmallVector<double> constant;
  if (getConstantFloats(adaptor.getDepth(), constant)) {
    if (!(constant[0] >= 0 && constant[0] < 9.0e18))
      return inferError<OneHotOp>(loc, "needs a depth of 0 or more, but found ", constant[0]);
    depth = static_cast<int64_t>(constant[0]);
  }
  result.insert(result.begin() + axis, depth);
  return addResult(types, adaptor.getValues(), result);
}

LogicalResult tt::ReverseSequenceOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput()), lengths = getTensorType(adaptor.getLengths());
  int64_t batch = adaptor.getBatchAxis(), time = adaptor.getTimeAxis();
  if (input.getRank() < 2)
    return inferError<ReverseSequenceOp>(loc, "needs an operand of rank 2 or more, but found ", input);
  if (batch + time != 1 || batch < 0 || time < 0)
    return inferError<ReverseSequenceOp>(loc, "needs the axes 0 and 1, but found batch_axis = ", batch,
                                         " and time_axis = ", time);
  int64_t size = input.getDimSize(batch);
  if (lengths.getRank() != 1 || !mergeSize(size, lengths.getDimSize(0)))
    return inferError<ReverseSequenceOp>(loc, "needs one length per batch element of ", input, ", but found ", lengths);
  types.push_back(input);
  return success();
}
