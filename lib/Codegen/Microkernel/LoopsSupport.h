//===- LoopsSupport.h - what the loop emitters share ------------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// Index arithmetic that folds constants, flat views of buffers, loads and stores of several lanes, horizontal folding
// of vectors and parallel chunks. Used by the emitters of loops (Loops*.cpp), row kernels and copies.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_LOOPSSUPPORT_H
#define TT_LIB_CODEGEN_MICROKERNEL_LOOPSSUPPORT_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Support/LLVM.h"

namespace tt {

/// What the emitters need to know about the target.
struct LoopTarget {
  int64_t lanes; ///< f32 lanes of a vector register

  /// True if a fused multiply-add is an instruction (x86-64-v3 and later) and not a call of libm.
  bool hasFma() const { return lanes >= 8; }
  /// True if the target loads and stores `bytes`-wide elements under a mask without branches.
  bool hasMaskedAccess(int64_t bytes) const { return lanes >= 16 || (lanes >= 8 && (bytes == 4 || bytes == 8)); }
};

/// Reads `tt.target` of the module around `op`; an error at `op` if there is none.
mlir::FailureOr<LoopTarget> getLoopTarget(mlir::Operation *op);

/// Bytes that one element of `type` takes in memory (an i1 takes one byte, an index eight).
int64_t elementBytes(mlir::Type type);

/// Arithmetic on `index` values that folds what is known when the code is emitted.
struct IndexMath {
  mlir::OpBuilder &builder;
  mlir::Location loc;

  mlir::Value value(mlir::OpFoldResult v);
  mlir::OpFoldResult constant(int64_t v) { return builder.getIndexAttr(v); }
  mlir::OpFoldResult add(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult sub(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult mul(mlir::OpFoldResult a, mlir::OpFoldResult b);
  /// Quotients and remainders of values that are not negative; `b` is not zero.
  mlir::OpFoldResult div(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult rem(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult ceilDiv(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult min(mlir::OpFoldResult a, mlir::OpFoldResult b);
  mlir::OpFoldResult max(mlir::OpFoldResult a, mlir::OpFoldResult b);
};

/// A 1-D view of unit stride that starts at element [0, ..., 0] of `buffer` and reaches over all of it; i1 elements are
/// seen as i8, because a vector of i1 in memory would be packed bits.
mlir::Value flatten(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value buffer);

/// Loads `lanes` neighbouring elements of `view` (any rank, innermost stride 1, i1 already seen as i8) as values of
/// type `element`. With a mask, lanes outside it are not touched and read as zero.
mlir::Value loadLanes(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value view, mlir::ValueRange indices,
                      mlir::Type element, int64_t lanes, mlir::Value mask = {});

/// Loads `lanes` elements that are `stride` (2 or more) apart as neighbouring vectors from which the lanes are picked;
/// nothing behind the last element is touched. `index` is the first element of the 1-D `view`.
mlir::Value loadStrided(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value view, mlir::OpFoldResult index,
                        mlir::Type element, int64_t lanes, int64_t stride);

/// Stores a scalar or vector to `view` as `loadLanes` loads it.
void storeLanes(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value view, mlir::ValueRange indices,
                mlir::Value value, mlir::Value mask = {});

/// `buffer` with its i1 elements seen as i8; other buffers unchanged.
mlir::Value viewBoolAsByte(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value buffer);

/// A mask whose first `count` of `lanes` lanes are set.
mlir::Value firstLanes(mlir::OpBuilder &builder, mlir::Location loc, mlir::OpFoldResult count, int64_t lanes);

using Combine = llvm::function_ref<mlir::Value(mlir::OpBuilder &, mlir::Value, mlir::Value)>;

/// Combines the given vectors pairwise and then the lanes of the last one in halves: the same order on every run.
mlir::Value foldLanes(mlir::OpBuilder &builder, mlir::Location loc, mlir::SmallVector<mlir::Value> vectors,
                      Combine combine);

/// Lanes of the s given vectors of n lanes in the order v0[0], v1[0], ..., v0[1], ...: s vectors.
mlir::SmallVector<mlir::Value> interleave(mlir::OpBuilder &builder, mlir::Location loc,
                                          mlir::ArrayRef<mlir::Value> vectors);

/// The reverse of `interleave`.
mlir::SmallVector<mlir::Value> deinterleave(mlir::OpBuilder &builder, mlir::Location loc,
                                            mlir::ArrayRef<mlir::Value> vectors);

/// Emits `scf.for` from `low` to `high` (unsigned, step > 0) with loop-carried values. No loop is made where the count
/// is known to be zero or one.
mlir::SmallVector<mlir::Value>
emitFor(mlir::OpBuilder &builder, mlir::Location loc, mlir::OpFoldResult low, mlir::OpFoldResult high, int64_t step,
        mlir::ValueRange init,
        llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::OpFoldResult iv, mlir::ValueRange carried)> body);

/// A strip of a loop over neighbouring elements: `groups` vectors of `lanes` elements from `iv` on.
struct Strip {
  mlir::OpFoldResult iv;
  int64_t groups;
  int64_t lanes;
  mlir::Value mask; ///< null: all lanes
};

/// Emits the loop from `low` to `high` as strips of `unroll` vectors, then of one vector, then the tail: one masked
/// vector or, with `scalarTail`, single elements. The body returns the carried values.
mlir::SmallVector<mlir::Value>
emitStrips(mlir::OpBuilder &builder, mlir::Location loc, mlir::OpFoldResult low, mlir::OpFoldResult high, int64_t lanes,
           int64_t unroll, bool scalarTail, mlir::ValueRange init,
           llvm::function_ref<mlir::SmallVector<mlir::Value>(Strip, mlir::ValueRange carried)> body);

/// The run context (argument 0 of the function around `op`) if parallel code may be emitted at `op`, else null.
mlir::Value getParallelContext(mlir::Operation *op);

/// Units of work (see `emitChunks`) from which threads may pay.
inline constexpr int64_t parallelWork = 65536;

/// Splits `count` rows of `rowWork` units of work (about one vector-friendly scalar operation each) into chunks whose
/// size depends on these two numbers only, and emits `body(low, high)` for each: in a `tt.parallel_for` where `context`
/// is given and the work is or may be large, else once for all rows.
void emitChunks(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value context, mlir::OpFoldResult count,
                mlir::OpFoldResult rowWork,
                llvm::function_ref<void(mlir::OpFoldResult low, mlir::OpFoldResult high)> body);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_LOOPSSUPPORT_H
