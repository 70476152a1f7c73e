//===- Pack.cpp - loop nest of tt.pack ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// One panel at a time. Columns that are neighbours in memory are copied as vectors, the last ones under a mask with
// zeros behind; a transposed input is turned in blocks of 4 x 4 in registers. Bytes go in runs of four rows, which are
// interleaved in registers, for some panels at a time: a row of one panel is a fraction of a cache line.
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
/// Panels of bytes whose rows fill a cache line.
constexpr int64_t kLinePanels = 4;

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
  /// Writes run `step` of the `number` panels from `panel` on: the interleaved rows 4 * step to 4 * step + 3, zeros
  /// behind row `depth` and, where `isWhole` is false, behind column `columns`.
  void interleave(Value item, Value panel, int64_t number, Value step, Value depth, Value columns, bool isWhole);
  void copyRuns(Value item, Value lo, Value hi, Value depth, Value columns);
  /// One element per column, zero from `columns` on and from step `depth` on.
  void gatherRun(Value item, Value panel, Value column, Value columns, Value depth, Value k);
  /// One element per column, zero from `columns` on.
  void gatherStep(Value item, Value panel, Value column, Value columns, Value k);

  PackOp op;
  TileBuilder tile;
  Value input, init;
  Value runs; ///< `init` with its last two dimensions as one, where it has runs
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

void PackEmitter::interleave(Value item, Value panel, int64_t number, Value step, Value depth, Value columns,
                             bool isWhole) {
  OpBuilder &builder = tile.builder;
  Location loc = tile.loc;
  Type element = cast<MemRefType>(input.getType()).getElementType();
  auto line = VectorType::get({number * kPanelColumns}, element);
  Value column = tile.mul(panel, kPanelColumns),
        zeros = arith::ConstantOp::create(builder, loc, builder.getZeroAttr(line));
  Value last = tile.sub(depth, tile.index(1));
  bool isFull = getConstantIntValue(tile.rem(depth, 4)) == 0;
  SmallVector<Value> rows;
  for (int64_t i = 0; i < 4; ++i) {
    Value k = tile.add(tile.mul(step, 4), i), inside = isFull ? k : tile.min(k, last), row;
    if (isWhole) {
      row = vector::LoadOp::create(builder, loc, line, input, ValueRange{item, inside, column});
    } else {
      Value mask = vector::CreateMaskOp::create(builder, loc, line.clone(builder.getI1Type()),
                                                ValueRange{tile.sub(columns, column)});
      row = vector::MaskedLoadOp::create(builder, loc, line, input, ValueRange{item, inside, column}, mask, zeros);
    }
    if (!isFull && i != 0) {
      Value isInside = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::sle, k, last);
      row = arith::SelectOp::create(builder, loc, isInside, row, zeros);
    }
    rows.push_back(row);
  }
  auto weave = [&](Value a, Value b, int64_t from, int64_t count, int64_t width) -> Value {
    // `width` elements of one, then of the other.
    int64_t size = cast<VectorType>(a.getType()).getNumElements();
    SmallVector<int64_t> places;
    for (int64_t n = from; n < from + count; n += width)
      for (int64_t base : {n, size + n})
        for (int64_t i = 0; i < width; ++i)
          places.push_back(base + i);
    return vector::ShuffleOp::create(builder, loc, a, b, places);
  };
  for (int64_t p = 0; p < number; ++p) {
    Value low = weave(rows[0], rows[1], p * kPanelColumns, kPanelColumns, 1);
    Value high = weave(rows[2], rows[3], p * kPanelColumns, kPanelColumns, 1);
    vector::StoreOp::create(builder, loc, weave(low, high, 0, 2 * kPanelColumns, 2), runs,
                            ValueRange{item, tile.add(panel, p), step, tile.index(0)});
  }
}

void PackEmitter::copyRuns(Value item, Value lo, Value hi, Value depth, Value columns) {
  Value steps = tile.ceilDiv(depth, 4);
  auto copy = [&](Value from, Value to, int64_t number, bool isWhole) {
    tile.forLoop(from, to, number, [&](Value panel) {
      tile.forLoop(tile.index(0), steps, 1,
                   [&](Value step) { interleave(item, panel, number, step, depth, columns, isWhole); });
    });
  };
  Value whole = tile.min(hi, tile.div(columns, kPanelColumns));
  // A chunk may hold nothing but the last panel.
  Value inWhole = tile.sub(whole, tile.min(lo, whole));
  Value lines = tile.add(lo, tile.mul(tile.div(inWhole, kLinePanels), kLinePanels)), next = tile.add(lo, inWhole);
  copy(lo, lines, kLinePanels, /*isWhole=*/true);
  copy(lines, next, 1, /*isWhole=*/true);
  copy(next, hi, 1, /*isWhole=*/false);
}

void PackEmitter::gatherRun(Value item, Value panel, Value column, Value columns, Value depth, Value k) {
  OpBuilder &builder = tile.builder;
  Location loc = tile.loc;
  Value zero = tile.zero(cast<MemRefType>(input.getType()).getElementType());
  int64_t unit = cast<MemRefType>(init.getType()).getDimSize(4);
  Value one = tile.index(1), insideK = tile.min(k, tile.sub(depth, one));
  tile.forLoop(tile.index(0), tile.index(kPanelColumns), 1, [&](Value n) {
    Value at = tile.add(column, n), inside = tile.min(at, tile.sub(columns, one));
    Value value = memref::LoadOp::create(builder, loc, input,
                                         op.getTransposed() ? ValueRange{item, inside, insideK}
                                                            : ValueRange{item, insideK, inside});
    Value isInside =
        arith::AndIOp::create(builder, loc, arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, at, columns),
                              arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::slt, k, depth));
    memref::StoreOp::create(builder, loc, arith::SelectOp::create(builder, loc, isInside, value, zero), init,
                            ValueRange{item, panel, tile.div(k, unit), n, tile.rem(k, unit)});
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
  int64_t unit = getPanelUnit(cast<ShapedType>(init.getType()));
  if (unit != 1) {
    bool interleaves = unit == 4 && !transposed && isVectorAccess(type, 2) && packedType.getLayout().isIdentity();
    if (interleaves)
      runs = memref::CollapseShapeOp::create(tile.builder, tile.loc, init,
                                             ArrayRef<ReassociationIndices>{{0}, {1}, {2}, {3, 4}});
    piece = llvm::alignTo(piece, kLinePanels);
    tile.forChunks(batch, tile.size(init, 1), piece, [&](Value item, Value lo, Value hi) {
      if (interleaves)
        return copyRuns(item, lo, hi, steps, columns);
      tile.forLoop(lo, hi, 1, [&](Value panel) {
        tile.forLoop(tile.index(0), tile.mul(tile.ceilDiv(steps, unit), unit), 1,
                     [&](Value k) { gatherRun(item, panel, tile.mul(panel, kPanelColumns), columns, steps, k); });
      });
    });
    return;
  }
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
