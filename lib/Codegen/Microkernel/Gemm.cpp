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

using namespace mlir;
using namespace tt;

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

LogicalResult tt::emitGemm(OpBuilder &builder, GemmOp op, const EmitterContext &context) {
  if (failed(checkContraction(cast<EpilogueOpInterface>(op.getOperation()), op.getConfig())))
    return failure();
  if (!op.getPacked())
    return op.emitOpError() << "needs a packed right-hand side; tt-pack-weights packs constants, tt.pack everything "
                               "else";
  LoweringConfigAttr config = *op.getConfig();
  Value lhs = op.getLhs(), rhs = op.getRhs(), init = op.getInit();
  TileBuilder tile(builder, op.getLoc(), config.getLanes(), context.fma, context.run);
  Value batch = tile.size(init, 0), rows = tile.size(init, 1), columns = tile.size(init, 2);
  Value depth = tile.size(rhs, 2);
  if (!getConstantIntValue(depth))
    depth = tile.size(lhs, 2);
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
    for (int64_t r = 0; r < numRows; ++r)
      rowIndex.push_back(tile.add(row, r));
    PanelPrefetch prefetch;
    if (std::optional<int64_t> total = getConstantIntValue(rows); total && columnsOutside && !last.dynamic)
      prefetch = PanelPrefetch::create(tile, panels, config.getVectors(), tile.div(row, config.getRows()),
                                       llvm::divideCeil(*total, config.getRows()));
    SmallVector<Value> sums = tile.reduceLoop(
        depth, zeroAccumulators(tile, numRows, vectors, accumulatorType), [&](Value k, ValueRange accumulators) {
          prefetch.step(tile, k);
          return multiplyStep(tile, accumulators, panels, k, numRows, [&](int64_t r) -> Value {
            return memref::LoadOp::create(builder, tile.loc, lhs, ValueRange{left, rowIndex[r], k});
          });
        });
    TileEpilogue epilogue(tile, cast<EpilogueOpInterface>(op.getOperation()));
    for (int64_t r = 0; r < numRows; ++r)
      for (int64_t v = 0; v < vectors; ++v)
        if (failed(epilogue.store(sums[r * vectors + v], {item, rowIndex[r], tile.add(column, v * tile.lanes)}, r, v,
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
