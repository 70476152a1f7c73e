//===- Inference.h - shared by the type inference of the ops --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Private to lib/Dialect/IR.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_DIALECT_IR_INFERENCE_H
#define TT_LIB_DIALECT_IR_INFERENCE_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Value.h"

#include <optional>

namespace tt {

/// Reports that the op of type `OpT` cannot have such operands or attributes; the text goes on "'tt.name' needs ...".
template <typename OpT, typename... Args>
llvm::LogicalResult inferError(std::optional<mlir::Location> loc, Args &&...args) {
  return mlir::emitOptionalError(loc, "'", OpT::getOperationName(), "' ", std::forward<Args>(args)...);
}

inline mlir::RankedTensorType getTensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// The shape of a tensor value, as a vector that can be changed.
inline llvm::SmallVector<int64_t> getSizes(mlir::Value value) {
  return llvm::to_vector(getTensorType(value).getShape());
}

/// "2x?x3", or "scalar" for no sizes: for messages.
std::string describeSizes(llvm::ArrayRef<int64_t> sizes);

/// The product of `sizes`; nothing where one is dynamic or the product does not fit 63 bits. A known 0 does not decide
/// a product with dynamic factors.
std::optional<int64_t> staticProduct(llvm::ArrayRef<int64_t> sizes);

/// Makes `have` what is known of a size from two sources. Returns false where they contradict each other.
inline bool mergeSize(int64_t &have, int64_t add) {
  if (mlir::ShapedType::isDynamic(have))
    have = add;
  return mlir::ShapedType::isDynamic(add) || have == add;
}

/// `a` stretched to `b` by broadcasting and the reverse: the common size, or nothing where there is none.
inline std::optional<int64_t> broadcastSize(int64_t a, int64_t b) {
  if (a == b || b == 1)
    return a;
  if (a == 1)
    return b;
  if (mlir::ShapedType::isDynamic(a))
    return b;
  if (mlir::ShapedType::isDynamic(b))
    return a;
  return std::nullopt;
}

/// NumPy broadcasting of shapes, aligned at their last dimension; an unknown size meets a known one greater than 1 as
/// that size. Nothing where they do not broadcast.
std::optional<llvm::SmallVector<int64_t>> broadcastSizes(llvm::ArrayRef<int64_t> a, llvm::ArrayRef<int64_t> b);

/// A constant i64 operand's values, or nothing where it is absent or not constant.
std::optional<llvm::SmallVector<int64_t>> getInts(mlir::Value value);

/// The length of a shape operand of rank 1; dynamic where unknown. Inference comes before the verifier, which refuses
/// other ranks: a scalar counts as one element.
inline int64_t getLength(mlir::Value value) {
  mlir::RankedTensorType type = getTensorType(value);
  return type.getRank() == 0 ? 1 : type.getDimSize(0);
}

} // namespace tt

#endif // TT_LIB_DIALECT_IR_INFERENCE_H
