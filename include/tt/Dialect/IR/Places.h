//===- Places.h - names in locations --------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_PLACES_H
#define TT_DIALECT_IR_PLACES_H

#include "mlir/IR/Location.h"
#include "llvm/ADT/SmallVector.h"

#include <string>

namespace tt {

/// The ONNX name of the node in `loc` in quotes, or file:line:column; empty where there is neither.
std::string getPlace(mlir::Location loc);

/// The names that the importer wrote into `loc`: of the node and of its first output, which are equal where there is
/// one name only (constants, arguments); empty where there is none.
struct OnnxNames {
  std::string node, value;
};
OnnxNames getOnnxNames(mlir::Location loc);

/// A node by name, and the op of the tt dialect without `tt.` that it became (`conv`); empty where that is not marked.
struct NodeName {
  std::string name, kind;
};
/// All nodes in `loc`, each once, the main one first.
llvm::SmallVector<NodeName> getNodeNames(mlir::Location loc);

/// `loc` with the mark that its nodes became the op `kind`; `loc` itself where it has a mark.
mlir::Location markKind(mlir::Location loc, llvm::StringRef kind);

} // namespace tt

#endif // TT_DIALECT_IR_PLACES_H
