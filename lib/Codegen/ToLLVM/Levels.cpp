//===- Levels.cpp - the instruction sets of a module ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Levels.h"

#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Runtime/Internal.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

tt::Target tt::toTarget(TargetAttr attr) {
  return {attr.getTriple().str(), attr.getCpu().str(), attr.getFeatures().str(), attr.getLanes(), attr.getRegisters()};
}

Expected<SmallVector<tt::Target>> tt::getTargets(mlir::ModuleOp module) {
  SmallVector<Target> targets;
  if (auto levels = module->getAttrOfType<mlir::ArrayAttr>("tt.levels"))
    for (auto attr : levels.getAsRange<TargetAttr>())
      targets.push_back(toTarget(attr));
  else if (auto attr = module->getAttrOfType<TargetAttr>("tt.target"))
    targets.push_back(toTarget(attr));
  if (targets.empty())
    return createStringError(inconvertibleErrorCode(),
                             "the module needs the attribute tt.target or tt.levels; run tt-set-target");
  return targets;
}

SmallVector<mlir::LLVM::LLVMFuncOp> tt::getEntries(mlir::ModuleOp module) {
  SmallVector<mlir::LLVM::LLVMFuncOp> entries;
  for (auto func : module.getOps<mlir::LLVM::LLVMFuncOp>())
    if (func->hasAttr("tt.entry_name") &&
        (entries.empty() || func->getAttr("tt.level") == entries[0]->getAttr("tt.level")))
      entries.push_back(func);
  return entries;
}

uint64_t tt::getRequiredFeatures(const Target &target) {
  uint64_t mask = 0;
  bool isX86 = Triple(target.triple).isX86();
#define TT_CPU_TEST(identifier, bit, name)                                                                             \
  if (isX86 == ((bit) < 48) && tt::hasFeature(target, name))                                                           \
    mask |= TT_CPU_##identifier;
  TT_CPU_FEATURES(TT_CPU_TEST)
#undef TT_CPU_TEST
  return mask;
}

void tt::sortByCapability(SmallVectorImpl<Target> &targets) {
  SmallVector<std::tuple<int64_t, int, size_t>> order;
  for (auto [i, target] : enumerate(targets))
    order.push_back({-target.lanes, -popcount(getRequiredFeatures(target)), i});
  sort(order);
  SmallVector<Target> sorted;
  for (auto [lanes, features, i] : order)
    sorted.push_back(targets[i]);
  targets = std::move(sorted);
}
