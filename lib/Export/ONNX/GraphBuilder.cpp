//===- GraphBuilder.cpp - an ONNX graph that is being made ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "GraphBuilder.h"

#include "tt/Dialect/IR/OnnxTypes.h"

using namespace llvm;
using namespace mlir;
using namespace tt::onnx_export;

std::string GraphBuilder::makeName(llvm::StringSet<> &taken, StringRef wanted, StringRef fallback) {
  std::string base = wanted.empty() ? fallback.str() : wanted.str(), name = base;
  for (unsigned suffix = 1; !taken.insert(name).second; ++suffix)
    name = base + "_" + std::to_string(suffix);
  return name;
}

OnnxValue GraphBuilder::addConstant(std::string name, ElementsAttr value) {
  auto type = cast<RankedTensorType>(value.getShapedType());
  onnx::TensorProto *tensor = graph.add_initializer();
  tensor->set_name(name);
  tensor->set_data_type(tt::getOnnxType(type.getElementType()));
  for (int64_t size : type.getShape())
    tensor->add_dims(size);
  constants.push_back(value);
  return {std::move(name), type};
}

OnnxValue GraphBuilder::getConstant(ElementsAttr value) {
  std::string &name = shared[value];
  if (name.empty())
    name = addConstant(makeValueName("constant"), value).name;
  return {name, cast<RankedTensorType>(value.getShapedType())};
}

void GraphBuilder::dropUnusedConstants() {
  llvm::StringSet<> used;
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &input : node.input())
      used.insert(input);
  for (const onnx::ValueInfoProto &output : graph.output())
    used.insert(output.name());
  google::protobuf::RepeatedPtrField<onnx::TensorProto> kept;
  std::vector<ElementsAttr> keptValues;
  for (auto [tensor, value] : zip(*graph.mutable_initializer(), constants))
    if (used.contains(tensor.name())) {
      kept.Add(std::move(tensor));
      keptValues.push_back(value);
    }
  graph.mutable_initializer()->Swap(&kept);
  constants = std::move(keptValues);
}

void tt::onnx_export::setElementType(onnx::TypeProto &proto, Type elementType) {
  proto.mutable_tensor_type()->set_elem_type(tt::getOnnxType(elementType));
}
