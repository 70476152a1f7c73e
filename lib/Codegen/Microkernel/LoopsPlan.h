//===- LoopsPlan.h - loop order and vector dimension ------------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_LOOPSPLAN_H
#define TT_LIB_CODEGEN_MICROKERNEL_LOOPSPLAN_H

#include "LoopsNest.h"

namespace tt {

/// How a value of a body changes from lane to lane when the vector runs along one loop.
enum class LaneKind {
  Uniform, ///< the same in all lanes
  Step,    ///< grows by one: the loop's index plus something uniform
  Varying, ///< anything else
};

/// How a nest is emitted: `outer` loops, then the loop along which vectors run, then `reductions` (if the vector runs
/// along a parallel loop; else the reductions come first).
struct LoopPlan {
  mlir::SmallVector<unsigned> outer;      ///< parallel loops from the outside in
  mlir::SmallVector<unsigned> reductions; ///< in the order of the op
  std::optional<unsigned> vectorDim;      ///< none: scalar code, all loops are in the two lists
  /// Set where operands lie along another loop than the vector loop: square tiles of both loops are transposed in
  /// registers. The last of the `outer` loops.
  std::optional<unsigned> tileDim;
  /// A short parallel loop inside the vector loop (the channels of an image, say): it is unrolled, and the lanes of
  /// operands that hold its elements side by side are interleaved. In neither list.
  std::optional<unsigned> packDim;
  bool isVectorReduction = false;
  bool isSequential = false; ///< an output moves along a reduction: no accumulators, no threads
  int64_t lanes = 1;
  int64_t unroll = 1;
  bool scalarTail = false;
  int64_t elementWork = 1;                     ///< cost of one point, in cheap scalar operations
  llvm::DenseMap<mlir::Value, LaneKind> kinds; ///< of the values of the body, for `vectorDim`
};

/// The distance of neighbouring lanes of `access` if it is small enough for `loadStrided`, else 0.
int64_t shortStride(const LoopAccess &access, unsigned vectorDim);

/// True for an input that `plan` reads along `tileDim` and transposes.
bool isTransposed(const LoopAccess &access, const LoopPlan &plan);

/// True for an operand that holds the elements of `packDim` side by side within each step of the vector loop.
bool isPacked(const LoopAccess &access, const LoopPlan &plan, const LoopNest &nest);

/// Chooses by a small cost model: loads and stores of contiguous vectors cost one, elements gathered one by one cost
/// `lanes` each, a vector that is partly empty costs as much as a full one.
LoopPlan planNest(const LoopNest &nest, const LoopTarget &target);

/// The op that combines output `number` (block argument) with a new value, if the body is `yield op(output, value)`
/// with an associative and commutative `op`; else null.
mlir::Operation *findCombiner(mlir::linalg::GenericOp op, unsigned number);

/// True for a memref.load of the body whose lanes are neighbours in memory.
bool isContiguousLoad(mlir::Operation &load, const LoopPlan &plan);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_LOOPSPLAN_H
