//===- CloneLevels.cpp - tt-clone-levels ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "tt/Codegen/ToLLVM/Levels.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Support/Target.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_CLONELEVELSPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct CloneLevelsPass : tt::impl::CloneLevelsPassBase<CloneLevelsPass> {
  using CloneLevelsPassBase::CloneLevelsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto levels = module->getAttrOfType<ArrayAttr>("tt.levels");
    if (!levels || !module.getOps<ModuleOp>().empty())
      return;
    auto first = ModuleOp::create(module.getLoc());
    first.getBody()->getOperations().splice(first.getBody()->end(), module.getBody()->getOperations());
    for (NamedAttribute attr : module->getDiscardableAttrs())
      if (attr.getName() != "tt.levels")
        first->setAttr(attr.getName(), attr.getValue());
    OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
    b.insert(first);
    for (auto [i, target] : llvm::enumerate(levels.getAsRange<tt::TargetAttr>())) {
      ModuleOp level = i == 0 ? first : cast<ModuleOp>(b.clone(*first));
      level.setSymName(tt::getLevelName(tt::toTarget(target)));
      level->setAttr("tt.target", target);
    }
  }
};

} // namespace
