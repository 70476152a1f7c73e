//===- ZeroPoints.cpp - factors of integer contractions -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// Kernels multiply unsigned bytes by signed ones. What zero points add to the sums of products follows from sums of
// columns and rows:
//
//   sum of (a - za) * (b - zb) = sum of a * b - za * (sum of b) - zb * (sum of a - K * za)
//
// Where this does not do, the zero points are subtracted first: the differences lie in [-255, 255], and kernels
// multiply i16. All sums are those of i32, which wrap around.
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"

#include <cstring>

using namespace mlir;
using namespace tt::tolinalg;

/// The difference of constants. `zeros` has one element, or one for each index along `dim`.
static Value subtractConstants(Lowering &l, Value tensor, Type graphElement, ArrayRef<int64_t> zeros, int64_t dim) {
  ElementsAttr attr = tt::getConstantAttr(tensor);
  auto type = cast<RankedTensorType>(tensor.getType());
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
  int64_t inner = 1;
  for (int64_t d = dim + 1; d < type.getRank(); ++d)
    inner *= type.getDimSize(d);
  return tt::createConstant(l.builder, l.loc, type.clone(l.builder.getI16Type()), [&](MutableArrayRef<char> out) {
    for (int64_t i = 0, n = type.getNumElements(); i < n; ++i) {
      int value = graphElement.isUnsignedInteger() ? static_cast<uint8_t>(bytes[i]) : static_cast<int8_t>(bytes[i]);
      auto difference = static_cast<int16_t>(value - (zeros.size() == 1 ? zeros[0] : zeros[i / inner % zeros.size()]));
      std::memcpy(out.data() + i * sizeof difference, &difference, sizeof difference);
    }
  });
}

static bool isUnsigned(Value graphValue) { return getElementTypeOrSelf(graphValue).isUnsignedInteger(); }

/// True for a zero point of one element, or none at all.
static bool hasOneElement(Value graphZero) {
  auto type = graphZero ? cast<RankedTensorType>(graphZero.getType()) : RankedTensorType();
  return !type || (type.hasStaticShape() && type.getNumElements() == 1);
}

/// A constant vector of i32.
static Value createInts(Lowering &l, ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get(values.size(), l.builder.getI32Type());
  return tt::createConstant(l.builder, l.loc, type, [&](MutableArrayRef<char> out) {
    for (auto [i, value] : llvm::enumerate(values)) {
      auto bits = static_cast<uint32_t>(value);
      std::memcpy(out.data() + i * sizeof bits, &bits, sizeof bits);
    }
  });
}

namespace {
/// A constant right-hand side as signed bytes.
struct SignedBytes {
  Value constant;
  SmallVector<int64_t> zeros, sums; ///< of each column
  bool hasZeros = false;
};
} // namespace

static std::optional<SignedBytes> getSignedBytes(Lowering &l, const IntegerOperands &operands, bool takesRowSums) {
  ElementsAttr attr = tt::getConstantAttr(operands.rhs);
  SmallVector<int64_t> zeros{0};
  if (!attr || (operands.rhsZero && !tt::getConstantInts(operands.rhsZero, zeros)))
    return std::nullopt;
  auto type = cast<RankedTensorType>(attr.getType());
  int64_t columns = type.getDimSize(operands.column), inner = 1, number = type.getNumElements();
  for (int64_t d = operands.column + 1; d < type.getRank(); ++d)
    inner *= type.getDimSize(d);
  if (zeros.size() != 1 && static_cast<int64_t>(zeros.size()) != columns)
    return std::nullopt;
  if (zeros.size() == 1)
    zeros.assign(columns, zeros.front());
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
  bool fromUnsigned = isUnsigned(operands.rhs);
  auto read = [&](int64_t i) -> int64_t {
    return fromUnsigned ? static_cast<uint8_t>(bytes[i]) : static_cast<int8_t>(bytes[i]);
  };
  bool fits = true;
  for (int64_t i = 0; i < number && fits; ++i)
    fits = llvm::isInt<8>(read(i) - zeros[i / inner % columns]);
  if (!fits && !takesRowSums)
    return std::nullopt;
  SignedBytes result;
  result.sums.assign(columns, 0);
  result.constant =
      tt::createConstant(l.builder, l.loc, type.clone(l.builder.getI8Type()), [&](MutableArrayRef<char> out) {
        for (int64_t i = 0; i < number; ++i) {
          int64_t column = i / inner % columns, byte = read(i) - (fits ? zeros[column] : 128 * fromUnsigned);
          out[i] = static_cast<char>(byte);
          result.sums[column] += byte;
        }
      });
  for (int64_t zero : zeros)
    result.zeros.push_back(fits ? 0 : zero - 128 * fromUnsigned);
  result.hasZeros = !fits;
  return result;
}

std::optional<ByteFactors> tt::tolinalg::getByteFactors(Lowering &l, const IntegerOperands &operands,
                                                        bool takesRowSums) {
  if (!hasOneElement(operands.lhsZero))
    return std::nullopt;
  std::optional<SignedBytes> right = getSignedBytes(l, operands, takesRowSums);
  if (!right)
    return std::nullopt;
  Type i8 = l.builder.getI8Type(), i32 = l.builder.getI32Type();
  int64_t recentered = isUnsigned(operands.lhs) ? 0 : 128;
  ByteFactors factors;
  factors.rhs = right->constant;
  factors.lhs = l.get(operands.lhs);
  if (recentered)
    factors.lhs = *l.makeElementwise(factors.lhs, i8, [&](ScalarBuilder &s, ValueRange x) {
      return s.add(x[0], s.makeIntConstant(i8, recentered));
    });
  if (right->hasZeros)
    factors.rhsZero = createInts(l, right->zeros);
  int64_t depth = 1;
  for (auto [d, size] : llvm::enumerate(cast<RankedTensorType>(operands.rhs.getType()).getShape()))
    depth *= static_cast<int64_t>(d) == operands.column ? 1 : size;

  SmallVector<int64_t> zero{0};
  ScalarBuilder scalars(l.builder, l.loc);
  if (!operands.lhsZero || tt::getConstantInts(operands.lhsZero, zero)) {
    zero.front() += recentered;
    factors.lhsZero = scalars.makeIntConstant(i8, zero.front());
    SmallVector<int64_t> start;
    for (int64_t sum : right->sums)
      start.push_back(-zero.front() * sum);
    if (llvm::any_of(start, [](int64_t value) { return value != 0; }))
      factors.start = createInts(l, start);
    if (right->hasZeros)
      factors.rowOffset = createInts(l, zero.front() * depth);
    return factors;
  }
  Type graphElement = getElementTypeOrSelf(operands.lhsZero);
  factors.lhsZero = scalars.add(l.getElement(operands.lhsZero), scalars.makeIntConstant(i8, recentered));
  Value single = l.makeReshape(l.get(operands.lhsZero), {});
  auto timesZero = [&](Value by) {
    return *l.makeElementwise({single, by}, i32, [&](ScalarBuilder &s, ValueRange x) {
      return s.mul(s.add(s.cast(x[0], graphElement, i32), s.makeIntConstant(i32, recentered)), x[1]);
    });
  };
  SmallVector<int64_t> negated;
  for (int64_t sum : right->sums)
    negated.push_back(-sum);
  factors.start = timesZero(createInts(l, negated));
  if (right->hasZeros)
    factors.rowOffset = timesZero(createInts(l, depth));
  return factors;
}

std::optional<ByteFactors> tt::tolinalg::getRunTimeByteFactors(Lowering &l, const IntegerOperands &operands) {
  auto right = cast<RankedTensorType>(operands.rhs.getType());
  int64_t column = operands.column;
  if (tt::getConstantAttr(operands.rhs) || column < 1 || right.isDynamicDim(column - 1) ||
      !hasOneElement(operands.lhsZero))
    return std::nullopt;
  if (operands.rhsZero && cast<RankedTensorType>(operands.rhsZero.getType()).getRank() > 1)
    return std::nullopt;
  Type i8 = l.builder.getI8Type(), i32 = l.builder.getI32Type();
  int64_t leftShift = isUnsigned(operands.lhs) ? 0 : 128, rightShift = isUnsigned(operands.rhs) ? 128 : 0;
  // Adding 128 and taking it away are the same in 8 bits.
  auto shift = [&](Value tensor, int64_t by) {
    if (by == 0)
      return tensor;
    return *l.makeElementwise(tensor, i8,
                              [&](ScalarBuilder &s, ValueRange x) { return s.add(x[0], s.makeIntConstant(i8, by)); });
  };
  ByteFactors factors;
  factors.lhs = shift(l.get(operands.lhs), leftShift);
  factors.rhs = shift(l.get(operands.rhs), rightShift);
  auto zeroOf = [&](Value graphZero, int64_t add, int64_t times) {
    Type element = graphZero ? getElementTypeOrSelf(graphZero) : i32;
    Value zero = graphZero ? l.get(graphZero) : createInts(l, int64_t(0));
    return *l.makeElementwise(zero, i32, [&](ScalarBuilder &s, ValueRange x) {
      return s.mul(s.add(s.cast(x[0], element, i32), s.makeIntConstant(i32, add)), s.makeIntConstant(i32, times));
    });
  };
  auto isZero = [](Value graphZero, int64_t add) {
    SmallVector<int64_t> known{0};
    return (!graphZero || tt::getConstantInts(graphZero, known)) &&
           llvm::all_of(known, [&](int64_t zero) { return zero + add == 0; });
  };
  ScalarBuilder scalars(l.builder, l.loc);
  Value zero = operands.lhsZero ? l.getElement(operands.lhsZero) : scalars.makeIntConstant(i8, 0);
  factors.lhsZero = scalars.add(zero, scalars.makeIntConstant(i8, leftShift));
  factors.hasLhsZero = !isZero(operands.lhsZero, leftShift);
  if (!isZero(operands.rhsZero, -rightShift)) {
    factors.rhsZero = zeroOf(operands.rhsZero, -rightShift, 1);
    factors.rowOffset = zeroOf(operands.lhsZero, leftShift, right.getDimSize(column - 1));
  }
  return factors;
}

Value tt::tolinalg::makeRowSums(Lowering &l, Value bytes) {
  Builder &b = l.builder;
  Type i32 = b.getI32Type();
  Sizes sizes = l.getSizes(bytes);
  AffineExpr d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1), d2 = b.getAffineDimExpr(2);
  auto parallel = utils::IteratorType::parallel;
  Value rows = l.makeGeneric(
      bytes, l.makeFilled({sizes[0], sizes[1]}, l.makeScalar(i32, 0)),
      {AffineMap::get(3, 0, {d0, d1, d2}, b.getContext()), AffineMap::get(3, 0, {d0, d1}, b.getContext())},
      {parallel, parallel, utils::IteratorType::reduction},
      [&](ScalarBuilder &s, ValueRange x) { return s.add(x[1], s.make<arith::ExtUIOp>(i32, x[0])); });
  return l.makeReshape(rows, {sizes[0], sizes[1], l.index(1)});
}

Value tt::tolinalg::subtractZeroPoint(Lowering &l, Value tensor, Type graphElement, Value graphZero, int64_t dim) {
  SmallVector<int64_t> known{0};
  bool isKnown = !graphZero || tt::getConstantInts(graphZero, known);
  auto type = cast<RankedTensorType>(tensor.getType());
  bool fits = known.size() == 1 || (dim >= 0 && type.getDimSize(dim) == static_cast<int64_t>(known.size()));
  if (isKnown && fits && tt::getConstantAttr(tensor))
    return subtractConstants(l, tensor, graphElement, known, dim);
  Type i16 = l.builder.getI16Type();
  if (isKnown && llvm::all_of(known, [](int64_t zero) { return zero == 0; }))
    return *l.makeElementwise(tensor, i16,
                              [&](ScalarBuilder &s, ValueRange x) { return s.cast(x[0], graphElement, i16); });
  Value zero = l.get(graphZero);
  if (cast<RankedTensorType>(zero.getType()).getRank() != 0) {
    OpFoldResult count = l.product(l.getSizes(zero));
    if (dim < 0) {
      zero = l.makeReshape(zero, {});
    } else {
      OpFoldResult wanted = l.getSizes(tensor)[dim];
      Sizes sizes(type.getRank() - dim, l.index(1));
      sizes[0] = wanted;
      zero = l.makeReshape(l.makeStretched(l.makeReshape(zero, {count}), 0, wanted), sizes);
    }
  }
  return *l.makeElementwise({tensor, zero}, i16, [&](ScalarBuilder &s, ValueRange x) {
    return s.sub(s.cast(x[0], graphElement, i16), s.cast(x[1], graphElement, i16));
  });
}
