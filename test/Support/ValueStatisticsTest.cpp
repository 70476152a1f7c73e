//===- ValueStatisticsTest.cpp - streaming statistics -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/ValueStatistics.h"
#include "tt/Support/RangesFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <unistd.h>

using namespace tt;

namespace {

/// The bytes of a ranges file with `statistics` alone.
std::string fileOf(const ValueStatistics &statistics) {
  Calibration calibration;
  calibration["x"] = statistics;
  std::string path = ::testing::TempDir() + "tt-statistics-" + std::to_string(getpid()) + ".json";
  if (llvm::Error error = writeCalibration(path, calibration))
    return "error: " + toString(std::move(error));
  std::string text = (*llvm::MemoryBuffer::getFile(path))->getBuffer().str();
  llvm::Expected<Calibration> read = readCalibration(path);
  EXPECT_TRUE(static_cast<bool>(read));
  if (!read)
    return "error: " + toString(read.takeError());
  Calibration again = *read;
  EXPECT_FALSE(static_cast<bool>(writeCalibration(path, again)));
  EXPECT_EQ((*llvm::MemoryBuffer::getFile(path))->getBuffer(), text);
  llvm::sys::fs::remove(path);
  return text;
}

/// Tensors of values of very different magnitudes and signs.
std::vector<std::vector<float>> makeTensors(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<std::vector<float>> tensors(20);
  for (auto &tensor : tensors) {
    float scale = std::ldexp(1.0f, static_cast<int>(random() % 40) - 20), offset = (random() % 3) * scale;
    tensor.resize(1 + random() % 500);
    for (float &x : tensor)
      x = offset + scale * normal(random);
  }
  return tensors;
}

TEST(ExactSum, LosesNothing) {
  ExactSum sum;
  for (double term : {1e16, 1.0, -1e16, 1e-30, 1e300, -1e300})
    sum.add(term);
  EXPECT_EQ(sum.value(), 1.0);
  ASSERT_EQ(sum.terms().size(), 2u);
  EXPECT_EQ(sum.terms()[1], 1e-30);
  // 1 + 2^-53 is half-way to the next double; what is left decides.
  ExactSum half;
  for (double term : {1.0, std::ldexp(1.0, -53), std::ldexp(1.0, -120)})
    half.add(term);
  EXPECT_EQ(half.value(), 1 + std::ldexp(1.0, -52));
}

TEST(ValueStatistics, OrderAndPartsDoNotMatter) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    auto tensors = makeTensors(seed);
    ValueStatistics whole;
    for (auto &tensor : tensors)
      whole.add(tensor);
    std::shuffle(tensors.begin(), tensors.end(), std::mt19937(seed + 100));
    ValueStatistics parts[3], merged;
    for (size_t i = 0; i < tensors.size(); ++i)
      parts[i * i % 3].add(tensors[i]);
    for (const ValueStatistics &part : parts)
      merged.merge(part);
    EXPECT_EQ(fileOf(merged), fileOf(whole)) << "seed " << seed;
  }
}

TEST(ValueStatistics, HistogramIsThatOfTheValues) {
  std::vector<float> all;
  ValueStatistics statistics;
  for (auto &tensor : makeTensors(5)) {
    statistics.add(tensor);
    all.insert(all.end(), tensor.begin(), tensor.end());
  }
  const Histogram &h = statistics.histogram;
  EXPECT_LE(h.counts().size(), 2048u);
  EXPECT_GT(h.counts().size(), 1024u - 2); // else bins of half the width would do
  for (size_t i = 0; i < h.counts().size(); ++i) {
    uint64_t inside = std::count_if(all.begin(), all.end(), [&](float x) { return x >= h.low(i) && x < h.high(i); });
    EXPECT_EQ(h.counts()[i], inside) << "bin " << i;
  }
  EXPECT_EQ(statistics.min, *std::min_element(all.begin(), all.end()));
  EXPECT_EQ(statistics.max, *std::max_element(all.begin(), all.end()));
}

TEST(ValueStatistics, ExtremeValues) {
  float most = std::numeric_limits<float>::max(), least = std::numeric_limits<float>::denorm_min(),
        inf = std::numeric_limits<float>::infinity();
  ValueStatistics statistics;
  statistics.add({});
  EXPECT_EQ(statistics.count, 0u);
  statistics.add({-0.0f});
  EXPECT_FALSE(std::signbit(statistics.min));
  statistics.add({least, -least});
  EXPECT_EQ(statistics.histogram.exponent(), -149);
  EXPECT_EQ(statistics.histogram.counts().size(), 3u);
  statistics.add({most, inf, -inf, std::nanf("")});
  EXPECT_EQ(statistics.nans, 1u);
  EXPECT_EQ(statistics.infinites, 2u);
  EXPECT_EQ(statistics.count, 4u);
  EXPECT_EQ(statistics.max, most);
  statistics.add({-most});
  uint64_t total = 0;
  for (uint64_t count : statistics.histogram.counts())
    total += count;
  EXPECT_EQ(total, 5u);
  fileOf(statistics);
}

TEST(ValueStatistics, Moments) {
  ValueStatistics statistics;
  statistics.add({1, 2, 3, 4});
  statistics.add({5, 6});
  EXPECT_EQ(statistics.mean(), 3.5);
  EXPECT_DOUBLE_EQ(statistics.deviation(), std::sqrt(35.0 / 12));
}

} // namespace
