//===- Levels.h - the instruction sets of a module ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// A module for one CPU carries `tt.target`. A module for several carries `tt.levels`, a list of #tt.target, the most
// capable first; from the stage `tiled` to the last passes of the stage `llvm` it holds a module with a `tt.target` of
// its own for each of them.
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_TOLLVM_LEVELS_H
#define TT_CODEGEN_TOLLVM_LEVELS_H

#include "tt/Support/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace mlir {
class ModuleOp;
}

namespace tt {

class TargetAttr;

/// What `attr` says.
Target toTarget(TargetAttr attr);

/// The CPUs that `module` is for, the most capable first: those of `tt.levels`, or the one of `tt.target`.
llvm::Expected<llvm::SmallVector<Target>> getTargets(mlir::ModuleOp module);

/// The entry points of `module` in the LLVM dialect; where it has several levels, those of the first. All levels have
/// the same, with other code.
llvm::SmallVector<mlir::LLVM::LLVMFuncOp> getEntries(mlir::ModuleOp module);

/// The TT_CPU bits (tt/Runtime/Internal.h) that code for `target` may use.
uint64_t getRequiredFeatures(const Target &target);

/// Sorts `targets` in the order in which a session tries them: wider registers first, then more features. So a CPU that
/// has all that another has, and more, comes before it; equally good ones stay in their order.
void sortByCapability(llvm::SmallVectorImpl<Target> &targets);

} // namespace tt

#endif // TT_CODEGEN_TOLLVM_LEVELS_H
