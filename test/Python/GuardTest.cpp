//===- GuardTest.cpp - work that must not end the process -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Guard.h"

#include "llvm/Support/ErrorHandling.h"

#include "gtest/gtest.h"

#include <atomic>
#include <thread>
#include <vector>

using tt::python::runGuarded;

TEST(GuardTest, RunsOnAnotherThread) {
  std::thread::id id = std::this_thread::get_id(), worker = id;
  EXPECT_EQ(runGuarded([&] { worker = std::this_thread::get_id(); }), "");
  EXPECT_NE(worker, id);
}

TEST(GuardTest, SurvivesFatalErrors) {
  bool after = false;
  EXPECT_EQ(runGuarded([&] {
              llvm::report_fatal_error("Cannot select: this");
              after = true;
            }),
            "Cannot select: this");
  EXPECT_EQ(runGuarded([] { llvm::report_bad_alloc_error("Allocation failed"); }), "Allocation failed");
  EXPECT_FALSE(after);
  EXPECT_EQ(runGuarded([&] { after = true; }), ""); // still works
  EXPECT_TRUE(after);
}

TEST(GuardTest, KeepsCallsApart) {
  std::atomic<int> good = 0, bad = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      std::string text = runGuarded([&] {
        if (i % 2)
          llvm::report_fatal_error("odd");
      });
      good += text.empty() && i % 2 == 0;
      bad += text == "odd" && i % 2 == 1;
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(good, 4);
  EXPECT_EQ(bad, 4);
}

/// More than the usual 8 MB of stack.
static int recurse(int depth) {
  volatile char frame[1024];
  frame[0] = static_cast<char>(depth);
  return depth == 0 ? 0 : recurse(depth - 1) + 1 + 0 * frame[0];
}

TEST(GuardTest, HasALargeStack) {
  int depth = 0;
  EXPECT_EQ(runGuarded([&] { depth = recurse(30000); }), "");
  EXPECT_EQ(depth, 30000);
}
