//===- Constants.h - bytes and values of constant tensors -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Graph-level constants are `arith.constant` with a DenseElementsAttr (small tensors, splats) or a
// DenseResourceElementsAttr (everything else; weights of an imported model point into the mapped file, at any
// alignment). These functions hide the difference. Bytes are row-major and little-endian; an i1 is one byte, 0 or 1.
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_CONSTANTS_H
#define TT_DIALECT_IR_CONSTANTS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <optional>
#include <vector>

namespace tt {

/// Constants of at least this many bytes that are no splat become resources.
inline constexpr int64_t kResourceBytes = 64;

/// Bytes of one element in memory and in files: width / 8, and 1 for i1. Index counts as 64 bits.
int64_t getElementBytes(mlir::Type elementType);

/// Bytes of a tensor of this type; nothing where a size is dynamic or the product does not fit 63 bits.
std::optional<int64_t> getStaticBytes(mlir::ShapedType type);

/// The attribute of the `arith.constant` that defines `value`; null where there is none, or where its resource has no
/// data.
mlir::ElementsAttr getConstantAttr(mlir::Value value);

/// The elements of a constant tensor of integers (any width, i1 and index too), widened by their signedness (signless
/// counts as signed, i1 as 0 or 1); a ui64 above 2^63 - 1 is refused. Splats are expanded. Returns false, and leaves
/// `values` empty, where `value` is no such constant.
bool getConstantInts(mlir::Value value, llvm::SmallVectorImpl<int64_t> &values);
bool getConstantInts(mlir::Attribute attr, llvm::SmallVectorImpl<int64_t> &values);

/// The elements of a constant tensor of floats (f64, f32, f16, bf16; exact in double) or integers (rounded to double
/// where above 2^53). Splats are expanded. Returns false, and leaves `values` empty, where `value` is no such constant.
bool getConstantFloats(mlir::Value value, llvm::SmallVectorImpl<double> &values);
bool getConstantFloats(mlir::Attribute attr, llvm::SmallVectorImpl<double> &values);

/// The elements of `attr` as raw bytes. Points into the attribute where possible, else into `storage` (splats, i1). Not
/// aligned: read elements with memcpy. Empty where the type is empty or the resource has no data of the right length.
llvm::ArrayRef<char> getConstantBytes(mlir::ElementsAttr attr, std::vector<char> &storage);

/// A constant attribute of `type`, filled by `fill`, which gets zeroed bytes. Below kResourceBytes it is dense, else a
/// resource of 64-byte aligned memory whose key is a hash of the contents: equal tensors share one blob, and the key
/// does not depend on the order in which constants are made.
mlir::ElementsAttr createConstantAttr(mlir::RankedTensorType type,
                                      llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                           llvm::function_ref<void(llvm::MutableArrayRef<char>)> fill);

/// A constant of i64 elements: a shape operand.
mlir::Value createShapeConstant(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<int64_t> values);

/// Erases `op` where it has no use left, and frees its resource where no other op of the module refers to it, so that
/// the old and the new form of large weights do not live side by side. Does nothing to an op that has uses. The
/// resource stays where other functions of the module may be rewritten at the same time (threading enabled and more
/// than one function); modules inside the module, one for each CPU, must all be the caller's alone.
void releaseIfUnused(mlir::arith::ConstantOp op);

} // namespace tt

#endif // TT_DIALECT_IR_CONSTANTS_H
