//===- LoopsSupport.cpp - what the loop emitters share --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LoopsSupport.h"

#include "VectorBody.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"

using namespace mlir;

/// Units of work (see `emitChunks`) that are worth a chunk of their own: about 10 us.
static constexpr int64_t chunkWork = tt::parallelWork / 2;

FailureOr<tt::LoopTarget> tt::getLoopTarget(Operation *op) {
  for (Operation *parent = op; parent; parent = parent->getParentOp())
    if (auto target = parent->getAttrOfType<tt::TargetAttr>("tt.target")) {
      int64_t lanes = target.getLanes();
      if (lanes != 4 && lanes != 8 && lanes != 16)
        return op->emitError() << "needs a target with 4, 8 or 16 lanes, but 'tt.target' has " << lanes;
      return LoopTarget{lanes};
    }
  return op->emitError() << "needs the attribute 'tt.target' on the module; run tt-set-target first";
}

int64_t tt::elementBytes(Type type) {
  return type.isIntOrFloat() ? llvm::divideCeil(type.getIntOrFloatBitWidth(), 8) : 8;
}

//===-- IndexMath
//---------------------------------------------------------------------------------------------------===//

Value tt::IndexMath::value(OpFoldResult v) { return getValueOrCreateConstantIndexOp(builder, loc, v); }

OpFoldResult tt::IndexMath::add(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(*x + *y);
  if (x == 0)
    return b;
  if (y == 0)
    return a;
  return arith::AddIOp::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult tt::IndexMath::sub(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(*x - *y);
  if (y == 0)
    return a;
  return arith::SubIOp::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult tt::IndexMath::mul(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(*x * *y);
  if (x == 0 || y == 0)
    return constant(0);
  if (x == 1)
    return b;
  if (y == 1)
    return a;
  return arith::MulIOp::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult tt::IndexMath::div(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(*x / *y);
  if (y == 1)
    return a;
  return arith::DivUIOp::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult tt::IndexMath::rem(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(*x % *y);
  if (y == 1)
    return constant(0);
  return arith::RemUIOp::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult tt::IndexMath::ceilDiv(OpFoldResult a, OpFoldResult b) { return div(add(a, sub(b, constant(1))), b); }

OpFoldResult tt::IndexMath::min(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(std::min(*x, *y));
  return arith::MinSIOp::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult tt::IndexMath::max(OpFoldResult a, OpFoldResult b) {
  std::optional<int64_t> x = getConstantIntValue(a), y = getConstantIntValue(b);
  if (x && y)
    return constant(std::max(*x, *y));
  return arith::MaxSIOp::create(builder, loc, value(a), value(b)).getResult();
}

//===-- Buffers
//-----------------------------------------------------------------------------------------------------===//

Value tt::viewBoolAsByte(OpBuilder &builder, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.getElementType().isInteger(1))
    return buffer;
  // Both types have the same descriptor, so that the cast disappears in the conversion to LLVM.
  Type bytes = MemRefType::Builder(type).setElementType(builder.getI8Type()).operator MemRefType();
  return UnrealizedConversionCastOp::create(builder, loc, bytes, buffer).getResult(0);
}

Value tt::flatten(OpBuilder &builder, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getRank() == 1 && type.getLayout().isIdentity())
    return viewBoolAsByte(builder, loc, buffer);
  IndexMath math{builder, loc};
  OpFoldResult unit = math.constant(1);
  if (type.getLayout().isIdentity()) {
    OpFoldResult size = unit;
    for (int64_t d = 0; d < type.getRank(); ++d)
      size =
          math.mul(size, type.isDynamicDim(d) ? OpFoldResult(memref::DimOp::create(builder, loc, buffer, d).getResult())
                                              : math.constant(type.getDimSize(d)));
    std::optional<int64_t> fixed = getConstantIntValue(size);
    auto flat = MemRefType::get({fixed ? *fixed : ShapedType::kDynamic}, type.getElementType(),
                                MemRefLayoutAttrInterface(), type.getMemorySpace());
    Value view = memref::ReinterpretCastOp::create(builder, loc, flat, buffer, math.constant(0),
                                                   ArrayRef<OpFoldResult>(size), ArrayRef<OpFoldResult>(unit));
    return viewBoolAsByte(builder, loc, view);
  }
  // The size only matters to readers of the IR: the span from the first to behind the last element.
  auto metadata = memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
  OpFoldResult span = unit;
  for (int64_t d = 0; d < type.getRank(); ++d)
    span = math.add(
        span, math.mul(math.sub(metadata.getConstifiedMixedSizes()[d], unit), metadata.getConstifiedMixedStrides()[d]));
  OpFoldResult offset = metadata.getConstifiedMixedOffset();
  std::optional<int64_t> fixedSpan = getConstantIntValue(span), fixedOffset = getConstantIntValue(offset);
  auto layout = StridedLayoutAttr::get(builder.getContext(), fixedOffset ? *fixedOffset : ShapedType::kDynamic, {1});
  auto flat = MemRefType::get({fixedSpan ? *fixedSpan : ShapedType::kDynamic}, type.getElementType(), layout,
                              type.getMemorySpace());
  Value view = memref::ReinterpretCastOp::create(builder, loc, flat, metadata.getBaseBuffer(), offset,
                                                 ArrayRef<OpFoldResult>(span), ArrayRef<OpFoldResult>(unit));
  return viewBoolAsByte(builder, loc, view);
}

static Value zero(OpBuilder &builder, Location loc, Type type) {
  return arith::ConstantOp::create(builder, loc, builder.getZeroAttr(type));
}

Value tt::loadLanes(OpBuilder &builder, Location loc, Value view, ValueRange indices, Type element, int64_t lanes,
                    Value mask) {
  Type stored = cast<MemRefType>(view.getType()).getElementType();
  Type type = laneType(stored, lanes);
  Value value;
  if (lanes == 1)
    value = memref::LoadOp::create(builder, loc, view, indices);
  else if (!mask)
    value = vector::LoadOp::create(builder, loc, cast<VectorType>(type), view, indices);
  else
    value = vector::MaskedLoadOp::create(builder, loc, cast<VectorType>(type), view, indices, mask,
                                         zero(builder, loc, type));
  if (element.isInteger(1) && !stored.isInteger(1))
    value = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, value, zero(builder, loc, type));
  return value;
}

/// True for the constant mask of the first lane.
static bool isOneLane(Value mask) {
  auto constant = mask.getDefiningOp<vector::ConstantMaskOp>();
  return constant && llvm::equal(constant.getMaskDimSizes(), ArrayRef<int64_t>{1});
}

void tt::storeLanes(OpBuilder &builder, Location loc, Value view, ValueRange indices, Value value, Value mask) {
  Type stored = cast<MemRefType>(view.getType()).getElementType();
  auto vectorType = dyn_cast<VectorType>(value.getType());
  if (getElementTypeOrSelf(value.getType()).isInteger(1) && !stored.isInteger(1))
    value = arith::ExtUIOp::create(builder, loc, laneType(stored, vectorType ? vectorType.getNumElements() : 1), value);
  if (!vectorType)
    memref::StoreOp::create(builder, loc, value, view, indices);
  else if (!mask)
    vector::StoreOp::create(builder, loc, value, view, indices);
  else if (isOneLane(mask)) // LLVM 22 would store the lane in the width that it had before it was narrowed
    memref::StoreOp::create(builder, loc, vector::ExtractOp::create(builder, loc, value, ArrayRef<int64_t>{0}), view,
                            indices);
  else
    vector::MaskedStoreOp::create(builder, loc, view, indices, mask, value);
}

Value tt::firstLanes(OpBuilder &builder, Location loc, OpFoldResult count, int64_t lanes) {
  auto type = VectorType::get({lanes}, builder.getI1Type());
  if (std::optional<int64_t> fixed = getConstantIntValue(count))
    return vector::ConstantMaskOp::create(builder, loc, type, ArrayRef<int64_t>{std::min(*fixed, lanes)});
  return vector::CreateMaskOp::create(builder, loc, type, cast<Value>(count));
}

Value tt::foldLanes(OpBuilder &builder, Location loc, SmallVector<Value> vectors, Combine combine) {
  while (vectors.size() > 1) {
    SmallVector<Value> next;
    for (size_t i = 0; i + 1 < vectors.size(); i += 2)
      next.push_back(combine(builder, vectors[i], vectors[i + 1]));
    if (vectors.size() % 2)
      next.push_back(vectors.back());
    vectors = std::move(next);
  }
  Value value = vectors.front();
  for (int64_t half = cast<VectorType>(value.getType()).getNumElements() / 2; half > 1; half /= 2) {
    Value low = vector::ExtractStridedSliceOp::create(builder, loc, value, ArrayRef<int64_t>{0},
                                                      ArrayRef<int64_t>{half}, ArrayRef<int64_t>{1});
    Value high = vector::ExtractStridedSliceOp::create(builder, loc, value, ArrayRef<int64_t>{half},
                                                       ArrayRef<int64_t>{half}, ArrayRef<int64_t>{1});
    value = combine(builder, low, high);
  }
  Value first = vector::ExtractOp::create(builder, loc, value, ArrayRef<int64_t>{0});
  Value second = vector::ExtractOp::create(builder, loc, value, ArrayRef<int64_t>{1});
  return combine(builder, first, second);
}

/// A vector whose lane l is lane `from(l).second` of `vectors[from(l).first]`, by a chain of shuffles of two.
static Value pickLanes(OpBuilder &builder, Location loc, ArrayRef<Value> vectors,
                       llvm::function_ref<std::pair<int64_t, int64_t>(int64_t)> from) {
  int64_t lanes = cast<VectorType>(vectors.front().getType()).getNumElements();
  Value picked = vectors.front();
  for (int64_t number = 1; number < static_cast<int64_t>(vectors.size()); ++number) {
    // The first step takes lanes of two vectors, each further one keeps what is in place and adds another vector's.
    SmallVector<int64_t> mask(lanes, 0);
    for (int64_t lane = 0; lane < lanes; ++lane) {
      auto [source, position] = from(lane);
      if (source == number)
        mask[lane] = lanes + position;
      else if (source < number)
        mask[lane] = number == 1 ? position : lane;
    }
    picked = vector::ShuffleOp::create(builder, loc, picked, vectors[number], mask);
  }
  return picked;
}

Value tt::loadStrided(OpBuilder &builder, Location loc, Value view, OpFoldResult index, Type element, int64_t lanes,
                      int64_t stride) {
  IndexMath math{builder, loc};
  // The last vector ends with the last element, so that it overlaps the one before it.
  int64_t lastStart = (lanes - 1) * stride + 1 - lanes;
  SmallVector<Value> vectors;
  for (int64_t number = 0; number < stride; ++number) {
    Value at = math.value(math.add(index, math.constant(std::min(number * lanes, lastStart))));
    vectors.push_back(loadLanes(builder, loc, view, at, element, lanes));
  }
  return pickLanes(builder, loc, vectors, [&](int64_t lane) {
    int64_t flat = lane * stride, number = std::min(flat / lanes, stride - 1);
    return std::pair(number, flat - std::min(number * lanes, lastStart));
  });
}

SmallVector<Value> tt::interleave(OpBuilder &builder, Location loc, ArrayRef<Value> vectors) {
  int64_t count = vectors.size(), lanes = cast<VectorType>(vectors.front().getType()).getNumElements();
  SmallVector<Value> results;
  for (int64_t number = 0; number < count; ++number)
    results.push_back(pickLanes(builder, loc, vectors, [&](int64_t lane) {
      int64_t flat = number * lanes + lane;
      return std::pair(flat % count, flat / count);
    }));
  return results;
}

SmallVector<Value> tt::deinterleave(OpBuilder &builder, Location loc, ArrayRef<Value> vectors) {
  int64_t count = vectors.size(), lanes = cast<VectorType>(vectors.front().getType()).getNumElements();
  SmallVector<Value> results;
  for (int64_t number = 0; number < count; ++number)
    results.push_back(pickLanes(builder, loc, vectors, [&](int64_t lane) {
      int64_t flat = lane * count + number;
      return std::pair(flat / lanes, flat % lanes);
    }));
  return results;
}

//===-- Loops
//-------------------------------------------------------------------------------------------------------===//

SmallVector<Value> tt::emitFor(OpBuilder &builder, Location loc, OpFoldResult low, OpFoldResult high, int64_t step,
                               ValueRange init, llvm::function_ref<SmallVector<Value>(OpFoldResult, ValueRange)> body) {
  std::optional<int64_t> first = getConstantIntValue(low), last = getConstantIntValue(high);
  if (first && last && *first >= *last)
    return SmallVector<Value>(init);
  if (first && last && *last - *first <= step)
    return body(low, init);
  IndexMath math{builder, loc};
  Value lowValue = math.value(low), highValue = math.value(high), stepValue = math.value(math.constant(step));
  auto loop = scf::ForOp::create(builder, loc, lowValue, highValue, stepValue, init);
  OpBuilder::InsertionGuard guard(builder);
  if (init.empty()) {
    builder.setInsertionPoint(loop.getBody()->getTerminator());
    body(loop.getInductionVar(), {});
  } else {
    builder.setInsertionPointToEnd(loop.getBody());
    SmallVector<Value> results = body(loop.getInductionVar(), loop.getRegionIterArgs());
    scf::YieldOp::create(builder, loc, results);
  }
  return SmallVector<Value>(loop.getResults());
}

SmallVector<Value> tt::emitStrips(OpBuilder &builder, Location loc, OpFoldResult low, OpFoldResult high, int64_t lanes,
                                  int64_t unroll, bool scalarTail, ValueRange init,
                                  llvm::function_ref<SmallVector<Value>(Strip, ValueRange)> body) {
  IndexMath math{builder, loc};
  SmallVector<Value> carried(init);
  OpFoldResult position = low;
  SmallVector<int64_t, 2> groupCounts;
  if (lanes > 1 && unroll > 1)
    groupCounts.push_back(unroll);
  if (lanes > 1)
    groupCounts.push_back(1);
  for (int64_t groups : groupCounts) {
    OpFoldResult width = math.constant(groups * lanes);
    OpFoldResult end = math.add(position, math.mul(math.div(math.sub(high, position), width), width));
    carried = emitFor(builder, loc, position, end, groups * lanes, carried,
                      [&](OpFoldResult iv, ValueRange values) { return body(Strip{iv, groups, lanes, {}}, values); });
    position = end;
  }
  if (lanes == 1 || scalarTail)
    return emitFor(builder, loc, position, high, 1, carried,
                   [&](OpFoldResult iv, ValueRange values) { return body(Strip{iv, 1, 1, {}}, values); });
  OpFoldResult rest = math.sub(high, position);
  if (std::optional<int64_t> fixed = getConstantIntValue(rest)) {
    if (*fixed == 0)
      return carried;
    return body(Strip{position, 1, lanes, firstLanes(builder, loc, rest, lanes)}, carried);
  }
  Value any =
      arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne, math.value(rest), math.value(math.constant(0)));
  auto branch =
      scf::IfOp::create(builder, loc, ValueRange(carried).getTypes(), any, /*withElseRegion=*/!carried.empty());
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(branch.thenBlock());
    SmallVector<Value> results = body(Strip{position, 1, lanes, firstLanes(builder, loc, rest, lanes)}, carried);
    if (!carried.empty()) {
      scf::YieldOp::create(builder, loc, results);
      builder.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(builder, loc, carried);
    }
  }
  return SmallVector<Value>(branch.getResults());
}

Value tt::getParallelContext(Operation *op) {
  if (op->getParentOfType<tt::ParallelForOp>())
    return {};
  auto function = op->getParentOfType<func::FuncOp>();
  if (!function || function.getNumArguments() == 0 || !isa<LLVM::LLVMPointerType>(function.getArgument(0).getType()))
    return {};
  return function.getArgument(0);
}

void tt::emitChunks(OpBuilder &builder, Location loc, Value context, OpFoldResult count, OpFoldResult rowWork,
                    llvm::function_ref<void(OpFoldResult, OpFoldResult)> body) {
  IndexMath math{builder, loc};
  std::optional<int64_t> fixedCount = getConstantIntValue(count), fixedWork = getConstantIntValue(rowWork);
  bool small = fixedCount && (*fixedCount < 2 || (fixedWork && *fixedCount * *fixedWork < parallelWork));
  if (!context || small)
    return body(math.constant(0), count);
  OpFoldResult rows = math.ceilDiv(math.constant(chunkWork), math.max(rowWork, math.constant(1)));
  OpFoldResult chunks = math.ceilDiv(count, rows);
  auto loop = tt::ParallelForOp::create(builder, loc, context, math.value(chunks));
  Block *block = builder.createBlock(&loop.getBody(), {}, {builder.getIndexType(), builder.getIndexType()}, {loc, loc});
  OpFoldResult low = math.mul(block->getArgument(0), rows);
  body(low, math.min(math.add(low, rows), count));
  tt::YieldOp::create(builder, loc, ValueRange());
  builder.setInsertionPointAfter(loop);
}
