//===- SessionTest.cpp - sessions: creation, memory, outputs, errors ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"
#include "Helpers.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#ifndef __has_feature
#define __has_feature(name) 0
#endif

namespace {

TEST(SessionCreate, RejectsWrongArguments) {
  tt_session *session;
  EXPECT_EQ(tt_session_create(tt_model(), nullptr, nullptr), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(tt_session_error(nullptr), "the place for the session is a null pointer");
  EXPECT_EQ(tt_session_create(nullptr, nullptr, &session), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(tt_session_error(nullptr), "the model is a null pointer");
  EXPECT_EQ(session, nullptr);

  tt_session_options options = {};
  EXPECT_EQ(tt_session_create(tt_model(), &options, &session), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(tt_session_error(nullptr), "struct_size of the options is not set");
  options.struct_size = sizeof options;
  options.threads = 5000;
  EXPECT_EQ(tt_session_create(tt_model(), &options, &session), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(tt_session_error(nullptr), "5000 threads were asked for; at most 1024 are possible");
  options = CountingAllocator().options();
  options.deallocate = nullptr;
  EXPECT_EQ(tt_session_create(tt_model(), &options, &session), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(tt_session_error(nullptr), "the options need both allocate and deallocate, or neither");
}

TEST(SessionCreate, RejectsOtherVersion) {
  tt_model_info model = *tt_model();
  model.abi_version = 77;
  tt_session *session;
  EXPECT_EQ(tt_session_create(&model, nullptr, &session), TT_ABI_MISMATCH);
  EXPECT_STREQ(tt_session_error(nullptr),
               "the model was compiled for version 77 of the interface, this runtime has version 2");
}

TEST(SessionCreate, RejectsMissingInstructions) {
  tt_model_info model = *tt_model();
  tt_isa_info isa = model.isas[0];
  model.isas = &isa;
  isa.required_features = TT_CPU_I8MM | TT_CPU_SSE3; // of two architectures: no CPU has both
  tt_session *session;
  EXPECT_EQ(tt_session_create(&model, nullptr, &session), TT_UNSUPPORTED_CPU);
  EXPECT_STREQ(tt_session_error(nullptr),
               "the model was compiled for x86_64-linux-gnu x86-64 and needs a CPU with i8mm, which this one lacks; "
               "compile it with another --cpu");
  isa.required_features = UINT64_C(1) << 63;
  EXPECT_EQ(tt_session_create(&model, nullptr, &session), TT_UNSUPPORTED_CPU);
}

TEST(SessionCreate, FindsTheFeaturesTheCompilerFinds) {
#if defined(__x86_64__)
  uint64_t found = tt_cpu_features();
  EXPECT_EQ((found & TT_CPU_SSE42) != 0, __builtin_cpu_supports("sse4.2") != 0);
  EXPECT_EQ((found & TT_CPU_AVX2) != 0, __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ((found & TT_CPU_FMA) != 0, __builtin_cpu_supports("fma") != 0);
  EXPECT_EQ((found & TT_CPU_BMI2) != 0, __builtin_cpu_supports("bmi2") != 0);
  EXPECT_EQ((found & TT_CPU_AVX512F) != 0, __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ((found & TT_CPU_AVX512BW) != 0, __builtin_cpu_supports("avx512bw") != 0);
  EXPECT_EQ((found & TT_CPU_AVX512VNNI) != 0, __builtin_cpu_supports("avx512vnni") != 0);
#endif
}

TEST(SessionCreate, UsesAllCpusByDefault) {
  Session session(0u);
  ASSERT_NE(session.session, nullptr);
  static int64_t threads;
  session.call([](tt_context *ctx, void *) { threads = tt_rt_threads(ctx); });
  EXPECT_EQ(threads, std::min<int64_t>(tt_available_threads(), TT_MAX_THREADS));
}

// AddressSanitizer's shadow memory does not fit under a limit of the address space.
#if !defined(__SANITIZE_ADDRESS__) && !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST(SessionCreate, ThreadsThatTheSystemRefusesAreAnError) {
  pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {size_t(2) << 30, size_t(2) << 30}; // room for less than 1000 stacks
    setrlimit(RLIMIT_AS, &limit);
    Session session(1000);
    bool good = !session.session && strncmp(tt_session_error(nullptr), "cannot start 1000 threads: ", 27) == 0;
    _exit(good ? 0 : 1);
  }
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}
#endif

TEST(SessionCreate, AcceptsOptionsOfAnOlderHeader) {
  tt_session_options options = {offsetof(tt_session_options, allocate), 1, nullptr, nullptr, nullptr, nullptr};
  options.allocate = reinterpret_cast<void *(*)(void *, size_t, size_t)>(1); // behind the older struct: not read
  Session session(options);
  EXPECT_NE(session.session, nullptr);
}

TEST(SessionOutputs, AreTheSessionsWhenDataIsNull) {
  Session session;
  float x[6] = {1, 2, 3, 4, 5, 6}, y[6] = {10, 20, 30, 40, 50, 60};
  const int64_t dims[] = {2, 3};
  tt_tensor inputs[] = {floats(x, dims), floats(y, dims)}, output = {};
  ASSERT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_OK) << session.error();
  EXPECT_STREQ(session.error(), "");
  ASSERT_EQ(output.rank, 2u);
  EXPECT_EQ(output.dims[0], 2);
  EXPECT_EQ(output.dims[1], 3);
  EXPECT_EQ(output.dtype, TT_FLOAT);
  EXPECT_EQ(output.bytes, 24u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(output.data) % 64, 0u);
  EXPECT_EQ(static_cast<float *>(output.data)[5], 66);

  // The same struct again, for another size.
  const int64_t more[] = {100, 3};
  std::vector<float> big(300, 1.0f);
  inputs[0] = inputs[1] = floats(big.data(), more);
  ASSERT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_OK) << session.error();
  EXPECT_EQ(output.dims[0], 100);
  EXPECT_EQ(static_cast<float *>(output.data)[299], 2);
}

TEST(SessionOutputs, CanBeInputsOfTheNextRun) {
  Session session;
  const int64_t dims[] = {3};
  float start[] = {0, 10, 20};
  tt_tensor state = floats(start, dims), output = {};
  for (int i = 0; i < 3; ++i) {
    ASSERT_EQ(tt_session_run(session.session, Next, &state, 1, &output, 1), TT_OK) << session.error();
    state = output;
  }
  // Three reversals, each adds 1.
  const float *result = static_cast<const float *>(output.data);
  EXPECT_EQ(result[0], 23);
  EXPECT_EQ(result[1], 13);
  EXPECT_EQ(result[2], 3);
}

TEST(SessionOutputs, AreTheCallersWithDims) {
  Session session;
  float x[3] = {1, 2, 3}, z[6] = {};
  const int64_t one[] = {1, 3}, two[] = {2, 3};
  tt_tensor inputs[] = {floats(x, one), floats(x, one)}, output = floats(z, one);
  ASSERT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_OK) << session.error();
  EXPECT_EQ(z[2], 6);
  EXPECT_EQ(output.data, z);
  output = floats(z, two);
  EXPECT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(session.error(), "output 'z' has shape 1x3 in this run, but the buffer is for 2x3");
}

TEST(SessionOutputs, AreTheCallersWithCapacity) {
  Session session;
  float x[6] = {1, 2, 3, 4, 5, 6}, z[6] = {};
  const int64_t one[] = {1, 3}, two[] = {2, 3};
  tt_tensor small[] = {floats(x, one), floats(x, one)}, large[] = {floats(x, two), floats(x, two)};
  tt_tensor output = {z, nullptr, 0, TT_FLOAT, 20};
  ASSERT_EQ(tt_session_run(session.session, Add, small, 2, &output, 1), TT_OK) << session.error();
  EXPECT_EQ(output.dims[0], 1);
  EXPECT_EQ(tt_session_run(session.session, Add, large, 2, &output, 1), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(session.error(), "output 'z' has shape 2x3 in this run and needs 24 bytes, but its buffer has 20");
  EXPECT_EQ(output.data, z);
  output.bytes = 24;
  ASSERT_EQ(tt_session_run(session.session, Add, large, 2, &output, 1), TT_OK) << session.error();
  EXPECT_EQ(output.dims[0], 2);
}

TEST(SessionOutputs, MayBeEmpty) {
  Session session;
  const int64_t none[] = {0, 3};
  tt_tensor inputs[] = {floats(nullptr, none), floats(nullptr, none)}, output = {};
  ASSERT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_OK) << session.error();
  EXPECT_EQ(output.dims[0], 0);
  EXPECT_EQ(output.bytes, 0u);
  EXPECT_NE(output.data, nullptr);
}

TEST(SessionMemory, ArenaGrowsAndIsKept) {
  CountingAllocator allocator;
  {
    Session session(allocator.options());
    static void *first, *second, *third;
    ASSERT_EQ(session.call([](tt_context *ctx, void *) {
      first = tt_rt_arena(ctx, 1000);
      second = tt_rt_arena(ctx, 500);
      third = tt_rt_arena(ctx, 16 << 20);
      static_cast<char *>(third)[(16 << 20) - 1] = 1;
    }),
              TT_OK);
    EXPECT_EQ(first, second);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(first) % 64, 0u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(third) % (2 << 20), 0u);
    size_t calls = allocator.calls;
    ASSERT_EQ(session.call([](tt_context *ctx, void *) { tt_rt_arena(ctx, 16 << 20); }), TT_OK);
    EXPECT_EQ(allocator.calls, calls);
    EXPECT_EQ(allocator.live, size_t(16 << 20));
  }
  EXPECT_EQ(allocator.live, 0u);
}

TEST(SessionMemory, RunAllocationsEndWithTheRun) {
  CountingAllocator allocator;
  Session session(allocator.options());
  auto allocateThree = [](tt_context *ctx, void *) {
    for (int i = 0; i < 3; ++i) {
      void *data = tt_rt_alloc(ctx, 100);
      EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 64, 0u);
      memset(data, 1, 100);
    }
    EXPECT_GE(static_cast<CountingAllocator *>(behaviourUser)->live, 300u);
  };
  ASSERT_EQ(session.call(allocateThree, &allocator), TT_OK);
  EXPECT_EQ(allocator.live, 0u);
  EXPECT_EQ(session.call([](tt_context *ctx, void *) {
    tt_rt_alloc(ctx, 100);
    tt_rt_fail(ctx, "on purpose");
  }),
            TT_RUN_FAILED);
  EXPECT_EQ(allocator.live, 0u);
}

TEST(SessionMemory, OutOfMemoryIsAnError) {
  CountingAllocator allocator;
  Session session(allocator.options());
  allocator.limit = 1 << 20;
  auto arena = [](tt_context *ctx, void *) { tt_rt_arena(ctx, 2 << 20); };
  EXPECT_EQ(session.call(arena), TT_OUT_OF_MEMORY);
  EXPECT_STREQ(session.error(), "out of memory: the arena needs 2097152 bytes");
  EXPECT_EQ(session.call([](tt_context *ctx, void *) { tt_rt_alloc(ctx, INT64_MAX); }), TT_OUT_OF_MEMORY);
  EXPECT_STREQ(session.error(), "out of memory: a buffer of this run needs 9223372036854775807 bytes");
  auto output = [](tt_context *ctx, void *) {
    int64_t size = 1 << 20;
    tt_rt_output(ctx, 0, 1, &size);
  };
  EXPECT_EQ(session.call(output), TT_OUT_OF_MEMORY);
  EXPECT_STREQ(session.error(), "out of memory: output 'out' needs 8388608 bytes");
  allocator.limit = SIZE_MAX;
  EXPECT_EQ(session.call(arena), TT_OK);
  EXPECT_EQ(session.call(output), TT_OK);
}

TEST(SessionMemory, ImpossibleOutputShapeIsAnError) {
  Session session;
  EXPECT_EQ(session.call([](tt_context *ctx, void *) {
    int64_t size = -5;
    tt_rt_output(ctx, 0, 1, &size);
  }),
            TT_RUN_FAILED);
  EXPECT_STREQ(session.error(), "output 'out': ? is not a possible shape");
}

TEST(SessionErrors, FailUnwindsAndTheSessionLivesOn) {
  Session session;
  static int reached;
  reached = 0;
  auto fails = [](tt_context *ctx, void *) {
    reached = 1;
    tt_rt_fail(ctx, "onnx node 'gather': index 7 is out of range");
    reached = 2;
  };
  EXPECT_EQ(session.call(fails), TT_RUN_FAILED);
  EXPECT_EQ(reached, 1);
  EXPECT_STREQ(session.error(), "onnx node 'gather': index 7 is out of range");
  auto findsSizes = [](tt_context *ctx, void *) { tt_rt_fail_found(ctx, "onnx node 'add': needs equal sizes", 3, -4); };
  EXPECT_EQ(session.call(findsSizes), TT_RUN_FAILED);
  EXPECT_STREQ(session.error(), "onnx node 'add': needs equal sizes, but found 3 and -4");
  EXPECT_EQ(session.call([](tt_context *, void *) {}), TT_OK);
  EXPECT_STREQ(session.error(), "");
}

TEST(SessionErrors, NullSessionAndUnknownEntry) {
  EXPECT_EQ(tt_session_run(nullptr, 0, nullptr, 0, nullptr, 0), TT_INVALID_ARGUMENT);
  Session session;
  EXPECT_EQ(tt_session_run(session.session, 9, nullptr, 0, nullptr, 0), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(session.error(), "entry 9 does not exist: the model has 3");
  tt_session_free(nullptr);
}

TEST(SessionErrors, EveryStatusHasAText) {
  for (int status = TT_OK; status <= TT_ABI_MISMATCH; ++status)
    EXPECT_STRNE(tt_status_text(static_cast<tt_status>(status)), "unknown status");
}

TEST(SessionConcurrency, SecondRunOfOneSessionIsBusy) {
  Session session;
  static std::atomic<int> stage;
  stage = 0;
  std::thread other([&] {
    EXPECT_EQ(session.call([](tt_context *, void *) {
      stage = 1;
      while (stage != 2)
        std::this_thread::yield();
    }),
              TT_OK);
  });
  while (stage != 1)
    std::this_thread::yield();
  EXPECT_EQ(session.call([](tt_context *, void *) { ADD_FAILURE() << "ran"; }), TT_BUSY);
  stage = 2;
  other.join();
  EXPECT_EQ(session.call([](tt_context *, void *) {}), TT_OK);
}

TEST(SessionConcurrency, SessionsOfOneModelAreIndependent) {
  auto work = [](float offset) {
    Session session(2);
    const int64_t dims[] = {64, 3};
    std::vector<float> x(192, offset), z(192);
    tt_tensor inputs[] = {floats(x.data(), dims), floats(x.data(), dims)}, output = floats(z.data(), dims);
    for (int run = 0; run < 300; ++run) {
      std::fill(z.begin(), z.end(), -1.0f);
      ASSERT_EQ(tt_session_run(session.session, Add, inputs, 2, &output, 1), TT_OK) << session.error();
      for (float value : z)
        ASSERT_EQ(value, 2 * offset);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 1; i <= 4; ++i)
    threads.emplace_back(work, static_cast<float>(i));
  for (std::thread &thread : threads)
    thread.join();
}

} // namespace
