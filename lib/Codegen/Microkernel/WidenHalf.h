//===- WidenHalf.h - ops on 16-bit floats in f32 --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_MICROKERNEL_WIDENHALF_H
#define TT_CODEGEN_MICROKERNEL_WIDENHALF_H

#include "mlir/IR/PatternMatch.h"

namespace tt {

/// The op with its attributes, and other operands and types of results.
mlir::Operation *cloneWith(mlir::OpBuilder &builder, mlir::Operation *op, mlir::ValueRange operands,
                           mlir::TypeRange types);

/// Computes an op on f16 or bf16, scalars or vectors, in f32: operands are widened, results rounded. Returns the f32
/// op.
mlir::Operation *widenToF32(mlir::RewriterBase &rewriter, mlir::Operation *op);

} // namespace tt

#endif
