//===- RegisterTile.cpp - accumulators of one register tile ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RegisterTile.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace tt;

PanelColumns tt::panelColumns(TileBuilder &tile, Value packed, Value outer, Value column, int64_t vectors,
                              bool aligned) {
  PanelColumns panels{packed, outer, {}, {}};
  Value first = tile.div(column, kPanelColumns);
  for (int64_t v = 0; v < vectors; ++v) {
    int64_t distance = v * tile.lanes;
    if (aligned) {
      panels.panel.push_back(tile.add(first, distance / kPanelColumns));
      panels.offset.push_back(tile.index(distance % kPanelColumns));
    } else {
      Value at = tile.add(column, distance);
      panels.panel.push_back(tile.div(at, kPanelColumns));
      panels.offset.push_back(tile.rem(at, kPanelColumns));
    }
  }
  return panels;
}

PanelPrefetch PanelPrefetch::create(TileBuilder &tile, const PanelColumns &panels, int64_t vectors, Value tileNumber,
                                    int64_t tiles) {
  auto type = cast<MemRefType>(panels.packed.getType());
  int64_t columns = vectors * tile.lanes;
  if (!type.hasStaticShape() || !type.getLayout().isIdentity() || columns % kPanelColumns != 0 || tiles > columns)
    return {};
  int64_t steps = type.getDimSize(2);
  PanelPrefetch prefetch;
  prefetch.stride = llvm::divideCeil(columns, tiles);
  prefetch.flat = memref::CollapseShapeOp::create(tile.builder, tile.loc, panels.packed,
                                                  ArrayRef<ReassociationIndices>{{0, 1, 2, 3}});
  Value panel = tile.add(tile.mul(panels.outer, type.getDimSize(1)), panels.panel.front());
  prefetch.first = tile.add(tile.mul(tile.add(panel, columns / kPanelColumns), steps * kPanelColumns),
                            tile.mul(tileNumber, steps * prefetch.stride));
  return prefetch;
}

void PanelPrefetch::steps(TileBuilder &tile, Value k, int64_t number) const {
  if (!flat)
    return;
  Value at = tile.add(first, tile.mul(k, stride));
  for (int64_t line = 0; line < number * stride; line += kPanelColumns)
    memref::PrefetchOp::create(tile.builder, tile.loc, flat, ValueRange{tile.add(at, line)}, /*isWrite=*/false,
                               /*localityHint=*/2, /*isDataCache=*/true);
}

SmallVector<Value> tt::zeroAccumulators(TileBuilder &tile, int64_t rows, int64_t vectors, Type element) {
  return SmallVector<Value>(rows * vectors, tile.zeros(element));
}

SmallVector<Value> LeftRows::index(TileBuilder &tile, int64_t r, Value k) const {
  SmallVector<Value> at(prefix[r]);
  at.push_back(tile.add(first[r], k));
  return at;
}

Value LeftRows::element(TileBuilder &tile, int64_t r, Value k) const {
  return memref::LoadOp::create(tile.builder, tile.loc, buffer, index(tile, r, k));
}

Value LeftRows::vector(TileBuilder &tile, int64_t r, Value k) const {
  return tile.load(buffer, index(tile, r, k), prefix[r].size(), tile.allLanes());
}

/// accumulator (r, v) += left(r) * panels(step, v), where `left` gives a vector of equal elements.
static SmallVector<Value> multiplyRows(TileBuilder &tile, ValueRange accumulators, const PanelColumns &panels,
                                       Value step, llvm::function_ref<Value(int64_t)> left) {
  SmallVector<Value> next(accumulators), right;
  Type element = getElementTypeOrSelf(accumulators.front());
  int64_t vectors = panels.panel.size();
  for (int64_t v = 0; v < vectors; ++v)
    right.push_back(tile.convert(tile.load(panels.packed, {panels.outer, panels.panel[v], step, panels.offset[v]},
                                           /*dim=*/3, tile.allLanes()),
                                 element));
  for (int64_t r = 0; r < static_cast<int64_t>(next.size()) / vectors; ++r) {
    Value row = left(r);
    for (int64_t v = 0; v < vectors; ++v) {
      Value &accumulator = next[r * vectors + v];
      accumulator = tile.multiplyAdd(row, right[v], accumulator);
    }
  }
  return next;
}

SmallVector<Value> tt::multiplyStep(TileBuilder &tile, ValueRange accumulators, const LeftRows &left, Value k,
                                    const PanelColumns &panels, Value step) {
  Type element = getElementTypeOrSelf(accumulators.front());
  return multiplyRows(tile, accumulators, panels, step,
                      [&](int64_t r) { return tile.splat(tile.convert(left.element(tile, r, k), element)); });
}

SmallVector<Value> tt::multiplySteps(TileBuilder &tile, ValueRange accumulators, const LeftRows &left,
                                     const PanelColumns &panels, Value first, Value depth,
                                     const PanelPrefetch &prefetch) {
  auto type = cast<MemRefType>(left.buffer.getType());
  bool byElement = tile.instruction == MultiplyAdd::ByElement && isVectorAccess(type, type.getRank() - 1);
  Value whole = byElement ? tile.sub(depth, tile.rem(depth, tile.lanes)) : tile.index(0);
  SmallVector<Value> sums(accumulators);
  if (byElement)
    sums = tile.reduceLoop(tile.index(0), whole, tile.lanes, sums, [&](Value k, ValueRange before) {
      prefetch.steps(tile, tile.add(first, k), tile.lanes);
      SmallVector<Value> next(before), rows;
      for (int64_t r = 0; r < left.rows(); ++r)
        rows.push_back(tile.convert(left.vector(tile, r, k), getElementTypeOrSelf(before.front())));
      for (int64_t lane = 0; lane < tile.lanes; ++lane)
        next = multiplyRows(tile, next, panels, tile.add(first, tile.add(k, lane)), [&](int64_t r) {
          return tile.splat(
              vector::ExtractOp::create(tile.builder, tile.loc, rows[r], ArrayRef<int64_t>{lane}).getResult());
        });
      return next;
    });
  return tile.reduceLoop(whole, depth, 1, sums, [&](Value k, ValueRange before) {
    Value step = tile.add(first, k);
    prefetch.steps(tile, step, 1);
    return multiplyStep(tile, before, left, k, panels, step);
  });
}
