//===- Reduction.cpp - products, reductions, normalizations ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include "llvm/ADT/Sequence.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

LogicalResult tt::onnx_export::exportOp(MatMulOp op, OpExporter &e) {
  return e.yield(e.nodeWidened("MatMul", e.getOperands(), e.getResultType()));
}

/// `kind` over `axes`, which are an input of ReduceSum and an attribute of the others.
static OnnxValue makeReduce(OpExporter &e, ReduceKind kind, const OnnxValue &x, ArrayRef<int64_t> axes, bool keepDims,
                            RankedTensorType type) {
  NodeAttribute keep{"keepdims", static_cast<int64_t>(keepDims)};
  if (kind != ReduceKind::Sum)
    return e.nodeWidened(kind == ReduceKind::Mean  ? "ReduceMean"
                         : kind == ReduceKind::Max ? "ReduceMax"
                         : kind == ReduceKind::Min ? "ReduceMin"
                                                   : "ReduceProd",
                         x, type, {{"axes", SmallVector<int64_t>(axes)}, keep});
  // The sum of narrow integers wraps around in 32 bits as in their own.
  Type element = x.type.getElementType();
  bool isNarrow = isa<IntegerType>(element) && element.getIntOrFloatBitWidth() < 32;
  Type wide = element.isUnsignedInteger() ? IntegerType::get(element.getContext(), 32, IntegerType::Unsigned)
                                          : e.getBuilder().getI32Type();
  OnnxValue sum =
      e.node("ReduceSum", {isNarrow ? e.cast(x, wide) : x, e.ints(axes)}, isNarrow ? type.clone(wide) : type, keep);
  return e.cast(sum, type.getElementType());
}

LogicalResult tt::onnx_export::exportOp(ReduceOp op, OpExporter &e) {
  OnnxValue x = e.get(op.getInput());
  if (x.type.getElementType().isInteger(1))
    return e.fail("ONNX's reductions take no bool (opset 17)");
  // Without axes ONNX reduces over all of them.
  if (op.getAxes().empty())
    return e.yield(x);
  return e.yield(makeReduce(e, op.getKind(), x, op.getAxes(), op.getKeepDims(), e.getResultType()));
}

LogicalResult tt::onnx_export::exportOp(ArgReduceOp op, OpExporter &e) {
  return e.yield(e.node(op.getKind() == ArgKind::Max ? "ArgMax" : "ArgMin", e.get(op.getInput()), e.getResultType(),
                        {{"axis", static_cast<int64_t>(op.getAxis())},
                         {"keepdims", static_cast<int64_t>(op.getKeepDims())},
                         {"select_last_index", static_cast<int64_t>(op.getSelectLast())}}));
}

LogicalResult tt::onnx_export::exportOp(CumSumOp op, OpExporter &e) {
  return e.yield(e.node(
      "CumSum", {e.get(op.getInput()), e.scalar(e.getBuilder().getI64Type(), op.getAxis())}, e.getResultType(),
      {{"exclusive", static_cast<int64_t>(op.getExclusive())}, {"reverse", static_cast<int64_t>(op.getReverse())}}));
}

LogicalResult tt::onnx_export::exportOp(TopKOp op, OpExporter &e) {
  return e.yield(e.nodes("TopK", e.getOperands(), {e.getResultType(0), e.getResultType(1)},
                         {{"axis", static_cast<int64_t>(op.getAxis())},
                          {"largest", static_cast<int64_t>(op.getLargest())},
                          {"sorted", int64_t(1)}}));
}

LogicalResult tt::onnx_export::exportOp(SoftmaxOp op, OpExporter &e) {
  return e.yield(e.nodeWidened("Softmax", e.get(op.getInput()), e.getResultType(),
                               {{"axis", static_cast<int64_t>(op.getAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(LogSoftmaxOp op, OpExporter &e) {
  return e.yield(e.nodeWidened("LogSoftmax", e.get(op.getInput()), e.getResultType(),
                               {{"axis", static_cast<int64_t>(op.getAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(NormOp op, OpExporter &e) {
  OnnxValue x = e.get(op.getInput()), scale = e.get(op.getScale()), bias = e.get(op.getBias());
  int64_t rank = x.type.getRank(), axis = op.getAxis();
  float epsilon = op.getEpsilon().convertToFloat();
  // Runtimes want scale and bias of exactly the normalized shape; f64 would be computed in float (stash_type).
  auto isWhole = [&](const OnnxValue &value) {
    return !value || (value.type.hasStaticShape() && value.type.getShape() == x.type.getShape().drop_front(axis));
  };
  if (op.getKind() == NormKind::Layer && isWhole(scale) && isWhole(bias) && !x.type.getElementType().isF64())
    return e.yield(
        e.node("LayerNormalization", {x, scale, bias}, e.getResultType(), {{"axis", axis}, {"epsilon", epsilon}}));
  x = e.widen(x);
  SmallVector<int64_t> axes = to_vector(seq<int64_t>(axis, rank)), shape(x.type.getShape());
  for (int64_t each : axes)
    shape[each] = 1;
  RankedTensorType rowType = x.type.clone(shape);
  auto mean = [&](const OnnxValue &value) {
    return makeReduce(e, ReduceKind::Mean, value, axes, /*keepDims=*/true, rowType);
  };
  OnnxValue centered = op.getKind() == NormKind::Layer ? e.sub(x, mean(x)) : x;
  OnnxValue variance = mean(e.mul(centered, centered));
  OnnxValue deviation = e.node("Sqrt", e.add(variance, e.scalar(x.type.getElementType(), epsilon)), rowType);
  OnnxValue result = e.mul(e.div(centered, deviation), e.widen(scale));
  if (bias)
    result = e.add(result, e.widen(bias));
  return e.yield(e.cast(result, e.getResultType().getElementType()));
}
