//===- QuantValues.h - quantized values and their integers ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Private to lib/Graph. A quantized value is a tensor of !quant.uniform: f32 numbers scale * (q - zero point) whose
// integers q have 8 bits. Graph ops work on the integers (i8, or ui8 where the type says u8), which quant.scast and,
// for ui8, tt.bitcast take from a quantized value and back.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_GRAPH_QUANTVALUES_H
#define TT_LIB_GRAPH_QUANTVALUES_H

#include "Matchers.h"

#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

#include <optional>

namespace tt::graph {

/// What a quantized element type says. Scales are exact f32 numbers.
struct QuantParameters {
  bool isSigned = true;
  int64_t low = -128, high = 127;   ///< the integers that the type can hold
  llvm::SmallVector<double> scales; ///< one, or one per position of `axis`
  llvm::SmallVector<int64_t> zeros; ///< as many as scales
  std::optional<int64_t> axis;      ///< none: per tensor

  double scale() const { return scales.front(); }
  int64_t zero() const { return zeros.front(); }
  /// The integer of the real number `x`: round(x / scale) half to even, plus the zero point, limited to the type. NaN
  /// gives the zero point. Per tensor.
  int64_t quantize(float x) const;
  float dequantize(int64_t q) const { return static_cast<float>(q - zero()) * static_cast<float>(scale()); }
};

/// The parameters of a tensor of 8-bit !quant.uniform of f32; nothing for any other type.
std::optional<QuantParameters> getQuantParameters(mlir::Type type);

/// As getQuantParameters, where there is one scale for the tensor.
std::optional<QuantParameters> getTensorParameters(mlir::Type type);

/// The tensor type of `shape` with the parameters of `parameters`; null where the quant dialect refuses them (scales
/// that are no positive normal numbers, zero points outside the range).
mlir::RankedTensorType getQuantType(mlir::MLIRContext *context, llvm::ArrayRef<int64_t> shape,
                                    const QuantParameters &parameters);

/// The quantized value that `value` is made from by quant.dcast; null where there is none of 8 bits and f32.
mlir::Value getQuantizedSource(mlir::Value value);

/// The integers of a quantized value, i8 or ui8.
mlir::Value getIntegers(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value quantized);

/// The quantized value with the integers `integers`; `type` is its quantized element type.
mlir::Value getQuantized(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value integers, mlir::Type type);

/// quant.dcast to f32.
mlir::Value getReal(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value quantized);

/// The integers' type, i8 or ui8.
mlir::IntegerType getIntegerType(mlir::MLIRContext *context, const QuantParameters &parameters);

/// A scalar (rank 0) of integers of 8 bits.
mlir::Value createZeroPoint(mlir::OpBuilder &builder, mlir::Location loc, mlir::IntegerType type, int64_t value);

/// f32 numbers in a shape that broadcasts along `axis` of a tensor of rank `rank`: a scalar for one number.
mlir::Value createFactors(mlir::OpBuilder &builder, mlir::Location loc, llvm::ArrayRef<double> values, int64_t axis,
                          int64_t rank);

/// `tt.quantize` with scale 1 of numbers that count steps of the result's scale: rint, plus the zero point, limited.
///
/// Gives a quantized value of the element type of `type`, which is per tensor.
mlir::Value createRounded(mlir::OpBuilder &builder, mlir::Location loc, mlir::Value steps, mlir::Type type);

/// For greedy rewriting while casts of the quant dialect live: without folding, since quant.dcast folds
/// dcast(qcast(x)) to x, which takes the rounding away.
mlir::GreedyRewriteConfig getQuantRewriteConfig();

} // namespace tt::graph

#endif // TT_LIB_GRAPH_QUANTVALUES_H
