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

/// Reads an image NxCx(spatial) at positions Nx(result's spatial dimensions), one tensor for each spatial dimension.
struct ImageReader {
  NodeImporter &node;
  Value image; ///< NxCx(product of the spatial sizes)
  SmallVector<Value> sizes;
  Type type; ///< of the positions
  std::string padding;
  bool alignsCorners;

  ImageReader(NodeImporter &node, Value x, Type type, std::string padding, bool alignsCorners)
      : node(node), type(type), padding(std::move(padding)), alignsCorners(alignsCorners) {
    int64_t rank = node.rank(x);
    image = node.reshape(x, ArrayRef<Value>{node.shape(x, 0, 2), node.product(x, 2, rank)});
    for (int64_t i = 2; i < rank; ++i)
      sizes.push_back(node.shape(x, i, i + 1));
  }

  Value number(Value like, double value) { return node.scalarLike(like, value); }

  /// The size of spatial dimension `i` as a float of rank 0.
  Value getSize(int64_t i) { return node.cast(node.toScalar(sizes[i]), type); }

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

  /// The pixels NxCx... at whole positions.
  Value read(ArrayRef<Value> positions) {
    Type i64 = node.getBuilder().getI64Type();
    Value index, isInside;
    for (auto [i, given] : enumerate(positions)) {
      Value size = getSize(i), position = padding == "reflection" ? reflect(given, size) : given;
      Value pixel = clamp(position, size);
      Value whole = node.cast(pixel, i64);
      index = index ? node.add(node.mul(index, node.toScalar(sizes[i])), whole) : whole;
      isInside = combine<AndOp>(node, isInside, node.create<EqualOp>(pixel, position));
    }
    Value like = positions.front();
    int64_t rank = node.rank(like);
    Value n = node.shape(like, 0, 1), pixels = node.product(like, 1, rank), channels = node.shape(image, 1, 2);
    index = node.reshape(index, ArrayRef<Value>{n, node.ints({1}), pixels});
    index = node.expand(index, node.concat({n, channels, pixels}, 0));
    Value values = node.create<GatherElementsOp>(image, index, /*axis=*/2);
    values = node.reshape(values, ArrayRef<Value>{n, channels, node.shape(like, 1, rank)});
    if (padding != "zeros")
      return values;
    return node.create<WhereOp>(node.unsqueeze(isInside, {1}), values, number(values, 0));
  }

  /// The sum of the pixels around the positions: `getWeights` gives, for the parts of positions behind whole ones, the
  /// weights of the taps, the first of which stands `first` pixels behind the whole position.
  Value interpolate(ArrayRef<Value> positions, int64_t first,
                    llvm::function_ref<SmallVector<Value>(Value)> getWeights) {
    SmallVector<Value> whole;
    SmallVector<SmallVector<Value>> weights;
    for (Value position : positions) {
      whole.push_back(node.create<FloorOp>(position));
      weights.push_back(getWeights(node.sub(position, whole.back())));
    }
    int64_t taps = weights.front().size(), total = 1;
    for (size_t i = 0; i < positions.size(); ++i)
      total *= taps;
    Value result;
    for (int64_t tap = 0; tap < total && !node.hasFailed(); ++tap) {
      SmallVector<Value> places(positions.size());
      Value weight;
      for (int64_t i = positions.size() - 1, rest = tap; i >= 0; --i, rest /= taps) {
        places[i] = node.add(whole[i], number(whole[i], first + rest % taps));
        weight = combine<MulOp>(node, weights[i][rest % taps], weight);
      }
      Value pixel = read(places);
      Value term = node.mul(pixel, node.cast(node.unsqueeze(weight, {1}), node.elementType(pixel)));
      result = combine<AddOp>(node, result, term);
    }
    return result;
  }

  /// Linear in each dimension.
  Value interpolateLinearly(ArrayRef<Value> positions) {
    return interpolate(positions, 0, [&](Value t) { return SmallVector<Value>{node.sub(number(t, 1), t), t}; });
  }
};

} // namespace

LogicalResult tt::onnx_import::importGridSample(NodeImporter &node) {
  Value x = node.input(0), grid = node.input(1);
  if (node.hasFailed())
    return failure();
  int64_t rank = node.rank(x), spatial = rank - 2;
  if (rank < 4 || rank > 5 || node.rank(grid) != rank)
    return node.fail("needs an image and a grid of rank 4 or 5, but found " + node.describeType(x) + " and " +
                     node.describeType(grid));
  ImageReader reader(node, x, node.elementType(grid), node.getString("padding_mode", "zeros"),
                     node.getFlag("align_corners", false));
  std::string mode = node.getString("mode", "linear");
  bool isCubic = mode == "bicubic" || mode == "cubic";
  if (isCubic && spatial != 2)
    return node.fail("mode cubic is defined for images of rank 4 only; use linear or nearest");
  // The grid's coordinates, from -1 to 1, are those of the last dimension first.
  SmallVector<Value> positions;
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t coordinate = spatial - 1 - i;
    Value from = node.squeeze(node.slice(grid, rank - 1, coordinate, coordinate + 1), {rank - 1});
    Value moved = node.add(from, node.scalarLike(from, 1)), half = node.scalarLike(from, 0.5),
          length = reader.getSize(i), one = node.scalarLike(from, 1);
    Value position = reader.alignsCorners ? node.mul(node.mul(moved, half), node.sub(length, one))
                                          : node.mul(node.sub(node.mul(moved, length), one), half);
    positions.push_back(isCubic ? position : reader.place(position, length));
  }
  if (mode == "nearest") {
    for (Value &position : positions)
      position = node.create<RoundOp>(position);
    return node.yield(reader.read(positions));
  }
  if (!isCubic)
    return node.yield(reader.interpolateLinearly(positions));
  return node.yield(reader.interpolate(positions, -1, [&](Value t) -> SmallVector<Value> {
    auto number = [&](double value) { return node.scalarLike(t, value); };
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
  }));
}

//===- DeformConv ------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkDeformConv(NodeAttributes &node) {
  if (auto kernel = node.getInts("kernel_shape"); kernel && kernel->size() != 2)
    (void)node.fail(Twine(kernel->size()) + " spatial dimensions are not supported; use 2");
}

LogicalResult tt::onnx_import::importDeformConv(NodeImporter &node) {
  // Pixels are read, bilinearly, where the offsets move the taps of the windows; a product with the filter follows.
  Value x = node.input(0), filter = node.input(1), offset = node.input(2), bias = node.optionalInput(3);
  Value mask = node.optionalInput(4);
  std::optional<Window> window = getConvWindow(node, x, filter);
  if (!window)
    return failure();
  int64_t groups = node.getInt("group", 1), offsetGroups = node.getInt("offset_group", 1), channels = node.size(x, 1);
  if (window->kernel.size() != 2)
    return node.fail("needs an image of rank 4, but found " + node.describeType(x));
  if (groups < 1 || offsetGroups < 1 || ShapedType::isDynamic(channels) || channels % groups || channels % offsetGroups)
    return node.fail("the number of channels must be known and a multiple of group and offset_group");
  constexpr int64_t maxTaps = 4096;
  if (window->kernel[0] > maxTaps || window->kernel[1] > maxTaps / window->kernel[0])
    return node.fail("a window of more than " + Twine(maxTaps) + " positions is not supported");
  int64_t taps = window->kernel[0] * window->kernel[1], parts = channels / offsetGroups;
  Value n = node.shape(x, 0, 1), height = node.shape(offset, 2, 3), width = node.shape(offset, 3, 4);
  Value images = node.mul(n, node.ints({offsetGroups})), tapCount = node.ints({taps});
  Value image = node.reshape(x, ArrayRef<Value>{images, node.ints({parts}), node.shape(x, 2, 4)});
  Value moved = node.reshape(offset, ArrayRef<Value>{images, tapCount, node.ints({2}), height, width});
  ImageReader reader(node, image, node.elementType(offset), "zeros", /*alignsCorners=*/false);
  // (images)x(taps)xHxW for each spatial dimension
  SmallVector<Value> positions;
  for (int64_t i = 0; i < 2; ++i) {
    Ints starts;
    for (int64_t tap = 0; tap < taps; ++tap) {
      int64_t place = i == 0 ? tap / window->kernel[1] : tap % window->kernel[1];
      starts.push_back(place * window->dilations[i] - window->pads[i]);
    }
    Type i64 = node.getBuilder().getI64Type();
    Value steps =
        node.create<RangeOp>(node.scalar(i64, 0), node.toScalar(i == 0 ? height : width), node.scalar(i64, 1));
    steps = node.unsqueeze(node.mul(steps, node.scalar(i64, window->strides[i])), i == 0 ? Ints{1} : Ints{0});
    Value base = node.add(node.reshape(node.ints(starts), {taps, 1, 1}), steps);
    Value shift = node.squeeze(node.slice(moved, 2, i, i + 1), {2});
    positions.push_back(node.add(node.cast(base, node.elementType(offset)), shift));
  }
  Value columns = reader.interpolateLinearly(positions); // (images)x(parts)x(taps)xHxW
  if (mask)
    columns = node.mul(columns, node.reshape(mask, ArrayRef<Value>{images, node.ints({1}), tapCount, height, width}));
  Value depth = node.ints({channels / groups * taps}), g = node.ints({groups});
  columns = node.reshape(columns, ArrayRef<Value>{n, g, depth, node.product(offset, 2, 4)});
  Value outputs = node.shape(filter, 0, 1);
  Value weights = node.reshape(filter, ArrayRef<Value>{g, node.div(outputs, g), depth});
  Value y = node.reshape(node.create<MatMulOp>(weights, columns), ArrayRef<Value>{n, outputs, height, width});
  return node.yield(bias ? node.add(y, node.unsqueeze(bias, {1, 2})) : y);
}

//===- AffineGrid ------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importAffineGrid(NodeImporter &node) {
  // theta (Nx2x3 or Nx3x4) times (x, y(, z), 1) at the places of an image whose sides run from -1 to 1.
  Value theta = node.input(0), size = node.input(1);
  int64_t elements = node.size(size, 0);
  bool alignsCorners = node.getFlag("align_corners", false);
  if (node.hasFailed())
    return failure();
  if (elements != 4 && elements != 5)
    return node.fail("needs a size of 4 or 5 elements, but it has the type " + node.describeType(size));
  int64_t spatial = elements - 2;
  Type i64 = node.getBuilder().getI64Type(), type = node.elementType(theta);
  size = node.cast(size, i64);
  auto number = [&](double value) { return node.scalar(type, value); };
  Value sizes = node.slice(size, 0, 2, spatial + 2);
  SmallVector<Value> coordinates;
  for (int64_t i = spatial - 1; i >= 0; --i) {
    Value count = node.toScalar(node.slice(sizes, 0, i, i + 1)), length = node.cast(count, type);
    Value step = node.cast(node.create<RangeOp>(node.scalar(i64, 0), count, node.scalar(i64, 1)), type);
    Value place;
    if (alignsCorners)
      place = node.sub(node.mul(step, node.div(number(2), node.create<MaxOp>(node.sub(length, number(1)), number(1)))),
                       number(1));
    else
      place = node.sub(node.div(node.add(node.mul(step, number(2)), number(1)), length), number(1));
    place = node.unsqueeze(place, range(1, spatial - i));
    coordinates.push_back(node.unsqueeze(node.expand(place, sizes), {spatial}));
  }
  coordinates.push_back(node.expand(number(1), node.concat({sizes, node.ints({1})}, 0)));
  Value points = node.concat(coordinates, spatial);
  Value flat = node.reshape(points, ArrayRef<Value>{node.product(points, 0, spatial), node.ints({spatial + 1})});
  Value grid = node.create<MatMulOp>(flat, node.transpose(theta, {0, 2, 1}));
  SmallVector<Value> pieces{node.slice(size, 0, 0, 1)};
  for (int64_t i = 0; i < spatial; ++i)
    pieces.push_back(node.slice(sizes, 0, i, i + 1));
  pieces.push_back(node.ints({spatial}));
  return node.yield(node.reshape(grid, pieces));
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
