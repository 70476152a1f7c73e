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
// Taps that meet the zeros around an image (`tt.borders`) are skipped: rows of the kernel for every tile, columns where
// one tile is a whole row of the output, as on the small maps at the end of a network.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "Epilogue.h"
#include "RegisterTile.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace tt;

/// A tile whose rows are cut short at a border has a loop for each set of rows: fewer channels are not worth these.
static constexpr int64_t kClippedChannels = 64;

namespace {

/// Neighbouring columns of the kernel that meet the image under the same rows of a tile.
struct TapRun {
  int64_t first, number;
  SmallVector<int64_t> rows;
};

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
                               Value group, Value ih, ArrayRef<Value> iw, Value step, ArrayRef<TapRun> taps);
  /// The columns of the kernel for a tile that starts at output column `ow` and has `number` rows: one run of all where
  /// nothing is known about `ow`.
  SmallVector<TapRun> tapRuns(Value ow, int64_t number);
  /// The rows of the kernel that meet the image where its first one lies over input row `ih`.
  std::pair<Value, Value> tapRows(Value ih);

  ConvDirectOp op;
  LoweringConfigAttr config;
  TileBuilder tile;
  Value input, filter, init;
  Value runs; ///< the input with its last two dimensions as one, where a run over kw and channels is possible
  Value channels, columns; ///< of one group
  int64_t groups;
  int64_t unit; ///< input channels that one step takes
  SmallVector<int64_t> borders = {0, 0, 0,
                                  0}; ///< zeros in `input`: rows above, columns left, rows below, columns right
  LogicalResult result = success();
};

} // namespace

SmallVector<Value> ConvDirectEmitter::reduceRow(ValueRange sums, const PanelColumns &panels,
                                                const PanelPrefetch &prefetch, Value image, Value group, Value ih,
                                                ArrayRef<Value> iw, Value step, ArrayRef<TapRun> taps) {
  int64_t kw = op.getKernel()[1];
  if (runs) {
    SmallVector<Value> next(sums);
    int64_t vectors = panels.panel.size();
    for (const TapRun &run : taps) {
      LeftRows left{runs, {}, {}};
      SmallVector<Value> part;
      for (int64_t r : run.rows) {
        left.prefix.push_back({image, ih});
        left.first.push_back(tile.mul(tile.add(iw[r], run.first), channels));
        llvm::append_range(part, ArrayRef(next).slice(r * vectors, vectors));
      }
      // Products of bytes have a row behind the others.
      llvm::append_range(part, ArrayRef(next).drop_front(iw.size() * vectors));
      Value first = tile.add(step, tile.div(tile.mul(channels, run.first), unit));
      part = multiplySteps(tile, part, left, panels, first, tile.div(tile.mul(channels, run.number), unit), prefetch);
      for (auto [i, r] : llvm::enumerate(run.rows))
        llvm::copy(ArrayRef(part).slice(i * vectors, vectors), next.begin() + r * vectors);
      llvm::copy(ArrayRef(part).drop_front(run.rows.size() * vectors), next.begin() + iw.size() * vectors);
    }
    return next;
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

SmallVector<TapRun> ConvDirectEmitter::tapRuns(Value ow, int64_t number) {
  int64_t kw = op.getKernel()[1], stride = op.getStrides()[1];
  std::optional<int64_t> first = getConstantIntValue(ow), size = getConstantIntValue(tile.size(input, 2)),
                         depth = getConstantIntValue(channels);
  // Products of bytes take back the same from all rows of a tile, which must do the same steps then.
  bool isClipped = unit == 1 && first && size && depth && *depth >= kClippedChannels && borders[1] + borders[3] != 0;
  SmallVector<TapRun> result;
  for (int64_t tap = 0; tap < kw; ++tap) {
    TapRun run{tap, 1, {}};
    for (int64_t r = 0; r < number; ++r)
      if (int64_t at = isClipped ? (*first + r) * stride + tap : 0;
          !isClipped || (at >= borders[1] && at < *size - borders[3]))
        run.rows.push_back(r);
    if (!result.empty() && result.back().rows == run.rows)
      ++result.back().number;
    else
      result.push_back(run);
  }
  llvm::erase_if(result, [](const TapRun &run) { return run.rows.empty(); });
  return result;
}

std::pair<Value, Value> ConvDirectEmitter::tapRows(Value ih) {
  Value lo = tile.index(0), hi = tile.index(op.getKernel()[0]);
  if (op.getDilations()[0] != 1)
    return {lo, hi};
  if (borders[0]) {
    Value rows = tile.index(borders[0]);
    lo = tile.sub(rows, tile.min(rows, ih));
  }
  if (borders[2])
    hi = tile.min(hi, tile.sub(tile.sub(tile.size(input, 1), tile.index(borders[2])), ih));
  return {lo, hi};
}

void ConvDirectEmitter::emitTile(Value image, Value group, Value oh, Value ow, int64_t number, Value column,
                                 int64_t vectors, ActiveLanes last) {
  bool aligned = config.getVectors() * config.getLanes() % kPanelColumns == 0 && !last.dynamic;
  PanelColumns panels = panelColumns(tile, filter, group, column, vectors, aligned);
  PanelPrefetch prefetch;
  std::optional<int64_t> height = getConstantIntValue(tile.size(init, 1)),
                         width = getConstantIntValue(tile.size(init, 2));
  int64_t kw = op.getKernel()[1], stride = op.getStrides()[0];
  if (config.getOrder() == "nm" && height && width && !last.dynamic) {
    // Rows of tiles that skip steps would leave their share out: the others do it all.
    int64_t perRow = llvm::divideCeil(*width, config.getRows());
    int64_t above = llvm::divideCeil(borders[0], stride), below = llvm::divideCeil(borders[2], stride);
    if (above + below >= *height)
      above = below = 0;
    Value number = tile.add(tile.mul(tile.sub(oh, tile.index(above)), perRow), tile.div(ow, config.getRows()));
    prefetch = PanelPrefetch::create(tile, panels, config.getVectors(), number, (*height - above - below) * perRow);
  }
  Value ih = tile.mul(oh, stride);
  SmallVector<Value> iw;
  for (int64_t r = 0; r < number; ++r)
    iw.push_back(tile.mul(tile.add(ow, r), op.getStrides()[1]));
  Value stepsPerRow = tile.div(tile.mul(channels, kw), unit);
  SmallVector<TapRun> taps = tapRuns(ow, number);
  auto [firstRow, endRow] = tapRows(ih);
  TileEpilogue epilogue(tile, cast<EpilogueOpInterface>(op.getOperation()));
  Value channel = tile.add(tile.mul(group, columns), column);
  SmallVector<Value> sums = zeroAccumulators(tile, number, panels, op.getEpilogue().getArgument(0).getType());
  SmallVector<Value> channelIndex;
  for (int64_t v = 0; v < vectors; ++v)
    channelIndex.push_back(tile.add(channel, v * tile.lanes));
  epilogue.start(sums, number, channelIndex, last);
  sums = tile.reduceLoop(firstRow, endRow, 1, sums, [&](Value tap, ValueRange accumulators) {
    Value row = tile.add(ih, tile.mul(tap, op.getDilations()[0]));
    return reduceRow(accumulators, panels, prefetch, image, group, row, iw, tile.mul(tap, stepsPerRow), taps);
  });
  takeBack(tile, sums, panels);
  for (int64_t r = 0; r < number; ++r)
    for (int64_t v = 0; v < vectors; ++v)
      if (failed(epilogue.store(sums[r * vectors + v], {image, oh, tile.add(ow, r), channelIndex[v]}, r, v,
                                v == vectors - 1 ? last : tile.allLanes())))
        result = failure();
}

LogicalResult ConvDirectEmitter::emit() {
  if (auto attr = op->getAttrOfType<DenseI64ArrayAttr>("tt.borders")) {
    if (attr.size() != 4 || llvm::any_of(attr.asArrayRef(), [](int64_t size) { return size < 0; }))
      return op.emitOpError() << "needs the rows above, columns left, rows below and columns right of the image as "
                                 "tt.borders, but found "
                              << attr;
    borders.assign(attr.asArrayRef().begin(), attr.asArrayRef().end());
  }
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
