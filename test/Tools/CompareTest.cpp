//===- CompareTest.cpp - comparison of tensors ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Compare.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace tt;

namespace {

template <typename T> Tensor make(uint32_t dtype, std::vector<int64_t> dims, std::vector<T> values) {
  Tensor tensor("t", dtype, dims);
  std::copy(values.begin(), values.end(), reinterpret_cast<T *>(tensor.bytes().data()));
  return tensor;
}

Tensor floats(std::vector<float> values) {
  return make<float>(TT_FLOAT, {static_cast<int64_t>(values.size())}, values);
}

constexpr float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();

std::string difference(const Tensor &got, const Tensor &want, Tolerance tolerance = {}) {
  return compareTensors(got, want, tolerance).value_or("");
}

TEST(Compare, RelativeAndAbsoluteTolerance) {
  // |got - want| <= 1e-3 * 1000 + 1e-7
  EXPECT_EQ(difference(floats({1000.9f}), floats({1000.0f})), "");
  EXPECT_NE(difference(floats({1001.2f}), floats({1000.0f})), "");
  EXPECT_NE(difference(floats({1e-6f}), floats({0.0f})), "");
  EXPECT_EQ(difference(floats({1e-6f}), floats({0.0f}), {1e-3, 1e-5, 0}), "");
}

TEST(Compare, RangeIsThatOfTheFiniteReference) {
  // range 10, so 0.1 * 10 is allowed
  Tolerance tolerance = {0, 0, 0.1};
  EXPECT_EQ(difference(floats({0.9f, 10, inf}), floats({0, 10, inf}), tolerance), "");
  EXPECT_NE(difference(floats({1.1f, 10, inf}), floats({0, 10, inf}), tolerance), "");
}

TEST(Compare, NotANumberAndInfinity) {
  EXPECT_EQ(difference(floats({nan, inf, -inf}), floats({nan, inf, -inf})), "");
  EXPECT_NE(difference(floats({1}), floats({nan})), "");
  EXPECT_NE(difference(floats({nan}), floats({1})), "");
  EXPECT_NE(difference(floats({inf}), floats({-inf})), "");
  EXPECT_NE(difference(floats({1e30f}), floats({inf})), "");
  EXPECT_NE(difference(floats({inf}), floats({1e30f})), "");
}

TEST(Compare, SaysWhereAndHowMuch) {
  Tensor got = make<float>(TT_FLOAT, {2, 2}, {1, 2.5f, 3, 5});
  Tensor want = make<float>(TT_FLOAT, {2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(difference(got, want),
            "2 of 4 elements differ, first at [0, 1]: got 2.5, want 2; largest error 1 at [1, 1] "
            "(allowed: 1e-07 + 0.001 * |want|)");
}

TEST(Compare, IntegersAreExact) {
  Tolerance loose = {1, 100, 1};
  Tensor want = make<int64_t>(TT_INT64, {2}, {1, int64_t(1) << 60});
  Tensor got = make<int64_t>(TT_INT64, {2}, {1, (int64_t(1) << 60) + 1});
  EXPECT_EQ(difference(got, want, loose),
            "1 of 2 elements differ, first at [1]: got 1152921504606846977, want 1152921504606846976");
  EXPECT_EQ(difference(want, want, loose), "");
}

TEST(Compare, ShapesAndTypesAreExact) {
  EXPECT_EQ(difference(floats({1, 2}), make<float>(TT_FLOAT, {2, 1}, {1, 2})), "got float [2], want float [2, 1]");
  EXPECT_EQ(difference(floats({1}), make<int32_t>(TT_INT32, {1}, {1})), "got float [1], want int32 [1]");
  EXPECT_EQ(difference(floats({}), floats({})), "");
}

TEST(Compare, SmallFloats) {
  // float16 0x3c00 = 1, 0x3c01 = 1 + 2^-10; bfloat16 0x3f80 = 1
  EXPECT_EQ(floatElement(make<uint16_t>(TT_FLOAT16, {}, {0x3c01}), 0), 1 + std::ldexp(1, -10));
  EXPECT_EQ(floatElement(make<uint16_t>(TT_BFLOAT16, {}, {0x3f80}), 0), 1);
  EXPECT_EQ(make<uint16_t>(TT_FLOAT16, {}, {0xfc00}).elementText(0), "-inf");
}

TEST(Compare, BitEquality) {
  EXPECT_TRUE(bitEqual(floats({nan}), floats({nan})));
  EXPECT_FALSE(bitEqual(floats({0.0f}), floats({-0.0f})));
  EXPECT_TRUE(bitEqual(floats({}), floats({})));
}

} // namespace
