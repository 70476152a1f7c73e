//===- RaiseQuant.cpp - casts of the quant dialect from a model's own -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "QuantValues.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"

namespace tt {
#define GEN_PASS_DEF_RAISEQUANTPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

/// The parameters that constants `scale` and `zero` of an op on a tensor of rank `rank` say, and why they have none.
static std::optional<QuantParameters> readParameters(Value scale, Value zero, int64_t rank, StringRef &reason) {
  auto refuse = [&](StringRef why) {
    reason = why;
    return std::nullopt;
  };
  RankedTensorType scaleType = getTensorType(scale), zeroType = getTensorType(zero);
  if (!scaleType.getElementType().isF32())
    return refuse("the real numbers are not f32");
  if (zeroType.getElementTypeBitWidth() != 8)
    return refuse("the integers do not have 8 bits");
  SmallVector<double> scales;
  SmallVector<int64_t> zeros;
  if (!tt::getConstantFloats(scale, scales) || !tt::getConstantInts(zero, zeros) || scales.empty() || zeros.empty())
    return refuse("scale and zero point are not constant");
  QuantParameters parameters;
  parameters.isSigned = !zeroType.getElementType().isUnsignedInteger();
  if (!parameters.isSigned)
    parameters.low = 0, parameters.high = 255;
  for (RankedTensorType type : {scaleType, zeroType})
    for (auto [i, size] : llvm::enumerate(type.getShape())) {
      int64_t axis = static_cast<int64_t>(i) + rank - type.getRank();
      if (size == 1)
        continue;
      if (parameters.axis && *parameters.axis != axis)
        return refuse("scale or zero point vary along several dimensions");
      parameters.axis = axis;
    }
  // Positions that share a scale may differ in the zero point, and the other way round.
  size_t count = std::max(scales.size(), zeros.size());
  if (scales.size() == 1)
    scales.assign(count, scales.front());
  if (zeros.size() == 1)
    zeros.assign(count, zeros.front());
  parameters.scales.assign(scales.begin(), scales.end());
  parameters.zeros = std::move(zeros);
  return parameters;
}

namespace {
struct RaiseQuantPass : tt::impl::RaiseQuantPassBase<RaiseQuantPass> {
  using RaiseQuantPassBase::RaiseQuantPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<tt::QuantizeOp, tt::DequantizeOp>(op))
        ops.push_back(op);
    });
    for (Operation *op : ops) {
      StringRef reason;
      if (succeeded(raise(op, reason)))
        continue;
      op->emitRemark() << "is not written in the quant dialect: " << reason;
    }
  }

  LogicalResult raise(Operation *op, StringRef &reason) {
    Value input = op->getOperand(0), result = op->getResult(0);
    RankedTensorType type = getTensorType(result);
    // Broadcasting to a larger shape is more than a cast.
    if (getTensorType(input).getShape() != type.getShape()) {
      reason = "scale or zero point have a larger shape than the tensor";
      return failure();
    }
    std::optional<QuantParameters> parameters =
        readParameters(op->getOperand(1), op->getOperand(2), type.getRank(), reason);
    if (!parameters)
      return failure();
    if (parameters->axis && type.isDynamicDim(*parameters->axis)) {
      reason = "scales vary along a dimension of unknown size";
      return failure();
    }
    RankedTensorType quantized = getQuantType(&getContext(), type.getShape(), *parameters);
    if (!quantized) {
      reason = "a scale is no positive normal number";
      return failure();
    }
    OpBuilder builder(op);
    Location loc = op->getLoc();
    Value raised;
    if (isa<tt::QuantizeOp>(op))
      raised = getIntegers(builder, loc, quant::QuantizeCastOp::create(builder, loc, quantized, input));
    else
      raised = getReal(builder, loc, getQuantized(builder, loc, input, quantized));
    result.replaceAllUsesWith(raised);
    op->erase();
    return success();
  }
};
} // namespace
