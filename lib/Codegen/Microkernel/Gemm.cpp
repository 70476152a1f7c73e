//===- Gemm.cpp - loop nest of tt.gemm ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// chunks of (batch, outermost tiles)             on the session's threads
//   tiles of vectors * lanes columns ("nm") or of rows ("mn")
//     tiles of the other dimension
//       k: accumulators in registers, left elements broadcast, right vectors from panels
//       epilogue on the accumulators, one store
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "Epilogue.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace tt;

/// Two units with a latency of four cycles are busy with this many sums that do not depend on each other.
static constexpr int64_t kIndependentSums = 8;

/// The index into dimension 0 of `buffer` that belongs to batch item `item`: the item, or 0 where there is only one.
static Value batchIndex(TileBuilder &tile, Value buffer, Value item, bool oneItem) {
  Value size = tile.size(buffer, 0);
  if (oneItem || getConstantIntValue(size) == 1)
    return tile.index(0);
  if (getConstantIntValue(size))
    return item;
  Value single = arith::CmpIOp::create(tile.builder, tile.loc, arith::CmpIPredicate::eq, size, tile.index(1));
  return arith::SelectOp::create(tile.builder, tile.loc, single, tile.index(0), item);
}

/// The reduction over the steps [0, depth) that starts from the accumulators `first`. Few accumulators would wait for
/// each other: then several steps go side by side into accumulators of their own, which are added at the end. How many
/// depends on sizes only.
static SmallVector<Value> reduceSideBySide(TileBuilder &tile, const LeftRows &left, const PanelColumns &panels,
                                           Value depth, ValueRange first, const PanelPrefetch &prefetch) {
  int64_t number = first.size();
  int64_t ways = std::max<int64_t>(1, kIndependentSums / number);
  std::optional<int64_t> steps = getConstantIntValue(depth);
  if (ways == 1 || !steps || *steps < 4 * ways || accumulatesInF16(panels))
    return multiplySteps(tile, first, left, panels, tile.index(0), depth, prefetch);
  auto addStep = [&](Value k, ValueRange accumulators) {
    prefetch.steps(tile, k, 1);
    return multiplyStep(tile, accumulators, left, k, panels, k);
  };
  SmallVector<Value> many(first);
  many.resize(ways * number, tile.zeros(getElementTypeOrSelf(first.front())));
  Value whole = tile.index(*steps / ways * ways);
  many = tile.reduceLoop(tile.index(0), whole, ways, many, [&](Value k, ValueRange accumulators) {
    SmallVector<Value> next;
    for (int64_t way = 0; way < ways; ++way)
      llvm::append_range(next, addStep(tile.add(k, way), accumulators.slice(way * number, number)));
    return next;
  });
  SmallVector<Value> sums(ArrayRef<Value>(many).take_front(number));
  for (int64_t way = 1; way < ways; ++way)
    for (int64_t i = 0; i < number; ++i)
      sums[i] = tile.plus(sums[i], many[way * number + i]);
  return tile.reduceLoop(whole, depth, 1, sums, addStep);
}

LogicalResult tt::emitGemm(OpBuilder &builder, GemmOp op, const EmitterContext &context) {
  if (failed(checkContraction(cast<EpilogueOpInterface>(op.getOperation()), op.getConfig(), context)))
    return failure();
  if (!op.getPacked())
    return op.emitOpError() << "needs a packed right-hand side; tt-pack-weights packs constants, tt.pack everything "
                               "else";
  LoweringConfigAttr config = *op.getConfig();
  Value lhs = op.getLhs(), rhs = op.getRhs(), init = op.getInit();
  TileBuilder tile(builder, op.getLoc(), config.getLanes(), context.instruction, context.run);
  tile.pairs = context.pairs;
  tile.quads = context.quads;
  Value batch = tile.size(init, 0), rows = tile.size(init, 1), columns = tile.size(init, 2);
  int64_t unit = getPanelUnit(cast<ShapedType>(rhs.getType()));
  Value depth = tile.size(lhs, 2);
  if (unit == 1 && getConstantIntValue(tile.size(rhs, 2)))
    depth = tile.size(rhs, 2);
  Value steps = tile.div(depth, unit); // whole ones
  bool oneItem = getConstantIntValue(batch) == 1;
  bool columnsOutside = config.getOrder() == "nm";
  bool aligned = config.getVectors() * config.getLanes() % kPanelColumns == 0;
  Type accumulatorType = op.getEpilogue().getArgument(0).getType();
  LogicalResult result = success();

  auto emitTile = [&](Value item, Value row, int64_t numRows, Value column, int64_t vectors, ActiveLanes last) {
    Value left = batchIndex(tile, lhs, item, oneItem);
    PanelColumns panels =
        panelColumns(tile, rhs, batchIndex(tile, rhs, item, oneItem), column, vectors, aligned && !last.dynamic);
    SmallVector<Value> rowIndex;
    LeftRows leftRows{lhs, {}, SmallVector<Value>(numRows, tile.index(0))};
    for (int64_t r = 0; r < numRows; ++r) {
      rowIndex.push_back(tile.add(row, r));
      leftRows.prefix.push_back({left, rowIndex[r]});
    }
    PanelPrefetch prefetch;
    if (std::optional<int64_t> total = getConstantIntValue(rows); total && columnsOutside && !last.dynamic)
      prefetch = PanelPrefetch::create(tile, panels, config.getVectors(), tile.div(row, config.getRows()),
                                       llvm::divideCeil(*total, config.getRows()));
    TileEpilogue epilogue(tile, cast<EpilogueOpInterface>(op.getOperation()));
    SmallVector<Value> sums = zeroAccumulators(tile, numRows, panels, accumulatorType), columnIndex;
    for (int64_t v = 0; v < vectors; ++v)
      columnIndex.push_back(tile.add(column, v * tile.lanes));
    epilogue.start(sums, numRows, columnIndex, last);
    sums = reduceSideBySide(tile, leftRows, panels, steps, sums, prefetch);
    if (unit != 1)
      sums = multiplyRest(tile, sums, leftRows, panels, depth);
    takeBack(tile, sums, panels);
    for (int64_t r = 0; r < numRows; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        if (failed(epilogue.store(sums[r * vectors + v], {item, rowIndex[r], columnIndex[v]}, r, v,
                                  v == vectors - 1 ? last : tile.allLanes())))
          result = failure();
  };

  int64_t piece = config.getChunk() * (columnsOutside ? config.getVectors() * config.getLanes() : config.getRows());
  tile.forChunks(batch, columnsOutside ? columns : rows, piece, [&](Value item, Value lo, Value hi) {
    if (columnsOutside)
      tile.forColumns(lo, hi, columns, config.getVectors(), [&](Value column, int64_t vectors, ActiveLanes last) {
        tile.forRows(tile.index(0), rows, rows, config.getRows(),
                     [&](Value row, int64_t numRows) { emitTile(item, row, numRows, column, vectors, last); });
      });
    else
      tile.forRows(lo, hi, rows, config.getRows(), [&](Value row, int64_t numRows) {
        tile.forColumns(tile.index(0), columns, columns, config.getVectors(),
                        [&](Value column, int64_t vectors, ActiveLanes last) {
                          emitTile(item, row, numRows, column, vectors, last);
                        });
      });
  });
  return result;
}
