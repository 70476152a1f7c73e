//===- Link.h - objects to artefacts --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_TOLLVM_LINK_H
#define TT_CODEGEN_TOLLVM_LINK_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace mlir {
class ModuleOp;
}

namespace tt {

struct Target;

enum class ArtefactKind {
  SharedLibrary, ///< exports the functions of include/tt/Runtime/ABI.h and tt_model_NAME
  Executable,    ///< with the runtime's main
  Object,        ///< one relocatable object with runtime and weights; the model is tt_model_NAME, not tt_model
  Archive        ///< a static library of what an Object holds
};

/// Compiles `module` (stage `llvm`) for `target` and links it with its weights and the runtime to the file `path`,
/// which appears whole or not at all. Needs ld.lld; the artefact needs libc and libm only. Any number of objects and
/// archives of models with different names (getModelIdentifier) can be linked into one program. Libraries and
/// executables need the C library of the target, which is looked for in `sysroot`, a folder with the target's lib or
/// usr/lib; empty: where Debian has it for this machine or, on another architecture, for cross compilers.
llvm::Error linkArtefact(mlir::ModuleOp module, const Target &target, ArtefactKind kind, llvm::StringRef path,
                         llvm::StringRef sysroot = "");

} // namespace tt

#endif // TT_CODEGEN_TOLLVM_LINK_H
