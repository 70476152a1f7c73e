//===- SetTarget.cpp - tt-set-target --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Levels.h"
#include "tt/Codegen/ToLLVM/Passes.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Support/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/TargetParser/Triple.h"

namespace tt {
#define GEN_PASS_DEF_SETTARGETPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// LLVM's code generator ends the process on a target that it does not know; what a module says must be checked.
llvm::Error checkTargets(ModuleOp module) {
  llvm::Expected<SmallVector<tt::Target>> targets = tt::getTargets(module);
  if (!targets)
    return targets.takeError();
  for (const tt::Target &target : *targets) {
    if (llvm::Expected<tt::Target> known = tt::parseTarget(target.triple, target.cpu); !known)
      return known.takeError();
    if (llvm::Triple(target.triple).isX86_64() && !tt::hasFeature(target, "64bit"))
      return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                     "target features '" + target.features + "' need 64bit, which they switch off");
  }
  return llvm::Error::success();
}

struct SetTargetPass : tt::impl::SetTargetPassBase<SetTargetPass> {
  using SetTargetPassBase::SetTargetPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    bool isSet = module->hasAttr("tt.target") || module->hasAttr("tt.levels");
    if (isSet && cpu.empty() && triple.empty()) {
      if (llvm::Error error = checkTargets(module)) {
        module.emitError(llvm::toString(std::move(error)));
        signalPassFailure();
      }
      return;
    }
    if (!module.getOps<ModuleOp>().empty()) {
      module.emitError("the module holds code for several CPUs already and can have no other target");
      return signalPassFailure();
    }
    llvm::Expected<SmallVector<tt::Target>> targets = tt::parseTargets(triple, cpu);
    if (!targets) {
      module.emitError(llvm::toString(targets.takeError()));
      return signalPassFailure();
    }
    tt::sortByCapability(*targets);
    auto attrs = llvm::map_to_vector(*targets, [&](const tt::Target &target) -> Attribute {
      return tt::TargetAttr::get(&getContext(), target.triple, target.cpu, target.features, target.lanes,
                                 target.registers);
    });
    module->removeAttr("tt.target");
    module->removeAttr("tt.levels");
    if (attrs.size() == 1)
      module->setAttr("tt.target", attrs[0]);
    else
      module->setAttr("tt.levels", ArrayAttr::get(&getContext(), attrs));
  }
};

} // namespace
