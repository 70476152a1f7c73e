//===- OpExporter.cpp - the export of one op ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "OpExporter.h"

#include "Schemas.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/OnnxTypes.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

SmallVector<OnnxValue> OpExporter::getOperands() const {
  return map_to_vector(op->getOperands(), [&](Value operand) { return get(operand); });
}

RankedTensorType OpExporter::getResultType(unsigned index) const {
  return mlir::cast<RankedTensorType>(op->getResult(index).getType());
}

static void setAttribute(onnx::AttributeProto &proto, const NodeAttribute &attribute) {
  proto.set_name(attribute.name.str());
  if (const auto *number = std::get_if<int64_t>(&attribute.value)) {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(*number);
  } else if (const auto *real = std::get_if<float>(&attribute.value)) {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(*real);
  } else if (const auto *text = std::get_if<std::string>(&attribute.value)) {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(*text);
  } else {
    proto.set_type(onnx::AttributeProto::INTS);
    for (int64_t element : std::get<SmallVector<int64_t>>(attribute.value))
      proto.add_ints(element);
  }
}

static SmallVector<int> getTypes(ArrayRef<OnnxValue> values) {
  return map_to_vector(values,
                       [](const OnnxValue &value) { return value ? tt::getOnnxType(value.type.getElementType()) : 0; });
}

SmallVector<OnnxValue> OpExporter::nodes(StringRef name, ArrayRef<OnnxValue> inputs, ArrayRef<RankedTensorType> types,
                                         ArrayRef<NodeAttribute> attributes) {
  while (!inputs.empty() && !inputs.back())
    inputs = inputs.drop_back();
  if (std::string reason = explainRefusal(name, getTypes(inputs)); !reason.empty())
    (void)fail("ONNX's " + reason);
  onnx::NodeProto &proto = made.emplace_back();
  proto.set_op_type(name.str());
  for (const OnnxValue &input : inputs)
    proto.add_input(input.name);
  for (const NodeAttribute &attribute : attributes)
    setAttribute(*proto.add_attribute(), attribute);
  SmallVector<OnnxValue> results;
  for (RankedTensorType type : types) {
    results.push_back({graph.makeValueName(nodeName + "/" + name.str()), type});
    proto.add_output(results.back().name);
  }
  return results;
}

OnnxValue OpExporter::node(StringRef name, ArrayRef<OnnxValue> inputs, RankedTensorType type,
                           ArrayRef<NodeAttribute> attributes) {
  return nodes(name, inputs, type, attributes).front();
}

OnnxValue OpExporter::nodeWidened(StringRef name, ArrayRef<OnnxValue> inputs, RankedTensorType type,
                                  ArrayRef<NodeAttribute> attributes) {
  Type element = inputs.front().type.getElementType();
  bool isNarrow = element.getIntOrFloatBitWidth() <= 16 && !element.isInteger(1);
  if (!isNarrow || explainRefusal(name, getTypes(inputs)).empty())
    return node(name, inputs, type, attributes);
  Type wide = isa<FloatType>(element)       ? Type(builder.getF32Type())
              : element.isUnsignedInteger() ? IntegerType::get(builder.getContext(), 32, IntegerType::Unsigned)
                                            : builder.getI32Type();
  SmallVector<OnnxValue> casts = map_to_vector(inputs, [&](const OnnxValue &input) { return cast(input, wide); });
  bool isSame = type.getElementType() == element;
  return cast(node(name, casts, isSame ? RankedTensorType::get(type.getShape(), wide) : type, attributes),
              type.getElementType());
}

OnnxValue OpExporter::ints(ArrayRef<int64_t> elements) {
  auto type = RankedTensorType::get({static_cast<int64_t>(elements.size())}, builder.getI64Type());
  return graph.getConstant(DenseElementsAttr::get(type, elements));
}

OnnxValue OpExporter::scalar(Type elementType, double value) {
  auto type = RankedTensorType::get({}, elementType);
  if (auto floatType = dyn_cast<FloatType>(elementType))
    return graph.getConstant(DenseElementsAttr::get(type, builder.getFloatAttr(floatType, value).getValue()));
  APInt integer(elementType.getIntOrFloatBitWidth(), static_cast<int64_t>(value), /*isSigned=*/true);
  return graph.getConstant(DenseElementsAttr::get(type, integer));
}

OnnxValue OpExporter::cast(const OnnxValue &value, Type elementType) {
  if (!value || value.type.getElementType() == elementType)
    return value;
  return node("Cast", value, RankedTensorType::get(value.type.getShape(), elementType),
              {{"to", static_cast<int64_t>(tt::getOnnxType(elementType))}});
}

OnnxValue OpExporter::transpose(const OnnxValue &value, ArrayRef<int64_t> perm) {
  SmallVector<int64_t> shape = map_to_vector(perm, [&](int64_t from) { return value.type.getDimSize(from); });
  return node("Transpose", value, value.type.clone(shape), {{"perm", SmallVector<int64_t>(perm)}});
}

OnnxValue OpExporter::widen(const OnnxValue &value) {
  bool isHalf =
      value && isa<FloatType>(value.type.getElementType()) && value.type.getElementType().getIntOrFloatBitWidth() == 16;
  return isHalf ? cast(value, builder.getF32Type()) : value;
}

LogicalResult OpExporter::fail(const Twine &why) {
  if (!failed)
    op->emitError("'") << op->getName().getStringRef() << "' cannot be exported: " << why.str();
  failed = true;
  return failure();
}

LogicalResult OpExporter::yield(ArrayRef<OnnxValue> results) {
  if (failed)
    return failure();
  for (auto [result, name] : zip(results, names)) {
    bool isMade = false;
    for (onnx::NodeProto &proto : made)
      for (std::string &output : *proto.mutable_output())
        isMade |= output == result.name;
    // A value that no node of this op makes, or the same twice, is copied.
    if (!isMade) {
      node("Identity", result, result.type);
      made.back().set_output(0, name);
      continue;
    }
    for (onnx::NodeProto &proto : made) {
      for (std::string &input : *proto.mutable_input())
        if (input == result.name)
          input = name;
      for (std::string &output : *proto.mutable_output())
        if (output == result.name)
          output = name;
    }
  }
  for (onnx::NodeProto &proto : made) {
    bool isLast = &proto == &made.back();
    proto.set_name(graph.makeNodeName(isLast ? nodeName : nodeName + "/" + proto.op_type()));
    *graph.getGraph().add_node() = std::move(proto);
  }
  return success();
}
