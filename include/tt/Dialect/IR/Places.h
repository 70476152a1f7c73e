//===- Places.h - names in locations --------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_PLACES_H
#define TT_DIALECT_IR_PLACES_H

#include "mlir/IR/Location.h"

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

} // namespace tt

#endif // TT_DIALECT_IR_PLACES_H
