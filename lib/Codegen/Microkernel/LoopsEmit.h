//===- LoopsEmit.h - code for a planned nest --------------------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_LOOPSEMIT_H
#define TT_LIB_CODEGEN_MICROKERNEL_LOOPSEMIT_H

#include "LoopsPlan.h"

namespace tt {

/// Emits the loops of `nest` as `plan` says at the builder's place; the op itself stays. `context` as for `emitChunks`.
mlir::LogicalResult emitNest(mlir::OpBuilder &builder, const LoopNest &nest, const LoopPlan &plan, mlir::Value context);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_LOOPSEMIT_H
