//===- Convolution.cpp - convolutions -------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// Reports numbers of more than 31 bits, so that arithmetic with the others has room in 64 bits.
static void checkRange(NodeImporter &node, StringRef name, ArrayRef<int64_t> values) {
  for (int64_t value : values)
    if ((value < -INT32_MAX || value > INT32_MAX) && !node.hasFailed())
      (void)node.fail(name + " must lie between -2^31 and 2^31, but one is " + Twine(value));
}

Ints tt::onnx_import::getWindowPads(NodeImporter &node, Value input, ArrayRef<int64_t> kernel,
                                    ArrayRef<int64_t> strides, ArrayRef<int64_t> dilations) {
  size_t spatial = kernel.size();
  std::string autoPad = node.getString("auto_pad", "NOTSET");
  Ints pads(2 * spatial, 0);
  if (autoPad == "NOTSET" || autoPad.empty()) {
    pads = node.getInts("pads", pads);
    if (pads.size() != 2 * spatial && !node.hasFailed())
      (void)node.fail("pads must have " + Twine(2 * spatial) + " elements, but has " + Twine(pads.size()));
    pads.resize(2 * spatial, 0);
    checkRange(node, "pads", pads);
    return pads;
  }
  if (autoPad == "VALID")
    return pads;
  if (autoPad != "SAME_UPPER" && autoPad != "SAME_LOWER") {
    (void)node.fail("auto_pad '" + autoPad + "' is not defined; use NOTSET, VALID, SAME_UPPER or SAME_LOWER");
    return pads;
  }
  for (size_t i = 0; i < spatial; ++i) {
    int64_t size = node.size(input, 2 + i), extent = (kernel[i] - 1) * dilations[i] + 1;
    int64_t total = extent - 1;
    if (strides[i] != 1) {
      if (ShapedType::isDynamic(size)) {
        (void)node.fail("auto_pad " + autoPad + " with a stride needs known sizes; give pads instead");
        return pads;
      }
      total = (llvm::divideCeil(size, strides[i]) - 1) * strides[i] + extent - size;
    }
    total = std::max<int64_t>(total, 0);
    int64_t smaller = total / 2, larger = total - smaller;
    pads[i] = autoPad == "SAME_UPPER" ? smaller : larger;
    pads[spatial + i] = autoPad == "SAME_UPPER" ? larger : smaller;
  }
  return pads;
}

bool tt::onnx_import::checkWindow(NodeImporter &node, const Window &window, Value input) {
  if (node.hasFailed())
    return false;
  size_t spatial = window.kernel.size();
  for (auto [name, values] :
       {std::pair<StringRef, const Ints *>{"strides", &window.strides}, {"dilations", &window.dilations}})
    if (values->size() != spatial)
      return succeeded(
          node.fail(name + " must have " + Twine(spatial) + " elements, but has " + Twine(values->size())));
  if (spatial < 1 || spatial > 3)
    return succeeded(node.fail(Twine(spatial) + " spatial dimensions are not supported; use 1 to 3"));
  if (node.rank(input) != int64_t(spatial) + 2)
    return succeeded(node.fail("a window of " + Twine(spatial) + " dimensions needs an input of rank " +
                               Twine(spatial + 2) + ", but it has rank " + Twine(node.rank(input))));
  for (const Ints *values : {&window.kernel, &window.strides, &window.dilations})
    if (any_of(*values, [](int64_t value) { return value < 1 || value > INT32_MAX; }))
      return succeeded(node.fail("kernel, strides and dilations must lie between 1 and 2^31 - 1"));
  return true;
}

bool tt::onnx_import::addUnitHeight(Window &window) {
  if (window.kernel.size() != 1)
    return false;
  for (Ints *values : {&window.kernel, &window.strides, &window.dilations})
    values->insert(values->begin(), 1);
  window.pads = {0, window.pads[0], 0, window.pads[1]};
  return true;
}

/// Reports a kernel with more than three dimensions.
static void checkKernelRank(NodeAttributes &node) {
  if (auto kernel = node.getInts("kernel_shape"); kernel && kernel->size() > 3)
    (void)node.fail(Twine(kernel->size()) + " spatial dimensions are not supported; use 1 to 3");
}

void tt::onnx_import::checkConv(NodeAttributes &node) { checkKernelRank(node); }
void tt::onnx_import::checkConvTranspose(NodeAttributes &node) { checkKernelRank(node); }

static Value makeConv(NodeImporter &node, Value x, Value filter, Value bias, Window window, int64_t groups);

/// A convolution NxCxDxHxW with OxIxKDxKHxKW as one of N * OD images, whose channels are those of the KD slices that a
/// position of the result sees.
static Value makeConv3D(NodeImporter &node, Value x, Value filter, Value bias, const Window &window, int64_t groups) {
  int64_t stride = window.strides[0], dilation = window.dilations[0], depth = window.kernel[0];
  Ints border(10, 0);
  border[2] = window.pads[0];
  border[7] = window.pads[3];
  if (border[2] || border[7])
    x = node.create<PadOp>(x, node.ints(border), Value(), PadMode::Constant);
  // How many positions there are in the result's depth: (D - reach - 1) / stride + 1.
  int64_t reach = (depth - 1) * dilation;
  Value room = node.sub(node.shape(x, 2, 3), node.ints({reach + 1}));
  Value last = node.mul(node.div(room, node.ints({stride})), node.ints({stride}));
  SmallVector<Value> slices;
  for (int64_t i = 0; i < depth; ++i) {
    Value end = node.add(last, node.ints({i * dilation + 1}));
    Value slice =
        node.create<SliceOp>(x, node.ints({i * dilation}), end, ArrayRef<int64_t>{2}, ArrayRef<int64_t>{stride});
    slices.push_back(node.unsqueeze(node.transpose(slice, {0, 2, 1, 3, 4}), {3})); // N, OD, C, 1, H, W
  }
  Value stacked = node.concat(slices, 3);
  Value images = node.reshape(
      stacked, ArrayRef<Value>{node.product(stacked, 0, 2), node.product(stacked, 2, 4), node.shape(stacked, 4, 6)});
  Value flat = node.reshape(
      filter, ArrayRef<Value>{node.shape(filter, 0, 1), node.product(filter, 1, 3), node.shape(filter, 3, 5)});
  Window plane{{window.kernel[1], window.kernel[2]},
               {window.strides[1], window.strides[2]},
               {window.dilations[1], window.dilations[2]},
               {window.pads[1], window.pads[2], window.pads[4], window.pads[5]}};
  Value y = makeConv(node, images, flat, bias, plane, groups);
  y = node.reshape(y, ArrayRef<Value>{node.shape(stacked, 0, 2), node.shape(y, 1, 4)});
  return node.transpose(y, {0, 2, 1, 3, 4});
}

/// Creates the convolution of NxC(xD)(xH)xW with a filter OxI(xKD)(xKH)xKW.
static Value makeConv(NodeImporter &node, Value x, Value filter, Value bias, Window window, int64_t groups) {
  if (window.kernel.size() == 3)
    return makeConv3D(node, x, filter, bias, window, groups);
  bool isFlat = addUnitHeight(window);
  if (isFlat) {
    x = node.unsqueeze(x, {2});
    filter = node.unsqueeze(filter, {2});
  }
  Value y = node.create<ConvOp>(x, filter, bias, window.strides, window.pads, window.dilations, groups, Layout::NCHW);
  return isFlat ? node.squeeze(y, {2}) : y;
}

/// Sizes of a filter behind its first two dimensions, checked against `kernel_shape`; an error where they are not
/// known.
static Ints getKernel(NodeImporter &node, Value filter) {
  Ints kernel(node.type(filter).getShape().drop_front(std::min<int64_t>(2, node.rank(filter))));
  Ints given = node.getInts("kernel_shape", kernel);
  if (any_of(kernel, ShapedType::isDynamic) && !node.hasFailed())
    (void)node.fail("the sizes of the filter must be known");
  if (given != kernel && !node.hasFailed())
    (void)node.fail("kernel_shape does not agree with the filter of type " + node.describeType(filter));
  return kernel;
}

std::optional<Window> tt::onnx_import::getConvWindow(NodeImporter &node, Value x, Value filter) {
  Window window;
  window.kernel = getKernel(node, filter);
  window.strides = node.getInts("strides", Ints(window.kernel.size(), 1));
  window.dilations = node.getInts("dilations", Ints(window.kernel.size(), 1));
  if (!checkWindow(node, window, x))
    return std::nullopt;
  window.pads = getWindowPads(node, x, window.kernel, window.strides, window.dilations);
  return window;
}

Value tt::onnx_import::makeNodeConv(NodeImporter &node) {
  Value x = node.input(0), filter = node.input(1), bias = node.optionalInput(2);
  std::optional<Window> window = getConvWindow(node, x, filter);
  return window ? makeConv(node, x, filter, bias, *window, node.getInt("group", 1)) : Value();
}

LogicalResult tt::onnx_import::importConv(NodeImporter &node) { return node.yield(makeNodeConv(node)); }

//===- Transposed convolution ------------------------------------------------------------------------------------===//

/// Puts `stride - 1` zeros behind every position of dimension `axis`.
static Value spread(NodeImporter &node, Value x, int64_t axis, int64_t stride) {
  if (stride == 1)
    return x;
  int64_t rank = node.rank(x);
  SmallVector<Value> sizes = map_to_vector(range(0, rank), [&](int64_t i) { return node.shape(x, i, i + 1); });
  Ints pads(2 * (rank + 1), 0);
  pads[rank + 1 + axis + 1] = stride - 1;
  Value padded = node.create<PadOp>(node.unsqueeze(x, {axis + 1}), node.ints(pads), Value(), PadMode::Constant);
  sizes[axis] = node.mul(sizes[axis], node.ints({stride}));
  return node.reshape(padded, sizes);
}

/// The padding of a transposed convolution: what is cut off the full result, all begins, then all ends.
static Ints getTransposedPads(NodeImporter &node, Value x, const Window &window, ArrayRef<int64_t> outputPadding) {
  size_t spatial = window.kernel.size();
  std::string autoPad = node.getString("auto_pad", "NOTSET");
  std::optional<Ints> outputShape = node.getInts("output_shape");
  bool isSame = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
  Ints pads(2 * spatial, 0);
  if (!outputShape && !isSame)
    return autoPad == "VALID" ? pads : node.getInts("pads", pads);
  if (outputShape && outputShape->size() == spatial + 2)
    outputShape->erase(outputShape->begin(), outputShape->begin() + 2);
  if (outputShape && outputShape->size() != spatial) {
    (void)node.fail("output_shape must have " + Twine(spatial) + " elements, but has " + Twine(outputShape->size()));
    return pads;
  }
  for (size_t i = 0; i < spatial; ++i) {
    int64_t size = node.size(x, 2 + i);
    if (ShapedType::isDynamic(size)) {
      (void)node.fail("output_shape and auto_pad need known sizes; give pads instead");
      return pads;
    }
    int64_t wanted = outputShape ? (*outputShape)[i] : size * window.strides[i];
    int64_t full = window.strides[i] * (size - 1) + outputPadding[i] + (window.kernel[i] - 1) * window.dilations[i] + 1;
    // A result larger than the full one gets zeros at its end, as in ONNX Runtime and the ONNX tests.
    int64_t total = full - wanted, smaller = std::max<int64_t>(total, 0) / 2, larger = total - smaller;
    bool isLargerLast = autoPad == "SAME_UPPER" || total < 0;
    pads[i] = isLargerLast ? smaller : larger;
    pads[spatial + i] = isLargerLast ? larger : smaller;
  }
  return pads;
}

LogicalResult tt::onnx_import::importConvTranspose(NodeImporter &node) {
  // A convolution with stride 1 of the input, spread by zeros, with the filter turned by 180 degrees.
  Value x = node.input(0), filter = node.input(1), bias = node.optionalInput(2);
  Window window;
  window.kernel = getKernel(node, filter);
  size_t spatial = window.kernel.size();
  window.strides = node.getInts("strides", Ints(spatial, 1));
  window.dilations = node.getInts("dilations", Ints(spatial, 1));
  if (!checkWindow(node, window, x))
    return failure();
  Ints outputPadding = node.getInts("output_padding", Ints(spatial, 0));
  if (outputPadding.size() != spatial)
    return node.fail("output_padding must have " + Twine(spatial) + " elements, but has " +
                     Twine(outputPadding.size()));
  checkRange(node, "output_padding", outputPadding);
  checkRange(node, "output_shape", node.getInts("output_shape", {}));
  Ints cut = getTransposedPads(node, x, window, outputPadding);
  checkRange(node, "pads", cut);
  if (node.hasFailed())
    return failure();
  if (cut.size() != 2 * spatial)
    return node.fail("pads must have " + Twine(2 * spatial) + " elements, but has " + Twine(cut.size()));

  int64_t rank = node.rank(x), groups = node.getInt("group", 1), channels = node.size(filter, 0);
  if (groups < 1 || ShapedType::isDynamic(channels) || channels % groups != 0)
    return node.fail("the number of input channels must be known and a multiple of group " + Twine(groups));
  // [C, O / g, K...] -> [g, C / g, O / g, K...] -> [g, O / g, C / g, K...] -> [O, C / g, K...]
  Ints kernelAxes = range(3, 3 + spatial), perm = {0, 2, 1};
  perm.append(kernelAxes);
  Value perGroup = node.ints({channels / groups}), g = node.ints({groups});
  Value outputs = node.shape(filter, 1, 2), kernelSizes = node.ints(window.kernel);
  Value turned = node.transpose(node.reshape(filter, ArrayRef<Value>{g, perGroup, outputs, kernelSizes}), perm);
  turned = node.reshape(turned, ArrayRef<Value>{node.mul(g, outputs), perGroup, kernelSizes});
  Ints spatialAxes = range(2, rank);
  turned = node.create<SliceOp>(turned, node.ints(Ints(spatial, -1)), node.ints(Ints(spatial, INT64_MIN)), spatialAxes,
                                Ints(spatial, -1));

  Ints pads(2 * spatial, 0), border(2 * rank, 0);
  bool needsCut = false;
  for (size_t i = 0; i < spatial; ++i) {
    x = spread(node, x, 2 + i, window.strides[i]);
    int64_t extent = (window.kernel[i] - 1) * window.dilations[i];
    pads[i] = extent - cut[i];
    // The zeros behind the last position do not belong to the input.
    pads[spatial + i] = extent - cut[spatial + i] + outputPadding[i] - (window.strides[i] - 1);
    border[2 + i] = pads[i];
    border[rank + 2 + i] = pads[spatial + i];
    needsCut |= pads[i] < 0 || pads[spatial + i] < 0;
  }
  if (needsCut) {
    x = node.create<PadOp>(x, node.ints(border), Value(), PadMode::Constant);
    pads.assign(2 * spatial, 0);
  }
  window.strides.assign(spatial, 1);
  window.pads = pads;
  return node.yield(makeConv(node, x, turned, bias, window, groups));
}

//===- Columns ---------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importCol2Im(NodeImporter &node) {
  // Nx(C * taps)xL, one column for each place of a window, is added up in an image: rows of N * C numbers are scattered
  // to the pixels.
  Value x = node.input(0);
  Ints image = node.constantInts(node.input(1), "image_shape"), block = node.constantInts(node.input(2), "block_shape");
  size_t spatial = image.size();
  Window window{block, node.getInts("strides", Ints(spatial, 1)), node.getInts("dilations", Ints(spatial, 1)),
                node.getInts("pads", Ints(2 * spatial, 0))};
  if (node.hasFailed())
    return failure();
  if (spatial < 1 || block.size() != spatial || window.strides.size() != spatial ||
      window.dilations.size() != spatial || window.pads.size() != 2 * spatial || node.rank(x) != 3)
    return node.fail("needs an input of rank 3 and as many elements of block_shape, strides and dilations as of "
                     "image_shape, twice as many pads");
  for (const Ints *values : {&image, &window.kernel, &window.strides, &window.dilations})
    if (any_of(*values, [](int64_t value) { return value < 1 || value > INT32_MAX; }))
      return node.fail("sizes, strides and dilations must lie between 1 and 2^31 - 1");
  checkRange(node, "pads", window.pads);
  // The pixel in the padded image of each tap at each place: sums over the dimensions.
  constexpr int64_t maxIndices = 1 << 24;
  Ints padded(spatial), counts(spatial), pixels{0};
  int64_t numTaps = 1, numPlaces = 1, numPixels = 1;
  for (size_t i = 0; i < spatial; ++i) {
    padded[i] = image[i] + window.pads[i] + window.pads[spatial + i];
    counts[i] = (padded[i] - (window.kernel[i] - 1) * window.dilations[i] - 1) / window.strides[i] + 1;
    bool isTooLarge = MulOverflow(numTaps, window.kernel[i], numTaps) || MulOverflow(numPixels, padded[i], numPixels) ||
                      MulOverflow(numPlaces, counts[i], numPlaces);
    if (isTooLarge || padded[i] <= (window.kernel[i] - 1) * window.dilations[i] || numTaps > maxIndices ||
        numPlaces > maxIndices / numTaps)
      return node.fail("the window does not fit the image, or an image has more than 2^24 elements in all windows");
  }
  int64_t numColumns = node.size(x, 2);
  if (!ShapedType::isDynamic(numColumns) && numColumns != numPlaces)
    return node.fail("the image has " + Twine(numPlaces) + " places for the window, but the input has " +
                     Twine(numColumns) + " columns");
  auto addDimension = [&](int64_t count, int64_t step) {
    Ints next;
    next.reserve(pixels.size() * count);
    for (int64_t pixel : pixels)
      for (int64_t k = 0; k < count; ++k)
        next.push_back(pixel + k * step);
    pixels = std::move(next);
  };
  Ints rowSteps(spatial, 1);
  for (size_t i = spatial - 1; i > 0; --i)
    rowSteps[i - 1] = rowSteps[i] * padded[i];
  for (size_t i = 0; i < spatial; ++i)
    addDimension(window.kernel[i], window.dilations[i] * rowSteps[i]);
  for (size_t i = 0; i < spatial; ++i)
    addDimension(counts[i], window.strides[i] * rowSteps[i]);
  Value n = node.shape(x, 0, 1), channels = node.div(node.shape(x, 1, 2), node.ints({numTaps}));
  Value columns = node.reshape(x, ArrayRef<Value>{n, channels, node.ints({numTaps * numPlaces})});
  columns = node.transpose(columns, {2, 0, 1});
  Value empty = node.expand(node.scalarLike(x, 0), node.concat({node.ints({numPixels}), n, channels}, 0));
  Value sums = node.create<ScatterNDOp>(empty, node.reshape(node.ints(pixels), {-1, 1}), columns, ScatterKind::Add);
  Value y = node.reshape(node.transpose(sums, {1, 2, 0}), ArrayRef<Value>{n, channels, node.ints(padded)});
  Ints first(window.pads.begin(), window.pads.begin() + spatial), last(spatial);
  for (size_t i = 0; i < spatial; ++i)
    last[i] = first[i] + image[i];
  return node.yield(
      node.create<SliceOp>(y, node.ints(first), node.ints(last), range(2, 2 + spatial), Ints(spatial, 1)));
}
