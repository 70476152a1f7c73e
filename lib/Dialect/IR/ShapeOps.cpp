//===- ShapeOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ShapeRules.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

#include <cmath>

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ShapeOps.cpp.inc"

using Types = SmallVectorImpl<Type>;
using MaybeLoc = std::optional<Location>;

/// Adds a result of the shape `sizes` with the element type of `like`.
static LogicalResult addResult(Types &types, Value like, ArrayRef<int64_t> sizes) {
  types.push_back(RankedTensorType::get(sizes, tt::getTensorType(like).getElementType()));
  return success();
}

/// The rank of the result where the sizes in `shape` are not constant: the length of `shape`, which must be known.
template <typename OpT> static FailureOr<int64_t> getShapeLength(MaybeLoc loc, Value shape) {
  int64_t length = tt::getLength(shape);
  if (ShapedType::isDynamic(length))
    return tt::inferError<OpT>(loc, "needs a shape operand of known length, but found ", shape.getType());
  constexpr int64_t maxRank = 64; // twice what NumPy has; far more would not even fit into a type
  if (length > maxRank)
    return tt::inferError<OpT>(loc, "needs a shape operand of at most ", maxRank, " sizes, but found ",
                               shape.getType());
  return length;
}

//===-- reshape ---------------------------------------------------------------------------------------------------===//

LogicalResult tt::ReshapeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  FailureOr<int64_t> rank = getShapeLength<ReshapeOp>(loc, adaptor.getShape());
  if (failed(rank))
    return failure();
  SmallVector<int64_t> input = getSizes(adaptor.getInput());
  std::optional<SmallVector<int64_t>> shape = getInts(adaptor.getShape());
  if (!shape)
    return addResult(types, adaptor.getInput(), SmallVector<int64_t>(*rank, ShapedType::kDynamic));

  // Copied sizes cancel out of both element counts, also where they are dynamic.
  SmallVector<int64_t> rest = input, known, result;
  std::optional<size_t> inferred;
  for (auto [i, size] : llvm::enumerate(*shape)) {
    if (size < -1)
      return inferError<ReshapeOp>(loc, "needs sizes of -1 or more, but found ", size);
    if (size == -1) {
      if (inferred)
        return inferError<ReshapeOp>(loc, "needs at most one size of -1, but found them at ", *inferred, " and ", i);
      inferred = i;
      result.push_back(ShapedType::kDynamic);
    } else if (size == 0 && !adaptor.getAllowZero()) {
      if (i >= input.size())
        return inferError<ReshapeOp>(loc, "needs a dimension ", i, " of the operand for the size of 0, but it is ",
                                     adaptor.getInput().getType());
      result.push_back(input[i]);
      rest[i] = 1;
    } else {
      result.push_back(size);
      known.push_back(size);
    }
  }
  std::optional<int64_t> have = staticProduct(rest), want = staticProduct(known);
  auto mismatch = [&]() {
    return inferError<ReshapeOp>(loc, "needs as many elements as its operand ", adaptor.getInput().getType(),
                                 " has, but the shape is ", describeSizes(*shape));
  };
  if (!want)
    return mismatch();
  if (inferred && have) {
    if (*want == 0 ? *have != 0 : *have % *want != 0)
      return mismatch();
    if (*want != 0)
      result[*inferred] = *have / *want;
  } else if (!inferred && have && *have != *want) {
    return mismatch();
  }
  return addResult(types, adaptor.getInput(), result);
}

//===-- transpose, concat -----------------------------------------------------------------------------------------===//

LogicalResult tt::TransposeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  SmallVector<int64_t> input = getSizes(adaptor.getInput());
  ArrayRef<int64_t> perm = adaptor.getPerm();
  if (perm.size() != input.size() || !isPermutationVector(perm))
    return inferError<TransposeOp>(loc, "needs a permutation of the ", input.size(), " dimensions of ",
                                   adaptor.getInput().getType(), ", but perm is [", perm, "]");
  return addResult(types, adaptor.getInput(), applyPermutation(input, perm));
}

LogicalResult tt::ConcatOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  if (adaptor.getInputs().empty())
    return inferError<ConcatOp>(loc, "needs at least one operand");
  RankedTensorType first = getTensorType(adaptor.getInputs().front());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= first.getRank())
    return inferError<ConcatOp>(loc, "needs an axis in [0, ", first.getRank(), "), but found ", axis);
  SmallVector<int64_t> result(first.getShape());
  for (Value input : llvm::drop_begin(adaptor.getInputs())) {
    RankedTensorType type = getTensorType(input);
    if (type.getElementType() != first.getElementType() || type.getRank() != first.getRank())
      return inferError<ConcatOp>(loc, "needs operands of one element type and rank, but found ", first, " and ", type);
    for (auto [i, size] : llvm::enumerate(type.getShape())) {
      if (static_cast<int64_t>(i) == axis) {
        if (ShapedType::isDynamic(result[i]) || ShapedType::isDynamic(size))
          result[i] = ShapedType::kDynamic;
        else if (llvm::AddOverflow(result[i], size, result[i]))
          return inferError<ConcatOp>(loc, "needs sizes whose sum is below 2^63, but found ", first, " and ", type);
      } else if (!mergeSize(result[i], size))
        return inferError<ConcatOp>(loc, "needs equal sizes except along axis ", axis, ", but found ", first, " and ",
                                    type);
    }
  }
  return addResult(types, adaptor.getInputs().front(), result);
}

//===-- slice, pad ------------------------------------------------------------------------------------------------===//

LogicalResult tt::SliceOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  SmallVector<int64_t> result = getSizes(adaptor.getInput());
  ArrayRef<int64_t> axes = adaptor.getAxes(), steps = adaptor.getSteps();
  int64_t rank = result.size(), count = axes.size();
  if (static_cast<int64_t>(steps.size()) != count)
    return inferError<SliceOp>(loc, "needs one step per axis, but found ", steps.size(), " for ", count, " axes");
  for (Value operand : {adaptor.getStarts(), adaptor.getEnds()})
    if (int64_t length = getLength(operand); length != count && !ShapedType::isDynamic(length))
      return inferError<SliceOp>(loc, "needs starts and ends of ", count, " elements, but found ", operand.getType());
  std::optional<SmallVector<int64_t>> starts = getInts(adaptor.getStarts()), ends = getInts(adaptor.getEnds());
  SmallVector<bool> seen(rank);
  for (int64_t k = 0; k < count; ++k) {
    int64_t axis = axes[k];
    if (axis < 0 || axis >= rank || std::exchange(seen[axis], true))
      return inferError<SliceOp>(loc, "needs distinct axes in [0, ", rank, "), but found [", axes, "]");
    if (steps[k] == 0)
      return inferError<SliceOp>(loc, "needs steps other than 0, but found [", steps, "]");
    int64_t &size = result[axis];
    bool known = starts && ends && (*starts).size() == axes.size() && (*ends).size() == axes.size();
    if (known && steps[k] == 1 && (*starts)[k] == 0 && (*ends)[k] >= kToEnd)
      continue; // the whole dimension, whatever its size
    size = known && !ShapedType::isDynamic(size) ? getSliceRange(size, (*starts)[k], (*ends)[k], steps[k]).count
                                                 : ShapedType::kDynamic;
  }
  return addResult(types, adaptor.getInput(), result);
}

LogicalResult tt::PadOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  SmallVector<int64_t> result(input.getShape());
  int64_t rank = result.size(), length = getLength(adaptor.getPads());
  if (length != 2 * rank && !ShapedType::isDynamic(length))
    return inferError<PadOp>(loc, "needs ", 2 * rank, " pads for ", input, ", but found ", length);
  if (Value value = adaptor.getValue())
    if (getTensorType(value).getRank() != 0 || getTensorType(value).getElementType() != input.getElementType())
      return inferError<PadOp>(loc, "needs a value of rank 0 and element type ", input.getElementType(), ", but found ",
                               value.getType());
  std::optional<SmallVector<int64_t>> pads = getInts(adaptor.getPads());
  for (int64_t i = 0; i < rank; ++i) {
    if (ShapedType::isDynamic(result[i])) {
      continue;
    } else if (!pads) {
      result[i] = ShapedType::kDynamic;
    } else {
      int64_t size;
      bool overflows =
          llvm::AddOverflow(result[i], (*pads)[i], size) || llvm::AddOverflow(size, (*pads)[rank + i], size);
      if (overflows || size < 0)
        return inferError<PadOp>(loc, "needs pads that leave a size of 0 or more, but dimension ", i, " of ", input,
                                 " gets ", (*pads)[i], " and ", (*pads)[rank + i]);
      result[i] = size;
    }
  }
  return addResult(types, adaptor.getInput(), result);
}

//===-- expand, tile ----------------------------------------------------------------------------------------------===//

LogicalResult tt::ExpandOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  FailureOr<int64_t> length = getShapeLength<ExpandOp>(loc, adaptor.getShape());
  if (failed(length))
    return failure();
  std::optional<SmallVector<int64_t>> shape = getInts(adaptor.getShape());
  if (shape && llvm::any_of(*shape, [](int64_t size) { return size < 0; }))
    return inferError<ExpandOp>(loc, "needs sizes of 0 or more, but the shape is ", describeSizes(*shape));
  SmallVector<int64_t> input = getSizes(adaptor.getInput());
  std::optional<SmallVector<int64_t>> result =
      broadcastSizes(input, shape ? *shape : SmallVector<int64_t>(*length, ShapedType::kDynamic));
  if (!result)
    return inferError<ExpandOp>(loc, "needs a shape that broadcasts with ", adaptor.getInput().getType(),
                                ", but found ", describeSizes(*shape));
  return addResult(types, adaptor.getInput(), *result);
}

LogicalResult tt::TileOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  SmallVector<int64_t> result = getSizes(adaptor.getInput());
  int64_t rank = result.size(), length = getLength(adaptor.getRepeats());
  if (length != rank && !ShapedType::isDynamic(length))
    return inferError<TileOp>(loc, "needs ", rank, " repeats for ", adaptor.getInput().getType(), ", but found ",
                              length);
  std::optional<SmallVector<int64_t>> repeats = getInts(adaptor.getRepeats());
  for (int64_t i = 0; i < rank; ++i) {
    if (repeats && (*repeats)[i] < 0)
      return inferError<TileOp>(loc, "needs repeats of 0 or more, but found ", (*repeats)[i]);
    if (repeats && (*repeats)[i] == 1)
      continue;
    if (!repeats || ShapedType::isDynamic(result[i]))
      result[i] = ShapedType::kDynamic;
    else if (llvm::MulOverflow(result[i], (*repeats)[i], result[i]))
      return inferError<TileOp>(loc, "needs sizes below 2^63, but dimension ", i, " is repeated ", (*repeats)[i],
                                " times");
  }
  return addResult(types, adaptor.getInput(), result);
}

//===-- shape, range ----------------------------------------------------------------------------------------------===//

LogicalResult tt::ShapeOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor, Types &types) {
  int64_t start = adaptor.getStart(), end = adaptor.getEnd(), rank = getTensorType(adaptor.getInput()).getRank();
  if (start < 0 || end < start || end > rank)
    return inferError<ShapeOp>(loc, "needs 0 <= start <= end <= ", rank, ", but found start = ", start,
                               " and end = ", end);
  types.push_back(RankedTensorType::get({end - start}, IntegerType::get(context, 64)));
  return success();
}

LogicalResult tt::RangeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType type = getTensorType(adaptor.getStart());
  for (Value operand : adaptor.getOperands())
    if (getTensorType(operand).getRank() != 0 || operand.getType() != type)
      return inferError<RangeOp>(loc, "needs operands of rank 0 and one element type, but found ", type, " and ",
                                 operand.getType());
  int64_t count = ShapedType::kDynamic;
  SmallVector<double> start, limit, delta;
  if (getConstantFloats(adaptor.getStart(), start) && getConstantFloats(adaptor.getLimit(), limit) &&
      getConstantFloats(adaptor.getDelta(), delta)) {
    if (delta[0] == 0.0)
      return inferError<RangeOp>(loc, "needs a delta other than 0");
    SmallVector<int64_t> a, b, c;
    if (getConstantInts(adaptor.getStart(), a) && getConstantInts(adaptor.getLimit(), b) &&
        getConstantInts(adaptor.getDelta(), c))
      count = getRangeCount(a[0], b[0], c[0]);
    else {
      double steps = std::ceil((limit[0] - start[0]) / delta[0]);
      if (!(steps < 9.0e18))
        return inferError<RangeOp>(loc, "needs a finite number of elements, but start, limit and delta are ", start[0],
                                   ", ", limit[0], " and ", delta[0]);
      count = static_cast<int64_t>(std::max(steps, 0.0));
    }
  }
  return addResult(types, adaptor.getStart(), {count});
}

void tt::TTDialect::registerShapeOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ShapeOps.cpp.inc"
      >();
}
