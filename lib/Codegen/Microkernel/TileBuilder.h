//===- TileBuilder.h - indices, masked vectors and tile loops ---*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// What the contraction emitters share: index arithmetic that folds, loads and stores of vectors of which only the first
// lanes may touch memory, loops over tiles with their tails, and the split into chunks for threads.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_TILEBUILDER_H
#define TT_LIB_CODEGEN_MICROKERNEL_TILEBUILDER_H

#include "tt/Dialect/IR/Panels.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Support/LLVM.h"

namespace tt {

/// How many lanes of a vector stand for elements of the buffer, counted from lane 0.
struct ActiveLanes {
  int64_t fixed = 0;   ///< the number, where it is known
  mlir::Value dynamic; ///< else the number, an index between 1 and the number of lanes
};

/// How the target adds a product to a vector.
enum class MultiplyAdd {
  Separate, ///< in two instructions
  Fused,    ///< in one, of which a factor may be one scalar from memory
  ByElement ///< in one, of which a factor may be any lane of a register
};

/// How the target multiplies pairs of i16 and adds them to an accumulator of i32.
enum class PairProduct {
  Widening, ///< one element of the pair after the other, by multiply-adds of i16 in i32 (AArch64: smlal)
  AddPairs, ///< both in one instruction, their sum to the accumulator in another (x86: pmaddwd)
  DotPairs  ///< in one (x86: vpdpwssd of AVX512-VNNI and AVX-VNNI)
};

/// How the target multiplies runs of four bytes, unsigned on the left and signed on the right, and adds them to an
/// accumulator of i32.
enum class QuadProduct {
  Pairs, ///< as pairs of i16: first the even elements, then the odd ones
  Mixed, ///< in one instruction (vpdpbusd of AVX512-VNNI and AVX-VNNI, usdot of AArch64's i8mm)
  Signed ///< in one that takes signed bytes (sdot of AArch64's dotprod): the left-hand side is read minus 128, and one
         ///< more row of a tile, nothing but -128, gives the sums of the right-hand side that this takes away
};

/// Makes the parts of a kernel's loop nest at `builder`'s place. Index operations fold, so sizes that are constants
/// stay constants.
class TileBuilder {
public:
  /// `lanes`: f32 elements of one vector.
  /// `context`: the run's context, an `!llvm.ptr`, or null where there are no threads.
  TileBuilder(mlir::OpBuilder &builder, mlir::Location loc, int64_t lanes, MultiplyAdd instruction, mlir::Value context)
      : builder(builder), loc(loc), lanes(lanes), instruction(instruction), context(context) {}

  mlir::Value index(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b) { return add(a, index(b)); }
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b) { return mul(a, index(b)); }
  mlir::Value min(mlir::Value a, mlir::Value b);
  /// Quotients and remainders of non-negative numbers, rounded down (`ceilDiv`: up).
  mlir::Value div(mlir::Value a, int64_t b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, int64_t b);
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value ceilDiv(mlir::Value a, int64_t b);
  /// Size of dimension `dim` of `buffer`.
  mlir::Value size(mlir::Value buffer, int64_t dim);

  mlir::VectorType vectorOf(mlir::Type element) { return mlir::VectorType::get({lanes}, element); }
  ActiveLanes allLanes() { return {lanes, {}}; }
  bool isFull(const ActiveLanes &active) { return !active.dynamic && active.fixed == lanes; }

  mlir::Value constant(mlir::Type floatType, double value);
  mlir::Value zero(mlir::Type element);
  /// A vector of zeros.
  mlir::Value zeros(mlir::Type element);
  mlir::Value splat(mlir::Value scalar);
  /// `value` (scalar or vector of floats, or of signed integers) widened or narrowed to `element`, of the same kind.
  mlir::Value convert(mlir::Value value, mlir::Type element);
  /// `a + b` on vectors.
  mlir::Value plus(mlir::Value a, mlir::Value b);
  /// `a * b + c` on vectors.
  mlir::Value multiplyAdd(mlir::Value a, mlir::Value b, mlir::Value c);

  /// The elements of `buffer` from `indices` on along dimension `dim`. Only active lanes are read; what the others hold
  /// is of no meaning. Contiguous in `dim`: one (masked) load, else one load per lane.
  mlir::Value load(mlir::Value buffer, mlir::ValueRange indices, int64_t dim, const ActiveLanes &active);
  /// Writes the active lanes of `value` to `buffer` from `indices` on along its last dimension.
  void store(mlir::Value value, mlir::Value buffer, mlir::ValueRange indices, const ActiveLanes &active);

  /// A loop `for i in [lo, hi) step step`.
  void forLoop(mlir::Value lo, mlir::Value hi, int64_t step, llvm::function_ref<void(mlir::Value)> body);
  /// The same with values that go through the iterations; returns what the last one left.
  mlir::SmallVector<mlir::Value>
  reduceLoop(mlir::Value lo, mlir::Value hi, int64_t step, mlir::ValueRange init,
             llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body);
  /// From 0 to `hi` in steps of one.
  mlir::SmallVector<mlir::Value>
  reduceLoop(mlir::Value hi, mlir::ValueRange init,
             llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::Value, mlir::ValueRange)> body) {
    return reduceLoop(index(0), hi, 1, init, body);
  }
  void ifEqual(mlir::Value a, mlir::Value b, llvm::function_ref<void()> body);

  /// Covers the rows [lo, hi) of a dimension of `size` rows (lo: a multiple of `rows`, hi: that or `size`) with
  /// `body(first, number)`: tiles of `rows` rows, then what is left: one tile of exactly so many rows where `size` is
  /// static, else tiles of falling powers of two.
  void forRows(mlir::Value lo, mlir::Value hi, mlir::Value size, int64_t rows,
               llvm::function_ref<void(mlir::Value, int64_t)> body);
  /// Covers the columns [lo, hi) of a dimension of `size` columns in the same way with `body(first, vectors, active
  /// lanes of the last vector)`; what a dynamic size leaves is walked one vector at a time.
  void forColumns(mlir::Value lo, mlir::Value hi, mlir::Value size, int64_t vectors,
                  llvm::function_ref<void(mlir::Value, int64_t, ActiveLanes)> body);
  /// Cuts [0, size) of each of `batch` items into pieces of `piece` (0: whole) and calls `body(item, lo, hi)`, on the
  /// session's threads where there is a context and more than one piece. The cut depends on sizes only. `thread` is
  /// valid inside `body`.
  void forChunks(mlir::Value batch, mlir::Value size, int64_t piece,
                 llvm::function_ref<void(mlir::Value, mlir::Value, mlir::Value)> body);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  int64_t lanes;
  MultiplyAdd instruction;
  PairProduct pairs = PairProduct::Widening;
  QuadProduct quads = QuadProduct::Pairs;
  mlir::Value context;
  mlir::Value thread; ///< inside forChunks: the number of the thread that runs the chunk

private:
  mlir::Value mask(const ActiveLanes &active);
};

/// True where neighbouring elements along `dim` are neighbours in memory and vectors of them can be loaded (i1 elements
/// are one byte each in buffers, but bits in vectors).
bool isVectorAccess(mlir::MemRefType type, int64_t dim);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_TILEBUILDER_H
