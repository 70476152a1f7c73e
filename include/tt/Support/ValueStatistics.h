//===- ValueStatistics.h - what calibration knows of one value ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_VALUESTATISTICS_H
#define TT_SUPPORT_VALUESTATISTICS_H

#include "tt/Support/ExactSum.h"

#include "llvm/Support/Error.h"

#include <cstdint>
#include <vector>

namespace tt {

/// Counts of f32 values in bins [i * 2^exponent, (i + 1) * 2^exponent) for integers i. The exponent is the least at
/// which all values lie in kBins neighbouring bins and no bin is narrower than the last place of the value with the
/// largest magnitude. It follows from the values alone, and a coarser histogram from a finer one, so the histogram does
/// not depend on their order, and that of two sets is made of those of the sets without loss.
class Histogram {
public:
  static constexpr int64_t kBins = 2048;

  int exponent() const { return exp; }
  /// The number of the first bin; it is not empty. Neither is the last one.
  int64_t first() const { return firstBin; }
  llvm::ArrayRef<uint64_t> counts() const { return bins; }
  double width() const;
  /// Limits of the bin `counts()[i]`.
  double low(size_t i) const { return (firstBin + static_cast<int64_t>(i)) * width(); }
  double high(size_t i) const { return (firstBin + static_cast<int64_t>(i) + 1) * width(); }

  /// Makes place for `low` to `high`, which become the limits of the values counted.
  void cover(float low, float high);
  /// Counts a finite value between the limits.
  void count(float value) {
    double scaled = static_cast<double>(value) * inverse;
    int64_t bin = static_cast<int64_t>(scaled);
    ++bins[bin - (static_cast<double>(bin) > scaled) - firstBin];
  }
  void merge(const Histogram &other, float low, float high);
  /// The histogram of these bins; an error where they are none that values could have made.
  static llvm::Expected<Histogram> fromBins(int exponent, int64_t first, std::vector<uint64_t> counts);

private:
  int exp = 0;
  int64_t firstBin = 0;
  double inverse = 1;
  std::vector<uint64_t> bins; ///< empty before the first value
};

/// Streaming statistics of f32 tensors, in memory that does not depend on how many there are. Statistics of parts,
/// merged in any order, are those of the whole, to the last bit.
struct ValueStatistics {
  uint64_t count = 0;     ///< finite elements
  uint64_t nans = 0;      ///< elements that are NaN; they are in nothing else
  uint64_t infinites = 0; ///< elements that are infinite; they are in nothing else
  float min = 0, max = 0; ///< of the finite elements
  /// Of the sums of tensors, each of which is rounded in one order.
  ExactSum sum, sumSquares;
  Histogram histogram;

  void add(llvm::ArrayRef<float> tensor);
  void merge(const ValueStatistics &other);
  double mean() const { return count ? sum.value() / count : 0; }
  /// Root of the mean square deviation.
  double deviation() const;
};

} // namespace tt

#endif // TT_SUPPORT_VALUESTATISTICS_H
