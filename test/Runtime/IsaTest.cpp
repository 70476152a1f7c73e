//===- IsaTest.cpp - which code of a model a session runs -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include "Helpers.h"
#include "gtest/gtest.h"

#include <cstdlib>
#include <string>

namespace {

/// The fake model with code for three levels: one that no CPU can run (of two architectures), one for CPUs with the
/// first feature that this one has, and one for all.
class Isa : public ::testing::Test {
protected:
  void SetUp() override {
    unsetenv("TT_ISA");
    unsetenv("TT_CPU_FEATURES");
    uint64_t has = tt_cpu_features();
    ASSERT_NE(has, 0u);
    some = has & ~(has - 1);
    char text[64];
    someName = tt_format_features(text, sizeof text, some);
    isas[0] = {"impossible", TT_CPU_I8MM | TT_CPU_SSE3 | some, model.isas[0].run};
    isas[1] = {"some", some, model.isas[0].run};
    isas[2] = {"all", 0, model.isas[0].run};
    model.isas = isas;
    model.num_isas = 3;
    model.target = "here impossible,some,all";
  }
  void TearDown() override { SetUp(); }

  tt_status create(const char *isa = nullptr) {
    tt_session_options options = {};
    options.struct_size = sizeof options;
    options.threads = 1;
    options.isa = isa;
    tt_session *session = nullptr;
    tt_status status = tt_session_create(&model, &options, &session);
    EXPECT_EQ(session != nullptr, status == TT_OK);
    chosen = session ? tt_session_isa(session) : "";
    tt_session_free(session);
    return status;
  }
  static std::string error() { return tt_session_error(nullptr); }

  tt_model_info model = *tt_model();
  tt_isa_info isas[3];
  uint64_t some = 0;
  std::string someName, chosen;
};

TEST_F(Isa, TakesTheFirstThatTheCpuCanRun) {
  EXPECT_EQ(create(), TT_OK);
  EXPECT_EQ(chosen, "some");
}

TEST_F(Isa, TestsCanRemoveFeatures) {
  setenv("TT_CPU_FEATURES", ("-" + someName).c_str(), 1);
  EXPECT_EQ(create(), TT_OK);
  EXPECT_EQ(chosen, "all");
  EXPECT_EQ(create("some"), TT_UNSUPPORTED_CPU);
  EXPECT_EQ(error(), "the code for 'some' needs a CPU with " + someName +
                         ", which this one lacks; the model has impossible, some, all, of which this CPU can run all");
}

TEST_F(Isa, TestsCannotAddFeatures) {
  for (std::string text : {"avx512f", "+avx512f", "-pentagon", "-", "-avx2 -fma"}) {
    setenv("TT_CPU_FEATURES", text.c_str(), 1);
    EXPECT_EQ(create(), TT_INVALID_ARGUMENT);
    EXPECT_EQ(error(), "TT_CPU_FEATURES needs features to remove, such as '-avx2,-fma', but has '" + text + "'");
  }
}

TEST_F(Isa, CanBeForced) {
  EXPECT_EQ(create("all"), TT_OK);
  EXPECT_EQ(chosen, "all");
  setenv("TT_ISA", "all", 1);
  EXPECT_EQ(create(), TT_OK);
  EXPECT_EQ(chosen, "all");
  EXPECT_EQ(create("some"), TT_OK) << "the option is stronger than the environment";
  EXPECT_EQ(chosen, "some");
  setenv("TT_ISA", "", 1);
  EXPECT_EQ(create(), TT_OK);
  EXPECT_EQ(chosen, "some");
}

TEST_F(Isa, ForcedOneMustExist) {
  EXPECT_EQ(create("pentagon"), TT_INVALID_ARGUMENT);
  EXPECT_EQ(error(), "the model has no code for 'pentagon'; it has impossible, some, all, of which this CPU can run "
                     "some, all");
  setenv("TT_ISA", "som", 1);
  EXPECT_EQ(create(), TT_INVALID_ARGUMENT);
}

TEST_F(Isa, ForcedOneMustRun) {
  EXPECT_EQ(create("impossible"), TT_UNSUPPORTED_CPU);
#if defined(__x86_64__)
  EXPECT_EQ(error(), "the code for 'impossible' needs a CPU with i8mm, which this one lacks; the model has impossible, "
                     "some, all, of which this CPU can run some, all");
#endif
}

TEST_F(Isa, NoneFits) {
  model.num_isas = 2;
  setenv("TT_CPU_FEATURES", ("-" + someName).c_str(), 1);
  EXPECT_EQ(create(), TT_UNSUPPORTED_CPU);
  EXPECT_EQ(error(), "the model was compiled for here impossible,some,all and needs a CPU with " + someName +
                         " at least, which this one lacks; compile it with another --cpu");
  EXPECT_EQ(create("some"), TT_UNSUPPORTED_CPU);
  EXPECT_EQ(error(), "the code for 'some' needs a CPU with " + someName +
                         ", which this one lacks; the model has impossible, some, of which this CPU can run none");
}

TEST_F(Isa, OptionsOfAnOlderHeaderHaveNoIsa) {
  tt_session_options options = {};
  options.struct_size = offsetof(tt_session_options, isa);
  options.isa = reinterpret_cast<const char *>(1); // behind the older struct: not read
  tt_session *session = nullptr;
  EXPECT_EQ(tt_session_create(&model, &options, &session), TT_OK);
  tt_session_free(session);
}

} // namespace
