//===- Gather.h - reading and checking indices ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLINALG_GATHER_H
#define TT_LIB_CODEGEN_TOLINALG_GATHER_H

#include "Lowering.h"

namespace tt::tolinalg {

/// Makes sure that every element of `indices` (a lowered integer tensor) lies in [-size, size): at compile time where
/// both are constant, else by a reduction and a `tt.check` before anything reads them.
llvm::LogicalResult checkIndices(Lowering &l, mlir::Value indices, mlir::OpFoldResult size);

/// `position` (a signed integer element) as an index, counted from the end where negative.
mlir::Value normalizeIndex(ScalarBuilder &s, mlir::Value position, mlir::Value size);

/// out[o, j, i] = input[o, indices[j], i] for a rank-3 input and checked rank-1 indices. Copies slices where they are
/// long enough to pay, reads single elements otherwise.
mlir::Value makeGather(Lowering &l, mlir::Value input, mlir::Value indices);

/// Row numbers of index tuples: `tuples` is PxK, `sizes` the K sizes that they index. Each element is checked. The
/// result is a tensor of P index elements in row-major order of the indexed dimensions.
llvm::FailureOr<mlir::Value> makeRowNumbers(Lowering &l, mlir::Value tuples, llvm::ArrayRef<mlir::OpFoldResult> sizes);

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_GATHER_H
