//===- RuntimeFunctions.h - declarations of the runtime -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLLVM_RUNTIMEFUNCTIONS_H
#define TT_LIB_CODEGEN_TOLLVM_RUNTIMEFUNCTIONS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {

/// The functions of include/tt/Runtime/Internal.h that compiled code calls.
enum class RuntimeFunction {
  Input,
  Output,
  Arena,
  Alloc,
  Scratch,
  Threads,
  ParallelFor,
  Fail,
  FailFound,
  ProfileBegin,
  ProfileEnd,
  ProfileParallelFor,
  Probe,
  ProbeEnter,
  ProbeLeave,
  ProbeBuffer,
  Observe
};

/// The hidden declaration of `function` in `module`, made at its start where it does not exist yet.
mlir::LLVM::LLVMFuncOp getRuntimeFunction(mlir::ModuleOp module, RuntimeFunction function);

/// Name of the hidden symbol at the start of the weights section.
inline constexpr llvm::StringLiteral kWeightsSymbol = "tt_model_weights";

/// The hidden declaration of the weights in `module`, an array of as many bytes as its weights section has.
mlir::LLVM::GlobalOp getWeightsSymbol(mlir::ModuleOp module);

} // namespace tt

#endif // TT_LIB_CODEGEN_TOLLVM_RUNTIMEFUNCTIONS_H
