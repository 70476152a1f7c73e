//===- ValueStatistics.cpp - what calibration knows of one value --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/ValueStatistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace llvm;
using tt::Histogram;

/// Number of the bin of width 2^exponent that `value` lies in.
static int64_t getBin(double value, int exponent) {
  return static_cast<int64_t>(std::floor(std::ldexp(value, -exponent)));
}

/// The bin that holds bin `bin` when bins are 2^steps times as wide.
static int64_t coarsen(int64_t bin, int steps) { return bin >> std::min(steps, 63); }

/// The least exponent for values from `low` to `high`, as the class says. A float has 24 significant bits, so bin
/// numbers fit into 25.
static int getExponent(float low, float high) {
  float magnitude = std::max(std::fabs(low), std::fabs(high));
  int exponent = magnitude == 0 ? -149 : std::max(-149, std::ilogb(magnitude) - 23);
  while (getBin(high, exponent) - getBin(low, exponent) >= Histogram::kBins)
    ++exponent;
  return exponent;
}

double Histogram::width() const { return std::ldexp(1.0, exp); }

void Histogram::cover(float low, float high) {
  Histogram empty;
  merge(empty, low, high);
}

void Histogram::merge(const Histogram &other, float low, float high) {
  int exponent = getExponent(low, high);
  int64_t first = getBin(low, exponent), last = getBin(high, exponent);
  auto moveInto = [&](std::vector<uint64_t> &to, const Histogram &from) {
    for (size_t i = 0; i < from.bins.size(); ++i)
      to[coarsen(from.firstBin + static_cast<int64_t>(i), exponent - from.exp) - first] += from.bins[i];
  };
  bool isSame = exponent == exp && first == firstBin && last - first + 1 == static_cast<int64_t>(bins.size());
  if (!isSame) {
    std::vector<uint64_t> wider(last - first + 1);
    moveInto(wider, *this);
    bins = std::move(wider);
    exp = exponent;
    firstBin = first;
    inverse = std::ldexp(1.0, -exponent);
  }
  moveInto(bins, other);
}

Expected<Histogram> Histogram::fromBins(int exponent, int64_t first, std::vector<uint64_t> counts) {
  auto fail = [](const Twine &text) { return createStringError(inconvertibleErrorCode(), text); };
  if (exponent < -149 || exponent > 127)
    return fail("a histogram needs an exponent from -149 to 127, but found " + Twine(exponent));
  int64_t limit = int64_t(1) << 25;
  if (counts.size() > static_cast<size_t>(kBins) || first < -limit || first > limit)
    return fail("a histogram needs at most " + Twine(kBins) + " bins that f32 values fall into, but found " +
                Twine(counts.size()) + " from number " + Twine(first) + " on");
  if (!counts.empty() && (!counts.front() || !counts.back()))
    return fail("a histogram needs a first and a last bin that are not empty");
  Histogram histogram;
  histogram.exp = exponent;
  histogram.firstBin = first;
  histogram.inverse = std::ldexp(1.0, -exponent);
  histogram.bins = std::move(counts);
  return histogram;
}

void tt::ValueStatistics::add(ArrayRef<float> tensor) {
  constexpr size_t lanes = 8; // the order of the sums is this one on every machine
  double sums[lanes] = {}, squares[lanes] = {};
  float low = std::numeric_limits<float>::infinity(), high = -low;
  uint64_t numNans = 0, numInfinites = 0;
  for (size_t i = 0; i < tensor.size(); ++i) {
    float value = tensor[i];
    if (!std::isfinite(value)) {
      ++(std::isnan(value) ? numNans : numInfinites);
      continue;
    }
    low = std::min(low, value);
    high = std::max(high, value);
    double wide = value;
    sums[i % lanes] += wide;
    squares[i % lanes] += wide * wide;
  }
  nans += numNans;
  infinites += numInfinites;
  uint64_t added = tensor.size() - numNans - numInfinites;
  if (added == 0)
    return;
  double total = 0, totalSquares = 0;
  for (size_t l = 0; l < lanes; ++l) {
    total += sums[l];
    totalSquares += squares[l];
  }
  sum.add(total);
  sumSquares.add(totalSquares);
  min = (count ? std::min(min, low) : low) + 0.0f; // never -0, which equals 0 but is written in another way
  max = (count ? std::max(max, high) : high) + 0.0f;
  count += added;
  histogram.cover(min, max);
  for (float value : tensor)
    if (std::isfinite(value))
      histogram.count(value);
}

void tt::ValueStatistics::merge(const ValueStatistics &other) {
  nans += other.nans;
  infinites += other.infinites;
  if (other.count == 0)
    return;
  min = count ? std::min(min, other.min) : other.min;
  max = count ? std::max(max, other.max) : other.max;
  count += other.count;
  for (double term : other.sum.terms())
    sum.add(term);
  for (double term : other.sumSquares.terms())
    sumSquares.add(term);
  histogram.merge(other.histogram, min, max);
}

double tt::ValueStatistics::deviation() const {
  return count ? std::sqrt(std::max(0.0, sumSquares.value() / count - mean() * mean())) : 0;
}
