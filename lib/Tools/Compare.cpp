//===- Compare.cpp - are two tensors equal within a tolerance? ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Compare.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>
#include <cstring>
#include <limits>

using namespace llvm;

/// Largest minus smallest finite element.
static double rangeOf(const tt::Tensor &tensor) {
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (int64_t i = 0, count = tensor.numElements(); i < count; ++i) {
    double value = tt::floatElement(tensor, i);
    if (std::isfinite(value)) {
      low = std::min(low, value);
      high = std::max(high, value);
    }
  }
  return high > low ? high - low : 0;
}

static bool agree(double got, double want, double rtol, double atol) {
  if (std::isnan(want) || std::isnan(got))
    return std::isnan(want) && std::isnan(got);
  if (std::isinf(want) || std::isinf(got))
    return got == want;
  return std::fabs(got - want) <= atol + rtol * std::fabs(want);
}

/// "[1, 2]" of a flat index.
static std::string position(const tt::Tensor &tensor, int64_t flat) {
  SmallVector<int64_t> index(tensor.dims.size());
  for (size_t d = index.size(); d-- > 0;) {
    index[d] = flat % tensor.dims[d];
    flat /= tensor.dims[d];
  }
  std::string text;
  raw_string_ostream os(text);
  os << "[";
  interleaveComma(index, os);
  os << "]";
  return text;
}

static std::string describe(const tt::Tensor &got, const tt::Tensor &want, int64_t differing, int64_t first) {
  std::string text;
  raw_string_ostream os(text);
  os << differing << " of " << want.numElements() << " elements differ, first at " << position(want, first) << ": got "
     << got.elementText(first) << ", want " << want.elementText(first);
  return text;
}

std::optional<std::string> tt::compareTensors(const Tensor &got, const Tensor &want, const Tolerance &tolerance) {
  if (got.dtype != want.dtype || got.dims != want.dims)
    return "got " + got.typeText() + ", want " + want.typeText();
  int64_t count = want.numElements(), differing = 0, first = 0;
  if (!isFloatType(want.dtype)) {
    size_t size = count ? want.bytes().size() / count : 0;
    for (int64_t i = 0; i < count; ++i)
      if (memcmp(got.bytes().data() + i * size, want.bytes().data() + i * size, size) != 0 && differing++ == 0)
        first = i;
    if (differing)
      return describe(got, want, differing, first);
    return std::nullopt;
  }
  double atol = tolerance.atol + (tolerance.range ? tolerance.range * rangeOf(want) : 0);
  double worst = 0;
  int64_t worstIndex = 0;
  for (int64_t i = 0; i < count; ++i) {
    double g = floatElement(got, i), w = floatElement(want, i);
    if (!agree(g, w, tolerance.rtol, atol) && differing++ == 0)
      first = i;
    double error = std::fabs(g - w);
    if (error > worst) {
      worst = error;
      worstIndex = i;
    }
  }
  if (!differing)
    return std::nullopt;
  std::string text = describe(got, want, differing, first);
  raw_string_ostream os(text);
  os << format("; largest error %.3g at ", worst) << position(want, worstIndex)
     << format(" (allowed: %.3g + %.3g * |want|)", atol, tolerance.rtol);
  return text;
}

tt::Deviation tt::measureDeviation(const Tensor &got, const Tensor &want) {
  Deviation result;
  double difference = 0, size = 0;
  for (int64_t i = 0, count = want.numElements(); i < count; ++i) {
    double g = floatElement(got, i), w = floatElement(want, i);
    if (g == w || (std::isnan(g) && std::isnan(w))) {
      size += std::isfinite(w) ? w * w : 0;
      continue;
    }
    double error = std::fabs(g - w);
    result.largest = std::isnan(error) || std::isnan(result.largest) ? std::numeric_limits<double>::quiet_NaN()
                                                                     : std::max(result.largest, error);
    difference += error * error;
    size += w * w;
  }
  result.relative = difference == 0 ? 0 : std::sqrt(difference / size);
  return result;
}

bool tt::bitEqual(const Tensor &a, const Tensor &b) {
  return a.dtype == b.dtype && a.dims == b.dims &&
         (a.bytes().empty() || memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0);
}
