//===- ForkedJobsTest.cpp - jobs that crash, hang and return --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ForkedJobs.h"

#include "gtest/gtest.h"

#include <chrono>
#include <csignal>
#include <unistd.h>
#include <vector>

using namespace tt;

namespace {

std::vector<JobResult> run(unsigned count, unsigned parallel, unsigned timeout,
                           llvm::function_ref<std::string(unsigned, const JobProgress &)> job) {
  std::vector<JobResult> results;
  runForkedJobs(count, parallel, timeout, job, [&](unsigned i, const JobResult &result) {
    EXPECT_EQ(i, results.size()); // in order
    results.push_back(result);
  });
  EXPECT_EQ(results.size(), count);
  return results;
}

TEST(ForkedJobs, ReturnInOrder) {
  auto results = run(20, 3, 60, [](unsigned i, const JobProgress &) {
    usleep((20 - i) * 1000); // later ones end earlier
    return std::string(i * 1000, 'x') + "+\n=";
  });
  for (unsigned i = 0; i < 20; ++i) {
    EXPECT_TRUE(results[i].returned);
    EXPECT_EQ(results[i].text, std::string(i * 1000, 'x') + "+\n=");
  }
}

TEST(ForkedJobs, NoJobs) {
  EXPECT_TRUE(run(0, 2, 1, [](unsigned, const JobProgress &) { return std::string(); }).empty());
}

TEST(ForkedJobs, CrashTellsPhaseAndFirstErrorLine) {
  auto results = run(3, 1, 60, [](unsigned i, const JobProgress &progress) -> std::string {
    progress("reading");
    progress("compiling");
    if (i == 0) {
      fprintf(stderr, "LLVM ERROR: out of registers\nmore\n");
      fflush(stderr);
      signal(SIGABRT, SIG_DFL);
      raise(SIGKILL);
    }
    if (i == 1)
      _exit(7);
    return "good";
  });
  EXPECT_FALSE(results[0].returned);
  EXPECT_EQ(results[0].text, "killed by signal 9 (Killed) while compiling: LLVM ERROR: out of registers");
  EXPECT_FALSE(results[1].returned);
  EXPECT_EQ(results[1].text, "exit status 7 while compiling");
  EXPECT_TRUE(results[2].returned);
  EXPECT_EQ(results[2].text, "good");
}

TEST(ForkedJobs, HangingJobsAreKilledWithTheirChildren) {
  auto start = std::chrono::steady_clock::now();
  auto results = run(2, 2, 1, [](unsigned i, const JobProgress &progress) -> std::string {
    progress("running");
    if (i == 0 && fork() >= 0)
      pause();
    return "good";
  });
  EXPECT_FALSE(results[0].returned);
  EXPECT_EQ(results[0].text, "no result after 1 s while running");
  EXPECT_TRUE(results[1].returned);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

} // namespace
