//===- Normalization.cpp - normalizations ---------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// An f32 attribute called epsilon.
static FloatAttr getEpsilon(NodeImporter &node, float defaultValue = 1e-5f) {
  return node.getBuilder().getF32FloatAttr(node.getFloat("epsilon", defaultValue));
}

/// 1 / sqrt(variance + epsilon)
static Value getInverseDeviation(NodeImporter &node, Value variance, double epsilon) {
  return node.create<ReciprocalOp>(node.create<SqrtOp>(node.add(variance, node.scalarLike(variance, epsilon))));
}

//===- Batch -----------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkBatchNormalization(NodeAttributes &node) {
  requireInt(node, "training_mode", 0, 0);
  requireInt(node, "spatial", 1, 1); // up to opset 8
  for (unsigned output = 1; output < node.getNumOutputs(); ++output)
    if (node.hasOutput(output))
      (void)node.fail("output " + Twine(output) + " belongs to training; export the model for inference");
}

LogicalResult tt::onnx_import::importBatchNormalization(NodeImporter &node) {
  return node.yield(node.create<BatchNormOp>(node.input(0), node.input(1), node.input(2), node.input(3), node.input(4),
                                             node.getBuilder().getI64IntegerAttr(1), getEpsilon(node)));
}

//===- Layer, group, instance ------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importLayerNormalization(NodeImporter &node) {
  Value x = node.input(0), scale = node.input(1), bias = node.optionalInput(2);
  int64_t rank = node.rank(x), axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  FloatAttr epsilon = getEpsilon(node);
  auto kind = NormKindAttr::get(node.getBuilder().getContext(), NormKind::Layer);
  SmallVector<Value> results{
      node.create<NormOp>(x, scale, bias, kind, node.getBuilder().getI64IntegerAttr(axis), epsilon)};
  if (node.hasOutput(1) || node.hasOutput(2)) {
    // Mean and InvStdDev, in the type of the computation (stash_type, float by default).
    Moments moments = getMoments(node, x, range(axis, rank));
    results.push_back(moments.mean);
    results.push_back(getInverseDeviation(node, moments.variance, epsilon.getValueAsDouble()));
  }
  return node.yield(results);
}

LogicalResult tt::onnx_import::importRMSNormalization(NodeImporter &node) {
  Value x = node.input(0), scale = node.input(1);
  int64_t axis = node.normalizeAxis(node.getInt("axis", -1), node.rank(x));
  auto kind = NormKindAttr::get(node.getBuilder().getContext(), NormKind::RMS);
  return node.yield(
      node.create<NormOp>(x, scale, Value(), kind, node.getBuilder().getI64IntegerAttr(axis), getEpsilon(node)));
}

/// The vector `value` with dimensions of size 1 behind it, so that it runs along dimension 1 of a tensor of rank
/// `rank`.
static Value alongChannels(NodeImporter &node, Value value, int64_t rank) {
  return node.unsqueeze(value, range(1, std::max<int64_t>(rank - 1, 1)));
}

/// (x - mean) / sqrt(variance + epsilon) over `axes`, in the type of x.
static Value normalize(NodeImporter &node, Value x, ArrayRef<int64_t> axes, double epsilon) {
  Moments moments = getMoments(node, x, axes);
  Value scaled = node.mul(moments.centered, getInverseDeviation(node, moments.variance, epsilon));
  return node.cast(scaled, node.elementType(x));
}

LogicalResult tt::onnx_import::importInstanceNormalization(NodeImporter &node) {
  Value x = node.input(0), scale = node.input(1), bias = node.input(2);
  int64_t rank = node.rank(x);
  Value y = normalize(node, x, range(2, rank), node.getFloat("epsilon", 1e-5f));
  y = node.mul(y, alongChannels(node, scale, rank));
  return node.yield(node.add(y, alongChannels(node, bias, rank)));
}

LogicalResult tt::onnx_import::importGroupNormalization(NodeImporter &node) {
  Value x = node.input(0), scale = node.input(1), bias = node.input(2);
  int64_t rank = node.rank(x), groups = node.getInt("num_groups", 0);
  if (groups < 1)
    return node.fail("num_groups must be at least 1, but is " + Twine(groups));
  if (rank < 2)
    return node.fail("needs rank 2 or more, but the input has rank " + Twine(rank));
  SmallVector<Value> sizes = map_to_vector(range(0, rank), [&](int64_t i) { return node.shape(x, i, i + 1); });
  Value g = node.ints({groups});
  Value perGroup = node.div(node.product(x, 1, rank), g);
  Value y =
      normalize(node, node.reshape(x, ArrayRef<Value>{sizes[0], g, perGroup}), {2}, node.getFloat("epsilon", 1e-5f));
  // Scale and bias are per group in opsets 18 to 20, per channel since then.
  if (node.getOpset() < 21) {
    y = node.add(node.mul(y, node.unsqueeze(scale, {1})), node.unsqueeze(bias, {1}));
    return node.yield(node.reshape(y, sizes));
  }
  y = node.mul(node.reshape(y, sizes), alongChannels(node, scale, rank));
  return node.yield(node.add(y, alongChannels(node, bias, rank)));
}

LogicalResult tt::onnx_import::importMeanVarianceNormalization(NodeImporter &node) {
  // (x - mean) / (sqrt(variance) + 1e-9), as in the operator's function body
  Value x = node.input(0);
  Ints axes = node.normalizeAxes(node.getInts("axes", {0, 2, 3}), node.rank(x));
  Moments moments = getMoments(node, x, axes);
  Value deviation = node.create<SqrtOp>(moments.variance);
  Value y = node.div(moments.centered, node.add(deviation, node.scalarLike(deviation, 1e-9)));
  return node.yield(node.cast(y, node.elementType(x)));
}

//===- Others ----------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importLRN(NodeImporter &node) {
  OpBuilder &b = node.getBuilder();
  return node.yield(node.create<LrnOp>(node.input(0), b.getI64IntegerAttr(node.getInt("size", 1)),
                                       b.getF32FloatAttr(node.getFloat("alpha", 1e-4f)),
                                       b.getF32FloatAttr(node.getFloat("beta", 0.75f)),
                                       b.getF32FloatAttr(node.getFloat("bias", 1)), b.getI64IntegerAttr(1)));
}

LogicalResult tt::onnx_import::importLpNormalization(NodeImporter &node) {
  Value x = node.input(0);
  int64_t axis = node.normalizeAxis(node.getInt("axis", -1), node.rank(x)), p = node.getInt("p", 2);
  if (p != 1 && p != 2)
    return node.fail("p must be 1 or 2, but is " + Twine(p));
  Value sum = node.reduce(ReduceKind::Sum, p == 1 ? node.create<AbsOp>(x) : node.mul(x, x), {axis}, /*keepDims=*/true);
  return node.yield(node.div(x, p == 1 ? sum : node.create<SqrtOp>(sum)));
}
