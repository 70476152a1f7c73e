//===- Functions.cpp - operators that ONNX defines by others ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Functions.h"

#include "onnx/defs/schema.h"

using namespace llvm;
using namespace tt::onnx_import;

static const onnx::OpSchema *findSchema(const onnx::NodeProto &node, int opset) {
  std::string domain = node.domain() == "ai.onnx" ? "" : node.domain();
  return onnx::OpSchemaRegistry::Schema(node.op_type(), opset, domain);
}

/// Bodies without own imports use the opset in which the operator was defined.
static void addDefaultImport(onnx::FunctionProto &body, const onnx::OpSchema &schema) {
  for (const onnx::OperatorSetIdProto &import : body.opset_import())
    if (import.domain().empty())
      return;
  onnx::OperatorSetIdProto *import = body.add_opset_import();
  import->set_version(schema.SinceVersion());
}

/// The names of a context-dependent body's formal parameters come from the schema.
static void addParameters(onnx::FunctionProto &body, const onnx::OpSchema &schema) {
  if (body.input_size() == 0)
    for (const auto &parameter : schema.inputs())
      body.add_input(parameter.GetName());
  if (body.output_size() == 0)
    for (const auto &parameter : schema.outputs())
      body.add_output(parameter.GetName());
}

bool tt::onnx_import::hasFunctionBody(const onnx::NodeProto &node, int opset,
                                      std::optional<onnx::FunctionProto> &body) {
  try {
    const onnx::OpSchema *schema = findSchema(node, opset);
    if (!schema || schema->Deprecated())
      return false;
    if (schema->HasFunction()) {
      body = *schema->GetFunction();
      addDefaultImport(*body, *schema);
      return true;
    }
    return schema->HasContextDependentFunction();
  } catch (const std::exception &) {
    return false;
  }
}

Expected<std::optional<onnx::FunctionProto>>
tt::onnx_import::getFunctionBody(onnx::NodeProto &node, int opset, const std::vector<onnx::TypeProto> &inputTypes) {
  try {
    const onnx::OpSchema *schema = findSchema(node, opset);
    if (!schema || schema->Deprecated())
      return std::nullopt;
    onnx::FunctionProto body;
    if (schema->HasFunction()) {
      body = *schema->GetFunction();
    } else if (schema->HasContextDependentFunction()) {
      onnx::FunctionBodyBuildContextImpl context(node, inputTypes);
      if (!schema->BuildContextDependentFunction(context, body))
        return createStringError(inconvertibleErrorCode(), "ONNX has no function body for these inputs and attributes");
    } else {
      return std::nullopt;
    }
    addDefaultImport(body, *schema);
    addParameters(body, *schema);
    for (const auto &[name, attribute] : schema->attributes()) {
      auto hasName = [&name = name](const onnx::AttributeProto &attr) { return attr.name() == name; };
      if (attribute.default_value.has_name() && std::none_of(node.attribute().begin(), node.attribute().end(), hasName))
        *node.add_attribute() = attribute.default_value;
    }
    return std::optional(std::move(body));
  } catch (const std::exception &error) {
    return createStringError(inconvertibleErrorCode(), "ONNX cannot build the function body: %s", error.what());
  }
}

std::vector<onnx::NodeProto> tt::onnx_import::instantiate(const onnx::FunctionProto &body,
                                                          const onnx::NodeProto &node) {
  std::vector<onnx::NodeProto> nodes;
  for (const onnx::NodeProto &inner : body.node()) {
    onnx::NodeProto &copy = nodes.emplace_back(inner);
    copy.clear_attribute();
    for (const onnx::AttributeProto &attr : inner.attribute()) {
      if (attr.ref_attr_name().empty()) {
        *copy.add_attribute() = attr;
        continue;
      }
      for (const onnx::AttributeProto &actual : node.attribute())
        if (actual.name() == attr.ref_attr_name()) {
          onnx::AttributeProto *resolved = copy.add_attribute();
          *resolved = actual;
          resolved->set_name(attr.name());
        }
    }
  }
  return nodes;
}
