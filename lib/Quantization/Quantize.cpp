//===- Quantize.cpp - tt-quantize ----------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Quantization/Passes.h"

#include "FusedChains.h"
#include "QuantizePlan.h"
#include "RangeAttr.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ProbeOps.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

#include <cmath>

namespace tt {
#define GEN_PASS_DEF_QUANTIZEPASS
#include "tt/Quantization/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

constexpr int64_t kWeightLimit = 127; ///< weights use [-127, 127]
constexpr int64_t kLowest = -128, kHighest = 127;

/// Scales of weights, one or one per output channel.
struct WeightScales {
  SmallVector<double> scales;
  int64_t axis; ///< of the output channels
};

/// The constant that is added to the result of a contraction, one element per output channel; null where there is none.
Value getBias(Operation *op) {
  if (auto conv = dyn_cast<tt::ConvOp>(op))
    return conv.getBias();
  Operation *reader = tt::getOnlyReader(op->getResult(0));
  if (!tt::isBiasAdd(reader))
    return {};
  return reader->getOperand(reader->getOperand(0) == op->getResult(0) ? 1 : 0);
}

/// Number of the output channel of each element: index / inner % channels.
struct ChannelOrder {
  int64_t channels, inner;
  int64_t operator()(int64_t index) const { return index / inner % channels; }
};

ChannelOrder getChannelOrder(RankedTensorType type, int64_t axis) {
  int64_t inner = 1;
  for (int64_t size : type.getShape().drop_front(axis + 1))
    inner *= size;
  return {type.getDimSize(axis), inner};
}

/// Chooses scales so that the largest magnitude is 127, and so that the bias, which becomes an i32 with the scale of
/// operand times weights, stays within 2^30.
WeightScales chooseWeightScales(Operation *op, ArrayRef<double> weights, double inputScale, bool perChannel) {
  auto type = cast<RankedTensorType>(op->getOperand(1).getType());
  WeightScales result;
  result.axis = isa<tt::ConvOp>(op) ? 0 : type.getRank() - 1;
  ChannelOrder channelOf = getChannelOrder(type, result.axis);
  SmallVector<double> largest(channelOf.channels), bias;
  for (auto [i, weight] : llvm::enumerate(weights))
    largest[channelOf(i)] = std::max(largest[channelOf(i)], std::fabs(weight));
  if (Value constant = getBias(op))
    (void)tt::getConstantFloats(constant, bias);
  for (auto [channel, magnitude] : llvm::enumerate(largest)) {
    double offset = bias.empty() ? 0 : std::fabs(bias[bias.size() == 1 ? 0 : channel]);
    magnitude = std::max(magnitude, kWeightLimit * offset / (inputScale * (1 << 30)));
  }
  if (!perChannel)
    largest = {*llvm::max_element(largest)};
  for (double magnitude : largest)
    result.scales.push_back(
        tt::chooseParameters({-magnitude, magnitude}, -kWeightLimit, kWeightLimit, /*symmetric=*/true).scale);
  return result;
}

struct QuantizePass : tt::impl::QuantizePassBase<QuantizePass> {
  using QuantizePassBase::QuantizePassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    if (weights != "per-channel" && weights != "per-tensor")
      return fail("weights", weights, "per-channel or per-tensor");
    if (activations != "asymmetric" && activations != "symmetric")
      return fail("activations", activations, "asymmetric or symmetric");
    tt::QuantizeChoice choice;
    choice.anyKind = ops.empty();
    for (const std::string &kind : ops)
      choice.kinds.insert(kind);
    choice.excluded.assign(exclude.begin(), exclude.end());
    FailureOr<tt::QuantizePlan> plan = tt::planQuantization(func, choice);
    if (failed(plan))
      return signalPassFailure();
    for (auto &[op, reason] : plan->reasons)
      if (tt::isContraction(op))
        op->emitRemark() << "stays in float: " << reason;
    // Weights first: they need the ranges of values by the values that the model has.
    for (Operation *op : plan->ops)
      if (tt::isContraction(op))
        quantizeWeights(op, getParameters(plan->values.lookup(op->getOperand(0))).scale);
    for (auto &[value, range] : plan->values)
      quantizeValue(value, getParameters(range), *plan);
    tt::eraseRanges(func);
  }

private:
  void fail(StringRef option, StringRef found, StringRef wanted) {
    getOperation().emitOpError("needs ") << option << " of " << wanted << ", but found '" << found << "'";
    signalPassFailure();
  }

  tt::AffineParameters getParameters(const tt::Range &range) {
    return tt::chooseParameters(range, kLowest, kHighest, activations == "symmetric");
  }

  /// Rounds `value` for the ops of the plan. Where it comes from one of them, everybody reads the rounded value: its
  /// kernel writes integers only. Else ops in float go on reading what they read.
  void quantizeValue(Value value, const tt::AffineParameters &p, const tt::QuantizePlan &plan) {
    OpBuilder b(&getContext());
    b.setInsertionPointAfterValue(value);
    auto type = cast<RankedTensorType>(value.getType());
    auto element =
        quant::UniformQuantizedType::getChecked(value.getLoc(), quant::QuantizationFlags::Signed, b.getI8Type(),
                                                type.getElementType(), double(p.scale), p.zero, kLowest, kHighest);
    auto rounded = quant::QuantizeCastOp::create(b, value.getLoc(), type.clone(element), value);
    Value real = quant::DequantizeCastOp::create(b, value.getLoc(), type, rounded);
    Operation *producer = value.getDefiningOp();
    bool isInteger = producer && plan.ops.contains(tt::getKernelStart(producer));
    value.replaceUsesWithIf(real, [&](OpOperand &use) {
      Operation *user = use.getOwner();
      return user != rounded && (isInteger || plan.ops.contains(user) || isa<tt::ObserveOp>(user));
    });
  }

  void quantizeWeights(Operation *op, double inputScale) {
    SmallVector<double> values;
    (void)tt::getConstantFloats(op->getOperand(1), values);
    WeightScales chosen = chooseWeightScales(op, values, inputScale, weights == "per-channel");
    Location loc = op->getOperand(1).getLoc();
    auto type = cast<RankedTensorType>(op->getOperand(1).getType());
    ChannelOrder channelOf = getChannelOrder(type, chosen.axis);
    OpBuilder b(op);
    Value integers =
        tt::createConstant(b, loc, cast<RankedTensorType>(type.clone(b.getI8Type())), [&](MutableArrayRef<char> bytes) {
          for (auto [i, value] : llvm::enumerate(values)) {
            float scale = chosen.scales[chosen.scales.size() == 1 ? 0 : channelOf(i)];
            float steps = std::nearbyint(static_cast<float>(value) / scale);
            bytes[i] =
                std::isnan(steps) ? 0 : static_cast<int8_t>(std::clamp<float>(steps, -kWeightLimit, kWeightLimit));
          }
        });
    Type element;
    if (weights == "per-channel")
      element = quant::UniformQuantizedPerAxisType::getChecked(
          loc, quant::QuantizationFlags::Signed, b.getI8Type(), type.getElementType(), chosen.scales,
          SmallVector<int64_t>(chosen.scales.size()), chosen.axis, -kWeightLimit, kWeightLimit);
    else
      element = quant::UniformQuantizedType::getChecked(loc, quant::QuantizationFlags::Signed, b.getI8Type(),
                                                        type.getElementType(), chosen.scales[0], 0, -kWeightLimit,
                                                        kWeightLimit);
    Value quantized = quant::StorageCastOp::create(b, loc, type.clone(element), integers);
    Value real = quant::DequantizeCastOp::create(b, loc, type, quantized);
    auto constant = op->getOperand(1).getDefiningOp<arith::ConstantOp>();
    op->setOperand(1, real);
    tt::releaseIfUnused(constant);
  }
};

} // namespace
