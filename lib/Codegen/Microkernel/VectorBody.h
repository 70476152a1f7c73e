//===- VectorBody.h - clone scalar region bodies onto vectors ---*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// The bodies of linalg ops and the epilogues of kernel ops are written on scalars. The emitters of this folder run them
// on `vector<lanes x T>` values: this file clones a body op by op onto vectors.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_VECTORBODY_H
#define TT_LIB_CODEGEN_MICROKERNEL_VECTORBODY_H

#include "mlir/IR/Block.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Support/LLVM.h"

namespace tt {

/// Called by `cloneOnVectors` for an op that has a vector among its mapped operands and is not elementwise. Returns
/// true after it has mapped every result of `op`, false to refuse the op.
using CloneHook = llvm::function_ref<bool(mlir::OpBuilder &, mlir::Operation &op, mlir::IRMapping &)>;

/// Clones all ops of `body` but its terminator at the builder's place, and returns the values that stand for the
/// operands of the terminator.
///
/// `scalarToVector` maps the block's arguments, each either to a `vector<lanes x T>` or to a scalar `T` that is the
/// same in every lane. Values from outside the body that are not in the map are scalars and used as they are. An op
/// none of whose operands is a vector is cloned as it is (it must not write memory; `tt.check` is allowed); an
/// elementwise op with a vector operand becomes the same op on vectors, its scalar operands broadcast. Ops all of whose
/// results are in the map already are skipped, so that a caller may give `linalg.index` its meaning beforehand. `hook`
/// handles the rest.
///
/// With `lanes` = 1 everything is a scalar and every op is cloned as it is; otherwise all returned values are vectors.
/// Fails with an error at the op that cannot be put on vectors.
mlir::FailureOr<mlir::SmallVector<mlir::Value>> cloneOnVectors(mlir::OpBuilder &builder, mlir::Block &body,
                                                               mlir::IRMapping &scalarToVector, int64_t lanes,
                                                               CloneHook hook = {});

/// Returns the first op of `body` that `cloneOnVectors` would refuse without a hook when the arguments of `body` for
/// which `isVector` holds, and the results of ops for which `isVectorSource` holds, are vectors; null if there is none.
mlir::Operation *findUnvectorizable(mlir::Block &body, llvm::function_ref<bool(mlir::BlockArgument)> isVector,
                                    llvm::function_ref<bool(mlir::Operation &)> isVectorSource);

/// `value` as `vector<lanes x T>`: itself if it is a vector, else a broadcast. With `lanes` = 1 `value` itself.
mlir::Value broadcastTo(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value value, int64_t lanes);

/// The type of `lanes` values of `element`: `element` itself for one lane.
mlir::Type laneType(mlir::Type element, int64_t lanes);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_VECTORBODY_H
