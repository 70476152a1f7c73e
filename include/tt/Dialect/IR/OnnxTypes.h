//===- OnnxTypes.h - ONNX's numbers of element types ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_ONNXTYPES_H
#define TT_DIALECT_IR_ONNXTYPES_H

#include "mlir/IR/Types.h"

namespace tt {

/// TensorProto.DataType of onnx.proto for an element type of the tt dialect (f64, f32, f16, bf16, i1, integers of 8 to
/// 64 bits); 0 (UNDEFINED) for another type. The numbers are also those of tt_dtype in the C interface.
int getOnnxType(mlir::Type elementType);

} // namespace tt

#endif // TT_DIALECT_IR_ONNXTYPES_H
