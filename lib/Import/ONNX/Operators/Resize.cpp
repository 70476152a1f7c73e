//===- Resize.cpp - resampling --------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// A tensor without elements stands for a missing input in opset 11.
static Value dropEmpty(NodeImporter &node, Value value) {
  return value && node.rank(value) == 1 && node.size(value, 0) == 0 ? Value() : value;
}

static ResizeMode getMode(NodeImporter &node) {
  return llvm::StringSwitch<ResizeMode>(node.getString("mode", "nearest"))
      .Case("linear", ResizeMode::Linear)
      .Case("bilinear", ResizeMode::Linear)
      .Case("cubic", ResizeMode::Cubic)
      .Default(ResizeMode::Nearest);
}

//===- Upsample, and Resize up to opset 10 -----------------------------------------------------------------------===//

/// Both map positions by `output / scale`, and nearest rounds down.
static LogicalResult importAsymmetric(NodeImporter &node, Value x, Value scales) {
  OpBuilder &b = node.getBuilder();
  MLIRContext *context = b.getContext();
  return node.yield(node.create<ResizeOp>(x, Value(), scales, Value(), ResizeModeAttr::get(context, getMode(node)),
                                          CoordModeAttr::get(context, CoordMode::Asymmetric),
                                          NearestModeAttr::get(context, NearestMode::Floor), b.getF32FloatAttr(-0.75f),
                                          b.getBoolAttr(false), b.getF32FloatAttr(0)));
}

void tt::onnx_import::checkUpsample(NodeAttributes &node) {
  requireOneOf(node, "mode", "nearest", {"nearest", "linear", "bilinear"});
}

LogicalResult tt::onnx_import::importUpsample(NodeImporter &node) {
  Value x = node.input(0);
  if (node.getOpset() >= 9)
    return importAsymmetric(node, x, node.input(1));
  SmallVector<float> values = node.getFloats("scales").value_or(SmallVector<float>());
  auto type = RankedTensorType::get({int64_t(values.size())}, node.getBuilder().getF32Type());
  return importAsymmetric(node, x, node.constant(DenseElementsAttr::get(type, ArrayRef<float>(values))));
}

//===- Resize ----------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkResize(NodeAttributes &node) {
  requireOneOf(node, "mode", "nearest", {"nearest", "linear", "cubic"});
  requireOneOf(node, "coordinate_transformation_mode", "half_pixel",
               {"half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric",
                "tf_crop_and_resize"});
  requireOneOf(node, "nearest_mode", "round_prefer_floor",
               {"round_prefer_floor", "round_prefer_ceil", "floor", "ceil"});
}

/// Values for the dimensions `axes` only, as values for all dimensions: `others(i)` elsewhere. `values` may have
/// several rows (roi has two).
static Value spreadOverAxes(NodeImporter &node, Value values, ArrayRef<int64_t> axes, int64_t rank, int64_t rows,
                            llvm::function_ref<Value(int64_t, int64_t)> others) {
  SmallVector<Value> pieces;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t i = 0; i < rank; ++i) {
      const auto *place = llvm::find(axes, i);
      int64_t index = row * axes.size() + (place - axes.begin());
      pieces.push_back(place == axes.end() ? others(row, i) : node.slice(values, 0, index, index + 1));
    }
  return node.concat(pieces, 0);
}

/// The sizes (for `axes`) which keep the aspect ratio inside (`not_larger`) or around (`not_smaller`) the given ones:
/// the smallest or largest of all factors holds for all dimensions.
static Value keepAspectRatio(NodeImporter &node, Value x, Value sizes, ArrayRef<int64_t> axes, bool isLarger) {
  Ints wanted = node.constantInts(sizes, "sizes");
  if (node.hasFailed() || wanted.size() != axes.size())
    return sizes;
  std::optional<double> factor;
  for (auto [axis, size] : zip(axes, wanted)) {
    if (node.size(x, axis) <= 0 || size < 0 || size > INT32_MAX) {
      (void)node.fail("keep_aspect_ratio_policy needs known sizes of the input and sizes up to 2^31 - 1; use stretch");
      return sizes;
    }
    double ratio = double(size) / node.size(x, axis);
    factor = !factor ? ratio : isLarger ? std::max(*factor, ratio) : std::min(*factor, ratio);
  }
  for (auto [axis, size] : zip(axes, wanted))
    size = static_cast<int64_t>(std::floor(*factor * node.size(x, axis) + 0.5));
  return node.ints(wanted);
}

/// The position in an input of `size` elements that an element of the output stands for.
static double getOrigin(CoordMode coord, int64_t i, int64_t size, int64_t outputs, double scale) {
  switch (coord) {
  case CoordMode::Asymmetric:
    return i / scale;
  case CoordMode::AlignCorners:
    return outputs == 1 ? 0 : double(i) * (size - 1) / (outputs - 1);
  case CoordMode::PytorchHalfPixel:
    return outputs == 1 ? 0 : (i + 0.5) / scale - 0.5;
  case CoordMode::HalfPixelSymmetric:
    return size / 2.0 * (1 - outputs / (scale * size)) + (i + 0.5) / scale - 0.5;
  default:
    return (i + 0.5) / scale - 0.5;
  }
}

/// The weight of an element at a distance, for `mode` linear or cubic.
static double getTapWeight(ResizeMode mode, double distance, double a) {
  double d = std::abs(distance);
  if (mode == ResizeMode::Linear)
    return std::max(0.0, 1 - d);
  if (d <= 1)
    return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

/// A resize with antialiasing: where a dimension gets smaller, the filter is as much wider. Each dimension is a product
/// with the matrix of its weights; what lies outside counts as the border's element, or not at all.
static Value resizeSmoothly(NodeImporter &node, Value x, Value scales, Value sizes, ResizeMode mode, CoordMode coord) {
  int64_t rank = node.rank(x);
  double a = node.getFloat("cubic_coeff_a", -0.75f);
  bool excludesOutside = node.getFlag("exclude_outside", false);
  SmallVector<double> factors;
  Ints wanted;
  bool isKnown =
      node.type(x).hasStaticShape() && (scales ? getConstantFloats(scales, factors) && int64_t(factors.size()) == rank
                                               : getConstantInts(sizes, wanted) && int64_t(wanted.size()) == rank);
  if (node.hasFailed() || !isKnown || coord == CoordMode::TfCropAndResize || !node.isFloat(x)) {
    (void)node.fail("antialias 1 needs floats, known sizes and constant scales or sizes, and another "
                    "coordinate_transformation_mode than tf_crop_and_resize; use 0");
    return {};
  }
  constexpr int64_t maxElements = 1 << 24; // of one matrix
  for (int64_t d = 0; d < rank; ++d) {
    int64_t size = node.size(x, d);
    double scale = scales ? factors[d] : double(wanted[d]) / std::max<int64_t>(size, 1);
    double product = scales ? std::floor(size * scale) : double(wanted[d]);
    if (!(scale > 0) || size < 1 || !(product >= 1) || product * size > maxElements) {
      (void)node.fail("antialias 1 needs scales above 0 and matrices of weights of up to " + Twine(maxElements) +
                      " elements");
      return {};
    }
    int64_t outputs = static_cast<int64_t>(product);
    if (outputs == size && scale == 1)
      continue;
    double narrow = std::min(scale, 1.0), support = (mode == ResizeMode::Linear ? 1 : 2) / narrow;
    std::vector<float> matrix(size * outputs, 0.0f);
    for (int64_t i = 0; i < outputs; ++i) {
      double origin = getOrigin(coord, i, size, outputs, scale), total = 0;
      SmallVector<std::pair<int64_t, double>> taps;
      for (int64_t j = std::ceil(origin - support); j <= std::floor(origin + support); ++j) {
        bool isOutside = j < 0 || j >= size;
        double weight = isOutside && excludesOutside ? 0 : getTapWeight(mode, (j - origin) * narrow, a);
        taps.push_back({std::clamp<int64_t>(j, 0, size - 1), weight});
        total += weight;
      }
      for (auto [j, weight] : taps)
        matrix[j * outputs + i] += static_cast<float>(weight / total);
    }
    auto type = RankedTensorType::get({size, outputs}, node.getBuilder().getF32Type());
    Value weights =
        node.cast(node.constant(DenseElementsAttr::get(type, ArrayRef<float>(matrix))), node.elementType(x));
    Ints perm = range(0, rank);
    std::swap(perm[d], perm[rank - 1]);
    Value moved = d == rank - 1 ? x : node.transpose(x, perm);
    moved = node.create<MatMulOp>(moved, weights);
    x = d == rank - 1 ? moved : node.transpose(moved, perm);
  }
  return x;
}

LogicalResult tt::onnx_import::importResize(NodeImporter &node) {
  Value x = node.input(0);
  if (node.getOpset() < 11)
    return importAsymmetric(node, x, node.input(1));
  Value roi = dropEmpty(node, node.optionalInput(1)), scales = dropEmpty(node, node.optionalInput(2)),
        sizes = dropEmpty(node, node.optionalInput(3));
  if (!scales == !sizes)
    return node.fail("needs either scales or sizes");
  OpBuilder &b = node.getBuilder();
  MLIRContext *context = b.getContext();
  CoordMode coord = *symbolizeCoordMode(node.getString("coordinate_transformation_mode", "half_pixel"));
  if (coord != CoordMode::TfCropAndResize)
    roi = {};
  else if (!roi)
    return node.fail("coordinate_transformation_mode tf_crop_and_resize needs a roi");

  int64_t rank = node.rank(x);
  Ints axes = range(0, rank);
  if (auto given = node.getInts("axes")) {
    axes = *given;
    for (int64_t &axis : axes)
      axis = node.normalizeAxis(axis, rank);
  }
  std::string policy = node.getString("keep_aspect_ratio_policy", "stretch");
  if (policy != "stretch" && policy != "not_larger" && policy != "not_smaller")
    return node.fail("keep_aspect_ratio_policy '" + policy +
                     "' is not defined; use stretch, not_larger or not_smaller");
  if (sizes && policy != "stretch")
    sizes = keepAspectRatio(node, x, sizes, axes, policy == "not_smaller");
  if (axes != range(0, rank)) {
    auto f32 = [&](double value) { return node.unsqueeze(node.scalar(b.getF32Type(), value), {0}); };
    if (scales)
      scales = spreadOverAxes(node, scales, axes, rank, 1, [&](int64_t, int64_t) { return f32(1); });
    if (sizes)
      sizes = spreadOverAxes(node, sizes, axes, rank, 1, [&](int64_t, int64_t i) { return node.shape(x, i, i + 1); });
    if (roi)
      roi = spreadOverAxes(node, roi, axes, rank, 2, [&](int64_t row, int64_t) {
        return node.unsqueeze(node.scalarLike(roi, row), {0}); // from 0 to 1
      });
  }
  if (node.getFlag("antialias", false) && getMode(node) != ResizeMode::Nearest)
    return node.yield(resizeSmoothly(node, x, scales, sizes, getMode(node), coord));
  return node.yield(node.create<ResizeOp>(
      x, roi, scales, sizes, ResizeModeAttr::get(context, getMode(node)), CoordModeAttr::get(context, coord),
      NearestModeAttr::get(context, *symbolizeNearestMode(node.getString("nearest_mode", "round_prefer_floor"))),
      b.getF32FloatAttr(node.getFloat("cubic_coeff_a", -0.75f)), b.getBoolAttr(node.getFlag("exclude_outside", false)),
      b.getF32FloatAttr(node.getFloat("extrapolation_value", 0))));
}
