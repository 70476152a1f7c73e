//===- StoreUnsigned.cpp - activations as unsigned bytes ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "QuantValues.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tt {
#define GEN_PASS_DEF_STOREUNSIGNEDPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

/// The casts back of integers that nothing else reads; nothing where some op works on the integers.
static std::optional<SmallVector<quant::StorageCastOp>> getCastsBack(Value quantized) {
  SmallVector<quant::StorageCastOp> back;
  for (Operation *user : quantized.getUsers()) {
    if (isa<quant::DequantizeCastOp>(user))
      continue;
    if (!isa<quant::StorageCastOp>(user))
      return std::nullopt;
    for (Operation *reader : user->getUsers()) {
      auto cast = dyn_cast<quant::StorageCastOp>(reader);
      if (!cast || cast.getType() != quantized.getType())
        return std::nullopt;
      back.push_back(cast);
    }
  }
  return back;
}

namespace {
struct StoreUnsignedPass : tt::impl::StoreUnsignedPassBase<StoreUnsignedPass> {
  using StoreUnsignedPassBase::StoreUnsignedPassBase;

  void runOnOperation() override {
    SmallVector<quant::QuantizeCastOp> casts; // before any: the walk must not meet what is erased
    getOperation().walk([&](quant::QuantizeCastOp op) { casts.push_back(op); });
    llvm::for_each(casts, store);
  }

  static void store(quant::QuantizeCastOp op) {
    Value quantized = op.getResult();
    std::optional<QuantParameters> parameters = getTensorParameters(quantized.getType());
    if (!parameters || !parameters->isSigned || parameters->low != -128 || parameters->high != 127)
      return;
    std::optional<SmallVector<quant::StorageCastOp>> back = getCastsBack(quantized);
    if (!back)
      return;
    parameters->isSigned = false;
    parameters->low = 0;
    parameters->high = 255;
    parameters->zeros.front() += 128;
    RankedTensorType type = getQuantType(op.getContext(), getTensorType(quantized).getShape(), *parameters);
    llvm::SmallPtrSet<Operation *, 4> integers;
    for (quant::StorageCastOp cast : *back) {
      integers.insert(cast.getInput().getDefiningOp());
      cast.getResult().replaceAllUsesWith(quantized);
      cast.erase();
    }
    for (Operation *cast : integers)
      cast->erase();
    quantized.setType(type);
  }
};
} // namespace
