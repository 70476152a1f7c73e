//===- ConvDepthwise.cpp - loop nest of tt.conv_depthwise -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// A register tile is a block of output rows x columns of one vector of channels.
//
// chunks of (image, output rows)
//   blocks of output rows, of output columns, vectors of channels
//     small kernels: every input under the block is loaded once and multiplied into each output it belongs to
//     large kernels: loops over the taps
//     epilogue, one store
//
// Either way an output adds its taps in the order kh, kw.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "Epilogue.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/DenseMap.h"

using namespace mlir;
using namespace tt;

namespace {

/// Kernels of up to this many taps are unrolled.
constexpr int64_t kMaxUnrolledTaps = 49;

/// A block of output rows x columns and its place.
struct Block {
  Value image, oh, ow, channel;
  int64_t rows, columns;
  ActiveLanes active;
};

class ConvDepthwiseEmitter {
public:
  ConvDepthwiseEmitter(OpBuilder &builder, ConvDepthwiseOp op, const EmitterContext &context)
      : op(op), config(*op.getConfig()),
        tile(builder, op.getLoc(), config.getLanes(), context.instruction, context.run),
        accumulatorType(op.getEpilogue().getArgument(0).getType()),
        asPairs(accumulatorType.isInteger(32) && context.instruction != MultiplyAdd::ByElement) {
    tile.pairs = context.pairs;
  }

  LogicalResult emit();

private:
  void emitBlock(const Block &block);
  SmallVector<Value> unrolledSums(const Block &block, ValueRange first, int64_t kh, int64_t kw);
  SmallVector<Value> loopedSums(const Block &block, ValueRange first);
  Value loadInput(const Block &block, Value ih, Value iw);
  Value loadTap(const Block &block, Value kh, Value kw);
  Value multiplyAdd(Value in, Value tap, Value sum);
  /// The integers `value` in i32.
  Value widen(Value value, bool isUnsigned);

  ConvDepthwiseOp op;
  LoweringConfigAttr config;
  TileBuilder tile;
  Type accumulatorType;
  bool asPairs; ///< integers are multiplied as pairs of i16 of which the second one of the tap is 0
  LogicalResult result = success();
};

} // namespace

Value ConvDepthwiseEmitter::widen(Value value, bool isUnsigned) {
  VectorType type = tile.vectorOf(accumulatorType);
  if (isUnsigned)
    return arith::ExtUIOp::create(tile.builder, tile.loc, type, value);
  return arith::ExtSIOp::create(tile.builder, tile.loc, type, value);
}

Value ConvDepthwiseEmitter::loadInput(const Block &block, Value ih, Value iw) {
  Value in = tile.load(op.getInput(), {block.image, ih, iw, block.channel}, /*dim=*/3, block.active);
  Type element = getElementTypeOrSelf(in);
  return isa<IntegerType>(element) ? widen(in, /*isUnsigned=*/element.isInteger(8)) : tile.convert(in, accumulatorType);
}

Value ConvDepthwiseEmitter::loadTap(const Block &block, Value kh, Value kw) {
  Value tap = tile.load(op.getFilter(), {kh, kw, block.channel}, /*dim=*/2, block.active);
  if (isa<FloatType>(accumulatorType))
    return tile.convert(tap, accumulatorType);
  return widen(tile.convert(tap, tile.builder.getI16Type()), asPairs);
}

Value ConvDepthwiseEmitter::multiplyAdd(Value in, Value tap, Value sum) {
  if (!asPairs)
    return tile.multiplyAdd(in, tap, sum);
  auto pairs = VectorType::get({2 * tile.lanes}, tile.builder.getI16Type());
  auto split = [&](Value words) { return vector::BitCastOp::create(tile.builder, tile.loc, pairs, words); };
  return dotPairs(tile, split(in), split(tap), sum);
}

SmallVector<Value> ConvDepthwiseEmitter::unrolledSums(const Block &block, ValueRange first, int64_t kh, int64_t kw) {
  ArrayRef<int64_t> strides = op.getStrides(), dilations = op.getDilations();
  Value firstRow = tile.mul(block.oh, strides[0]), firstColumn = tile.mul(block.ow, strides[1]);
  SmallVector<Value> sums(first), taps(kh * kw);
  // Pairs (output, tap) along one dimension that meet at input `at`.
  auto meet = [](int64_t at, int64_t outputs, int64_t taps, int64_t stride, int64_t dilation) {
    SmallVector<std::pair<int64_t, int64_t>> pairs;
    for (int64_t output = 0; output < outputs; ++output)
      if (int64_t rest = at - output * stride; rest >= 0 && rest % dilation == 0 && rest / dilation < taps)
        pairs.push_back({output, rest / dilation});
    return pairs;
  };
  for (int64_t r = 0; r <= (block.rows - 1) * strides[0] + (kh - 1) * dilations[0]; ++r) {
    auto rowPairs = meet(r, block.rows, kh, strides[0], dilations[0]);
    for (int64_t c = 0; c <= (block.columns - 1) * strides[1] + (kw - 1) * dilations[1]; ++c) {
      auto columnPairs = meet(c, block.columns, kw, strides[1], dilations[1]);
      if (rowPairs.empty() || columnPairs.empty())
        continue;
      Value in = loadInput(block, tile.add(firstRow, r), tile.add(firstColumn, c));
      for (auto [i, tapRow] : rowPairs)
        for (auto [j, tapColumn] : columnPairs) {
          Value &tap = taps[tapRow * kw + tapColumn];
          if (!tap)
            tap = loadTap(block, tile.index(tapRow), tile.index(tapColumn));
          Value &sum = sums[i * block.columns + j];
          sum = multiplyAdd(in, tap, sum);
        }
    }
  }
  return sums;
}

SmallVector<Value> ConvDepthwiseEmitter::loopedSums(const Block &block, ValueRange first) {
  ArrayRef<int64_t> strides = op.getStrides(), dilations = op.getDilations();
  return tile.reduceLoop(tile.size(op.getFilter(), 0), first, [&](Value kh, ValueRange outer) {
    return tile.reduceLoop(tile.size(op.getFilter(), 1), outer, [&](Value kw, ValueRange accumulators) {
      SmallVector<Value> sums(accumulators);
      Value tap = loadTap(block, kh, kw);
      Value shiftRow = tile.mul(kh, dilations[0]), shiftColumn = tile.mul(kw, dilations[1]);
      for (int64_t i = 0; i < block.rows; ++i)
        for (int64_t j = 0; j < block.columns; ++j) {
          Value ih = tile.add(tile.mul(tile.add(block.oh, i), strides[0]), shiftRow);
          Value iw = tile.add(tile.mul(tile.add(block.ow, j), strides[1]), shiftColumn);
          Value &sum = sums[i * block.columns + j];
          sum = multiplyAdd(loadInput(block, ih, iw), tap, sum);
        }
      return sums;
    });
  });
}

void ConvDepthwiseEmitter::emitBlock(const Block &block) {
  auto filter = cast<MemRefType>(op.getFilter().getType());
  int64_t kh = filter.getDimSize(0), kw = filter.getDimSize(1);
  bool unroll = !ShapedType::isDynamic(kh) && !ShapedType::isDynamic(kw) && kh * kw <= kMaxUnrolledTaps;
  TileEpilogue epilogue(tile, cast<EpilogueOpInterface>(op.getOperation()));
  SmallVector<Value> sums(block.rows * block.columns, tile.zeros(accumulatorType));
  epilogue.start(sums, sums.size(), block.channel, block.active);
  sums = unroll ? unrolledSums(block, sums, kh, kw) : loopedSums(block, sums);
  for (int64_t i = 0; i < block.rows; ++i)
    for (int64_t j = 0; j < block.columns; ++j) {
      int64_t place = i * block.columns + j;
      if (failed(epilogue.store(sums[place], {block.image, tile.add(block.oh, i), tile.add(block.ow, j), block.channel},
                                place,
                                /*vector=*/0, block.active)))
        result = failure();
    }
}

LogicalResult ConvDepthwiseEmitter::emit() {
  Value init = op.getInit();
  Value images = tile.size(init, 0), height = tile.size(init, 1), width = tile.size(init, 2);
  Value channels = tile.size(init, 3);
  tile.forChunks(images, height, config.getChunk() * config.getRows(), [&](Value image, Value lo, Value hi) {
    tile.forRows(lo, hi, height, config.getRows(), [&](Value oh, int64_t rows) {
      tile.forRows(tile.index(0), width, width, config.getVectors(), [&](Value ow, int64_t columns) {
        tile.forColumns(tile.index(0), channels, channels, /*vectors=*/1,
                        [&](Value channel, int64_t, ActiveLanes active) {
                          emitBlock({image, oh, ow, channel, rows, columns, active});
                        });
      });
    });
  });
  return result;
}

LogicalResult tt::emitConvDepthwise(OpBuilder &builder, ConvDepthwiseOp op, const EmitterContext &context) {
  if (failed(checkContraction(cast<EpilogueOpInterface>(op.getOperation()), op.getConfig(), context)))
    return failure();
  return ConvDepthwiseEmitter(builder, op, context).emit();
}
