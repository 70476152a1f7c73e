//===- Pooling.cpp - pooling ----------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// Pools `x` with the node's window.
static Value makePool(NodeImporter &node, Value x, PoolKind kind, bool countPads) {
  Window window;
  window.kernel = node.getInts("kernel_shape", {});
  window.strides = node.getInts("strides", Ints(window.kernel.size(), 1));
  window.dilations = node.getInts("dilations", Ints(window.kernel.size(), 1));
  if (!checkWindow(node, window, x))
    return {};
  window.pads = getWindowPads(node, x, window.kernel, window.strides, window.dilations);
  bool isFlat = addUnitHeight(window);
  if (isFlat)
    x = node.unsqueeze(x, {2});
  Value y = node.create<PoolOp>(x, kind, window.kernel, window.strides, window.pads, window.dilations,
                                node.getFlag("ceil_mode", false), countPads, Layout::NCHW);
  return isFlat ? node.squeeze(y, {2}) : y;
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
