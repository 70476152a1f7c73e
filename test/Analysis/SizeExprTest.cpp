//===- SizeExprTest.cpp - polynomials over unknown sizes ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/SizeExpr.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

using tt::SizeExpr;

namespace {

const SizeExpr n = SizeExpr::symbol(0), m = SizeExpr::symbol(1);
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

TEST(SizeExpr, Constants) {
  EXPECT_EQ(SizeExpr(0).getConstant(), 0);
  EXPECT_EQ(SizeExpr(7).getConstant(), 7);
  EXPECT_FALSE(n.getConstant());
  EXPECT_EQ(n.getSymbol(), 0u);
  EXPECT_FALSE(SizeExpr(7).getSymbol());
  EXPECT_FALSE(SizeExpr::multiply(n, 2)->getSymbol());
}

TEST(SizeExpr, SumsCancel) {
  SizeExpr sum = *SizeExpr::add(n, 5);
  EXPECT_EQ(SizeExpr::subtract(sum, n), SizeExpr(5));
  EXPECT_EQ(SizeExpr::subtract(sum, sum), SizeExpr(0));
  EXPECT_EQ(SizeExpr::subtract(n, n)->getConstant(), 0);
}

TEST(SizeExpr, ProductsCommute) {
  EXPECT_EQ(SizeExpr::multiply(n, m), SizeExpr::multiply(m, n));
  // (n + 1)(m - 1) = nm - n + m - 1
  SizeExpr product = *SizeExpr::multiply(*SizeExpr::add(n, 1), *SizeExpr::subtract(m, 1));
  EXPECT_EQ(product.getTerms().size(), 4u);
}

TEST(SizeExpr, ExactQuotients) {
  // 768 n m / (64 n) = 12 m
  SizeExpr total = *SizeExpr::multiply(*SizeExpr::multiply(n, m), 768);
  EXPECT_EQ(SizeExpr::divide(total, *SizeExpr::multiply(n, 64)), SizeExpr::multiply(m, 12));
  // 6 (n + 1) m / (n + 1) = 6 m
  SizeExpr next = *SizeExpr::add(n, 1);
  EXPECT_EQ(SizeExpr::divide(*SizeExpr::multiply(*SizeExpr::multiply(next, m), 6), next), SizeExpr::multiply(m, 6));
  EXPECT_EQ(SizeExpr::divide(next, next), SizeExpr(1));
  EXPECT_EQ(SizeExpr::divide(0, n), SizeExpr(0));
}

TEST(SizeExpr, NoQuotient) {
  EXPECT_FALSE(SizeExpr::divide(n, m));
  EXPECT_FALSE(SizeExpr::divide(n, 2));
  EXPECT_FALSE(SizeExpr::divide(n, 0));
  EXPECT_FALSE(SizeExpr::divide(*SizeExpr::add(n, 1), n));
  EXPECT_FALSE(SizeExpr::divide(std::numeric_limits<int64_t>::min(), -1));
}

TEST(SizeExpr, OverflowGivesNothing) {
  EXPECT_FALSE(SizeExpr::add(kMax, 1));
  EXPECT_FALSE(SizeExpr::multiply(kMax, 2));
  EXPECT_FALSE(SizeExpr::multiply(*SizeExpr::multiply(n, kMax), 2));
  EXPECT_FALSE(SizeExpr::subtract(0, std::numeric_limits<int64_t>::min()));
}

TEST(SizeExpr, StaysSmall) {
  SizeExpr sum = 1;
  for (unsigned i = 0; i < SizeExpr::kMaxTerms - 1; ++i)
    sum = *SizeExpr::add(sum, SizeExpr::symbol(i));
  EXPECT_FALSE(SizeExpr::add(sum, SizeExpr::symbol(100)));
  EXPECT_FALSE(SizeExpr::multiply(sum, sum));
}

} // namespace
