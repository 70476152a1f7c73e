//===- MarkKinds.cpp - tt-mark-kinds ----------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "tt/Dialect/IR/Places.h"
#include "tt/Dialect/IR/TTDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tt {
#define GEN_PASS_DEF_MARKKINDSPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct MarkKindsPass : tt::impl::MarkKindsPassBase<MarkKindsPass> {
  using MarkKindsPassBase::MarkKindsPassBase;

  void runOnOperation() override {
    getOperation()->walk([](Operation *op) {
      if (isa_and_nonnull<tt::TTDialect>(op->getDialect()) && !op->hasTrait<OpTrait::IsTerminator>())
        op->setLoc(tt::markKind(op->getLoc(), op->getName().stripDialect()));
    });
    markAllAnalysesPreserved();
  }
};

} // namespace
