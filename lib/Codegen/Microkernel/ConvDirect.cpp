//===- ConvDirect.cpp - loop nest of tt.conv_direct -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// A register tile is a run of output columns of one output row times some vectors of output channels. Its left elements
// are read where they lie in the padded input: no im2col.
//
// chunks of (image, output rows) ("mn") or of (image, group, channel tiles) ("nm")
//   group, output row, tiles of channels and of output columns
//     kh
//       one run over kw and the input channels where these are neighbours in memory, else kw, then the channels
//     epilogue, one store
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "Epilogue.h"
#include "RegisterTile.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace tt;

namespace {

class ConvDirectEmitter {
public:
  ConvDirectEmitter(OpBuilder &builder, ConvDirectOp op, const EmitterContext &context)
      : op(op), config(*op.getConfig()),
        tile(builder, op.getLoc(), config.getLanes(), context.instruction, context.run), input(op.getInput()),
        filter(op.getFilter()), init(op.getInit()), groups(op.getGroups()),
        unit(getPanelUnit(cast<ShapedType>(op.getFilter().getType()))) {
    tile.pairs = context.pairs;
    tile.quads = context.quads;
  }

  LogicalResult emit();

private:
  /// One tile: columns [ow, ow + number) of row `oh`, `vectors` vectors from channel `column` of group `group` on.
  void emitTile(Value image, Value group, Value oh, Value ow, int64_t number, Value column, int64_t vectors,
                ActiveLanes last);
  /// Adds the taps of the filter's row `kh`; `ih` is the input row under it, `step` the first step of the reduction.
  SmallVector<Value> reduceRow(ValueRange sums, const PanelColumns &panels, const PanelPrefetch &prefetch, Value image,
                               Value group, Value ih, ArrayRef<Value> iw, Value step);

  ConvDirectOp op;
  LoweringConfigAttr config;
  TileBuilder tile;
  Value input, filter, init;
  Value runs; ///< the input with its last two dimensions as one, where a run over kw and channels is possible
  Value channels, columns; ///< of one group
  int64_t groups;
  int64_t unit; ///< input channels that one step takes
  LogicalResult result = success();
};

} // namespace

SmallVector<Value> ConvDirectEmitter::reduceRow(ValueRange sums, const PanelColumns &panels,
                                                const PanelPrefetch &prefetch, Value image, Value group, Value ih,
                                                ArrayRef<Value> iw, Value step) {
  int64_t kw = op.getKernel()[1];
  if (runs) {
    LeftRows left{runs, {}, {}};
    for (Value column : iw) {
      left.prefix.push_back({image, ih});
      left.first.push_back(tile.mul(column, channels));
    }
    return multiplySteps(tile, sums, left, panels, step, tile.div(tile.mul(channels, kw), unit), prefetch);
  }
  Value firstChannel = tile.mul(group, channels);
  return tile.reduceLoop(tile.index(kw), sums, [&](Value tap, ValueRange outer) {
    LeftRows left{input, {}, SmallVector<Value>(iw.size(), firstChannel)};
    Value shift = tile.mul(tap, op.getDilations()[1]);
    for (Value column : iw)
      left.prefix.push_back({image, ih, tile.add(column, shift)});
    Value steps = tile.div(channels, unit);
    return multiplySteps(tile, outer, left, panels, tile.add(step, tile.mul(tap, steps)), steps, {});
  });
}

void ConvDirectEmitter::emitTile(Value image, Value group, Value oh, Value ow, int64_t number, Value column,
                                 int64_t vectors, ActiveLanes last) {
  bool aligned = config.getVectors() * config.getLanes() % kPanelColumns == 0 && !last.dynamic;
  PanelColumns panels = panelColumns(tile, filter, group, column, vectors, aligned);
  PanelPrefetch prefetch;
  std::optional<int64_t> height = getConstantIntValue(tile.size(init, 1)),
                         width = getConstantIntValue(tile.size(init, 2));
  if (config.getOrder() == "nm" && height && width && !last.dynamic) {
    int64_t perRow = llvm::divideCeil(*width, config.getRows());
    Value number = tile.add(tile.mul(oh, perRow), tile.div(ow, config.getRows()));
    prefetch = PanelPrefetch::create(tile, panels, config.getVectors(), number, *height * perRow);
  }
  int64_t kh = op.getKernel()[0], kw = op.getKernel()[1];
  Value ih = tile.mul(oh, op.getStrides()[0]);
  SmallVector<Value> iw;
  for (int64_t r = 0; r < number; ++r)
    iw.push_back(tile.mul(tile.add(ow, r), op.getStrides()[1]));
  Value stepsPerRow = tile.div(tile.mul(channels, kw), unit);
  SmallVector<Value> sums = tile.reduceLoop(
      tile.index(kh), zeroAccumulators(tile, number, panels, op.getEpilogue().getArgument(0).getType()),
      [&](Value tap, ValueRange accumulators) {
        Value row = tile.add(ih, tile.mul(tap, op.getDilations()[0]));
        return reduceRow(accumulators, panels, prefetch, image, group, row, iw, tile.mul(tap, stepsPerRow));
      });
  takeBack(tile, sums, panels);
  TileEpilogue epilogue(tile, cast<EpilogueOpInterface>(op.getOperation()));
  Value channel = tile.add(tile.mul(group, columns), column);
  for (int64_t r = 0; r < number; ++r)
    for (int64_t v = 0; v < vectors; ++v)
      if (failed(epilogue.store(sums[r * vectors + v], {image, oh, tile.add(ow, r), tile.add(channel, v * tile.lanes)},
                                r, v, v == vectors - 1 ? last : tile.allLanes())))
        result = failure();
}

LogicalResult ConvDirectEmitter::emit() {
  Value images = tile.size(init, 0), height = tile.size(init, 1), width = tile.size(init, 2);
  columns = tile.div(tile.size(init, 3), groups);
  channels = tile.div(tile.size(input, 3), groups);
  // With one group and no dilation a row of the kernel covers kw * channels neighbouring elements of the input.
  SmallVector<ReassociationIndices> lastTwo = {{0}, {1}, {2, 3}};
  if (groups == 1 && op.getDilations()[1] == 1 &&
      memref::CollapseShapeOp::isGuaranteedCollapsible(cast<MemRefType>(input.getType()), lastTwo))
    runs = memref::CollapseShapeOp::create(tile.builder, tile.loc, input, lastTwo);

  if (config.getOrder() == "mn") {
    tile.forChunks(images, height, config.getChunk(), [&](Value image, Value lo, Value hi) {
      tile.forLoop(tile.index(0), tile.index(groups), 1, [&](Value group) {
        tile.forLoop(lo, hi, 1, [&](Value oh) {
          tile.forRows(tile.index(0), width, width, config.getRows(), [&](Value ow, int64_t number) {
            tile.forColumns(tile.index(0), columns, columns, config.getVectors(),
                            [&](Value column, int64_t vectors, ActiveLanes last) {
                              emitTile(image, group, oh, ow, number, column, vectors, last);
                            });
          });
        });
      });
    });
    return result;
  }
  int64_t piece = config.getChunk() * config.getVectors() * config.getLanes();
  tile.forChunks(tile.mul(images, groups), columns, piece, [&](Value item, Value lo, Value hi) {
    Value image = tile.div(item, groups), group = tile.rem(item, groups);
    tile.forColumns(lo, hi, columns, config.getVectors(), [&](Value column, int64_t vectors, ActiveLanes last) {
      tile.forLoop(tile.index(0), height, 1, [&](Value oh) {
        tile.forRows(tile.index(0), width, width, config.getRows(),
                     [&](Value ow, int64_t number) { emitTile(image, group, oh, ow, number, column, vectors, last); });
      });
    });
  });
  return result;
}

LogicalResult tt::emitConvDirect(OpBuilder &builder, ConvDirectOp op, const EmitterContext &context) {
  if (failed(checkContraction(cast<EpilogueOpInterface>(op.getOperation()), op.getConfig(), context)))
    return failure();
  if (!op.getPacked())
    return op.emitOpError() << "needs a packed filter; tt-pack-weights packs constants, tt.pack everything else";
  return ConvDirectEmitter(builder, op, context).emit();
}
