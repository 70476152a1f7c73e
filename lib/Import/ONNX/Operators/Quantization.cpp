//===- Quantization.cpp - operators on affine integers --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// A quantized tensor stands for scale * (q - zero_point). Products are exact in i32; what follows them is one f32
// multiplication by scale_x * scale_w / scale_y (rounded once), then rint, the zero point and saturation.
//===----------------------------------------------------------------------===//

#include "Quantization.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Parameters ------------------------------------------------------------------------------------------------===//

Value tt::onnx_import::alongAxis(NodeImporter &node, Value parameter, int64_t axis, int64_t rank) {
  if (!parameter || node.hasFailed() || node.rank(parameter) == 0)
    return parameter;
  if (node.size(parameter, 0) == 1 && node.rank(parameter) == 1)
    return node.toScalar(parameter);
  if (node.rank(parameter) != 1)
    return parameter;
  return node.unsqueeze(parameter, range(1, rank - axis));
}

Quantized tt::onnx_import::getQuantized(NodeImporter &node, Value value, Value scale, Value zero) {
  return {value, scale, zero ? zero : node.scalarLike(value, 0)};
}

Quantized tt::onnx_import::getQuantizedInput(NodeImporter &node, unsigned index) {
  Quantized q = getQuantized(node, node.input(index), node.input(index + 1), node.optionalInput(index + 2));
  q.scale = alongAxis(node, q.scale, 0, 1);
  q.zero = alongAxis(node, q.zero, 0, 1);
  return q;
}

Value tt::onnx_import::dequantize(NodeImporter &node, const Quantized &q) {
  return node.create<DequantizeOp>(q.value, q.scale, q.zero);
}

Value tt::onnx_import::quantize(NodeImporter &node, Value x, Value scale, Value zero) {
  Type f32 = node.getBuilder().getF32Type();
  return node.create<QuantizeOp>(node.cast(x, f32), node.cast(scale, f32), zero);
}

Value tt::onnx_import::getMultiplier(NodeImporter &node, ArrayRef<Value> factors, Value divisor) {
  Type f32 = node.getBuilder().getF32Type(), f64 = node.getBuilder().getF64Type();
  Value product = node.cast(factors.front(), f64);
  for (Value factor : factors.drop_front())
    product = node.mul(product, node.cast(factor, f64));
  if (divisor)
    product = node.div(product, node.cast(divisor, f64));
  return node.cast(product, f32);
}

Value tt::onnx_import::requantize(NodeImporter &node, Value sum, Value multiplier, Value zero) {
  Type f32 = node.getBuilder().getF32Type();
  Value steps = node.mul(node.cast(sum, f32), multiplier);
  return node.create<QuantizeOp>(steps, node.scalar(f32, 1), zero);
}

//===- Quantize and dequantize -----------------------------------------------------------------------------------===//

/// Calls `apply` with the value and its scale and zero point in shapes that broadcast: one for all, one for each
/// position of `axis`, or one for each block of `block_size` positions (opset 21).
static Value applyAlongAxis(NodeImporter &node, Value x, Value scale, Value zero,
                            llvm::function_ref<Value(Value, Value, Value)> apply) {
  int64_t rank = node.rank(x), block = node.getInt("block_size", 0);
  bool isSingle = node.rank(scale) == 0 || (node.rank(scale) == 1 && node.size(scale, 0) == 1);
  if (isSingle || node.hasFailed())
    return apply(x, alongAxis(node, scale, 0, 1), alongAxis(node, zero, 0, 1));
  int64_t axis = node.normalizeAxis(node.getInt("axis", 1), rank);
  if (block == 0)
    return apply(x, alongAxis(node, scale, axis, rank), alongAxis(node, zero, axis, rank));
  if (node.rank(scale) != rank || block < 0) {
    (void)node.fail("block_size " + Twine(block) + " needs scales of the rank of the input, but they have the type " +
                    node.describeType(scale));
    return {};
  }
  SmallVector<Value> pieces;
  for (int64_t i = 0; i < rank; ++i)
    pieces.push_back(node.shape(i == axis ? scale : x, i, i + 1));
  pieces.insert(pieces.begin() + axis + 1, node.ints({block}));
  // The last block may be shorter.
  Value size = node.shape(x, axis, axis + 1), whole = node.mul(pieces[axis], node.ints({block})), padded = x;
  Ints missing;
  bool isWhole = getConstantInts(node.sub(whole, size), missing) && missing.front() == 0;
  if (!isWhole) {
    Value pads =
        node.concat({node.ints(Ints(rank + axis, 0)), node.sub(whole, size), node.ints(Ints(rank - axis - 1, 0))}, 0);
    padded = node.create<PadOp>(x, pads, Value(), PadMode::Constant);
  }
  Value blocks = node.reshape(padded, ArrayRef<Value>(pieces));
  Value result = apply(blocks, node.unsqueeze(scale, {axis + 1}), zero ? node.unsqueeze(zero, {axis + 1}) : Value());
  result = node.reshape(result, node.shape(padded));
  return isWhole ? result
                 : node.create<SliceOp>(result, node.ints({0}), size, ArrayRef<int64_t>{axis}, ArrayRef<int64_t>{1});
}

LogicalResult tt::onnx_import::importQuantizeLinear(NodeImporter &node) {
  Value x = node.input(0), scale = node.input(1), zero = node.optionalInput(2);
  Type to = zero ? node.elementType(zero)
            : node.getInt("output_dtype", 0)
                ? node.getTypeAttribute("output_dtype")
                : Type(IntegerType::get(node.getBuilder().getContext(), 8, IntegerType::Unsigned));
  Type f32 = node.getBuilder().getF32Type();
  if (!isa<IntegerType>(to) || node.hasFourBits(2))
    return node.fail("quantized floats and integers of 4 bits are not supported; use integers of 8 or 16 bits");
  if (!node.isFloat(x) || node.elementType(x) != node.elementType(scale)) {
    x = node.cast(x, f32);
    scale = node.cast(scale, f32);
  }
  return node.yield(applyAlongAxis(node, x, scale, zero, [&](Value value, Value s, Value z) {
    return node.create<QuantizeOp>(value, s, z ? z : node.scalar(to, 0));
  }));
}

LogicalResult tt::onnx_import::importDequantizeLinear(NodeImporter &node) {
  Value x = node.input(0), scale = node.input(1), zero = node.optionalInput(2);
  if (!isa<IntegerType>(node.elementType(x)))
    return node.fail("quantized floats are not supported; use integers of 8 to 32 bits");
  Value y = applyAlongAxis(node, x, scale, zero, [&](Value value, Value s, Value z) {
    return node.create<DequantizeOp>(value, s, z ? z : node.scalarLike(value, 0));
  });
  return node.yield(node.getInt("output_dtype", 0) ? node.cast(y, node.getTypeAttribute("output_dtype")) : y);
}

Quantized tt::onnx_import::quantizeDynamically(NodeImporter &node, Value x) {
  // The range always holds 0. A range of nothing has the scale 1, as in ONNX Runtime.
  Type u8 = IntegerType::get(node.getBuilder().getContext(), 8, IntegerType::Unsigned);
  Value nothing = node.scalarLike(x, 0), one = node.scalarLike(x, 1), steps = node.scalarLike(x, 255);
  Ints all = range(0, node.rank(x));
  Value low = node.create<MinOp>(node.reduce(ReduceKind::Min, x, all, /*keepDims=*/false), nothing);
  Value high = node.create<MaxOp>(node.reduce(ReduceKind::Max, x, all, /*keepDims=*/false), nothing);
  Value span = node.sub(high, low);
  Value scale = node.create<WhereOp>(node.create<EqualOp>(span, nothing), one, node.div(span, steps));
  Value zero = node.create<QuantizeOp>(node.sub(nothing, low), scale, node.scalar(u8, 0));
  return {node.create<QuantizeOp>(x, scale, zero), scale, zero};
}

LogicalResult tt::onnx_import::importDynamicQuantizeLinear(NodeImporter &node) {
  Quantized q = quantizeDynamically(node, node.input(0));
  return node.yield({q.value, q.scale, q.zero});
}

//===- Matrix products -------------------------------------------------------------------------------------------===//

Value tt::onnx_import::makeIntegerProduct(NodeImporter &node, Value a, Value b, Value aZero, Value bZero) {
  aZero = alongAxis(node, aZero, 0, 1);
  bZero = alongAxis(node, bZero, 0, 1);
  if (node.hasFailed())
    return {};
  if (aZero && node.rank(aZero) == 1 && node.rank(a) > 1)
    aZero = node.unsqueeze(aZero, {1}); // one for each row
  bool isPlain = (!aZero || node.rank(aZero) == 0 || (node.rank(aZero) == 2 && node.rank(a) == 2)) &&
                 (!bZero || node.rank(bZero) <= 1);
  if (isPlain)
    return node.create<MatMulIntegerOp>(a, b, aZero, bZero);
  Type i32 = node.getBuilder().getI32Type();
  auto shift = [&](Value x, Value zero) {
    Value wide = node.cast(x, i32);
    return zero ? node.sub(wide, node.cast(zero, i32)) : wide;
  };
  return node.create<MatMulOp>(shift(a, aZero), shift(b, bZero));
}

LogicalResult tt::onnx_import::importMatMulInteger(NodeImporter &node) {
  return node.yield(
      makeIntegerProduct(node, node.input(0), node.input(1), node.optionalInput(2), node.optionalInput(3)));
}

/// The scales of the rows of a left-hand side, in a shape that broadcasts to the product.
static Value getRowScale(NodeImporter &node, Value scale) {
  scale = alongAxis(node, scale, 0, 1);
  return node.rank(scale) == 1 ? node.unsqueeze(scale, {1}) : scale;
}

LogicalResult tt::onnx_import::importQLinearMatMul(NodeImporter &node) {
  Value sum = makeIntegerProduct(node, node.input(0), node.input(3), node.input(2), node.input(5));
  Value rows = getRowScale(node, node.input(1)), columns = alongAxis(node, node.input(4), 0, 1);
  Value multiplier = getMultiplier(node, {rows, columns}, alongAxis(node, node.input(6), 0, 1));
  return node.yield(requantize(node, sum, multiplier, alongAxis(node, node.input(7), 0, 1)));
}

Value tt::onnx_import::makeScaledProduct(NodeImporter &node, Value a, Value b, Value aScale, Value bScale, Value aZero,
                                         Value bZero, Value bias) {
  Value sum = makeIntegerProduct(node, a, b, aZero, bZero);
  Value scale = node.mul(getRowScale(node, aScale), alongAxis(node, bScale, 0, 1));
  Value result = node.mul(node.cast(sum, node.elementType(scale)), scale);
  return bias ? node.add(result, bias) : result;
}

LogicalResult tt::onnx_import::importMatMulIntegerToFloat(NodeImporter &node) {
  return node.yield(makeScaledProduct(node, node.input(0), node.input(1), node.input(2), node.input(3),
                                      node.optionalInput(4), node.optionalInput(5), node.optionalInput(6)));
}

LogicalResult tt::onnx_import::importDynamicQuantizeMatMul(NodeImporter &node) {
  Quantized a = quantizeDynamically(node, node.input(0));
  return node.yield(makeScaledProduct(node, a.value, node.input(1), a.scale, node.input(2), a.zero,
                                      node.optionalInput(3), node.optionalInput(4)));
}

LogicalResult tt::onnx_import::importQGemm(NodeImporter &node) {
  Value a = node.input(0), b = node.input(3), bias = node.optionalInput(6);
  if (node.getFlag("transA", false))
    a = node.transpose(a, {1, 0});
  if (node.getFlag("transB", false))
    b = node.transpose(b, {1, 0});
  Value sum = makeIntegerProduct(node, a, b, node.input(2), node.input(5));
  if (bias)
    sum = node.add(sum, bias);
  Value aScale = alongAxis(node, node.input(1), 0, 1), bScale = alongAxis(node, node.input(4), 0, 1);
  Value yScale = node.optionalInput(7), yZero = node.optionalInput(8);
  SmallVector<Value> factors{aScale, bScale};
  if (float alpha = node.getFloat("alpha", 1); alpha != 1)
    factors.push_back(node.scalar(node.getBuilder().getF32Type(), alpha));
  if (!yScale) {
    Value multiplier = getMultiplier(node, factors, {});
    return node.yield(node.mul(node.cast(sum, node.elementType(multiplier)), multiplier));
  }
  Value multiplier = getMultiplier(node, factors, alongAxis(node, yScale, 0, 1));
  return node.yield(
      requantize(node, sum, multiplier, yZero ? alongAxis(node, yZero, 0, 1) : node.scalarLike(node.input(0), 0)));
}

//===- Elementwise -----------------------------------------------------------------------------------------------===//

/// q - zero_point in i32.
static Value getDifference(NodeImporter &node, const Quantized &q) {
  Type i32 = node.getBuilder().getI32Type();
  return node.sub(node.cast(q.value, i32), node.cast(q.zero, i32));
}

LogicalResult tt::onnx_import::importQLinearAdd(NodeImporter &node) {
  Quantized a = getQuantizedInput(node, 0), b = getQuantizedInput(node, 3);
  Value scale = alongAxis(node, node.input(6), 0, 1), zero = alongAxis(node, node.optionalInput(7), 0, 1);
  Type f32 = node.getBuilder().getF32Type();
  auto getSteps = [&](const Quantized &q) {
    return node.mul(node.cast(getDifference(node, q), f32), getMultiplier(node, q.scale, scale));
  };
  Value sum = node.add(getSteps(a), getSteps(b));
  return node.yield(quantize(node, sum, node.scalar(f32, 1), zero ? zero : node.scalarLike(a.value, 0)));
}

LogicalResult tt::onnx_import::importQLinearMul(NodeImporter &node) {
  Quantized a = getQuantizedInput(node, 0), b = getQuantizedInput(node, 3);
  Value scale = alongAxis(node, node.input(6), 0, 1), zero = alongAxis(node, node.optionalInput(7), 0, 1);
  Value product = node.mul(getDifference(node, a), getDifference(node, b));
  Value multiplier = getMultiplier(node, {a.scale, b.scale}, scale);
  return node.yield(requantize(node, product, multiplier, zero ? zero : node.scalarLike(a.value, 0)));
}

/// Quantizes to the scale and zero point in inputs 3 and 4.
static LogicalResult yieldQuantized(NodeImporter &node, Value y) {
  Value zero = alongAxis(node, node.optionalInput(4), 0, 1);
  Value q = quantize(node, y, alongAxis(node, node.input(3), 0, 1), zero ? zero : node.scalarLike(node.input(0), 0));
  return node.yield(q);
}

LogicalResult tt::onnx_import::importQLinearSoftmax(NodeImporter &node) {
  Quantized q = getQuantizedInput(node, 0);
  Value x = dequantize(node, q), scale = alongAxis(node, node.input(3), 0, 1),
        zero = alongAxis(node, node.input(4), 0, 1);
  int64_t rank = node.rank(x), axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  if (node.getInt("opset", 13) >= 13)
    return node.yield(quantize(node, node.create<SoftmaxOp>(x, axis), scale, zero));
  // Older ones take the dimensions from the axis on together.
  Value rows = node.reshape(x, ArrayRef<Value>{node.product(x, 0, axis), node.product(x, axis, rank)});
  Value y = node.reshape(node.create<SoftmaxOp>(rows, 1), node.shape(x), /*allowZero=*/true);
  return node.yield(quantize(node, y, scale, zero));
}

LogicalResult tt::onnx_import::importQLinearSigmoid(NodeImporter &node) {
  return yieldQuantized(node, node.create<SigmoidOp>(dequantize(node, getQuantizedInput(node, 0))));
}

LogicalResult tt::onnx_import::importQLinearLeakyRelu(NodeImporter &node) {
  Value x = dequantize(node, getQuantizedInput(node, 0));
  return yieldQuantized(node,
                        node.create<LeakyReluOp>(x, node.getBuilder().getF32FloatAttr(node.getFloat("alpha", 0.01f))));
}

LogicalResult tt::onnx_import::importQLinearConcat(NodeImporter &node) {
  Value scale = alongAxis(node, node.input(0), 0, 1), zero = alongAxis(node, node.input(1), 0, 1);
  SmallVector<Value> parts;
  for (unsigned i = 2; i + 1 < node.getInputs().size(); i += 3)
    parts.push_back(quantize(node, dequantize(node, getQuantizedInput(node, i)), scale, zero));
  if (parts.empty())
    return node.fail("needs at least one input with its scale and zero point");
  return node.yield(node.concat(parts, node.normalizeAxis(node.getInt("axis", 0), node.rank(parts.front()))));
}

//===- Pooling ---------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importQLinearGlobalAveragePool(NodeImporter &node) {
  Quantized x = getQuantizedInput(node, 0);
  bool isChannelsLast = node.getFlag("channels_last", false);
  int64_t rank = node.rank(x.value), first = isChannelsLast ? 1 : 2, end = isChannelsLast ? rank - 1 : rank;
  Value sum = node.reduce(ReduceKind::Sum, getDifference(node, x), range(first, end), /*keepDims=*/true);
  Type f64 = node.getBuilder().getF64Type();
  Value count = node.cast(node.toScalar(node.product(x.value, first, end)), f64);
  Value yZero = alongAxis(node, node.optionalInput(4), 0, 1), yScale = alongAxis(node, node.input(3), 0, 1);
  Value multiplier = getMultiplier(node, x.scale, node.mul(node.cast(yScale, f64), count));
  return node.yield(requantize(node, sum, multiplier, yZero ? yZero : node.scalarLike(x.value, 0)));
}

LogicalResult tt::onnx_import::importQLinearAveragePool(NodeImporter &node) {
  Value x = dequantize(node, getQuantizedInput(node, 0));
  bool isChannelsLast = node.getFlag("channels_last", false);
  int64_t rank = node.rank(x);
  Ints toFront{0, rank - 1}, toBack{0};
  toFront.append(range(1, rank - 1));
  toBack.append(range(2, rank));
  toBack.push_back(1);
  if (isChannelsLast)
    x = node.transpose(x, toFront);
  Value y = makePool(node, x, PoolKind::Average, node.getFlag("count_include_pad", false));
  return yieldQuantized(node, isChannelsLast ? node.transpose(y, toBack) : y);
}

//===- Convolution -----------------------------------------------------------------------------------------------===//

/// The convolution of NxC(xH)xW with OxI(xKH)xKW in i32.
static Value makeIntegerConv(NodeImporter &node, Value x, Value filter, Value xZero, Value filterZero) {
  std::optional<Window> window = getConvWindow(node, x, filter);
  if (!window)
    return {};
  if (window->kernel.size() == 3) {
    (void)node.fail("3 spatial dimensions are not supported; use 1 or 2");
    return {};
  }
  bool isFlat = addUnitHeight(*window);
  if (isFlat) {
    x = node.unsqueeze(x, {2});
    filter = node.unsqueeze(filter, {2});
  }
  Value y = node.create<ConvIntegerOp>(x, filter, alongAxis(node, xZero, 0, 1), alongAxis(node, filterZero, 0, 1),
                                       window->strides, window->pads, window->dilations, node.getInt("group", 1),
                                       Layout::NCHW);
  return isFlat ? node.squeeze(y, {2}) : y;
}

LogicalResult tt::onnx_import::importConvInteger(NodeImporter &node) {
  return node.yield(makeIntegerConv(node, node.input(0), node.input(1), node.optionalInput(2), node.optionalInput(3)));
}

LogicalResult tt::onnx_import::importQLinearConv(NodeImporter &node) {
  Value sum = makeIntegerConv(node, node.input(0), node.input(3), node.input(2), node.input(5));
  int64_t rank = node.rank(node.input(0));
  if (Value bias = node.optionalInput(8))
    sum = node.add(sum, node.unsqueeze(bias, range(1, rank - 1)));
  Value filterScale = alongAxis(node, node.input(4), 1, rank);
  Value multiplier =
      getMultiplier(node, {alongAxis(node, node.input(1), 0, 1), filterScale}, alongAxis(node, node.input(6), 0, 1));
  return node.yield(requantize(node, sum, multiplier, alongAxis(node, node.input(7), 0, 1)));
}
