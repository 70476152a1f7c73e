//===- EmitObject.h - from the LLVM dialect to machine code ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_TOLLVM_EMITOBJECT_H
#define TT_CODEGEN_TOLLVM_EMITOBJECT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>

namespace llvm {
class raw_pwrite_stream;
}
namespace mlir {
class ModuleOp;
}

namespace tt {

struct Target;

enum class CodeKind {
  LLVMIR,   ///< optimized LLVM IR as text
  Assembly, ///< assembly as text
  Object    ///< relocatable object without the weights
};

/// The attributes of an LLVM function that make it code for `target`, as pairs of name and value (which may be empty:
/// then there is none).
llvm::SmallVector<std::pair<llvm::StringRef, std::string>> getCodeAttributes(const Target &target);

/// The CPU that `module` as a whole is for: the one of `tt.target`, or the least capable of `tt.levels`.
llvm::Expected<Target> getTarget(mlir::ModuleOp module);

/// Translates `module` (LLVM dialect only, stage `llvm`), optimizes it for `target` and writes it to `os`. Two calls
/// write equal bytes.
llvm::Error emitCode(mlir::ModuleOp module, const Target &target, CodeKind kind, llvm::raw_pwrite_stream &os);

} // namespace tt

#endif // TT_CODEGEN_TOLLVM_EMITOBJECT_H
