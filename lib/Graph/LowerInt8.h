//===- LowerInt8.h - how an op of real numbers works on integers ----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Private to lib/Graph: the parts of tt-lower-int8. A plan is made without changing anything, so that the same
// functions say why an op stays in float.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_GRAPH_LOWERINT8_H
#define TT_LIB_GRAPH_LOWERINT8_H

#include "QuantValues.h"

#include <functional>
#include <string>

namespace tt::graph {

/// How the result of `last` is made from integers.
struct IntegerPlan {
  /// The op whose result takes the place: the planned one, or the addition of its bias.
  mlir::Operation *last = nullptr;
  /// Whether real numbers are made as well, for users that do not quantize the result.
  bool givesReal = false;
  /// The result divided by the scale that is given, in f32 and before rounding; the result itself without one.
  std::function<mlir::Value(mlir::OpBuilder &, std::optional<double>)> makeSteps;
  /// Instead of makeSteps: the integers of the quantized element type that is given.
  std::function<mlir::Value(mlir::OpBuilder &, mlir::Type)> makeIntegers;
};

/// Null where `op` is not of the family; a plan without functions, and `reason`, where it stays in float.
using Planner = std::optional<IntegerPlan> (*)(mlir::Operation *op, std::string &reason);

/// Convolutions and matrix products, with the sum of a constant bias.
std::optional<IntegerPlan> planContraction(mlir::Operation *op, std::string &reason);

/// Sums, products and averages.
std::optional<IntegerPlan> planArithmetic(mlir::Operation *op, std::string &reason);

} // namespace tt::graph

#endif // TT_LIB_GRAPH_LOWERINT8_H
