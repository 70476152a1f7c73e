//===- LowerInt8Arithmetic.cpp - sums, products, averages of integers -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Each result element comes from few integers by f32 operations whose order is fixed and that are rounded one by one,
// so that every CPU gives the same: float(q - z) is exact, and so are products and small sums of such numbers.
//===----------------------------------------------------------------------===//

#include "LowerInt8.h"

#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace tt::graph;

namespace {

/// An operand of an elementwise op: a quantized tensor or a constant.
struct Term {
  Value quantized;
  QuantParameters parameters;
  ElementsAttr constant;
};

} // namespace

static std::optional<Term> getTerm(Value value) {
  Term term;
  if ((term.quantized = getQuantizedSource(value))) {
    std::optional<QuantParameters> parameters = getTensorParameters(term.quantized.getType());
    if (!parameters)
      return std::nullopt;
    term.parameters = *parameters;
    return term;
  }
  term.constant = tt::getConstantAttr(value);
  return term.constant && term.constant.getElementType().isF32() ? std::optional(term) : std::nullopt;
}

/// float(q - zero) * factor.
static Value createScaled(OpBuilder &builder, Location loc, Value quantized, const QuantParameters &parameters,
                          double factor) {
  Value integers = getIntegers(builder, loc, quantized);
  Value zero = createZeroPoint(builder, loc, getIntegerType(builder.getContext(), parameters), parameters.zero());
  return tt::DequantizeOp::create(builder, loc, getTensorType(quantized).clone(builder.getF32Type()), integers,
                                  createFactors(builder, loc, {factor}, 0, 0), zero);
}

/// The term times `factor` where it is quantized, without its scale; a constant times `factor` where it is constant.
static Value createTerm(OpBuilder &builder, Location loc, const Term &term, double factor) {
  if (term.quantized)
    return createScaled(builder, loc, term.quantized, term.parameters, factor);
  return mapFloatConstant(builder, loc, term.constant, [=](double x, int64_t) { return x * factor; });
}

/// fl(fl(float(qa - za) sa/sy) + fl(float(qb - zb) sb/sy)).
static IntegerPlan planSum(Operation *op, const Term &a, const Term &b) {
  IntegerPlan plan;
  plan.last = op;
  plan.makeSteps = [=](OpBuilder &builder, std::optional<double> divisor) {
    Location loc = op->getLoc();
    auto getSteps = [&](const Term &term) {
      return createTerm(builder, loc, term, (term.quantized ? term.parameters.scale() : 1) / *divisor);
    };
    Value left = getSteps(a), right = getSteps(b);
    Operation *sum = builder.clone(*op);
    sum->setOperands({left, right});
    return sum->getResult(0);
  };
  return plan;
}

/// fl(float((qa - za) (qb - zb)) sa sb/sy): the product has 17 bits at most, so it is exact in f32.
static IntegerPlan planProduct(Operation *op, const Term &a, const Term &b) {
  IntegerPlan plan;
  plan.last = op;
  plan.makeSteps = [=](OpBuilder &builder, std::optional<double> divisor) -> Value {
    Location loc = op->getLoc();
    double factor = (a.quantized ? a.parameters.scale() : 1) * (b.quantized ? b.parameters.scale() : 1) / *divisor;
    bool areBoth = a.quantized && b.quantized;
    Value left = createTerm(builder, loc, a, a.quantized ? 1 : factor);
    Value right = createTerm(builder, loc, b, b.quantized ? 1 : factor);
    RankedTensorType type = getTensorType(op->getResult(0));
    Value product = tt::MulOp::create(builder, loc, type, left, right);
    return areBoth ? tt::MulOp::create(builder, loc, type, product, createFactors(builder, loc, {factor}, 0, 0))
                   : product;
  };
  return plan;
}

/// The number of positions of the reduced dimensions; nothing where one is unknown.
static std::optional<int64_t> countReduced(tt::ReduceOp op) {
  int64_t count = 1;
  for (int64_t axis : op.getAxes()) {
    int64_t size = getTensorType(op.getInput()).getDimSize(axis);
    if (ShapedType::isDynamic(size))
      return std::nullopt;
    count *= size;
  }
  return count;
}

/// The largest count of 8-bit differences whose sum is exact in f32 whatever its order.
static constexpr int64_t kMaxExactSum = (1 << 24) / 255;

/// The mean of q - z, whose sum is exact in f32, times sx/sy.
static IntegerPlan planAverage(Operation *op, Value quantized, const QuantParameters &parameters) {
  IntegerPlan plan;
  plan.last = op;
  plan.makeSteps = [=](OpBuilder &builder, std::optional<double> divisor) -> Value {
    Location loc = op->getLoc();
    Value differences = createScaled(builder, loc, quantized, parameters, 1);
    IRMapping mapping;
    mapping.map(op->getOperand(0), differences);
    Value mean = builder.clone(*op, mapping)->getResult(0);
    Value factor = createFactors(builder, loc, {parameters.scale() / *divisor}, 0, 0);
    return tt::MulOp::create(builder, loc, mean.getType(), mean, factor);
  };
  return plan;
}

std::optional<IntegerPlan> tt::graph::planArithmetic(Operation *op, std::string &reason) {
  auto refuse = [&](StringRef why) {
    reason = why.str();
    return IntegerPlan();
  };
  if (isa<tt::AddOp, tt::SubOp, tt::MulOp>(op)) {
    if (!getTensorType(op->getResult(0)).getElementType().isF32())
      return std::nullopt;
    std::optional<Term> a = getTerm(op->getOperand(0)), b = getTerm(op->getOperand(1));
    if (!a || !b)
      return refuse("one of its operands is neither quantized with one scale nor constant");
    if (!a->quantized && !b->quantized)
      return std::nullopt;
    return isa<tt::MulOp>(op) ? planProduct(op, *a, *b) : planSum(op, *a, *b);
  }
  auto pool = dyn_cast<tt::PoolOp>(op);
  auto reduce = dyn_cast<tt::ReduceOp>(op);
  bool isMean =
      (pool && pool.getKind() == tt::PoolKind::Average) || (reduce && reduce.getKind() == tt::ReduceKind::Mean);
  if (!isMean || !getTensorType(op->getResult(0)).getElementType().isF32())
    return std::nullopt;
  Value quantized = getQuantizedSource(op->getOperand(0));
  std::optional<QuantParameters> parameters =
      quantized ? getTensorParameters(quantized.getType()) : std::optional<QuantParameters>();
  if (!parameters)
    return refuse("its input is not quantized with one scale");
  std::optional<int64_t> count = reduce ? countReduced(reduce) : pool.getKernel()[0] * pool.getKernel()[1];
  if (!count || *count > kMaxExactSum)
    return refuse("its sums may not be exact in f32, or the number of their terms is unknown");
  return planAverage(op, quantized, *parameters);
}
