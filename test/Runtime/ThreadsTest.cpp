//===- ThreadsTest.cpp - parallel loops -----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include "gtest/gtest.h"

#include <atomic>
#include <cstring>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr int64_t maxChunks = 2000;

struct Loop {
  int64_t count = 0;
  int repeat = 1;
  useconds_t pause = 0;
  std::atomic<int> done[maxChunks] = {};
  std::atomic<int> wrongThread{0};
};

void countChunk(tt_context *ctx, void *args, int64_t chunk, int64_t thread) {
  auto *loop = static_cast<Loop *>(args);
  loop->done[chunk]++;
  if (thread < 0 || thread >= tt_rt_threads(ctx))
    loop->wrongThread++;
}

void runLoop(tt_context *ctx, void *user) {
  auto *loop = static_cast<Loop *>(user);
  for (int i = 0; i < loop->repeat; ++i) {
    tt_rt_parallel_for(ctx, countChunk, loop, loop->count);
    if (loop->pause)
      usleep(loop->pause);
  }
}

class ParallelFor : public ::testing::TestWithParam<uint32_t> {};

TEST_P(ParallelFor, RunsEveryChunkOnce) {
  Session session(GetParam());
  ASSERT_NE(session.session, nullptr) << tt_session_error(nullptr);
  for (int64_t count : {0, 1, 2, 3, 7, 64, 2000}) {
    Loop loop;
    loop.count = count;
    ASSERT_EQ(session.call(runLoop, &loop), TT_OK);
    for (int64_t i = 0; i < maxChunks; ++i)
      ASSERT_EQ(loop.done[i], i < count ? 1 : 0) << "chunk " << i << " of " << count;
    EXPECT_EQ(loop.wrongThread, 0);
  }
}

TEST_P(ParallelFor, ManyShortLoops) {
  Session session(GetParam());
  Loop loop;
  loop.count = 3;
  loop.repeat = 5000;
  ASSERT_EQ(session.call(runLoop, &loop), TT_OK);
  for (int64_t i = 0; i < 3; ++i)
    EXPECT_EQ(loop.done[i], 5000);
}

TEST_P(ParallelFor, WakesSleepingWorkers) {
  Session session(GetParam());
  Loop loop;
  loop.count = 16;
  loop.repeat = 20;
  loop.pause = 3000; // longer than the workers spin
  ASSERT_EQ(session.call(runLoop, &loop), TT_OK);
  for (int64_t i = 0; i < 16; ++i)
    EXPECT_EQ(loop.done[i], 20);
}

TEST_P(ParallelFor, NestedLoopsAreSerialOnTheirThread) {
  Session session(GetParam());
  static std::atomic<int> inner, moved;
  inner = moved = 0;
  auto outerBody = [](tt_context *ctx, void *, int64_t, int64_t thread) {
    auto innerBody = [](tt_context *, void *args, int64_t, int64_t innerThread) {
      inner++;
      moved += *static_cast<int64_t *>(args) != innerThread;
    };
    tt_rt_parallel_for(ctx, innerBody, &thread, 10);
  };
  static void (*body)(tt_context *, void *, int64_t, int64_t) = outerBody;
  ASSERT_EQ(session.call([](tt_context *ctx, void *) { tt_rt_parallel_for(ctx, body, nullptr, 50); }), TT_OK);
  EXPECT_EQ(inner, 500);
  EXPECT_EQ(moved, 0);
}

TEST_P(ParallelFor, FailureIsRecordedAndUnwindsAtTheEnd) {
  Session session(GetParam());
  static std::atomic<int> chunks, after;
  chunks = after = 0;
  auto fails = [](tt_context *ctx, void *) {
    auto body = [](tt_context *inner, void *, int64_t chunk, int64_t) {
      if (chunk == 5)
        tt_rt_fail(inner, "onnx node 'gather': index 7 is out of range");
      chunks++; // reached by every chunk: failing returns
    };
    tt_rt_parallel_for(ctx, body, nullptr, 20);
    after++;
  };
  EXPECT_EQ(session.call(fails), TT_RUN_FAILED);
  EXPECT_STREQ(session.error(), "onnx node 'gather': index 7 is out of range");
  EXPECT_EQ(chunks, 20);
  EXPECT_EQ(after, 0);
  Loop loop;
  loop.count = 8;
  EXPECT_EQ(session.call(runLoop, &loop), TT_OK);
}

TEST_P(ParallelFor, ManyFailuresAtOnceGiveOneMessage) {
  Session session(GetParam());
  const int64_t dims[] = {500, 3};
  std::vector<float> x(1500, -1.0f);
  tt_tensor inputs[] = {floats(x.data(), dims), floats(x.data(), dims)}, output = {};
  EXPECT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_RUN_FAILED);
  EXPECT_STREQ(session.error(), "onnx node 'add': the first element of a row is negative");
  EXPECT_EQ(output.data, nullptr);
}

TEST_P(ParallelFor, SessionsComeAndGo) {
  for (int i = 0; i < 50; ++i) {
    Session session(GetParam());
    Loop loop;
    loop.count = i % 4;
    ASSERT_EQ(session.call(runLoop, &loop), TT_OK);
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelFor, ::testing::Values(1, 2, 3, 8));

TEST(ParallelForWork, IsShared) {
  // Chunk 0 waits until another thread has started chunk 1.
  Session session(2);
  static std::atomic<bool> second;
  second = false;
  auto waits = [](tt_context *ctx, void *) {
    auto body = [](tt_context *, void *, int64_t chunk, int64_t) {
      if (chunk == 1)
        second = true;
      while (!second)
        std::this_thread::yield();
    };
    tt_rt_parallel_for(ctx, body, nullptr, 2);
  };
  EXPECT_EQ(session.call(waits), TT_OK);
}

} // namespace
