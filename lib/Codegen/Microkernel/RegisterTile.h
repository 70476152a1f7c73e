//===- RegisterTile.h - accumulators of one register tile -------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H
#define TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H

#include "TileBuilder.h"

namespace tt {

/// The vectors of one row of panels that a register tile reads: step `k` of vector `v` is
/// `packed[outer, panel[v], k, (offset[v] .. offset[v] + lanes) * unit)`.
struct PanelColumns {
  mlir::Value packed; ///< [outer, panels, K / unit, 16 * unit]
  mlir::Value outer;
  mlir::SmallVector<mlir::Value> panel, offset;
  int64_t unit = 1; ///< neighbours along K that one step takes

  mlir::Type element() const { return mlir::cast<mlir::MemRefType>(packed.getType()).getElementType(); }
};

/// Columns [column, column + vectors * lanes) of `packed`, panels of rank 4 or 5. `aligned`: `column` is a multiple
/// of 16.
PanelColumns panelColumns(TileBuilder &tile, mlir::Value packed, mlir::Value outer, mlir::Value column, int64_t vectors,
                          bool aligned);

/// Prefetches the panels behind the ones in use into the second-level cache, a bit in every step of every tile that
/// reads the panels in use, so that they are there when the first tile asks for them: panels that come from memory
/// would else halt that tile. Off (`flat` is null) where the sizes are dynamic or there are so many tiles that the
/// first one does not matter.
struct PanelPrefetch {
  mlir::Value flat;   ///< the packed buffer as one row of elements
  mlir::Value first;  ///< where the current tile's share starts
  int64_t stride = 0; ///< elements per step

  /// `tileNumber` counts the `tiles` tiles that read the same `vectors` vectors.
  static PanelPrefetch create(TileBuilder &tile, const PanelColumns &panels, int64_t vectors, mlir::Value tileNumber,
                              int64_t tiles);
  /// The share of the `number` steps from `k` on.
  void steps(TileBuilder &tile, mlir::Value k, int64_t number) const;
};

/// accumulator[i] += a[2i] * b[2i] + a[2i + 1] * b[2i + 1]: pairs of bf16 into f32, or, on x86, of i16 into i32.
mlir::Value dotPairs(TileBuilder &tile, mlir::Value a, mlir::Value b, mlir::Value accumulator);

/// A step of the reduction: gives the accumulators after step `k`.
using StepFunction = llvm::function_ref<mlir::SmallVector<mlir::Value>(mlir::Value k, mlir::ValueRange accumulators)>;

/// rows * vectors zero accumulators of type `element`, row by row. Where products of bytes need one more row (see
/// QuadProduct), that is there too, until takeBack() adds it to the others and drops it.
mlir::SmallVector<mlir::Value> zeroAccumulators(TileBuilder &tile, int64_t rows, const PanelColumns &panels,
                                                mlir::Type element);
void takeBack(TileBuilder &tile, mlir::SmallVectorImpl<mlir::Value> &accumulators, const PanelColumns &panels);

/// The rows of the left-hand side of a register tile: element `k` of row r is `buffer[prefix[r]..., first[r] + k]`.
struct LeftRows {
  mlir::Value buffer;
  mlir::SmallVector<mlir::SmallVector<mlir::Value>> prefix;
  mlir::SmallVector<mlir::Value> first;

  int64_t rows() const { return first.size(); }
  /// Element `k` of row `r`.
  mlir::Value element(TileBuilder &tile, int64_t r, mlir::Value k) const;
  /// Elements [k, k + number) of row `r`, which must be neighbours in memory.
  mlir::Value vector(TileBuilder &tile, int64_t r, mlir::Value k, int64_t number) const;
  /// Run `k` of `unit` neighbours of row `r`, or of the row behind the last one (see QuadProduct).
  mlir::Value run(TileBuilder &tile, int64_t r, mlir::Value k, int64_t unit) const;
  /// The index of element `k` of row `r`.
  mlir::SmallVector<mlir::Value> index(TileBuilder &tile, int64_t r, mlir::Value k) const;
};

/// One step of the reduction: accumulator (r, v) += left(r, k) * panels(step, v). Panels of pairs multiply elements 2k
/// and 2k + 1: bf16 by one instruction that adds to f32 accumulators, f16 into accumulators of f16. Panels of runs of
/// four bytes multiply elements 4k to 4k + 3.
mlir::SmallVector<mlir::Value> multiplyStep(TileBuilder &tile, mlir::ValueRange accumulators, const LeftRows &left,
                                            mlir::Value k, const PanelColumns &panels, mlir::Value step);

/// All steps of the reduction: accumulator (r, v) += the sum over k in [0, depth) of left(r, k) * panels(first + k, v),
/// in the order of k. Where the target multiplies by one lane of a register, the left-hand side is loaded in vectors of
/// as many steps. Products of pairs of f16 go into accumulators of f16, which are added to the f32 `accumulators` after
/// every kShortSteps steps at least; there `depth` must be constant.
mlir::SmallVector<mlir::Value> multiplySteps(TileBuilder &tile, mlir::ValueRange accumulators, const LeftRows &left,
                                             const PanelColumns &panels, mlir::Value first, mlir::Value depth,
                                             const PanelPrefetch &prefetch);

/// What is left of a reduction over the first `depth` elements of rows when all whole runs of a unit are done: the last
/// elements with zeros behind them. Panels of f16 need to know whether there are any.
mlir::SmallVector<mlir::Value> multiplyRest(TileBuilder &tile, mlir::ValueRange accumulators, const LeftRows &left,
                                            const PanelColumns &panels, mlir::Value depth);

/// True where the steps of `panels` need accumulators of their own.
bool accumulatesInF16(const PanelColumns &panels);

/// The most steps whose products are added in f16.
inline constexpr int64_t kShortSteps = 64;

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H
