//===- ChooseWinograd.cpp - which 3x3 convolutions go by Winograd ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "TileCost.h"

#include "tt/Codegen/Config/Passes.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Panels.h"
#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

namespace tt {
#define GEN_PASS_DEF_CHOOSEWINOGRADPASS
#include "tt/Codegen/Config/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

/// G of F(m x m, 3 x 3), (m + 2) x 3.
static constexpr double kFilter2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
static constexpr double kFilter4[6][3] = {{1 / 4., 0, 0},
                                          {-1 / 6., -1 / 6., -1 / 6.},
                                          {-1 / 6., 1 / 6., -1 / 6.},
                                          {1 / 24., 1 / 12., 1 / 6.},
                                          {1 / 24., -1 / 12., 1 / 6.},
                                          {0, 0, 1}};

/// Whether `op` is a convolution that tt.conv_winograd can compute: all sizes but the number of images are static.
static bool isCandidate(ConvDirectOp op) {
  auto isAll = [](ArrayRef<int64_t> values, int64_t wanted) {
    return llvm::all_of(values, [&](int64_t value) { return value == wanted; });
  };
  auto isKnown = [](ShapedType type) {
    return llvm::none_of(type.getShape().drop_front(),
                         [](int64_t size) { return ShapedType::isDynamic(size) || size == 0; });
  };
  auto input = cast<ShapedType>(op.getInput().getType()), init = cast<ShapedType>(op.getInit().getType());
  return !op.getPacked() && op.getGroups() == 1 && isAll(op.getKernel(), 3) && isAll(op.getStrides(), 1) &&
         isAll(op.getDilations(), 1) && isKnown(input) && isKnown(init) && init.getElementType().isF32() &&
         input.getElementType().isF32() && op.getEpilogue().getArgument(0).getType().isF32();
}

/// The filters OxIx3x3 transformed, in panels [(m + 2)^2, ceil(O / 16), I, 16]. Computed in f64, rounded once.
static Value transformFilter(OpBuilder &builder, Location loc, ElementsAttr filter, int64_t outputs) {
  auto shape = cast<ShapedType>(filter.getType()).getShape();
  int64_t columns = shape[0], channels = shape[1], side = outputs + 2,
          panels = llvm::divideCeil(columns, kPanelColumns);
  std::vector<char> storage;
  ArrayRef<char> bytes = getConstantBytes(filter, storage);
  const double (*g)[3] = outputs == 2 ? kFilter2 : kFilter4;
  auto type = RankedTensorType::get({side * side, panels, channels, kPanelColumns}, filter.getElementType());
  return createConstant(builder, loc, type, [&](MutableArrayRef<char> out) {
    for (int64_t o = 0; o < columns; ++o)
      for (int64_t c = 0; c < channels; ++c) {
        float taps[9];
        std::memcpy(taps, bytes.data() + (o * channels + c) * sizeof taps, sizeof taps);
        double half[6][3];
        for (int64_t i = 0; i < side; ++i)
          for (int64_t x = 0; x < 3; ++x)
            half[i][x] = g[i][0] * taps[x] + g[i][1] * taps[3 + x] + g[i][2] * taps[6 + x];
        for (int64_t i = 0; i < side; ++i)
          for (int64_t j = 0; j < side; ++j) {
            auto value = static_cast<float>(half[i][0] * g[j][0] + half[i][1] * g[j][1] + half[i][2] * g[j][2]);
            int64_t place =
                (((i * side + j) * panels + o / kPanelColumns) * channels + c) * kPanelColumns + o % kPanelColumns;
            std::memcpy(out.data() + place * sizeof value, &value, sizeof value);
          }
      }
  });
}

namespace {

struct ChooseWinogradPass : tt::impl::ChooseWinogradPassBase<ChooseWinogradPass> {
  using ChooseWinogradPassBase::ChooseWinogradPassBase;

  void runOnOperation() override {
    auto attr = getOperation()->getAttrOfType<StringAttr>("tt.winograd");
    StringRef mode = !algorithm.empty() ? StringRef(algorithm) : attr ? attr.getValue() : "f2";
    if (!llvm::is_contained({"off", "f2", "f4", "force-f2", "force-f4"}, mode)) {
      getOperation().emitError() << "needs off, f2, f4, force-f2 or force-f4 as algorithm of 3x3 convolutions, but "
                                    "found '"
                                 << mode << "'";
      return signalPassFailure();
    }
    if (mode == "off")
      return;
    SmallVector<ConvDirectOp> convs;
    getOperation().walk([&](ConvDirectOp op) {
      if (isCandidate(op) && getConstantAttr(op.getFilter()))
        convs.push_back(op);
    });
    for (ConvDirectOp op : convs)
      if (int64_t outputs = choose(op, mode))
        replace(op, outputs);
  }

  /// Side of the tiles of outputs, 0 for the direct form.
  int64_t choose(ConvDirectOp op, StringRef mode) {
    if (mode.consume_front("force-"))
      return mode == "f4" ? 4 : 2;
    auto init = cast<ShapedType>(op.getInit().getType());
    WinogradShape shape{init.getDimSize(1), init.getDimSize(2), cast<ShapedType>(op.getInput().getType()).getDimSize(3),
                        init.getDimSize(3)};
    double best = estimateDirectCycles(shape);
    int64_t outputs = 0;
    for (int64_t candidate : {2, 4}) {
      if (candidate == 4 && mode != "f4")
        break;
      if (double cycles = estimateWinogradCycles(shape, candidate); cycles < best) {
        best = cycles;
        outputs = candidate;
      }
    }
    return outputs;
  }

  void replace(ConvDirectOp op, int64_t outputs) {
    op->emitRemark() << "uses Winograd's F(" << outputs << "x" << outputs << ",3x3): the largest error is about "
                     << (outputs == 2 ? "4e-6" : "1e-4")
                     << " of the output's root mean square; --winograd=off forbids it";
    auto source = op.getFilter().getDefiningOp<arith::ConstantOp>();
    OpBuilder builder(op);
    Value filter = transformFilter(builder, op.getLoc(), getConstantAttr(op.getFilter()), outputs);
    auto winograd =
        ConvWinogradOp::create(builder, op.getLoc(), op->getResultTypes(), op.getInput(), filter, op.getInit(),
                               op.getExtras(), op.getExtraMaps(), outputs, LoweringConfigAttr());
    winograd.getEpilogue().takeBody(op.getEpilogue());
    op->replaceAllUsesWith(winograd);
    op.erase();
    releaseIfUnused(source);
  }
};

} // namespace
