//===- Contraction.h - making kernel ops ----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLINALG_CONTRACTION_H
#define TT_LIB_CODEGEN_TOLINALG_CONTRACTION_H

#include "Lowering.h"

namespace tt::tolinalg {

/// Fills the region of a fresh kernel op of result element type `type`: the identity, or the sum of the accumulator and
/// the first extra operand, `bias` (may be null; narrower elements are widened).
void buildEpilogue(Lowering &l, mlir::Region &region, mlir::Type type, mlir::Value bias);

/// `tensor` in f32; constants stay as they are: kernels widen weights of 16 bits as they load them.
mlir::Value widenUnlessConstant(Lowering &l, mlir::Value tensor);

/// The extra_maps of a kernel op of output rank `rank` whose only extra, if any, runs along the last dimension.
mlir::ArrayAttr getBiasMaps(Lowering &l, int64_t rank, bool hasBias);

/// tt.gemm of f32: lhs is BxMxK or 1xMxK, rhs BxKxN or 1xKxN (BxNxK where `transposed`), bias null or N. A rhs that is
/// no constant is packed by tt.pack first; a constant, and the bias, may have 16 bits. The result is BxMxN.
mlir::Value makeGemm(Lowering &l, mlir::Value lhs, mlir::Value rhs, bool transposed, mlir::Value bias);

/// The lowered zero point of an integer contraction; null where it is missing or known to be 0.
mlir::Value getZeroPoint(Lowering &l, mlir::Value graphZero);

/// `x - zero` in i32; both of `graphElement`, `zero` may be null.
mlir::Value subtractZeroPoint(ScalarBuilder &s, mlir::Value x, mlir::Type graphElement, mlir::Value zero);

/// A constant with its dimensions permuted, computed now.
mlir::Value transposeConstant(Lowering &l, mlir::ElementsAttr attr, llvm::ArrayRef<int64_t> perm);

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_CONTRACTION_H
