//===- RegisterTile.cpp - accumulators of one register tile ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RegisterTile.h"

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

SmallVector<Value> tt::zeroAccumulators(TileBuilder &tile, int64_t rows, int64_t vectors, Type element) {
  return SmallVector<Value>(rows * vectors, tile.zeros(element));
}

SmallVector<Value> tt::multiplyStep(TileBuilder &tile, ValueRange accumulators, const PanelColumns &panels, Value k,
                                    int64_t rows, llvm::function_ref<Value(int64_t)> left) {
  SmallVector<Value> next(accumulators), right;
  Type element = getElementTypeOrSelf(accumulators.front());
  int64_t vectors = panels.panel.size();
  for (int64_t v = 0; v < vectors; ++v)
    right.push_back(tile.convert(tile.load(panels.packed, {panels.outer, panels.panel[v], k, panels.offset[v]},
                                           /*dim=*/3, tile.allLanes()),
                                 element));
  for (int64_t r = 0; r < rows; ++r) {
    Value row = tile.splat(tile.convert(left(r), element));
    for (int64_t v = 0; v < vectors; ++v) {
      Value &accumulator = next[r * vectors + v];
      accumulator = tile.multiplyAdd(row, right[v], accumulator);
    }
  }
  return next;
}
