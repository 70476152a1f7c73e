//===- SetTarget.cpp - tt-set-target --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Support/Target.h"

#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_SETTARGETPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct SetTargetPass : tt::impl::SetTargetPassBase<SetTargetPass> {
  using SetTargetPassBase::SetTargetPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (module->hasAttr("tt.target") && cpu.empty() && triple.empty())
      return;
    llvm::Expected<tt::Target> target = tt::parseTarget(triple, cpu);
    if (!target) {
      module.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    module->setAttr("tt.target", tt::TargetAttr::get(&getContext(), target->triple, target->cpu, target->features,
                                                     target->lanes, target->registers));
  }
};

} // namespace
