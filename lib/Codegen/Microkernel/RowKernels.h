//===- RowKernels.h - kernels that work row by row --------------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_ROWKERNELS_H
#define TT_LIB_CODEGEN_MICROKERNEL_ROWKERNELS_H

#include "LoopsSupport.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/PatternMatch.h"

namespace tt {

/// Replace the op (on buffers) by loops at the rewriter's place. Rows run in parallel chunks where the work is large;
/// the statistics of a row are f32 (f64 for f64 rows), folded in an order that depends on the row's length only.
mlir::LogicalResult emitSoftmaxRows(mlir::RewriterBase &rewriter, SoftmaxRowsOp op, const LoopTarget &target);
mlir::LogicalResult emitNormRows(mlir::RewriterBase &rewriter, NormRowsOp op, const LoopTarget &target);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_ROWKERNELS_H
