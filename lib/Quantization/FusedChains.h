//===- FusedChains.h - values inside of one kernel ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_QUANTIZATION_FUSEDCHAINS_H
#define TT_LIB_QUANTIZATION_FUSEDCHAINS_H

#include "mlir/IR/Value.h"

namespace tt {

/// The op that has one result and is the only reader of `value` but for tt.observe; null where there is none.
mlir::Operation *getOnlyReader(mlir::Value value);

/// Whether `op` adds a constant vector, or scalar, to the result of a matrix product.
bool isBiasAdd(mlir::Operation *op);

/// Whether `op` is tt.relu, or tt.clip between constants: its integer form is the saturation of the op before it.
bool isSaturation(mlir::Operation *op);

/// Whether nothing reads `value` but the next op of the kernel that makes it, so that it is never rounded to integers:
/// a product before its bias, a contraction or sum before its saturation.
bool isInsideKernel(mlir::Value value);

} // namespace tt

#endif // TT_LIB_QUANTIZATION_FUSEDCHAINS_H
