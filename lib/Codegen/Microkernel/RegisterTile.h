//===- RegisterTile.h - accumulators of one register tile -------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H
#define TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H

#include "TileBuilder.h"

namespace tt {

/// The vectors of one row of panels that a register tile reads: element `k` of vector `v` is
/// `packed[outer, panel[v], k, offset[v] .. offset[v] + lanes)`.
struct PanelColumns {
  mlir::Value packed; ///< [outer, panels, K, 16]
  mlir::Value outer;
  mlir::SmallVector<mlir::Value> panel, offset;
};

/// Columns [column, column + vectors * lanes) of `packed`. `aligned`: `column` is a multiple of 16.
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
  /// The share of step `k`.
  void step(TileBuilder &tile, mlir::Value k) const;
};

/// rows * vectors zero accumulators of type `element`, row by row.
mlir::SmallVector<mlir::Value> zeroAccumulators(TileBuilder &tile, int64_t rows, int64_t vectors, mlir::Type element);

/// One step of the reduction: accumulator (r, v) += left(r) * panels(k, v). `left` gives the scalar of row r.
mlir::SmallVector<mlir::Value> multiplyStep(TileBuilder &tile, mlir::ValueRange accumulators,
                                            const PanelColumns &panels, mlir::Value k, int64_t rows,
                                            llvm::function_ref<mlir::Value(int64_t)> left);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H
