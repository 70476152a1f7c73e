//===- Matchers.cpp - what the graph passes ask of constants --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Matchers.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/SetVector.h"

#include <cmath>
#include <cstring>

using namespace mlir;

std::optional<double> tt::graph::getScalar(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || type.getNumElements() != 1)
    return std::nullopt;
  SmallVector<double> values;
  if (!getConstantFloats(value, values))
    return std::nullopt;
  return values.front();
}

/// The distance between 1 and the next number of a float type.
static double getEpsilon(Type type) {
  if (auto floatType = dyn_cast<FloatType>(type))
    return std::ldexp(1.0, 1 - static_cast<int>(APFloat::semanticsPrecision(floatType.getFloatSemantics())));
  return 0;
}

bool tt::graph::isScalar(Value value, double expected) {
  std::optional<double> scalar = getScalar(value);
  if (!scalar)
    return false;
  // f64 models hold constants that were f32 once.
  double slack = 2 * getEpsilon(getTensorType(value).getElementType());
  double rounded = static_cast<float>(expected);
  return std::abs(*scalar - expected) <= slack * std::abs(expected) ||
         std::abs(*scalar - rounded) <= slack * std::abs(rounded);
}

std::optional<SmallVector<double>> tt::graph::getChannelValues(Value value, int64_t rank, int64_t axis,
                                                               int64_t channels) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || type.getRank() > rank)
    return std::nullopt;
  int64_t missing = rank - type.getRank();
  for (auto [i, size] : llvm::enumerate(type.getShape()))
    if (size != 1 && (static_cast<int64_t>(i) + missing != axis || size != channels))
      return std::nullopt;
  SmallVector<double> values;
  if (!getConstantFloats(value, values) || values.empty())
    return std::nullopt;
  if (values.size() == 1)
    values.assign(channels, values.front());
  return values;
}

/// Writes `value`, rounded to nearest even, as an element of `type`.
static void writeFloat(FloatType type, double value, char *to) {
  if (type.isF32()) {
    float single = static_cast<float>(value);
    std::memcpy(to, &single, sizeof(single));
  } else if (type.isF64()) {
    std::memcpy(to, &value, sizeof(value));
  } else {
    APFloat number(value);
    bool losesInfo;
    number.convert(type.getFloatSemantics(), APFloat::rmNearestTiesToEven, &losesInfo);
    auto bits = static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
    std::memcpy(to, &bits, sizeof(bits));
  }
}

static double readFloat(FloatType type, const char *from) {
  if (type.isF32()) {
    float single;
    std::memcpy(&single, from, sizeof(single));
    return single;
  }
  if (type.isF64()) {
    double value;
    std::memcpy(&value, from, sizeof(value));
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, from, sizeof(bits));
  return APFloat(type.getFloatSemantics(), APInt(16, bits)).convertToDouble();
}

Value tt::graph::createFloatConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                                     llvm::function_ref<double(int64_t)> element) {
  auto floatType = cast<FloatType>(type.getElementType());
  int64_t bytes = getElementBytes(floatType);
  return createConstant(builder, loc, type, [&](MutableArrayRef<char> to) {
    for (int64_t i = 0, e = type.getNumElements(); i < e; ++i)
      writeFloat(floatType, element(i), to.data() + i * bytes);
  });
}

Value tt::graph::mapFloatConstant(OpBuilder &builder, Location loc, ElementsAttr source,
                                  llvm::function_ref<double(double, int64_t)> map) {
  auto type = cast<RankedTensorType>(source.getShapedType());
  auto floatType = cast<FloatType>(type.getElementType());
  int64_t bytes = getElementBytes(floatType);
  std::vector<char> storage;
  ArrayRef<char> from = getConstantBytes(source, storage);
  return createFloatConstant(builder, loc, type,
                             [&](int64_t i) { return map(readFloat(floatType, from.data() + i * bytes), i); });
}

void tt::graph::releaseConstants(ArrayRef<Value> values) {
  llvm::SmallSetVector<Operation *, 8> constants;
  for (Value value : values)
    if (value)
      if (auto constant = value.getDefiningOp<arith::ConstantOp>())
        constants.insert(constant);
  for (Operation *constant : constants)
    releaseIfUnused(cast<arith::ConstantOp>(constant));
}

Location tt::graph::getMatchedLoc(Operation *op) {
  llvm::SetVector<Operation *> matched;
  SmallVector<Operation *> pending{op};
  SmallVector<Location> locations;
  while (!pending.empty()) {
    Operation *next = pending.pop_back_val();
    auto isMatched = [&](Operation *user) { return matched.contains(user); };
    bool isNeeded = next != op && (next->getBlock() != op->getBlock() || next->hasTrait<OpTrait::ConstantLike>() ||
                                   !llvm::all_of(next->getUsers(), isMatched));
    if (isNeeded || !matched.insert(next)) // an op that is needed yet comes again after its last user
      continue;
    locations.push_back(next->getLoc());
    for (Value operand : next->getOperands())
      if (Operation *producer = operand.getDefiningOp())
        pending.push_back(producer);
  }
  return FusedLoc::get(op->getContext(), locations);
}

void tt::graph::NameKeeper::notifyOperationReplaced(Operation *op, ValueRange replacement) {
  Operation *made = replacement.size() == 1 ? replacement[0].getDefiningOp() : nullptr;
  if (made && made->getLoc() == op->getLoc())
    made->setLoc(getMatchedLoc(op));
}
