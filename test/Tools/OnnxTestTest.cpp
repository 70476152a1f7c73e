//===- OnnxTestTest.cpp - what becomes of test folders --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/OnnxTest.h"

#include "onnx/onnx_pb.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gtest/gtest.h"

#include <cstdlib>
#include <fstream>
#include <unistd.h>

using namespace tt;

namespace {

void writeTensor(const std::string &path, const char *name, const std::vector<int64_t> &dims,
                 const std::vector<float> &values) {
  onnx::TensorProto proto;
  proto.set_name(name);
  proto.set_data_type(onnx::TensorProto::FLOAT);
  for (int64_t size : dims)
    proto.add_dims(size);
  for (float value : values)
    proto.add_float_data(value);
  std::ofstream(path, std::ios::binary) << proto.SerializeAsString();
}

/// Test folders for the fake model (z = x + y, count = rows), by the names that `compile` knows.
class OnnxTest : public ::testing::Test {
protected:
  void SetUp() override { ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("tt-onnx-test", root)); }
  void TearDown() override { llvm::sys::fs::remove_directories(root); }

  std::string folder(const std::string &name) {
    std::string path = (root + "/" + name).str();
    llvm::sys::fs::create_directories(path);
    std::ofstream(path + "/model.onnx") << "a model";
    return path;
  }

  /// One row: x = (first, 1, 2), y = (10, 10, 10), and what z shall be.
  void dataSet(const std::string &folder, int number, float first, std::vector<float> z) {
    std::string path = folder + "/test_data_set_" + std::to_string(number) + "/";
    llvm::sys::fs::create_directories(path);
    writeTensor(path + "input_0.pb", "in/y", {1, 3}, {10, 10, 10});
    writeTensor(path + "input_1.pb", "x", {1, 3}, {first, 1, 2});
    writeTensor(path + "output_0.pb", "z", {1, 3}, z);
    onnx::TensorProto count;
    count.set_data_type(onnx::TensorProto::INT64);
    count.add_int64_data(1);
    std::ofstream(path + "output_1.pb", std::ios::binary) << count.SerializeAsString();
  }

  static CompileResult compile(llvm::StringRef model, llvm::StringRef output, bool executable) {
    llvm::StringRef name = llvm::sys::path::filename(llvm::sys::path::parent_path(model));
    if (name == "crash") {
      llvm::errs() << "LLVM ERROR: Cannot select\n";
      _exit(134);
    }
    if (name == "hang")
      pause();
    if (name == "refused")
      return {CompileResult::Refused, "onnx node 'n': Loop (opset 11) is not supported"};
    if (name == "broken")
      return {CompileResult::Failed, "'n': no kernel"};
    llvm::sys::fs::copy_file(executable ? TT_FAKE_EXECUTABLE : TT_FAKE_MODEL, output);
    llvm::sys::fs::setPermissions(output, llvm::sys::fs::all_all);
    return {};
  }

  std::string run(OnnxTestOptions options, bool *good = nullptr) {
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::Expected<bool> result = runOnnxTests({root.str().str()}, options, compile, os);
    if (!result)
      return toString(result.takeError());
    if (good)
      *good = *result;
    return text;
  }

  llvm::SmallString<128> root;
};

TEST_F(OnnxTest, EveryOutcome) {
  folder("hang");
  folder("crash");
  folder("refused");
  folder("broken");
  std::string right = folder("right"), wrong = folder("wrong"), fails = folder("fails");
  dataSet(right, 0, 0, {10, 11, 12});
  dataSet(right, 1, 5, {15, 11, 12});
  dataSet(wrong, 0, 0, {10, 11, 12});
  dataSet(wrong, 1, 0, {10, 11, 13});
  dataSet(fails, 0, -1, {9, 11, 12});
  folder("no-data");
  OnnxTestOptions options;
  options.timeoutSeconds = 4;
  options.jobs = 2;
  options.threads = {1, 2};
  bool good = true;
  EXPECT_EQ(
      run(options, &good),
      "failed broken: 'n': no kernel\n"
      "failed crash: exit status 134 while compiling to a library: LLVM ERROR: Cannot select\n"
      "failed fails: test_data_set_0, library, 1 thread: onnx node 'add': the first element of a row is negative\n"
      "failed hang: no result after 4 s while compiling to a library\n"
      "failed no-data: the folder has no test_data_set_0\n"
      "skipped refused: onnx node 'n': Loop (opset 11) is not supported\n"
      "passed right\n"
      "failed wrong: test_data_set_1, library, 1 thread: output 0 'z': 1 of 3 elements differ, first at [0, 2]: "
      "got 12, want 13; largest error 1 at [0, 2] (allowed: 1e-07 + 0.001 * |want|)\n"
      "1 passed, 6 failed, 1 skipped\n");
  EXPECT_FALSE(good);
}

TEST_F(OnnxTest, DataThatContradictTheModelAreSkipped) {
  std::string odd = folder("odd");
  dataSet(odd, 0, 0, {10, 11, 12});
  writeTensor(odd + "/test_data_set_0/input_0.pb", "x", {2}, {1, 2});
  EXPECT_EQ(run({}), "skipped odd: test_data_set_0: input 'x' is float [batch, 3] in the model, but float [2] in the "
                     "data set\n0 passed, 0 failed, 1 skipped\n");
}

TEST_F(OnnxTest, ThroughTheExecutable) {
  std::string right = folder("right");
  dataSet(right, 0, 0, {10, 11, 12});
  OnnxTestOptions options;
  options.viaLibrary = false;
  options.viaExecutable = true;
  options.threads = {1, 2};
  bool good = false;
  EXPECT_EQ(run(options, &good), "passed right\n1 passed, 0 failed, 0 skipped\n");
  EXPECT_TRUE(good);
  dataSet(right, 0, -1, {9, 11, 12});
  std::string said = run(options, &good);
  llvm::StringRef text = said;
  EXPECT_TRUE(text.starts_with("failed right: test_data_set_0, executable, 1 thread: exit status 1: ")) << text.str();
  EXPECT_TRUE(text.contains("/model: error: onnx node 'add': the first element of a row is negative\n")) << text.str();
}

TEST_F(OnnxTest, ToleranceDecides) {
  dataSet(folder("near"), 0, 0, {10, 11, 12.5});
  OnnxTestOptions options;
  options.tolerance = {0, 0, 0.2}; // the range is 2.5
  EXPECT_EQ(run(options), "passed near\n1 passed, 0 failed, 0 skipped\n");
  options.tolerance = {0, 0, 0.1};
  bool good = true;
  run(options, &good);
  EXPECT_FALSE(good);
}

TEST_F(OnnxTest, NothingToRun) {
  EXPECT_EQ(run({}), "'" + root.str().str() + "' has no model.onnx, and no folder in it has one");
}

} // namespace
