//===- ConstantFold.h - compute graph ops on constants --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_CONSTANTFOLD_H
#define TT_DIALECT_IR_CONSTANTFOLD_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Operation.h"

namespace tt {

/// The value of the single result of graph op `op` on constant operands (one attribute per operand). Arithmetic is done
/// in the element type, f16 and bf16 in f32 with one rounding at the end; sums and products of a reduction in f64. The
/// op's result type must be static. Null where the op, the element type or the values are not supported: division of
/// integers by 0, positions out of range, a result of more than `maxBytes`.
mlir::ElementsAttr evaluateConstant(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands, int64_t maxBytes);

} // namespace tt

#endif // TT_DIALECT_IR_CONSTANTFOLD_H
