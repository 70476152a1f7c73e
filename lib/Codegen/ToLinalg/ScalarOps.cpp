//===- ScalarOps.cpp - elementwise ops as scalar arithmetic ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// One entry per op of ElementwiseOps.td, with the semantics of ONNX (of NumPy where ONNX is silent). Nothing here may
// trap: bodies are executed speculatively on padding lanes.
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/APFloat.h"

#include <cmath>

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;
namespace math = mlir::math;

static Type getGraphElement(Operation *op, unsigned operand) {
  return getElementTypeOrSelf(op->getOperand(operand).getType());
}
static bool isFloat(Value x) { return isa<FloatType>(x.getType()); }

template <typename Op> static Value unary(ScalarBuilder &s, Operation *, ValueRange x) { return s.make<Op>(x[0]); }

template <Value (ScalarBuilder::*method)(Value, Value)>
static Value binary(ScalarBuilder &s, Operation *, ValueRange x) {
  return (s.*method)(x[0], x[1]);
}

template <typename Op> static Value bitwise(ScalarBuilder &s, Operation *, ValueRange x) {
  return s.make<Op>(x[0], x[1]);
}

//===-- One operand ---------------------------------------------------------------------------------------------===//

static Value buildAbs(ScalarBuilder &s, Operation *, ValueRange x) {
  if (isFloat(x[0]))
    return s.make<math::AbsFOp>(x[0]);
  return s.isUnsigned ? x[0] : s.make<math::AbsIOp>(x[0]);
}

static Value buildNeg(ScalarBuilder &s, Operation *, ValueRange x) {
  return isFloat(x[0]) ? s.make<arith::NegFOp>(x[0]) : s.sub(s.makeIntConstant(x[0].getType(), 0), x[0]);
}

static Value buildSign(ScalarBuilder &s, Operation *, ValueRange x) {
  Value zero = s.makeConstant(x[0].getType(), 0), one = s.makeConstant(x[0].getType(), 1);
  Value positive = s.less(zero, x[0]);
  if (s.isUnsigned)
    return s.select(positive, one, zero);
  // The last alternative is x itself: 0, or NaN.
  return s.select(positive, one, s.select(s.less(x[0], zero), s.makeConstant(x[0].getType(), -1), x[0]));
}

static Value buildReciprocal(ScalarBuilder &s, Operation *, ValueRange x) {
  return s.div(s.makeConstant(x[0].getType(), 1), x[0]);
}

static Value buildErf(ScalarBuilder &s, Operation *op, ValueRange x) {
  if (isFloat(x[0]))
    return s.make<math::ErfOp>(x[0]);
  Type graph = getGraphElement(op, 0), f32 = s.builder.getF32Type();
  return s.cast(s.make<math::ErfOp>(s.cast(x[0], graph, f32)), f32, graph);
}

/// 1 / (1 + e^-x); e^-x overflows to infinity for very negative x, which gives the right limit 0.
static Value buildSigmoid(ScalarBuilder &s, Operation *, ValueRange x) {
  Value one = s.makeConstant(x[0].getType(), 1);
  return s.div(one, s.add(one, s.make<math::ExpOp>(s.make<arith::NegFOp>(x[0]))));
}

static Value buildSilu(ScalarBuilder &s, Operation *, ValueRange x) {
  Value one = s.makeConstant(x[0].getType(), 1);
  return s.div(x[0], s.add(one, s.make<math::ExpOp>(s.make<arith::NegFOp>(x[0]))));
}

/// max(x, 0) + ln(1 + e^-|x|), which does not overflow.
static Value buildSoftplus(ScalarBuilder &s, Operation *, ValueRange x) {
  Value zero = s.makeConstant(x[0].getType(), 0);
  Value small = s.make<math::ExpOp>(s.make<arith::NegFOp>(s.make<math::AbsFOp>(x[0])));
  return s.add(s.max(x[0], zero), s.make<math::Log1pOp>(small));
}

static Value buildRelu(ScalarBuilder &s, Operation *, ValueRange x) {
  return s.isUnsigned ? x[0] : s.max(x[0], s.makeConstant(x[0].getType(), 0));
}

static Value buildNot(ScalarBuilder &s, Operation *, ValueRange x) {
  Type type = x[0].getType();
  return s.make<arith::XOrIOp>(x[0], s.makeIntConstant(type, type.isInteger(1) ? 1 : -1));
}

static Value buildGelu(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type type = x[0].getType();
  auto constant = [&](double value) { return s.makeConstant(type, value); };
  Value inner;
  if (cast<tt::GeluOp>(op).getKind() == tt::GeluKind::Erf) {
    inner = s.make<math::ErfOp>(s.mul(x[0], constant(0.70710678118654752440))); // 1 / sqrt(2)
  } else {
    Value cube = s.mul(s.mul(x[0], x[0]), x[0]);
    Value sum = s.add(x[0], s.mul(cube, constant(0.044715)));
    inner = s.make<math::TanhOp>(s.mul(sum, constant(0.79788456080286535588))); // sqrt(2 / pi)
  }
  return s.mul(s.mul(x[0], constant(0.5)), s.add(inner, constant(1)));
}

static Value buildLeakyRelu(ScalarBuilder &s, Operation *op, ValueRange x) {
  Value slope = s.makeConstant(x[0].getType(), cast<tt::LeakyReluOp>(op).getAlpha().convertToDouble());
  return s.select(s.less(x[0], s.makeConstant(x[0].getType(), 0)), s.mul(x[0], slope), x[0]);
}

static Value buildElu(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type type = x[0].getType();
  Value alpha = s.makeConstant(type, cast<tt::EluOp>(op).getAlpha().convertToDouble());
  Value negative = s.mul(alpha, s.sub(s.make<math::ExpOp>(x[0]), s.makeConstant(type, 1)));
  return s.select(s.less(x[0], s.makeConstant(type, 0)), negative, x[0]);
}

static Value buildHardSigmoid(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type type = x[0].getType();
  auto hard = cast<tt::HardSigmoidOp>(op);
  Value line = s.add(s.mul(x[0], s.makeConstant(type, hard.getAlpha().convertToDouble())),
                     s.makeConstant(type, hard.getBeta().convertToDouble()));
  return s.max(s.min(line, s.makeConstant(type, 1)), s.makeConstant(type, 0));
}

static Value buildIsNaN(ScalarBuilder &s, Operation *, ValueRange x) {
  return s.make<arith::CmpFOp>(arith::CmpFPredicate::UNO, x[0], x[0]);
}

static Value buildIsInf(ScalarBuilder &s, Operation *op, ValueRange x) {
  auto test = cast<tt::IsInfOp>(op);
  Value infinity = s.makeConstant(x[0].getType(), std::numeric_limits<double>::infinity());
  if (test.getPositive() && test.getNegative())
    return s.equal(s.make<math::AbsFOp>(x[0]), infinity);
  if (!test.getPositive() && !test.getNegative())
    return s.makeIntConstant(s.builder.getI1Type(), 0);
  return s.equal(test.getPositive() ? x[0] : s.make<arith::NegFOp>(x[0]), infinity);
}

static Value buildCast(ScalarBuilder &s, Operation *op, ValueRange x) {
  return s.cast(x[0], getGraphElement(op, 0), getElementTypeOrSelf(op->getResult(0).getType()));
}

static Value buildBitcast(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type type = getSignless(getElementTypeOrSelf(op->getResult(0).getType()));
  return type == x[0].getType() ? x[0] : s.make<arith::BitcastOp>(type, x[0]);
}

static Value buildClip(ScalarBuilder &s, Operation *op, ValueRange x) {
  auto clip = cast<tt::ClipOp>(op);
  Value result = x[0];
  unsigned next = 1;
  if (clip.getLow())
    result = s.max(result, x[next++]);
  if (clip.getHigh())
    result = s.min(result, x[next++]);
  return result;
}

//===-- Two and more operands -----------------------------------------------------------------------------------===//

/// Integer x % y with the sign of x, 0 where y is 0; never traps.
static Value buildRemainder(ScalarBuilder &s, Value x, Value y) { return s.sub(x, s.mul(s.div(x, y), y)); }

static Value buildFmod(ScalarBuilder &s, Operation *, ValueRange x) {
  if (isFloat(x[0]))
    return s.make<arith::RemFOp>(x[0], x[1]);
  return s.select(s.equal(x[1], s.makeIntConstant(x[1].getType(), 0)), s.makeIntConstant(x[1].getType(), 0),
                  buildRemainder(s, x[0], x[1]));
}

/// The remainder moved into the divisor's sign.
static Value buildMod(ScalarBuilder &s, Operation *op, ValueRange x) {
  Value remainder = buildFmod(s, op, x);
  if (s.isUnsigned)
    return remainder;
  Value zero = s.makeConstant(x[0].getType(), 0);
  Value otherSign = s.make<arith::XOrIOp>(s.less(remainder, zero), s.less(x[1], zero));
  Value isZero = s.equal(remainder, zero);
  return s.select(
      s.make<arith::AndIOp>(otherSign, s.make<arith::XOrIOp>(isZero, s.makeIntConstant(s.builder.getI1Type(), 1))),
      s.add(remainder, x[1]), remainder);
}

static Value buildPRelu(ScalarBuilder &s, Operation *, ValueRange x) {
  if (s.isUnsigned)
    return x[0];
  return s.select(s.less(x[0], s.makeConstant(x[0].getType(), 0)), s.mul(x[0], x[1]), x[0]);
}

/// base^exponent for integers by repeated squaring. Six steps cover every result that fits in 64 bits; bases 0, 1 and
/// -1 are right for any exponent; a negative exponent gives 0 for other bases, as integer division would.
static Value buildIntPow(ScalarBuilder &s, Value base, Value exponent, bool exponentUnsigned) {
  Type type = base.getType(), bits = exponent.getType();
  Value one = s.makeIntConstant(type, 1), result = one, power = base;
  Value zeroBits = s.makeIntConstant(bits, 0), oneBit = s.makeIntConstant(bits, 1);
  Value rest = exponent;
  for (int step = 0; step < 6; ++step) {
    Value isSet = s.make<arith::CmpIOp>(arith::CmpIPredicate::ne, s.make<arith::AndIOp>(rest, oneBit), zeroBits);
    result = s.select(isSet, s.mul(result, power), result);
    power = s.mul(power, power);
    rest = s.make<arith::ShRUIOp>(rest, oneBit);
  }
  if (exponentUnsigned)
    return result;
  Value isUnit = s.equal(base, one);
  if (!s.isUnsigned)
    isUnit = s.make<arith::OrIOp>(isUnit, s.equal(base, s.makeIntConstant(type, -1)));
  Value isNegative = s.make<arith::CmpIOp>(arith::CmpIPredicate::slt, exponent, zeroBits);
  Value vanishes =
      s.make<arith::AndIOp>(isNegative, s.make<arith::XOrIOp>(isUnit, s.makeIntConstant(s.builder.getI1Type(), 1)));
  return s.select(vanishes, s.makeIntConstant(type, 0), result);
}

static Value buildPow(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type base = getGraphElement(op, 0), exponent = getGraphElement(op, 1), f64 = s.builder.getF64Type();
  if (!isFloat(x[0])) {
    if (isa<IntegerType>(exponent))
      return buildIntPow(s, x[0], x[1], exponent.isUnsignedInteger());
    Value power = s.make<math::PowFOp>(s.cast(x[0], base, f64), s.cast(x[1], x[1].getType(), f64));
    return s.cast(power, f64, base);
  }
  double known = std::numeric_limits<double>::quiet_NaN();
  APInt integer;
  APFloat number(0.0);
  if (matchPattern(x[1], m_ConstantInt(&integer))) {
    known = exponent.isUnsignedInteger() ? double(integer.getZExtValue()) : double(integer.getSExtValue());
  } else if (matchPattern(x[1], m_ConstantFloat(&number))) {
    bool losesInfo;
    number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
    known = number.convertToDouble();
  }
  Value one = s.makeConstant(x[0].getType(), 1);
  if (known == 0)
    return one;
  if (known == 1)
    return x[0];
  if (known == 2)
    return s.mul(x[0], x[0]);
  if (known == 3)
    return s.mul(s.mul(x[0], x[0]), x[0]);
  if (known == 0.5)
    return s.make<math::SqrtOp>(x[0]);
  if (known == -0.5)
    return s.div(one, s.make<math::SqrtOp>(x[0]));
  if (known == -1)
    return s.div(one, x[0]);
  Value y = isFloat(x[1]) ? s.cast(x[1], x[1].getType(), x[0].getType()) : s.cast(x[1], exponent, x[0].getType());
  return s.make<math::PowFOp>(x[0], y);
}

/// Shifts by the width or more give what NumPy gives: 0, or the sign for signed right shifts.
template <bool left> static Value buildShift(ScalarBuilder &s, Operation *, ValueRange x) {
  Type type = x[0].getType();
  unsigned width = type.getIntOrFloatBitWidth();
  Value inRange = s.make<arith::CmpIOp>(arith::CmpIPredicate::ult, x[1], s.makeIntConstant(type, width));
  Value zero = s.makeIntConstant(type, 0);
  if (left)
    return s.select(inRange, s.make<arith::ShLIOp>(x[0], s.select(inRange, x[1], zero)), zero);
  if (s.isUnsigned)
    return s.select(inRange, s.make<arith::ShRUIOp>(x[0], s.select(inRange, x[1], zero)), zero);
  return s.make<arith::ShRSIOp>(x[0], s.select(inRange, x[1], s.makeIntConstant(type, width - 1)));
}

static Value buildLessEqual(ScalarBuilder &s, Operation *, ValueRange x) {
  if (isFloat(x[0]))
    return s.make<arith::CmpFOp>(arith::CmpFPredicate::OLE, x[0], x[1]);
  return s.make<arith::CmpIOp>(s.isUnsigned ? arith::CmpIPredicate::ule : arith::CmpIPredicate::sle, x[0], x[1]);
}

/// True where the quotient of a tt.quantize cannot be NaN: an integer times finite constants, divided by one of them.
static bool isNeverNaN(Operation *op) {
  auto isFinite = [](Value value) {
    SmallVector<double> constants;
    return tt::getConstantFloats(value, constants) &&
           llvm::all_of(constants, [](double x) { return std::isfinite(x); });
  };
  auto isInteger = [](Value value) {
    auto cast = value.getDefiningOp<tt::CastOp>();
    return cast && isa<IntegerType>(getElementTypeOrSelf(cast.getInput()));
  };
  SmallVector<double> scales;
  auto product = op->getOperand(0).getDefiningOp<tt::MulOp>();
  return product && tt::getConstantFloats(op->getOperand(1), scales) &&
         llvm::all_of(scales, [](double x) { return std::isfinite(x) && x != 0; }) &&
         ((isInteger(product.getLhs()) && isFinite(product.getRhs())) ||
          (isInteger(product.getRhs()) && isFinite(product.getLhs())));
}

/// rint(x / scale), limited in f32 so that the conversion is defined and the sum with the zero point fits. The limits
/// are integers, so that limiting may come first; then 1.5 * 2^23, whose neighbours are 1 apart, rounds half to even in
/// one addition and leaves the integer in the low bits.
static Value buildQuantize(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type graph = getGraphElement(op, 2), type = x[0].getType(), i32 = s.builder.getI32Type();
  unsigned width = graph.getIntOrFloatBitWidth();
  bool isUnsigned = graph.isUnsignedInteger();
  double lowest = isUnsigned ? 0 : -std::ldexp(1.0, width - 1),
         highest = std::ldexp(1.0, isUnsigned ? width : width - 1) - 1;
  Value zero = s.cast(x[2], graph, i32), zeroReal = s.make<arith::SIToFPOp>(type, zero);
  bool isShort = type.isF32() && width <= 16;
  Value steps = s.div(x[0], x[1]);
  if (!isShort)
    steps = s.make<math::RoundEvenOp>(steps);
  Value low = s.sub(s.makeConstant(type, lowest), zeroReal), high = s.sub(s.makeConstant(type, highest), zeroReal);
  Value limited = s.min(s.max(steps, low), high);
  if (!isNeverNaN(op)) {
    Value isNaN = s.make<arith::CmpFOp>(arith::CmpFPredicate::UNO, steps, steps);
    limited = s.select(isNaN, s.makeConstant(type, 0), limited);
  }
  if (isShort) {
    constexpr double rounder = 1.5 * (1 << 23);
    constexpr int64_t bits = 0x4B400000;
    Value sum = s.make<arith::BitcastOp>(i32, s.add(limited, s.makeConstant(type, rounder)));
    Value offset = s.sub(zero, s.makeIntConstant(i32, bits));
    return s.make<arith::TruncIOp>(getSignless(graph), s.add(sum, offset));
  }
  return s.make<arith::TruncIOp>(getSignless(graph), s.add(s.make<arith::FPToSIOp>(i32, limited), zero));
}

static Value buildDequantize(ScalarBuilder &s, Operation *op, ValueRange x) {
  Type graph = getGraphElement(op, 0), i32 = s.builder.getI32Type();
  Value difference = s.sub(s.cast(x[0], graph, i32), s.cast(x[2], graph, i32));
  return s.mul(s.make<arith::SIToFPOp>(x[1].getType(), difference), x[1]);
}

static Value buildWhere(ScalarBuilder &s, Operation *, ValueRange x) { return s.select(x[0], x[1], x[2]); }

const llvm::StringMap<ScalarOp> &tt::tolinalg::getScalarOps() {
  static const llvm::StringMap<ScalarOp> table = {
      {"tt.abs", {buildAbs}},
      {"tt.neg", {buildNeg}},
      {"tt.sign", {buildSign}},
      {"tt.floor", {unary<math::FloorOp>}},
      {"tt.ceil", {unary<math::CeilOp>}},
      {"tt.round", {unary<math::RoundEvenOp>}},
      {"tt.exp", {unary<math::ExpOp>}},
      {"tt.log", {unary<math::LogOp>}},
      {"tt.sqrt", {unary<math::SqrtOp>}},
      {"tt.reciprocal", {buildReciprocal}},
      {"tt.sin", {unary<math::SinOp>}},
      {"tt.cos", {unary<math::CosOp>}},
      {"tt.tan", {unary<math::TanOp>}},
      {"tt.asin", {unary<math::AsinOp>}},
      {"tt.acos", {unary<math::AcosOp>}},
      {"tt.atan", {unary<math::AtanOp>}},
      {"tt.sinh", {unary<math::SinhOp>}},
      {"tt.cosh", {unary<math::CoshOp>}},
      {"tt.asinh", {unary<math::AsinhOp>}},
      {"tt.acosh", {unary<math::AcoshOp>}},
      {"tt.atanh", {unary<math::AtanhOp>}},
      {"tt.tanh", {unary<math::TanhOp>}},
      {"tt.erf", {buildErf}},
      {"tt.sigmoid", {buildSigmoid}},
      {"tt.softplus", {buildSoftplus}},
      {"tt.relu", {buildRelu}},
      {"tt.silu", {buildSilu}},
      {"tt.not", {buildNot}},
      {"tt.bitwise_not", {buildNot}},
      {"tt.gelu", {buildGelu}},
      {"tt.leaky_relu", {buildLeakyRelu}},
      {"tt.elu", {buildElu}},
      {"tt.hard_sigmoid", {buildHardSigmoid}},
      {"tt.is_nan", {buildIsNaN}},
      {"tt.is_inf", {buildIsInf}},
      {"tt.cast", {buildCast, /*keepsNarrow=*/true}},
      {"tt.bitcast", {buildBitcast, /*keepsNarrow=*/true}},
      {"tt.clip", {buildClip}},
      {"tt.add", {binary<&ScalarBuilder::add>}},
      {"tt.sub", {binary<&ScalarBuilder::sub>}},
      {"tt.mul", {binary<&ScalarBuilder::mul>}},
      {"tt.div", {binary<&ScalarBuilder::div>}},
      {"tt.pow", {buildPow}},
      {"tt.mod", {buildMod}},
      {"tt.fmod", {buildFmod}},
      {"tt.min", {binary<&ScalarBuilder::min>}},
      {"tt.max", {binary<&ScalarBuilder::max>}},
      {"tt.prelu", {buildPRelu}},
      {"tt.and", {bitwise<arith::AndIOp>}},
      {"tt.or", {bitwise<arith::OrIOp>}},
      {"tt.xor", {bitwise<arith::XOrIOp>}},
      {"tt.bitwise_and", {bitwise<arith::AndIOp>}},
      {"tt.bitwise_or", {bitwise<arith::OrIOp>}},
      {"tt.bitwise_xor", {bitwise<arith::XOrIOp>}},
      {"tt.shift_left", {buildShift<true>}},
      {"tt.shift_right", {buildShift<false>}},
      {"tt.equal", {binary<&ScalarBuilder::equal>}},
      {"tt.less", {binary<&ScalarBuilder::less>}},
      {"tt.less_equal", {buildLessEqual}},
      {"tt.quantize", {buildQuantize}},
      {"tt.dequantize", {buildDequantize}},
      {"tt.where", {buildWhere, /*keepsNarrow=*/true}},
  };
  return table;
}
