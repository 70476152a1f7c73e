//===- TileCost.cpp - which register tile, at what cost -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "TileCost.h"

#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <limits>

using namespace mlir;
using namespace tt;

namespace {

constexpr int64_t kMaxRows = 14;
constexpr int64_t kMaxVectors = 8;
/// More rows than this thrash 8-way caches when they alias (MEASURED.md: 14x32 fell to 75 % at K = 4096).
constexpr int64_t kMaxAliasingRows = 8;
/// Stands for an unknown number of rows, columns or steps of a reduction. Not a multiple of a tile, so that tails
/// count.
constexpr int64_t kTypicalRows = 127;
constexpr int64_t kTypicalColumns = 120;
constexpr int64_t kTypicalDepth = 256;
/// Loop control, zeroing and storing of one tile, in cycles, and of each accumulator.
constexpr double kTileCycles = 15, kAccumulatorCycles = 1.5;
/// Right-hand sides up to this many bytes are walked once per tile of rows (half of a 2 MiB second-level cache).
constexpr int64_t kResidentBytes = 1 << 20;
constexpr int64_t kMinColumnTiles = 8;
/// A single row reads each weight once: above kStreamedBytes it waits for memory, and neighbouring panels are read best
/// two at a time (measured: 1x2 16 to 38 % faster than 1x8 at 4096 x 4096, equal at 512 x 512).
constexpr int64_t kStreamedBytes = 64 << 10, kStreamedColumns = 32;
/// Work below this runs on one thread; chunks are made at least this big.
constexpr double kChunkFlop = 200e3;
/// Tiles of a Winograd product: fewer read the weights too often, more do not stay in the caches.
constexpr int64_t kWinogradTiles = 24;
constexpr int64_t kWinogradImageBytes = 2 << 20, kWinogradBlockBytes = 256 << 10;
/// Multiply-adds of f32 on two units of 16 lanes; bytes of weights that memory or the third-level cache give in the
/// same time; cycles for one vector of one component, for loading, adding and storing it.
constexpr double kMultipliesPerCycle = 32, kMemoryBytesPerCycle = 4, kWinogradTransformCycles = 3;
/// More chunks than this give no better balance.
constexpr int64_t kMaxChunks = 64;

int64_t orTypical(int64_t size, int64_t typical) { return ShapedType::isDynamic(size) ? typical : size; }

/// Cycles of one step of the reduction of a tile: the units are busy, or wait for a result, or for loads. Loads of the
/// right-hand side come from the second-level cache and weigh a bit more than those of the left.
double stepCycles(int64_t rows, int64_t vectors, const RegisterFile &file) {
  double left = file.byElement ? static_cast<double>(rows) / file.lanes : rows;
  double multiply = rows * vectors / 2.0, loads = (left + vectors) / 2.0, latency = 4;
  return std::max({multiply, loads, latency}) + 0.04 * rows + 0.11 * vectors;
}

double tileCycles(int64_t rows, int64_t vectors, int64_t depth, const RegisterFile &file) {
  return rows == 0 || vectors == 0
             ? 0
             : depth * stepCycles(rows, vectors, file) + kTileCycles + kAccumulatorCycles * rows * vectors;
}

/// The accumulators, one row of right-hand vectors and one broadcast element are alive at once; without fused
/// multiply-add also the product. Where elements are lanes of registers, some steps of every row are.
int64_t aliveRegisters(int64_t rows, int64_t vectors, const RegisterFile &file) {
  if (file.byElement)
    return rows * vectors + vectors + rows + 1;
  if (file.splitsRuns)
    return rows * vectors + 2 * vectors + 3;
  bool fused = file.lanes > 4 || file.registers > 16;
  return rows * vectors + vectors + (fused ? 1 : 2);
}

/// AVX-512 broadcasts from memory inside the multiply-add, which makes 7x4 fit.
bool fits(int64_t rows, int64_t vectors, const RegisterFile &file) {
  return aliveRegisters(rows, vectors, file) <= file.registers ||
         (file.lanes == 16 && file.fromMemory && rows == 7 && vectors == 4);
}

/// Tiles that fill the register file leave none to the epilogue: of two equal tiles, the smaller one is better. With
/// lanes of registers as factors the tile that llvm-mca sees busiest is one of whole panels (5x4, benchmarks/kernels).
double crowding(int64_t rows, int64_t vectors, const RegisterFile &file) {
  if (file.byElement)
    return vectors * file.lanes % 16 != 0 ? 1.03 : 1.0;
  return file.registers >= 32 && aliveRegisters(rows, vectors, file) > file.registers - 4 ? 1.02 : 1.0;
}

} // namespace

Tile tt::chooseProductTile(const Product &product, const RegisterFile &file) {
  int64_t rows = orTypical(product.rows, kTypicalRows), depth = orTypical(product.depth, kTypicalDepth);
  int64_t vectors = llvm::divideCeil(orTypical(product.columns, kTypicalColumns), file.lanes);
  // An unknown number of rows makes one tail tile per power of two below the tile's rows: keep these few.
  bool few = product.rowsAlias || ShapedType::isDynamic(product.rows);
  int64_t maxRows = std::clamp<int64_t>(rows, 1, few ? kMaxAliasingRows : kMaxRows);
  int64_t maxVectors = std::clamp<int64_t>(vectors, 1, kMaxVectors);
  if (product.rows == 1 && depth * vectors * file.lanes * 4 > kStreamedBytes)
    maxVectors = std::min(maxVectors, kStreamedColumns / file.lanes);
  Tile best{1, 1};
  double bestCost = std::numeric_limits<double>::infinity();
  for (int64_t r = 1; r <= maxRows; ++r)
    for (int64_t v = 1; v <= maxVectors; ++v) {
      if (!fits(r, v, file))
        continue;
      int64_t rowTail = rows % r, vectorTail = vectors % v;
      auto column = [&](int64_t width) {
        return (rows / r) * tileCycles(r, width, depth, file) + tileCycles(rowTail, width, depth, file);
      };
      double cost = ((vectors / v) * column(v) + column(vectorTail)) * crowding(r, v, file);
      // Each kind of tail is one more loop nest in the code.
      cost *= 1 + 0.01 * (rowTail != 0) + 0.01 * (vectorTail != 0);
      if (cost < bestCost) {
        bestCost = cost;
        best = {r, v};
      }
    }
  return best;
}

Tile tt::chooseDepthwiseTile(int64_t rows, int64_t columns, int64_t kh, int64_t kw, int64_t sh, int64_t sw,
                             const RegisterFile &file) {
  rows = orTypical(rows, kTypicalRows);
  columns = orTypical(columns, kTypicalColumns);
  kh = orTypical(kh, 3);
  kw = orTypical(kw, 3);
  // Cycles of a block of r x c outputs: every input under it and every tap is loaded once.
  auto block = [&](int64_t r, int64_t c) -> double {
    if (r == 0 || c == 0)
      return 0;
    double multiply = r * c * kh * kw / 2.0;
    double loads = (((r - 1) * sh + kh) * ((c - 1) * sw + kw) + kh * kw) / 2.0;
    double latency = 4.0 * kh * kw;
    return std::max({multiply, loads, latency}) + kTileCycles + kAccumulatorCycles * r * c;
  };
  Tile best{1, 1};
  double bestCost = std::numeric_limits<double>::infinity();
  for (int64_t r = 1; r <= std::clamp<int64_t>(rows, 1, 4); ++r)
    for (int64_t c = 1; c <= std::clamp<int64_t>(columns, 1, 8); ++c) {
      // Half the registers hold outputs; the others inputs and taps. Where none of these comes from memory inside the
      // multiply-add, wide windows leave less to outputs (found by counting spills: 14 for 3x3, 10 for 5x5).
      if (2 * r * c > file.registers || (file.byElement && r * c > std::max<int64_t>(4, 20 - 2 * kw * sw)))
        continue;
      auto line = [&](int64_t height) { return (columns / c) * block(height, c) + block(height, columns % c); };
      double cost = (rows / r) * line(r) + line(rows % r);
      if (cost < bestCost) {
        bestCost = cost;
        best = {r, c};
      }
    }
  return best;
}

WinogradPlan tt::planWinograd(const WinogradShape &shape, int64_t outputs) {
  int64_t rows = llvm::divideCeil(shape.height, outputs), columns = llvm::divideCeil(shape.width, outputs);
  int64_t side = outputs + 2, bytes = side * side * (shape.channels + shape.columns) * 4;
  // Weights that do not stay in the second-level cache are read once for all tiles, others once for each block.
  bool isLarge = side * side * shape.channels * shape.columns * 4 >= kResidentBytes;
  if (rows * columns * bytes <= (isLarge ? kWinogradImageBytes : kWinogradBlockBytes))
    return {true, rows, rows * columns};
  int64_t wanted = llvm::divideCeil(kWinogradTiles, columns);
  return {false, std::min(wanted, rows), std::min(wanted, rows) * columns};
}

double tt::estimateDirectCycles(const WinogradShape &shape) {
  double weights = 9.0 * shape.channels * shape.columns;
  double multiply = weights * shape.height * shape.width / kMultipliesPerCycle;
  return std::max(multiply, weights * 4 / kMemoryBytesPerCycle * (weights * 4 > kResidentBytes));
}

double tt::estimateWinogradCycles(const WinogradShape &shape, int64_t outputs) {
  WinogradPlan plan = planWinograd(shape, outputs);
  int64_t side = outputs + 2;
  double tiles = llvm::divideCeil(shape.height, outputs) * llvm::divideCeil(shape.width, outputs);
  double weights = 1.0 * side * side * shape.channels * shape.columns;
  double multiply = weights * tiles / kMultipliesPerCycle;
  // Each product reads the weights of its component once.
  double passes = tiles / plan.tiles;
  if (weights * 4 > kResidentBytes)
    multiply = std::max(multiply, passes * weights * 4 / kMemoryBytesPerCycle);
  double vectors = llvm::divideCeil(shape.channels, 16) + llvm::divideCeil(shape.columns, 16);
  double transforms = tiles * vectors * side * side * kWinogradTransformCycles;
  return 1.1 * (multiply + transforms);
}

StringRef tt::chooseOrder(int64_t rightBytes, int64_t leftBytes, int64_t outputBytes, int64_t columnTiles) {
  if (ShapedType::isDynamic(rightBytes))
    return "mn";
  if (rightBytes > kResidentBytes)
    return "nm";
  // Rows that stay in the second-level cache: going over them for every tile of columns moves less from there than
  // going over all panels for every tile of rows (measured: 4 to 8 % at 196 x 256 x 1024 and 49 x 160 x 960). Few tiles
  // of columns would not spread over threads.
  // An output that does not stay there is better written row after row (3136 x 64 x 256).
  bool smallLeft = !ShapedType::isDynamic(leftBytes) && leftBytes < kResidentBytes && outputBytes <= kResidentBytes;
  return smallLeft && columnTiles >= kMinColumnTiles ? "nm" : "mn";
}

int64_t tt::chooseChunk(double flop, int64_t units) {
  int64_t atLeast = std::max<int64_t>(1, static_cast<int64_t>(kChunkFlop / std::max(flop, 1.0)));
  if (ShapedType::isDynamic(units))
    return atLeast;
  if (flop * units < kChunkFlop / 2)
    return 0;
  return std::max<int64_t>(atLeast, llvm::divideCeil(units, kMaxChunks));
}
