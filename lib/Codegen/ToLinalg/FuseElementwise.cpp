//===- FuseElementwise.cpp - fuse elementwise producers -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLinalg/Passes.h"

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace tt {
#define GEN_PASS_DEF_FUSEELEMENTWISEPASS
#include "tt/Codegen/ToLinalg/Passes.h.inc"
} // namespace tt

/// True where the body reads tensors at computed positions, which only scalar loops can do.
static bool isGathering(linalg::GenericOp op) {
  return llvm::any_of(op.getBody()->getOperations(), [](Operation &inner) { return isa<tensor::ExtractOp>(inner); });
}

/// Number of ops of the body that cost more than a move, and whether one is expensive (a division, a root or a
/// function).
static std::pair<int64_t, bool> getCost(linalg::GenericOp op) {
  int64_t count = 0;
  bool isExpensive = false;
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (isa<arith::ConstantOp, linalg::IndexOp>(inner))
      continue;
    ++count;
    isExpensive |=
        isa<arith::DivFOp, arith::DivSIOp, arith::DivUIOp, arith::RemFOp, arith::RemSIOp, arith::RemUIOp>(inner) ||
        isa_and_nonnull<math::MathDialect>(inner.getDialect());
  }
  return {count, isExpensive};
}

/// True where the op reads a kernel op's result, directly or through reshapes, that has no other reader.
static bool isEpilogueCandidate(linalg::GenericOp op) {
  return llvm::any_of(op.getDpsInputs(), [](Value input) {
    while (input.hasOneUse() && isa_and_nonnull<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(input.getDefiningOp()))
      input = input.getDefiningOp()->getOperand(0);
    return input.hasOneUse() && isa_and_nonnull<tt::EpilogueOpInterface>(input.getDefiningOp());
  });
}

/// The decision for one producer-consumer pair; `operand` belongs to the consumer.
static bool shouldFuse(OpOperand *operand, int64_t maxOperands) {
  auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!producer || !consumer || producer->getBlock() != consumer->getBlock())
    return false;
  if (isGathering(producer) || isGathering(consumer))
    return false;
  if (producer.getNumDpsInputs() + consumer.getNumDpsInputs() > maxOperands)
    return false;
  // What can move into an epilogue is better there than in a reduction: the accumulator is not stored.
  if (consumer.getNumReductionLoops() > 0 && isEpilogueCandidate(producer))
    return false;
  auto [count, isExpensive] = getCost(producer);
  // Each producer element must be computed once: the consumer's loops are the producer's.
  AffineMap map = consumer.getMatchingIndexingMap(operand);
  bool isRepeated = !map.isPermutation();
  if (isRepeated && (isExpensive || count > 1))
    return false;
  if (isRepeated && !map.isProjectedPermutation())
    return count == 0;
  if (llvm::all_of(producer->getUsers(), [&](Operation *user) { return user == consumer; }))
    return true;
  // Used several times: only what is cheaper to compute again than to load.
  return count <= 1 && !isExpensive && producer.getNumDpsInputs() <= 1 &&
         llvm::all_of(producer->getUsers(), [](Operation *user) { return isa<linalg::GenericOp>(user); });
}

/// A reshape between two elementwise ops, or a kernel op and an elementwise op, moves behind the second one.
static bool shouldMoveReshape(OpOperand *operand) {
  auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
  auto consumer = dyn_cast<linalg::GenericOp>(operand->getOwner());
  if (!expand || !consumer || !expand->hasOneUse() || consumer.getNumLoops() != consumer.getNumParallelLoops())
    return false;
  return isa_and_nonnull<linalg::GenericOp, tt::EpilogueOpInterface>(expand.getSrc().getDefiningOp()) &&
         llvm::none_of(consumer.getBody()->getOperations(),
                       [](Operation &inner) { return isa<linalg::IndexOp, tensor::ExtractOp>(inner); });
}

namespace {
/// tensor.dim of tensor.expand_shape -> the size given to the expansion, so that the expansion has one use less.
struct ForwardExpandedSize : OpRewritePattern<tensor::DimOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tensor::DimOp dim, PatternRewriter &rewriter) const override {
    auto expand = dim.getSource().getDefiningOp<tensor::ExpandShapeOp>();
    std::optional<int64_t> index = dim.getConstantIndex();
    if (!expand || !index)
      return rewriter.notifyMatchFailure(dim, "needs a constant dimension of an expand_shape");
    OpFoldResult size = expand.getMixedOutputShape()[*index];
    rewriter.replaceOp(dim, getValueOrCreateConstantIndexOp(rewriter, dim.getLoc(), size));
    return success();
  }
};

/// Gives a fused op the names of both ops. Upstream makes it in front of the consumer, at its location.
struct NameKeeper : RewriterBase::Listener {
  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) override {
    auto fused = dyn_cast<linalg::GenericOp>(op);
    auto consumer = fused ? dyn_cast_or_null<linalg::GenericOp>(op->getNextNode()) : linalg::GenericOp();
    if (!consumer || consumer.getLoc() != fused.getLoc())
      return;
    SmallVector<Location> locations;
    for (Value input : consumer.getDpsInputs())
      if (auto producer = input.getDefiningOp<linalg::GenericOp>();
          producer && !llvm::is_contained(fused->getOperands(), input))
        locations.push_back(producer.getLoc());
    locations.push_back(consumer.getLoc());
    fused->setLoc(FusedLoc::get(op->getContext(), locations));
  }
};

struct FuseElementwisePass : tt::impl::FuseElementwisePassBase<FuseElementwisePass> {
  using FuseElementwisePassBase::FuseElementwisePassBase;

  void runOnOperation() override {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    linalg::populateElementwiseOpsFusionPatterns(
        patterns, [this](OpOperand *operand) { return shouldFuse(operand, maxOperands); });
    linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns, shouldMoveReshape);
    patterns.add<ForwardExpandedSize>(context);
    linalg::GenericOp::getCanonicalizationPatterns(patterns, context);
    linalg::FillOp::getCanonicalizationPatterns(patterns, context);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::CollapseShapeOp::getCanonicalizationPatterns(patterns, context);
    tensor::CastOp::getCanonicalizationPatterns(patterns, context);
    tensor::DimOp::getCanonicalizationPatterns(patterns, context);
    tensor::populateFoldTensorEmptyPatterns(patterns);
    NameKeeper names;
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&names)))) {
      getOperation().emitError("fusion of elementwise ops did not come to an end");
      signalPassFailure();
    }
  }
};
} // namespace
