//===- Activation.cpp - activation functions ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- With an own op --------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importRelu(NodeImporter &node) { return node.yield(node.create<ReluOp>(node.input(0))); }

LogicalResult tt::onnx_import::importSigmoid(NodeImporter &node) {
  return node.yield(node.create<SigmoidOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importSoftplus(NodeImporter &node) {
  return node.yield(node.create<SoftplusOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importTanh(NodeImporter &node) { return node.yield(node.create<TanhOp>(node.input(0))); }

LogicalResult tt::onnx_import::importPRelu(NodeImporter &node) {
  return node.yield(node.create<PReluOp>(node.input(0), node.input(1)));
}

/// An f32 attribute, for ops that take more than one number.
static FloatAttr f32(NodeImporter &node, float value) { return node.getBuilder().getF32FloatAttr(value); }

LogicalResult tt::onnx_import::importLeakyRelu(NodeImporter &node) {
  return node.yield(node.create<LeakyReluOp>(node.input(0), f32(node, node.getFloat("alpha", 0.01f))));
}

LogicalResult tt::onnx_import::importElu(NodeImporter &node) {
  return node.yield(node.create<EluOp>(node.input(0), f32(node, node.getFloat("alpha", 1))));
}

LogicalResult tt::onnx_import::importHardSigmoid(NodeImporter &node) {
  return node.yield(node.create<HardSigmoidOp>(node.input(0), f32(node, node.getFloat("alpha", 0.2f)),
                                               f32(node, node.getFloat("beta", 0.5f))));
}

void tt::onnx_import::checkGelu(NodeAttributes &node) { requireOneOf(node, "approximate", "none", {"none", "tanh"}); }

LogicalResult tt::onnx_import::importGelu(NodeImporter &node) {
  GeluKind kind = node.getString("approximate", "none") == "tanh" ? GeluKind::Tanh : GeluKind::Erf;
  return node.yield(node.create<GeluOp>(node.input(0), kind));
}

//===- By others -------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importSelu(NodeImporter &node) {
  // gamma * (x > 0 ? x : alpha * (e^x - 1)); the defaults are those of ONNX.
  Value x = node.input(0);
  float alpha = node.getFloat("alpha", 1.67326319217681884765625f);
  float gamma = node.getFloat("gamma", 1.05070102214813232421875f);
  return node.yield(node.mul(node.create<EluOp>(x, f32(node, alpha)), node.scalarLike(x, gamma)));
}

LogicalResult tt::onnx_import::importCelu(NodeImporter &node) {
  // max(0, x) + min(0, alpha * (e^(x / alpha) - 1)) = alpha * elu(x / alpha)
  Value x = node.input(0), alpha = node.scalarLike(x, node.getFloat("alpha", 1));
  return node.yield(node.mul(node.create<EluOp>(node.div(x, alpha), f32(node, 1)), alpha));
}

LogicalResult tt::onnx_import::importThresholdedRelu(NodeImporter &node) {
  Value x = node.input(0), alpha = node.scalarLike(x, node.getFloat("alpha", 1));
  return node.yield(node.create<WhereOp>(node.create<LessOp>(alpha, x), x, node.scalarLike(x, 0)));
}

LogicalResult tt::onnx_import::importShrink(NodeImporter &node) {
  // x < -lambd: x + bias; x > lambd: x - bias; else 0
  Value x = node.input(0);
  float lambd = node.getFloat("lambd", 0.5f);
  Value bias = node.scalarLike(x, node.getFloat("bias", 0));
  Value isBelow = node.create<LessOp>(x, node.scalarLike(x, -lambd));
  Value isAbove = node.create<LessOp>(node.scalarLike(x, lambd), x);
  Value upper = node.create<WhereOp>(isAbove, node.sub(x, bias), node.scalarLike(x, 0));
  return node.yield(node.create<WhereOp>(isBelow, node.add(x, bias), upper));
}

LogicalResult tt::onnx_import::importSoftsign(NodeImporter &node) {
  Value x = node.input(0);
  return node.yield(node.div(x, node.add(node.create<AbsOp>(x), node.scalarLike(x, 1))));
}

LogicalResult tt::onnx_import::importHardSwish(NodeImporter &node) {
  // x * max(0, min(1, x / 6 + 1 / 2))
  Value x = node.input(0);
  return node.yield(node.mul(x, node.create<HardSigmoidOp>(x, f32(node, 1.0f / 6), f32(node, 0.5f))));
}

LogicalResult tt::onnx_import::importMish(NodeImporter &node) {
  Value x = node.input(0);
  return node.yield(node.mul(x, node.create<TanhOp>(node.create<SoftplusOp>(x))));
}

LogicalResult tt::onnx_import::importSwish(NodeImporter &node) {
  // x * sigmoid(alpha * x)
  Value x = node.input(0);
  float alpha = node.getFloat("alpha", 1);
  if (alpha == 1)
    return node.yield(node.create<SiluOp>(x));
  return node.yield(node.mul(x, node.create<SigmoidOp>(node.mul(x, node.scalarLike(x, alpha)))));
}

//===- Over one dimension ----------------------------------------------------------------------------------------===//

/// Runs `build(x, axis)` for an operator of the softmax family. Before opset 13 (default axis 1) it works on the
/// operand flattened to a matrix whose rows are the dimensions from `axis` on; since then (default axis -1) on one
/// dimension.
static LogicalResult importSoftmaxLike(NodeImporter &node, llvm::function_ref<Value(Value, int64_t)> build) {
  Value x = node.input(0);
  bool flattens = node.getOpset() < 13;
  int64_t rank = node.rank(x), axis = node.getInt("axis", flattens ? 1 : -1);
  if (flattens && axis == rank && rank > 0) // rows of one element
    return node.yield(node.squeeze(build(node.unsqueeze(x, {rank}), rank), {rank}));
  axis = node.normalizeAxis(axis, rank);
  if (!flattens || axis == rank - 1)
    return node.yield(build(x, axis));
  SmallVector<Value> sizes = map_to_vector(range(0, rank), [&](int64_t i) { return node.shape(x, i, i + 1); });
  // The leading dimensions stay, which is the same as a matrix.
  SmallVector<Value> rows(sizes.begin(), sizes.begin() + axis);
  rows.push_back(node.product(x, axis, rank));
  return node.yield(node.reshape(build(node.reshape(x, rows), axis), sizes));
}

LogicalResult tt::onnx_import::importSoftmax(NodeImporter &node) {
  return importSoftmaxLike(node, [&](Value x, int64_t axis) { return node.create<SoftmaxOp>(x, axis); });
}

LogicalResult tt::onnx_import::importLogSoftmax(NodeImporter &node) {
  return importSoftmaxLike(node, [&](Value x, int64_t axis) { return node.create<LogSoftmaxOp>(x, axis); });
}

LogicalResult tt::onnx_import::importHardmax(NodeImporter &node) {
  return importSoftmaxLike(node, [&](Value x, int64_t axis) {
    Value best = node.create<ArgReduceOp>(x, ArgKind::Max, axis, /*keep_dims=*/false, /*select_last=*/false);
    Value zero = node.unsqueeze(node.scalarLike(x, 0), {0}), one = node.unsqueeze(node.scalarLike(x, 1), {0});
    return node.create<OneHotOp>(best, node.shape(x, axis, axis + 1), node.concat({zero, one}, 0), axis);
  });
}

//===- Dropout ---------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importDropout(NodeImporter &node) {
  Value x = node.input(0), training = node.getOpset() >= 12 ? node.optionalInput(2) : Value();
  if (training) {
    Ints flag = node.constantInts(training, "training_mode");
    if (flag.size() == 1 && flag[0] && node.constantFloat(node.optionalInput(1), "ratio", 0.5) != 0)
      return node.fail("training mode is not supported; export the model for inference");
  }
  if (!node.hasOutput(1))
    return node.yield(x);
  // Nothing is dropped: the mask is all ones, of the type of x up to opset 9, of bool since then.
  Type maskType = node.getOpset() < 10 ? node.elementType(x) : node.getBuilder().getI1Type();
  return node.yield({x, node.expand(node.scalar(maskType, 1), node.shape(x))});
}
