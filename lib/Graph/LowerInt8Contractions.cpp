//===- LowerInt8Contractions.cpp - products of quantized tensors ----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// sum((x - zx) (w - zw)) sx sw + b  =  sx sw (acc + b / (sx sw)): the sum of products is exact in i32, the bias becomes
// an integer that counts steps of sx sw, and one f32 multiplication by sx sw / sy follows (DESIGN.md, section 3).
//===----------------------------------------------------------------------===//

#include "LowerInt8.h"

#include "mlir/IR/TypeUtilities.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace mlir;
using namespace tt::graph;

namespace {

/// One factor of a product.
struct Factor {
  Value quantized;
  QuantParameters parameters;
};

} // namespace

static std::optional<Factor> getFactor(Value value) {
  Value quantized = getQuantizedSource(value);
  std::optional<QuantParameters> parameters =
      quantized ? getQuantParameters(quantized.getType()) : std::optional<QuantParameters>();
  if (!parameters)
    return std::nullopt;
  return Factor{quantized, *parameters};
}

/// The zero points of a factor: none where all are 0, a scalar where all are equal.
static Value createZeros(OpBuilder &builder, Location loc, const QuantParameters &parameters) {
  IntegerType type = getIntegerType(builder.getContext(), parameters);
  if (llvm::all_equal(parameters.zeros))
    return parameters.zero() == 0 ? Value() : createZeroPoint(builder, loc, type, parameters.zero());
  auto count = static_cast<int64_t>(parameters.zeros.size());
  return tt::createConstant(builder, loc, RankedTensorType::get(count, type), [&](MutableArrayRef<char> to) {
    for (auto [i, zero] : llvm::enumerate(parameters.zeros))
      to[i] = static_cast<char>(zero);
  });
}

/// Constants that a product reads are made signed: weights of 8 bits have one form from here on.
static Value getSignedWeights(OpBuilder &builder, Location loc, Factor &factor) {
  Value integers = getIntegers(builder, loc, factor.quantized);
  ElementsAttr attr = tt::getConstantAttr(integers);
  if (auto bitcast = integers.getDefiningOp<tt::BitcastOp>())
    attr = tt::getConstantAttr(bitcast.getInput());
  if (!attr || factor.parameters.isSigned)
    return integers;
  factor.parameters.isSigned = true;
  for (int64_t &zero : factor.parameters.zeros)
    zero -= 128;
  std::vector<char> storage;
  ArrayRef<char> from = tt::getConstantBytes(attr, storage);
  return tt::createConstant(builder, loc, getTensorType(integers).clone(builder.getI8Type()),
                            [&](MutableArrayRef<char> to) {
                              for (auto [i, byte] : llvm::enumerate(from))
                                to[i] = static_cast<char>(byte ^ 0x80);
                            });
}

/// The result's type with elements of i32.
static RankedTensorType getSumType(Operation *op) {
  return getTensorType(op->getResult(0)).clone(IntegerType::get(op->getContext(), 32));
}

/// The largest number that a sum of `depth` products can have without leaving i32.
static bool fitsSum(int64_t depth, const QuantParameters &x, const QuantParameters &w) {
  auto largest = [](const QuantParameters &p) {
    int64_t result = 0;
    for (int64_t zero : p.zeros)
      result = std::max({result, p.high - zero, zero - p.low});
    return result;
  };
  return !ShapedType::isDynamic(depth) && depth <= std::numeric_limits<int32_t>::max() / (largest(x) * largest(w));
}

/// The plan of a product: the sum, scales and a bias along `axis` of the result.
static IntegerPlan finish(Operation *op, std::function<Value(OpBuilder &)> makeSum, SmallVector<double> scales,
                          int64_t axis, SmallVector<double> bias) {
  IntegerPlan plan;
  plan.last = op;
  plan.givesReal = true;
  RankedTensorType type = getTensorType(op->getResult(0));
  // A product of one row or column is followed by the sum of its bias.
  if (bias.empty() && op->hasOneUse())
    if (auto add = dyn_cast<tt::AddOp>(*op->user_begin()); add && add.getType() == type) {
      Value other = add.getLhs() == op->getResult(0) ? add.getRhs() : add.getLhs();
      int64_t channels = type.getDimSize(axis);
      if (!ShapedType::isDynamic(channels))
        if (auto values = getChannelValues(other, type.getRank(), axis, channels)) {
          bias = *values;
          plan.last = add;
        }
    }
  Location loc = getMatchedLoc(plan.last);
  plan.makeSteps = [=](OpBuilder &builder, std::optional<double> divisor) {
    Value sum = makeSum(builder);
    int64_t rank = type.getRank();
    if (!bias.empty()) {
      SmallVector<int64_t> shape(rank - axis, 1);
      shape[0] = bias.size();
      Value steps = tt::createConstant(
          builder, loc, RankedTensorType::get(shape, builder.getI32Type()), [&](MutableArrayRef<char> to) {
            for (auto [i, value] : llvm::enumerate(bias)) {
              double wanted = std::nearbyint(value / scales[scales.size() == 1 ? 0 : i]);
              using Limits = std::numeric_limits<int32_t>;
              auto step = static_cast<int32_t>(
                  std::isnan(wanted) ? 0 : std::clamp<double>(wanted, Limits::min(), Limits::max()));
              std::memcpy(to.data() + i * sizeof step, &step, sizeof step);
            }
          });
      sum = tt::AddOp::create(builder, loc, sum.getType(), sum, steps);
    }
    SmallVector<double> factors = scales;
    for (double &factor : factors)
      factor /= divisor.value_or(1);
    Type f32 = builder.getF32Type();
    Value real = tt::CastOp::create(builder, loc, type, sum, f32);
    return Value(tt::MulOp::create(builder, loc, type, real, createFactors(builder, loc, factors, axis, rank)));
  };
  return plan;
}

static std::optional<IntegerPlan> planConv(tt::ConvOp op, std::string &reason) {
  auto refuse = [&](StringRef why) {
    reason = why.str();
    return IntegerPlan();
  };
  std::optional<Factor> x = getFactor(op.getInput()), w = getFactor(op.getFilter());
  if (!x || !w)
    return refuse(!x ? "its input is not quantized" : "its filter is not quantized");
  if (x->parameters.axis || w->parameters.axis.value_or(0) != 0)
    return refuse("its scales vary along a dimension that is summed");
  RankedTensorType filter = getTensorType(op.getFilter());
  if (!filter.hasStaticShape())
    return refuse("its filter has an unknown size");
  int64_t channels = filter.getDimSize(0), depth = channels ? filter.getNumElements() / channels : 0;
  if (!fitsSum(depth, x->parameters, w->parameters))
    return refuse("its sums of products may not fit i32");
  SmallVector<double> bias;
  if (op.getBias() && !tt::getConstantFloats(op.getBias(), bias))
    return refuse("its bias is not constant");
  SmallVector<double> scales = w->parameters.scales;
  for (double &scale : scales)
    scale *= x->parameters.scale();
  auto makeSum = [=, image = *x, weights = *w](OpBuilder &builder) -> Value {
    tt::ConvOp conv = op;
    Location loc = conv.getLoc();
    Factor signedWeights = weights;
    Value left = getIntegers(builder, loc, image.quantized), right = getSignedWeights(builder, loc, signedWeights);
    Value leftZero = createZeros(builder, loc, image.parameters);
    Value rightZero = createZeros(builder, loc, signedWeights.parameters);
    return tt::ConvIntegerOp::create(builder, loc, getSumType(conv), left, right, leftZero, rightZero,
                                     conv.getStridesAttr(), conv.getPadsAttr(), conv.getDilationsAttr(),
                                     conv.getGroupsAttr(), conv.getLayoutAttr());
  };
  return finish(op, makeSum, std::move(scales), op.getLayout() == tt::Layout::NHWC ? 3 : 1, std::move(bias));
}

static std::optional<IntegerPlan> planMatMul(tt::MatMulOp op, std::string &reason) {
  auto refuse = [&](StringRef why) {
    reason = why.str();
    return IntegerPlan();
  };
  std::optional<Factor> a = getFactor(op.getLhs()), b = getFactor(op.getRhs());
  if (!a || !b)
    return refuse(!a ? "its left-hand side is not quantized" : "its right-hand side is not quantized");
  RankedTensorType lhs = getTensorType(op.getLhs()), rhs = getTensorType(op.getRhs()), type = getTensorType(op);
  if (lhs.getRank() < 2 || rhs.getRank() < 2)
    return refuse("it multiplies a vector");
  bool rows = a->parameters.axis.has_value(), columns = b->parameters.axis.has_value();
  if ((rows && (*a->parameters.axis != lhs.getRank() - 2 || columns)) ||
      (columns && *b->parameters.axis != rhs.getRank() - 1))
    return refuse("its scales vary along a dimension that is summed, or along both rows and columns");
  // The op has one zero point for each row only where there are rows and columns alone.
  if (rows && (lhs.getRank() > 2 || !llvm::all_equal(a->parameters.zeros)))
    return refuse("its zero points vary along the rows of a stack of matrices");
  if (!fitsSum(lhs.getDimSize(lhs.getRank() - 1), a->parameters, b->parameters))
    return refuse("its sums of products may not fit i32, or their number is unknown");
  SmallVector<double> scales = rows ? a->parameters.scales : b->parameters.scales;
  for (double &scale : scales)
    scale *= rows ? b->parameters.scale() : a->parameters.scale();
  auto makeSum = [=, factors = std::pair(*a, *b)](OpBuilder &builder) -> Value {
    Location loc = op->getLoc();
    auto [first, second] = factors;
    Value left = getSignedWeights(builder, loc, first), right = getSignedWeights(builder, loc, second);
    Value leftZero = createZeros(builder, loc, first.parameters);
    Value rightZero = createZeros(builder, loc, second.parameters);
    return tt::MatMulIntegerOp::create(builder, loc, getSumType(op), left, right, leftZero, rightZero);
  };
  int64_t axis = type.getRank() - (rows ? 2 : 1);
  return finish(op, makeSum, std::move(scales), axis, {});
}

std::optional<IntegerPlan> tt::graph::planContraction(Operation *op, std::string &reason) {
  if (auto conv = dyn_cast<tt::ConvOp>(op))
    return planConv(conv, reason);
  if (auto matmul = dyn_cast<tt::MatMulOp>(op))
    return planMatMul(matmul, reason);
  return std::nullopt;
}
