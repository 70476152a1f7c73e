//===- ImportNodes.cpp - nodes, functions and branches ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Functions.h"
#include "Graph.h"
#include "Importer.h"
#include "Operators.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/OnnxTypes.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Checks in advance -----------------------------------------------------------------------------------------===//

const onnx::FunctionProto *Importer::findLocalFunction(const onnx::NodeProto &node) {
  for (const onnx::FunctionProto &function : model.getProto().functions())
    if (function.name() == node.op_type() && function.domain() == node.domain())
      return &function;
  return nullptr;
}

bool Importer::checkNodes(ArrayRef<const onnx::NodeProto *> nodes, const Scope &scope) {
  if (scope.depth > maxFunctionDepth) {
    errorInDepth(scope);
    return false;
  }
  bool allGood = true;
  for (const onnx::NodeProto *node : nodes) {
    auto setBad = [&]() {
      allGood = false;
      if (scope.depth == 0)
        badNodes.insert(node);
    };
    int opset = scope.getOpset(node->domain());
    std::string name = scope.prefix + getNodeName(*node);
    std::string description = describeNode(name, node->op_type(), opset);
    std::optional<onnx::FunctionProto> body;
    const onnx::FunctionProto *local = findLocalFunction(*node);
    if (local)
      body = *local;
    const Operator *op = local ? nullptr : findOperator(node->domain(), node->op_type(), opset);
    if (op) {
      if (!op->check)
        continue;
      NodeAttributes attributes(context, model, *node, description);
      op->check(attributes);
      for (const std::string &text : attributes.getErrors())
        error(description + ": " + text);
      if (attributes.hasFailed())
        setBad();
      continue;
    }
    if (isControlFlow(*node)) // its graphs are checked when the node is imported
      continue;
    if (!local && !hasFunctionBody(*node, opset, body)) {
      error(description + ": " + explainMissing(node->domain(), node->op_type(), opset));
      setBad();
      continue;
    }
    if (!body) // depends on types, so it is built, and checked, when the node is imported
      continue;
    Scope inner;
    inner.prefix = name + "/";
    inner.depth = scope.depth + 1;
    inner.root = scope.depth ? scope.root : name;
    readOpsets(body->opset_import(), inner);
    std::vector<onnx::NodeProto> copies = instantiate(*body, *node);
    SmallVector<const onnx::NodeProto *> pointers =
        map_to_vector(copies, [](auto &copy) -> const onnx::NodeProto * { return &copy; });
    if (!checkNodes(pointers, inner))
      setBad();
  }
  return allGood;
}

//===- Nodes -----------------------------------------------------------------------------------------------------===//

/// The ONNX type of a value; without value for null.
static onnx::TypeProto getTypeProto(Value value) {
  onnx::TypeProto proto;
  if (!value)
    return proto;
  auto type = cast<RankedTensorType>(value.getType());
  onnx::TypeProto_Tensor *tensor = proto.mutable_tensor_type();
  tensor->set_elem_type(getOnnxType(type.getElementType()));
  onnx::TensorShapeProto *shape = tensor->mutable_shape();
  for (int64_t size : type.getShape()) {
    auto *dim = shape->add_dim();
    if (!ShapedType::isDynamic(size))
      dim->set_dim_value(size);
  }
  return proto;
}

/// The value of a name: null for a missing input of a function, nothing for an unknown name or a bad initializer.
std::optional<Value> Importer::findValue(Scope &scope, StringRef name) {
  for (Scope *s = &scope; s; s = s->parent) {
    if (auto it = s->values.find(name); it != s->values.end())
      return it->second;
    if (s->parent || s->depth)
      continue;
    if (Value value = getInitializer(name))
      return value;
  }
  return std::nullopt;
}

bool Importer::isPoisoned(const Scope &scope, StringRef name) {
  return scope.poisoned.contains(name) || (scope.parent && isPoisoned(*scope.parent, name));
}

void Importer::importNode(Scope &scope, const onnx::NodeProto &node) {
  int opset = scope.getOpset(node.domain());
  std::string name = scope.prefix + getNodeName(node);
  std::string description = describeNode(name, node.op_type(), opset);
  auto poison = [&]() {
    for (const std::string &output : node.output())
      scope.poisoned.insert(output);
  };

  if (badNodes.contains(&node))
    return poison();
  SmallVector<Value> inputs;
  for (const std::string &input : node.input()) {
    std::optional<Value> value = input.empty() ? Value() : findValue(scope, input);
    if (isPoisoned(scope, input) || !value)
      return poison();
    inputs.push_back(*value);
  }

  SmallVector<Value> results;
  auto fail = [&](const Twine &why) {
    error(description + ": " + why);
    poison();
  };
  const onnx::FunctionProto *local = findLocalFunction(node);
  const Operator *op = local ? nullptr : findOperator(node.domain(), node.op_type(), opset);
  if (op) {
    std::string output = node.output_size() ? node.output(0) : "";
    Location loc = NameLoc::get(StringAttr::get(&context, name), getNameLoc(scope.prefix + output));
    NodeImporter importer(model, node, description, opset, builder, analysis, loc, inputs);
    // Checks of nodes in function bodies that depend on types have not run yet.
    if (op->check && scope.depth)
      op->check(importer);
    if (!importer.hasFailed())
      (void)op->handler(importer);
    if (importer.hasFailed()) {
      for (const std::string &text : importer.getErrors())
        error(description + ": " + text);
      return poison();
    }
    results.assign(importer.getResults().begin(), importer.getResults().end());
  } else if (isControlFlow(node)) {
    if (mlir::failed(importControlFlow(scope, node, name, inputs, results)))
      return poison();
  } else {
    onnx::NodeProto caller = node;
    std::optional<onnx::FunctionProto> body;
    if (local) {
      body = *local;
    } else {
      std::vector<onnx::TypeProto> types;
      for (Value input : inputs)
        types.push_back(getTypeProto(input));
      auto built = getFunctionBody(caller, opset, types);
      if (!built)
        return fail(toString(built.takeError()));
      body = *std::move(built);
    }
    if (!body)
      return fail(explainMissing(node.domain(), node.op_type(), opset));
    caller.set_name(name);
    if (mlir::failed(importFunction(scope, caller, inputs, *body, results)))
      return poison();
  }
  for (auto [output, result] : zip(node.output(), results))
    if (!output.empty())
      scope.values[output] = result;
}

LogicalResult Importer::importFunction(Scope &scope, const onnx::NodeProto &node, ArrayRef<Value> inputs,
                                       const onnx::FunctionProto &body, SmallVectorImpl<Value> &results) {
  bool failedHere = false;
  auto fail = [&](const Twine &why) {
    failedHere = true;
    error(why);
  };
  Scope inner;
  inner.prefix = node.name() + "/";
  inner.depth = scope.depth + 1;
  inner.root = scope.depth ? scope.root : node.name();
  if (inner.depth > maxFunctionDepth) {
    errorInDepth(inner);
    return failure();
  }
  readOpsets(body.opset_import(), inner);
  if (int64_t(inputs.size()) > body.input_size()) {
    fail("onnx node '" + node.name() + "': function '" + body.name() + "' has " + Twine(body.input_size()) +
         " inputs, but the node has " + Twine(inputs.size()));
    return failure();
  }
  llvm::StringSet<> known;
  for (auto [index, input] : enumerate(body.input())) {
    known.insert(input);
    inner.values[input] = index < inputs.size() ? inputs[index] : Value();
  }
  std::vector<onnx::NodeProto> copies = instantiate(body, node);
  SmallVector<const onnx::NodeProto *> nodes =
      map_to_vector(copies, [](auto &copy) -> const onnx::NodeProto * { return &copy; });
  SmallVector<std::string> outputs;
  for (auto [formal, actual] : zip(body.output(), node.output()))
    if (!actual.empty())
      outputs.push_back(formal);
  for (const onnx::NodeProto *innerNode : sortNodes(nodes, known, outputs, [&](const Twine &text) {
         fail("onnx node '" + node.name() + "': in its body: " + text);
       }))
    importNode(inner, *innerNode);
  if (failedHere)
    return failure();
  for (const std::string &output : body.output()) {
    if (inner.poisoned.contains(output))
      return failure();
    results.push_back(inner.values.lookup(output));
  }
  return success();
}
