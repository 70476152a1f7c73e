//===- Importer.h - the import of one model --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_IMPORTER_H
#define TT_IMPORT_ONNX_IMPORTER_H

#include "Model.h"
#include "NodeImporter.h"

#include "tt/Import/ONNX/Import.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace tt::onnx_import {

/// Functions may call functions; a chain longer than this is taken for a recursion, which ONNX forbids.
constexpr unsigned maxFunctionDepth = 32;

/// Whether a node is If, Loop or Scan.
bool isControlFlow(const onnx::NodeProto &node);

/// The names that nodes can see: those of the graph, of one expanded function, or of a branch.
struct Scope {
  /// The scope around a branch, whose names are seen too.
  Scope *parent = nullptr;
  /// In front of the names of the scope's nodes; empty for the graph.
  std::string prefix;
  llvm::StringMap<int> opsets;
  llvm::StringMap<mlir::Value> values;
  /// Values whose node failed: nodes that use them are skipped without a further error.
  llvm::StringSet<> poisoned;
  /// How many functions are being expanded, and the node of the graph where that began.
  unsigned depth = 0;
  std::string root;

  /// The opset of a domain, 0 where the model does not import it.
  int getOpset(llvm::StringRef domain) const { return opsets.lookup(domain == "ai.onnx" ? "" : domain); }
};

class Importer {
public:
  Importer(Model &model, mlir::MLIRContext &context, const ImportOptions &options)
      : model(model), context(context), options(options), builder(&context) {}

  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  // Checks before anything is imported.
  void checkVersions(Scope &scope);
  /// Returns whether all nodes are supported as far as it can be told.
  bool checkNodes(llvm::ArrayRef<const onnx::NodeProto *> nodes, const Scope &scope);
  void collectNames();
  llvm::SmallVector<const onnx::NodeProto *> getNodes();

  // The graph's border.
  mlir::RankedTensorType getInputType(const onnx::ValueInfoProto &input);
  mlir::ArrayAttr getDimNames(const onnx::ValueInfoProto &info, mlir::RankedTensorType type);
  mlir::Value getInitializer(llvm::StringRef name);
  mlir::OwningOpRef<mlir::ModuleOp> importGraph(Scope &scope, llvm::ArrayRef<const onnx::NodeProto *> nodes);

  // Nodes.
  std::optional<mlir::Value> findValue(Scope &scope, llvm::StringRef name);
  static bool isPoisoned(const Scope &scope, llvm::StringRef name);
  void importNode(Scope &scope, const onnx::NodeProto &node);

  // Nodes with graphs (ImportControlFlow.cpp). `name` is the node's name with its prefix.
  mlir::LogicalResult importControlFlow(Scope &scope, const onnx::NodeProto &node, const std::string &name,
                                        llvm::ArrayRef<mlir::Value> inputs,
                                        llvm::SmallVectorImpl<mlir::Value> &results);
  mlir::LogicalResult importIf(Scope &scope, const onnx::NodeProto &node, const std::string &name,
                               mlir::Value condition, llvm::SmallVectorImpl<mlir::Value> &results);
  mlir::LogicalResult importLoop(Scope &scope, const onnx::NodeProto &node, NodeImporter &importer,
                                 const std::string &name);
  mlir::LogicalResult importScan(Scope &scope, const onnx::NodeProto &node, NodeImporter &importer,
                                 const std::string &name);
  const onnx::GraphProto *getGraph(const onnx::NodeProto &node, llvm::StringRef attribute);
  /// The names of outer values that a graph of `node` reads, and these values; fails where one failed.
  mlir::LogicalResult getOuterValues(Scope &scope, const onnx::GraphProto &graph,
                                     llvm::SmallVectorImpl<std::string> &names,
                                     llvm::SmallVectorImpl<mlir::Value> &values);
  /// Imports a graph at the builder's place. `values` gives names in it values.
  mlir::LogicalResult importSubgraph(Scope &scope, const onnx::GraphProto &graph, const std::string &name,
                                     const llvm::StringMap<mlir::Value> &values,
                                     llvm::SmallVectorImpl<mlir::Value> &results);
  /// Imports a branch as a region; null after an error.
  std::unique_ptr<mlir::Region> importBranch(Scope &scope, const onnx::GraphProto &graph, const std::string &name,
                                             llvm::ArrayRef<std::string> names, llvm::ArrayRef<mlir::Value> outer,
                                             llvm::SmallVectorImpl<mlir::Value> &captures);
  mlir::LogicalResult importFunction(Scope &scope, const onnx::NodeProto &node, llvm::ArrayRef<mlir::Value> inputs,
                                     const onnx::FunctionProto &body, llvm::SmallVectorImpl<mlir::Value> &results);
  const onnx::FunctionProto *findLocalFunction(const onnx::NodeProto &node);
  static void readOpsets(const google::protobuf::RepeatedPtrField<onnx::OperatorSetIdProto> &imports, Scope &scope);

  void error(const llvm::Twine &text) {
    failed = true;
    mlir::emitError(mlir::UnknownLoc::get(&context)) << text.str();
  }
  void errorInFile(const llvm::Twine &text) { error("'" + model.getPath() + "': " + text); }
  void errorInDepth(const Scope &scope) {
    error("onnx node '" + scope.root + "': functions are nested more than " + llvm::Twine(maxFunctionDepth) +
          " deep, or call themselves");
  }
  mlir::NameLoc getNameLoc(llvm::StringRef name) { return mlir::NameLoc::get(mlir::StringAttr::get(&context, name)); }

  Model &model;
  mlir::MLIRContext &context;
  const ImportOptions &options;
  mlir::OpBuilder builder;
  ShapeAnalysis analysis;
  bool failed = false;
  /// Nodes of the graph that `checkNodes` reported.
  llvm::DenseSet<const onnx::NodeProto *> badNodes;

  llvm::StringMap<const onnx::TensorProto *> initializers;
  llvm::StringSet<> knownNames; // inputs and initializers
  llvm::StringMap<mlir::Value> initializerValues;
  mlir::Operation *lastConstant = nullptr;
  mlir::Block *entry = nullptr;
  llvm::StringSet<> usedDimensions; // names of ImportOptions::dimensions that an input has
};

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_IMPORTER_H
