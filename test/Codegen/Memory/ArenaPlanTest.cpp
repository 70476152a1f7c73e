//===- ArenaPlanTest.cpp - where buffers of known lifetime lie ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ArenaPlan.h"

#include <gtest/gtest.h>
#include <random>

using namespace tt;

TEST(PlanOffsets, NothingNeedsNothing) {
  int64_t total = -1;
  EXPECT_TRUE(planOffsets({}, {}, total).empty());
  EXPECT_EQ(total, 0);
}

TEST(PlanOffsets, ChainTakesTwoPlaces) {
  // Each buffer is read when the next is written.
  int64_t total;
  auto offsets = planOffsets({256, 256, 256, 256}, {{0, 1}, {1, 2}, {2, 3}, {3, 4}}, total);
  EXPECT_EQ(total, 512);
  EXPECT_EQ(offsets[0], offsets[2]);
  EXPECT_EQ(offsets[1], offsets[3]);
}

TEST(PlanOffsets, SmallBufferFillsAGap) {
  // 1000 and 200 bytes side by side; when the large one is dead, two of 500 take its place.
  int64_t total;
  planOffsets({1000, 200, 500, 500}, {{0, 1}, {0, 5}, {2, 5}, {2, 5}}, total);
  EXPECT_LE(total, 1024 + 256);
}

TEST(PlanOffsets, NeverOverlapsInTimeAndSpace) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    llvm::SmallVector<int64_t> sizes;
    llvm::SmallVector<Lifetime> lifetimes;
    for (int i = 0; i < 30; ++i) {
      sizes.push_back(1 + random() % 1000);
      int64_t first = random() % 40;
      lifetimes.push_back({first, first + static_cast<int64_t>(random() % 8)});
    }
    int64_t total, sum = 0;
    auto offsets = planOffsets(sizes, lifetimes, total);
    for (size_t i = 0; i < sizes.size(); ++i) {
      EXPECT_EQ(offsets[i] % 64, 0);
      EXPECT_LE(offsets[i] + sizes[i], total);
      sum += (sizes[i] + 63) / 64 * 64;
      for (size_t j = 0; j < i; ++j)
        EXPECT_TRUE(!lifetimes[i].overlaps(lifetimes[j]) || offsets[i] + sizes[i] <= offsets[j] ||
                    offsets[j] + sizes[j] <= offsets[i]);
    }
    EXPECT_LE(total, sum);
  }
}

TEST(PlanSlots, SharesWithinAKindOnly) {
  int64_t numSlots;
  auto slots = planSlots({0, 1, 0, 0}, {{0, 1}, {2, 3}, {2, 3}, {3, 4}}, numSlots);
  EXPECT_EQ(numSlots, 3);
  EXPECT_EQ(slots[0], slots[2]);
  EXPECT_NE(slots[1], slots[0]);
  EXPECT_NE(slots[3], slots[2]);
}
