//===- GraphBuilder.h - an ONNX graph that is being made ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_EXPORT_ONNX_GRAPHBUILDER_H
#define TT_EXPORT_ONNX_GRAPHBUILDER_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringSet.h"

#include "onnx/onnx_pb.h"

#include <string>
#include <utility>
#include <vector>

namespace tt::onnx_export {

/// The opset and the version of the file format that are written.
constexpr int kOpset = 17, kIRVersion = 8;

/// A value of the graph. No name: an optional input that is not there. Element type and rank of `type` are right; sizes
/// may be more or less known than they could be.
struct OnnxValue {
  std::string name;
  mlir::RankedTensorType type;

  explicit operator bool() const { return !name.empty(); }
};

/// Nodes, constants and names of one graph.
class GraphBuilder {
public:
  /// `wanted`, or that with a number behind it where it is taken or empty; it is taken then.
  std::string makeValueName(llvm::StringRef wanted) { return makeName(valueNames, wanted, "value"); }
  std::string makeNodeName(llvm::StringRef wanted) { return makeName(nodeNames, wanted, "node"); }

  /// An initializer called `name`, which has to come from makeValueName. Its data is read when the model is written.
  OnnxValue addConstant(std::string name, mlir::ElementsAttr value);

  /// An initializer with the contents of `value`, which is shared by all who ask for equal ones.
  OnnxValue getConstant(mlir::ElementsAttr value);

  /// Takes out initializers that neither nodes nor outputs read: what a handler has rewritten.
  void dropUnusedConstants();

  onnx::GraphProto &getGraph() { return graph; }

  /// The initializers in order; those of the graph have no data yet.
  llvm::ArrayRef<mlir::ElementsAttr> getConstants() const { return constants; }

private:
  static std::string makeName(llvm::StringSet<> &taken, llvm::StringRef wanted, llvm::StringRef fallback);

  onnx::GraphProto graph;
  std::vector<mlir::ElementsAttr> constants;
  llvm::DenseMap<mlir::Attribute, std::string> shared;
  llvm::StringSet<> valueNames, nodeNames;
};

/// Sets a tensor type without sizes.
void setElementType(onnx::TypeProto &proto, mlir::Type elementType);

} // namespace tt::onnx_export

#endif // TT_EXPORT_ONNX_GRAPHBUILDER_H
