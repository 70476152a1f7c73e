//===- MergeLevels.cpp - tt-merge-levels ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "tt/Codegen/ToLLVM/EmitObject.h"
#include "tt/Codegen/ToLLVM/Levels.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_MERGELEVELSPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

/// Whether `op` only says that another object defines a symbol: the same for all levels.
static bool isDeclaration(Operation &op) {
  if (auto func = dyn_cast<LLVM::LLVMFuncOp>(op))
    return func.isExternal();
  auto global = dyn_cast<LLVM::GlobalOp>(op);
  return global && global.getLinkage() == LLVM::Linkage::External && !global.getValueAttr() &&
         global.getInitializerRegion().empty();
}

namespace {

struct MergeLevelsPass : tt::impl::MergeLevelsPassBase<MergeLevelsPass> {
  using MergeLevelsPassBase::MergeLevelsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (ModuleOp level : llvm::to_vector(module.getOps<ModuleOp>()))
      if (failed(mergeAttributes(module, level)) || failed(merge(module, level)))
        return signalPassFailure();
  }

  /// What all levels say of themselves the module says. Its own attributes are older and stay.
  LogicalResult mergeAttributes(ModuleOp module, ModuleOp level) {
    for (NamedAttribute attr : level->getDiscardableAttrs()) {
      if (attr.getName() == "tt.target")
        continue;
      Attribute &known = attributes[attr.getName()];
      if (known && known != attr.getValue())
        return level.emitError("needs the same attribute '")
               << attr.getName().getValue() << "' on every level, but found " << attr.getValue() << " and " << known;
      known = attr.getValue();
      if (!module->hasAttr(attr.getName()))
        module->setAttr(attr.getName(), known);
    }
    return success();
  }

  LogicalResult merge(ModuleOp module, ModuleOp level) {
    auto attr = level->getAttrOfType<tt::TargetAttr>("tt.target");
    if (!attr)
      return level.emitError("needs the attribute tt.target; run tt-clone-levels");
    tt::Target target = tt::toTarget(attr);
    std::string name = tt::getLevelName(target), suffix = "." + name;
    llvm::replace(suffix, '-', '_'); // so that assembly needs no quotes
    llvm::DenseMap<StringAttr, StringAttr> renamed;
    for (Operation &op : llvm::make_early_inc_range(*level.getBody())) {
      auto symbol = dyn_cast<SymbolOpInterface>(op);
      if (!symbol)
        return op.emitError("needs to be a function or a global where levels are merged");
      if (!isDeclaration(op))
        renamed[symbol.getNameAttr()] = StringAttr::get(&getContext(), symbol.getName() + suffix);
      else if (module.lookupSymbol(symbol.getNameAttr()))
        op.erase();
    }
    AttrTypeReplacer replacer;
    replacer.addReplacement([&](FlatSymbolRefAttr reference) -> std::optional<Attribute> {
      StringAttr to = renamed.lookup(reference.getAttr());
      return to ? std::optional<Attribute>(FlatSymbolRefAttr::get(to)) : std::nullopt;
    });
    replacer.recursivelyReplaceElementsIn(level);
    for (Operation &op : *level.getBody()) {
      auto symbol = cast<SymbolOpInterface>(op);
      if (StringAttr to = renamed.lookup(symbol.getNameAttr()))
        symbol.setName(to);
      if (auto func = dyn_cast<LLVM::LLVMFuncOp>(op); func && !func.isExternal())
        setTarget(func, target, name);
    }
    module.getBody()->getOperations().splice(module.getBody()->end(), level.getBody()->getOperations());
    level.erase();
    return success();
  }

  /// Makes `func` code for `target`, whatever the module is for.
  void setTarget(LLVM::LLVMFuncOp func, const tt::Target &target, StringRef level) {
    Builder b(&getContext());
    SmallVector<Attribute> passthrough;
    if (ArrayAttr old = func.getPassthroughAttr())
      passthrough.assign(old.begin(), old.end());
    for (auto [name, value] : tt::getCodeAttributes(target))
      if (!value.empty())
        passthrough.push_back(b.getStrArrayAttr({name, value}));
    func.setPassthroughAttr(b.getArrayAttr(passthrough));
    func->setAttr("tt.level", b.getStringAttr(level));
  }

  llvm::DenseMap<StringAttr, Attribute> attributes;
};

} // namespace
