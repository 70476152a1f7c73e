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

/// rows * vectors zero accumulators of type `element`, row by row.
mlir::SmallVector<mlir::Value> zeroAccumulators(TileBuilder &tile, int64_t rows, int64_t vectors, mlir::Type element);

/// One step of the reduction: accumulator (r, v) += left(r) * panels(k, v). `left` gives the scalar of row r.
mlir::SmallVector<mlir::Value> multiplyStep(TileBuilder &tile, mlir::ValueRange accumulators,
                                            const PanelColumns &panels, mlir::Value k, int64_t rows,
                                            llvm::function_ref<mlir::Value(int64_t)> left);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_REGISTERTILE_H
