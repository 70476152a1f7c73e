//===- Compare.h - are two tensors equal within a tolerance? --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_COMPARE_H
#define TT_TOOLS_COMPARE_H

#include "tt/Tools/Tensor.h"

#include <optional>

namespace tt {

/// Floating-point elements agree when |got - want| <= atol + rtol * |want| + range * (max(want) - min(want)), the
/// extrema over the finite elements.
struct Tolerance {
  double rtol = 1e-3;
  double atol = 1e-7;
  double range = 0;
};

/// Nothing when `got` agrees with `want`, else one line: what differs, where, what was found and needed, the largest
/// error. Element type and shape must be equal; integers and booleans are compared exactly; NaN agrees with NaN only,
/// an infinity with itself only.
std::optional<std::string> compareTensors(const Tensor &got, const Tensor &want, const Tolerance &tolerance);

/// How far one tensor of floats is from another of its shape.
struct Deviation {
  double largest = 0;  ///< largest |got - want|; NaN where one of them is and the other is not
  double relative = 0; ///< sqrt(sum of (got - want)^2 / sum of want^2); 0 where all are equal
};
Deviation measureDeviation(const Tensor &got, const Tensor &want);

/// True when type, shape and every bit are equal.
bool bitEqual(const Tensor &a, const Tensor &b);

} // namespace tt

#endif // TT_TOOLS_COMPARE_H
