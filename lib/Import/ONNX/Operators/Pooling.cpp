//===- Pooling.cpp - pooling ----------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// A pool NxC(xH)xW with a window.
static Value makeFlatPool(NodeImporter &node, Value x, Window window, PoolKind kind, bool countPads, bool ceilMode) {
  bool isFlat = addUnitHeight(window);
  if (isFlat)
    x = node.unsqueeze(x, {2});
  Value y = node.create<PoolOp>(x, kind, window.kernel, window.strides, window.pads, window.dilations, ceilMode,
                                countPads, Layout::NCHW);
  return isFlat ? node.squeeze(y, {2}) : y;
}

/// A pool NxCxDxHxW: first over the planes, then along the depth. The positions that count in an average are a product.
static Value makePool3D(NodeImporter &node, Value x, const Window &window, PoolKind kind, bool countPads,
                        bool ceilMode) {
  auto get = [](const Ints &values, ArrayRef<int64_t> places) {
    return map_to_vector(places, [&](int64_t i) { return values[i]; });
  };
  Window plane{get(window.kernel, {1, 2}), get(window.strides, {1, 2}), get(window.dilations, {1, 2}),
               get(window.pads, {1, 2, 4, 5})};
  Window line{
      {window.kernel[0], 1}, {window.strides[0], 1}, {window.dilations[0], 1}, {window.pads[0], 0, window.pads[3], 0}};
  Value images = node.reshape(x, ArrayRef<Value>{node.shape(x, 0, 1), node.product(x, 1, 3), node.shape(x, 3, 5)});
  Value planes = makeFlatPool(node, images, plane, kind, countPads, ceilMode);
  Value lines = node.reshape(planes, ArrayRef<Value>{node.shape(x, 0, 3), node.product(planes, 2, 4)});
  Value y = makeFlatPool(node, lines, line, kind, countPads, ceilMode);
  return node.reshape(y, ArrayRef<Value>{node.shape(y, 0, 3), node.shape(planes, 2, 4)});
}

Value tt::onnx_import::makePool(NodeImporter &node, Value x, PoolKind kind, bool countPads) {
  Window window;
  window.kernel = node.getInts("kernel_shape", {});
  window.strides = node.getInts("strides", Ints(window.kernel.size(), 1));
  window.dilations = node.getInts("dilations", Ints(window.kernel.size(), 1));
  if (!checkWindow(node, window, x))
    return {};
  window.pads = getWindowPads(node, x, window.kernel, window.strides, window.dilations);
  bool ceilMode = node.getFlag("ceil_mode", false);
  return window.kernel.size() == 3 ? makePool3D(node, x, window, kind, countPads, ceilMode)
                                   : makeFlatPool(node, x, window, kind, countPads, ceilMode);
}

void tt::onnx_import::checkMaxPool(NodeAttributes &node) {
  if (node.hasOutput(1))
    (void)node.fail("output 1 (Indices) is not supported; use the values only");
}

LogicalResult tt::onnx_import::importMaxPool(NodeImporter &node) {
  return node.yield(makePool(node, node.input(0), PoolKind::Max, /*countPads=*/false));
}

LogicalResult tt::onnx_import::importAveragePool(NodeImporter &node) {
  return node.yield(makePool(node, node.input(0), PoolKind::Average, node.getFlag("count_include_pad", false)));
}

LogicalResult tt::onnx_import::importLpPool(NodeImporter &node) {
  // (sum |x|^p)^(1/p), the sum being the average over the whole window, padding included, times its size
  Value x = node.input(0);
  int64_t p = node.getInt("p", 2), size = 1;
  if (p < 1)
    return node.fail("p must be at least 1, but is " + Twine(p));
  if (node.getFlag("ceil_mode", false))
    return node.fail("ceil_mode 1 is not supported; use 0");
  Value powers = node.create<PowOp>(node.create<AbsOp>(x), node.scalarLike(x, p));
  Value average = makePool(node, powers, PoolKind::Average, /*countPads=*/true);
  if (node.hasFailed())
    return failure();
  for (int64_t extent : node.getInts("kernel_shape", {}))
    size *= extent;
  return node.yield(
      node.create<PowOp>(node.mul(average, node.scalarLike(average, size)), node.scalarLike(average, 1.0 / p)));
}

//===- Over all positions ----------------------------------------------------------------------------------------===//

static Ints getSpatialAxes(NodeImporter &node, Value x) { return range(2, node.rank(x)); }

LogicalResult tt::onnx_import::importGlobalAveragePool(NodeImporter &node) {
  Value x = node.input(0);
  return node.yield(node.reduce(ReduceKind::Mean, x, getSpatialAxes(node, x), /*keepDims=*/true));
}

LogicalResult tt::onnx_import::importGlobalMaxPool(NodeImporter &node) {
  Value x = node.input(0);
  return node.yield(node.reduce(ReduceKind::Max, x, getSpatialAxes(node, x), /*keepDims=*/true));
}

LogicalResult tt::onnx_import::importGlobalLpPool(NodeImporter &node) {
  // (sum |x|^p)^(1/p)
  Value x = node.input(0);
  int64_t p = node.getInt("p", 2);
  if (p < 1)
    return node.fail("p must be at least 1, but is " + Twine(p));
  Value powers = node.create<PowOp>(node.create<AbsOp>(x), node.scalarLike(x, p));
  Value sum = node.reduce(ReduceKind::Sum, powers, getSpatialAxes(node, x), /*keepDims=*/true);
  return node.yield(node.create<PowOp>(sum, node.scalarLike(x, 1.0 / p)));
}
