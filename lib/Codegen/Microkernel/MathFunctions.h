//===- MathFunctions.h - f32 functions as short straight-line code -*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// Each method emits a function of one f32 value or vector of f32 without branches, tables or calls, in few enough
// registers that a matrix product can apply it to its accumulators. The coefficients are our own minimax fits
// (reweighted least squares on Chebyshev nodes in double precision, rational ones by the Sanathanan-Koerner iteration),
// rounded to f32. Errors are measured over dense grids of f32 arguments against double precision
// (test/Codegen/Microkernel/run-math.test holds them).
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_MATHFUNCTIONS_H
#define TT_LIB_CODEGEN_MICROKERNEL_MATHFUNCTIONS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"

namespace tt {

class MathFunctions {
public:
  /// `type` is f32 or a vector of f32. `hasFma`: the target multiplies and adds in one instruction; else two are
  /// emitted.
  MathFunctions(mlir::OpBuilder &builder, mlir::Location loc, mlir::Type type, bool hasFma)
      : builder(builder), loc(loc), type(type), hasFma(hasFma) {}

  mlir::Value exp(mlir::Value x);   ///< 1.2 ulp; results below 2^-126 become 0
  mlir::Value exp2(mlir::Value x);  ///< 1.2 ulp; results below 2^-126 become 0
  mlir::Value expm1(mlir::Value x); ///< 3 ulp
  mlir::Value log(mlir::Value x);   ///< 1 ulp; log(0) = -inf, log(x < 0) = NaN
  mlir::Value log2(mlir::Value x);  ///< 3 ulp
  mlir::Value log10(mlir::Value x); ///< 3 ulp
  mlir::Value log1p(mlir::Value x); ///< 3 ulp
  mlir::Value tanh(mlir::Value x);  ///< 6 ulp, absolute 4e-7
  mlir::Value erf(mlir::Value x);   ///< 6 ulp, absolute 4e-7
  mlir::Value sin(mlir::Value x);   ///< absolute 1e-7 + 1.2e-16 |x|
  mlir::Value cos(mlir::Value x);   ///< absolute 1e-7 + 1.2e-16 |x|
  mlir::Value rsqrt(mlir::Value x); ///< 1.5 ulp

private:
  mlir::Type typeOf(mlir::Type element);
  mlir::Value number(double value, mlir::Type element = {});
  mlir::Value integer(int64_t value, mlir::Type element = {});
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value mulAdd(mlir::Value a, mlir::Value b, mlir::Value c);
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  mlir::Value bitcast(mlir::Value value, mlir::Type element);
  mlir::Value clamp(mlir::Value x, double bound);
  mlir::Value horner(mlir::Value x, llvm::ArrayRef<double> coefficients);
  mlir::Value oddRational(mlir::Value x, double bound, llvm::ArrayRef<double> numerator,
                          llvm::ArrayRef<double> denominator);
  mlir::Value scaledExp(mlir::Value reduced, mlir::Value shifted);
  mlir::Value finishExp(mlir::Value x, mlir::Value result, double low, double high);
  mlir::Value sinOrCos(mlir::Value x, int64_t quarter);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  mlir::Type type;
  bool hasFma;
};

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_MATHFUNCTIONS_H
