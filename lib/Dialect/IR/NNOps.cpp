//===- NNOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ShapeRules.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

#include <limits>

using namespace mlir;

static ParseResult parseSameTypes(OpAsmParser &parser, Type &a, Type &b, Type &c, Type &d) {
  if (parser.parseType(a))
    return failure();
  b = c = d = a;
  return success();
}

static void printSameTypes(OpAsmPrinter &printer, Operation *, Type a, Type, Type, Type) { printer << a; }

#define GET_OP_CLASSES
#include "tt/Dialect/IR/NNOps.cpp.inc"

using Types = SmallVectorImpl<Type>;
using MaybeLoc = std::optional<Location>;

//===-- matmul ----------------------------------------------------------------------------------------------------===//

/// Adds the result of a matrix product with NumPy semantics.
template <typename OpT>
static LogicalResult addProduct(MaybeLoc loc, RankedTensorType lhs, RankedTensorType rhs, Type element, Types &types) {
  if (lhs.getRank() == 0 || rhs.getRank() == 0)
    return tt::inferError<OpT>(loc, "needs operands of rank 1 or more, but found ", lhs, " and ", rhs);
  int64_t inner = lhs.getShape().back(), other = rhs.getDimSize(std::max<int64_t>(rhs.getRank() - 2, 0));
  if (!tt::mergeSize(inner, other))
    return tt::inferError<OpT>(loc, "needs matching inner sizes, but lhs is ", lhs, " (K = ", inner, ") and rhs is ",
                               rhs, " (K = ", other, ")");
  std::optional<SmallVector<int64_t>> result =
      tt::broadcastSizes(lhs.getShape().drop_back(std::min<int64_t>(lhs.getRank(), 2)),
                         rhs.getShape().drop_back(std::min<int64_t>(rhs.getRank(), 2)));
  if (!result)
    return tt::inferError<OpT>(loc, "needs leading sizes that broadcast, but found ", lhs, " and ", rhs);
  if (lhs.getRank() > 1)
    result->push_back(lhs.getDimSize(lhs.getRank() - 2));
  if (rhs.getRank() > 1)
    result->push_back(rhs.getShape().back());
  types.push_back(RankedTensorType::get(*result, element));
  return success();
}

LogicalResult tt::MatMulOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType lhs = getTensorType(adaptor.getLhs()), rhs = getTensorType(adaptor.getRhs());
  if (lhs.getElementType() != rhs.getElementType())
    return inferError<MatMulOp>(loc, "needs operands of one element type, but found ", lhs, " and ", rhs);
  return addProduct<MatMulOp>(loc, lhs, rhs, lhs.getElementType(), types);
}

LogicalResult tt::MatMulIntegerOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor, Types &types) {
  return addProduct<MatMulIntegerOp>(loc, getTensorType(adaptor.getLhs()), getTensorType(adaptor.getRhs()),
                                     IntegerType::get(context, 32), types);
}

/// Whether `zero` is missing, or a single element or of the shape `sizes`, with the element type of `tensor`.
static bool isZeroPointOf(Value zero, Value tensor, ArrayRef<int64_t> sizes) {
  if (!zero)
    return true;
  RankedTensorType type = tt::getTensorType(zero);
  return type.getElementType() == getElementTypeOrSelf(tensor) &&
         (type.getRank() == 0 || succeeded(verifyCompatibleShape(type.getShape(), sizes)));
}

LogicalResult tt::MatMulIntegerOp::verify() {
  RankedTensorType lhs = getTensorType(getLhs()), rhs = getTensorType(getRhs());
  int64_t rows = lhs.getRank() > 1 ? lhs.getDimSize(lhs.getRank() - 2) : 1;
  int64_t columns = rhs.getRank() > 1 ? rhs.getShape().back() : 1;
  if (getLhsZero() && lhs.getRank() > 2 && getTensorType(getLhsZero()).getRank() != 0)
    return emitOpError("needs one zero point for ") << lhs << ", but found " << getLhsZero().getType();
  if (!isZeroPointOf(getLhsZero(), getLhs(), {rows, 1}))
    return emitOpError("needs a zero point for all of ")
           << lhs << " or for each row, but found " << getLhsZero().getType();
  if (!isZeroPointOf(getRhsZero(), getRhs(), {columns}))
    return emitOpError("needs a zero point for all of ")
           << rhs << " or for each column, but found " << getRhsZero().getType();
  return success();
}

//===-- conv, pool ------------------------------------------------------------------------------------------------===//

/// What conv and pool share: windows over the two spatial dimensions of a rank 4 tensor.
struct Windows {
  ArrayRef<int64_t> kernel, strides, pads, dilations;
  bool ceilMode;
  tt::Layout layout;
};

/// Places of the channels and of the first spatial dimension.
static std::pair<int64_t, int64_t> getImageDims(tt::Layout layout) {
  return layout == tt::Layout::NCHW ? std::pair(1, 2) : std::pair(3, 1);
}

/// Checks the attributes and replaces the spatial sizes in `sizes` (of the operand) by those of the result.
template <typename OpT>
static LogicalResult applyWindows(MaybeLoc loc, const Windows &windows, SmallVectorImpl<int64_t> &sizes) {
  auto check = [&](StringRef name, ArrayRef<int64_t> values, size_t count, int64_t least) -> LogicalResult {
    // The upper bound keeps the arithmetic below from overflowing.
    constexpr int64_t most = std::numeric_limits<int32_t>::max();
    if (values.size() == count && llvm::all_of(values, [&](int64_t value) { return value >= least && value <= most; }))
      return success();
    if (llvm::any_of(values, [&](int64_t value) { return value > most; }))
      return tt::inferError<OpT>(loc, "needs ", name, " of at most ", most, ", but found [", values, "]");
    return tt::inferError<OpT>(loc, "needs ", count, " ", name, " of ", least, " or more, but found [", values, "]");
  };
  if (failed(check("kernel sizes", windows.kernel, 2, 1)) || failed(check("strides", windows.strides, 2, 1)) ||
      failed(check("dilations", windows.dilations, 2, 1)) || failed(check("pads", windows.pads, 4, 0)))
    return failure();
  int64_t first = getImageDims(windows.layout).second;
  for (int64_t i = 0; i < 2; ++i) {
    int64_t &size = sizes[first + i];
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(windows.kernel[i]))
      continue;
    int64_t count = tt::getWindowCount(size, windows.kernel[i], windows.strides[i], windows.dilations[i],
                                       windows.pads[i], windows.pads[i + 2], windows.ceilMode);
    if (count < 1)
      return tt::inferError<OpT>(loc, "needs room for one window of ",
                                 windows.dilations[i] * (windows.kernel[i] - 1) + 1, " positions, but the padded ",
                                 i == 0 ? "height" : "width", " is ", size + windows.pads[i] + windows.pads[i + 2]);
    size = count;
  }
  return success();
}

/// Adds the result of a convolution.
template <typename OpT>
static LogicalResult addConvolution(MaybeLoc loc, typename OpT::Adaptor adaptor, Type element, Types &types) {
  RankedTensorType input = tt::getTensorType(adaptor.getInput()), filter = tt::getTensorType(adaptor.getFilter());
  if (input.getRank() != 4 || filter.getRank() != 4)
    return tt::inferError<OpT>(loc, "needs an operand and a filter of rank 4, but found ", input, " and ", filter);
  if (filter.isDynamicDim(2) || filter.isDynamicDim(3))
    return tt::inferError<OpT>(loc, "needs a filter of known height and width, but found ", filter);
  int64_t groups = adaptor.getGroups(), outputs = filter.getDimSize(0), depth = filter.getDimSize(1);
  int64_t channelDim = getImageDims(adaptor.getLayout()).first, channels = input.getDimSize(channelDim);
  if (groups < 1)
    return tt::inferError<OpT>(loc, "needs groups of 1 or more, but found ", groups);
  if (!ShapedType::isDynamic(outputs) && outputs % groups != 0)
    return tt::inferError<OpT>(loc, "needs output channels that divide by groups = ", groups, ", but the filter is ",
                               filter);
  if (!ShapedType::isDynamic(depth) && !ShapedType::isDynamic(channels) && depth * groups != channels)
    return tt::inferError<OpT>(loc, "needs a filter depth of channels / groups = ", channels, " / ", groups,
                               ", but the filter is ", filter);
  SmallVector<int64_t> result(input.getShape());
  Windows windows{filter.getShape().take_back(2),
                  adaptor.getStrides(),
                  adaptor.getPads(),
                  adaptor.getDilations(),
                  /*ceilMode=*/false,
                  adaptor.getLayout()};
  if (failed(applyWindows<OpT>(loc, windows, result)))
    return failure();
  // A dynamic spatial size stays dynamic.
  result[channelDim] = outputs;
  types.push_back(RankedTensorType::get(result, element));
  return success();
}

LogicalResult tt::ConvOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput()), filter = getTensorType(adaptor.getFilter());
  if (input.getElementType() != filter.getElementType())
    return inferError<ConvOp>(loc, "needs one element type, but found ", input, " and ", filter);
  return addConvolution<ConvOp>(loc, adaptor, input.getElementType(), types);
}

LogicalResult tt::ConvIntegerOp::inferReturnTypes(MLIRContext *context, MaybeLoc loc, Adaptor adaptor, Types &types) {
  return addConvolution<ConvIntegerOp>(loc, adaptor, IntegerType::get(context, 32), types);
}

LogicalResult tt::ConvIntegerOp::verify() {
  if (!isZeroPointOf(getInputZero(), getInput(), {}))
    return emitOpError("needs one zero point for ")
           << getInput().getType() << ", but found " << getInputZero().getType();
  if (!isZeroPointOf(getFilterZero(), getFilter(), {getTensorType(getFilter()).getDimSize(0)}))
    return emitOpError("needs a zero point for all of ")
           << getFilter().getType() << " or for each output channel, but found " << getFilterZero().getType();
  return success();
}

LogicalResult tt::ConvOp::verify() {
  Value bias = getBias();
  if (!bias)
    return success();
  RankedTensorType type = getTensorType(bias), filter = getTensorType(getFilter());
  int64_t size = filter.getDimSize(0);
  if (type.getRank() != 1 || type.getElementType() != filter.getElementType() || !mergeSize(size, type.getDimSize(0)))
    return emitOpError("needs a bias of one element of type ")
           << filter.getElementType() << " per output channel of the filter " << filter << ", but found " << type;
  return success();
}

LogicalResult tt::PoolOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  if (input.getRank() != 4)
    return inferError<PoolOp>(loc, "needs an operand of rank 4, but found ", input);
  SmallVector<int64_t> result(input.getShape());
  Windows windows{adaptor.getKernel(),    adaptor.getStrides(),  adaptor.getPads(),
                  adaptor.getDilations(), adaptor.getCeilMode(), adaptor.getLayout()};
  if (failed(applyWindows<PoolOp>(loc, windows, result)))
    return failure();
  types.push_back(RankedTensorType::get(result, input.getElementType()));
  return success();
}

LogicalResult tt::PoolOp::verify() {
  if (getKind() == PoolKind::Average && !isa<FloatType>(getTensorType(getInput()).getElementType()))
    return emitOpError("needs a float operand for an average, but found ") << getInput().getType();
  return success();
}

//===-- batch_norm, lrn -------------------------------------------------------------------------------------------===//

LogicalResult tt::BatchNormOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  int64_t axis = adaptor.getAxis();
  if (axis < 0 || axis >= input.getRank())
    return inferError<BatchNormOp>(loc, "needs an axis in [0, ", input.getRank(), "), but found ", axis);
  SmallVector<int64_t> result(input.getShape());
  for (Value operand : {adaptor.getScale(), adaptor.getBias(), adaptor.getMean(), adaptor.getVariance()})
    if (getTensorType(operand).getRank() != 1 || !mergeSize(result[axis], getTensorType(operand).getDimSize(0)))
      return inferError<BatchNormOp>(loc, "needs vectors of one element per channel of ", input, " (axis ", axis,
                                     "), but found ", operand.getType());
  types.push_back(RankedTensorType::get(result, input.getElementType()));
  return success();
}

LogicalResult tt::LrnOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  int64_t axis = adaptor.getAxis(), size = adaptor.getSize();
  if (axis < 0 || axis >= input.getRank())
    return inferError<LrnOp>(loc, "needs an axis in [0, ", input.getRank(), "), but found ", axis);
  if (size < 1)
    return inferError<LrnOp>(loc, "needs a size of 1 or more, but found ", size);
  types.push_back(input);
  return success();
}

//===-- resize ----------------------------------------------------------------------------------------------------===//

LogicalResult tt::ResizeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  SmallVector<int64_t> result = tt::getSizes(adaptor.getInput());
  int64_t rank = result.size();
  Value factors = adaptor.getScales(), targets = adaptor.getSizes();
  if (static_cast<bool>(factors) == static_cast<bool>(targets))
    return inferError<ResizeOp>(loc, "needs exactly one of scales and sizes, but found ", factors ? "both" : "none");
  Value given = factors ? factors : targets;
  if (getTensorType(given).getRank() != 1 || (getLength(given) != rank && !ShapedType::isDynamic(getLength(given))))
    return inferError<ResizeOp>(loc, "needs one ", factors ? "scale" : "size", " per dimension of ",
                                adaptor.getInput().getType(), ", but found ", given.getType());
  SmallVector<double> scales;
  if (std::optional<SmallVector<int64_t>> sizes = targets ? getInts(targets) : std::nullopt) {
    if (llvm::any_of(*sizes, [](int64_t size) { return size < 0; }))
      return inferError<ResizeOp>(loc, "needs sizes of 0 or more, but found [", ArrayRef(*sizes), "]");
    result = *sizes;
  } else if (factors && getConstantFloats(factors, scales)) {
    for (auto [size, scale] : llvm::zip_equal(result, scales)) {
      if (!(scale > 0))
        return inferError<ResizeOp>(loc, "needs scales above 0, but found ", scale);
      // floor(size * scale) in f32, as ONNX Runtime computes it.
      if (ShapedType::isDynamic(size) || scale == 1.0)
        continue;
      float scaled = static_cast<float>(size) * static_cast<float>(scale);
      if (!(scaled < 9.0e18f))
        return inferError<ResizeOp>(loc, "needs sizes below 2^63, but ", size, " is scaled by ", scale);
      size = static_cast<int64_t>(scaled);
    }
  } else {
    llvm::fill(result, ShapedType::kDynamic);
  }
  types.push_back(RankedTensorType::get(result, getTensorType(adaptor.getInput()).getElementType()));
  return success();
}

LogicalResult tt::ResizeOp::verify() {
  if (getCoord() != CoordMode::TfCropAndResize)
    return success();
  int64_t length = 2 * getTensorType(getInput()).getRank();
  if (!getRoi() || getTensorType(getRoi()).getRank() != 1 || !mergeSize(length, getLength(getRoi())))
    return emitOpError("needs a roi of two elements per dimension for coordinate mode tf_crop_and_resize");
  return success();
}

//===-- attention -------------------------------------------------------------------------------------------------===//

LogicalResult tt::AttentionOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType query = getTensorType(adaptor.getQuery()), key = getTensorType(adaptor.getKey()),
                   value = getTensorType(adaptor.getValue());
  auto mismatch = [&](StringRef what) {
    return inferError<AttentionOp>(loc, "needs ", what, ", but query, key and value are ", query, ", ", key, " and ",
                                   value);
  };
  if (query.getRank() != 4 || key.getRank() != 4 || value.getRank() != 4)
    return mismatch("operands of rank 4");
  if (query.getElementType() != key.getElementType() || query.getElementType() != value.getElementType())
    return mismatch("operands of one element type");
  int64_t batch = query.getDimSize(0), groups = key.getDimSize(1), depth = query.getDimSize(3),
          columns = key.getDimSize(2);
  if (!mergeSize(batch, key.getDimSize(0)) || !mergeSize(batch, value.getDimSize(0)))
    return mismatch("equal batch sizes");
  if (!mergeSize(groups, value.getDimSize(1)) || !mergeSize(columns, value.getDimSize(2)))
    return mismatch("key and value of equal heads and columns");
  if (!mergeSize(depth, key.getDimSize(3)))
    return mismatch("query and key of equal depth");
  int64_t heads = query.getDimSize(1);
  if (!ShapedType::isDynamic(heads) && !ShapedType::isDynamic(groups) && (groups == 0 || heads % groups != 0))
    return mismatch("query heads that are a multiple of the key's");
  types.push_back(
      RankedTensorType::get({batch, heads, query.getDimSize(2), value.getDimSize(3)}, query.getElementType()));
  return success();
}

LogicalResult tt::AttentionOp::verify() {
  if (!getMask())
    return success();
  RankedTensorType mask = getTensorType(getMask()), query = getTensorType(getQuery());
  SmallVector<int64_t> scores = {query.getDimSize(0), query.getDimSize(1), query.getDimSize(2),
                                 getTensorType(getKey()).getDimSize(2)};
  std::optional<SmallVector<int64_t>> common = broadcastSizes(scores, mask.getShape());
  if (mask.getRank() > 4 || !common || failed(verifyCompatibleShape(*common, scores)))
    return emitOpError("needs a mask that broadcasts to ") << describeSizes(scores) << ", but found " << mask;
  if (mask.getElementType() != query.getElementType())
    return emitOpError("needs a mask of element type ") << query.getElementType() << ", but found " << mask;
  return success();
}

void tt::TTDialect::registerNNOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/NNOps.cpp.inc"
      >();
}
