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

/// The element type in which kernels add products of `element`: i32 for i16 and i8, else f32.
mlir::Type getSumType(mlir::Type element);

/// tt.gemm of f32, or of i16 or bytes with the result in i32: lhs is BxMxK or 1xMxK, rhs BxKxN or 1xKxN (BxNxK where
/// `transposed`), bias null or N. A rhs that is no constant is packed by tt.pack first; a constant, and the bias, may
/// have 16 bits. The result is BxMxN.
mlir::Value makeGemm(Lowering &l, mlir::Value lhs, mlir::Value rhs, bool transposed, mlir::Value bias);

/// A factor of an integer contraction: the lowered `tensor` of 8-bit integers minus its zero point, in i16; a constant
/// where both are. Both are of `graphElement`. `graphZero` may be null, has one element, or one for each index along
/// dimension `dim` (-1: has one).
mlir::Value subtractZeroPoint(Lowering &l, mlir::Value tensor, mlir::Type graphElement, mlir::Value graphZero,
                              int64_t dim);

/// The factors of an integer contraction as kernels take bytes: unsigned on the left, signed on the right. The result
/// is the sum of their products, plus `start` of its column, minus `rhsZero` of its column times (the sum of its row of
/// `lhs` minus `rowOffset`).
struct ByteFactors {
  mlir::Value lhs;         ///< of i8
  mlir::Value rhs;         ///< of i8, of the shape of the graph's right-hand side
  mlir::Value lhsZero;     ///< a scalar i8: the byte that stands for 0 on the left
  bool hasLhsZero = false; ///< that is not in `start`: what it adds is to be taken away
  mlir::Value start;       ///< i32, one for each column; null: 0
  mlir::Value rhsZero;     ///< i32, one for each column or one for all; null: 0
  mlir::Value rowOffset;   ///< i32, one element, where there is a `rhsZero`
};

/// The graph's operands of an integer contraction, zero points included (these may be null).
struct IntegerOperands {
  mlir::Value lhs, lhsZero, rhs, rhsZero;
  int64_t column; ///< the dimension of `rhs` that runs over columns of the result
};

/// The operands as bytes, where `rhs` and its zero points are constants, `lhs` has one zero point and every element of
/// `rhs` minus its zero point fits 8 signed bits, or `takesRowSums`. Nothing otherwise: then subtractZeroPoint() does.
std::optional<ByteFactors> getByteFactors(Lowering &l, const IntegerOperands &operands, bool takesRowSums);

/// The operands as bytes where `rhs` only exists at run time, but its depth is known; `lhs` has one zero point, `rhs`
/// one or one for each column, of rank 1 at most. Nothing otherwise.
std::optional<ByteFactors> getRunTimeByteFactors(Lowering &l, const IntegerOperands &operands);

/// The sums of unsigned bytes along the last dimension, which becomes 1, in i32.
mlir::Value makeRowSums(Lowering &l, mlir::Value bytes);

/// makeGemm() of `factors`, whose `lhs` and `rhs` these are in its form.
mlir::Value makeByteGemm(Lowering &l, const ByteFactors &factors, mlir::Value lhs, mlir::Value rhs, bool transposed);

/// A constant with its dimensions permuted, computed now.
mlir::Value transposeConstant(Lowering &l, mlir::ElementsAttr attr, llvm::ArrayRef<int64_t> perm);

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_CONTRACTION_H
