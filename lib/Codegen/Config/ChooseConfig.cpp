//===- ChooseConfig.cpp - choose register tiles and parallel splits -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "TileCost.h"

#include "tt/Codegen/Config/Passes.h"
#include "tt/Dialect/IR/Panels.h"
#include "tt/Dialect/IR/WinogradOps.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tt {
#define GEN_PASS_DEF_CHOOSECONFIGPASS
#include "tt/Codegen/Config/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

static constexpr int64_t kDynamic = ShapedType::kDynamic;

/// a * b, kDynamic where one is.
static int64_t times(int64_t a, int64_t b) {
  return ShapedType::isDynamic(a) || ShapedType::isDynamic(b) ? kDynamic : a * b;
}
static int64_t tiles(int64_t size, int64_t tile) {
  return ShapedType::isDynamic(size) ? kDynamic : llvm::divideCeil(size, tile);
}
/// Stands for an unknown size in an estimate of work.
static double estimate(int64_t size) { return ShapedType::isDynamic(size) ? 64 : size; }

static LoweringConfigAttr makeConfig(MLIRContext *context, Tile tile, int64_t lanes, StringRef order, int64_t chunk) {
  return LoweringConfigAttr::get(context, tile.rows, tile.vectors, lanes, order, /*k_block=*/0, chunk);
}

static int64_t elementBytes(Value value) { return getElementTypeOrSelf(value).getIntOrFloatBitWidth() / 8; }

/// Steps of a reduction over `depth`: pairs of 16-bit floats are multiplied in one.
static int64_t countSteps(Value lhs, int64_t depth) { return tiles(depth, getPanelUnit(getElementTypeOrSelf(lhs))); }

static bool hasByteFactors(Operation *op) { return getElementTypeOrSelf(op->getOperand(0)).isInteger(8); }

static LoweringConfigAttr chooseGemm(GemmOp op, const RegisterFile &file) {
  auto init = cast<ShapedType>(op.getInit().getType()), lhs = cast<ShapedType>(op.getLhs().getType());
  auto rhs = cast<ShapedType>(op.getRhs().getType());
  int64_t batch = init.getDimSize(0), rows = init.getDimSize(1), columns = init.getDimSize(2);
  int64_t depth = lhs.getDimSize(2);
  if (ShapedType::isDynamic(depth))
    depth =
        op.getPacked() ? times(rhs.getDimSize(2), getPanelUnit(rhs)) : rhs.getDimSize(op.getRhsTransposed() ? 2 : 1);
  int64_t bytes = elementBytes(op.getLhs());
  bool alias = ShapedType::isDynamic(depth) || depth * bytes % 2048 == 0;
  Tile tile = chooseProductTile({rows, columns, countSteps(op.getLhs(), depth), batch, alias}, file);
  int64_t width = tile.vectors * file.lanes;
  StringRef order =
      chooseOrder(times(times(depth, columns), elementBytes(op.getRhs())), times(times(rows, depth), bytes),
                  times(times(rows, columns), elementBytes(op.getInit())), columns / width);
  bool columnsOutside = order == "nm";
  double flop = 2.0 * estimate(depth) * (columnsOutside ? width * estimate(rows) : tile.rows * estimate(columns));
  int64_t units = columnsOutside ? tiles(columns, width) : tiles(rows, tile.rows);
  return makeConfig(op.getContext(), tile, file.lanes, order, chooseChunk(flop, times(units, batch)));
}

/// The zeros that a pad puts around the images of `input` (N x H x W x C): rows above, columns left, rows below,
/// columns right. Empty where there are none, or something else may be there.
static SmallVector<int64_t> findBorders(Value input) {
  auto pad = input.getDefiningOp<tensor::PadOp>();
  if (!pad || ShapedType::isDynamicShape(pad.getStaticLow()) || ShapedType::isDynamicShape(pad.getStaticHigh()))
    return {};
  Value value = pad.getConstantPaddingValue();
  ArrayRef<int64_t> low = pad.getStaticLow(), high = pad.getStaticHigh();
  bool isZero = value && (matchPattern(value, m_AnyZeroFloat()) || matchPattern(value, m_Zero()));
  if (!isZero || low[0] || low[3] || high[0] || high[3])
    return {};
  SmallVector<int64_t> borders{low[1], low[2], high[1], high[2]};
  return llvm::any_of(borders, [](int64_t size) { return size > 0; }) ? borders : SmallVector<int64_t>();
}

static LoweringConfigAttr chooseConvDirect(ConvDirectOp op, const RegisterFile &file) {
  auto init = cast<ShapedType>(op.getInit().getType()), input = cast<ShapedType>(op.getInput().getType());
  int64_t groups = op.getGroups();
  int64_t channels = input.getDimSize(3), columns = init.getDimSize(3);
  if (!ShapedType::isDynamic(channels))
    channels /= groups;
  if (!ShapedType::isDynamic(columns))
    columns /= groups;
  int64_t depth = times(channels, op.getKernel()[0] * op.getKernel()[1]);
  int64_t images = init.getDimSize(0), height = init.getDimSize(1), width = init.getDimSize(2);
  int64_t bytes = elementBytes(op.getInput());
  bool alias = ShapedType::isDynamic(channels) || channels * groups * op.getStrides()[1] * bytes % 2048 == 0;
  Tile tile = chooseProductTile(
      {width, columns, countSteps(op.getInput(), depth), times(times(images, height), groups), alias}, file);
  int64_t inputElements = times(times(input.getDimSize(1), input.getDimSize(2)), times(channels, groups));
  int64_t tileWidth = tile.vectors * file.lanes;
  int64_t outputElements = times(times(height, width), init.getDimSize(3));
  StringRef order =
      chooseOrder(times(times(times(depth, groups), columns), elementBytes(op.getFilter())),
                  times(inputElements, bytes), times(outputElements, elementBytes(op.getInit())), columns / tileWidth);
  bool columnsOutside = order == "nm";
  double flop = 2.0 * estimate(depth) * estimate(width) *
                (columnsOutside ? estimate(height) * tileWidth : estimate(columns) * groups);
  int64_t units = columnsOutside ? times(tiles(columns, tileWidth), groups) : height;
  return makeConfig(op.getContext(), tile, file.lanes, order, chooseChunk(flop, times(units, images)));
}

static LoweringConfigAttr chooseConvDepthwise(ConvDepthwiseOp op, const RegisterFile &file) {
  auto init = cast<ShapedType>(op.getInit().getType()), filter = cast<ShapedType>(op.getFilter().getType());
  int64_t images = init.getDimSize(0), height = init.getDimSize(1), width = init.getDimSize(2);
  int64_t kh = filter.getDimSize(0), kw = filter.getDimSize(1);
  Tile tile = chooseDepthwiseTile(height, width, kh, kw, op.getStrides()[0], op.getStrides()[1], file);
  // A multiply-add of a depthwise convolution moves more memory than one of a product: count it twice.
  double flop = 4.0 * estimate(kh) * estimate(kw) * estimate(width) * estimate(init.getDimSize(3)) * tile.rows;
  int64_t units = times(tiles(height, tile.rows), images);
  return makeConfig(op.getContext(), tile, file.lanes, "mn", chooseChunk(flop, units));
}

/// See ConvWinograd.cpp for what order and chunk mean there.
static LoweringConfigAttr chooseConvWinograd(ConvWinogradOp op, const RegisterFile &file) {
  auto init = cast<ShapedType>(op.getInit().getType());
  int64_t side = op.getTile() + 2;
  WinogradShape shape{init.getDimSize(1), init.getDimSize(2), cast<ShapedType>(op.getInput().getType()).getDimSize(3),
                      init.getDimSize(3)};
  WinogradPlan plan = planWinograd(shape, op.getTile());
  Tile tile = chooseProductTile({plan.tiles, shape.columns, shape.channels, side * side, /*rowsAlias=*/false}, file);
  double flop = 2.0 * side * side * plan.tiles * shape.columns * shape.channels;
  int64_t blocks = plan.wholeImage ? 1 : llvm::divideCeil(llvm::divideCeil(shape.height, op.getTile()), plan.rows);
  bool threads = chooseChunk(flop, blocks) != 0;
  return makeConfig(op.getContext(), tile, file.lanes, plan.wholeImage ? "nm" : "mn",
                    plan.wholeImage ? threads : plan.rows);
}

namespace {

struct ChooseConfigPass : tt::impl::ChooseConfigPassBase<ChooseConfigPass> {
  using ChooseConfigPassBase::ChooseConfigPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> kernels;
    getOperation().walk([&](Operation *op) {
      if (isa<GemmOp, ConvDirectOp, ConvDepthwiseOp, ConvWinogradOp>(op))
        kernels.push_back(op);
    });
    if (kernels.empty())
      return;
    auto module = getOperation()->getParentOfType<ModuleOp>();
    auto target = module ? module->getAttrOfType<TargetAttr>("tt.target") : TargetAttr();
    if (!target) {
      getOperation().emitError() << "needs a module with a tt.target; run tt-set-target first";
      return signalPassFailure();
    }
    const RegisterFile floats{target.getLanes(), target.getRegisters(), target.getTriple().starts_with("aarch64")};
    RegisterFile bytes = floats;
    bool hasBytes = llvm::any_of(kernels, [](Operation *op) { return hasByteFactors(op); });
    if (hasBytes && !floats.byElement) {
      bytes.fromMemory = false;
      tt::Target features{target.getTriple().str(), target.getCpu().str(), target.getFeatures().str(),
                          target.getLanes(), target.getRegisters()};
      bytes.splitsRuns = !tt::hasFeature(features, floats.lanes == 16 ? "avx512vnni" : "avxvnni");
    }
    for (Operation *op : kernels) {
      const RegisterFile &file = hasByteFactors(op) ? bytes : floats;
      TypeSwitch<Operation *>(op)
          .Case([&](GemmOp gemm) {
            if (!gemm.getConfig())
              gemm.setConfigAttr(chooseGemm(gemm, file));
          })
          .Case([&](ConvDirectOp conv) {
            if (!conv.getConfig())
              conv.setConfigAttr(chooseConvDirect(conv, file));
            if (SmallVector<int64_t> borders = findBorders(conv.getInput()); !borders.empty())
              conv->setAttr("tt.borders", DenseI64ArrayAttr::get(conv.getContext(), borders));
          })
          .Case([&](ConvWinogradOp conv) {
            if (!conv.getConfig())
              conv.setConfigAttr(chooseConvWinograd(conv, file));
          })
          .Case([&](ConvDepthwiseOp conv) {
            if (!conv.getConfig())
              conv.setConfigAttr(chooseConvDepthwise(conv, file));
          });
    }
  }
};

} // namespace
