//===- Loops.cpp - tt-emit-loops ------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LoopsEmit.h"
#include "RowKernels.h"

#include "tt/Codegen/Microkernel/Passes.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace tt {
#define GEN_PASS_DEF_EMITLOOPSPASS
#include "tt/Codegen/Microkernel/Passes.h.inc"
} // namespace tt

using namespace mlir;

/// Replaces a memref.copy by a linalg.generic that yields its input.
static FailureOr<linalg::GenericOp> generalizeCopy(RewriterBase &rewriter, memref::CopyOp copy) {
  auto source = dyn_cast<MemRefType>(copy.getSource().getType());
  auto target = dyn_cast<MemRefType>(copy.getTarget().getType());
  if (!source || !target)
    return copy.emitError() << "needs ranked buffers";
  AffineMap identity = rewriter.getMultiDimIdentityMap(source.getRank());
  SmallVector<utils::IteratorType> iterators(source.getRank(), utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      rewriter, copy.getLoc(), copy.getSource(), copy.getTarget(), ArrayRef<AffineMap>{identity, identity}, iterators,
      [](OpBuilder &builder, Location loc, ValueRange values) { linalg::YieldOp::create(builder, loc, values[0]); });
  rewriter.eraseOp(copy);
  return generic;
}

static LogicalResult emitGeneric(RewriterBase &rewriter, linalg::GenericOp op, const tt::LoopTarget &target) {
  if (!op.hasPureBufferSemantics())
    return op.emitError() << "needs buffers, but has tensors; bufferize first";
  rewriter.setInsertionPoint(op);
  FailureOr<tt::LoopNest> nest = tt::analyzeNest(rewriter, op);
  if (failed(nest))
    return failure();
  tt::mergeLoops(*nest);
  tt::LoopPlan plan = tt::planNest(*nest, target);
  if (failed(tt::emitNest(rewriter, *nest, plan, tt::getParallelContext(op))))
    return failure();
  rewriter.eraseOp(op);
  return success();
}

namespace {

struct EmitLoopsPass : tt::impl::EmitLoopsPassBase<EmitLoopsPass> {
  using EmitLoopsPassBase::EmitLoopsPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<linalg::LinalgDialect>(op->getDialect()) && op->getName().getStringRef() != "linalg.yield" &&
          op->getName().getStringRef() != "linalg.index")
        ops.push_back(op);
      else if (isa<memref::CopyOp, tt::SoftmaxRowsOp, tt::NormRowsOp>(op))
        ops.push_back(op);
    });
    if (ops.empty())
      return;
    FailureOr<tt::LoopTarget> target = tt::getLoopTarget(ops.front());
    if (failed(target))
      return signalPassFailure();
    IRRewriter rewriter(&getContext());
    bool hasFailed = false;
    for (Operation *op : ops)
      hasFailed |= failed(replace(rewriter, op, *target));
    if (hasFailed)
      signalPassFailure();
  }

  static LogicalResult replace(RewriterBase &rewriter, Operation *op, const tt::LoopTarget &target) {
    rewriter.setInsertionPoint(op);
    if (auto softmax = dyn_cast<tt::SoftmaxRowsOp>(op))
      return tt::emitSoftmaxRows(rewriter, softmax, target);
    if (auto norm = dyn_cast<tt::NormRowsOp>(op))
      return tt::emitNormRows(rewriter, norm, target);
    FailureOr<linalg::GenericOp> generic = failure();
    if (auto copy = dyn_cast<memref::CopyOp>(op)) {
      generic = generalizeCopy(rewriter, copy);
      if (failed(generic))
        return failure();
    } else if (auto already = dyn_cast<linalg::GenericOp>(op)) {
      generic = already;
    } else if (auto named = dyn_cast<linalg::LinalgOp>(op)) {
      if (!named.hasPureBufferSemantics())
        return op->emitError() << "needs buffers, but has tensors; bufferize first";
      generic = linalg::generalizeNamedOp(rewriter, named);
    }
    if (failed(generic))
      return op->emitError() << "cannot be emitted as loops: it has no form as linalg.generic";
    return emitGeneric(rewriter, *generic, target);
  }
};

} // namespace
