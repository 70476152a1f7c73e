//===- Import.cpp - ONNX models to the tt dialect --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Importer.h"
#include "Operators.h"

#include "tt/Dialect/IR/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

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
  auto isDefault = [](const onnx::NodeProto &node) { return node.domain().empty() || node.domain() == "ai.onnx"; };
  if (opset == scope.opsets.end() && none_of(proto.graph().node(), isDefault))
    return; // other domains have versions of their own
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

//===- The graph's border ----------------------------------------------------------------------------------------===//

/// ", read by" and the first node that reads a value of the graph.
static std::string describeFirstReader(const onnx::ModelProto &model, StringRef value) {
  for (const onnx::NodeProto &node : model.graph().node())
    if (is_contained(node.input(), value))
      for (const onnx::OperatorSetIdProto &opset : model.opset_import())
        if (opset.domain() == node.domain())
          return ", read by " + describeNode(getNodeName(node), node.op_type(), opset.version());
  return ", which no node reads";
}

RankedTensorType Importer::getInputType(const onnx::ValueInfoProto &input) {
  auto refuse = [&](const Twine &why) {
    errorInFile("input '" + input.name() + "'" + describeFirstReader(model.getProto(), input.name()) + ": " + why);
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
  // All arithmetic with sizes has room in 64 bits.
  int64_t elements = 1;
  for (int64_t size : shape)
    if (size > 0 && (MulOverflow(elements, size, elements) || elements > INT64_MAX / 64))
      return refuse("the shape has more than 2^57 elements");
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
  Expected<TypedAttr> attr = model.getTensor(&context, *tensor, tensor->name());
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
  size_t numInputs = 0;
  for (const onnx::ValueInfoProto &input : graph.input()) {
    if (initializers.contains(input.name()))
      continue;
    ++numInputs;
    if (RankedTensorType type = getInputType(input)) {
      inputs.push_back(&input);
      inputTypes.push_back(type);
      inputLocs.push_back(getNameLoc(input.name()));
    }
  }
  for (const auto &dimension : options.dimensions)
    if (!usedDimensions.contains(dimension.first()))
      errorInFile("no input has a dimension named '" + dimension.first() + "'");
  if (inputs.size() != numInputs) // an input without type would make errors of its own
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

//===- The whole -------------------------------------------------------------------------------------------------===//

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
  // Problems that show only when ops are made are reported together with those that are known in advance.
  checkNodes(sorted, scope);
  OwningOpRef<ModuleOp> module = importGraph(scope, sorted);
  if (failed || mlir::failed(verify(*module)))
    return {};
  return module;
}

static OwningOpRef<ModuleOp> importModel(Expected<std::unique_ptr<Model>> model, MLIRContext &context,
                                         const ImportOptions &options) {
  context.loadDialect<arith::ArithDialect, func::FuncDialect, TTDialect>();
  if (!model) {
    mlir::emitError(UnknownLoc::get(&context)) << toString(model.takeError());
    return {};
  }
  return Importer(**model, context, options).run();
}

OwningOpRef<ModuleOp> tt::importONNX(StringRef path, MLIRContext &context, const ImportOptions &options) {
  return importModel(Model::load(path), context, options);
}

OwningOpRef<ModuleOp> tt::importONNX(MemoryBufferRef bytes, MLIRContext &context, const ImportOptions &options) {
  return importModel(Model::load(bytes), context, options);
}

std::string tt::describeReader(StringRef path, StringRef value) {
  Expected<std::unique_ptr<Model>> model = Model::load(path);
  if (model)
    return describeFirstReader((*model)->getProto(), value);
  consumeError(model.takeError());
  return "";
}
