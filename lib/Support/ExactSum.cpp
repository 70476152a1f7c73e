//===- ExactSum.cpp - sums of doubles without rounding ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/ExactSum.h"

#include <cmath>
#include <utility>

using namespace llvm;

void tt::ExactSum::add(double term) {
  size_t kept = 0;
  for (double part : parts) {
    if (std::fabs(term) < std::fabs(part))
      std::swap(term, part);
    double high = term + part, low = part - (high - term);
    if (low != 0)
      parts[kept++] = low;
    term = high;
  }
  parts.truncate(kept);
  if (term != 0)
    parts.push_back(term);
}

double tt::ExactSum::value() const {
  size_t n = parts.size();
  if (n == 0)
    return 0;
  double high = parts[--n], low = 0;
  while (n > 0 && low == 0) {
    double x = high, y = parts[--n];
    high = x + y;
    low = y - (high - x);
  }
  // Half-way cases are rounded by the sign of what follows.
  if (n > 0 && ((low < 0 && parts[n - 1] < 0) || (low > 0 && parts[n - 1] > 0))) {
    double twice = low * 2, other = high + twice;
    if (twice == other - high)
      high = other;
  }
  return high;
}

SmallVector<double> tt::ExactSum::terms() const {
  SmallVector<double> result;
  ExactSum rest = *this;
  for (double next = rest.value(); next != 0; next = rest.value()) {
    result.push_back(next);
    rest.add(-next);
  }
  return result;
}
