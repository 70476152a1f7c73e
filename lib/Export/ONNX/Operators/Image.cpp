//===- Image.cpp - convolution, pooling, resizing, and what runs along channels -===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// ONNX knows the layout NCHW only. Ops in NHWC get a transpose before and one behind them; importing the model again
// and assigning the layout takes them away.
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

SmallVector<int64_t> tt::onnx_export::getMove(int64_t rank, int64_t from, int64_t to) {
  SmallVector<int64_t> perm;
  for (int64_t i = 0; i < rank; ++i)
    if (i != from)
      perm.push_back(i);
  perm.insert(perm.begin() + to, from);
  return perm;
}

/// Calls `make` with `x` whose channels, dimension `axis`, are dimension 1, and puts them back where they were.
static OnnxValue withChannelsFirst(OpExporter &e, const OnnxValue &x, int64_t axis, RankedTensorType resultType,
                                   llvm::function_ref<OnnxValue(const OnnxValue &, RankedTensorType)> make) {
  int64_t rank = x.type.getRank();
  if (axis == 1)
    return make(x, resultType);
  SmallVector<int64_t> there = getMove(rank, axis, 1), back = getMove(rank, 1, axis);
  SmallVector<int64_t> shape = map_to_vector(there, [&](int64_t from) { return resultType.getDimSize(from); });
  return e.transpose(make(e.transpose(x, there), resultType.clone(shape)), back);
}

static int64_t getChannelAxis(Layout layout) { return layout == Layout::NCHW ? 1 : 3; }

LogicalResult tt::onnx_export::exportOp(ConvOp op, OpExporter &e) {
  auto make = [&](const OnnxValue &x, RankedTensorType type) {
    return e.nodeWidened("Conv", {x, e.get(op.getFilter()), e.get(op.getBias())}, type,
                         {{"dilations", SmallVector<int64_t>(op.getDilations())},
                          {"group", static_cast<int64_t>(op.getGroups())},
                          {"pads", SmallVector<int64_t>(op.getPads())},
                          {"strides", SmallVector<int64_t>(op.getStrides())}});
  };
  return e.yield(withChannelsFirst(e, e.get(op.getInput()), getChannelAxis(op.getLayout()), e.getResultType(), make));
}

LogicalResult tt::onnx_export::exportOp(PoolOp op, OpExporter &e) {
  bool isMax = op.getKind() == PoolKind::Max;
  SmallVector<int64_t> dilations(op.getDilations());
  if (!isMax && any_of(dilations, [](int64_t dilation) { return dilation != 1; }))
    return e.fail("ONNX's AveragePool has dilations from opset 19 on, and opset 17 is written");
  SmallVector<NodeAttribute> attributes{{"ceil_mode", static_cast<int64_t>(op.getCeilMode())},
                                        {"kernel_shape", SmallVector<int64_t>(op.getKernel())},
                                        {"pads", SmallVector<int64_t>(op.getPads())},
                                        {"strides", SmallVector<int64_t>(op.getStrides())}};
  if (isMax)
    attributes.push_back({"dilations", dilations});
  else
    attributes.push_back({"count_include_pad", static_cast<int64_t>(op.getCountIncludePad())});
  auto make = [&](const OnnxValue &x, RankedTensorType type) {
    return e.nodeWidened(isMax ? "MaxPool" : "AveragePool", x, type, attributes);
  };
  return e.yield(withChannelsFirst(e, e.get(op.getInput()), getChannelAxis(op.getLayout()), e.getResultType(), make));
}

LogicalResult tt::onnx_export::exportOp(BatchNormOp op, OpExporter &e) {
  if (e.get(op.getInput()).type.getRank() < 2)
    return e.fail("ONNX's BatchNormalization needs rank 2 or more");
  auto make = [&](const OnnxValue &x, RankedTensorType type) {
    return e.nodeWidened("BatchNormalization",
                         {x, e.get(op.getScale()), e.get(op.getBias()), e.get(op.getMean()), e.get(op.getVariance())},
                         type, {{"epsilon", op.getEpsilon().convertToFloat()}});
  };
  return e.yield(withChannelsFirst(e, e.get(op.getInput()), op.getAxis(), e.getResultType(), make));
}

LogicalResult tt::onnx_export::exportOp(LrnOp op, OpExporter &e) {
  auto make = [&](const OnnxValue &x, RankedTensorType type) {
    return e.nodeWidened("LRN", x, type,
                         {{"alpha", op.getAlpha().convertToFloat()},
                          {"beta", op.getBeta().convertToFloat()},
                          {"bias", op.getBias().convertToFloat()},
                          {"size", static_cast<int64_t>(op.getSize())}});
  };
  return e.yield(withChannelsFirst(e, e.get(op.getInput()), op.getAxis(), e.getResultType(), make));
}

LogicalResult tt::onnx_export::exportOp(ResizeOp op, OpExporter &e) {
  if (op.getCoord() == CoordMode::HalfPixelSymmetric)
    return e.fail("ONNX's Resize has half_pixel_symmetric from opset 19 on, and opset 17 is written");
  SmallVector<NodeAttribute> attributes{{"coordinate_transformation_mode", stringifyCoordMode(op.getCoord()).str()},
                                        {"cubic_coeff_a", op.getCubicA().convertToFloat()},
                                        {"exclude_outside", static_cast<int64_t>(op.getExcludeOutside())},
                                        {"extrapolation_value", op.getExtrapolation().convertToFloat()},
                                        {"mode", stringifyResizeMode(op.getMode()).str()},
                                        {"nearest_mode", stringifyNearestMode(op.getNearest()).str()}};
  return e.yield(e.node("Resize",
                        {e.get(op.getInput()), e.get(op.getRoi()), e.get(op.getScales()), e.get(op.getSizes())},
                        e.getResultType(), attributes));
}
