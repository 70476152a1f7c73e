//===- Import.cpp - ONNX models to the tt dialect --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Import/ONNX/Import.h"

#include "Functions.h"
#include "Graph.h"
#include "Model.h"
#include "NodeImporter.h"
#include "Operators.h"

#include "tt/Dialect/IR/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

namespace {

/// Functions may call functions; a chain longer than this is taken for a recursion, which ONNX forbids.
constexpr unsigned maxFunctionDepth = 32;

/// The names that nodes can see: those of the graph, or those of one expanded function.
struct Scope {
  /// In front of the names of the scope's nodes; empty for the graph.
  std::string prefix;
  StringMap<int> opsets;
  StringMap<Value> values;
  /// Values whose node failed: nodes that use them are skipped without a further error.
  llvm::StringSet<> poisoned;
  /// How many functions are being expanded, and the node of the graph where that began.
  unsigned depth = 0;
  std::string root;

  /// The opset of a domain, 0 where the model does not import it.
  int getOpset(StringRef domain) const { return opsets.lookup(domain == "ai.onnx" ? "" : domain); }
};

class Importer {
public:
  Importer(Model &model, MLIRContext &context, const ImportOptions &options)
      : model(model), context(context), options(options), builder(&context) {}

  OwningOpRef<ModuleOp> run();

private:
  // Checks before anything is imported.
  void checkVersions(Scope &scope);
  void checkNodes(ArrayRef<const onnx::NodeProto *> nodes, const Scope &scope);
  void collectNames();
  SmallVector<const onnx::NodeProto *> getNodes();

  // The graph's border.
  RankedTensorType getInputType(const onnx::ValueInfoProto &input);
  ArrayAttr getDimNames(const onnx::ValueInfoProto &info, RankedTensorType type);
  Value getInitializer(StringRef name);
  OwningOpRef<ModuleOp> importGraph(Scope &scope, ArrayRef<const onnx::NodeProto *> nodes);

  // Nodes.
  void importNode(Scope &scope, const onnx::NodeProto &node);
  LogicalResult importFunction(Scope &scope, const onnx::NodeProto &node, ArrayRef<Value> inputs,
                               const onnx::FunctionProto &body, SmallVectorImpl<Value> &results);
  const onnx::FunctionProto *findLocalFunction(const onnx::NodeProto &node);
  static void readOpsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto> &imports, Scope &scope);

  void error(const Twine &text) {
    failed = true;
    mlir::emitError(UnknownLoc::get(&context)) << text.str();
  }
  void errorInFile(const Twine &text) { error("'" + model.getPath() + "': " + text); }
  void errorInDepth(const Scope &scope) {
    error("onnx node '" + scope.root + "': functions are nested more than " + Twine(maxFunctionDepth) +
          " deep, or call themselves");
  }
  NameLoc getNameLoc(StringRef name) { return NameLoc::get(StringAttr::get(&context, name)); }

  Model &model;
  MLIRContext &context;
  const ImportOptions &options;
  OpBuilder builder;
  ShapeAnalysis analysis;
  bool failed = false;

  StringMap<const onnx::TensorProto *> initializers;
  llvm::StringSet<> knownNames; // inputs and initializers
  StringMap<Value> initializerValues;
  Operation *lastConstant = nullptr;
  Block *entry = nullptr;
  llvm::StringSet<> usedDimensions; // names of ImportOptions::dimensions that an input has
};

} // namespace

//===- Checks ----------------------------------------------------------------------------------------------------===//

void Importer::readOpsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto> &imports, Scope &scope) {
  for (const onnx::OperatorSetIdProto &import : imports)
    scope.opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        static_cast<int>(std::clamp<int64_t>(import.version(), 0, INT32_MAX));
}

void Importer::checkVersions(Scope &scope) {
  const onnx::ModelProto &proto = model.getProto();
  if (!proto.has_ir_version() && !proto.has_graph())
    return errorInFile("not an ONNX model: it has neither an ir_version nor a graph");
  if (proto.ir_version() < minIRVersion || proto.ir_version() > maxIRVersion)
    errorInFile("ir_version " + Twine(proto.ir_version()) + " is not supported, needs " + Twine(minIRVersion) + " to " +
                Twine(maxIRVersion));
  if (!proto.has_graph())
    return errorInFile("the model has no graph");
  readOpsets(proto.opset_import(), scope);
  auto opset = scope.opsets.find("");
  if (opset == scope.opsets.end())
    errorInFile("the model does not say which opset of the default domain it uses");
  else if (opset->second < minOpset || opset->second > maxOpset)
    errorInFile("opset " + Twine(opset->second) + " is not supported, needs " + Twine(minOpset) + " to " +
                Twine(maxOpset));
}

void Importer::collectNames() {
  const onnx::GraphProto &graph = model.getProto().graph();
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    if (!initializers.try_emplace(tensor.name(), &tensor).second)
      errorInFile("initializer '" + tensor.name() + "' is defined twice");
    knownNames.insert(tensor.name());
  }
  for (const auto &tensor : graph.sparse_initializer())
    errorInFile("sparse initializer '" + tensor.values().name() + "' is not supported; store it dense");
  llvm::StringSet<> inputs;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (!inputs.insert(input.name()).second)
      errorInFile("input '" + input.name() + "' is defined twice");
    knownNames.insert(input.name());
  }
  llvm::StringSet<> outputs;
  for (const onnx::ValueInfoProto &output : graph.output())
    if (!outputs.insert(output.name()).second)
      errorInFile("output '" + output.name() + "' is listed twice");
  if (graph.output_size() == 0)
    errorInFile("the graph has no outputs");
}

const onnx::FunctionProto *Importer::findLocalFunction(const onnx::NodeProto &node) {
  for (const onnx::FunctionProto &function : model.getProto().functions())
    if (function.name() == node.op_type() && function.domain() == node.domain())
      return &function;
  return nullptr;
}

void Importer::checkNodes(ArrayRef<const onnx::NodeProto *> nodes, const Scope &scope) {
  if (scope.depth > maxFunctionDepth)
    return errorInDepth(scope);
  for (const onnx::NodeProto *node : nodes) {
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
      NodeAttributes attributes(model, *node, description);
      op->check(attributes);
      for (const std::string &text : attributes.getErrors())
        error(description + ": " + text);
      continue;
    }
    if (!local && !hasFunctionBody(*node, opset, body)) {
      error(description + ": " + explainMissing(node->domain(), node->op_type(), opset));
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
    checkNodes(pointers, inner);
  }
}

//===- The graph's border ----------------------------------------------------------------------------------------===//

RankedTensorType Importer::getInputType(const onnx::ValueInfoProto &input) {
  auto refuse = [&](const Twine &why) {
    errorInFile("input '" + input.name() + "': " + why);
    return RankedTensorType();
  };
  if (!input.type().has_tensor_type())
    return refuse("it is not a tensor; sequences, maps, optional values and sparse tensors are not supported");
  const auto &tensor = input.type().tensor_type();
  Expected<Type> elementType = getElementType(&context, tensor.elem_type());
  if (!elementType)
    return refuse(toString(elementType.takeError()));
  if (!tensor.has_shape())
    return refuse("it has no shape; its rank must be known");
  SmallVector<int64_t> shape;
  for (const auto &dim : tensor.shape().dim()) {
    if (dim.has_dim_value()) {
      if (dim.dim_value() < 0)
        return refuse("dimension " + Twine(shape.size()) + " is " + Twine(dim.dim_value()) +
                      ", needs a size of 0 or more or a name");
      shape.push_back(dim.dim_value());
      continue;
    }
    auto bound = options.dimensions.find(dim.dim_param());
    if (bound != options.dimensions.end())
      usedDimensions.insert(dim.dim_param());
    shape.push_back(bound != options.dimensions.end() ? bound->second : ShapedType::kDynamic);
  }
  return RankedTensorType::get(shape, *elementType);
}

ArrayAttr Importer::getDimNames(const onnx::ValueInfoProto &info, RankedTensorType type) {
  SmallVector<StringRef> names(type.getRank());
  const auto &shape = info.type().tensor_type().shape();
  if (info.type().has_tensor_type() && shape.dim_size() == type.getRank())
    for (auto [name, dim] : zip(names, shape.dim()))
      name = dim.dim_param();
  return builder.getStrArrayAttr(names);
}

Value Importer::getInitializer(StringRef name) {
  Value &value = initializerValues[name];
  if (value)
    return value;
  const onnx::TensorProto *tensor = initializers.lookup(name);
  if (!tensor)
    return {};
  Expected<TypedAttr> attr = model.getTensor(&context, *tensor);
  if (!attr) {
    errorInFile("initializer '" + name + "': " + toString(attr.takeError()));
    return {};
  }
  OpBuilder::InsertionGuard guard(builder);
  if (lastConstant)
    builder.setInsertionPointAfter(lastConstant);
  else
    builder.setInsertionPointToStart(entry);
  value = arith::ConstantOp::create(builder, getNameLoc(name), *attr);
  lastConstant = value.getDefiningOp();
  return value;
}

OwningOpRef<ModuleOp> Importer::importGraph(Scope &scope, ArrayRef<const onnx::NodeProto *> nodes) {
  const onnx::ModelProto &proto = model.getProto();
  const onnx::GraphProto &graph = proto.graph();
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, getNameLoc(graph.name()));
  if (!graph.name().empty())
    (*module)->setAttr("tt.model_name", builder.getStringAttr(graph.name()));
  if (!proto.producer_name().empty())
    (*module)->setAttr("tt.producer", builder.getStringAttr(proto.producer_name()));

  // A graph input that has an initializer is a constant: its default value cannot be overridden.
  SmallVector<const onnx::ValueInfoProto *> inputs;
  SmallVector<Type> inputTypes;
  SmallVector<Location> inputLocs;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (initializers.contains(input.name()))
      continue;
    if (RankedTensorType type = getInputType(input)) {
      inputs.push_back(&input);
      inputTypes.push_back(type);
      inputLocs.push_back(getNameLoc(input.name()));
    }
  }
  for (const auto &dimension : options.dimensions)
    if (!usedDimensions.contains(dimension.first()))
      errorInFile("no input has a dimension named '" + dimension.first() + "'");
  if (failed)
    return {};

  builder.setInsertionPointToEnd(module->getBody());
  auto func = func::FuncOp::create(builder, module->getLoc(), "main", builder.getFunctionType(inputTypes, {}));
  entry = builder.createBlock(&func.getBody(), {}, inputTypes, inputLocs);
  for (auto [argument, input] : zip(entry->getArguments(), inputs)) {
    scope.values[input->name()] = argument;
    func.setArgAttr(argument.getArgNumber(), "tt.name", builder.getStringAttr(input->name()));
    func.setArgAttr(argument.getArgNumber(), "tt.dims",
                    getDimNames(*input, cast<RankedTensorType>(argument.getType())));
  }
  for (const onnx::NodeProto *node : nodes)
    importNode(scope, *node);

  SmallVector<Value> outputs;
  for (const onnx::ValueInfoProto &output : graph.output()) {
    Value value = scope.values.lookup(output.name());
    if (!value)
      value = getInitializer(output.name());
    outputs.push_back(value);
  }
  if (failed)
    return {};
  func::ReturnOp::create(builder, func.getLoc(), outputs);
  func.setType(builder.getFunctionType(inputTypes, ValueRange(outputs).getTypes()));
  for (auto [index, output] : enumerate(graph.output())) {
    func.setResultAttr(index, "tt.name", builder.getStringAttr(output.name()));
    func.setResultAttr(index, "tt.dims", getDimNames(output, cast<RankedTensorType>(outputs[index].getType())));
  }

  // What was only needed to know shapes while importing.
  for (Operation &op : make_early_inc_range(reverse(*entry))) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      releaseIfUnused(constant);
    else if (isOpTriviallyDead(&op))
      op.erase();
  }
  return module;
}

//===- Nodes -----------------------------------------------------------------------------------------------------===//

/// The ONNX type of a value; without value for null.
static onnx::TypeProto getTypeProto(Value value) {
  onnx::TypeProto proto;
  if (!value)
    return proto;
  auto type = cast<RankedTensorType>(value.getType());
  onnx::TypeProto_Tensor *tensor = proto.mutable_tensor_type();
  tensor->set_elem_type(getDataType(type.getElementType()));
  onnx::TensorShapeProto *shape = tensor->mutable_shape();
  for (int64_t size : type.getShape()) {
    auto *dim = shape->add_dim();
    if (!ShapedType::isDynamic(size))
      dim->set_dim_value(size);
  }
  return proto;
}

void Importer::importNode(Scope &scope, const onnx::NodeProto &node) {
  int opset = scope.getOpset(node.domain());
  std::string name = scope.prefix + getNodeName(node);
  std::string description = describeNode(name, node.op_type(), opset);
  auto poison = [&]() {
    for (const std::string &output : node.output())
      scope.poisoned.insert(output);
  };

  SmallVector<Value> inputs;
  for (const std::string &input : node.input()) {
    if (scope.poisoned.contains(input))
      return poison();
    Value value = input.empty() ? Value() : scope.values.lookup(input);
    if (!value && !input.empty() && scope.depth == 0)
      value = getInitializer(input);
    if (!value && !input.empty() && scope.depth == 0)
      return poison(); // the initializer is bad, which was reported
    inputs.push_back(value);
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

/// The nodes of the graph. Of several constants with one name, which exist in old exports, the last one counts, as in
/// ONNX Runtime; a warning says so.
SmallVector<const onnx::NodeProto *> Importer::getNodes() {
  SmallVector<const onnx::NodeProto *> nodes;
  StringMap<unsigned> constants; // position in `nodes`
  for (const onnx::NodeProto &node : model.getProto().graph().node()) {
    if (node.op_type() == "Constant" && node.output_size() == 1) {
      auto [it, inserted] = constants.try_emplace(node.output(0), nodes.size());
      if (!inserted) {
        mlir::emitWarning(UnknownLoc::get(&context)) << "'" << model.getPath() << "': constant '" << node.output(0)
                                                     << "' is defined more than once; the last definition is used";
        nodes[it->second] = &node;
        continue;
      }
    }
    nodes.push_back(&node);
  }
  return nodes;
}

OwningOpRef<ModuleOp> Importer::run() {
  Scope scope;
  checkVersions(scope);
  if (failed)
    return {};
  collectNames();
  const onnx::GraphProto &graph = model.getProto().graph();
  SmallVector<const onnx::NodeProto *> nodes = getNodes();
  SmallVector<std::string> outputs;
  for (const onnx::ValueInfoProto &output : graph.output())
    outputs.push_back(output.name());
  std::vector<const onnx::NodeProto *> sorted =
      sortNodes(nodes, knownNames, outputs, [&](const Twine &text) { errorInFile(text); });
  if (failed)
    return {};
  checkNodes(sorted, scope);
  if (failed)
    return {};
  OwningOpRef<ModuleOp> module = importGraph(scope, sorted);
  if (failed || mlir::failed(verify(*module)))
    return {};
  return module;
}

OwningOpRef<ModuleOp> tt::importONNX(StringRef path, MLIRContext &context, const ImportOptions &options) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect, TTDialect>();
  Expected<std::unique_ptr<Model>> model = Model::load(path);
  if (!model) {
    mlir::emitError(UnknownLoc::get(&context)) << toString(model.takeError());
    return {};
  }
  return Importer(**model, context, options).run();
}
