//===- TileBuilder.cpp - indices, masked vectors and tile loops -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "TileBuilder.h"

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace tt;

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

Value TileBuilder::index(int64_t value) { return arith::ConstantIndexOp::create(builder, loc, value); }
Value TileBuilder::add(Value a, Value b) { return builder.createOrFold<arith::AddIOp>(loc, a, b); }
Value TileBuilder::sub(Value a, Value b) { return builder.createOrFold<arith::SubIOp>(loc, a, b); }
Value TileBuilder::mul(Value a, Value b) { return builder.createOrFold<arith::MulIOp>(loc, a, b); }
Value TileBuilder::min(Value a, Value b) { return builder.createOrFold<arith::MinSIOp>(loc, a, b); }
Value TileBuilder::div(Value a, Value b) { return builder.createOrFold<arith::DivUIOp>(loc, a, b); }
Value TileBuilder::div(Value a, int64_t b) { return b == 1 ? a : div(a, index(b)); }
Value TileBuilder::rem(Value a, Value b) { return builder.createOrFold<arith::RemUIOp>(loc, a, b); }
Value TileBuilder::rem(Value a, int64_t b) { return b == 1 ? index(0) : rem(a, index(b)); }
Value TileBuilder::ceilDiv(Value a, int64_t b) { return div(add(a, b - 1), b); }
Value TileBuilder::size(Value buffer, int64_t dim) {
  return builder.createOrFold<memref::DimOp>(loc, buffer, index(dim));
}

//===----------------------------------------------------------------------===//
// Vectors
//===----------------------------------------------------------------------===//

bool tt::isVectorAccess(MemRefType type, int64_t dim) {
  auto [strides, offset] = type.getStridesAndOffset();
  return dim == type.getRank() - 1 && strides[dim] == 1 && !type.getElementType().isInteger(1);
}

Value TileBuilder::constant(Type floatType, double value) {
  return arith::ConstantOp::create(builder, loc, builder.getFloatAttr(floatType, value));
}

Value TileBuilder::zero(Type element) {
  return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(builder.getZeroAttr(element)));
}

Value TileBuilder::zeros(Type element) {
  return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(builder.getZeroAttr(vectorOf(element))));
}

Value TileBuilder::splat(Value scalar) {
  return vector::BroadcastOp::create(builder, loc, vectorOf(scalar.getType()), scalar);
}

Value TileBuilder::convert(Value value, Type element) {
  Type from = getElementTypeOrSelf(value), to = element;
  if (from == to)
    return value;
  if (auto vector = dyn_cast<VectorType>(value.getType()))
    to = vector.clone(element);
  bool isWidened = from.getIntOrFloatBitWidth() < element.getIntOrFloatBitWidth();
  if (isa<IntegerType>(from))
    return isWidened ? arith::ExtSIOp::create(builder, loc, to, value).getResult()
                     : arith::TruncIOp::create(builder, loc, to, value).getResult();
  return isWidened ? arith::ExtFOp::create(builder, loc, to, value).getResult()
                   : arith::TruncFOp::create(builder, loc, to, value).getResult();
}

Value TileBuilder::plus(Value a, Value b) {
  return isa<IntegerType>(getElementTypeOrSelf(a)) ? arith::AddIOp::create(builder, loc, a, b).getResult()
                                                   : arith::AddFOp::create(builder, loc, a, b).getResult();
}

Value TileBuilder::multiplyAdd(Value a, Value b, Value c) {
  if (isa<IntegerType>(getElementTypeOrSelf(a)))
    return plus(c, arith::MulIOp::create(builder, loc, a, b));
  if (instruction != MultiplyAdd::Separate)
    return vector::FMAOp::create(builder, loc, a, b, c);
  return arith::AddFOp::create(builder, loc, arith::MulFOp::create(builder, loc, a, b), c);
}

Value TileBuilder::mask(const ActiveLanes &active) {
  VectorType type = vectorOf(builder.getI1Type());
  if (active.dynamic)
    return vector::CreateMaskOp::create(builder, loc, type, ValueRange{active.dynamic});
  return vector::ConstantMaskOp::create(builder, loc, type, ArrayRef<int64_t>{active.fixed});
}

Value TileBuilder::load(Value buffer, ValueRange indices, int64_t dim, const ActiveLanes &active) {
  auto type = cast<MemRefType>(buffer.getType());
  VectorType vector = vectorOf(type.getElementType());
  if (isVectorAccess(type, dim)) {
    if (isFull(active))
      return vector::LoadOp::create(builder, loc, vector, buffer, indices);
    return vector::MaskedLoadOp::create(builder, loc, vector, buffer, indices, mask(active),
                                        zeros(type.getElementType()));
  }
  SmallVector<Value> at(indices), elements;
  for (int64_t lane = 0; lane < lanes; ++lane) {
    // Lanes that are not active repeat the last active element, so that every load is inside the buffer.
    Value offset =
        active.dynamic ? min(index(lane), add(active.dynamic, index(-1))) : index(std::min(lane, active.fixed - 1));
    at[dim] = add(indices[dim], offset);
    elements.push_back(memref::LoadOp::create(builder, loc, buffer, at));
  }
  return vector::FromElementsOp::create(builder, loc, vector, elements);
}

void TileBuilder::store(Value value, Value buffer, ValueRange indices, const ActiveLanes &active) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t dim = type.getRank() - 1;
  // LLVM 22 makes a masked store of one narrowed lane a store of the wide lane: of <16 x i32> as <16 x i8>, four bytes.
  bool isOne = !active.dynamic && active.fixed == 1;
  if (isVectorAccess(type, dim) && !isOne) {
    if (isFull(active))
      vector::StoreOp::create(builder, loc, value, buffer, indices);
    else
      vector::MaskedStoreOp::create(builder, loc, buffer, indices, mask(active), value);
    return;
  }
  SmallVector<Value> at(indices);
  for (int64_t lane = 0; lane < lanes && (active.dynamic || lane < active.fixed); ++lane) {
    OpBuilder::InsertionGuard guard(builder);
    if (active.dynamic) {
      Value inside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, index(lane), active.dynamic);
      auto ifOp = scf::IfOp::create(builder, loc, inside, /*withElseRegion=*/false);
      builder.setInsertionPointToStart(ifOp.thenBlock());
    }
    at[dim] = add(indices[dim], lane);
    Value element = vector::ExtractOp::create(builder, loc, value, ArrayRef<int64_t>{lane});
    memref::StoreOp::create(builder, loc, element, buffer, at);
  }
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

void TileBuilder::forLoop(Value lo, Value hi, int64_t step, llvm::function_ref<void(Value)> body) {
  std::optional<int64_t> first = getConstantIntValue(lo), last = getConstantIntValue(hi);
  if (first && last && *last <= *first)
    return;
  if (first && last && *last - *first <= step)
    return body(lo);
  auto loop = scf::ForOp::create(builder, loc, lo, hi, index(step));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value> TileBuilder::reduceLoop(Value lo, Value hi, int64_t step, ValueRange init,
                                           llvm::function_ref<SmallVector<Value>(Value, ValueRange)> body) {
  std::optional<int64_t> first = getConstantIntValue(lo), last = getConstantIntValue(hi);
  if (first && last && *last <= *first)
    return SmallVector<Value>(init);
  if (first && last && *last - *first <= step)
    return body(lo, init);
  auto loop = scf::ForOp::create(builder, loc, lo, hi, index(step), init);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> next = body(loop.getInductionVar(), loop.getRegionIterArgs());
  scf::YieldOp::create(builder, loc, next);
  return SmallVector<Value>(loop.getResults());
}

void TileBuilder::ifEqual(Value a, Value b, llvm::function_ref<void()> body) {
  std::optional<int64_t> left = getConstantIntValue(a), right = getConstantIntValue(b);
  if (a == b || (left && right)) {
    if (a == b || *left == *right)
      body();
    return;
  }
  Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, a, b);
  auto ifOp = scf::IfOp::create(builder, loc, equal, /*withElseRegion=*/false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(ifOp.thenBlock());
  body();
}

void TileBuilder::forRows(Value lo, Value hi, Value size, int64_t rows, llvm::function_ref<void(Value, int64_t)> body) {
  if (std::optional<int64_t> total = getConstantIntValue(size)) {
    int64_t tail = *total % rows;
    forLoop(lo, min(hi, index(*total - tail)), rows, [&](Value row) { body(row, rows); });
    if (tail)
      ifEqual(hi, index(*total), [&] { body(index(*total - tail), tail); });
    return;
  }
  Value count = sub(hi, lo);
  Value left = rem(count, rows);
  Value row = sub(hi, left);
  forLoop(lo, row, rows, [&](Value first) { body(first, rows); });
  for (int64_t part = llvm::bit_floor(static_cast<uint64_t>(rows - 1)); part > 0; part /= 2) {
    Value bit = builder.createOrFold<arith::AndIOp>(loc, left, index(part));
    ifEqual(bit, index(part), [&] { body(row, part); });
    row = add(row, bit);
  }
}

void TileBuilder::forColumns(Value lo, Value hi, Value size, int64_t vectors,
                             llvm::function_ref<void(Value, int64_t, ActiveLanes)> body) {
  int64_t columns = vectors * lanes;
  if (std::optional<int64_t> total = getConstantIntValue(size)) {
    int64_t tail = *total % columns;
    forLoop(lo, min(hi, index(*total - tail)), columns, [&](Value column) { body(column, vectors, allLanes()); });
    int64_t tailVectors = llvm::divideCeil(tail, lanes);
    if (tail)
      ifEqual(hi, index(*total),
              [&] { body(index(*total - tail), tailVectors, ActiveLanes{tail - (tailVectors - 1) * lanes, {}}); });
    return;
  }
  Value left = rem(sub(hi, lo), columns);
  Value full = sub(hi, left);
  forLoop(lo, full, columns, [&](Value column) { body(column, vectors, allLanes()); });
  forLoop(full, hi, lanes, [&](Value column) { body(column, 1, ActiveLanes{0, min(sub(hi, column), index(lanes))}); });
}

void TileBuilder::forChunks(Value batch, Value size, int64_t piece,
                            llvm::function_ref<void(Value, Value, Value)> body) {
  Value pieces = piece == 0 ? index(1) : ceilDiv(size, piece);
  Value count = mul(batch, pieces);
  thread = index(0);
  if (!context || piece == 0 || getConstantIntValue(count) == 1)
    return forLoop(index(0), batch, 1, [&](Value item) { body(item, index(0), size); });
  auto parallel = tt::ParallelForOp::create(builder, loc, context, count);
  OpBuilder::InsertionGuard guard(builder);
  Block *block =
      builder.createBlock(&parallel.getBody(), {}, {builder.getIndexType(), builder.getIndexType()}, {loc, loc});
  Value chunk = block->getArgument(0);
  thread = block->getArgument(1);
  bool one = getConstantIntValue(pieces) == 1;
  Value item = one ? chunk : getConstantIntValue(batch) == 1 ? index(0) : div(chunk, pieces);
  Value part = one ? index(0) : getConstantIntValue(batch) == 1 ? chunk : rem(chunk, pieces);
  Value lo = mul(part, piece);
  body(item, lo, one ? size : min(add(lo, piece), size));
  tt::YieldOp::create(builder, loc);
}
