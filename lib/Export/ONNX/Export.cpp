//===- Export.cpp - the tt dialect to ONNX models -------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Export/ONNX/Export.h"

#include "ModelFile.h"
#include "Operators/Handlers.h"
#include "tt/Dialect/IR/OnnxTypes.h"
#include "tt/Dialect/IR/Places.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

/// Makes the nodes of one op of the tt dialect.
static LogicalResult exportOperation(Operation *op, OpExporter &e) {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
#define TT_EXPORT_PLAIN(OP, OPERATOR)                                                                                  \
  .Case([&](OP) { return e.yield(e.nodeWidened(OPERATOR, e.getOperands(), e.getResultType())); })
#define TT_EXPORT(OP, OPERATORS) .Case([&](OP each) { return exportOp(each, e); })
#define TT_EXPORT_REFUSED(OP, REASON) .Case([&](OP) { return e.fail(REASON); })
#include "Operators/Operators.def"
      .Default([&](Operation *) {
        return e.fail("it is no graph op with a form in ONNX; export a module of the stage imported or optimized");
      });
}

namespace {

class Exporter {
public:
  explicit Exporter(ModuleOp module) : module(module) {}

  /// Makes the graph of the only public function.
  LogicalResult run();
  GraphBuilder &getGraph() { return graph; }

private:
  func::FuncOp findEntry();
  void reserveNames(func::FuncOp func);
  LogicalResult exportOperations(func::FuncOp func);
  LogicalResult describe(onnx::ValueInfoProto &info, StringRef name, Type type, ArrayAttr dimNames, Location loc);

  ModuleOp module;
  GraphBuilder graph;
  llvm::DenseMap<Value, OnnxValue> values;
  llvm::DenseMap<Value, std::string> names; // of results of ops
  SmallVector<std::string> inputNames, outputNames;
};

} // namespace

func::FuncOp Exporter::findEntry() {
  func::FuncOp entry;
  for (Operation &op : *module.getBody()) {
    auto func = dyn_cast<func::FuncOp>(op);
    if (!func) {
      op.emitError("'") << op.getName().getStringRef()
                        << "' cannot be exported: a model is one function; export a module of the stage imported or "
                           "optimized";
      return {};
    }
    if (func.isDeclaration() || !func.isPublic() || entry) {
      func.emitError("a model is one public function with a body, but the module has '")
          << func.getName() << "' " << (entry ? "besides '" + entry.getName().str() + "'" : "without that");
      return {};
    }
    entry = func;
  }
  if (!entry)
    module.emitError("a model is one public function, but the module has none");
  return entry;
}

/// Chooses the names of values. Those of the border are fixed; of several ops with one location the last one gets the
/// name, since it makes what the name stood for in the model that was imported.
void Exporter::reserveNames(func::FuncOp func) {
  auto getName = [](StringAttr given, StringRef kind, unsigned index) {
    return given ? given.getValue().str() : (kind + "_" + Twine(index)).str();
  };
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    inputNames.push_back(graph.makeValueName(getName(func.getArgAttrOfType<StringAttr>(i, "tt.name"), "input", i)));
  for (unsigned i = 0; i < func.getNumResults(); ++i)
    outputNames.push_back(
        graph.makeValueName(getName(func.getResultAttrOfType<StringAttr>(i, "tt.name"), "output", i)));
  Block &body = func.front();
  for (auto [value, name] : zip(body.getTerminator()->getOperands(), outputNames))
    if (Operation *op = value.getDefiningOp(); op && !isa<arith::ConstantOp>(op))
      names.try_emplace(value, name);
  for (Operation &op : reverse(body.without_terminator()))
    for (Value result : op.getResults()) {
      std::string &name = names[result];
      if (name.empty())
        name = graph.makeValueName(getOnnxNames(op.getLoc()).value);
    }
}

LogicalResult Exporter::describe(onnx::ValueInfoProto &info, StringRef name, Type type, ArrayAttr dimNames,
                                 Location loc) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tt::getOnnxType(tensor.getElementType()))
    return emitError(loc) << "'" << name.str() << "' needs a ranked tensor of an element type that ONNX has, but is "
                          << type;
  info.set_name(name.str());
  setElementType(*info.mutable_type(), tensor.getElementType());
  auto *shape = info.mutable_type()->mutable_tensor_type()->mutable_shape();
  for (auto [index, size] : enumerate(tensor.getShape())) {
    auto *dim = shape->add_dim();
    auto dimName = dimNames && index < dimNames.size() ? dyn_cast<StringAttr>(dimNames[index]) : StringAttr();
    if (!ShapedType::isDynamic(size))
      dim->set_dim_value(size);
    else if (dimName && !dimName.empty())
      dim->set_dim_param(dimName.str());
  }
  return success();
}

LogicalResult Exporter::exportOperations(func::FuncOp func) {
  bool ok = true;
  for (Operation &op : func.front().without_terminator()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      auto attr = dyn_cast<ElementsAttr>(constant.getValue());
      auto type = attr ? dyn_cast<RankedTensorType>(attr.getShapedType()) : nullptr;
      if (!type || !tt::getOnnxType(type.getElementType())) {
        op.emitError("'arith.constant' cannot be exported: it needs a ranked tensor of an element type that ONNX has, "
                     "but is ")
            << constant.getType();
        ok = false;
      } else {
        values[constant] = graph.addConstant(names.lookup(constant), attr);
      }
      continue;
    }
    OpExporter e(graph, &op, values);
    e.nodeName = getOnnxNames(op.getLoc()).node;
    if (e.nodeName.empty())
      e.nodeName = op.getName().stripDialect().str();
    for (Value result : op.getResults())
      e.names.push_back(names.lookup(result));
    ok &= succeeded(exportOperation(&op, e));
    for (Value result : op.getResults())
      if (auto type = dyn_cast<RankedTensorType>(result.getType()))
        values[result] = {names.lookup(result), type};
  }
  return success(ok);
}

LogicalResult Exporter::run() {
  func::FuncOp func = findEntry();
  if (!func)
    return failure();
  if (!func.getBody().hasOneBlock())
    return func.emitError("a model is a function of one block, but '") << func.getName() << "' has several";
  reserveNames(func);
  auto name = module->getAttrOfType<StringAttr>("tt.model_name");
  graph.getGraph().set_name(name && !name.empty() ? name.str() : func.getName().str());
  bool ok = true;
  for (auto [index, argument] : enumerate(func.getArguments())) {
    auto dims = func.getArgAttrOfType<ArrayAttr>(index, "tt.dims");
    ok &= succeeded(
        describe(*graph.getGraph().add_input(), inputNames[index], argument.getType(), dims, argument.getLoc()));
    if (auto type = dyn_cast<RankedTensorType>(argument.getType()))
      values[argument] = {inputNames[index], type};
  }
  if (!ok || failed(exportOperations(func)))
    return failure();
  Operation *terminator = func.front().getTerminator();
  for (auto [index, value] : enumerate(terminator->getOperands())) {
    auto dims = func.getResultAttrOfType<ArrayAttr>(index, "tt.dims");
    if (failed(
            describe(*graph.getGraph().add_output(), outputNames[index], value.getType(), dims, terminator->getLoc())))
      return failure();
    if (values.lookup(value).name == outputNames[index])
      continue;
    // An input, a constant, or a value that is an output twice.
    OpExporter e(graph, terminator, values);
    e.nodeName = outputNames[index];
    e.names.push_back(outputNames[index]);
    if (failed(e.yield(values.lookup(value))))
      return failure();
  }
  graph.dropUnusedConstants();
  return success();
}

LogicalResult tt::exportONNX(ModuleOp module, StringRef path, const ExportOptions &options) {
  Exporter exporter(module);
  if (failed(exporter.run()))
    return failure();
  if (Error error = writeModel(exporter.getGraph(), path, options.externalData))
    return emitError(UnknownLoc::get(module.getContext())) << toString(std::move(error));
  return success();
}

void tt::printExportedOps(raw_ostream &os) {
  os << "| op | ONNX operators (opset " << kOpset << ") |\n|---|---|\n";
#define TT_EXPORT_PLAIN(OP, OPERATOR) os << "| `" << OP::getOperationName() << "` | " << (OPERATOR) << " |\n";
#define TT_EXPORT(OP, OPERATORS) os << "| `" << OP::getOperationName() << "` | " << (OPERATORS) << " |\n";
#include "Operators/Operators.def"
  os << "\n| op | why it is refused |\n|---|---|\n";
#define TT_EXPORT_REFUSED(OP, REASON) os << "| `" << OP::getOperationName() << "` | " << (REASON) << " |\n";
#include "Operators/Operators.def"
}
