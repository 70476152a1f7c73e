//===- Quantization.cpp - conversions between reals and affine integers ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include "tt/Dialect/IR/Constants.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

/// The dimension of a value of rank `rank` that a parameter of type `type`, which broadcasts to it, runs along; -1
/// where it is one for all, nothing where it runs along several.
static std::optional<int64_t> getAxis(RankedTensorType type, int64_t rank) {
  int64_t axis = -1;
  for (auto [index, size] : enumerate(type.getShape())) {
    if (size == 1)
      continue;
    if (axis >= 0)
      return std::nullopt;
    axis = rank - type.getRank() + index;
  }
  return axis;
}

/// The constant `value` as a scalar or vector.
static OnnxValue flatten(OpExporter &e, Value value, bool isScalar) {
  ElementsAttr attr = tt::getConstantAttr(value);
  auto type = cast<RankedTensorType>(attr.getShapedType());
  SmallVector<int64_t> shape;
  if (!isScalar)
    shape.push_back(type.getNumElements());
  std::vector<char> storage;
  ArrayRef<char> from = tt::getConstantBytes(attr, storage);
  return e.constant(
      tt::createConstantAttr(RankedTensorType::get(shape, type.getElementType()),
                             [&](MutableArrayRef<char> to) { memcpy(to.data(), from.data(), to.size()); }));
}

/// QuantizeLinear and DequantizeLinear of opset 17 have one scale, or one for each position of a dimension.
static LogicalResult exportLinear(Operation *op, StringRef name, OpExporter &e) {
  Value input = op->getOperand(0), scale = op->getOperand(1), zero = op->getOperand(2);
  int64_t rank = e.get(input).type.getRank();
  RankedTensorType scaleType = e.get(scale).type, zeroType = e.get(zero).type;
  std::optional<int64_t> axis = getAxis(scaleType, rank);
  if (!axis || scaleType.getShape() != zeroType.getShape())
    return e.fail("ONNX's " + name + " of opset 17 needs one scale and zero point, or one of each along a dimension");
  SmallVector<OnnxValue> inputs = {e.get(input)};
  for (Value parameter : {scale, zero}) {
    bool isPlain = e.get(parameter).type.getRank() == (*axis < 0 ? 0 : 1);
    if (!isPlain && !tt::getConstantAttr(parameter))
      return e.fail("ONNX's " + name + " needs scalars or vectors as parameters, but they are computed with the type " +
                    "of a broadcast");
    inputs.push_back(isPlain ? e.get(parameter) : flatten(e, parameter, *axis < 0));
  }
  SmallVector<NodeAttribute> attributes;
  if (*axis >= 0)
    attributes.push_back({"axis", *axis});
  return e.yield(e.node(name, inputs, e.getResultType(), attributes));
}

LogicalResult tt::onnx_export::exportOp(QuantizeOp op, OpExporter &e) { return exportLinear(op, "QuantizeLinear", e); }

LogicalResult tt::onnx_export::exportOp(DequantizeOp op, OpExporter &e) {
  return exportLinear(op, "DequantizeLinear", e);
}
