//===- Operators.h - the table of ONNX operators ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_OPERATORS_H
#define TT_IMPORT_ONNX_OPERATORS_H

#include "NodeImporter.h"

namespace tt::onnx_import {

/// The opsets of the default domain that models may use, and the versions of the file format. Below opset 7, only
/// operators whose meaning has not changed since are in the table.
constexpr int minOpset = 1, maxOpset = 26;
constexpr int minIRVersion = 3, maxIRVersion = 13;

/// Creates the ops of one node.
using Handler = mlir::LogicalResult (*)(NodeImporter &);
/// Reports (through `fail`) every attribute value of a node that its handler does not support. Runs on all nodes before
/// anything is imported.
using Check = void (*)(NodeAttributes &);

struct Operator {
  llvm::StringLiteral domain; // "" is the default domain
  llvm::StringLiteral name;
  int firstOpset, lastOpset;
  Handler handler;
  Check check; // may be null
};

/// An operator that is known and refused.
struct RefusedOperator {
  llvm::StringLiteral name; // a trailing '*' stands for any rest
  llvm::StringLiteral reason;
};

llvm::ArrayRef<Operator> getOperators();
llvm::ArrayRef<RefusedOperator> getRefusedOperators();

/// The entry for an operator in an opset; null where there is none. `domain` "ai.onnx" is the default domain.
const Operator *findOperator(llvm::StringRef domain, llvm::StringRef name, int opset);

/// Why there is no entry: a reason known in advance, the opsets that have one, or that the operator is unknown.
std::string explainMissing(llvm::StringRef domain, llvm::StringRef name, int opset);

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_OPERATORS_H
