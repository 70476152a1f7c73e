//===- EmitHeader.h - a C header for one model ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_TOLLVM_EMITHEADER_H
#define TT_CODEGEN_TOLLVM_EMITHEADER_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace mlir {
class ModuleOp;
}

namespace tt {

/// The model's name as a part of C identifiers: `tt.model_name` through tt/Support/Identifier.h.
std::string getModelIdentifier(mlir::ModuleOp module);

/// How every header begins that writeHeader made.
inline constexpr llvm::StringLiteral kHeaderStart = "/* The C interface of the model '";

/// Writes a header for C99 and C++11 with the interface of the model in `module` (stage `llvm`), NAME being
/// getModelIdentifier: `tt_model_NAME`, a function with typed arguments for each entry point, and macros with the
/// counts, sizes and names of inputs and outputs. An input's sizes become arguments where they are dynamic; an output
/// whose sizes do not follow from the inputs' is a `tt_tensor *`.
llvm::Error writeHeader(mlir::ModuleOp module, llvm::raw_ostream &os);

} // namespace tt

#endif // TT_CODEGEN_TOLLVM_EMITHEADER_H
