//===- Sampling.cpp - values between the positions of an image ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- GridSample ------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkGridSample(NodeAttributes &node) {
  requireOneOf(node, "mode", "linear", {"bilinear", "linear", "nearest", "bicubic", "cubic"});
  requireOneOf(node, "padding_mode", "zeros", {"zeros", "border", "reflection"});
}

namespace {

/// Reads an image NxCxHxW at positions NxHoxWo.
struct GridReader {
  NodeImporter &node;
  Value image; ///< NxCx(H * W)
  Value height, width, grid;
  std::string padding;
  bool alignsCorners;

  Value number(Value like, double value) { return node.scalarLike(like, value); }

  /// The size as a float of rank 0.
  Value getSize(Value size) { return node.cast(node.toScalar(size), node.elementType(grid)); }

  /// `position` thrown back at the borders of a dimension as often as needed.
  Value reflect(Value position, Value size) {
    Value extent = alignsCorners ? node.sub(size, number(size, 1)) : size;
    Value low = number(size, alignsCorners ? 0 : -0.5);
    Value twice = node.mul(extent, number(size, 2));
    Value distance = node.create<FmodOp>(node.create<AbsOp>(node.sub(position, low)), twice);
    return node.add(low, node.create<MinOp>(distance, node.sub(twice, distance)));
  }

  Value clamp(Value position, Value size) {
    Value last = node.sub(size, number(size, 1));
    return node.create<MaxOp>(node.create<MinOp>(position, last), number(position, 0));
  }

  /// A position that is not a whole number, moved into the image where the padding asks for it.
  Value place(Value position, Value size) {
    if (padding == "border")
      return clamp(position, size);
    return padding == "reflection" ? reflect(position, size) : position;
  }

  /// The pixels NxCxHoxWo at whole positions.
  Value read(Value x, Value y) {
    Value w = getSize(width), h = getSize(height);
    if (padding == "reflection") {
      x = reflect(x, w);
      y = reflect(y, h);
    }
    Value column = clamp(x, w), row = clamp(y, h);
    Type i64 = node.getBuilder().getI64Type();
    Value index = node.add(node.mul(node.cast(row, i64), node.toScalar(width)), node.cast(column, i64));
    Value n = node.shape(grid, 0, 1), pixels = node.product(grid, 1, 3), channels = node.shape(image, 1, 2);
    index = node.reshape(index, ArrayRef<Value>{n, node.ints({1}), pixels});
    index = node.expand(index, node.concat({n, channels, pixels}, 0));
    Value values = node.create<GatherElementsOp>(image, index, /*axis=*/2);
    values = node.reshape(values, ArrayRef<Value>{n, channels, node.shape(grid, 1, 3)});
    if (padding != "zeros")
      return values;
    Value isInside = node.create<AndOp>(node.create<EqualOp>(column, x), node.create<EqualOp>(row, y));
    return node.create<WhereOp>(node.unsqueeze(isInside, {1}), values, number(values, 0));
  }
};

} // namespace

LogicalResult tt::onnx_import::importGridSample(NodeImporter &node) {
  Value x = node.input(0), grid = node.input(1);
  if (node.hasFailed())
    return failure();
  if (node.rank(x) != 4 || node.rank(grid) != 4)
    return node.fail("needs an image and a grid of rank 4, but found " + node.describeType(x) + " and " +
                     node.describeType(grid));
  Value flat = node.reshape(x, ArrayRef<Value>{node.shape(x, 0, 2), node.product(x, 2, 4)});
  GridReader reader{node,
                    flat,
                    node.shape(x, 2, 3),
                    node.shape(x, 3, 4),
                    grid,
                    node.getString("padding_mode", "zeros"),
                    node.getFlag("align_corners", false)};
  auto getPosition = [&](int64_t coordinate, Value size) {
    Value from = node.squeeze(node.slice(grid, 3, coordinate, coordinate + 1), {3});
    Value moved = node.add(from, node.scalarLike(from, 1)), half = node.scalarLike(from, 0.5),
          length = reader.getSize(size);
    if (reader.alignsCorners)
      return node.mul(node.mul(moved, half), node.sub(length, node.scalarLike(from, 1)));
    return node.mul(node.sub(node.mul(moved, length), node.scalarLike(from, 1)), half);
  };
  Value column = getPosition(0, reader.width), row = getPosition(1, reader.height);
  std::string mode = node.getString("mode", "linear");
  bool isCubic = mode == "bicubic" || mode == "cubic";
  if (!isCubic) {
    column = reader.place(column, reader.getSize(reader.width));
    row = reader.place(row, reader.getSize(reader.height));
  }
  if (mode == "nearest")
    return node.yield(reader.read(node.create<RoundOp>(column), node.create<RoundOp>(row)));
  Value left = node.create<FloorOp>(column), top = node.create<FloorOp>(row);
  // The weights of the taps around a position whose part behind the point is t.
  auto getWeights = [&](Value t) -> SmallVector<Value> {
    auto number = [&](double value) { return node.scalarLike(t, value); };
    if (!isCubic)
      return {node.sub(number(1), t), t};
    constexpr double a = -0.75;
    auto near = [&](Value d) { // (a + 2) d^3 - (a + 3) d^2 + 1
      return node.add(node.mul(node.mul(node.sub(node.mul(d, number(a + 2)), number(a + 3)), d), d), number(1));
    };
    auto far = [&](Value d) { // a d^3 - 5 a d^2 + 8 a d - 4 a
      Value inner = node.add(node.mul(node.sub(node.mul(d, number(a)), number(5 * a)), d), number(8 * a));
      return node.sub(node.mul(inner, d), number(4 * a));
    };
    Value u = node.sub(number(1), t);
    return {far(node.add(t, number(1))), near(t), near(u), far(node.add(u, number(1)))};
  };
  SmallVector<Value> across = getWeights(node.sub(column, left)), down = getWeights(node.sub(row, top));
  int64_t first = isCubic ? -1 : 0;
  Value result;
  for (auto [i, v] : enumerate(down))
    for (auto [j, u] : enumerate(across)) {
      Value pixel = reader.read(node.add(left, node.scalarLike(left, first + int64_t(j))),
                                node.add(top, node.scalarLike(top, first + int64_t(i))));
      Value term = node.mul(pixel, node.cast(node.unsqueeze(node.mul(u, v), {1}), node.elementType(pixel)));
      result = result ? node.add(result, term) : term;
    }
  return node.yield(result);
}

//===- RoiAlign --------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkRoiAlign(NodeAttributes &node) {
  requireOneOf(node, "mode", "avg", {"avg", "max"});
  requireOneOf(node, "coordinate_transformation_mode", "half_pixel", {"half_pixel", "output_half_pixel"});
  if (node.getInt("sampling_ratio", 0) < 1)
    (void)node.fail(
        "sampling_ratio 0 makes the number of samples depend on the boxes, which is not supported; give it");
}

LogicalResult tt::onnx_import::importRoiAlign(NodeImporter &node) {
  Value x = node.input(0), rois = node.input(1), images = node.input(2);
  if (node.hasFailed())
    return failure();
  int64_t samples = node.getInt("sampling_ratio", 1);
  int64_t sizes[2] = {node.getInt("output_height", 1), node.getInt("output_width", 1)};
  bool isAligned =
      node.getOpset() >= 16 && node.getString("coordinate_transformation_mode", "half_pixel") == "half_pixel";
  Type i64 = node.getBuilder().getI64Type();
  auto number = [&](double value) { return node.scalarLike(rois, value); };
  // For rows and columns: the two positions of each sample, Rx(out * samples), and the weight of the second; 0 weights
  // where the sample lies outside.
  struct Axis {
    Value low, high, weight, isInside;
  } axes[2];
  for (int64_t i = 0; i < 2; ++i) {
    auto getEdge = [&](int64_t column) {
      Value edge = node.mul(node.slice(rois, 1, column, column + 1), number(node.getFloat("spatial_scale", 1)));
      return node.sub(edge, number(isAligned ? 0.5 : 0));
    };
    Value begin = getEdge(1 - i), extent = node.sub(getEdge(3 - i), begin);
    if (!isAligned)
      extent = node.create<MaxOp>(extent, number(1));
    Value bin = node.div(extent, number(sizes[i])); // Rx1
    Ints steps = range(0, sizes[i] * samples);
    Value step = node.cast(node.ints(steps), node.elementType(rois));
    Value offset = node.div(node.add(step, number(0.5)), number(samples));
    Value position = node.add(begin, node.mul(bin, offset));
    Value size = node.cast(node.toScalar(node.shape(x, 2 + i, 3 + i)), node.elementType(rois));
    Value last = node.sub(size, number(1));
    Value isInside =
        node.create<AndOp>(node.create<LessEqualOp>(number(-1), position), node.create<LessEqualOp>(position, size));
    position = node.create<MinOp>(node.create<MaxOp>(position, number(0)), last);
    Value low = node.create<FloorOp>(position);
    axes[i] = {node.cast(low, i64), node.cast(node.create<MinOp>(node.add(low, number(1)), last), i64),
               node.sub(position, low), isInside};
  }
  // Pixels as rows: (N * H * W)xC.
  Value pixels =
      node.reshape(node.transpose(x, {0, 2, 3, 1}),
                   ArrayRef<Value>{node.mul(node.shape(x, 0, 1), node.product(x, 2, 4)), node.shape(x, 1, 2)});
  Value base = node.mul(node.cast(images, i64), node.toScalar(node.product(x, 2, 4)));
  base = node.unsqueeze(base, {1, 2});
  Value width = node.toScalar(node.shape(x, 3, 4));
  bool isMax = node.getString("mode", "avg") == "max";
  Value result;
  for (bool isLower : {false, true})
    for (bool isRight : {false, true}) {
      Value row = node.unsqueeze(isLower ? axes[0].high : axes[0].low, {2});
      Value column = node.unsqueeze(isRight ? axes[1].high : axes[1].low, {1});
      Value index = node.add(base, node.add(node.mul(row, width), column));
      auto getWeight = [&](const Axis &axis, bool isSecond) {
        return isSecond ? axis.weight : node.sub(number(1), axis.weight);
      };
      Value weight =
          node.mul(node.unsqueeze(getWeight(axes[0], isLower), {2}), node.unsqueeze(getWeight(axes[1], isRight), {1}));
      Value term = node.mul(node.create<GatherOp>(pixels, index, 0), node.unsqueeze(weight, {3}));
      result = !result ? term : isMax ? node.create<MaxOp>(result, term) : node.add(result, term);
    }
  Value isInside = node.create<AndOp>(node.unsqueeze(axes[0].isInside, {2}), node.unsqueeze(axes[1].isInside, {1}));
  result = node.create<WhereOp>(node.unsqueeze(isInside, {3}), result, number(0));
  result =
      node.reshape(result, ArrayRef<Value>{node.shape(rois, 0, 1), node.ints({sizes[0], samples, sizes[1], samples}),
                                           node.shape(x, 1, 2)});
  result = node.reduce(isMax ? ReduceKind::Max : ReduceKind::Mean, result, {2, 4}, /*keepDims=*/false);
  return node.yield(node.transpose(result, {0, 3, 1, 2}));
}
