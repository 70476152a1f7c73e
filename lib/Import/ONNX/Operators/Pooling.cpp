//===- Pooling.cpp - pooling ----------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include <limits>

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

/// Reads the node's window, except for its pads.
static Window getPoolWindow(NodeImporter &node) {
  Window window;
  window.kernel = node.getInts("kernel_shape", {});
  window.strides = node.getInts("strides", Ints(window.kernel.size(), 1));
  window.dilations = node.getInts("dilations", Ints(window.kernel.size(), 1));
  return window;
}

static Value makePool(NodeImporter &node, Value x, const Window &window, PoolKind kind, bool countPads, bool ceilMode) {
  return window.kernel.size() == 3 ? makePool3D(node, x, window, kind, countPads, ceilMode)
                                   : makeFlatPool(node, x, window, kind, countPads, ceilMode);
}

Value tt::onnx_import::makePool(NodeImporter &node, Value x, PoolKind kind, bool countPads) {
  Window window = getPoolWindow(node);
  if (!checkWindow(node, window, x))
    return {};
  window.pads = getWindowPads(node, x, window.kernel, window.strides, window.dilations);
  return ::makePool(node, x, window, kind, countPads, node.getFlag("ceil_mode", false));
}

/// For each element of `y`, a maximum pool of `x` (NxCx(spatial)), the place of the first largest element of its window
/// in the tensor x, which is counted column by column in the spatial dimensions where `isColumnMajor`.
static Value findMaxima(NodeImporter &node, Value x, Value y, const Window &window, bool isColumnMajor) {
  constexpr int64_t maxTaps = 256;
  Type i64 = node.getBuilder().getI64Type();
  int64_t spatial = window.kernel.size(), rank = spatial + 2, taps = 1;
  for (int64_t extent : window.kernel)
    if (extent > maxTaps || (taps *= extent) > maxTaps) {
      (void)node.fail("output 1 (Indices) is supported for windows of up to " + Twine(maxTaps) + " positions");
      return {};
    }
  // Integers of 8 bits get room for a number below all of them.
  bool isFloat = isa<FloatType>(node.elementType(x));
  if (!isFloat)
    x = node.cast(x, node.getBuilder().getI32Type());
  // What each position of the windows holds, behind each other in a last dimension. As much is put around the input
  // that the last window ends in it, also with ceil_mode.
  Ints border(2 * rank, 0);
  for (int64_t i = 0; i < spatial; ++i) {
    border[2 + i] = window.pads[i];
    border[rank + 2 + i] = window.pads[spatial + i] + window.strides[i];
  }
  Value lowest = node.scalarLike(x, isFloat ? -std::numeric_limits<double>::infinity() : double(INT32_MIN));
  Value padded = node.create<PadOp>(x, node.ints(border), lowest, PadMode::Constant);
  Value counts = node.shape(y, 2, rank), one = node.scalar(i64, 1);
  Value reach = node.add(node.mul(node.sub(counts, one), node.ints(window.strides)), one);
  SmallVector<Value> values;
  SmallVector<int64_t> offsets; // spatial numbers for each tap
  for (int64_t tap = 0; tap < taps; ++tap) {
    Ints offset(spatial);
    for (int64_t i = spatial - 1, rest = tap; i >= 0; rest /= window.kernel[i--])
      offset[i] = rest % window.kernel[i] * window.dilations[i];
    Value start = node.ints(offset);
    values.push_back(node.unsqueeze(
        node.create<SliceOp>(padded, start, node.add(start, reach), range(2, rank), window.strides), {rank}));
    offsets.append(offset);
  }
  Value best = node.create<ArgReduceOp>(node.concat(values, rank), ArgKind::Max, rank, /*keep_dims=*/false,
                                        /*select_last=*/false);
  // The places in x, dimension by dimension.
  Value result = node.scalar(i64, 0), table = node.reshape(node.ints(offsets), {taps, spatial});
  auto countAlong = [&](int64_t axis, Value size) {
    Value steps = node.create<RangeOp>(node.scalar(i64, 0), node.toScalar(size), one);
    return node.unsqueeze(steps, range(1, rank - axis));
  };
  Value image =
      node.add(node.mul(countAlong(0, node.shape(x, 0, 1)), node.shape(x, 1, 2)), countAlong(1, node.shape(x, 1, 2)));
  Value position;
  for (int64_t k = 0; k < spatial; ++k) {
    int64_t i = isColumnMajor ? spatial - 1 - k : k;
    Value place = node.mul(countAlong(2 + i, node.shape(y, 2 + i, 3 + i)), node.scalar(i64, window.strides[i]));
    Value offset = node.create<GatherOp>(node.squeeze(node.slice(table, 1, i, i + 1), {1}), best, 0);
    place = node.add(node.add(place, node.scalar(i64, -window.pads[i])), offset);
    Value size = node.toScalar(node.shape(x, 2 + i, 3 + i));
    position = position ? node.add(node.mul(position, size), place) : place;
  }
  result = node.add(node.mul(image, node.toScalar(node.product(x, 2, rank))), position);
  return result;
}

LogicalResult tt::onnx_import::importMaxPool(NodeImporter &node) {
  Value x = node.input(0), y = makePool(node, x, PoolKind::Max, /*countPads=*/false);
  if (!node.hasOutput(1) || node.hasFailed())
    return node.yield(y);
  Window window = getPoolWindow(node);
  window.pads = getWindowPads(node, x, window.kernel, window.strides, window.dilations);
  return node.yield({y, findMaxima(node, x, y, window, node.getInt("storage_order", 0) == 1)});
}

LogicalResult tt::onnx_import::importMaxUnpool(NodeImporter &node) {
  // Places count in a tensor of the size that the window says; `output_shape` puts zeros behind it.
  Value x = node.input(0), places = node.input(1), wanted = node.optionalInput(2);
  Window window = getPoolWindow(node);
  if (!checkWindow(node, window, x))
    return failure();
  int64_t spatial = window.kernel.size(), rank = spatial + 2;
  window.pads = node.getInts("pads", Ints(2 * spatial, 0));
  if (int64_t(window.pads.size()) != 2 * spatial)
    return node.fail("pads must have " + Twine(2 * spatial) + " elements, but has " + Twine(window.pads.size()));
  if (any_of(window.pads, [](int64_t pad) { return pad < -INT32_MAX || pad > INT32_MAX; }))
    return node.fail("pads must lie between -2^31 and 2^31");
  Ints ends(spatial);
  for (int64_t i = 0; i < spatial; ++i)
    ends[i] = window.kernel[i] - window.pads[i] - window.pads[spatial + i] - window.strides[i];
  Value sizes = node.add(node.mul(node.shape(x, 2, rank), node.ints(window.strides)), node.ints(ends));
  Value shape = node.concat({node.shape(x, 0, 2), sizes}, 0);
  Value count = node.reduce(ReduceKind::Prod, shape, {0}, /*keepDims=*/true);
  Value flat = node.create<ScatterElementsOp>(node.expand(node.scalarLike(x, 0), count), node.reshape(places, {-1}),
                                              node.reshape(x, {-1}), /*axis=*/0, ScatterKind::None);
  SmallVector<Value> pieces;
  for (int64_t i = 0; i < rank; ++i)
    pieces.push_back(node.slice(shape, 0, i, i + 1));
  Value y = node.reshape(flat, pieces);
  if (wanted) {
    Value missing = node.sub(node.cast(wanted, node.getBuilder().getI64Type()), shape);
    y = node.create<PadOp>(y, node.concat({node.ints(Ints(rank, 0)), missing}, 0), Value(), PadMode::Constant);
  }
  return node.yield(y);
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
  Window window = getPoolWindow(node);
  if (!checkWindow(node, window, x))
    return failure();
  window.pads = getWindowPads(node, x, window.kernel, window.strides, window.dilations);
  for (int64_t extent : window.kernel)
    if (MulOverflow(size, extent, size))
      return node.fail("the window has more than 2^63 positions");
  if (node.getFlag("ceil_mode", false)) {
    // As many zeros at the end that the last window, which begins inside the input or in front of it, is whole.
    for (auto [i, extent] : enumerate(window.kernel)) {
      int64_t length = node.size(x, 2 + i), stride = window.strides[i], &last = window.pads[window.kernel.size() + i];
      if (ShapedType::isDynamic(length))
        return node.fail("ceil_mode 1 needs known sizes; use 0");
      int64_t reach = (extent - 1) * window.dilations[i] + 1, whole = length + window.pads[i];
      int64_t count = (std::max<int64_t>(whole + last - reach, 0) + stride - 1) / stride + 1;
      count -= (count - 1) * stride >= whole;
      last = std::max(last, (count - 1) * stride + reach - whole);
    }
  }
  Value powers = node.create<PowOp>(node.create<AbsOp>(x), node.scalarLike(x, p));
  Value average = ::makePool(node, powers, window, PoolKind::Average, /*countPads=*/true, /*ceilMode=*/false);
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
