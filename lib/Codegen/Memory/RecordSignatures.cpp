//===- RecordSignatures.cpp - tt-record-signatures ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "Utils.h"

#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_RECORDSIGNATURESPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct RecordSignaturesPass : tt::impl::RecordSignaturesPassBase<RecordSignaturesPass> {
  using RecordSignaturesPassBase::RecordSignaturesPassBase;

  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (tt::isEntryPoint(func))
        tt::recordSignature(func);
  }
};

} // namespace
