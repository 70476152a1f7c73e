//===- BenchStatistics.cpp - statistics of measured times -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/BenchStatistics.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace llvm;

/// The same of sorted samples.
static double percentileOfSorted(ArrayRef<double> sorted, double percent) {
  double position = percent / 100 * static_cast<double>(sorted.size() - 1);
  size_t below = static_cast<size_t>(position);
  if (below + 1 >= sorted.size())
    return sorted.back();
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[below + 1] - sorted[below]);
}

double tt::percentile(ArrayRef<double> samples, double percent) {
  std::vector<double> sorted(samples);
  llvm::sort(sorted);
  return percentileOfSorted(sorted, percent);
}

tt::Summary tt::summarize(ArrayRef<double> samples) {
  std::vector<double> sorted(samples);
  llvm::sort(sorted);
  Summary summary;
  summary.mean = std::accumulate(sorted.begin(), sorted.end(), 0.0) / static_cast<double>(sorted.size());
  summary.min = sorted.front();
  summary.p50 = percentileOfSorted(sorted, 50);
  summary.p90 = percentileOfSorted(sorted, 90);
  summary.p99 = percentileOfSorted(sorted, 99);
  summary.max = sorted.back();
  return summary;
}

/// The median; reorders `values`.
static double medianInPlace(std::vector<double> &values) {
  auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2)
    return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

tt::Ratio tt::bootstrapRatio(ArrayRef<double> a, ArrayRef<double> b, uint64_t seed, unsigned resamples) {
  size_t count = a.size(), block = std::max<size_t>(1, std::lround(std::cbrt(static_cast<double>(count))));
  BenchRandom random(seed);
  std::vector<double> ratios, drawnA(count), drawnB(count);
  for (unsigned round = 0; round < resamples; ++round) {
    for (size_t i = 0, start = 0; i < count; ++i) {
      if (i % block == 0)
        start = random.below(count);
      size_t pair = (start + i % block) % count;
      drawnA[i] = a[pair];
      drawnB[i] = b[pair];
    }
    ratios.push_back(medianInPlace(drawnA) / medianInPlace(drawnB));
  }
  return {percentile(a, 50) / percentile(b, 50), percentile(ratios, 2.5), percentile(ratios, 97.5)};
}
