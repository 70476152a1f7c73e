//===- LowerReshapes.cpp - tt-lower-reshapes ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

namespace tt {
#define GEN_PASS_DEF_LOWERRESHAPESPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

bool hasSeveralDynamicSizes(memref::ExpandShapeOp op) {
  return llvm::any_of(op.getReassociationIndices(), [&](ArrayRef<int64_t> group) {
    return llvm::count_if(group, [&](int64_t d) { return op.getResultType().isDynamicDim(d); }) > 1;
  });
}

void lower(memref::ExpandShapeOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  AffineExpr s0, s1;
  bindSymbols(b.getContext(), s0, s1);
  auto source = memref::ExtractStridedMetadataOp::create(b, loc, op.getSrc());
  SmallVector<OpFoldResult> sizes = op.getMixedOutputShape(), strides(sizes.size()),
                            sourceStrides = source.getConstifiedMixedStrides();
  for (auto [stride, group] : llvm::zip(sourceStrides, op.getReassociationIndices())) {
    OpFoldResult inner = stride;
    for (int64_t d : llvm::reverse(group)) {
      strides[d] = inner;
      inner = affine::makeComposedFoldedAffineApply(b, loc, s0 * s1, {inner, sizes[d]});
    }
  }
  Value result = memref::ReinterpretCastOp::create(b, loc, op.getResultType(), source.getBaseBuffer(),
                                                   source.getConstifiedMixedOffset(), sizes, strides);
  op.replaceAllUsesWith(result);
  op.erase();
}

struct LowerReshapesPass : tt::impl::LowerReshapesPassBase<LowerReshapesPass> {
  using LowerReshapesPassBase::LowerReshapesPassBase;

  void runOnOperation() override {
    SmallVector<memref::ExpandShapeOp> ops;
    getOperation().walk([&](memref::ExpandShapeOp op) {
      if (hasSeveralDynamicSizes(op))
        ops.push_back(op);
    });
    for (memref::ExpandShapeOp op : ops)
      lower(op);
  }
};

} // namespace
