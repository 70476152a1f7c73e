//===- RaiseActivation.cpp - activations from their parts -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "Matchers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <cmath>

namespace tt {
#define GEN_PASS_DEF_RAISEACTIVATIONPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

static constexpr double kPi = 3.14159265358979323846;

namespace {
/// A product: its constant factor and its other factors.
struct Product {
  double constant = 1.0;
  SmallVector<Value> factors;
};
} // namespace

/// Adds the factors of `value` to `product`. Goes through products, quotients by a scalar constant, negations and
/// powers with exponent 2 or 3 that have no other use (`isRoot`: whatever their uses), at most to eight factors.
static void collectFactors(Value value, bool isRoot, Product &product) {
  if (std::optional<double> scalar = getScalar(value)) {
    product.constant *= *scalar;
    return;
  }
  Operation *op = value.getDefiningOp();
  bool isOpen = op && (isRoot || value.hasOneUse()) && product.factors.size() < 8;
  if (auto mul = isOpen ? dyn_cast<tt::MulOp>(op) : tt::MulOp()) {
    if (mul.getLhs() == mul.getRhs()) { // a square; its operand may have these two uses
      product.factors.append(2, mul.getLhs());
      return;
    }
    collectFactors(mul.getLhs(), /*isRoot=*/false, product);
    collectFactors(mul.getRhs(), /*isRoot=*/false, product);
    return;
  }
  if (auto div = isOpen ? dyn_cast<tt::DivOp>(op) : tt::DivOp()) {
    if (std::optional<double> divisor = getScalar(div.getRhs()); divisor && *divisor != 0) {
      product.constant /= *divisor;
      collectFactors(div.getLhs(), /*isRoot=*/false, product);
      return;
    }
  }
  if (auto neg = isOpen ? dyn_cast<tt::NegOp>(op) : tt::NegOp()) {
    product.constant = -product.constant;
    collectFactors(neg.getInput(), /*isRoot=*/false, product);
    return;
  }
  if (auto pow = isOpen ? dyn_cast<tt::PowOp>(op) : tt::PowOp())
    for (int exponent : {2, 3})
      if (isScalar(pow.getRhs(), exponent)) {
        product.factors.append(exponent, pow.getLhs());
        return;
      }
  product.factors.push_back(value);
}

static Product getProduct(Value value, bool isRoot = false) {
  Product product;
  collectFactors(value, isRoot, product);
  return product;
}

/// Constants of several roundings in a product: some units in the last place of `type`.
static bool isNear(double value, double expected, Type type) {
  auto floatType = cast<FloatType>(type);
  int precision = std::min(24u, APFloat::semanticsPrecision(floatType.getFloatSemantics()));
  return std::abs(value - expected) <= std::ldexp(std::abs(expected), 4 - precision);
}

/// The other operand of `1 + x`, else null.
static Value matchOnePlus(Value value) {
  auto add = value.getDefiningOp<tt::AddOp>();
  return add ? otherThanScalar(add, 1.0) : Value();
}

/// True where `value` is `factor * x`.
static bool isMultiple(Value value, double factor, Value x) {
  Product product = getProduct(value);
  return product.factors.size() == 1 && product.factors[0] == x &&
         isNear(product.constant, factor, getTensorType(x).getElementType());
}

/// True where `value` is `sqrt(2 / pi) * (x + 0.044715 * x^3)`, the cube in or outside of the parentheses.
static bool isTanhArgument(Value value, Value x) {
  Type type = getTensorType(x).getElementType();
  Product product = getProduct(value);
  if (!isNear(product.constant, std::sqrt(2 / kPi), type))
    return false;
  Value sum;
  bool isFactored = product.factors.size() == 2; // x * (1 + 0.044715 x^2)
  if (product.factors.size() == 1)
    sum = product.factors[0];
  else if (isFactored && llvm::is_contained(product.factors, x))
    sum = product.factors[product.factors[0] == x];
  auto add = sum ? sum.getDefiningOp<tt::AddOp>() : tt::AddOp();
  return add && matchEitherOrder(add, [&](Value first, Value second) {
           if (isFactored ? !isScalar(first, 1.0) : first != x)
             return false;
           Product power = getProduct(second);
           return power.factors.size() == (isFactored ? 2 : 3) && llvm::all_equal(power.factors) &&
                  power.factors[0] == x && isNear(power.constant, 0.044715, type);
         });
}

namespace {

/// 0.5 x (1 + erf(x / sqrt 2)) and 0.5 x (1 + tanh(..)), the products in any order -> gelu.
template <typename OpTy> struct RaiseGelu : OpRewritePattern<OpTy> {
  using OpRewritePattern<OpTy>::OpRewritePattern;

  LogicalResult matchAndRewrite(OpTy op, PatternRewriter &rewriter) const override {
    Product product = getProduct(op.getResult(), /*isRoot=*/true);
    if (product.factors.size() != 2 || product.constant != 0.5)
      return rewriter.notifyMatchFailure(op, "is no product of 0.5 and two factors");
    for (auto [x, sum] :
         {std::pair(product.factors[0], product.factors[1]), std::pair(product.factors[1], product.factors[0])}) {
      if (x.getType() != op.getType() || !isa<FloatType>(getTensorType(x).getElementType()))
        continue;
      Value curve = matchOnePlus(sum);
      if (!curve)
        continue;
      std::optional<tt::GeluKind> kind;
      if (auto erf = curve.getDefiningOp<tt::ErfOp>(); erf && isMultiple(erf.getInput(), std::sqrt(0.5), x))
        kind = tt::GeluKind::Erf;
      else if (auto tanh = curve.getDefiningOp<tt::TanhOp>(); tanh && isTanhArgument(tanh.getInput(), x))
        kind = tt::GeluKind::Tanh;
      if (!kind)
        continue;
      rewriter.replaceOpWithNewOp<tt::GeluOp>(op, op.getType(), x, *kind);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "has no factor 1 + erf(x / sqrt 2) or 1 + tanh(..)");
  }
};

/// x * sigmoid(x) -> silu.
struct RaiseSiluProduct : OpRewritePattern<tt::MulOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tt::MulOp op, PatternRewriter &rewriter) const override {
    Value x;
    matchEitherOrder(op, [&](Value first, Value second) {
      auto sigmoid = second.getDefiningOp<tt::SigmoidOp>();
      x = sigmoid && sigmoid.getInput() == first ? first : Value();
      return static_cast<bool>(x);
    });
    if (!x || x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "is no product of x and sigmoid(x)");
    rewriter.replaceOpWithNewOp<tt::SiluOp>(op, op.getType(), x);
    return success();
  }
};

/// The x of `1 + exp(-x)`, else null.
Value matchLogisticDenominator(Value value) {
  Value curve = matchOnePlus(value);
  auto exp = curve ? curve.getDefiningOp<tt::ExpOp>() : tt::ExpOp();
  if (!exp)
    return {};
  Product product = getProduct(exp.getInput());
  return product.constant == -1.0 && product.factors.size() == 1 ? product.factors[0] : Value();
}

/// x / (1 + exp(-x)) -> silu; 1 / (1 + exp(-x)) -> sigmoid.
struct RaiseLogisticQuotient : OpRewritePattern<tt::DivOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tt::DivOp op, PatternRewriter &rewriter) const override {
    Value x = matchLogisticDenominator(op.getRhs());
    if (!x || x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "has no divisor 1 + exp(-x)");
    if (op.getLhs() == x)
      rewriter.replaceOpWithNewOp<tt::SiluOp>(op, op.getType(), x);
    else if (isScalar(op.getLhs(), 1.0))
      rewriter.replaceOpWithNewOp<tt::SigmoidOp>(op, op.getType(), x);
    else
      return rewriter.notifyMatchFailure(op, "has a dividend that is neither 1 nor x");
    return success();
  }
};

/// reciprocal(1 + exp(-x)) -> sigmoid.
struct RaiseSigmoid : OpRewritePattern<tt::ReciprocalOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tt::ReciprocalOp op, PatternRewriter &rewriter) const override {
    Value x = matchLogisticDenominator(op.getInput());
    if (!x || x.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "is no reciprocal of 1 + exp(-x)");
    rewriter.replaceOpWithNewOp<tt::SigmoidOp>(op, op.getType(), x);
    return success();
  }
};

/// log(1 + exp(x)) -> softplus.
struct RaiseSoftplus : OpRewritePattern<tt::LogOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(tt::LogOp op, PatternRewriter &rewriter) const override {
    Value curve = matchOnePlus(op.getInput());
    auto exp = curve ? curve.getDefiningOp<tt::ExpOp>() : tt::ExpOp();
    if (!exp || exp.getInput().getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "is no logarithm of 1 + exp(x)");
    rewriter.replaceOpWithNewOp<tt::SoftplusOp>(op, op.getType(), exp.getInput());
    return success();
  }
};

struct RaiseActivationPass : tt::impl::RaiseActivationPassBase<RaiseActivationPass> {
  using RaiseActivationPassBase::RaiseActivationPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<RaiseGelu<tt::MulOp>, RaiseGelu<tt::DivOp>, RaiseSiluProduct, RaiseLogisticQuotient, RaiseSigmoid,
                 RaiseSoftplus>(&getContext());
    NameKeeper names;
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), GreedyRewriteConfig().setListener(&names))))
      signalPassFailure();
  }
};
} // namespace
