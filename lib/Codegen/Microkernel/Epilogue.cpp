//===- Epilogue.cpp - a kernel op's epilogue on accumulators --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/AffineMap.h"

using namespace mlir;
using namespace tt;

LogicalResult TileEpilogue::check(EpilogueOpInterface op) {
  Operation *bad = findUnvectorizable(
      op.getEpilogue().front(), [](BlockArgument) { return true; }, [](Operation &) { return false; });
  for (Attribute attr : op.getExtraMaps()) {
    AffineMap map = cast<AffineMapAttr>(attr).getValue();
    int64_t uses = llvm::count(map.getResults(), getAffineDimExpr(map.getNumDims() - 1, op->getContext()));
    if (uses > 1)
      return op->emitOpError() << "needs extras that use the innermost dimension once, but found " << attr;
  }
  if (!bad)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError()
                                  << "needs an epilogue of elementwise ops, but found '" << bad->getName() << "'";
  diagnostic.attachNote(bad->getLoc()) << "found here";
  return diagnostic;
}

Value TileEpilogue::loadExtra(int64_t number, ValueRange indices, int64_t row, int64_t vector,
                              const ActiveLanes &active) {
  Value extra = op.getExtras()[number];
  AffineMap map = cast<AffineMapAttr>(op.getExtraMaps()[number]).getValue();
  int64_t columnDim = indices.size() - 1;
  // Where the column stands among the extra's own dimensions, and whether any row index is used.
  std::optional<int64_t> column;
  bool onRow = false;
  SmallVector<Value> at;
  for (auto [position, expr] : llvm::enumerate(map.getResults())) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim) {
      at.push_back(tile.index(cast<AffineConstantExpr>(expr).getValue()));
      continue;
    }
    at.push_back(indices[dim.getPosition()]);
    if (dim.getPosition() != columnDim) {
      onRow = true;
      continue;
    }
    column = position;
  }
  std::pair<int64_t, std::pair<int64_t, int64_t>> key{number, {onRow ? row : -1, column ? vector : -1}};
  Value &value = loaded[key];
  if (!value)
    value = column ? tile.load(extra, at, *column, active)
                   : memref::LoadOp::create(tile.builder, tile.loc, extra, at).getResult();
  return value;
}

TileEpilogue::TileEpilogue(TileBuilder &tile, EpilogueOpInterface op) : tile(tile), op(op) {
  BlockArgument accumulator = op.getEpilogue().getArgument(0);
  auto sum = accumulator.hasOneUse() ? dyn_cast<arith::AddIOp>(*accumulator.user_begin()) : arith::AddIOp();
  auto extra =
      sum ? dyn_cast<BlockArgument>(sum.getLhs() == accumulator ? sum.getRhs() : sum.getLhs()) : BlockArgument();
  if (!extra || extra.getOwner() != accumulator.getOwner() || extra == accumulator || !extra.hasOneUse())
    return;
  firstExtra = extra.getArgNumber() - 1;
  AffineMap map = cast<AffineMapAttr>(op.getExtraMaps()[firstExtra]).getValue();
  AffineExpr column = getAffineDimExpr(map.getNumDims() - 1, op->getContext());
  if (llvm::is_contained(map.getResults(), column) &&
      llvm::all_of(map.getResults(), [&](AffineExpr expr) { return expr == column || isa<AffineConstantExpr>(expr); }))
    firstSum = sum;
}

void TileEpilogue::start(MutableArrayRef<Value> accumulators, int64_t rows, ValueRange columns,
                         const ActiveLanes &last) {
  if (!firstSum)
    return;
  isStarted = true;
  SmallVector<Value> indices(cast<ShapedType>(op.getInit().getType()).getRank(), tile.index(0));
  int64_t vectors = columns.size();
  for (int64_t v = 0; v < vectors; ++v) {
    indices.back() = columns[v];
    Value first = loadExtra(firstExtra, indices, /*row=*/0, v, v == vectors - 1 ? last : tile.allLanes());
    for (int64_t r = 0; r < rows; ++r)
      accumulators[r * vectors + v] = first;
  }
}

LogicalResult TileEpilogue::store(Value accumulator, ValueRange indices, int64_t row, int64_t vector,
                                  const ActiveLanes &active) {
  Block &block = op.getEpilogue().front();
  IRMapping mapping;
  mapping.map(block.getArgument(0), accumulator);
  for (auto [number, argument] : llvm::enumerate(block.getArguments().drop_front()))
    if (!argument.use_empty() && !(isStarted && static_cast<int64_t>(number) == firstExtra))
      mapping.map(argument, loadExtra(number, indices, row, vector, active));
  if (isStarted)
    mapping.map(firstSum->getResult(0), accumulator);
  FailureOr<SmallVector<Value>> results = cloneOnVectors(tile.builder, block, mapping, tile.lanes);
  if (failed(results))
    return failure();
  tile.store(results->front(), op.getInit(), indices, active);
  return success();
}
