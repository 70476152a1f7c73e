//===- ConstantElements.h - typed access to constants' bytes --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Private to lib/Dialect/IR: what the files that evaluate ops on constants share.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_DIALECT_IR_CONSTANTELEMENTS_H
#define TT_LIB_DIALECT_IR_CONSTANTELEMENTS_H

#include "tt/Dialect/IR/Constants.h"

#include "mlir/IR/Operation.h"
#include "llvm/ADT/APFloat.h"

#include <cstring>
#include <type_traits>
#include <vector>

namespace tt::fold {

/// A constant operand: its type and its bytes, which may belong to `storage`.
struct Operand {
  mlir::ElementsAttr attr;
  mlir::RankedTensorType type;
  llvm::ArrayRef<char> bytes;
  std::vector<char> storage;

  llvm::ArrayRef<int64_t> getShape() const { return type.getShape(); }
  int64_t getRank() const { return type.getRank(); }
};

/// How elements of one type are stored (`load`, `store`) and in what type they are computed (`Value`).
template <typename T> struct Plain {
  using Value = T;
  static constexpr int64_t bytes = sizeof(T);
  static Value load(const char *from) {
    T value;
    std::memcpy(&value, from, sizeof(T));
    return value;
  }
  static void store(char *to, Value value) { std::memcpy(to, &value, sizeof(T)); }
};

struct Bool {
  using Value = bool;
  static constexpr int64_t bytes = 1;
  static Value load(const char *from) { return *from != 0; }
  static void store(char *to, Value value) { *to = value; }
};

/// f16 or bf16, computed in f32.
template <llvm::APFloatBase::Semantics semantics> struct Narrow {
  using Value = float;
  static constexpr int64_t bytes = 2;
  static Value load(const char *from) {
    llvm::APFloat value(llvm::APFloatBase::EnumToSemantics(semantics), llvm::APInt(16, Plain<uint16_t>::load(from)));
    bool losesInfo;
    value.convert(llvm::APFloat::IEEEsingle(), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    return value.convertToFloat();
  }
  static void store(char *to, Value narrowed) { storeRounded(to, llvm::APFloat(narrowed)); }
  /// Rounds once, also from f64.
  static void storeRounded(char *to, llvm::APFloat value) {
    bool losesInfo;
    value.convert(llvm::APFloatBase::EnumToSemantics(semantics), llvm::APFloat::rmNearestTiesToEven, &losesInfo);
    Plain<uint16_t>::store(to, static_cast<uint16_t>(value.bitcastToAPInt().getZExtValue()));
  }
};

/// Calls `body` with the codec of an element type; false for a type that has none.
template <typename Body> bool dispatch(mlir::Type type, Body body) {
  if (type.isF32())
    return body(Plain<float>()), true;
  if (type.isF64())
    return body(Plain<double>()), true;
  if (type.isF16())
    return body(Narrow<llvm::APFloatBase::S_IEEEhalf>()), true;
  if (type.isBF16())
    return body(Narrow<llvm::APFloatBase::S_BFloat>()), true;
  if (type.isInteger(1))
    return body(Bool()), true;
  bool isUnsigned = type.isUnsignedInteger();
  if (type.isInteger(8))
    return isUnsigned ? body(Plain<uint8_t>()) : body(Plain<int8_t>()), true;
  if (type.isInteger(16))
    return isUnsigned ? body(Plain<uint16_t>()) : body(Plain<int16_t>()), true;
  if (type.isInteger(32))
    return isUnsigned ? body(Plain<uint32_t>()) : body(Plain<int32_t>()), true;
  if (type.isInteger(64))
    return isUnsigned ? body(Plain<uint64_t>()) : body(Plain<int64_t>()), true;
  return false;
}

/// Whether a codec's values are integers that are no truth values.
template <typename Value> inline constexpr bool isInteger = std::is_integral_v<Value> && !std::is_same_v<Value, bool>;

/// Row-major strides in elements.
llvm::SmallVector<int64_t> getStrides(llvm::ArrayRef<int64_t> shape);

/// Strides of an operand that is broadcast to `result`: 0 along stretched dimensions.
llvm::SmallVector<int64_t> getBroadcastStrides(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> result);

/// Calls `body` with the element offsets of each operand, for all positions of `shape` in row-major order.
void forEachPosition(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<llvm::SmallVector<int64_t>> strides,
                     llvm::function_ref<void(llvm::ArrayRef<int64_t>)> body);

// Each evaluates one family of ops; null where it cannot.
mlir::ElementsAttr evaluateElementwise(mlir::Operation *op, llvm::ArrayRef<Operand> operands);
mlir::ElementsAttr evaluateMovement(mlir::Operation *op, llvm::ArrayRef<Operand> operands);
mlir::ElementsAttr evaluateReduction(mlir::Operation *op, llvm::ArrayRef<Operand> operands);

/// What a folder may compute: a result of at most 64 elements from operands of at most 4096. Null otherwise.
mlir::ElementsAttr evaluateSmall(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands);

/// The static type of the op's only result.
inline mlir::RankedTensorType getResultType(mlir::Operation *op) {
  return llvm::cast<mlir::RankedTensorType>(op->getResult(0).getType());
}

} // namespace tt::fold

#endif // TT_LIB_DIALECT_IR_CONSTANTELEMENTS_H
