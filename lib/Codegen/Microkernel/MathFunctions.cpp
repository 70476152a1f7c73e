//===- MathFunctions.cpp - f32 functions as short straight-line code ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "MathFunctions.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using tt::MathFunctions;

/// ln 2 in two parts; the first has few enough bits that its product with an exponent is exact.
static constexpr double ln2High = 0.693145751953125, ln2Low = 1.428606765330187e-06;
/// 1.5 * 2^23 and 1.5 * 2^52: adding one of them rounds a small number to an integer, which then stands in the low
/// bits.
static constexpr double roundShift = 12582912.0, roundShiftDouble = 6755399441055744.0;

//===-- Building blocks
//---------------------------------------------------------------------------------------------===//

Type MathFunctions::typeOf(Type element) {
  auto vector = dyn_cast<VectorType>(type);
  return vector ? static_cast<Type>(vector.clone(element)) : element;
}

Value MathFunctions::number(double value, Type element) {
  if (!element)
    element = builder.getF32Type();
  FloatAttr scalar = builder.getFloatAttr(element, value);
  if (auto vector = dyn_cast<VectorType>(typeOf(element)))
    return arith::ConstantOp::create(builder, loc, vector, DenseElementsAttr::get(vector, scalar));
  return arith::ConstantOp::create(builder, loc, scalar);
}

Value MathFunctions::integer(int64_t value, Type element) {
  if (!element)
    element = builder.getI32Type();
  IntegerAttr scalar = builder.getIntegerAttr(element, value);
  if (auto vector = dyn_cast<VectorType>(typeOf(element)))
    return arith::ConstantOp::create(builder, loc, vector, DenseElementsAttr::get(vector, Attribute(scalar)));
  return arith::ConstantOp::create(builder, loc, scalar);
}

Value MathFunctions::add(Value a, Value b) { return arith::AddFOp::create(builder, loc, a, b); }
Value MathFunctions::sub(Value a, Value b) { return arith::SubFOp::create(builder, loc, a, b); }
Value MathFunctions::mul(Value a, Value b) { return arith::MulFOp::create(builder, loc, a, b); }
Value MathFunctions::div(Value a, Value b) { return arith::DivFOp::create(builder, loc, a, b); }

Value MathFunctions::mulAdd(Value a, Value b, Value c) {
  return hasFma ? math::FmaOp::create(builder, loc, a, b, c).getResult() : add(mul(a, b), c);
}

Value MathFunctions::compare(arith::CmpFPredicate predicate, Value a, Value b) {
  return arith::CmpFOp::create(builder, loc, predicate, a, b);
}

Value MathFunctions::select(Value condition, Value a, Value b) {
  return arith::SelectOp::create(builder, loc, condition, a, b);
}

Value MathFunctions::bitcast(Value value, Type element) {
  return arith::BitcastOp::create(builder, loc, typeOf(element), value);
}

/// Limits `x` to [-bound, bound]; NaN stays NaN. The forms are one min and one max instruction on x86.
Value MathFunctions::clamp(Value x, double bound) {
  Value high = number(bound), low = number(-bound);
  x = select(compare(arith::CmpFPredicate::OGT, x, high), high, x);
  return select(compare(arith::CmpFPredicate::OLT, x, low), low, x);
}

/// The polynomial with the given coefficients, constant term first.
Value MathFunctions::horner(Value x, ArrayRef<double> coefficients) {
  Type element = getElementTypeOrSelf(x.getType());
  Value result = number(coefficients.back(), element);
  for (double coefficient : llvm::reverse(coefficients.drop_back()))
    result = mulAdd(result, x, number(coefficient, element));
  return result;
}

/// x P(x^2) / Q(x^2), constant outside [-bound, bound].
Value MathFunctions::oddRational(Value x, double bound, ArrayRef<double> numerator, ArrayRef<double> denominator) {
  x = clamp(x, bound);
  Value square = mul(x, x);
  return div(mul(x, horner(square, numerator)), horner(square, denominator));
}

//===-- Exponentials
//------------------------------------------------------------------------------------------------===//

/// e^reduced times two to the integer in the low bits of `shifted` (see `roundShift`), where the result is a normal
/// number. |reduced| <= ln 2 / 2. The integer is added to the exponent field of the polynomial's value.
Value MathFunctions::scaledExp(Value reduced, Value shifted) {
  Type i32 = builder.getI32Type();
  Value polynomial = horner(reduced, {1.0, 1.0, 0.4999999403953552, 0.1666651964187622, 0.04166840389370918,
                                      0.00836889911442995, 0.001381422160193324});
  Value exponent = arith::ShLIOp::create(builder, loc, bitcast(shifted, i32), integer(23));
  return bitcast(arith::AddIOp::create(builder, loc, bitcast(polynomial, i32), exponent), builder.getF32Type());
}

/// Replaces what `result` holds outside [low, high]: 0 below, infinity above; NaN for NaN.
Value MathFunctions::finishExp(Value x, Value result, double low, double high) {
  Value above = add(x, number(INFINITY));
  result = select(compare(arith::CmpFPredicate::OLE, x, number(high)), result, above);
  return select(compare(arith::CmpFPredicate::OLT, x, number(low)), number(0.0), result);
}

Value MathFunctions::exp(Value x) {
  Value shifted = mulAdd(x, number(1.4426950408889634), number(roundShift));
  Value n = sub(shifted, number(roundShift));
  Value reduced = mulAdd(n, number(-ln2High), x);
  reduced = mulAdd(n, number(-ln2Low), reduced);
  return finishExp(x, scaledExp(reduced, shifted), -87.33654, 88.72283);
}

Value MathFunctions::exp2(Value x) {
  Value shifted = add(x, number(roundShift));
  Value n = sub(shifted, number(roundShift));
  Value reduced = mul(sub(x, n), number(0.6931471805599453));
  return finishExp(x, scaledExp(reduced, shifted), -126.0, 127.99999);
}

Value MathFunctions::expm1(Value x) {
  // 2^n (e^r - 1) + (2^n - 1) with e^r - 1 = r + r^2 q(r), at half scale so that n = 128 does not overflow on the way.
  Value low = number(-18.0);
  Value bounded = select(compare(arith::CmpFPredicate::OLT, x, low), low, x);
  Value shifted = mulAdd(bounded, number(1.4426950408889634), number(roundShift));
  Value n = sub(shifted, number(roundShift));
  Value reduced = mulAdd(n, number(-ln2High), bounded);
  reduced = mulAdd(n, number(-ln2Low), reduced);
  Value q = horner(reduced, {0.4999999403953552, 0.1666651964187622, 0.04166840389370918, 0.00836889911442995,
                             0.001381422160193324});
  Value small = mulAdd(mul(reduced, reduced), q, reduced);
  Type i32 = builder.getI32Type();
  Value exponent = arith::ShLIOp::create(builder, loc, bitcast(shifted, i32), integer(23));
  Value half = bitcast(arith::AddIOp::create(builder, loc, exponent, integer(126 << 23)), builder.getF32Type());
  Value result = mulAdd(half, small, sub(half, number(0.5)));
  result = add(result, result);
  Value above = add(x, number(INFINITY));
  return select(compare(arith::CmpFPredicate::OLE, x, number(88.72283)), result, above);
}

//===-- Logarithms
//--------------------------------------------------------------------------------------------------===//

Value MathFunctions::log(Value x) {
  Type i32 = builder.getI32Type(), f32 = builder.getF32Type();
  // x = 2^e (1 + f) with 1 + f in [2/3, 4/3); numbers below 2^-126 are scaled up first.
  Value isSmall = compare(arith::CmpFPredicate::OLT, x, number(1.1754943508222875e-38));
  Value scaled = select(isSmall, mul(x, number(8388608.0)), x);
  Value bits = bitcast(scaled, i32);
  Value exponent =
      arith::ShRSIOp::create(builder, loc, arith::SubIOp::create(builder, loc, bits, integer(0x3f2aaaab)), integer(23));
  Value mantissa = bitcast(
      arith::SubIOp::create(builder, loc, bits, arith::ShLIOp::create(builder, loc, exponent, integer(23))), f32);
  Value e = arith::SIToFPOp::create(builder, loc, type, exponent);
  e = sub(e, select(isSmall, number(23.0), number(0.0)));
  Value f = sub(mantissa, number(1.0));
  Value square = mul(f, f);
  // log(1 + f) = f - f^2 / 2 + f^3 p(f)
  Value p = horner(f, {0.3333321213722229, -0.24999792873859406, 0.20010609924793243, -0.1668076068162918,
                       0.14002127945423126, -0.1218000203371048, 0.14004607498645782, -0.12912246584892273});
  Value sum = mul(mul(f, square), p);
  sum = mulAdd(e, number(ln2Low), sum);
  sum = mulAdd(square, number(-0.5), sum);
  sum = mulAdd(e, number(ln2High), add(sum, f));
  // +inf and NaN stay; 0 gives -inf, negative numbers NaN.
  sum = select(compare(arith::CmpFPredicate::OLT, x, number(INFINITY)), sum, x);
  sum = select(compare(arith::CmpFPredicate::OEQ, x, number(0.0)), number(-INFINITY), sum);
  return select(compare(arith::CmpFPredicate::OLT, x, number(0.0)), number(NAN), sum);
}

Value MathFunctions::log2(Value x) { return mul(log(x), number(1.4426950408889634)); }
Value MathFunctions::log10(Value x) { return mul(log(x), number(0.4342944819032518)); }

Value MathFunctions::log1p(Value x) {
  // log(u) + (x - (u - 1)) / u with u = 1 + x rounded: the second term is what the rounding lost.
  Value u = add(x, number(1.0));
  Value lost = div(sub(x, sub(u, number(1.0))), u);
  Value isFinite = compare(arith::CmpFPredicate::OLT, u, number(INFINITY));
  Value isPositive = compare(arith::CmpFPredicate::OGT, u, number(0.0));
  Value correction = select(arith::AndIOp::create(builder, loc, isFinite, isPositive), lost, number(0.0));
  Value result = add(log(u), correction);
  // Keeps -0 and numbers far below the rounding of 1 + x.
  Value isTiny = compare(arith::CmpFPredicate::OEQ, u, number(1.0));
  return select(isTiny, x, result);
}

//===-- Sigmoids
//----------------------------------------------------------------------------------------------------===//

Value MathFunctions::tanh(Value x) {
  return oddRational(x, 8.62399959564209,
                     {1.0, 0.13379712402820587, 0.0034940277691930532, 2.058337486232631e-05, 1.3318936176176521e-08},
                     {1.0, 0.46713027358055115, 0.025871047750115395, 0.0003283082041889429, 7.761961455798883e-07});
}

Value MathFunctions::erf(Value x) {
  return oddRational(x, 3.8217999935150146,
                     {1.1283791065216064, 0.18730910122394562, 0.052418626844882965, 0.0036527831107378006,
                      0.0002859432133845985, 2.1231187474768376e-06},
                     {1.0, 0.4993312656879425, 0.11290080845355988, 0.01474255882203579, 0.0011417128844186664,
                      3.889813888235949e-05});
}

//===-- Circular functions
//------------------------------------------------------------------------------------------===//

/// sin(x + quarter * pi / 2). The argument is reduced in f64, so that its error grows by 2^-53 |x| only.
Value MathFunctions::sinOrCos(Value x, int64_t quarter) {
  Type f64 = builder.getF64Type(), i32 = builder.getI32Type(), f32 = builder.getF32Type();
  Value wide = arith::ExtFOp::create(builder, loc, typeOf(f64), x);
  Value shifted = mulAdd(wide, number(0.6366197723675814, f64), number(roundShiftDouble, f64));
  Value n = sub(shifted, number(roundShiftDouble, f64));
  Value reducedWide = mulAdd(n, number(-1.5707963267341256, f64), wide); // the first 33 bits of pi / 2
  reducedWide = mulAdd(n, number(-6.077100506506192e-11, f64), reducedWide);
  Value r = arith::TruncFOp::create(builder, loc, type, reducedWide);
  Value turns = arith::TruncIOp::create(builder, loc, typeOf(i32), bitcast(shifted, builder.getI64Type()));
  turns = arith::AddIOp::create(builder, loc, turns, integer(quarter));
  Value square = mul(r, r);
  Value sine = mulAdd(
      mul(r, square),
      horner(square, {-0.1666666716337204, 0.008333329111337662, -0.00019839302694890648, 2.718025825743098e-06}), r);
  Value cosine = horner(square, {1.0, -0.5, 0.04166664555668831, -0.0013887308305129409, 2.4432209102087654e-05});
  Value one = integer(1), zero = integer(0);
  Value isOdd = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::ne,
                                      arith::AndIOp::create(builder, loc, turns, one), zero);
  Value result = select(isOdd, cosine, sine);
  // Quarters 2 and 3 change the sign.
  Value sign = arith::ShLIOp::create(builder, loc, arith::AndIOp::create(builder, loc, turns, integer(2)), integer(30));
  return bitcast(arith::XOrIOp::create(builder, loc, bitcast(result, i32), sign), f32);
}

Value MathFunctions::sin(Value x) { return sinOrCos(x, 0); }
Value MathFunctions::cos(Value x) { return sinOrCos(x, 1); }

Value MathFunctions::rsqrt(Value x) { return div(number(1.0), math::SqrtOp::create(builder, loc, x)); }
