//===- TileCost.h - which register tile, at what cost -----------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// The only place that knows tile sizes. Costs are estimated cycles of one core with two multiply-add units, two loads
// per cycle and a latency of four cycles; they serve to compare tiles, not to predict times.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_CONFIG_TILECOST_H
#define TT_LIB_CODEGEN_CONFIG_TILECOST_H

#include "tt/Dialect/IR/TTDialect.h"

namespace tt {

/// The register file of the target.
struct RegisterFile {
  int64_t lanes;           ///< f32 elements of a register
  int64_t registers;       ///< vector registers
  bool byElement;          ///< a factor of a multiply-add may be any lane of a register, but none comes from memory
  bool fromMemory = true;  ///< of AVX-512: a factor that is repeated may come from memory
  bool splitsRuns = false; ///< runs of bytes are multiplied as two vectors of pairs each
};

/// A product of `rows` x `depth` by `depth` x `columns`, done `repeat` times on different data (batch items, groups,
/// output rows of an image). `depth` counts the steps of the reduction. mlir::ShapedType::kDynamic where a size is not
/// known.
struct Product {
  int64_t rows, columns, depth, repeat;
  bool rowsAlias; ///< neighbouring rows may be a multiple of 2 KiB apart, so that many rows fight for few cache sets
};

/// Rows and vectors of a register tile; for depthwise convolutions rows and columns of the output image.
struct Tile {
  int64_t rows, vectors;
};

/// The tile with the least estimated cost, tails included.
Tile chooseProductTile(const Product &product, const RegisterFile &file);

/// The tile for a depthwise convolution of KH x KW taps with strides SH, SW and an output image of `rows` x `columns`.
Tile chooseDepthwiseTile(int64_t rows, int64_t columns, int64_t kh, int64_t kw, int64_t sh, int64_t sw,
                         const RegisterFile &file);

/// One image of a 3x3 convolution with stride 1: output rows and columns, input and output channels.
struct WinogradShape {
  int64_t height, width, channels, columns;
};

/// How tt.conv_winograd walks.
struct WinogradPlan {
  bool wholeImage; ///< all tiles of an image at once, whose scratch fits the second-level cache, or nearly
  int64_t rows;    ///< else: rows of tiles handled at once
  int64_t tiles;   ///< tiles that one product sees
};
WinogradPlan planWinograd(const WinogradShape &shape, int64_t outputs);

/// Cycles of the direct form and of F(outputs x outputs, 3 x 3), transforms and reading of weights included. Both are
/// for 16 lanes; they serve to choose between the two, and the ratio is about the same for shorter vectors.
double estimateDirectCycles(const WinogradShape &shape);
double estimateWinogradCycles(const WinogradShape &shape, int64_t outputs);

/// "mn" where all right-hand panels (`rightBytes`) stay in the second-level cache while the rows go by, else "nm"; "nm"
/// as well where the left-hand side (`leftBytes`) and the output (`outputBytes`) stay there and there are enough tiles
/// of columns for threads.
llvm::StringRef chooseOrder(int64_t rightBytes, int64_t leftBytes, int64_t outputBytes, int64_t columnTiles);

/// How many units of `flop` operations each make one chunk when there are `units` of them (kDynamic: unknown): 0 where
/// the whole is too small for threads.
int64_t chooseChunk(double flop, int64_t units);

} // namespace tt

#endif // TT_LIB_CODEGEN_CONFIG_TILECOST_H
