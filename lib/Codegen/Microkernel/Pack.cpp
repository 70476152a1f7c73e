//===- Pack.cpp - loop nest of tt.pack ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// One panel at a time. Columns that are neighbours in memory are copied as vectors, the last ones under a mask with
// zeros behind; a transposed input is turned in blocks of 4 x 4 in registers.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "TileBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace tt;

namespace {

/// Elements moved per chunk, at least.
constexpr int64_t kChunkElements = 1 << 15;
/// Stands for an unknown number of steps.
constexpr int64_t kTypicalSteps = 128;
/// Side of the blocks that are turned in registers.
constexpr int64_t kBlock = 4;

class PackEmitter {
public:
  PackEmitter(OpBuilder &builder, PackOp op, const EmitterContext &context)
      : op(op), tile(builder, op.getLoc(), context.lanes, context.instruction, context.run), input(op.getInput()),
        init(op.getInit()) {}

  void emit();

private:
  void copyPanel(Value item, Value panel, Value steps, Value columns);
  void turnPanel(Value item, Value panel, Value steps, Value columns);
  /// Writes init[item, panel, k, n] = input[item, panel * 16 + n, k] for the block's kBlock columns from n on.
  void turnBlock(Value item, Value panel, Value column, int64_t n, Value k);
  /// One element per column, zero from `columns` on.
  void gatherStep(Value item, Value panel, Value column, Value columns, Value k);

  PackOp op;
  TileBuilder tile;
  Value input, init;
};

} // namespace

void PackEmitter::copyPanel(Value item, Value panel, Value steps, Value columns) {
  Value column = tile.mul(panel, kPanelColumns);
  int64_t inner = 2;
  std::optional<int64_t> total = getConstantIntValue(columns);
  bool full = total && *total % kPanelColumns == 0;
  Type element = cast<MemRefType>(input.getType()).getElementType();
  tile.forLoop(tile.index(0), steps, 1, [&](Value k) {
    for (int64_t n = 0; n < kPanelColumns; n += tile.lanes) {
      Value at = tile.add(column, n);
      Value value;
      if (full) {
        value = tile.load(input, {item, k, at}, inner, tile.allLanes());
      } else {
        // A masked load gives zeros where the mask is off.
        Value left = tile.sub(columns, at);
        Value mask = vector::CreateMaskOp::create(tile.builder, tile.loc, tile.vectorOf(tile.builder.getI1Type()),
                                                  ValueRange{left});
        value = vector::MaskedLoadOp::create(tile.builder, tile.loc, tile.vectorOf(element), input,
                                             ValueRange{item, k, at}, mask, tile.zeros(element));
      }
      tile.store(value, init, {item, panel, k, tile.index(n)}, tile.allLanes());
    }
  });
}

void PackEmitter::turnBlock(Value item, Value panel, Value column, int64_t n, Value k) {
  OpBuilder &builder = tile.builder;
  Location loc = tile.loc;
  Type element = cast<MemRefType>(input.getType()).getElementType();
  auto type = VectorType::get({kBlock}, element);
  SmallVector<Value> in;
  for (int64_t i = 0; i < kBlock; ++i)
    in.push_back(vector::LoadOp::create(builder, loc, type, input, ValueRange{item, tile.add(column, n + i), k}));
  auto shuffle = [&](Value a, Value b, ArrayRef<int64_t> lanes) -> Value {
    return vector::ShuffleOp::create(builder, loc, a, b, lanes);
  };
  // Rows 0, 1 and 2, 3 are interleaved, then halves are exchanged.
  Value low01 = shuffle(in[0], in[1], {0, 4, 1, 5}), high01 = shuffle(in[0], in[1], {2, 6, 3, 7});
  Value low23 = shuffle(in[2], in[3], {0, 4, 1, 5}), high23 = shuffle(in[2], in[3], {2, 6, 3, 7});
  Value out[kBlock] = {shuffle(low01, low23, {0, 1, 4, 5}), shuffle(low01, low23, {2, 3, 6, 7}),
                       shuffle(high01, high23, {0, 1, 4, 5}), shuffle(high01, high23, {2, 3, 6, 7})};
  for (int64_t i = 0; i < kBlock; ++i)
    vector::StoreOp::create(builder, loc, out[i], init, ValueRange{item, panel, tile.add(k, i), tile.index(n)});
}

void PackEmitter::gatherStep(Value item, Value panel, Value column, Value columns, Value k) {
  OpBuilder &builder = tile.builder;
  Location loc = tile.loc;
  Type element = cast<MemRefType>(input.getType()).getElementType();
  Value zero = arith::ConstantOp::create(builder, loc, cast<TypedAttr>(builder.getZeroAttr(element)));
  Value lastColumn = tile.sub(columns, tile.index(1));
  bool transposed = op.getTransposed();
  tile.forLoop(tile.index(0), tile.index(kPanelColumns), 1, [&](Value n) {
    Value at = tile.add(column, n), inside = tile.min(at, lastColumn);
    Value value = memref::LoadOp::create(builder, loc, input,
                                         transposed ? ValueRange{item, inside, k} : ValueRange{item, k, inside});
    Value isInside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, at, columns);
    memref::StoreOp::create(builder, loc, arith::SelectOp::create(builder, loc, isInside, value, zero), init,
                            ValueRange{item, panel, k, n});
  });
}

void PackEmitter::turnPanel(Value item, Value panel, Value steps, Value columns) {
  Value column = tile.mul(panel, kPanelColumns);
  auto gather = [&](Value from) {
    tile.forLoop(from, steps, 1, [&](Value k) { gatherStep(item, panel, column, columns, k); });
  };
  auto turn = [&] {
    Value whole = tile.mul(tile.div(steps, kBlock), kBlock);
    tile.forLoop(tile.index(0), whole, kBlock, [&](Value k) {
      for (int64_t n = 0; n < kPanelColumns; n += kBlock)
        turnBlock(item, panel, column, n, k);
    });
    gather(whole);
  };
  Value full = arith::CmpIOp::create(tile.builder, tile.loc, arith::CmpIPredicate::sle, tile.add(column, kPanelColumns),
                                     columns);
  auto ifOp = scf::IfOp::create(tile.builder, tile.loc, full, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(tile.builder);
  tile.builder.setInsertionPointToStart(ifOp.thenBlock());
  turn();
  tile.builder.setInsertionPointToStart(ifOp.elseBlock());
  gather(tile.index(0));
}

void PackEmitter::emit() {
  bool transposed = op.getTransposed();
  auto type = cast<MemRefType>(input.getType()), packedType = cast<MemRefType>(init.getType());
  Value batch = tile.size(input, 0), steps = tile.size(input, transposed ? 2 : 1);
  Value columns = tile.size(input, transposed ? 1 : 2);
  bool vectors = isVectorAccess(type, 2) && isVectorAccess(packedType, 3);
  int64_t work = getConstantIntValue(steps).value_or(kTypicalSteps) * kPanelColumns;
  int64_t piece = std::max<int64_t>(1, kChunkElements / std::max<int64_t>(work, 1));
  tile.forChunks(batch, tile.size(init, 1), piece, [&](Value item, Value lo, Value hi) {
    tile.forLoop(lo, hi, 1, [&](Value panel) {
      if (vectors && transposed)
        turnPanel(item, panel, steps, columns);
      else if (vectors)
        copyPanel(item, panel, steps, columns);
      else
        tile.forLoop(tile.index(0), steps, 1,
                     [&](Value k) { gatherStep(item, panel, tile.mul(panel, kPanelColumns), columns, k); });
    });
  });
}

LogicalResult tt::emitPack(OpBuilder &builder, PackOp op, const EmitterContext &context) {
  if (!isa<MemRefType>(op.getInput().getType()) || !isa<MemRefType>(op.getInit().getType()))
    return op.emitOpError() << "needs buffers, but has an input of type " << op.getInput().getType()
                            << "; run tt-bufferize first";
  if (kPanelColumns % context.lanes != 0)
    return op.emitOpError() << "needs a target whose lanes divide " << kPanelColumns << ", but found " << context.lanes;
  PackEmitter(builder, op, context).emit();
  return success();
}
