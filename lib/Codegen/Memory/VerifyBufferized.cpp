//===- VerifyBufferized.cpp - tt-verify-bufferized ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

namespace tt {
#define GEN_PASS_DEF_VERIFYBUFFERIZEDPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

LogicalResult verify(Operation *op) {
  for (Type type : llvm::concat<const Type>(op->getOperandTypes(), op->getResultTypes()))
    if (isa<TensorType>(type))
      return op->emitOpError("has a tensor (") << type << "), but tt-bufferize should have left none";
  if (isa<memref::AllocOp>(op))
    return op->emitOpError("is left, but tt-plan-arena should have given it a place");
  if (auto copy = dyn_cast<memref::CopyOp>(op); copy && !copy->hasAttr("tt.output_copy")) {
    Value target = copy.getTarget();
    while (auto view = target.getDefiningOp<ViewLikeOpInterface>())
      target = view.getViewSource();
    if (target.getDefiningOp<tt::OutputOp>())
      return copy.emitOpError("copies into an output of type ")
             << copy.getTarget().getType() << ", but its producer should write there (tt-bind-outputs)";
  }
  return success();
}

struct VerifyBufferizedPass : tt::impl::VerifyBufferizedPassBase<VerifyBufferizedPass> {
  using VerifyBufferizedPassBase::VerifyBufferizedPassBase;

  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>()) {
      if (func.isPrivate() || func.isDeclaration())
        continue;
      if (func.getNumResults() || func.getNumArguments() != 1 ||
          !isa<LLVM::LLVMPointerType>(func.getArgumentTypes()[0])) {
        func.emitOpError("needs the type (!llvm.ptr) -> (), but is ") << func.getFunctionType();
        return signalPassFailure();
      }
    }
    WalkResult result = getOperation().walk([](Operation *op) { return WalkResult(verify(op)); });
    if (result.wasInterrupted())
      return signalPassFailure();
  }
};

} // namespace
