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

static bool hasExtraRow(const TileBuilder &tile, const PanelColumns &panels) {
  return panels.unit == 4 && tile.quads == QuadProduct::Signed;
}

SmallVector<Value> tt::zeroAccumulators(TileBuilder &tile, int64_t rows, const PanelColumns &panels, Type element) {
  return SmallVector<Value>((rows + hasExtraRow(tile, panels)) * panels.panel.size(), tile.zeros(element));
}

void tt::takeBack(TileBuilder &tile, SmallVectorImpl<Value> &accumulators, const PanelColumns &panels) {
  if (!hasExtraRow(tile, panels))
    return;
  int64_t vectors = panels.panel.size(), number = accumulators.size() - vectors;
  for (int64_t i = 0; i < number; ++i)
    accumulators[i] =
        arith::SubIOp::create(tile.builder, tile.loc, accumulators[i], accumulators[number + i % vectors]);
  accumulators.truncate(number);
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

/// `value` seen as elements of another type.
static Value bitcast(TileBuilder &tile, Value value, Type element) {
  auto type = cast<VectorType>(value.getType());
  int64_t bits = type.getNumElements() * type.getElementTypeBitWidth();
  auto wanted = VectorType::get({bits / element.getIntOrFloatBitWidth()}, element);
  return type == wanted ? value : vector::BitCastOp::create(tile.builder, tile.loc, wanted, value).getResult();
}

/// A vector of `width` runs of 32 bits, all of them `run`.
static Value spreadRun(TileBuilder &tile, Value run, int64_t width) {
  OpBuilder &builder = tile.builder;
  Type i32 = builder.getI32Type();
  Value scalar = vector::ExtractOp::create(builder, tile.loc, bitcast(tile, run, i32), ArrayRef<int64_t>{0});
  Value all = vector::BroadcastOp::create(builder, tile.loc, VectorType::get({width}, i32), scalar);
  return bitcast(tile, all, getElementTypeOrSelf(run));
}

/// A vector of integers, all of them `value`.
static Value integers(TileBuilder &tile, VectorType type, int64_t value) {
  int64_t width = type.getElementTypeBitWidth();
  APInt bits(width, static_cast<uint64_t>(value), /*isSigned=*/true, /*implicitTrunc=*/true);
  return arith::ConstantOp::create(tile.builder, tile.loc, DenseElementsAttr::get(type, bits));
}

/// Bytes of a left-hand side as the target's products take them: minus 128 where it multiplies signed ones.
static Value recenter(TileBuilder &tile, Value bytes) {
  auto type = cast<VectorType>(bytes.getType());
  if (!type.getElementType().isInteger(8) || tile.quads != QuadProduct::Signed)
    return bytes;
  return arith::XOrIOp::create(tile.builder, tile.loc, bytes, integers(tile, type, 0x80));
}

Value LeftRows::run(TileBuilder &tile, int64_t r, Value k, int64_t unit) const {
  if (r < rows())
    return recenter(tile, vector(tile, r, tile.mul(k, unit), unit));
  return integers(tile, VectorType::get({unit}, cast<MemRefType>(buffer.getType()).getElementType()), -128);
}

/// accumulator[i] += the sum over j of a[4i + j] * b[4i + j], in the target's own instruction.
static Value dotQuads(TileBuilder &tile, Value a, Value b, Value accumulator) {
  auto type = cast<VectorType>(accumulator.getType());
  int64_t bits = type.getNumElements() * 32;
  std::string name = tile.instruction != MultiplyAdd::ByElement ? "llvm.x86.avx512.vpdpbusd." + std::to_string(bits)
                     : tile.quads == QuadProduct::Mixed         ? "llvm.aarch64.neon.usdot.v4i32.v16i8"
                                                                : "llvm.aarch64.neon.sdot.v4i32.v16i8";
  return LLVM::CallIntrinsicOp::create(tile.builder, tile.loc, type, tile.builder.getStringAttr(name),
                                       ValueRange{accumulator, a, b})
      ->getResult(0);
}

/// The even or the odd ones of `bytes` as numbers of 16 bits, in pairs.
static Value halfOfQuads(TileBuilder &tile, Value bytes, bool odd, bool isSigned) {
  OpBuilder &builder = tile.builder;
  Value pairs = bitcast(tile, bytes, builder.getI16Type());
  auto type = cast<VectorType>(pairs.getType());
  Value eight = integers(tile, type, 8);
  if (isSigned) {
    if (!odd)
      pairs = arith::ShLIOp::create(builder, tile.loc, pairs, eight);
    return arith::ShRSIOp::create(builder, tile.loc, pairs, eight);
  }
  if (odd)
    return arith::ShRUIOp::create(builder, tile.loc, pairs, eight);
  return arith::AndIOp::create(builder, tile.loc, pairs, integers(tile, type, 0xff));
}

Value tt::dotPairs(TileBuilder &tile, Value a, Value b, Value accumulator) {
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

/// accumulator (r, v) += left(r) * right[v] in i32. `left` gives runs of four bytes, `right` holds one vector of runs
/// for each v.
static SmallVector<Value> multiplyQuads(TileBuilder &tile, ValueRange accumulators, ArrayRef<Value> right,
                                        llvm::function_ref<Value(int64_t)> left) {
  SmallVector<Value> next(accumulators);
  int64_t vectors = right.size(), rows = next.size() / vectors;
  if (tile.quads != QuadProduct::Pairs) {
    for (int64_t r = 0; r < rows; ++r) {
      Value row = spreadRun(tile, left(r), tile.lanes);
      for (int64_t v = 0; v < vectors; ++v)
        next[r * vectors + v] = dotQuads(tile, row, right[v], next[r * vectors + v]);
    }
    return next;
  }
  SmallVector<Value> halves[2];
  for (bool odd : {false, true})
    for (Value bytes : right)
      halves[odd].push_back(halfOfQuads(tile, bytes, odd, /*isSigned=*/true));
  if (tile.pairs == PairProduct::Widening) {
    for (bool odd : {false, true})
      next = multiplyWidening(tile, next, halves[odd],
                              [&](int64_t r) { return halfOfQuads(tile, left(r), odd, /*isSigned=*/false); });
    return next;
  }
  for (int64_t r = 0; r < rows; ++r) {
    Value row = spreadRun(tile, left(r), tile.lanes);
    Value even = halfOfQuads(tile, row, /*odd=*/false, /*isSigned=*/false);
    Value odd = halfOfQuads(tile, row, /*odd=*/true, /*isSigned=*/false);
    for (int64_t v = 0; v < vectors; ++v) {
      Value &accumulator = next[r * vectors + v];
      accumulator = dotPairs(tile, odd, halves[1][v], dotPairs(tile, even, halves[0][v], accumulator));
    }
  }
  return next;
}

/// accumulator (r, v) += left(r) * panels(step, v), where `left` gives a vector of equal elements, or the run of a unit
/// of 2 or 4.
static SmallVector<Value> multiplyRows(TileBuilder &tile, ValueRange accumulators, const PanelColumns &panels,
                                       Value step, llvm::function_ref<Value(int64_t)> left) {
  SmallVector<Value> next(accumulators), right;
  Type element = getElementTypeOrSelf(accumulators.front());
  int64_t vectors = panels.panel.size();
  bool pairs = panels.unit == 2;
  auto runType = VectorType::get({panels.unit * tile.lanes}, panels.element());
  for (int64_t v = 0; v < vectors; ++v)
    right.push_back(panels.unit != 1
                        ? vector::LoadOp::create(
                              tile.builder, tile.loc, runType, panels.packed,
                              ValueRange{panels.outer, panels.panel[v], step, tile.mul(panels.offset[v], panels.unit)})
                              .getResult()
                        : tile.convert(tile.load(panels.packed, {panels.outer, panels.panel[v], step, panels.offset[v]},
                                                 /*dim=*/3, tile.allLanes()),
                                       element));
  if (panels.unit == 4)
    return multiplyQuads(tile, accumulators, right, left);
  if (pairs && panels.element().isInteger(16) && tile.pairs == PairProduct::Widening)
    return multiplyWidening(tile, accumulators, right, left);
  for (int64_t r = 0; r < static_cast<int64_t>(next.size()) / vectors; ++r) {
    Value row = pairs ? spreadRun(tile, left(r), tile.lanes) : left(r);
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
  if (panels.unit != 1)
    return multiplyRows(tile, accumulators, panels, step, [&](int64_t r) { return left.run(tile, r, k, panels.unit); });
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

/// The last elements of row `r`, from `from` on, with zeros behind them: a run of `unit`. `depth` is the row's length.
static Value lastRun(TileBuilder &tile, const LeftRows &left, int64_t r, Value from, Value depth, int64_t unit) {
  OpBuilder &builder = tile.builder;
  auto type = VectorType::get({unit}, cast<MemRefType>(left.buffer.getType()).getElementType());
  std::optional<int64_t> length = getConstantIntValue(depth);
  if (!length) {
    Value mask = vector::CreateMaskOp::create(builder, tile.loc, type.clone(builder.getI1Type()),
                                              ValueRange{tile.sub(depth, from)});
    Value zeros = arith::ConstantOp::create(builder, tile.loc, builder.getZeroAttr(type));
    return vector::MaskedLoadOp::create(builder, tile.loc, type, left.buffer, left.index(tile, r, from), mask, zeros);
  }
  int64_t rest = *length % unit;
  if (unit == 4 && *length >= unit) {
    // The last four, of which those that are done are shifted out.
    Value bits = bitcast(tile, left.vector(tile, r, tile.index(*length - unit), unit), builder.getI32Type());
    Value distance = integers(tile, cast<VectorType>(bits.getType()), 8 * (unit - rest));
    return bitcast(tile, arith::ShRUIOp::create(builder, tile.loc, bits, distance), type.getElementType());
  }
  SmallVector<Value> elements;
  for (int64_t i = 0; i < unit; ++i)
    elements.push_back(i < rest ? left.element(tile, r, tile.add(from, i)) : tile.zero(type.getElementType()));
  return vector::FromElementsOp::create(builder, tile.loc, type, elements);
}

SmallVector<Value> tt::multiplyRest(TileBuilder &tile, ValueRange accumulators, const LeftRows &left,
                                    const PanelColumns &panels, Value depth) {
  Value whole = tile.div(depth, panels.unit);
  auto addStep = [&](Value step, ValueRange before) {
    return multiplyRows(tile, before, panels, step, [&](int64_t r) {
      if (r == left.rows())
        return left.run(tile, r, step, panels.unit);
      return recenter(tile, lastRun(tile, left, r, tile.mul(step, panels.unit), depth, panels.unit));
    });
  };
  if (!accumulatesInF16(panels))
    return tile.reduceLoop(whole, tile.ceilDiv(depth, panels.unit), 1, accumulators, addStep);
  if (getConstantIntValue(tile.rem(depth, panels.unit)) == 0)
    return SmallVector<Value>(accumulators);
  return reduceInF16(tile, panels, 1, accumulators, [&](Value, ValueRange before) { return addStep(whole, before); });
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
  bool byElement = (panels.unit == 1 || isa<IntegerType>(panels.element())) &&
                   tile.instruction == MultiplyAdd::ByElement && isVectorAccess(type, type.getRank() - 1);
  Value whole = byElement ? tile.sub(depth, tile.rem(depth, tile.lanes)) : tile.index(0);
  SmallVector<Value> sums(accumulators);
  if (byElement)
    sums = tile.reduceLoop(tile.index(0), whole, tile.lanes, sums, [&](Value k, ValueRange before) {
      prefetch.steps(tile, tile.add(first, k), tile.lanes);
      SmallVector<Value> next(before), rows;
      for (int64_t r = 0; r < left.rows(); ++r)
        rows.push_back(recenter(tile, left.vector(tile, r, tile.mul(k, panels.unit), tile.lanes * panels.unit)));
      for (int64_t lane = 0; lane < tile.lanes; ++lane)
        next = multiplyRows(tile, next, panels, tile.add(first, tile.add(k, lane)), [&](int64_t r) -> Value {
          if (r == left.rows())
            return left.run(tile, r, k, panels.unit);
          if (panels.unit != 1)
            return vector::ExtractStridedSliceOp::create(tile.builder, tile.loc, rows[r],
                                                         ArrayRef<int64_t>{lane * panels.unit},
                                                         ArrayRef<int64_t>{panels.unit}, ArrayRef<int64_t>{1});
          Value element = vector::ExtractOp::create(tile.builder, tile.loc, rows[r], ArrayRef<int64_t>{lane});
          return tile.convert(tile.splat(element), getElementTypeOrSelf(before.front()));
        });
      return next;
    });
  return tile.reduceLoop(whole, depth, 1, sums, addStep);
}
