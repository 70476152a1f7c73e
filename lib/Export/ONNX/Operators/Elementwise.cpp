//===- Elementwise.cpp - elementwise ops with attributes or several nodes -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include "tt/Dialect/IR/OnnxTypes.h"

#include <cmath>

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

LogicalResult tt::onnx_export::exportOp(CastOp op, OpExporter &e) {
  return e.yield(e.node("Cast", e.get(op.getInput()), e.getResultType(),
                        {{"to", static_cast<int64_t>(tt::getOnnxType(e.getResultType().getElementType()))}}));
}

LogicalResult tt::onnx_export::exportOp(ClipOp op, OpExporter &e) {
  return e.yield(e.node("Clip", {e.get(op.getInput()), e.get(op.getLow()), e.get(op.getHigh())}, e.getResultType()));
}

LogicalResult tt::onnx_export::exportOp(PowOp op, OpExporter &e) {
  return e.yield(e.node("Pow", e.getOperands(), e.getResultType()));
}

LogicalResult tt::onnx_export::exportOp(WhereOp op, OpExporter &e) {
  return e.yield(e.node("Where", e.getOperands(), e.getResultType()));
}

//===- Remainders and shifts -------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_export::exportOp(FmodOp op, OpExporter &e) {
  return e.yield(e.node("Mod", e.getOperands(), e.getResultType(), {{"fmod", int64_t(1)}}));
}

LogicalResult tt::onnx_export::exportOp(ModOp op, OpExporter &e) {
  RankedTensorType type = e.getResultType();
  OnnxValue x = e.get(op.getLhs()), y = e.get(op.getRhs());
  if (!isa<FloatType>(type.getElementType()))
    return e.yield(e.node("Mod", {x, y}, type, {{"fmod", int64_t(0)}}));
  // ONNX has the remainder with the sign of the divisor for integers only: x - floor(x / y) * y.
  OnnxValue quotient = e.node("Floor", e.node("Div", {x, y}, type), type);
  return e.yield(e.node("Sub", {x, e.mul(quotient, y)}, type));
}

LogicalResult tt::onnx_export::exportOp(ShiftLeftOp op, OpExporter &e) {
  return e.yield(e.node("BitShift", e.getOperands(), e.getResultType(), {{"direction", std::string("LEFT")}}));
}

LogicalResult tt::onnx_export::exportOp(ShiftRightOp op, OpExporter &e) {
  return e.yield(e.node("BitShift", e.getOperands(), e.getResultType(), {{"direction", std::string("RIGHT")}}));
}

//===- Tests -----------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_export::exportOp(IsNaNOp op, OpExporter &e) {
  return e.yield(e.node("IsNaN", e.get(op.getInput()), e.getResultType()));
}

LogicalResult tt::onnx_export::exportOp(IsInfOp op, OpExporter &e) {
  // IsInf of opset 17 takes no floats of 16 bits; infinities stay what they are in float.
  return e.yield(
      e.node("IsInf", e.widen(e.get(op.getInput())), e.getResultType(),
             {{"detect_negative", int64_t(op.getNegative())}, {"detect_positive", int64_t(op.getPositive())}}));
}

//===- Activations -----------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_export::exportOp(EluOp op, OpExporter &e) {
  return e.yield(
      e.nodeWidened("Elu", e.get(op.getInput()), e.getResultType(), {{"alpha", op.getAlpha().convertToFloat()}}));
}

LogicalResult tt::onnx_export::exportOp(HardSigmoidOp op, OpExporter &e) {
  return e.yield(e.nodeWidened("HardSigmoid", e.get(op.getInput()), e.getResultType(),
                               {{"alpha", op.getAlpha().convertToFloat()}, {"beta", op.getBeta().convertToFloat()}}));
}

LogicalResult tt::onnx_export::exportOp(LeakyReluOp op, OpExporter &e) {
  return e.yield(
      e.nodeWidened("LeakyRelu", e.get(op.getInput()), e.getResultType(), {{"alpha", op.getAlpha().convertToFloat()}}));
}

LogicalResult tt::onnx_export::exportOp(GeluOp op, OpExporter &e) {
  // The spellings of exporters, which tt-raise-activation knows.
  OnnxValue x = e.widen(e.get(op.getInput()));
  Type element = x.type.getElementType();
  auto number = [&](double value) { return e.scalar(element, value); };
  OnnxValue inner;
  if (op.getKind() == GeluKind::Erf) {
    // x / sqrt(2)
    inner = e.node("Erf", e.div(x, number(std::sqrt(2.0))), x.type);
  } else {
    // sqrt(2 / pi) * (x + 0.044715 * x^3)
    OnnxValue cube = e.mul(e.mul(x, x), x);
    inner = e.node("Tanh", e.mul(e.add(x, e.mul(cube, number(0.044715))), number(std::sqrt(2.0 / M_PI))), x.type);
  }
  OnnxValue product = e.mul(e.mul(x, e.add(inner, number(1))), number(0.5));
  return e.yield(e.cast(product, e.getResultType().getElementType()));
}

LogicalResult tt::onnx_export::exportOp(SiluOp op, OpExporter &e) {
  OnnxValue x = e.widen(e.get(op.getInput()));
  return e.yield(e.cast(e.mul(x, e.node("Sigmoid", x, x.type)), e.getResultType().getElementType()));
}
