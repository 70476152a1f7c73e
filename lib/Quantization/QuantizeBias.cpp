//===- QuantizeBias.cpp - tt-quantize-bias --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Quantization/Passes.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <cmath>
#include <limits>

namespace tt {
#define GEN_PASS_DEF_QUANTIZEBIASPASS
#include "tt/Quantization/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// The constant scales of the tt.dequantize that makes `value`; nothing where there is none.
std::optional<SmallVector<double>> getScales(Value value) {
  SmallVector<double> scales;
  auto op = value.getDefiningOp<tt::DequantizeOp>();
  if (!op || !tt::getConstantFloats(op.getScale(), scales))
    return std::nullopt;
  return scales;
}

struct QuantizeBiasPass : tt::impl::QuantizeBiasPassBase<QuantizeBiasPass> {
  using QuantizeBiasPassBase::QuantizeBiasPassBase;

  void runOnOperation() override {
    getOperation().walk([](tt::ConvOp conv) {
      SmallVector<double> bias;
      std::optional<SmallVector<double>> input = getScales(conv.getInput()), filter = getScales(conv.getFilter());
      if (!conv.getBias() || !input || input->size() != 1 || !filter || !tt::getConstantFloats(conv.getBias(), bias) ||
          (filter->size() != 1 && filter->size() != bias.size()))
        return;
      OpBuilder b(conv);
      Location loc = conv.getBias().getLoc();
      SmallVector<int64_t> shape;
      if (filter->size() != 1)
        shape.push_back(bias.size());
      SmallVector<float> scales;
      for (double scale : *filter)
        scales.push_back(static_cast<float>(scale * input->front()));
      Value scale =
          tt::createConstant(b, loc, RankedTensorType::get(shape, b.getF32Type()),
                             [&](MutableArrayRef<char> bytes) { memcpy(bytes.data(), scales.data(), bytes.size()); });
      Value zero = tt::createConstant(b, loc, RankedTensorType::get(shape, b.getI32Type()),
                                      [](MutableArrayRef<char> bytes) {}); // they are zero
      Value integers = tt::createConstant(
          b, loc, RankedTensorType::get({static_cast<int64_t>(bias.size())}, b.getI32Type()),
          [&](MutableArrayRef<char> bytes) {
            for (auto [i, value] : llvm::enumerate(bias)) {
              double steps = std::nearbyint(value / scales[scales.size() == 1 ? 0 : i]);
              int32_t integer = std::clamp<double>(std::isnan(steps) ? 0 : steps, std::numeric_limits<int32_t>::min(),
                                                   std::numeric_limits<int32_t>::max());
              memcpy(bytes.data() + 4 * i, &integer, 4);
            }
          });
      conv.getBiasMutable().assign(
          tt::DequantizeOp::create(b, loc, conv.getBias().getType(), integers, scale, zero).getResult());
    });
  }
};

} // namespace
