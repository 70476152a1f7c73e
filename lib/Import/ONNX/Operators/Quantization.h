//===- Quantization.h - what handlers of quantized operators share --------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_OPERATORS_QUANTIZATION_H
#define TT_IMPORT_ONNX_OPERATORS_QUANTIZATION_H

#include "Handlers.h"

namespace tt::onnx_import {

/// A tensor of integers and the parameters that broadcast to it.
struct Quantized {
  mlir::Value value, scale, zero;
};

/// A scale or zero point so that it broadcasts to a tensor of rank `rank`: a single element as rank 0, a vector along
/// `axis`; what has another rank stays. Null stays null.
mlir::Value alongAxis(NodeImporter &node, mlir::Value parameter, int64_t axis, int64_t rank);

/// `zero` may be null, which means 0.
Quantized getQuantized(NodeImporter &node, mlir::Value value, mlir::Value scale, mlir::Value zero);
/// The inputs `index` to `index` + 2: value, scale, optional zero point, the latter two for the whole tensor.
Quantized getQuantizedInput(NodeImporter &node, unsigned index);
mlir::Value dequantize(NodeImporter &node, const Quantized &q);
mlir::Value quantize(NodeImporter &node, mlir::Value x, mlir::Value scale, mlir::Value zero);

/// The product of `factors` divided by `divisor` (which may be null), rounded once to f32.
mlir::Value getMultiplier(NodeImporter &node, llvm::ArrayRef<mlir::Value> factors, mlir::Value divisor);
/// clamp(rint(float(sum) * multiplier) + zero).
mlir::Value requantize(NodeImporter &node, mlir::Value sum, mlir::Value multiplier, mlir::Value zero);

/// DynamicQuantizeLinear: u8, with the range of the values and 0.
Quantized quantizeDynamically(NodeImporter &node, mlir::Value x);

/// (a - aZero) (b - bZero) in i32; zero points may be null, single, or one per row of `a` and column of `b`.
mlir::Value makeIntegerProduct(NodeImporter &node, mlir::Value a, mlir::Value b, mlir::Value aZero, mlir::Value bZero);
/// The same as floats: times both scales, plus a bias that may be null.
mlir::Value makeScaledProduct(NodeImporter &node, mlir::Value a, mlir::Value b, mlir::Value aScale, mlir::Value bScale,
                              mlir::Value aZero, mlir::Value bZero, mlir::Value bias);

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_OPERATORS_QUANTIZATION_H
