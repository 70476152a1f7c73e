//===- RaiseNorm.cpp - layer norm and RMS norm from their parts -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "Matchers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace tt {
#define GEN_PASS_DEF_RAISENORMPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

/// The operand of `x * x` or `x ^ 2`, else null.
static Value matchSquare(Value value) {
  if (auto mul = value.getDefiningOp<tt::MulOp>())
    return mul.getLhs() == mul.getRhs() ? mul.getLhs() : Value();
  if (auto pow = value.getDefiningOp<tt::PowOp>())
    return isScalar(pow.getRhs(), 2.0) && pow.getType() == pow.getLhs().getType() ? pow.getLhs() : Value();
  return {};
}

/// A mean that keeps its reduced dimensions.
static tt::ReduceOp matchMean(Value value) {
  auto reduce = value.getDefiningOp<tt::ReduceOp>();
  return reduce && reduce.getKind() == tt::ReduceKind::Mean && reduce.getKeepDims() ? reduce : tt::ReduceOp();
}

namespace {

/// `sqrt(mean(x^2) + epsilon)`.
struct RootMeanSquare {
  Value input;
  tt::ReduceOp mean;
  double epsilon;
};

} // namespace

static std::optional<RootMeanSquare> matchRootMeanSquare(Value root) {
  Value sum;
  if (auto sqrt = root.getDefiningOp<tt::SqrtOp>())
    sum = sqrt.getInput();
  else if (auto pow = root.getDefiningOp<tt::PowOp>(); pow && isScalar(pow.getRhs(), 0.5))
    sum = pow.getLhs();
  auto add = sum ? sum.getDefiningOp<tt::AddOp>() : tt::AddOp();
  if (!add)
    return std::nullopt;
  std::optional<RootMeanSquare> match;
  matchEitherOrder(add, [&](Value mean, Value epsilon) {
    tt::ReduceOp reduce = matchMean(mean);
    std::optional<double> scalar = getScalar(epsilon);
    Value input = reduce && scalar ? matchSquare(reduce.getInput()) : Value();
    if (!input)
      return false;
    match = RootMeanSquare{input, reduce, *scalar};
    return true;
  });
  return match;
}

/// The two sides of `numerator / denominator`, also as a product with a reciprocal or with `x ^ -0.5`; the denominator
/// is then a root.
static std::optional<std::pair<Value, RootMeanSquare>> matchNormalized(Operation *op) {
  if (auto div = dyn_cast<tt::DivOp>(op)) {
    if (std::optional<RootMeanSquare> root = matchRootMeanSquare(div.getRhs()))
      return std::pair(div.getLhs(), *root);
    return std::nullopt;
  }
  auto mul = dyn_cast<tt::MulOp>(op);
  if (!mul)
    return std::nullopt;
  std::optional<std::pair<Value, RootMeanSquare>> match;
  matchEitherOrder(mul, [&](Value numerator, Value factor) {
    Value root;
    if (auto reciprocal = factor.getDefiningOp<tt::ReciprocalOp>())
      root = reciprocal.getInput();
    else if (auto div = factor.getDefiningOp<tt::DivOp>(); div && isScalar(div.getLhs(), 1.0))
      root = div.getRhs();
    std::optional<RootMeanSquare> rms = root ? matchRootMeanSquare(root) : std::nullopt;
    if (!rms)
      return false;
    match = std::pair(numerator, *rms);
    return true;
  });
  return match;
}

/// The first dimension of `axes` where these are the last dimensions of a tensor of rank `rank`.
static std::optional<int64_t> getTrailingAxis(ArrayRef<int64_t> axes, int64_t rank) {
  if (axes.empty())
    return std::nullopt;
  for (auto [i, axis] : llvm::enumerate(axes))
    if (axis != rank - static_cast<int64_t>(axes.size() - i))
      return std::nullopt;
  return axes.front();
}

namespace {

/// (x - mean(x)) / sqrt(mean((x - mean(x))^2) + e) -> layer norm; x / sqrt(mean(x^2) + e) -> RMS norm.
template <typename OpTy> struct RaiseNormalization : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    std::optional<std::pair<Value, RootMeanSquare>> match = matchNormalized(op);
    if (!match)
      return rewriter.notifyMatchFailure(op, "is no quotient by sqrt(mean(x^2) + epsilon)");
    Value numerator = match->first;
    const RootMeanSquare &root = match->second;
    if (!haveSameValue(numerator, root.input))
      return rewriter.notifyMatchFailure(op, "divides another value than the one whose mean square is taken");
    tt::ReduceOp variance = root.mean;
    Value input = numerator;
    tt::NormKind kind = tt::NormKind::RMS;
    if (auto sub = numerator.getDefiningOp<tt::SubOp>())
      if (tt::ReduceOp mean = matchMean(sub.getRhs());
          mean && mean.getInput() == sub.getLhs() && mean.getAxes() == variance.getAxes()) {
        input = sub.getLhs();
        kind = tt::NormKind::Layer;
      }
    RankedTensorType type = getTensorType(input);
    std::optional<int64_t> axis = getTrailingAxis(variance.getAxes(), type.getRank());
    if (!axis)
      return rewriter.notifyMatchFailure(op, "normalizes other dimensions than the last ones");
    if (failed(verifyCompatibleShape(type, op.getType())))
      return rewriter.notifyMatchFailure(op, "broadcasts the normalized value");
    Value one = createFloatConstant(rewriter, op.getLoc(), RankedTensorType::get({}, type.getElementType()),
                                    [](int64_t) { return 1.0; });
    rewriter.replaceOpWithNewOp<tt::NormOp>(op, op.getType(), input, one, /*bias=*/Value(), kind, *axis,
                                            llvm::APFloat(static_cast<float>(root.epsilon)));
    return success();
  }

private:
  /// Two values are the same, or two differences of the same values (exporters without common subexpressions).
  static bool haveSameValue(Value a, Value b) {
    if (a == b)
      return true;
    auto left = a.getDefiningOp<tt::SubOp>(), right = b.getDefiningOp<tt::SubOp>();
    if (!left || !right || left.getLhs() != right.getLhs())
      return false;
    tt::ReduceOp leftMean = matchMean(left.getRhs()), rightMean = matchMean(right.getRhs());
    return left.getRhs() == right.getRhs() || (leftMean && rightMean && leftMean.getInput() == rightMean.getInput() &&
                                               leftMean.getAxes() == rightMean.getAxes());
  }
};

/// True where `value` broadcasts to the dimensions of `norm` that are normalized, without making them larger. Leading
/// unit dimensions beyond these are allowed for constants, from which they can be dropped.
static bool broadcastsToNormalized(Value value, tt::NormOp norm) {
  RankedTensorType type = getTensorType(value), input = getTensorType(norm.getInput());
  int64_t offset = input.getRank() - type.getRank(), axis = norm.getAxis();
  if (offset < 0 || (offset < axis && !tt::getConstantAttr(value)))
    return false;
  for (auto [i, size] : llvm::enumerate(type.getShape())) {
    int64_t dim = offset + i;
    if (size != 1 && (dim < axis || ShapedType::isDynamic(size) || size != input.getDimSize(dim)))
      return false;
  }
  return true;
}

/// A constant without its leading unit dimensions beyond `rank`; values of at most this rank as they are.
static Value dropLeadingUnits(PatternRewriter &rewriter, Value value, int64_t rank) {
  RankedTensorType type = getTensorType(value);
  if (type.getRank() <= rank)
    return value;
  auto newType = RankedTensorType::get(type.getShape().take_back(rank), type.getElementType());
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(tt::getConstantAttr(value), storage);
  return tt::createConstant(rewriter, value.getLoc(), newType,
                            [&](MutableArrayRef<char> to) { llvm::copy(bytes, to.begin()); });
}

/// norm(x, 1) * scale -> norm(x, scale); norm(x, scale) + bias -> norm(x, scale) with a bias.
template <typename OpTy> struct AbsorbIntoNorm : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    constexpr bool isScale = std::is_same_v<OpTy, tt::MulOp>;
    tt::NormOp norm;
    Value other;
    matchEitherOrder(op, [&](Value value, Value parameter) {
      auto candidate = value.getDefiningOp<tt::NormOp>();
      if (!candidate || !candidate->hasOneUse() || candidate.getBias())
        return false;
      if (isScale && !isScalar(candidate.getScale(), 1.0))
        return false;
      norm = candidate;
      other = parameter;
      return true;
    });
    if (!norm)
      return rewriter.notifyMatchFailure(op, "has no operand that is a norm without this parameter");
    if (failed(verifyCompatibleShape(norm.getType(), op.getType())))
      return rewriter.notifyMatchFailure(op, "broadcasts the norm");
    if (!broadcastsToNormalized(other, norm))
      return rewriter.notifyMatchFailure(op, "has a parameter that varies along dimensions that are not normalized");
    int64_t normalized = getTensorType(norm.getInput()).getRank() - norm.getAxis();
    Value parameter = dropLeadingUnits(rewriter, other, normalized);
    rewriter.replaceOpWithNewOp<tt::NormOp>(op, op.getType(), norm.getInput(), isScale ? parameter : norm.getScale(),
                                            isScale ? Value() : parameter, norm.getKind(), norm.getAxis(),
                                            norm.getEpsilon());
    return success();
  }
};

struct RaiseNormPass : tt::impl::RaiseNormPassBase<RaiseNormPass> {
  using RaiseNormPassBase::RaiseNormPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseNormalization<tt::DivOp>, RaiseNormalization<tt::MulOp>, AbsorbIntoNorm<tt::MulOp>,
                 AbsorbIntoNorm<tt::AddOp>>(&getContext());
    NameKeeper names;
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&names))))
      return signalPassFailure();
    getOperation().walk([](Operation *op) {
      if (!isa<tt::DivOp, tt::MulOp>(op) || !matchNormalized(op))
        return;
      remark::missed(op->getLoc(), remark::RemarkOpts::name("norm-not-raised").category("tt-graph"))
          << remark::reason("the mean square is not taken over the last dimensions of the normalized value");
    });
  }
};
} // namespace
