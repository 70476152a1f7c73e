//===- VerifyTiled.cpp - the contract of the stage `tiled` ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Config/Passes.h"
#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tt {
#define GEN_PASS_DEF_VERIFYTILEDPASS
#include "tt/Codegen/Config/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

namespace {

struct VerifyTiledPass : tt::impl::VerifyTiledPassBase<VerifyTiledPass> {
  using VerifyTiledPassBase::VerifyTiledPassBase;

  template <typename OpTy> void checkConfig(OpTy op) {
    if (op.getConfig())
      return;
    op.emitOpError() << "needs a config at the stage 'tiled'; tt-choose-config sets it";
    signalPassFailure();
  }

  template <typename OpTy> void checkPacked(OpTy op, StringRef what) {
    if (op.getPacked())
      return;
    op.emitOpError() << "needs a packed " << what
                     << " at the stage 'tiled'; tt-pack-weights packs constants, tt.pack everything else";
    signalPassFailure();
  }

  void runOnOperation() override {
    getOperation().walk([&](Operation *op) {
      if (auto gemm = dyn_cast<GemmOp>(op)) {
        checkConfig(gemm);
        checkPacked(gemm, "right-hand side");
      } else if (auto conv = dyn_cast<ConvDirectOp>(op)) {
        checkConfig(conv);
        checkPacked(conv, "filter");
      } else if (auto depthwise = dyn_cast<ConvDepthwiseOp>(op)) {
        checkConfig(depthwise);
      } else if (auto winograd = dyn_cast<ConvWinogradOp>(op)) {
        checkConfig(winograd);
      }
    });
  }
};

} // namespace
