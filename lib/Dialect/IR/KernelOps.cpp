//===- KernelOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"
#include "tt/Dialect/IR/Panels.h"
#include "tt/Dialect/IR/ShapeRules.h"
#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/KernelOps.cpp.inc"

LogicalResult tt::detail::verifyEpilogue(Operation *op) {
  auto kernel = cast<EpilogueOpInterface>(op);
  auto init = dyn_cast<ShapedType>(kernel.getInit().getType());
  if (!init || !init.hasRank())
    return op->emitOpError("needs a ranked init, but found ") << kernel.getInit().getType();
  Region &region = kernel.getEpilogue();
  if (!region.hasOneBlock())
    return op->emitOpError("needs an epilogue of one block");
  Block &block = region.front();
  OperandRange extras = kernel.getExtras();
  if (block.getNumArguments() != 1 + extras.size())
    return op->emitOpError("needs an epilogue with the accumulator and ")
           << extras.size() << " extras as arguments, but it has " << block.getNumArguments();
  if (!block.getArgument(0).getType().isIntOrFloat())
    return op->emitOpError("needs a number as accumulator, but found ") << block.getArgument(0).getType();
  ArrayAttr maps = kernel.getExtraMaps();
  if (maps.size() != extras.size())
    return op->emitOpError("needs one map per extra (") << extras.size() << "), but found " << maps.size();
  for (auto [i, extra, attr] : llvm::enumerate(extras, maps)) {
    auto type = cast<ShapedType>(extra.getType());
    AffineMap map = cast<AffineMapAttr>(attr).getValue();
    if (block.getArgument(1 + i).getType() != type.getElementType())
      return op->emitOpError("needs epilogue argument ")
             << 1 + i << " to have the element type of extra " << i << ", " << type.getElementType() << ", but found "
             << block.getArgument(1 + i).getType();
    if (map.getNumDims() != init.getRank() || map.getNumSymbols() != 0 || map.getNumResults() != type.getRank())
      return op->emitOpError("needs map ")
             << i << " to lead from " << init.getRank() << " dimensions to the " << type.getRank() << " of extra " << i
             << ", but found " << AffineMapAttr::get(map);
    for (auto [j, expr] : llvm::enumerate(map.getResults())) {
      if (auto constant = dyn_cast<AffineConstantExpr>(expr); constant && constant.getValue() == 0)
        continue;
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim)
        return op->emitOpError("needs maps whose results are dimensions or 0, but found ") << AffineMapAttr::get(map);
      int64_t size = init.getDimSize(dim.getPosition());
      if (!mergeSize(size, type.getDimSize(j)))
        return op->emitOpError("needs extra ") << i << " to have size " << size << " along dimension " << j << " (map "
                                               << AffineMapAttr::get(map) << "), but found " << type;
    }
  }
  auto yield = dyn_cast_if_present<YieldOp>(block.empty() ? nullptr : &block.back());
  if (!yield)
    return op->emitOpError("needs an epilogue that ends in tt.yield");
  if (yield->getNumOperands() != 1 || yield->getOperand(0).getType() != init.getElementType())
    return op->emitOpError("needs an epilogue that yields one ")
           << init.getElementType() << ", the element type of init, but it yields (" << yield->getOperandTypes() << ")";
  return success();
}

void tt::detail::getKernelEffects(Operation *op,
                                  SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  auto dps = cast<DestinationStyleOpInterface>(op);
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (dps.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
  }
}

//===-- kernel verifiers
//-------------------------------------------------------------------------------------------===//

namespace {
/// Collects what is known of the sizes that share a letter in an op's description.
class SizeChecker {
public:
  explicit SizeChecker(Operation *op) : op(op) {}

  /// Fails unless `value` has `rank` dimensions, all operands are tensors or all are buffers, and its element type is
  /// that of `like`.
  LogicalResult checkOperand(StringRef name, Value value, int64_t rank, Value like = {}) {
    auto type = cast<ShapedType>(value.getType());
    if (type.getRank() != rank)
      return op->emitOpError("needs ") << name << " of rank " << rank << ", but found " << type;
    if (isa<MemRefType>(type) != isa<MemRefType>(op->getOperand(0).getType()))
      return op->emitOpError("needs operands that are all tensors or all buffers, but found ")
             << op->getOperand(0).getType() << " and " << type;
    if (like && getElementTypeOrSelf(like) != type.getElementType())
      return op->emitOpError("needs ") << name << " of element type " << getElementTypeOrSelf(like) << ", but found "
                                       << type;
    return success();
  }

  /// As checkOperand with `like`, but 16-bit floats may meet f32: the kernel widens them.
  LogicalResult checkWeights(StringRef name, Value value, int64_t rank, Value like) {
    Type element = getElementTypeOrSelf(value);
    bool isWidened = getElementTypeOrSelf(like).isF32() && (element.isF16() || element.isBF16());
    return checkOperand(name, value, rank, isWidened ? Value() : like);
  }

  /// Rank, element type and unit of a packed right-hand side.
  LogicalResult checkPanels(StringRef name, Value value, Value like) {
    auto type = cast<ShapedType>(value.getType());
    if (type.getRank() != 5)
      return checkWeights(name, value, 4, like);
    int64_t unit = tt::getPanelUnit(type);
    if (unit != tt::getPanelUnit(getElementTypeOrSelf(like)) || unit == 1)
      return op->emitOpError("needs ")
             << name << " of rank 4, or of rank 5 with a last dimension of 2 for elements of 16 bits, of 4 for 8 bits, "
             << "but found " << type << " and " << like.getType();
    return checkOperand(name, value, 5, like);
  }

  /// Fails unless dimension `dim` of `value` can have the size `size`, which then holds what is known from both.
  LogicalResult checkSize(StringRef name, Value value, int64_t dim, StringRef letter, int64_t &size) {
    int64_t other = cast<ShapedType>(value.getType()).getDimSize(dim), before = size;
    if (tt::mergeSize(size, other))
      return success();
    return op->emitOpError("needs ") << name << " to have size " << before << " (" << letter << ") along dimension "
                                     << dim << ", but found " << value.getType();
  }

  /// As checkSize, but 1 stands for a broadcast.
  LogicalResult checkBatch(StringRef name, Value value, int64_t &size) {
    if (cast<ShapedType>(value.getType()).getDimSize(0) == 1)
      return success();
    return checkSize(name, value, 0, "B", size);
  }

private:
  Operation *op;
};
} // namespace

/// ceil(size / part), or dynamic.
static int64_t divideSize(int64_t size, int64_t part) {
  return ShapedType::isDynamic(size) ? size : static_cast<int64_t>(llvm::divideCeil(size, part));
}
static int64_t countPanels(int64_t size) { return divideSize(size, tt::kPanelColumns); }

static int64_t getDim(Value value, int64_t dim) { return cast<ShapedType>(value.getType()).getDimSize(dim); }

LogicalResult tt::GemmOp::verify() {
  SizeChecker check(*this);
  if (getPacked() && getRhsTransposed())
    return emitOpError("needs a rhs that is either packed or transposed: panels have no transposed form");
  if (failed(check.checkOperand("lhs", getLhs(), 3)) ||
      failed(getPacked() ? check.checkPanels("rhs", getRhs(), getLhs())
                         : check.checkWeights("rhs", getRhs(), 3, getLhs())) ||
      failed(check.checkOperand("init", getInit(), 3)))
    return failure();
  int64_t batch = getDim(getInit(), 0), rows = getDim(getInit(), 1), columns = getDim(getInit(), 2);
  int64_t depth = getDim(getLhs(), 2), panels = countPanels(columns), width = tt::kPanelColumns;
  if (failed(check.checkBatch("lhs", getLhs(), batch)) || failed(check.checkBatch("rhs", getRhs(), batch)) ||
      failed(check.checkSize("lhs", getLhs(), 1, "M", rows)))
    return failure();
  if (getPacked()) {
    int64_t unit = getPanelUnit(cast<ShapedType>(getRhs().getType()));
    int64_t steps = divideSize(depth, unit);
    return failure(failed(check.checkSize("rhs", getRhs(), 1, "ceil(N / 16)", panels)) ||
                   failed(check.checkSize("rhs", getRhs(), 2, unit == 1 ? "K" : "ceil(K / unit)", steps)) ||
                   failed(check.checkSize("rhs", getRhs(), 3, "panel", width)));
  }
  int64_t depthDim = getRhsTransposed() ? 2 : 1;
  return failure(failed(check.checkSize("rhs", getRhs(), depthDim, "K", depth)) ||
                 failed(check.checkSize("rhs", getRhs(), 3 - depthDim, "N", columns)));
}

/// Checks (C4): the spatial sizes of `init` follow from those of `input`, which is padded already.
static LogicalResult checkWindows(Operation *op, Value input, Value init, ArrayRef<int64_t> kernel,
                                  ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  for (ArrayRef<int64_t> values : {kernel, strides, dilations})
    if (values.size() != 2 || llvm::any_of(values, [](int64_t value) { return value < 1; }))
      return op->emitOpError("needs two kernel sizes, strides and dilations of 1 or more, but found [")
             << values << "]";
  for (int64_t i = 0; i < 2; ++i) {
    int64_t size = getDim(input, 1 + i), count = getDim(init, 1 + i);
    if (ShapedType::isDynamic(size) || ShapedType::isDynamic(count))
      continue;
    int64_t expected = tt::getWindowCount(size, kernel[i], strides[i], dilations[i], 0, 0, /*ceilMode=*/false);
    if (count != expected)
      return op->emitOpError("needs an init with ") << expected << " windows along dimension " << 1 + i << " for input "
                                                    << input.getType() << ", but found " << init.getType();
  }
  return success();
}

LogicalResult tt::ConvDirectOp::verify() {
  SizeChecker check(*this);
  if (failed(check.checkOperand("input", getInput(), 4)) ||
      failed(getPacked() ? check.checkPanels("filter", getFilter(), getInput())
                         : check.checkWeights("filter", getFilter(), 4, getInput())) ||
      failed(check.checkOperand("init", getInit(), 4)) ||
      failed(checkWindows(*this, getInput(), getInit(), getKernel(), getStrides(), getDilations())))
    return failure();
  int64_t groups = getGroups(), batch = getDim(getInit(), 0), outputs = getDim(getInit(), 3);
  int64_t channels = getDim(getInput(), 3);
  auto divides = [&](int64_t size) { return ShapedType::isDynamic(size) || size % groups == 0; };
  if (groups < 1 || !divides(outputs) || !divides(channels))
    return emitOpError("needs channels of input and init that divide by groups = ")
           << groups << ", but found " << channels << " and " << outputs;
  if (failed(check.checkSize("input", getInput(), 0, "N", batch)))
    return failure();
  int64_t height = getKernel()[0], width = getKernel()[1];
  int64_t depth = ShapedType::isDynamic(channels) ? channels : channels / groups;
  if (!getPacked())
    return failure(failed(check.checkSize("filter", getFilter(), 0, "O", outputs)) ||
                   failed(check.checkSize("filter", getFilter(), 1, "I", depth)) ||
                   failed(check.checkSize("filter", getFilter(), 2, "KH", height)) ||
                   failed(check.checkSize("filter", getFilter(), 3, "KW", width)));
  int64_t panels = countPanels(ShapedType::isDynamic(outputs) ? outputs : outputs / groups), panel = tt::kPanelColumns;
  int64_t unit = getPanelUnit(cast<ShapedType>(getFilter().getType()));
  if (!ShapedType::isDynamic(depth) && depth % unit != 0)
    return emitOpError("needs input channels per group that divide by ")
           << unit << ", the last dimension of the filter, but found " << depth;
  int64_t steps = ShapedType::isDynamic(depth) ? depth : height * width * depth / unit;
  return failure(
      failed(check.checkSize("filter", getFilter(), 0, "groups", groups)) ||
      failed(check.checkSize("filter", getFilter(), 1, "ceil(O / groups / 16)", panels)) ||
      failed(check.checkSize("filter", getFilter(), 2, unit == 1 ? "KH * KW * I" : "KH * KW * I / unit", steps)) ||
      failed(check.checkSize("filter", getFilter(), 3, "panel", panel)));
}

LogicalResult tt::ConvDepthwiseOp::verify() {
  SizeChecker check(*this);
  if (failed(check.checkOperand("input", getInput(), 4)) ||
      failed(check.checkWeights("filter", getFilter(), 3, getInput())) ||
      failed(check.checkOperand("init", getInit(), 4)))
    return failure();
  int64_t kernel[] = {getDim(getFilter(), 0), getDim(getFilter(), 1)};
  if (ShapedType::isDynamic(kernel[0]) || ShapedType::isDynamic(kernel[1]))
    return emitOpError("needs a filter of known height and width, but found ") << getFilter().getType();
  int64_t batch = getDim(getInit(), 0), channels = getDim(getInit(), 3);
  return failure(failed(checkWindows(*this, getInput(), getInit(), kernel, getStrides(), getDilations())) ||
                 failed(check.checkSize("input", getInput(), 0, "N", batch)) ||
                 failed(check.checkSize("input", getInput(), 3, "C", channels)) ||
                 failed(check.checkSize("filter", getFilter(), 2, "C", channels)));
}

LogicalResult tt::PackOp::verify() {
  SizeChecker check(*this);
  bool hasRuns = cast<ShapedType>(getInit().getType()).getRank() == 5;
  if (failed(check.checkOperand("input", getInput(), 3)) ||
      failed(check.checkOperand("init", getInit(), hasRuns ? 5 : 4, getInput())))
    return failure();
  int64_t unit = getPanelUnit(cast<ShapedType>(getInit().getType()));
  if (hasRuns && unit != getPanelUnit(getElementTypeOrSelf(getInput())))
    return emitOpError(
               "needs an init of rank 4, or of rank 5 with a last dimension of 2 for elements of 16 bits, of 4 for "
               "8 bits, but found ")
           << getInit().getType();
  int64_t depthDim = getTransposed() ? 2 : 1;
  int64_t batch = getDim(getInput(), 0), panels = countPanels(getDim(getInput(), 3 - depthDim));
  int64_t steps = divideSize(getDim(getInput(), depthDim), unit), width = tt::kPanelColumns;
  return failure(failed(check.checkSize("init", getInit(), 0, "B", batch)) ||
                 failed(check.checkSize("init", getInit(), 1, "ceil(N / 16)", panels)) ||
                 failed(check.checkSize("init", getInit(), 2, unit == 1 ? "K" : "ceil(K / unit)", steps)) ||
                 failed(check.checkSize("init", getInit(), 3, "panel", width)));
}

LogicalResult tt::SoftmaxRowsOp::verify() {
  SizeChecker check(*this);
  auto type = cast<ShapedType>(getInput().getType());
  if (type.getRank() < 1 || !isa<FloatType>(type.getElementType()))
    return emitOpError("needs floats of rank 1 or more, but found ") << type;
  if (failed(check.checkOperand("init", getInit(), type.getRank(), getInput())))
    return failure();
  if (failed(verifyCompatibleShape(getInput().getType(), getInit().getType())))
    return emitOpError("needs an init of the input's shape, but found ") << type << " and " << getInit().getType();
  return success();
}

LogicalResult tt::NormRowsOp::verify() {
  SizeChecker check(*this);
  auto type = cast<ShapedType>(getInput().getType());
  if (type.getRank() < 1 || !isa<FloatType>(type.getElementType()))
    return emitOpError("needs floats of rank 1 or more, but found ") << type;
  int64_t columns = type.getShape().back();
  for (Value operand : {getScale(), getBias()})
    if (operand && (failed(check.checkOperand("scale and bias", operand, 1)) ||
                    failed(check.checkSize("scale and bias", operand, 0, "columns", columns))))
      return failure();
  if (failed(check.checkOperand("init", getInit(), type.getRank())))
    return failure();
  if (!isa<FloatType>(getElementTypeOrSelf(getInit())))
    return emitOpError("needs an init of floats, but found ") << getInit().getType();
  if (failed(verifyCompatibleShape(getInput().getType(), getInit().getType())))
    return emitOpError("needs an init of the input's shape, but found ") << type << " and " << getInit().getType();
  return success();
}

void tt::TTDialect::registerKernelOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/KernelOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/WinogradOps.cpp.inc"
      >();
}
