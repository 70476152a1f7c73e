//===- BenchStatistics.h - statistics of measured times -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_BENCHSTATISTICS_H
#define TT_TOOLS_BENCHSTATISTICS_H

#include "llvm/ADT/ArrayRef.h"

#include <cstdint>

namespace tt {

/// Pseudo-random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).
class BenchRandom {
public:
  explicit BenchRandom(uint64_t seed) : state(seed) {}
  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// A number in [0, count), for counts far below 2^32.
  uint64_t below(uint64_t count) { return (next() >> 32) * count >> 32; }

private:
  uint64_t state;
};

/// The `percent` percentile (0 to 100), linear between the two nearest samples, as numpy.percentile computes it. Needs
/// at least one sample, in any order.
double percentile(llvm::ArrayRef<double> samples, double percent);

struct Summary {
  double mean = 0, min = 0, p50 = 0, p90 = 0, p99 = 0, max = 0;
};
Summary summarize(llvm::ArrayRef<double> samples);

/// The ratio of two medians and its confidence interval.
struct Ratio {
  double value = 0, low = 0, high = 0;
  /// Noise explains the difference.
  bool isDraw() const { return low <= 1 && 1 <= high; }
};

/// median(a) / median(b) of samples taken in pairs (a[i] and b[i] one after the other), with the interval between the
/// 2.5 and 97.5 percentiles of `resamples` bootstrap resamples. What is drawn with replacement are runs of neighbouring
/// pairs, n^(1/3) long (the circular block bootstrap of Politis and Romano 1992), because a machine's slow phases last
/// longer than one sample: drawing single pairs would call such a phase significant. Needs a.size() == b.size() > 0.
Ratio bootstrapRatio(llvm::ArrayRef<double> a, llvm::ArrayRef<double> b, uint64_t seed, unsigned resamples = 2000);

} // namespace tt

#endif // TT_TOOLS_BENCHSTATISTICS_H
