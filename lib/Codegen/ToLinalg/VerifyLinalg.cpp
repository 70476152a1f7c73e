//===- VerifyLinalg.cpp - the contract of the stage linalg ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLinalg/Passes.h"

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;

namespace tt {
#define GEN_PASS_DEF_VERIFYLINALGPASS
#include "tt/Codegen/ToLinalg/Passes.h.inc"
} // namespace tt

static bool isUnsigned(Type type) {
  auto integer = dyn_cast<IntegerType>(getElementTypeOrSelf(type));
  return integer && !integer.isSignless();
}

namespace {
struct VerifyLinalgPass : tt::impl::VerifyLinalgPassBase<VerifyLinalgPass> {
  using VerifyLinalgPassBase::VerifyLinalgPassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    WalkResult result = func.walk([&](Operation *op) -> WalkResult {
      if (isa_and_nonnull<tt::TTDialect>(op->getDialect()) && isa<InferTypeOpInterface>(op))
        return op->emitOpError("is a graph op and must not be left after the stage linalg");
      if (llvm::any_of(op->getResultTypes(), isUnsigned))
        return op->emitOpError("must have signless element types after the stage linalg, but has ")
               << op->getResultTypes();
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    if (!func.isPublic())
      return;
    for (unsigned i = 0; i < func.getNumArguments(); ++i)
      if (isa<RankedTensorType>(func.getArgumentTypes()[i]) && !func.getArgAttr(i, "tt.dtype"))
        return (void)(func.emitOpError("needs 'tt.dtype' on argument ") << i), signalPassFailure();
    for (unsigned i = 0; i < func.getNumResults(); ++i)
      if (isa<RankedTensorType>(func.getResultTypes()[i]) && !func.getResultAttr(i, "tt.dtype"))
        return (void)(func.emitOpError("needs 'tt.dtype' on result ") << i), signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
