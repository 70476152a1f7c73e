//===- Movement.cpp - ops that move, cut, repeat or select elements -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

LogicalResult tt::onnx_export::exportOp(ReshapeOp op, OpExporter &e) {
  return e.yield(
      e.node("Reshape", e.getOperands(), e.getResultType(), {{"allowzero", static_cast<int64_t>(op.getAllowZero())}}));
}

LogicalResult tt::onnx_export::exportOp(TransposeOp op, OpExporter &e) {
  return e.yield(e.transpose(e.get(op.getInput()), op.getPerm()));
}

LogicalResult tt::onnx_export::exportOp(ConcatOp op, OpExporter &e) {
  return e.yield(e.node("Concat", e.getOperands(), e.getResultType(), {{"axis", static_cast<int64_t>(op.getAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(SliceOp op, OpExporter &e) {
  if (op.getAxes().empty()) // without starts ONNX knows no axes
    return e.yield(e.get(op.getInput()));
  return e.yield(e.node(
      "Slice",
      {e.get(op.getInput()), e.get(op.getStarts()), e.get(op.getEnds()), e.ints(op.getAxes()), e.ints(op.getSteps())},
      e.getResultType()));
}

LogicalResult tt::onnx_export::exportOp(PadOp op, OpExporter &e) {
  if (op.getMode() == PadMode::Wrap)
    return e.fail("ONNX's Pad has the mode wrap from opset 19 on, and opset 17 is written");
  return e.yield(e.node("Pad", {e.get(op.getInput()), e.get(op.getPads()), e.get(op.getValue())}, e.getResultType(),
                        {{"mode", stringifyPadMode(op.getMode()).str()}}));
}

LogicalResult tt::onnx_export::exportOp(ShapeOp op, OpExporter &e) {
  return e.yield(e.node("Shape", e.get(op.getInput()), e.getResultType(),
                        {{"end", static_cast<int64_t>(op.getEnd())}, {"start", static_cast<int64_t>(op.getStart())}}));
}

//===- Indexing --------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_export::exportOp(GatherOp op, OpExporter &e) {
  return e.yield(e.node("Gather", e.getOperands(), e.getResultType(), {{"axis", static_cast<int64_t>(op.getAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(GatherElementsOp op, OpExporter &e) {
  return e.yield(
      e.node("GatherElements", e.getOperands(), e.getResultType(), {{"axis", static_cast<int64_t>(op.getAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(GatherNDOp op, OpExporter &e) {
  OnnxValue indices = e.cast(e.get(op.getIndices()), e.getBuilder().getI64Type());
  return e.yield(e.node("GatherND", {e.get(op.getInput()), indices}, e.getResultType(),
                        {{"batch_dims", static_cast<int64_t>(op.getBatchDims())}}));
}

/// The attribute `reduction`; fails for the kinds that opset 17 lacks.
static std::string getReduction(OpExporter &e, ScatterKind kind) {
  if (kind == ScatterKind::Max || kind == ScatterKind::Min)
    (void)e.fail("ONNX's scatter operators have the reduction " + stringifyScatterKind(kind) +
                 " from opset 18 on, and opset 17 is written");
  return stringifyScatterKind(kind).str();
}

LogicalResult tt::onnx_export::exportOp(ScatterElementsOp op, OpExporter &e) {
  return e.yield(e.node("ScatterElements", e.getOperands(), e.getResultType(),
                        {{"axis", static_cast<int64_t>(op.getAxis())}, {"reduction", getReduction(e, op.getKind())}}));
}

LogicalResult tt::onnx_export::exportOp(ScatterNDOp op, OpExporter &e) {
  OnnxValue indices = e.cast(e.get(op.getIndices()), e.getBuilder().getI64Type());
  return e.yield(e.node("ScatterND", {e.get(op.getInput()), indices, e.get(op.getUpdates())}, e.getResultType(),
                        {{"reduction", getReduction(e, op.getKind())}}));
}

LogicalResult tt::onnx_export::exportOp(OneHotOp op, OpExporter &e) {
  return e.yield(e.node("OneHot", e.getOperands(), e.getResultType(), {{"axis", static_cast<int64_t>(op.getAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(ReverseSequenceOp op, OpExporter &e) {
  return e.yield(e.node("ReverseSequence", e.getOperands(), e.getResultType(),
                        {{"batch_axis", static_cast<int64_t>(op.getBatchAxis())},
                         {"time_axis", static_cast<int64_t>(op.getTimeAxis())}}));
}

LogicalResult tt::onnx_export::exportOp(TriluOp op, OpExporter &e) {
  return e.yield(e.node("Trilu", e.getOperands(), e.getResultType(), {{"upper", static_cast<int64_t>(op.getUpper())}}));
}
