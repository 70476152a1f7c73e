//===- Reduction.h - combining elements -----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLINALG_REDUCTION_H
#define TT_LIB_CODEGEN_TOLINALG_REDUCTION_H

#include "Lowering.h"

namespace tt::tolinalg {

/// The neutral element of `kind` in a lowered element type (mean counts as sum).
mlir::Value makeIdentity(ScalarBuilder &s, mlir::Type type, tt::ReduceKind kind, bool isUnsigned);

/// x combined with y (mean counts as sum).
mlir::Value combine(ScalarBuilder &s, tt::ReduceKind kind, mlir::Value x, mlir::Value y);

/// `input` combined over `axes`, which vanish. 16-bit floats give an f32 result; a mean is not yet divided.
mlir::Value makeReduction(Lowering &l, mlir::Value input, llvm::ArrayRef<int64_t> axes, tt::ReduceKind kind,
                          bool isUnsigned = false);

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_REDUCTION_H
