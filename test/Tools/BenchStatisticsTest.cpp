//===- BenchStatisticsTest.cpp - statistics of benchmarks -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/BenchStatistics.h"
#include "tt/Tools/BenchInputs.h"
#include "tt/Tools/LoadedModel.h"

#include "gtest/gtest.h"

#include <cstring>
#include <set>

using namespace tt;

namespace {

TEST(BenchStatistics, PercentilesAreLinearBetweenSamples) {
  // Sorted 1 2 4 8: percentile p lies at position 3 * p / 100. 50: 1.5, halfway from 2 to 4; 90: 2.7, 4 + 0.7 * 4;
  // 99: 2.97, 4 + 0.97 * 4. So does numpy.percentile([8, 1, 4, 2], [50, 90, 99]).
  std::vector<double> samples = {8, 1, 4, 2};
  EXPECT_DOUBLE_EQ(percentile(samples, 0), 1);
  EXPECT_DOUBLE_EQ(percentile(samples, 50), 3);
  EXPECT_NEAR(percentile(samples, 90), 6.8, 1e-12);
  EXPECT_NEAR(percentile(samples, 99), 7.88, 1e-12);
  EXPECT_DOUBLE_EQ(percentile(samples, 100), 8);
  EXPECT_DOUBLE_EQ(percentile({5}, 99), 5);
}

TEST(BenchStatistics, SummaryOfSamples) {
  Summary summary = summarize({3, 1, 2});
  EXPECT_DOUBLE_EQ(summary.mean, 2);
  EXPECT_DOUBLE_EQ(summary.min, 1);
  EXPECT_DOUBLE_EQ(summary.p50, 2);
  EXPECT_NEAR(summary.p90, 2.8, 1e-12); // position 1.8
  EXPECT_DOUBLE_EQ(summary.max, 3);
}

TEST(BenchStatistics, RandomIsSplitMix64) {
  // The first outputs for the seed 1234567 in the reference implementation of Vigna (splitmix64.c).
  BenchRandom random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  for (int i = 0; i < 1000; ++i)
    EXPECT_LT(random.below(7), 7u);
}

TEST(BenchStatistics, ConstantRatioHasNoWidth) {
  // Every pair has the ratio 0.5 and every sample is equal, so every resample has this ratio of medians.
  std::vector<double> a(40, 1), b(40, 2);
  Ratio ratio = bootstrapRatio(a, b, 1);
  EXPECT_DOUBLE_EQ(ratio.value, 0.5);
  EXPECT_DOUBLE_EQ(ratio.low, 0.5);
  EXPECT_DOUBLE_EQ(ratio.high, 0.5);
  EXPECT_FALSE(ratio.isDraw());
}

TEST(BenchStatistics, EqualSidesAreADraw) {
  std::vector<double> a, b;
  BenchRandom random(3);
  for (int i = 0; i < 200; ++i) {
    a.push_back(1000 + random.below(100));
    b.push_back(1000 + random.below(100));
  }
  Ratio ratio = bootstrapRatio(a, b, 1);
  EXPECT_TRUE(ratio.isDraw()) << ratio.low << " " << ratio.high;
  EXPECT_GT(ratio.low, 0.95);
  EXPECT_LT(ratio.high, 1.05);
  // The same seed gives the same interval.
  EXPECT_EQ(bootstrapRatio(a, b, 1).low, ratio.low);
}

TEST(BenchStatistics, IntervalOfAMedianHasTheKnownWidth) {
  // The median of n uniform numbers on [0, 1) has the standard deviation 1 / (2 sqrt(n)) (asymptotically). For
  // b = 100 + U and a constant a = 1 the ratio's is 1 / (2 sqrt(n)) / 100.5^2, and the 95 % interval 2 * 1.96 of them
  // wide.
  std::vector<double> a, b;
  BenchRandom random(5);
  for (int i = 0; i < 1000; ++i) {
    a.push_back(1);
    b.push_back(100 + static_cast<double>(random.next() >> 11) * 0x1p-53);
  }
  Ratio ratio = bootstrapRatio(a, b, 9);
  double expected = 2 * 1.96 / (2 * 31.6227766) / (100.5 * 100.5);
  EXPECT_GT(ratio.high - ratio.low, 0.6 * expected);
  EXPECT_LT(ratio.high - ratio.low, 1.6 * expected);
}

TEST(BenchStatistics, SlowPhasesWidenTheInterval) {
  // One side has a slow phase of 48 neighbouring samples of 100. In random order the same samples are independent; in a
  // phase they count for less, so the interval must not get narrower.
  std::vector<double> a(100, 1), b(100, 1);
  for (int i = 0; i < 48; ++i)
    a[i] = 2;
  Ratio ratio = bootstrapRatio(a, b, 1);
  EXPECT_DOUBLE_EQ(ratio.value, 1);
  EXPECT_TRUE(ratio.isDraw());
  EXPECT_DOUBLE_EQ(ratio.high, 2);
}

TEST(BenchStatistics, TwoPercentAreSeen) {
  std::vector<double> a, b;
  BenchRandom random(11);
  for (int i = 0; i < 300; ++i) {
    a.push_back(1000 + random.below(20));
    b.push_back(1020 + random.below(20));
  }
  Ratio ratio = bootstrapRatio(a, b, 1);
  EXPECT_FALSE(ratio.isDraw());
  EXPECT_NEAR(ratio.value, 1010.0 / 1030.0, 0.005);
}

//===- Inputs ----------------------------------------------------------------------------------------------------===//

struct InputsTest : testing::Test {
  int64_t dims[2] = {-1, 64};
  const char *names[2] = {"batch", nullptr};
  tt_value_info info(const char *name, uint32_t dtype) {
    tt_value_info value = {};
    value.name = name;
    value.dtype = dtype;
    value.rank = 2;
    value.dims = dims;
    value.dim_names = names;
    return value;
  }
};

TEST_F(InputsTest, RandomValuesFitTheirTypes) {
  tt_value_info infos[] = {info("real", TT_FLOAT), info("half", TT_FLOAT16), info("token", TT_INT64),
                           info("pixel", TT_UINT8), info("mask", TT_BOOL)};
  tt_entry_info entry = {};
  entry.inputs = infos;
  entry.num_inputs = 5;
  InputOptions options;
  options.sizes["batch"] = 3;
  auto inputs = makeInputs(entry, options);
  ASSERT_TRUE(static_cast<bool>(inputs)) << llvm::toString(inputs.takeError());
  for (Tensor &input : *inputs)
    EXPECT_EQ(input.dims, llvm::ArrayRef<int64_t>({3, 64}));
  std::set<double> reals;
  for (int64_t i = 0; i < 192; ++i) {
    for (int which : {0, 1}) {
      double real = floatElement((*inputs)[which], i);
      EXPECT_TRUE(real >= -1 && real < 1 && real * 128 == static_cast<int>(real * 128)) << real;
    }
    reals.insert(floatElement((*inputs)[0], i));
    int64_t token;
    memcpy(&token, (*inputs)[2].bytes().data() + 8 * i, 8);
    EXPECT_TRUE(token == 0 || token == 1);
    EXPECT_GE((*inputs)[3].bytes()[i], 0);
    EXPECT_TRUE((*inputs)[4].bytes()[i] == 0 || (*inputs)[4].bytes()[i] == 1);
  }
  EXPECT_GT(reals.size(), 50u);
  // The same seed gives the same inputs, another one others.
  auto again = makeInputs(entry, options);
  ASSERT_TRUE(static_cast<bool>(again));
  EXPECT_TRUE((*again)[0].bytes() == (*inputs)[0].bytes());
  options.seed = 8;
  auto other = makeInputs(entry, options);
  ASSERT_TRUE(static_cast<bool>(other));
  EXPECT_FALSE((*other)[0].bytes() == (*inputs)[0].bytes());
}

TEST_F(InputsTest, UnknownSizesAreErrors) {
  tt_value_info infos[] = {info("x", TT_FLOAT)};
  tt_entry_info entry = {};
  entry.inputs = infos;
  entry.num_inputs = 1;
  auto inputs = makeInputs(entry, {});
  ASSERT_FALSE(static_cast<bool>(inputs));
  EXPECT_EQ(llvm::toString(inputs.takeError()), "input 'x' is float [batch, 64]: give its size with --dim batch=N");
  names[0] = nullptr;
  inputs = makeInputs(entry, {});
  ASSERT_FALSE(static_cast<bool>(inputs));
  EXPECT_EQ(llvm::toString(inputs.takeError()),
            "input 'x' is float [?, 64]: size 0 has no name, so give the input with --input x=FILE");
}

TEST_F(InputsTest, SizesOnTheCommandLine) {
  llvm::StringMap<int64_t> sizes;
  EXPECT_FALSE(static_cast<bool>(parseSize("batch=8", sizes)));
  EXPECT_EQ(sizes["batch"], 8);
  for (const char *bad : {"batch", "batch=", "=3", "batch=-1", "batch=x"})
    EXPECT_NE(llvm::toString(parseSize(bad, sizes)), "") << bad;
}

} // namespace
