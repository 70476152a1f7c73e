//===- ConvWinograd.cpp - loop nest of tt.conv_winograd -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// Three steps over a block of rows of tiles: the inputs' transform B^T d B into scratch memory, one product per
// component (channels x filters), the outputs' transform A^T M A with the epilogue on its vectors.
//
// "mn": chunks of (image, `chunk` rows of tiles), each with all three steps and the scratch of its thread
// "nm": for each image chunks of rows of tiles for the first step; then chunks of columns for the others
//
// Scratch is [thread, input or product, component, tile, channel]; a row of it is 16 floats longer than it must be, so
// that rows do not alias in the caches. Where the image ends inside a tile, the missing inputs count as zeros and the
// missing outputs are not computed; the output's last rows and columns have kernels of their own.
//
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "Epilogue.h"
#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace tt;

namespace {

/// The matrices of F(m x m, 3 x 3), row by row: B^T is (m + 2) x (m + 2), A^T is m x (m + 2).
struct Matrices {
  ArrayRef<double> input, output;
};

constexpr double kInput2[] = {1, 0, -1, 0, 0, 1, 1, 0, 0, -1, 1, 0, 0, 1, 0, -1};
constexpr double kOutput2[] = {1, 1, 1, 0, 0, 1, -1, -1};
constexpr double kInput4[] = {4, 0,  -5, 0, 1, 0, 0, -4, -4, 1,  1, 0, 0, 4, -4, -1, 1, 0,
                              0, -2, -1, 2, 1, 0, 0, 2,  -1, -2, 1, 0, 0, 4, 0,  -5, 0, 1};
constexpr double kOutput4[] = {1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0, 0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1};

Matrices getMatrices(int64_t outputs) {
  return outputs == 2 ? Matrices{kInput2, kOutput2} : Matrices{kInput4, kOutput4};
}

/// Rows of tiles that are handled at once.
struct TileRows {
  Value image, first; ///< the first row of tiles
  int64_t number;
  Value slot; ///< the thread whose scratch holds them
};

class ConvWinogradEmitter {
public:
  ConvWinogradEmitter(OpBuilder &builder, ConvWinogradOp op, const EmitterContext &context)
      : op(op), config(*op.getConfig()),
        tile(builder, op.getLoc(), config.getLanes(), context.instruction, context.run), outputs(op.getTile()),
        inputs(outputs + 2), matrices(getMatrices(outputs)) {
    auto init = cast<MemRefType>(op.getInit().getType());
    height = init.getDimSize(1);
    width = init.getDimSize(2);
    columns = init.getDimSize(3);
    channels = cast<MemRefType>(op.getInput().getType()).getDimSize(3);
    tileRows = llvm::divideCeil(height, outputs);
    tileColumns = llvm::divideCeil(width, outputs);
  }

  LogicalResult emit();

private:
  /// The linear combination of `values` with `factors`; null values are zeros, and so is a null result.
  Value combine(ArrayRef<double> factors, ArrayRef<Value> values);
  /// M X M^T for a matrix M of `rows` rows and as many columns as X; X is square, and null values are zeros.
  SmallVector<Value> transform(ArrayRef<double> matrix, int64_t rowsOut, int64_t columnsOut, ArrayRef<Value> values);

  /// `body(row, valid rows, column, valid columns)` for the tiles of the rows [lo, hi) of tiles; valid are the outputs
  /// inside the image.
  void forTiles(Value lo, Value hi, llvm::function_ref<void(Value, int64_t, Value, int64_t)> body);
  Type scratchElement() { return op.getEpilogue().getArgument(0).getType(); }
  /// Place of the tile (row, column) of the image among those of `rows`.
  Value placeInBlock(const TileRows &rows, Value row, Value column) {
    return tile.add(tile.mul(tile.sub(row, rows.first), tileColumns), column);
  }
  SmallVector<Value> scratchAt(const TileRows &rows, bool isProduct, Value component, Value place, Value channel) {
    return {rows.slot, tile.index(isProduct), component, place, channel};
  }

  /// The input transform of the rows [lo, hi) of tiles, which belong to `rows`.
  void transformInputs(const TileRows &rows, Value lo, Value hi);
  /// The products of all tiles of `rows` with the filters [lo, hi), whole panels.
  void multiply(const TileRows &rows, Value lo, Value hi);
  /// Output transform and epilogue for the output channels [lo, hi).
  void transformOutputs(const TileRows &rows, Value lo, Value hi);

  ConvWinogradOp op;
  LoweringConfigAttr config;
  TileBuilder tile;
  int64_t outputs, inputs; ///< of a tile, along one side
  Matrices matrices;
  int64_t height, width, columns, channels, tileRows, tileColumns;
  Value scratch;
  LogicalResult result = success();
};

} // namespace

Value ConvWinogradEmitter::combine(ArrayRef<double> factors, ArrayRef<Value> values) {
  // The first term is one with the factor 1, where there is one.
  int64_t first = -1;
  for (auto [i, value] : llvm::enumerate(values))
    if (value && factors[i] != 0 && (first < 0 || (factors[first] != 1 && factors[i] == 1)))
      first = i;
  if (first < 0)
    return {};
  OpBuilder &b = tile.builder;
  Type element = cast<VectorType>(values[first].getType()).getElementType();
  auto splat = [&](double factor) { return tile.splat(tile.constant(element, factor)); };
  Value sum = values[first];
  if (factors[first] != 1)
    sum = arith::MulFOp::create(b, tile.loc, sum, splat(factors[first]));
  for (auto [i, value] : llvm::enumerate(values)) {
    if (!value || factors[i] == 0 || static_cast<int64_t>(i) == first)
      continue;
    if (factors[i] == 1)
      sum = arith::AddFOp::create(b, tile.loc, sum, value);
    else if (factors[i] == -1)
      sum = arith::SubFOp::create(b, tile.loc, sum, value);
    else
      sum = tile.multiplyAdd(value, splat(factors[i]), sum);
  }
  return sum;
}

SmallVector<Value> ConvWinogradEmitter::transform(ArrayRef<double> matrix, int64_t rowsOut, int64_t columnsOut,
                                                  ArrayRef<Value> values) {
  SmallVector<Value> half(rowsOut * inputs), result(rowsOut * columnsOut);
  for (int64_t j = 0; j < inputs; ++j) {
    SmallVector<Value> column;
    for (int64_t i = 0; i < inputs; ++i)
      column.push_back(values[i * inputs + j]);
    for (int64_t i = 0; i < rowsOut; ++i)
      half[i * inputs + j] = combine(matrix.slice(i * inputs, inputs), column);
  }
  for (int64_t i = 0; i < rowsOut; ++i)
    for (int64_t j = 0; j < columnsOut; ++j)
      result[i * columnsOut + j] = combine(matrix.slice(j * inputs, inputs), ArrayRef(half).slice(i * inputs, inputs));
  return result;
}

void ConvWinogradEmitter::forTiles(Value lo, Value hi, llvm::function_ref<void(Value, int64_t, Value, int64_t)> body) {
  int64_t restRows = height % outputs, restColumns = width % outputs;
  auto row = [&](Value row, int64_t rows) {
    tile.forLoop(tile.index(0), tile.index(width / outputs), 1,
                 [&](Value column) { body(row, rows, column, outputs); });
    if (restColumns)
      body(row, rows, tile.index(tileColumns - 1), restColumns);
  };
  tile.forLoop(lo, restRows ? tile.min(hi, tile.index(height / outputs)) : hi, 1, [&](Value at) { row(at, outputs); });
  if (restRows)
    tile.ifEqual(hi, tile.index(tileRows), [&] { row(tile.index(tileRows - 1), restRows); });
}

void ConvWinogradEmitter::transformInputs(const TileRows &rows, Value lo, Value hi) {
  forTiles(lo, hi, [&](Value row, int64_t validRows, Value column, int64_t validColumns) {
    Value place = placeInBlock(rows, row, column), ih = tile.mul(row, outputs), iw = tile.mul(column, outputs);
    Value count = tile.index(channels);
    tile.forColumns(tile.index(0), count, count, /*vectors=*/1, [&](Value channel, int64_t, ActiveLanes active) {
      SmallVector<Value> values(inputs * inputs);
      for (int64_t i = 0; i < validRows + 2; ++i)
        for (int64_t j = 0; j < validColumns + 2; ++j)
          values[i * inputs + j] =
              tile.load(op.getInput(), {rows.image, tile.add(ih, i), tile.add(iw, j), channel}, /*dim=*/3, active);
      SmallVector<Value> transformed = transform(matrices.input, inputs, inputs, values);
      for (auto [component, value] : llvm::enumerate(transformed))
        tile.store(value ? value : tile.zeros(scratchElement()), scratch,
                   scratchAt(rows, /*isProduct=*/false, tile.index(component), place, channel), tile.allLanes());
    });
  });
}

void ConvWinogradEmitter::multiply(const TileRows &rows, Value lo, Value hi) {
  int64_t tiles = rows.number * tileColumns, steps = llvm::divideCeil(tiles, config.getRows());
  int64_t padded = llvm::alignTo(columns, kPanelColumns);
  bool aligned = config.getVectors() * config.getLanes() % kPanelColumns == 0;
  Value filter = op.getFilter(), depth = tile.index(channels);
  // Chunks of one tile of columns go to the next component, not to the next columns.
  int64_t skipped = config.getOrder() == "nm" && config.getChunk() == 1
                        ? (padded - config.getVectors() * config.getLanes()) * channels
                        : 0;
  tile.forLoop(tile.index(0), tile.index(inputs * inputs), 1, [&](Value component) {
    tile.forColumns(lo, hi, tile.index(padded), config.getVectors(), [&](Value column, int64_t vectors, ActiveLanes) {
      PanelColumns panels = panelColumns(tile, filter, component, column, vectors, aligned);
      tile.forRows(
          tile.index(0), tile.index(tiles), tile.index(tiles), config.getRows(), [&](Value row, int64_t number) {
            PanelPrefetch prefetch =
                PanelPrefetch::create(tile, panels, config.getVectors(), tile.div(row, config.getRows()), steps);
            if (prefetch.flat)
              prefetch.first = tile.add(prefetch.first, skipped);
            LeftRows left{scratch, {}, SmallVector<Value>(number, tile.index(0))};
            for (int64_t r = 0; r < number; ++r)
              left.prefix.push_back({rows.slot, tile.index(0), component, tile.add(row, r)});
            SmallVector<Value> sums = multiplySteps(tile, zeroAccumulators(tile, number, panels, scratchElement()),
                                                    left, panels, tile.index(0), depth, prefetch);
            for (int64_t r = 0; r < number; ++r)
              for (int64_t v = 0; v < vectors; ++v)
                tile.store(
                    sums[r * vectors + v], scratch,
                    scratchAt(rows, /*isProduct=*/true, component, tile.add(row, r), tile.add(column, v * tile.lanes)),
                    tile.allLanes());
          });
    });
  });
}

void ConvWinogradEmitter::transformOutputs(const TileRows &rows, Value lo, Value hi) {
  forTiles(
      rows.first, tile.add(rows.first, rows.number),
      [&](Value row, int64_t validRows, Value column, int64_t validColumns) {
        Value place = placeInBlock(rows, row, column), oh = tile.mul(row, outputs), ow = tile.mul(column, outputs);
        tile.forColumns(lo, hi, tile.index(columns), /*vectors=*/1, [&](Value channel, int64_t, ActiveLanes active) {
          SmallVector<Value> products;
          for (int64_t component = 0; component < inputs * inputs; ++component)
            products.push_back(tile.load(scratch,
                                         scratchAt(rows, /*isProduct=*/true, tile.index(component), place, channel),
                                         /*dim=*/4, tile.allLanes()));
          SmallVector<Value> values = transform(matrices.output, validRows, validColumns, products);
          TileEpilogue epilogue(tile, cast<EpilogueOpInterface>(op.getOperation()));
          for (auto [i, value] : llvm::enumerate(values)) {
            Value y = tile.add(oh, i / validColumns), x = tile.add(ow, i % validColumns);
            if (failed(epilogue.store(value, {rows.image, y, x, channel}, i, 0, active)))
              result = failure();
          }
        });
      });
}

LogicalResult ConvWinogradEmitter::emit() {
  int64_t block =
      config.getOrder() == "mn" && config.getChunk() != 0 ? std::min(config.getChunk(), tileRows) : tileRows;
  int64_t width = llvm::alignTo(std::max(channels, columns), kPanelColumns) + kPanelColumns;
  auto type = MemRefType::get({ShapedType::kDynamic, 2, inputs * inputs, block * tileColumns, width}, scratchElement());
  scratch = ScratchOp::create(tile.builder, tile.loc, type, tile.context);
  Value images = tile.size(op.getInit(), 0), zero = tile.index(0), allRows = tile.index(tileRows);
  Value padded = tile.index(llvm::alignTo(columns, kPanelColumns)), real = tile.index(columns);

  if (config.getOrder() == "mn") {
    tile.forChunks(images, allRows, block, [&](Value image, Value lo, Value hi) {
      Value slot = tile.thread;
      tile.forRows(lo, hi, allRows, block, [&](Value first, int64_t number) {
        TileRows rows{image, first, number, slot};
        transformInputs(rows, first, tile.add(first, number));
        multiply(rows, zero, padded);
        transformOutputs(rows, zero, real);
      });
    });
    return result;
  }
  tile.forLoop(zero, images, 1, [&](Value image) {
    TileRows rows{image, zero, tileRows, zero};
    tile.forChunks(tile.index(1), allRows, /*piece=*/config.getChunk() != 0,
                   [&](Value, Value lo, Value hi) { transformInputs(rows, lo, hi); });
    int64_t piece = config.getChunk() * config.getVectors() * config.getLanes();
    tile.forChunks(tile.index(1), padded, piece, [&](Value, Value lo, Value hi) {
      multiply(rows, lo, hi);
      transformOutputs(rows, lo, tile.min(hi, real));
    });
  });
  return result;
}

LogicalResult tt::emitConvWinograd(OpBuilder &builder, ConvWinogradOp op, const EmitterContext &context) {
  if (failed(checkContraction(cast<EpilogueOpInterface>(op.getOperation()), op.getConfig(), context)))
    return failure();
  if (!context.run)
    return op.emitOpError() << "needs scratch memory: a function whose first argument is the run's context";
  if (op.getEpilogue().getArgument(0).getType() != getElementTypeOrSelf(op.getInput()))
    return op.emitOpError() << "needs an accumulator of the input's element type, but found "
                            << op.getEpilogue().getArgument(0).getType();
  return ConvWinogradEmitter(builder, op, context).emit();
}
