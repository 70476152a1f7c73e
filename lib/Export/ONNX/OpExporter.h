//===- OpExporter.h - the export of one op --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_EXPORT_ONNX_OPEXPORTER_H
#define TT_EXPORT_ONNX_OPEXPORTER_H

#include "GraphBuilder.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/Operation.h"

#include <variant>

namespace tt::onnx_export {

struct NodeAttribute {
  llvm::StringLiteral name;
  std::variant<int64_t, float, std::string, llvm::SmallVector<int64_t>> value;
};

/// Makes the nodes of one op. A failure is remembered: what is made after it is ignored, and `yield` fails.
class OpExporter {
public:
  /// `values` are the graph's values so far.
  OpExporter(GraphBuilder &graph, mlir::Operation *op, const llvm::DenseMap<mlir::Value, OnnxValue> &values)
      : graph(graph), op(op), values(values), builder(op->getContext()) {}

  mlir::OpBuilder &getBuilder() { return builder; }

  /// An operand of the op; without name for null.
  OnnxValue get(mlir::Value operand) const { return operand ? values.lookup(operand) : OnnxValue(); }
  llvm::SmallVector<OnnxValue> getOperands() const;
  mlir::RankedTensorType getResultType(unsigned index = 0) const;

  /// A node with one output of `type`. Missing inputs at the end are left out. Fails where the operator does not take
  /// the inputs' element types.
  OnnxValue node(llvm::StringRef name, llvm::ArrayRef<OnnxValue> inputs, mlir::RankedTensorType type,
                 llvm::ArrayRef<NodeAttribute> attributes = {});
  llvm::SmallVector<OnnxValue> nodes(llvm::StringRef name, llvm::ArrayRef<OnnxValue> inputs,
                                     llvm::ArrayRef<mlir::RankedTensorType> types,
                                     llvm::ArrayRef<NodeAttribute> attributes = {});

  /// The same where all inputs have one element type, which the operator may not take: 16-bit floats are computed as
  /// float then, integers of 8 and 16 bits as those of 32, and the result is cast back where `type` has the inputs'
  /// element type.
  OnnxValue nodeWidened(llvm::StringRef name, llvm::ArrayRef<OnnxValue> inputs, mlir::RankedTensorType type,
                        llvm::ArrayRef<NodeAttribute> attributes = {});

  // Shared constants.
  OnnxValue ints(llvm::ArrayRef<int64_t> values);
  OnnxValue scalar(mlir::Type elementType, double value);
  OnnxValue constant(mlir::ElementsAttr value) { return graph.getConstant(value); }

  // Nodes that many ops need. Binary ones give the type of their first operand.
  OnnxValue cast(const OnnxValue &value, mlir::Type elementType);
  OnnxValue transpose(const OnnxValue &value, llvm::ArrayRef<int64_t> perm);
  OnnxValue add(const OnnxValue &lhs, const OnnxValue &rhs) { return node("Add", {lhs, rhs}, lhs.type); }
  OnnxValue sub(const OnnxValue &lhs, const OnnxValue &rhs) { return node("Sub", {lhs, rhs}, lhs.type); }
  OnnxValue mul(const OnnxValue &lhs, const OnnxValue &rhs) { return node("Mul", {lhs, rhs}, lhs.type); }
  OnnxValue div(const OnnxValue &lhs, const OnnxValue &rhs) { return node("Div", {lhs, rhs}, lhs.type); }

  /// `value` in f32 where it is a float of 16 bits, else as it is.
  OnnxValue widen(const OnnxValue &value);

  /// Emits why the op cannot be exported; later reasons are dropped.
  mlir::LogicalResult fail(const llvm::Twine &why);

  /// Gives the results of the op; they get the names in `names`. Adds the nodes made so far to the graph.
  mlir::LogicalResult yield(llvm::ArrayRef<OnnxValue> results);
  mlir::LogicalResult yield(const OnnxValue &result) { return yield(llvm::ArrayRef(result)); }

  /// Names that `yield` gives, one for each result.
  llvm::SmallVector<std::string> names;
  /// In front of the names of nodes and of values between them.
  std::string nodeName;

private:
  GraphBuilder &graph;
  mlir::Operation *op;
  const llvm::DenseMap<mlir::Value, OnnxValue> &values;
  mlir::OpBuilder builder;
  std::vector<onnx::NodeProto> made;
  bool failed = false;
};

} // namespace tt::onnx_export

#endif // TT_EXPORT_ONNX_OPEXPORTER_H
