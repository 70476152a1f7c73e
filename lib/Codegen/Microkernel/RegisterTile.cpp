//===- RegisterTile.cpp - accumulators of one register tile ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace tt;

/// A line of the caches.
static constexpr int64_t kLineBytes = 64;

PanelColumns tt::panelColumns(TileBuilder &tile, Value packed, Value outer, Value column, int64_t vectors,
                              bool aligned) {
  PanelColumns panels{packed, outer, {}, {}, getPanelUnit(cast<ShapedType>(packed.getType()))};
  if (panels.unit != 1)
    panels.packed = memref::CollapseShapeOp::create(tile.builder, tile.loc, packed,
                                                    ArrayRef<ReassociationIndices>{{0}, {1}, {2}, {3, 4}});
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
  int64_t steps = type.getDimSize(2), width = type.getDimSize(3);
  PanelPrefetch prefetch;
  prefetch.stride = llvm::divideCeil(columns, tiles) * panels.unit;
  prefetch.flat = memref::CollapseShapeOp::create(tile.builder, tile.loc, panels.packed,
                                                  ArrayRef<ReassociationIndices>{{0, 1, 2, 3}});
  Value panel = tile.add(tile.mul(panels.outer, type.getDimSize(1)), panels.panel.front());
  prefetch.first = tile.add(tile.mul(tile.add(panel, columns / kPanelColumns), steps * width),
                            tile.mul(tileNumber, steps * prefetch.stride));
  return prefetch;
}

void PanelPrefetch::steps(TileBuilder &tile, Value k, int64_t number) const {
  if (!flat)
    return;
  Value at = tile.add(first, tile.mul(k, stride));
  int64_t lineElements = kLineBytes * 8 / cast<MemRefType>(flat.getType()).getElementTypeBitWidth();
  for (int64_t line = 0; line < number * stride; line += lineElements)
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

Value LeftRows::vector(TileBuilder &tile, int64_t r, Value k, int64_t number) const {
  auto type = VectorType::get({number}, cast<MemRefType>(buffer.getType()).getElementType());
  return vector::LoadOp::create(tile.builder, tile.loc, type, buffer, index(tile, r, k));
}

/// A vector of `width` pairs, all of them `pair`.
static Value spreadPair(TileBuilder &tile, Value pair, int64_t width) {
  OpBuilder &builder = tile.builder;
  Type i32 = builder.getI32Type();
  Value bits = vector::BitCastOp::create(builder, tile.loc, VectorType::get({1}, i32), pair);
  Value scalar = vector::ExtractOp::create(builder, tile.loc, bits, ArrayRef<int64_t>{0});
  Value all = vector::BroadcastOp::create(builder, tile.loc, VectorType::get({width}, i32), scalar);
  Type element = getElementTypeOrSelf(pair);
  return vector::BitCastOp::create(builder, tile.loc, VectorType::get({2 * width}, element), all);
}

/// Pairs of bf16 or i16: accumulator[i] += a[2i] * b[2i] + a[2i + 1] * b[2i + 1].
static Value dotPairs(TileBuilder &tile, Value a, Value b, Value accumulator) {
  auto type = cast<VectorType>(accumulator.getType());
  auto call = [&](const Twine &name, ValueRange operands) {
    return LLVM::CallIntrinsicOp::create(tile.builder, tile.loc, type, tile.builder.getStringAttr(name), operands)
        ->getResult(0);
  };
  int64_t bits = type.getNumElements() * 32;
  if (type.getElementType().isF32())
    return call("llvm.x86.avx512bf16.dpbf16ps." + Twine(bits), {accumulator, a, b});
  if (tile.pairs == PairProduct::DotPairs)
    return call("llvm.x86.avx512.vpdpwssd." + Twine(bits), {accumulator, a, b});
  StringRef name = bits == 512   ? "llvm.x86.avx512.pmaddw.d.512"
                   : bits == 256 ? "llvm.x86.avx2.pmadd.wd"
                                 : "llvm.x86.sse2.pmadd.wd";
  return tile.plus(accumulator, call(name, {a, b}));
}

/// Every second element of `pairs` from `first` on.
static Value everySecond(TileBuilder &tile, Value pairs, int64_t first) {
  SmallVector<int64_t> places;
  for (int64_t lane = 0; lane < tile.lanes; ++lane)
    places.push_back(2 * lane + first);
  return vector::ShuffleOp::create(tile.builder, tile.loc, pairs, pairs, places);
}

/// `sum` plus both sums of each pair of the f16 vector `pairs`.
static Value addPairs(TileBuilder &tile, Value sum, Value pairs) {
  OpBuilder &builder = tile.builder;
  Location loc = tile.loc;
  auto type = cast<VectorType>(sum.getType());
  int64_t width = type.getNumElements();
  auto words = VectorType::get({width}, builder.getI32Type());
  auto shift = DenseElementsAttr::get(words, builder.getI32IntegerAttr(16).getValue());
  Value distance = arith::ConstantOp::create(builder, loc, shift);
  Value upper = arith::ShRUIOp::create(builder, loc, vector::BitCastOp::create(builder, loc, words, pairs), distance);
  Value both =
      arith::AddFOp::create(builder, loc, pairs, vector::BitCastOp::create(builder, loc, pairs.getType(), upper));
  Value lower = arith::TruncIOp::create(builder, loc, VectorType::get({width}, builder.getI16Type()),
                                        vector::BitCastOp::create(builder, loc, words, both));
  Value half = vector::BitCastOp::create(builder, loc, VectorType::get({width}, builder.getF16Type()), lower);
  return arith::AddFOp::create(builder, loc, sum, tile.convert(half, type.getElementType()));
}

bool tt::accumulatesInF16(const PanelColumns &panels) { return panels.unit == 2 && panels.element().isF16(); }

/// accumulator (r, v) += left(r) * panels(step, v) in i32. `left` gives pairs of i16, `right` holds one vector of pairs
/// for each v.
static SmallVector<Value> multiplyWidening(TileBuilder &tile, ValueRange accumulators, ArrayRef<Value> right,
                                           llvm::function_ref<Value(int64_t)> left) {
  SmallVector<Value> next(accumulators), pairs;
  Type element = getElementTypeOrSelf(accumulators.front());
  int64_t vectors = right.size();
  for (int64_t r = 0; r < static_cast<int64_t>(next.size()) / vectors; ++r)
    pairs.push_back(left(r));
  for (int64_t half : {0, 1}) {
    SmallVector<Value> columns;
    for (Value both : right)
      columns.push_back(tile.convert(everySecond(tile, both, half), element));
    for (auto [r, pair] : llvm::enumerate(pairs)) {
      Value scalar = vector::ExtractOp::create(tile.builder, tile.loc, pair, ArrayRef<int64_t>{half});
      Value row = tile.convert(tile.splat(scalar), element);
      for (int64_t v = 0; v < vectors; ++v) {
        Value &accumulator = next[r * vectors + v];
        accumulator = tile.multiplyAdd(columns[v], row, accumulator);
      }
    }
  }
  return next;
}

/// accumulator (r, v) += left(r) * panels(step, v), where `left` gives a vector of equal elements, or the pair of a
/// unit of 2.
static SmallVector<Value> multiplyRows(TileBuilder &tile, ValueRange accumulators, const PanelColumns &panels,
                                       Value step, llvm::function_ref<Value(int64_t)> left) {
  SmallVector<Value> next(accumulators), right;
  Type element = getElementTypeOrSelf(accumulators.front());
  int64_t vectors = panels.panel.size();
  bool pairs = panels.unit == 2;
  auto pairType = VectorType::get({2 * tile.lanes}, panels.element());
  for (int64_t v = 0; v < vectors; ++v)
    right.push_back(pairs
                        ? vector::LoadOp::create(
                              tile.builder, tile.loc, pairType, panels.packed,
                              ValueRange{panels.outer, panels.panel[v], step, tile.mul(panels.offset[v], panels.unit)})
                              .getResult()
                        : tile.convert(tile.load(panels.packed, {panels.outer, panels.panel[v], step, panels.offset[v]},
                                                 /*dim=*/3, tile.allLanes()),
                                       element));
  if (pairs && panels.element().isInteger(16) && tile.pairs == PairProduct::Widening)
    return multiplyWidening(tile, accumulators, right, left);
  for (int64_t r = 0; r < static_cast<int64_t>(next.size()) / vectors; ++r) {
    Value row = pairs ? spreadPair(tile, left(r), tile.lanes) : left(r);
    for (int64_t v = 0; v < vectors; ++v) {
      Value &accumulator = next[r * vectors + v];
      accumulator = pairs && !accumulatesInF16(panels) ? dotPairs(tile, row, right[v], accumulator)
                                                       : tile.multiplyAdd(row, right[v], accumulator);
    }
  }
  return next;
}

SmallVector<Value> tt::multiplyStep(TileBuilder &tile, ValueRange accumulators, const LeftRows &left, Value k,
                                    const PanelColumns &panels, Value step) {
  Type element = getElementTypeOrSelf(accumulators.front());
  if (panels.unit == 2)
    return multiplyRows(tile, accumulators, panels, step,
                        [&](int64_t r) { return left.vector(tile, r, tile.mul(k, panels.unit), panels.unit); });
  return multiplyRows(tile, accumulators, panels, step,
                      [&](int64_t r) { return tile.convert(tile.splat(left.element(tile, r, k)), element); });
}

/// `sums` plus what `addStep` adds to accumulators of f16 in the steps [0, steps).
static SmallVector<Value> reduceInF16(TileBuilder &tile, const PanelColumns &panels, int64_t steps, ValueRange sums,
                                      StepFunction addStep) {
  if (steps <= 0)
    return SmallVector<Value>(sums);
  // Blocks of about equal length, none above kShortSteps.
  int64_t blocks = llvm::divideCeil(steps, kShortSteps), length = llvm::divideCeil(steps, blocks);
  auto shortType = VectorType::get({2 * tile.lanes}, panels.element());
  Value zero = arith::ConstantOp::create(tile.builder, tile.loc, tile.builder.getZeroAttr(shortType));
  auto addBlock = [&](Value begin, int64_t count, ValueRange old) {
    SmallVector<Value> zeros(old.size(), zero), next(old);
    SmallVector<Value> parts = tile.reduceLoop(tile.index(count), zeros, [&](Value k, ValueRange accumulators) {
      return addStep(tile.add(begin, k), accumulators);
    });
    for (auto [sum, part] : llvm::zip_equal(next, parts))
      sum = addPairs(tile, sum, part);
    return next;
  };
  int64_t whole = steps / length * length;
  SmallVector<Value> result = tile.reduceLoop(tile.index(0), tile.index(whole), length, sums,
                                              [&](Value k, ValueRange old) { return addBlock(k, length, old); });
  return whole == steps ? result : addBlock(tile.index(whole), steps - whole, result);
}

SmallVector<Value> tt::multiplyLastPair(TileBuilder &tile, ValueRange accumulators, const LeftRows &left,
                                        const PanelColumns &panels, Value step) {
  auto addStep = [&](Value, ValueRange before) {
    return multiplyRows(tile, before, panels, step, [&](int64_t r) {
      Value last = left.element(tile, r, tile.mul(step, panels.unit));
      auto type = VectorType::get({2}, last.getType());
      Value zero = tile.zero(last.getType());
      return vector::FromElementsOp::create(tile.builder, tile.loc, type, ValueRange{last, zero});
    });
  };
  return accumulatesInF16(panels) ? reduceInF16(tile, panels, 1, accumulators, addStep) : addStep({}, accumulators);
}

SmallVector<Value> tt::multiplySteps(TileBuilder &tile, ValueRange accumulators, const LeftRows &left,
                                     const PanelColumns &panels, Value first, Value depth,
                                     const PanelPrefetch &prefetch) {
  auto type = cast<MemRefType>(left.buffer.getType());
  auto addStep = [&](Value k, ValueRange before) {
    Value step = tile.add(first, k);
    prefetch.steps(tile, step, 1);
    return multiplyStep(tile, before, left, k, panels, step);
  };
  if (accumulatesInF16(panels))
    return reduceInF16(tile, panels, *getConstantIntValue(depth), accumulators, addStep);
  bool byElement = (panels.unit == 1 || panels.element().isInteger(16)) && tile.instruction == MultiplyAdd::ByElement &&
                   isVectorAccess(type, type.getRank() - 1);
  Value whole = byElement ? tile.sub(depth, tile.rem(depth, tile.lanes)) : tile.index(0);
  SmallVector<Value> sums(accumulators);
  if (byElement)
    sums = tile.reduceLoop(tile.index(0), whole, tile.lanes, sums, [&](Value k, ValueRange before) {
      prefetch.steps(tile, tile.add(first, k), tile.lanes);
      SmallVector<Value> next(before), rows;
      for (int64_t r = 0; r < left.rows(); ++r)
        rows.push_back(left.vector(tile, r, tile.mul(k, panels.unit), tile.lanes * panels.unit));
      for (int64_t lane = 0; lane < tile.lanes; ++lane)
        next = multiplyRows(tile, next, panels, tile.add(first, tile.add(k, lane)), [&](int64_t r) -> Value {
          if (panels.unit == 2)
            return vector::ShuffleOp::create(tile.builder, tile.loc, rows[r], rows[r],
                                             ArrayRef<int64_t>{2 * lane, 2 * lane + 1});
          Value element = vector::ExtractOp::create(tile.builder, tile.loc, rows[r], ArrayRef<int64_t>{lane});
          return tile.convert(tile.splat(element), getElementTypeOrSelf(before.front()));
        });
      return next;
    });
  return tile.reduceLoop(whole, depth, 1, sums, addStep);
}
