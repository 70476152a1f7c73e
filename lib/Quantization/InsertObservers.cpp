//===- InsertObservers.cpp - tt-insert-observers ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Quantization/Passes.h"

#include "FusedChains.h"
#include "ValueNames.h"
#include "tt/Dialect/IR/ProbeOps.h"

#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_INSERTOBSERVERSPASS
#include "tt/Quantization/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct InsertObserversPass : tt::impl::InsertObserversPassBase<InsertObserversPass> {
  using InsertObserversPassBase::InsertObserversPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      if (!func.getOps<tt::ObserveOp>().empty()) {
        func.emitOpError("has observers already");
        return signalPassFailure();
      }
      OpBuilder b = OpBuilder::atBlockBegin(&func.front());
      for (auto &[value, name] : tt::getNamedValues(func)) {
        if (tt::isInsideKernel(value))
          continue;
        if (isa<OpResult>(value)) // arguments come first, one behind the other
          b.setInsertionPointAfterValue(value);
        tt::ObserveOp::create(b, value.getLoc(), value, name);
      }
    }
    module->setAttr("tt.observed", UnitAttr::get(&getContext()));
  }
};

} // namespace
