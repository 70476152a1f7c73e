//===- Contrib.cpp - fused operators of transformer exports ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Operators of the domain com.microsoft, as ONNX Runtime's ContribOperators.md describes them.
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Products --------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkFusedMatMul(NodeAttributes &node) {
  requireInt(node, "transBatchA", 0, 0);
  requireInt(node, "transBatchB", 0, 0);
}

LogicalResult tt::onnx_import::importFusedMatMul(NodeImporter &node) {
  Value a = node.input(0), b = node.input(1);
  auto transposeLast = [&](Value x) {
    Ints perm = range(0, node.rank(x));
    if (perm.size() < 2)
      return x;
    std::swap(perm[perm.size() - 1], perm[perm.size() - 2]);
    return node.transpose(x, perm);
  };
  if (node.getFlag("transA", false))
    a = transposeLast(a);
  if (node.getFlag("transB", false))
    b = transposeLast(b);
  Value y = node.create<MatMulOp>(a, b);
  float alpha = node.getFloat("alpha", 1);
  return node.yield(alpha == 1 ? y : node.mul(y, node.scalarLike(y, alpha)));
}

void tt::onnx_import::checkFusedConv(NodeAttributes &node) {
  requireOneOf(node, "activation", "", {"", "Relu", "Tanh", "Sigmoid", "LeakyRelu", "Clip", "HardSigmoid"});
}

LogicalResult tt::onnx_import::importFusedConv(NodeImporter &node) {
  Value y = makeNodeConv(node);
  if (Value z = node.optionalInput(3))
    y = node.add(y, z);
  if (node.hasFailed())
    return failure();
  std::string activation = node.getString("activation", "");
  SmallVector<float> parameters = node.getFloats("activation_params").value_or(SmallVector<float>());
  auto getParameter = [&](unsigned i, float defaultValue) {
    return i < parameters.size() ? parameters[i] : defaultValue;
  };
  auto attribute = [&](float value) { return node.getBuilder().getF32FloatAttr(value); };
  if (activation == "Relu")
    y = node.create<ReluOp>(y);
  else if (activation == "Tanh")
    y = node.create<TanhOp>(y);
  else if (activation == "Sigmoid")
    y = node.create<SigmoidOp>(y);
  else if (activation == "LeakyRelu")
    y = node.create<LeakyReluOp>(y, attribute(getParameter(0, 0.01f)));
  else if (activation == "HardSigmoid")
    y = node.create<HardSigmoidOp>(y, attribute(getParameter(0, 0.2f)), attribute(getParameter(1, 0.5f)));
  else if (activation == "Clip")
    y = node.create<ClipOp>(y, node.scalarLike(y, getParameter(0, 0)), node.scalarLike(y, getParameter(1, 0)));
  return node.yield(y);
}

//===- Activations -----------------------------------------------------------------------------------------------===//

static Value makeGelu(NodeImporter &node, Value x, GeluKind kind) {
  return node.create<GeluOp>(x, GeluKindAttr::get(node.getBuilder().getContext(), kind));
}

LogicalResult tt::onnx_import::importMicrosoftGelu(NodeImporter &node) {
  return node.yield(makeGelu(node, node.input(0), GeluKind::Erf));
}

LogicalResult tt::onnx_import::importBiasGelu(NodeImporter &node) {
  return node.yield(makeGelu(node, node.add(node.input(0), node.input(1)), GeluKind::Erf));
}

LogicalResult tt::onnx_import::importFastGelu(NodeImporter &node) {
  Value x = node.input(0), bias = node.optionalInput(1);
  return node.yield(makeGelu(node, bias ? node.add(x, bias) : x, GeluKind::Tanh));
}

LogicalResult tt::onnx_import::importQuickGelu(NodeImporter &node) {
  Value x = node.input(0), scaled = node.mul(x, node.scalarLike(x, node.getFloat("alpha", 1.702f)));
  return node.yield(node.mul(x, node.create<SigmoidOp>(scaled)));
}

//===- Normalizations --------------------------------------------------------------------------------------------===//

static Value normalize(NodeImporter &node, Value x, Value scale, Value bias, NormKind kind, int64_t axis,
                       float defaultEpsilon) {
  OpBuilder &b = node.getBuilder();
  return node.create<NormOp>(x, scale, bias, NormKindAttr::get(b.getContext(), kind),
                             b.getI64IntegerAttr(node.normalizeAxis(axis, node.rank(x))),
                             b.getF32FloatAttr(node.getFloat("epsilon", defaultEpsilon)));
}

LogicalResult tt::onnx_import::importSimplifiedLayerNormalization(NodeImporter &node) {
  return node.yield(
      normalize(node, node.input(0), node.input(1), Value(), NormKind::RMS, node.getInt("axis", -1), 1e-5f));
}

/// Outputs: the normalized sum, mean and deviation (of training), the sum.
static LogicalResult importSkip(NodeImporter &node, NormKind kind, Value beta, Value bias) {
  Value sum = node.add(node.input(0), node.input(1));
  if (bias)
    sum = node.add(sum, bias);
  if (node.hasOutput(1) || node.hasOutput(2))
    return node.fail("outputs 1 and 2 belong to training; export the model for inference");
  Value y = normalize(node, sum, node.input(2), beta, kind, -1, 1e-12f);
  return node.yield(node.getNumOutputs() > 3 ? SmallVector<Value>{y, Value(), Value(), sum} : SmallVector<Value>{y});
}

LogicalResult tt::onnx_import::importSkipLayerNormalization(NodeImporter &node) {
  return importSkip(node, NormKind::Layer, node.optionalInput(3), node.optionalInput(4));
}

LogicalResult tt::onnx_import::importSkipSimplifiedLayerNormalization(NodeImporter &node) {
  return importSkip(node, NormKind::RMS, Value(), node.optionalInput(3));
}

//===- Quantized weights -----------------------------------------------------------------------------------------===//

void tt::onnx_import::checkMatMulNBits(NodeAttributes &node) {
  int64_t bits = node.getInt("bits", 4);
  if (bits != 4 && bits != 8)
    (void)node.fail("bits " + Twine(bits) + " is not supported; use 4 or 8");
  if (node.hasInput(4))
    (void)node.fail("input 4 (g_idx) is not supported; reorder the weights");
}

LogicalResult tt::onnx_import::importMatMulNBits(NodeImporter &node) {
  // B: N x blocks x (block_size * bits / 8) bytes, low nibble first; scales N x blocks; zero points packed likewise.
  Value x = node.input(0), packed = node.input(1), scales = node.input(2), zeros = node.optionalInput(3);
  int64_t n = node.getInt("N", 0), k = node.getInt("K", 0), block = node.getInt("block_size", 32);
  int64_t bits = node.getInt("bits", 4);
  if (node.hasFailed())
    return failure();
  if (n < 1 || k < 1 || block < 1)
    return node.fail("needs the attributes N, K and block_size");
  int64_t blocks = (k + block - 1) / block;
  Type f32 = node.getBuilder().getF32Type();
  // The last dimension unpacked: two numbers for each byte where there are 4 bits.
  auto unpack = [&](Value bytes, int64_t width) {
    if (bits == 8)
      return node.reshape(bytes, {n, blocks * width});
    Value flat = node.reshape(bytes, {n, -1});
    Value low = node.create<BitwiseAndOp>(flat, node.scalarLike(flat, 15));
    Value high = node.create<ShiftRightOp>(flat, node.scalarLike(flat, 4));
    Value both = node.concat({node.unsqueeze(low, {2}), node.unsqueeze(high, {2})}, 2);
    return node.reshape(both, {n, -1});
  };
  Value weights = node.reshape(unpack(packed, block), {n, blocks, block});
  Value factors = node.reshape(scales, {n, blocks, 1}), zero;
  if (zeros && !node.isFloat(zeros)) {
    zero = node.slice(unpack(zeros, 1), 1, 0, blocks);
    zero = node.reshape(zero, {n, blocks, 1});
  } else if (!zeros) {
    zero = node.scalarLike(weights, bits == 4 ? 8 : 128);
  } else {
    return node.fail("zero points of floats are not supported; use integers");
  }
  Value real = node.create<DequantizeOp>(weights, node.cast(factors, f32), zero);
  real = node.slice(node.reshape(real, {n, blocks * block}), 1, 0, k);
  Value y = node.create<MatMulOp>(x, node.cast(node.transpose(real, {1, 0}), node.elementType(x)));
  if (Value bias = node.optionalInput(5))
    y = node.add(y, bias);
  return node.yield(y);
}
