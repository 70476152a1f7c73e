//===- Utils.h - shared by the passes of Codegen/Memory -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MEMORY_UTILS_H
#define TT_LIB_CODEGEN_MEMORY_UTILS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dominance.h"

namespace tt {

/// True for the functions that become entry points of the artefact: public, with a body.
inline bool isEntryPoint(mlir::func::FuncOp func) { return !func.isPrivate() && !func.isDeclaration(); }

/// Writes `tt.inputs` and `tt.outputs` on `func` from its type and the attributes of its arguments and results, unless
/// it has them.
void recordSignature(mlir::func::FuncOp func);

/// Makes `value` available before `point` by moving the pure ops it is computed from. Returns false, and moves nothing,
/// when that is not possible. Only moves ops within the block of `point`.
bool hoistComputation(mlir::Value value, mlir::Operation *point, const mlir::DominanceInfo &dominance);

} // namespace tt

#endif // TT_LIB_CODEGEN_MEMORY_UTILS_H
