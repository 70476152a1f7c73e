//===- PackWeights.cpp - constant right-hand sides to panels --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Config/Passes.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Panels.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

namespace tt {
#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "tt/Codegen/Config/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

namespace {

/// How a constant's elements go to [outer, panels, steps, 16], or to [outer, panels, ceil(steps / unit), 16, unit]:
/// column n, step k of item b is element b * outerStride + n * columnStride + k1 * stepStride[0] + k0 * stepStride[1],
/// where k = k1 * innerSteps + k0.
struct PackPlan {
  int64_t outer, columns, steps, innerSteps;
  int64_t outerStride, columnStride, stepStride[2];
  int64_t unit = 1;

  auto key() const {
    return std::make_tuple(outer, columns, steps, innerSteps, outerStride, columnStride, stepStride[0], stepStride[1],
                           unit);
  }
  int64_t panels() const { return llvm::divideCeil(columns, kPanelColumns); }
  int64_t runs() const { return llvm::divideCeil(steps, unit); }
};

} // namespace

/// Looks through ops that change the shape, but not the order of the bytes.
static arith::ConstantOp findConstant(Value value, SmallVectorImpl<Operation *> &reshapes) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      return constant;
    if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(op))
      break;
    reshapes.push_back(op);
    value = op->getOperand(0);
  }
  return {};
}

/// `to` is zeroed.
static void pack(const PackPlan &plan, int64_t bytes, ArrayRef<char> from, MutableArrayRef<char> to) {
  int64_t panels = plan.panels(), distance = plan.unit * bytes; // of neighbouring columns in `to`
  for (int64_t b = 0; b < plan.outer; ++b)
    for (int64_t p = 0; p < panels; ++p)
      for (int64_t k = 0; k < plan.steps; ++k) {
        const char *in =
            from.data() + bytes * (b * plan.outerStride + p * kPanelColumns * plan.columnStride +
                                   k / plan.innerSteps * plan.stepStride[0] + k % plan.innerSteps * plan.stepStride[1]);
        char *out = to.data() + ((b * panels + p) * plan.runs() + k / plan.unit) * kPanelColumns * distance +
                    k % plan.unit * bytes;
        int64_t count = std::min(kPanelColumns, plan.columns - p * kPanelColumns);
        if (plan.columnStride == 1 && plan.unit == 1)
          std::memcpy(out, in, count * bytes);
        else
          for (int64_t n = 0; n < count; ++n)
            std::memcpy(out + n * distance, in + n * plan.columnStride * bytes, bytes);
      }
}

namespace {

struct PackWeightsPass : tt::impl::PackWeightsPassBase<PackWeightsPass> {
  using PackWeightsPassBase::PackWeightsPassBase;

  void runOnOperation() override {
    // All users of a constant one after another, whatever level they belong to, so that it can go before the next is
    // packed.
    llvm::MapVector<Attribute, SmallVector<Operation *>> kernels;
    getOperation().walk([&](Operation *op) {
      auto gemm = dyn_cast<GemmOp>(op);
      auto conv = dyn_cast<ConvDirectOp>(op);
      if (!gemm && !conv)
        return;
      SmallVector<Operation *> reshapes;
      if (arith::ConstantOp source = findConstant(gemm ? gemm.getRhs() : conv.getFilter(), reshapes))
        kernels[source.getValue()].push_back(op);
    });
    for (const auto &[source, ops] : kernels)
      for (Operation *op : ops) {
        if (auto gemm = dyn_cast<GemmOp>(op); gemm && !gemm.getPacked())
          packGemm(gemm);
        else if (auto conv = dyn_cast<ConvDirectOp>(op); conv && !conv.getPacked())
          packConv(conv);
      }
    packed.clear();
  }

  void packGemm(GemmOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getRhs().getType());
    if (!type || !type.hasStaticShape())
      return;
    bool transposed = op.getRhsTransposed();
    int64_t columns = type.getDimSize(transposed ? 1 : 2), steps = type.getDimSize(transposed ? 2 : 1);
    PackPlan plan{type.getDimSize(0),
                  columns,
                  steps,
                  std::max<int64_t>(steps, 1),
                  columns * steps,
                  transposed ? steps : 1,
                  {0, transposed ? 1 : columns},
                  getPanelUnit(getElementTypeOrSelf(op.getLhs()))};
    if (replace(op.getRhsMutable(), plan)) {
      op.setPacked(true);
      op.setRhsTransposed(false);
    }
  }

  void packConv(ConvDirectOp op) {
    auto type = dyn_cast<RankedTensorType>(op.getFilter().getType());
    if (!type || !type.hasStaticShape())
      return;
    // O x I x KH x KW, the steps in the order kh, kw, i.
    int64_t groups = op.getGroups(), columns = type.getDimSize(0) / groups, channels = type.getDimSize(1);
    int64_t taps = type.getDimSize(2) * type.getDimSize(3);
    PackPlan plan{groups,          columns,  taps * channels, std::max<int64_t>(channels, 1), columns * channels * taps,
                  channels * taps, {1, taps}};
    if (int64_t unit = getPanelUnit(getElementTypeOrSelf(op.getInput())); channels % unit == 0)
      plan.unit = unit;
    if (replace(op.getFilterMutable(), plan))
      op.setPacked(true);
  }

  /// Puts the packed constant in the place of `operand`, if that is a constant.
  bool replace(OpOperand &operand, const PackPlan &plan) {
    SmallVector<Operation *> reshapes;
    arith::ConstantOp source = findConstant(operand.get(), reshapes);
    ElementsAttr attr = source ? getConstantAttr(source) : ElementsAttr();
    if (!attr)
      return false;
    auto func = operand.getOwner()->getParentOfType<func::FuncOp>();
    Value &value = packed[{{func, attr}, plan.key()}];
    if (!value) {
      std::vector<char> storage;
      ArrayRef<char> bytes = getConstantBytes(attr, storage);
      Type element = attr.getElementType();
      SmallVector<int64_t> shape{plan.outer, plan.panels(), plan.runs(), kPanelColumns};
      if (plan.unit != 1)
        shape.push_back(plan.unit);
      auto type = RankedTensorType::get(shape, element);
      OpBuilder builder = OpBuilder::atBlockBegin(&func.getBody().front());
      value = createConstant(builder, source.getLoc(), type,
                             [&](MutableArrayRef<char> out) { pack(plan, getElementBytes(element), bytes, out); });
    }
    operand.set(value);
    for (Operation *reshape : reshapes)
      if (reshape->use_empty())
        reshape->erase();
    releaseIfUnused(source);
    return true;
  }

  using Key = std::pair<std::pair<Operation *, Attribute>, decltype(std::declval<PackPlan>().key())>;
  llvm::DenseMap<Key, Value> packed;
};

} // namespace
