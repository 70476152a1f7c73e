//===- RangeMethods.h - ranges of quantized values from statistics -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_RANGEMETHODS_H
#define TT_SUPPORT_RANGEMETHODS_H

#include "tt/Support/ValueStatistics.h"

#include "llvm/ADT/StringRef.h"

#include <string>

namespace tt {

/// The real numbers that the integers of a quantized value stand for; 0 is among them.
struct Range {
  double low = 0, high = 0;
};

/// A way to choose a range. All of them look at the histogram, a bin of which is represented by its middle (within
/// the smallest and largest value), and keep within the smallest and largest value seen. docs/quantization.md says when
/// to take which.
struct RangeMethod {
  enum Kind {
    MinMax,     ///< all values
    Percentile, ///< that share of the values, as many of the rest below as above
    Entropy,    ///< the least Kullback-Leibler divergence of the rounded distribution from that of the values
    MSE         ///< the least mean square error of rounding and saturation
  } kind = MinMax;
  double percent = 99.9; ///< of Percentile, above 0 and at most 100

  /// "min-max", "percentile" (99.9), "percentile:99.99", "entropy" or "mse".
  static llvm::Expected<RangeMethod> parse(llvm::StringRef text);
  std::string text() const;
};

/// The range of a value with these statistics, for 256 levels.
Range chooseRange(const ValueStatistics &statistics, const RangeMethod &method);

/// The share of the values that lies outside of `range`, of 1: bins by their middle.
double getClippedShare(const ValueStatistics &statistics, const Range &range);

/// Scale (rounded to f32) and zero point of integers from `lowest` to `highest` that stand for `range`.
struct AffineParameters {
  float scale = 1;
  int64_t zero = 0;
};
/// `symmetric`: the zero point is the middle of the integers, 0 for signed ones. A range of 0 alone has the scale 1.
AffineParameters chooseParameters(const Range &range, int64_t lowest, int64_t highest, bool symmetric);

} // namespace tt

#endif // TT_SUPPORT_RANGEMETHODS_H
