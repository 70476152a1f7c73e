//===- RaiseSoftmax.cpp - softmax from its parts --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "Matchers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tt {
#define GEN_PASS_DEF_RAISESOFTMAXPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

/// A reduction of `input` that keeps its dimensions.
static tt::ReduceOp matchReduce(Value value, tt::ReduceKind kind, Value input) {
  auto reduce = value.getDefiningOp<tt::ReduceOp>();
  return reduce && reduce.getKind() == kind && reduce.getKeepDims() && reduce.getInput() == input ? reduce
                                                                                                  : tt::ReduceOp();
}

/// The x of `x - max(x)` with the maximum over `axes`; any other value is its own x.
static Value skipMaximum(Value value, ArrayRef<int64_t> axes) {
  auto sub = value.getDefiningOp<tt::SubOp>();
  tt::ReduceOp maximum = sub ? matchReduce(sub.getRhs(), tt::ReduceKind::Max, sub.getLhs()) : tt::ReduceOp();
  return maximum && maximum.getAxes() == axes ? sub.getLhs() : value;
}

namespace {

/// exp(x - max(x)) / sum(exp(x - max(x))), with or without the maximum -> softmax(x).
struct RaiseQuotient : OpRewritePattern<tt::DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tt::DivOp op, PatternRewriter &rewriter) const override {
    auto exp = op.getLhs().getDefiningOp<tt::ExpOp>();
    tt::ReduceOp sum = exp ? matchReduce(op.getRhs(), tt::ReduceKind::Sum, exp) : tt::ReduceOp();
    if (!sum)
      return rewriter.notifyMatchFailure(op, "is no quotient of exponentials and their sum");
    if (sum.getAxes().size() != 1)
      return rewriter.notifyMatchFailure(op, "sums over several dimensions");
    Value x = skipMaximum(exp.getInput(), sum.getAxes());
    rewriter.replaceOpWithNewOp<tt::SoftmaxOp>(op, op.getType(), x, sum.getAxes()[0]);
    return success();
  }
};

/// y - log(sum(exp(y))) with y = x - max(x) or y = x -> log_softmax(x).
struct RaiseDifference : OpRewritePattern<tt::SubOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tt::SubOp op, PatternRewriter &rewriter) const override {
    auto log = op.getRhs().getDefiningOp<tt::LogOp>();
    auto sum = log ? log.getInput().getDefiningOp<tt::ReduceOp>() : tt::ReduceOp();
    auto exp = sum ? sum.getInput().getDefiningOp<tt::ExpOp>() : tt::ExpOp();
    if (!exp || exp.getInput() != op.getLhs() || !matchReduce(sum, tt::ReduceKind::Sum, exp))
      return rewriter.notifyMatchFailure(op, "is no difference of x and log(sum(exp(x)))");
    if (sum.getAxes().size() != 1)
      return rewriter.notifyMatchFailure(op, "sums over several dimensions");
    Value x = skipMaximum(op.getLhs(), sum.getAxes());
    rewriter.replaceOpWithNewOp<tt::LogSoftmaxOp>(op, op.getType(), x, sum.getAxes()[0]);
    return success();
  }
};

struct RaiseSoftmaxPass : tt::impl::RaiseSoftmaxPassBase<RaiseSoftmaxPass> {
  using RaiseSoftmaxPassBase::RaiseSoftmaxPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseQuotient, RaiseDifference>(&getContext());
    NameKeeper names;
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&names))))
      return signalPassFailure();
    getOperation().walk([](tt::DivOp op) {
      auto exp = op.getLhs().getDefiningOp<tt::ExpOp>();
      if (exp && matchReduce(op.getRhs(), tt::ReduceKind::Sum, exp))
        remark::missed(op.getLoc(), remark::RemarkOpts::name("softmax-not-raised").category("tt-graph"))
            << remark::reason("the exponentials are summed over several dimensions");
    });
  }
};
} // namespace
