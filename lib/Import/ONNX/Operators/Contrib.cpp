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

LogicalResult tt::onnx_import::importEmbedLayerNormalization(NodeImporter &node) {
  // Outputs: the normalized sum of the embeddings, how many positions of each sequence the mask keeps, the sum.
  Value ids = node.input(0), segments = node.optionalInput(1), mask = node.optionalInput(7);
  Value positions = node.optionalInput(8), table = node.input(3);
  Value sum = node.create<GatherOp>(node.input(2), ids, 0);
  Value rows = positions ? node.create<GatherOp>(table, positions, 0)
                         : node.create<SliceOp>(table, node.ints({0}), node.shape(ids, 1, 2), ArrayRef<int64_t>{0},
                                                ArrayRef<int64_t>{1});
  sum = node.add(sum, rows);
  if (segments)
    sum = node.add(sum, node.create<GatherOp>(node.input(4), segments, 0));
  SmallVector<Value> results{normalize(node, sum, node.input(5), node.input(6), NormKind::Layer, -1, 1e-12f)};
  if (node.hasOutput(1)) {
    Type i32 = node.getBuilder().getI32Type();
    results.push_back(mask ? node.reduce(ReduceKind::Sum, node.cast(mask, i32), {1}, /*keepDims=*/false)
                           : node.expand(node.scalar(i32, 0), node.shape(ids, 0, 1)));
  }
  if (node.hasOutput(2)) {
    results.resize(2);
    results.push_back(sum);
  }
  return node.yield(results);
}

//===- Quantized weights -----------------------------------------------------------------------------------------===//

void tt::onnx_import::checkMatMulNBits(NodeAttributes &node) {
  int64_t bits = node.getInt("bits", 4);
  if (bits != 4 && bits != 8)
    (void)node.fail("bits " + Twine(bits) + " is not supported; use 4 or 8");
  if (node.hasInput(4))
    (void)node.fail("input 4 (g_idx) is not supported; reorder the weights");
}

/// Bytes with two numbers of 4 bits each, the first one in the low bits, as bytes with one number, along the last
/// dimension.
static Value unpackNibbles(NodeImporter &node, Value bytes) {
  int64_t rank = node.rank(bytes);
  Value low = node.create<BitwiseAndOp>(bytes, node.scalarLike(bytes, 15));
  Value high = node.create<ShiftRightOp>(bytes, node.scalarLike(bytes, 4));
  Value both = node.concat({node.unsqueeze(low, {rank}), node.unsqueeze(high, {rank})}, rank);
  return node.reshape(both, ArrayRef<Value>{node.shape(bytes, 0, rank - 1),
                                            node.mul(node.shape(bytes, rank - 1, rank), node.ints({2}))});
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
  auto unpack = [&](Value bytes, int64_t width) {
    return bits == 8 ? node.reshape(bytes, {n, blocks * width}) : unpackNibbles(node, node.reshape(bytes, {n, -1}));
  };
  Value weights = node.reshape(unpack(packed, block), {n, blocks, block});
  Value factors = node.reshape(scales, {n, blocks, 1}), zero, real;
  if (zeros && node.isFloat(zeros)) {
    zero = node.cast(node.reshape(zeros, {n, blocks, 1}), f32);
    real = node.mul(node.sub(node.cast(weights, f32), zero), node.cast(factors, f32));
  } else if (zeros) {
    zero = node.slice(unpack(zeros, 1), 1, 0, blocks);
    zero = node.reshape(zero, {n, blocks, 1});
  } else {
    zero = node.scalarLike(weights, bits == 4 ? 8 : 128);
  }
  if (!real)
    real = node.create<DequantizeOp>(weights, node.cast(factors, f32), zero);
  real = node.slice(node.reshape(real, {n, blocks * block}), 1, 0, k);
  Value y = node.create<MatMulOp>(x, node.cast(node.transpose(real, {1, 0}), node.elementType(x)));
  if (Value bias = node.optionalInput(5))
    y = node.add(y, bias);
  return node.yield(y);
}

void tt::onnx_import::checkGatherBlockQuantized(NodeAttributes &node) {
  int64_t bits = node.getInt("bits", 4);
  if (bits != 4 && bits != 8)
    (void)node.fail("bits " + Twine(bits) + " is not supported; use 4 or 8");
}

LogicalResult tt::onnx_import::importGatherBlockQuantized(NodeImporter &node) {
  // Rows of integers, of scales and of zero points are gathered, then the integers are turned into floats, block by
  // block. Two integers of 4 bits share a byte where the type is not one of 4 bits itself.
  Value x = node.input(0), indices = node.input(1), scales = node.input(2), zeros = node.optionalInput(3);
  int64_t rank = node.rank(x), block = node.getInt("block_size", 128);
  int64_t from = node.normalizeAxis(node.getInt("gather_axis", 0), rank);
  int64_t axis = node.normalizeAxis(node.getInt("quantize_axis", 1), rank);
  bool isPacked = node.getInt("bits", 4) == 4 && !node.hasFourBits(0);
  if (node.hasFailed())
    return failure();
  if (from == axis || block < 1 || block > INT32_MAX || (isPacked && axis != rank - 1))
    return node.fail(
        "needs a gather_axis that is not the quantize_axis, a block_size between 1 and 2^31 - 1, and the last "
        "dimension as quantize_axis where bytes hold two integers");
  auto take = [&](Value values, bool hasNibbles) {
    Value rows = node.create<GatherOp>(values, indices, from);
    return hasNibbles ? unpackNibbles(node, rows) : rows;
  };
  bool isUnsigned = node.elementType(x).isUnsignedInteger();
  x = take(x, isPacked);
  axis += axis > from ? node.rank(indices) - 1 : 0;
  Value size = node.shape(x, axis, axis + 1), scale = take(scales, false);
  // The same number for all positions of a block.
  auto repeat = [&](Value perBlock) {
    int64_t r = node.rank(perBlock);
    SmallVector<Value> wide, flat;
    for (int64_t i = 0; i < r; ++i) {
      Value length = node.shape(perBlock, i, i + 1);
      wide.push_back(length);
      flat.push_back(i == axis ? node.mul(length, node.ints({block})) : length);
      if (i == axis)
        wide.push_back(node.ints({block}));
    }
    Value repeated = node.reshape(node.expand(node.unsqueeze(perBlock, {axis + 1}), node.concat(wide, 0)), flat);
    return node.create<SliceOp>(repeated, node.ints({0}), size, ArrayRef<int64_t>{axis}, ArrayRef<int64_t>{1});
  };
  Value zero;
  if (zeros) {
    zero = take(zeros, isPacked);
    if (isPacked) // a last nibble may be unused
      zero = node.create<SliceOp>(zero, node.ints({0}), node.shape(scale, axis, axis + 1), ArrayRef<int64_t>{axis},
                                  ArrayRef<int64_t>{1});
    zero = repeat(zero);
  } else {
    zero = node.scalarLike(x, !isUnsigned || node.hasFourBits(0) ? 0 : isPacked ? 8 : 128);
  }
  return node.yield(node.create<DequantizeOp>(x, repeat(scale), zero));
}
