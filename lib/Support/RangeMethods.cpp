//===- RangeMethods.cpp - ranges of quantized values from statistics -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/RangeMethods.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using tt::Histogram;
using tt::Range;

namespace {

constexpr int64_t kLevels = 256;

Range getMinMax(const tt::ValueStatistics &statistics) {
  return {std::min(0.0, double(statistics.min)), std::max(0.0, double(statistics.max))};
}

/// What stands for the values of a bin: its middle, kept within the smallest and largest value.
double getMiddle(const tt::ValueStatistics &s, size_t bin) {
  return std::clamp((s.histogram.low(bin) + s.histogram.high(bin)) / 2, double(s.min), double(s.max));
}

/// The number below which `share` of the counted values lie, those of a bin spread over it evenly.
double getQuantile(const Histogram &h, uint64_t count, double share) {
  double wanted = share * count, below = 0;
  for (auto [bin, n] : enumerate(h.counts())) {
    if (n && below + n >= wanted)
      return h.low(bin) + (wanted - below) / n * h.width();
    below += n;
  }
  return h.high(h.counts().size() - 1);
}

Range getPercentile(const tt::ValueStatistics &statistics, double percent) {
  Range all = getMinMax(statistics);
  double tail = (1 - percent / 100) / 2;
  double low = getQuantile(statistics.histogram, statistics.count, tail);
  double high = getQuantile(statistics.histogram, statistics.count, 1 - tail);
  return {std::clamp(low, all.low, 0.0), std::clamp(high, 0.0, all.high)};
}

/// The candidates of Entropy and MSE: `all` cut to magnitudes of at most k / kSteps of the largest.
constexpr int kSteps = 128;
Range cut(const Range &all, int k) {
  double limit = std::max(-all.low, all.high) * k / kSteps;
  return {std::max(all.low, -limit), std::min(all.high, limit)};
}

/// Divergence of the distribution that 256 levels of `range` can express from that of the values, saturated: the method
/// of S. Migacz, "8-bit inference with TensorRT", 2017. Infinite where no bin is inside of the range.
double getDivergence(const tt::ValueStatistics &s, const Range &range) {
  ArrayRef<uint64_t> counts = s.histogram.counts();
  size_t first = counts.size(), last = 0;
  for (size_t bin = 0; bin < counts.size(); ++bin) {
    double middle = getMiddle(s, bin);
    if (middle < range.low || middle > range.high)
      continue;
    first = std::min(first, bin);
    last = bin;
  }
  if (first > last)
    return std::numeric_limits<double>::infinity();
  size_t size = last - first + 1;
  std::vector<double> p(size), q(size);
  for (size_t bin = 0; bin < counts.size(); ++bin)
    p[std::clamp(bin, first, last) - first] += counts[bin];
  // Each level holds the bins whose middles round to it, and spreads its count over those that are not empty.
  double step = (range.high - range.low) / (kLevels - 1), total = 0, totalQ = 0;
  auto getLevel = [&](size_t i) {
    return step == 0 ? 0 : std::floor((getMiddle(s, first + i) - range.low) / step + 0.5);
  };
  for (size_t begin = 0, end; begin < size; begin = end) {
    double sum = 0, filled = 0, level = getLevel(begin);
    for (end = begin; end < size && getLevel(end) == level; ++end) {
      sum += counts[first + end];
      filled += counts[first + end] != 0;
    }
    for (size_t i = begin; i < end; ++i)
      q[i] = counts[first + i] ? sum / filled : 0;
  }
  for (size_t i = 0; i < size; ++i) {
    total += p[i];
    totalQ += q[i];
  }
  // A saturated count in a bin that q does not have cannot be expressed; it counts as if q were this small.
  constexpr double tiny = 1e-10;
  double divergence = 0;
  for (size_t i = 0; i < size; ++i)
    if (p[i] > 0)
      divergence += p[i] / total * std::log((p[i] / total) / std::max(totalQ > 0 ? q[i] / totalQ : 0, tiny));
  return divergence;
}

/// Mean square distance of the middles of bins from what they are rounded to.
double getMeanSquareError(const tt::ValueStatistics &s, const Range &range) {
  tt::AffineParameters p = tt::chooseParameters(range, 0, kLevels - 1, /*symmetric=*/false);
  double sum = 0, count = 0;
  for (auto [bin, n] : enumerate(s.histogram.counts())) {
    if (!n)
      continue;
    double x = getMiddle(s, bin);
    double q = std::clamp(std::nearbyint(x / p.scale) + p.zero, 0.0, kLevels - 1.0);
    double error = (q - p.zero) * p.scale - x;
    sum += n * error * error;
    count += n;
  }
  return sum / count;
}

/// The first of the candidates, from the widest on, with the least loss.
Range searchCuts(const Range &all, function_ref<double(const Range &)> getLoss) {
  Range best = all;
  double least = getLoss(all);
  for (int k = kSteps - 1; k > 0; --k) {
    Range candidate = cut(all, k);
    if (candidate.low == cut(all, k + 1).low && candidate.high == cut(all, k + 1).high)
      continue;
    double loss = getLoss(candidate);
    if (loss < least) {
      least = loss;
      best = candidate;
    }
  }
  return best;
}

} // namespace

Expected<tt::RangeMethod> tt::RangeMethod::parse(StringRef text) {
  auto [name, argument] = text.split(':');
  RangeMethod method;
  if (name == "percentile") {
    method.kind = Percentile;
    if (!text.contains(':') || (!argument.getAsDouble(method.percent) && method.percent > 0 && method.percent <= 100))
      return method;
    return createStringError(inconvertibleErrorCode(),
                             "a percentile needs a number above 0 and at most 100, but found '" + argument + "'");
  }
  for (auto [known, kind] : {std::pair("min-max", MinMax), {"entropy", Entropy}, {"mse", MSE}})
    if (text == known) {
      method.kind = kind;
      return method;
    }
  return createStringError(inconvertibleErrorCode(),
                           "a method for ranges is min-max, percentile, percentile:P, entropy or mse, but found '" +
                               text + "'");
}

std::string tt::RangeMethod::text() const {
  if (kind != Percentile)
    return kind == MinMax ? "min-max" : kind == Entropy ? "entropy" : "mse";
  std::string text;
  raw_string_ostream(text) << "percentile:" << format("%g", percent);
  return text;
}

Range tt::chooseRange(const ValueStatistics &statistics, const RangeMethod &method) {
  if (statistics.count == 0)
    return {};
  Range all = getMinMax(statistics);
  switch (method.kind) {
  case RangeMethod::MinMax:
    return all;
  case RangeMethod::Percentile:
    return getPercentile(statistics, method.percent);
  case RangeMethod::Entropy:
    return searchCuts(all, [&](const Range &range) { return getDivergence(statistics, range); });
  case RangeMethod::MSE:
    return searchCuts(all, [&](const Range &range) { return getMeanSquareError(statistics, range); });
  }
  llvm_unreachable("all methods are listed");
}

double tt::getClippedShare(const ValueStatistics &statistics, const Range &range) {
  double clipped = 0, total = 0;
  for (auto [bin, n] : enumerate(statistics.histogram.counts())) {
    double middle = getMiddle(statistics, bin);
    total += n;
    if (middle < range.low || middle > range.high)
      clipped += n;
  }
  return total ? clipped / total : 0;
}

tt::AffineParameters tt::chooseParameters(const Range &range, int64_t lowest, int64_t highest, bool symmetric) {
  double low = std::min(range.low, 0.0), high = std::max(range.high, 0.0);
  AffineParameters p;
  if (symmetric) {
    int64_t middle = lowest + (highest - lowest + 1) / 2, reach = std::min(middle - lowest, highest - middle);
    p.zero = middle;
    p.scale = static_cast<float>(std::max(-low, high) / reach);
  } else {
    p.scale = static_cast<float>((high - low) / (highest - lowest));
  }
  if (!(p.scale >= std::numeric_limits<float>::min())) { // 0, and what would become infinite when it divides
    p.scale = high == low ? 1 : std::numeric_limits<float>::min();
  }
  if (!symmetric)
    p.zero = std::clamp(static_cast<int64_t>(std::nearbyint(lowest - low / p.scale)), lowest, highest);
  return p;
}
