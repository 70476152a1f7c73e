//===- Elementwise.h - scalar bodies of the elementwise graph ops ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLINALG_ELEMENTWISE_H
#define TT_LIB_CODEGEN_TOLINALG_ELEMENTWISE_H

#include "Lowering.h"

namespace tt::tolinalg {

/// Makes the result element of `op` from its operands' elements (lowered types; f16 and bf16 arrive as f32 and the
/// result is narrowed by the caller, except where `keepsNarrow`).
struct ScalarOp {
  mlir::Value (*body)(ScalarBuilder &s, mlir::Operation *op, mlir::ValueRange x);
  bool keepsNarrow = false; ///< compares, selects or converts only: no detour through f32
};

/// Op name -> scalar body, for every op of ElementwiseOps.td.
const llvm::StringMap<ScalarOp> &getScalarOps();

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_ELEMENTWISE_H
