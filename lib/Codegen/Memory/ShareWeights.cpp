//===- ShareWeights.cpp - tt-share-weights ----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "WeightTable.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"

namespace tt {
#define GEN_PASS_DEF_SHAREWEIGHTSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct ShareWeightsPass : tt::impl::ShareWeightsPassBase<ShareWeightsPass> {
  using ShareWeightsPassBase::ShareWeightsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto levels = module.getOps<ModuleOp>();
    if (levels.empty())
      return;
    tt::WeightTable shared(module->getAttrOfType<ArrayAttr>("tt.weights"));
    for (ModuleOp level : levels)
      if (failed(moveTable(level, shared)))
        return signalPassFailure();
    module->setAttr("tt.weights", shared.getAttr(&getContext()));
  }

  /// Gives the constants of `level` their places in `shared`.
  LogicalResult moveTable(ModuleOp level, tt::WeightTable &shared) {
    auto table = level->getAttrOfType<ArrayAttr>("tt.weights");
    if (!table)
      return success();
    llvm::DenseMap<int64_t, int64_t> moved; // offsets in the level's section to those in the shared one
    int64_t end = 0;
    for (auto value : table.getAsRange<ElementsAttr>()) {
      int64_t offset = llvm::alignTo(end, 64);
      moved[offset] = shared.getOffset(value);
      end = offset + value.getNumElements() * tt::getElementBytes(value.getElementType());
    }
    WalkResult result = level.walk([&](tt::WeightsOp op) {
      auto to = moved.find(op.getOffset());
      if (to == moved.end()) {
        op.emitOpError("needs the offset of a constant in tt.weights, but has ") << op.getOffset();
        return WalkResult::interrupt();
      }
      op.setOffset(to->second);
      return WalkResult::advance();
    });
    level->removeAttr("tt.weights");
    return failure(result.wasInterrupted());
  }
};

} // namespace
