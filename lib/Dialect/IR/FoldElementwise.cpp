//===- FoldElementwise.cpp - elementwise ops on constants -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ConstantElements.h"

#include "tt/Dialect/IR/TTOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>

using namespace mlir;
using namespace tt;
using namespace tt::fold;

//===-- functions of one element ----------------------------------------------------------------------------------===//

/// Integer arithmetic wraps around; it is done in the unsigned type of the same width.
template <typename Value> using Wrapping = std::make_unsigned_t<Value>;

template <typename Value> static std::function<Value(Value)> getFloatFunction(Operation *op) {
  using F = std::function<Value(Value)>;
  auto number = [](APFloat value) { return static_cast<Value>(value.convertToDouble()); };
  return TypeSwitch<Operation *, F>(op)
      .template Case<AbsOp>([](auto) -> F { return [](Value x) { return std::fabs(x); }; })
      .template Case<NegOp>([](auto) -> F { return [](Value x) { return -x; }; })
      .template Case<SignOp>([](auto) -> F {
        return [](Value x) { return x > 0 ? Value(1) : x < 0 ? Value(-1) : x == 0 ? Value(0) : x; };
      })
      .template Case<FloorOp>([](auto) -> F { return [](Value x) { return std::floor(x); }; })
      .template Case<CeilOp>([](auto) -> F { return [](Value x) { return std::ceil(x); }; })
      .template Case<RoundOp>([](auto) -> F { return [](Value x) { return std::nearbyint(x); }; })
      .template Case<ExpOp>([](auto) -> F { return [](Value x) { return std::exp(x); }; })
      .template Case<LogOp>([](auto) -> F { return [](Value x) { return std::log(x); }; })
      .template Case<SqrtOp>([](auto) -> F { return [](Value x) { return std::sqrt(x); }; })
      .template Case<ReciprocalOp>([](auto) -> F { return [](Value x) { return Value(1) / x; }; })
      .template Case<SinOp>([](auto) -> F { return [](Value x) { return std::sin(x); }; })
      .template Case<CosOp>([](auto) -> F { return [](Value x) { return std::cos(x); }; })
      .template Case<TanOp>([](auto) -> F { return [](Value x) { return std::tan(x); }; })
      .template Case<AsinOp>([](auto) -> F { return [](Value x) { return std::asin(x); }; })
      .template Case<AcosOp>([](auto) -> F { return [](Value x) { return std::acos(x); }; })
      .template Case<AtanOp>([](auto) -> F { return [](Value x) { return std::atan(x); }; })
      .template Case<SinhOp>([](auto) -> F { return [](Value x) { return std::sinh(x); }; })
      .template Case<CoshOp>([](auto) -> F { return [](Value x) { return std::cosh(x); }; })
      .template Case<AsinhOp>([](auto) -> F { return [](Value x) { return std::asinh(x); }; })
      .template Case<AcoshOp>([](auto) -> F { return [](Value x) { return std::acosh(x); }; })
      .template Case<AtanhOp>([](auto) -> F { return [](Value x) { return std::atanh(x); }; })
      .template Case<TanhOp>([](auto) -> F { return [](Value x) { return std::tanh(x); }; })
      .template Case<ErfOp>([](auto) -> F { return [](Value x) { return std::erf(x); }; })
      .template Case<SigmoidOp>([](auto) -> F { return [](Value x) { return Value(1) / (Value(1) + std::exp(-x)); }; })
      .template Case<SoftplusOp>([](auto) -> F {
        return [](Value x) { return std::fmax(x, Value(0)) + std::log1p(std::exp(-std::fabs(x))); };
      })
      .template Case<ReluOp>([](auto) -> F { return [](Value x) { return x < 0 ? Value(0) : x; }; })
      .template Case<SiluOp>([](auto) -> F { return [](Value x) { return x / (Value(1) + std::exp(-x)); }; })
      .template Case<GeluOp>([](GeluOp gelu) -> F {
        if (gelu.getKind() == GeluKind::Erf)
          return [](Value x) { return Value(0.5) * x * (Value(1) + std::erf(x / std::numbers::sqrt2_v<Value>)); };
        Value factor = std::sqrt(Value(2) / std::numbers::pi_v<Value>);
        return [factor](Value x) {
          return Value(0.5) * x * (Value(1) + std::tanh(factor * (x + Value(0.044715) * x * x * x)));
        };
      })
      .template Case<LeakyReluOp>([&](LeakyReluOp relu) -> F {
        Value alpha = number(relu.getAlpha());
        return [alpha](Value x) { return x < 0 ? alpha * x : x; };
      })
      .template Case<EluOp>([&](EluOp elu) -> F {
        Value alpha = number(elu.getAlpha());
        return [alpha](Value x) { return x < 0 ? alpha * std::expm1(x) : x; };
      })
      .template Case<HardSigmoidOp>([&](HardSigmoidOp sigmoid) -> F {
        Value alpha = number(sigmoid.getAlpha()), beta = number(sigmoid.getBeta());
        return [alpha, beta](Value x) {
          Value line = alpha * x + beta;
          return line < 0 ? Value(0) : line > 1 ? Value(1) : line;
        };
      })
      .Default([](Operation *) { return F(); });
}

template <typename Value> static std::function<Value(Value)> getIntegerFunction(Operation *op) {
  using F = std::function<Value(Value)>;
  return TypeSwitch<Operation *, F>(op)
      .template Case<AbsOp>([](auto) -> F {
        return [](Value x) { return static_cast<Value>(x < 0 ? Wrapping<Value>(0) - Wrapping<Value>(x) : x); };
      })
      .template Case<NegOp>(
          [](auto) -> F { return [](Value x) { return static_cast<Value>(Wrapping<Value>(0) - Wrapping<Value>(x)); }; })
      .template Case<SignOp>([](auto) -> F { return [](Value x) { return static_cast<Value>((x > 0) - (x < 0)); }; })
      .template Case<ReluOp>([](auto) -> F { return [](Value x) { return x < 0 ? Value(0) : x; }; })
      .template Case<BitwiseNotOp>([](auto) -> F { return [](Value x) { return static_cast<Value>(~x); }; })
      .Default([](Operation *) { return F(); });
}

//===-- functions of two elements ---------------------------------------------------------------------------------===//

template <typename Value> static std::function<Value(Value, Value)> getFloatBinary(Operation *op) {
  using F = std::function<Value(Value, Value)>;
  return TypeSwitch<Operation *, F>(op)
      .template Case<AddOp>([](auto) -> F { return [](Value x, Value y) { return x + y; }; })
      .template Case<SubOp>([](auto) -> F { return [](Value x, Value y) { return x - y; }; })
      .template Case<MulOp>([](auto) -> F { return [](Value x, Value y) { return x * y; }; })
      .template Case<DivOp>([](auto) -> F { return [](Value x, Value y) { return x / y; }; })
      .template Case<FmodOp>([](auto) -> F { return [](Value x, Value y) { return std::fmod(x, y); }; })
      .template Case<MinOp>([](auto) -> F { return [](Value x, Value y) { return std::isnan(x) || x < y ? x : y; }; })
      .template Case<MaxOp>([](auto) -> F { return [](Value x, Value y) { return std::isnan(x) || x > y ? x : y; }; })
      .template Case<PReluOp>([](auto) -> F { return [](Value x, Value y) { return x < 0 ? x * y : x; }; })
      .Default([](Operation *) { return F(); });
}

/// x / y rounded toward zero; y is not 0. The one quotient that does not fit wraps around.
template <typename Value> static Value divideInteger(Value x, Value y) {
  if constexpr (std::is_signed_v<Value>)
    if (y == -1)
      return static_cast<Value>(Wrapping<Value>(0) - Wrapping<Value>(x));
  return static_cast<Value>(x / y);
}

template <typename Value> static Value remainderInteger(Value x, Value y) {
  if constexpr (std::is_signed_v<Value>)
    if (y == -1)
      return 0;
  return static_cast<Value>(x % y);
}

template <typename Value> static bool isNegative(Value x) {
  if constexpr (std::is_signed_v<Value>)
    return x < 0;
  return false;
}

template <typename Value> static std::function<Value(Value, Value)> getIntegerBinary(Operation *op) {
  using F = std::function<Value(Value, Value)>;
  // 64 bits hold the product of two narrow factors without signed overflow.
  using Wide = uint64_t;
  constexpr unsigned width = 8 * sizeof(Value);
  return TypeSwitch<Operation *, F>(op)
      .template Case<AddOp>(
          [](auto) -> F { return [](Value x, Value y) { return static_cast<Value>(Wide(x) + Wide(y)); }; })
      .template Case<SubOp>(
          [](auto) -> F { return [](Value x, Value y) { return static_cast<Value>(Wide(x) - Wide(y)); }; })
      .template Case<MulOp>(
          [](auto) -> F { return [](Value x, Value y) { return static_cast<Value>(Wide(x) * Wide(y)); }; })
      .template Case<DivOp>([](auto) -> F { return divideInteger<Value>; })
      .template Case<FmodOp>([](auto) -> F { return remainderInteger<Value>; })
      .template Case<ModOp>([](auto) -> F {
        return [](Value x, Value y) {
          Value rest = remainderInteger(x, y);
          return static_cast<Value>(rest != 0 && isNegative(rest) != isNegative(y) ? rest + y : rest);
        };
      })
      .template Case<MinOp>([](auto) -> F { return [](Value x, Value y) { return std::min(x, y); }; })
      .template Case<MaxOp>([](auto) -> F { return [](Value x, Value y) { return std::max(x, y); }; })
      .template Case<PReluOp>(
          [](auto) -> F { return [](Value x, Value y) { return x < 0 ? static_cast<Value>(Wide(x) * Wide(y)) : x; }; })
      .template Case<BitwiseAndOp>([](auto) -> F { return [](Value x, Value y) { return static_cast<Value>(x & y); }; })
      .template Case<BitwiseOrOp>([](auto) -> F { return [](Value x, Value y) { return static_cast<Value>(x | y); }; })
      .template Case<BitwiseXorOp>([](auto) -> F { return [](Value x, Value y) { return static_cast<Value>(x ^ y); }; })
      .template Case<ShiftLeftOp>([](auto) -> F {
        return [](Value x, Value y) { return Wide(y) < width ? static_cast<Value>(Wide(x) << Wide(y)) : Value(0); };
      })
      .template Case<ShiftRightOp>([](auto) -> F {
        return [](Value x, Value y) {
          return static_cast<Value>(Wide(y) < width ? x >> y : x < 0 ? Value(-1) : Value(0));
        };
      })
      .Default([](Operation *) { return F(); });
}

static std::function<bool(bool, bool)> getBoolBinary(Operation *op) {
  using F = std::function<bool(bool, bool)>;
  return TypeSwitch<Operation *, F>(op)
      .Case<AndOp>([](auto) -> F { return [](bool x, bool y) { return x && y; }; })
      .Case<OrOp>([](auto) -> F { return [](bool x, bool y) { return x || y; }; })
      .Case<XorOp>([](auto) -> F { return [](bool x, bool y) { return x != y; }; })
      .Default([](Operation *) { return F(); });
}

/// Whether the op divides integers, so that no divisor may be 0.
static bool isIntegerDivision(Operation *op) { return isa<DivOp, ModOp, FmodOp>(op); }

//===-- evaluation ------------------------------------------------------------------------------------------------===//

static ElementsAttr evaluateUnary(Operation *op, const Operand &x) {
  ElementsAttr result;
  dispatch(x.type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    using Value = typename Codec::Value;
    std::function<Value(Value)> function;
    if constexpr (std::is_floating_point_v<Value>)
      function = getFloatFunction<Value>(op);
    else if constexpr (isInteger<Value>)
      function = getIntegerFunction<Value>(op);
    else if (isa<NotOp>(op))
      function = [](bool x) { return !x; };
    if (!function)
      return;
    result = createConstantAttr(getResultType(op), [&](MutableArrayRef<char> bytes) {
      for (size_t at = 0; at < bytes.size(); at += Codec::bytes)
        Codec::store(bytes.data() + at, function(Codec::load(x.bytes.data() + at)));
    });
  });
  return result;
}

static ElementsAttr evaluateTest(Operation *op, const Operand &x) {
  auto isInf = dyn_cast<IsInfOp>(op);
  ElementsAttr result;
  dispatch(x.type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    if constexpr (std::is_floating_point_v<typename Codec::Value>)
      result = createConstantAttr(getResultType(op), [&](MutableArrayRef<char> bytes) {
        for (size_t i = 0; i < bytes.size(); ++i) {
          auto value = Codec::load(x.bytes.data() + i * Codec::bytes);
          bytes[i] =
              isInf ? std::isinf(value) && (value > 0 ? isInf.getPositive() : isInf.getNegative()) : std::isnan(value);
        }
      });
  });
  return result;
}

/// Conversion of one number; nothing where the target cannot hold it (the result would depend on the machine).
template <typename To, typename From> static bool convert(From from, To &to) {
  if constexpr (std::is_same_v<To, bool>) {
    to = from != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    double whole = std::trunc(static_cast<double>(from));
    // The limits rounded to double: the upper one is exclusive.
    double low = static_cast<double>(std::numeric_limits<To>::min());
    double high = std::ldexp(1.0, std::numeric_limits<To>::digits);
    if (!(whole >= low && whole < high))
      return false;
    to = static_cast<To>(whole);
  } else {
    to = static_cast<To>(from);
  }
  return true;
}

static ElementsAttr evaluateCast(Operation *op, const Operand &x) {
  RankedTensorType type = getResultType(op);
  bool isExact = true;
  ElementsAttr result;
  dispatch(x.type.getElementType(), [&](auto from) {
    dispatch(type.getElementType(), [&](auto to) {
      using From = decltype(from);
      using To = decltype(to);
      result = createConstantAttr(type, [&](MutableArrayRef<char> bytes) {
        for (int64_t i = 0, count = type.getNumElements(); i < count; ++i) {
          auto value = From::load(x.bytes.data() + i * From::bytes);
          char *at = bytes.data() + i * To::bytes;
          // A double must not be rounded to float first.
          if constexpr (To::bytes == 2 && std::is_same_v<typename To::Value, float> &&
                        !std::is_same_v<typename From::Value, float>) {
            To::storeRounded(at, APFloat(static_cast<double>(value)));
          } else {
            typename To::Value converted = 0;
            isExact &= convert(value, converted);
            To::store(at, converted);
          }
        }
      });
    });
  });
  return isExact ? result : ElementsAttr();
}

static ElementsAttr evaluateClip(ClipOp op, ArrayRef<Operand> operands) {
  const Operand *low = op.getLow() ? &operands[1] : nullptr;
  const Operand *high = op.getHigh() ? &operands.back() : nullptr;
  ElementsAttr result;
  dispatch(operands[0].type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    result = createConstantAttr(getResultType(op), [&](MutableArrayRef<char> bytes) {
      for (size_t at = 0; at < bytes.size(); at += Codec::bytes) {
        auto value = Codec::load(operands[0].bytes.data() + at);
        if (low && value < Codec::load(low->bytes.data()))
          value = Codec::load(low->bytes.data());
        if (high && value > Codec::load(high->bytes.data()))
          value = Codec::load(high->bytes.data());
        Codec::store(bytes.data() + at, value);
      }
    });
  });
  return result;
}

/// Fills a constant of the op's result type; `body` gets the place of an element and the offsets of its operands'
/// elements.
static ElementsAttr fillBroadcast(Operation *op, ArrayRef<Operand> operands, int64_t elementBytes,
                                  function_ref<void(char *, ArrayRef<int64_t>)> body) {
  RankedTensorType type = getResultType(op);
  auto strides = llvm::map_to_vector(
      operands, [&](const Operand &operand) { return getBroadcastStrides(operand.getShape(), type.getShape()); });
  return createConstantAttr(type, [&](MutableArrayRef<char> bytes) {
    char *at = bytes.data();
    forEachPosition(type.getShape(), strides, [&](ArrayRef<int64_t> offsets) {
      body(at, offsets);
      at += elementBytes;
    });
  });
}

static ElementsAttr evaluateBinary(Operation *op, ArrayRef<Operand> operands) {
  ElementsAttr result;
  dispatch(operands[0].type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    using Value = typename Codec::Value;
    const char *lhs = operands[0].bytes.data(), *rhs = operands[1].bytes.data();
    std::function<bool(Value, Value)> compare;
    if (isa<EqualOp>(op))
      compare = [](Value x, Value y) { return x == y; };
    else if (isa<LessOp>(op))
      compare = [](Value x, Value y) { return x < y; };
    else if (isa<LessEqualOp>(op))
      compare = [](Value x, Value y) { return x <= y; };
    if (compare) {
      result = fillBroadcast(op, operands, 1, [&](char *at, ArrayRef<int64_t> offsets) {
        *at = compare(Codec::load(lhs + offsets[0] * Codec::bytes), Codec::load(rhs + offsets[1] * Codec::bytes));
      });
      return;
    }
    std::function<Value(Value, Value)> function;
    if constexpr (std::is_floating_point_v<Value>)
      function = getFloatBinary<Value>(op);
    else if constexpr (isInteger<Value>)
      function = getIntegerBinary<Value>(op);
    else
      function = getBoolBinary(op);
    if (!function)
      return;
    if (isInteger<Value> && isIntegerDivision(op))
      for (size_t at = 0; at < operands[1].bytes.size(); at += Codec::bytes)
        if (Codec::load(rhs + at) == Value(0))
          return;
    result = fillBroadcast(op, operands, Codec::bytes, [&](char *at, ArrayRef<int64_t> offsets) {
      Codec::store(
          at, function(Codec::load(lhs + offsets[0] * Codec::bytes), Codec::load(rhs + offsets[1] * Codec::bytes)));
    });
  });
  return result;
}

/// x ^ y in the type of x. Powers of integers are exact where y is an integer of 0 or more; others are not folded.
static ElementsAttr evaluatePow(Operation *op, ArrayRef<Operand> operands) {
  ElementsAttr result;
  bool isDefined = true;
  dispatch(operands[0].type.getElementType(), [&](auto base) {
    dispatch(operands[1].type.getElementType(), [&](auto exponent) {
      using Base = decltype(base);
      using Exponent = decltype(exponent);
      using Value = typename Base::Value;
      result = fillBroadcast(op, operands, Base::bytes, [&](char *at, ArrayRef<int64_t> offsets) {
        Value x = Base::load(operands[0].bytes.data() + offsets[0] * Base::bytes);
        auto y = Exponent::load(operands[1].bytes.data() + offsets[1] * Exponent::bytes);
        if constexpr (std::is_floating_point_v<Value>) {
          Base::store(at, std::pow(x, static_cast<Value>(y)));
        } else if constexpr (isInteger<Value> && isInteger<decltype(y)>) {
          if (y < 0) {
            isDefined = false;
            return;
          }
          uint64_t power = 1, factor = x;
          for (uint64_t rest = y; rest; rest >>= 1, factor *= factor)
            power *= rest & 1 ? factor : 1;
          Base::store(at, static_cast<Value>(power));
        } else {
          isDefined = false;
        }
      });
    });
  });
  return isDefined ? result : ElementsAttr();
}

static ElementsAttr evaluateWhere(Operation *op, ArrayRef<Operand> operands) {
  int64_t bytes = getElementBytes(operands[1].type.getElementType());
  return fillBroadcast(op, operands, bytes, [&](char *at, ArrayRef<int64_t> offsets) {
    unsigned chosen = operands[0].bytes[offsets[0]] ? 1 : 2;
    std::memcpy(at, operands[chosen].bytes.data() + offsets[chosen] * bytes, bytes);
  });
}

/// float(q - zero_point) * scale.
static ElementsAttr evaluateDequantize(Operation *op, ArrayRef<Operand> operands) {
  ElementsAttr result;
  dispatch(operands[0].type.getElementType(), [&](auto integer) {
    dispatch(operands[1].type.getElementType(), [&](auto real) {
      using Integer = decltype(integer);
      using Real = decltype(real);
      if constexpr (isInteger<typename Integer::Value> && std::is_floating_point_v<typename Real::Value>)
        result = fillBroadcast(op, operands, Real::bytes, [&](char *at, ArrayRef<int64_t> offsets) {
          auto load = [&](unsigned i) { return Integer::load(operands[i].bytes.data() + offsets[i] * Integer::bytes); };
          auto difference = static_cast<int32_t>(static_cast<uint32_t>(load(0)) - static_cast<uint32_t>(load(2)));
          Real::store(at, static_cast<typename Real::Value>(difference) *
                              Real::load(operands[1].bytes.data() + offsets[1] * Real::bytes));
        });
    });
  });
  return result;
}

/// clamp(rint(x / scale) + zero_point), NaN to zero_point.
static ElementsAttr evaluateQuantize(Operation *op, ArrayRef<Operand> operands) {
  ElementsAttr result;
  dispatch(operands[2].type.getElementType(), [&](auto integer) {
    dispatch(operands[0].type.getElementType(), [&](auto real) {
      using Integer = decltype(integer);
      using Real = decltype(real);
      if constexpr (isInteger<typename Integer::Value> && std::is_floating_point_v<typename Real::Value>)
        result = fillBroadcast(op, operands, Integer::bytes, [&](char *at, ArrayRef<int64_t> offsets) {
          auto load = [&](unsigned i) { return Real::load(operands[i].bytes.data() + offsets[i] * Real::bytes); };
          double zero = Integer::load(operands[2].bytes.data() + offsets[2] * Integer::bytes);
          double steps = std::nearbyint(load(0) / load(1));
          using Limits = std::numeric_limits<typename Integer::Value>;
          double value = std::clamp(std::isnan(steps) ? zero : steps + zero, static_cast<double>(Limits::min()),
                                    static_cast<double>(Limits::max()));
          Integer::store(at, static_cast<typename Integer::Value>(value));
        });
    });
  });
  return result;
}

ElementsAttr tt::fold::evaluateElementwise(Operation *op, ArrayRef<Operand> operands) {
  if (auto clip = dyn_cast<ClipOp>(op))
    return evaluateClip(clip, operands);
  if (isa<CastOp>(op))
    return evaluateCast(op, operands[0]);
  if (isa<BitcastOp>(op))
    return createConstantAttr(getResultType(op),
                              [&](MutableArrayRef<char> bytes) { llvm::copy(operands[0].bytes, bytes.begin()); });
  if (isa<IsNaNOp, IsInfOp>(op))
    return evaluateTest(op, operands[0]);
  if (isa<PowOp>(op))
    return evaluatePow(op, operands);
  if (isa<WhereOp>(op))
    return evaluateWhere(op, operands);
  if (isa<QuantizeOp>(op))
    return evaluateQuantize(op, operands);
  if (isa<DequantizeOp>(op))
    return evaluateDequantize(op, operands);
  return operands.size() == 1 ? evaluateUnary(op, operands[0]) : evaluateBinary(op, operands);
}
