//===- Scalars.cpp - scalar arithmetic by element type --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Lowering.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

Type tt::tolinalg::getSignless(Type type) {
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return tensor.clone(getSignless(tensor.getElementType()));
  if (auto integer = dyn_cast<IntegerType>(type); integer && !integer.isSignless())
    return IntegerType::get(type.getContext(), integer.getWidth());
  return type;
}

Value ScalarBuilder::makeConstant(Type type, double value) {
  if (isa<FloatType>(type))
    return arith::ConstantOp::create(builder, loc, builder.getFloatAttr(type, value));
  return makeIntConstant(type, int64_t(value));
}

Value ScalarBuilder::makeIntConstant(Type type, int64_t value) {
  if (isa<FloatType>(type))
    return makeConstant(type, double(value));
  if (type.isIndex())
    return arith::ConstantOp::create(builder, loc, builder.getIndexAttr(value));
  APInt bits(64, value);
  return arith::ConstantOp::create(builder, loc,
                                   builder.getIntegerAttr(type, bits.trunc(type.getIntOrFloatBitWidth())));
}

Value ScalarBuilder::add(Value x, Value y) {
  return isa<FloatType>(x.getType()) ? make<arith::AddFOp>(x, y) : make<arith::AddIOp>(x, y);
}

Value ScalarBuilder::sub(Value x, Value y) {
  return isa<FloatType>(x.getType()) ? make<arith::SubFOp>(x, y) : make<arith::SubIOp>(x, y);
}

Value ScalarBuilder::mul(Value x, Value y) {
  return isa<FloatType>(x.getType()) ? make<arith::MulFOp>(x, y) : make<arith::MulIOp>(x, y);
}

Value ScalarBuilder::div(Value x, Value y) {
  Type type = x.getType();
  if (isa<FloatType>(type))
    return make<arith::DivFOp>(x, y);
  // The hardware traps on x / 0 and on INT_MIN / -1, so that neither divisor reaches it.
  Value zero = makeIntConstant(type, 0), one = makeIntConstant(type, 1);
  Value isZero = equal(y, zero);
  if (isUnsigned) {
    Value quotient = make<arith::DivUIOp>(x, select(isZero, one, y));
    return select(isZero, zero, quotient);
  }
  Value isMinusOne = equal(y, makeIntConstant(type, -1));
  Value quotient = make<arith::DivSIOp>(x, select(make<arith::OrIOp>(isZero, isMinusOne), one, y));
  return select(isZero, zero, select(isMinusOne, sub(zero, x), quotient));
}

Value ScalarBuilder::min(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return make<arith::MinimumFOp>(x, y);
  if (isUnsigned || x.getType().isInteger(1))
    return make<arith::MinUIOp>(x, y);
  return make<arith::MinSIOp>(x, y);
}

Value ScalarBuilder::max(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return make<arith::MaximumFOp>(x, y);
  if (isUnsigned || x.getType().isInteger(1))
    return make<arith::MaxUIOp>(x, y);
  return make<arith::MaxSIOp>(x, y);
}

Value ScalarBuilder::less(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return make<arith::CmpFOp>(arith::CmpFPredicate::OLT, x, y);
  return make<arith::CmpIOp>(isUnsigned ? arith::CmpIPredicate::ult : arith::CmpIPredicate::slt, x, y);
}

Value ScalarBuilder::equal(Value x, Value y) {
  if (isa<FloatType>(x.getType()))
    return make<arith::CmpFOp>(arith::CmpFPredicate::OEQ, x, y);
  return make<arith::CmpIOp>(arith::CmpIPredicate::eq, x, y);
}

Value ScalarBuilder::select(Value c, Value x, Value y) { return make<arith::SelectOp>(c, x, y); }

Value ScalarBuilder::widen(Value x) {
  return x.getType().isF16() || x.getType().isBF16() ? make<arith::ExtFOp>(builder.getF32Type(), x) : x;
}

Value ScalarBuilder::narrow(Value x, Type type) {
  if (x.getType() == type || !isa<FloatType>(type) || !isa<FloatType>(x.getType()))
    return x;
  return make<arith::TruncFOp>(type, x);
}

/// Float to float. Between f64 and the 16-bit types the way goes through f32, which every target converts without a
/// library call.
static Value castFloat(ScalarBuilder &s, Value x, Type to) {
  unsigned from = x.getType().getIntOrFloatBitWidth(), width = to.getIntOrFloatBitWidth();
  if (from + width == 80)
    return castFloat(s, castFloat(s, x, s.builder.getF32Type()), to);
  if (from == width) // f16 <-> bf16
    return s.narrow(s.widen(x), to);
  return from < width ? s.make<arith::ExtFOp>(to, x) : s.make<arith::TruncFOp>(to, x);
}

Value ScalarBuilder::cast(Value x, Type from, Type to) {
  Type target = getSignless(to);
  bool fromUnsigned = from.isUnsignedInteger() || from.isInteger(1), toUnsigned = to.isUnsignedInteger();
  if (from == to)
    return x;
  if (to.isInteger(1)) { // NaN counts as true
    Value zero = makeConstant(x.getType(), 0);
    if (isa<FloatType>(from))
      return make<arith::CmpFOp>(arith::CmpFPredicate::UNE, x, zero);
    return make<arith::CmpIOp>(arith::CmpIPredicate::ne, x, zero);
  }
  if (isa<FloatType>(from) && isa<FloatType>(to))
    return castFloat(*this, x, target);
  if (isa<FloatType>(to)) {
    // 16-bit floats: round once from f32 (f64 for wide integers would need a second step and gains nothing).
    Type direct = target.getIntOrFloatBitWidth() == 16 ? Type(builder.getF32Type()) : target;
    Value wide = fromUnsigned ? make<arith::UIToFPOp>(direct, x) : make<arith::SIToFPOp>(direct, x);
    return narrow(wide, target);
  }
  if (isa<FloatType>(from)) {
    x = widen(x);
    // Out of range values wrap as they do in C compilers on the usual machines: narrow targets are cut from i32, u32
    // from i64.
    unsigned width = target.getIntOrFloatBitWidth();
    if (toUnsigned && width == 64)
      return make<arith::FPToUIOp>(target, x);
    Type direct = toUnsigned && width == 32 ? Type(builder.getI64Type())
                  : width < 32              ? Type(builder.getI32Type())
                                            : target;
    Value wide = make<arith::FPToSIOp>(direct, x);
    return direct == target ? wide : make<arith::TruncIOp>(target, wide);
  }
  unsigned have = x.getType().getIntOrFloatBitWidth(), want = target.getIntOrFloatBitWidth();
  if (have == want)
    return x;
  if (have > want)
    return make<arith::TruncIOp>(target, x);
  return fromUnsigned ? make<arith::ExtUIOp>(target, x) : make<arith::ExtSIOp>(target, x);
}
