//===- ProfileTest.cpp - probes and the file they end in ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "gtest/gtest.h"

#include <string>
#include <unistd.h>

using namespace llvm;

namespace {

const tt_probe_node nodes[] = {{"a \"quoted\"", "conv"}, {"b", ""}};
// A leaf, a loop, a leaf in it.
const tt_probe_info probes[] = {{"a+b", "k_a", "kernel", 2, nodes, -1, 0},
                                {"loop", "k_for", "kernel", 0, nullptr, -1, 1},
                                {"inside", "linalg.add", "op", 1, &nodes[1], 1, 0}};
const tt_probe_buffer buffers[] = {{"a", 0, 2}};
const tt_profile_info info = {"kernel", "a test", 3, 1, probes, buffers};

struct Script {
  int iterations = 3;
  int64_t chunks = 0; // of a parallel loop in the first leaf
  bool fail = false;
};

void pauseChunk(tt_context *, void *, int64_t, int64_t) { usleep(200); }

void nothing(tt_context *, void *, int64_t, int64_t) {}

void runScript(tt_context *ctx, void *user) {
  auto *script = static_cast<Script *>(user);
  tt_rt_profile_begin(ctx, &info);
  if (script->chunks)
    tt_rt_profile_parallel_for(ctx, pauseChunk, nullptr, script->chunks);
  if (script->fail)
    tt_rt_fail(ctx, "as the script says");
  usleep(1000);
  tt_rt_probe(ctx, 0, 10, 20, 30);
  tt_rt_probe_enter(ctx, 1);
  for (int i = 0; i < script->iterations; ++i) {
    tt_rt_profile_parallel_for(ctx, nothing, nullptr, 1);
    tt_rt_probe(ctx, 2, 1, 2, 3);
  }
  tt_rt_probe_leave(ctx, 1);
  tt_rt_profile_end(ctx);
  tt_rt_probe_buffer(ctx, 0, 64, 128);
}

class Profile : public ::testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(sys::fs::createTemporaryFile("profile", "json", path)); }
  void TearDown() override { sys::fs::remove(path); }

  json::Value read() {
    auto file = MemoryBuffer::getFile(path);
    auto value = file ? json::parse((*file)->getBuffer()) : json::Value(nullptr);
    EXPECT_TRUE(static_cast<bool>(value)) << toString(value.takeError());
    return value ? std::move(*value) : json::Value(nullptr);
  }
  json::Object write(Session &session) {
    EXPECT_EQ(tt_session_profile_write(session.session, path.c_str()), TT_OK) << session.error();
    json::Value value = read();
    return value.getAsObject() ? std::move(*value.getAsObject()) : json::Object();
  }
  static const json::Object &probe(const json::Object &profile, size_t index) {
    return *(*profile.getArray("probes"))[index].getAsObject();
  }

  SmallString<128> path;
};

TEST_F(Profile, CountsPassesWorkAndTime) {
  Session session(1);
  Script script;
  for (int run = 0; run < 2; ++run)
    ASSERT_EQ(session.call(runScript, &script), TT_OK);
  json::Object profile = write(session);
  EXPECT_EQ(profile.getInteger("tt_profile"), 1);
  EXPECT_EQ(profile.getObject("run")->getInteger("calls"), 2);
  const json::Object &leaf = probe(profile, 0), &loop = probe(profile, 1), &inside = probe(profile, 2);
  EXPECT_EQ(leaf.getInteger("calls"), 2);
  EXPECT_EQ(leaf.getInteger("flops"), 20);
  EXPECT_EQ(leaf.getInteger("bytes_read"), 40);
  EXPECT_EQ(leaf.getInteger("bytes_written"), 60);
  EXPECT_EQ((*leaf.getArray("ops"))[0].getAsObject()->getString("name"), "a \"quoted\"");
  EXPECT_GE(*leaf.getNumber("min_ns"), 0.99e6);
  EXPECT_LE(*leaf.getNumber("ns"), static_cast<double>(*profile.getObject("run")->getInteger("wall_ns")) * 1.01);
  EXPECT_EQ(inside.getInteger("calls"), 6);
  EXPECT_EQ(inside.getInteger("parent"), 1);
  EXPECT_EQ(inside.getBoolean("leaf"), true);
  EXPECT_EQ(inside.getBoolean("parallel"), false); // a loop of one chunk
  // A container has the work of its children and is passed once per run.
  EXPECT_EQ(loop.getInteger("calls"), 2);
  EXPECT_EQ(loop.getInteger("flops"), 6);
  EXPECT_EQ(loop.getInteger("bytes_written"), 18);
  EXPECT_EQ(loop.getBoolean("leaf"), false);
  // One event per pass of a leaf.
  EXPECT_EQ(profile.getArray("events")->size(), 8u);
  EXPECT_EQ(profile.getInteger("events_dropped"), 0);
  const json::Object &buffer = *(*profile.getObject("memory")->getArray("buffers"))[0].getAsObject();
  EXPECT_EQ(buffer.getInteger("offset"), 64);
  EXPECT_EQ(buffer.getInteger("bytes"), 128);
}

TEST_F(Profile, KnowsWhichThreadWorked) {
  Session session(3);
  Script script;
  script.chunks = 60; // of 200 us each: all three threads get some
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  json::Object profile = write(session);
  const json::Object &leaf = probe(profile, 0);
  EXPECT_EQ(leaf.getBoolean("parallel"), true);
  const json::Array &threads = *leaf.getArray("threads");
  EXPECT_EQ(threads.size(), 3u);
  int64_t chunks = 0;
  for (const json::Value &thread : threads) {
    chunks += *thread.getAsObject()->getInteger("calls");
    EXPECT_GE(*thread.getAsObject()->getNumber("ns"),
              0.199e6 * static_cast<double>(*thread.getAsObject()->getInteger("calls")));
  }
  EXPECT_EQ(chunks, 60);
  // A serial leaf is all of the calling thread.
  const json::Array &serial = *probe(profile, 2).getArray("threads");
  ASSERT_EQ(serial.size(), 1u);
  EXPECT_EQ(serial[0].getAsObject()->getInteger("calls"), 3);
}

TEST_F(Profile, OneThreadDoesAllChunks) {
  Session session(1);
  Script script;
  script.chunks = 4;
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  json::Object profile = write(session);
  const json::Array &threads = *probe(profile, 0).getArray("threads");
  ASSERT_EQ(threads.size(), 1u);
  EXPECT_EQ(threads[0].getAsObject()->getInteger("calls"), 4);
}

TEST_F(Profile, KeepsTheLastEvents) {
  Session session(1);
  Script script;
  script.iterations = 20000;
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  json::Object profile = write(session);
  EXPECT_EQ(profile.getArray("events")->size(), 8192u);
  EXPECT_EQ(profile.getInteger("events_dropped"), 20001 - 8192);
}

TEST_F(Profile, ForgetsOnReset) {
  Session session(2);
  Script script;
  script.chunks = 8;
  EXPECT_EQ(tt_session_profile_reset(session.session), TT_OK); // before the first run: nothing to forget
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  EXPECT_EQ(tt_session_profile_reset(session.session), TT_OK);
  script.chunks = 0;
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  json::Object profile = write(session);
  EXPECT_EQ(probe(profile, 0).getInteger("calls"), 1);
  EXPECT_EQ(probe(profile, 0).getBoolean("parallel"), false);
  EXPECT_EQ(profile.getObject("run")->getInteger("calls"), 1);
}

TEST_F(Profile, AFailedRunIsNoRun) {
  Session session(2);
  Script script;
  script.chunks = 8;
  script.fail = true;
  ASSERT_EQ(session.call(runScript, &script), TT_RUN_FAILED);
  script.fail = false;
  script.chunks = 0;
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  json::Object profile = write(session);
  EXPECT_EQ(profile.getObject("run")->getInteger("calls"), 1);
  EXPECT_EQ(probe(profile, 0).getBoolean("parallel"), false); // the chunks were those of the failed run
}

TEST_F(Profile, SaysWhatIsWrong) {
  Session session(1);
  EXPECT_EQ(tt_session_profile_write(session.session, path.c_str()), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(session.error(), "a profile needs a run, but the session has not run");
  Script script;
  ASSERT_EQ(session.call(runScript, &script), TT_OK);
  EXPECT_EQ(tt_session_profile_write(session.session, nullptr), TT_INVALID_ARGUMENT);
  EXPECT_EQ(tt_session_profile_write(session.session, "/no/such/folder/p.json"), TT_SYSTEM_ERROR);
  EXPECT_STREQ(session.error(), "cannot write the profile '/no/such/folder/p.json': No such file or directory");
  EXPECT_EQ(tt_session_profile_write(nullptr, path.c_str()), TT_INVALID_ARGUMENT);
  EXPECT_EQ(tt_session_profile_reset(nullptr), TT_INVALID_ARGUMENT);
}

TEST_F(Profile, IsWrittenAtTheEndWhereTheEnvironmentSays) {
  setenv("TT_PROFILE_OUT", path.c_str(), 1);
  {
    Session session(1);
    Script script;
    ASSERT_EQ(session.call(runScript, &script), TT_OK);
  }
  unsetenv("TT_PROFILE_OUT");
  json::Value profile = read();
  ASSERT_NE(profile.getAsObject(), nullptr);
  EXPECT_EQ(profile.getAsObject()->getInteger("tt_profile"), 1);
}

} // namespace
