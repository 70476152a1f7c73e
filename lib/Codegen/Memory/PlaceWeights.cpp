//===- PlaceWeights.cpp - tt-place-weights --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "Utils.h"
#include "WeightTable.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_PLACEWEIGHTSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct PlaceWeightsPass : tt::impl::PlaceWeightsPassBase<PlaceWeightsPass> {
  using PlaceWeightsPassBase::PlaceWeightsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    tt::WeightTable table(module->getAttrOfType<ArrayAttr>("tt.weights"));
    llvm::SetVector<Operation *> placed;
    module.walk([&](memref::GetGlobalOp get) {
      auto global = symbols.lookup<memref::GlobalOp>(get.getName());
      auto value = global ? dyn_cast_or_null<ElementsAttr>(global.getConstantInitValue()) : nullptr;
      bool isBool = value && value.getElementType().isInteger(1) && isa<DenseResourceElementsAttr>(value);
      if (!value || (!isBool && value.getNumElements() * tt::getElementBytes(value.getElementType()) < minBytes))
        return;
      OpBuilder b(get);
      auto weights = tt::WeightsOp::create(b, get.getLoc(), get.getType(), table.getOffset(value));
      get.replaceAllUsesWith(weights.getResult());
      get.erase();
      placed.insert(global);
    });
    for (Operation *global : placed)
      global->erase();
    module->setAttr("tt.weights", table.getAttr(&getContext()));
  }
};

} // namespace
