//===- TensorCheckTest.cpp - the checks of a run's tensors ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"
#include "Helpers.h"

#include "gtest/gtest.h"

namespace {

class TensorCheck : public ::testing::Test {
protected:
  void rejects(const char *text) {
    EXPECT_EQ(tt_session_run(session.session, Add, inputs, count, &output, 1), TT_INVALID_ARGUMENT);
    EXPECT_STREQ(session.error(), text);
  }
  alignas(64) float data[16] = {};
  int64_t dims[2] = {2, 3}, otherDims[2] = {3, 3};
  tt_tensor inputs[2] = {{data, dims, 2, TT_FLOAT, 0}, {data, dims, 2, TT_FLOAT, 0}}, output = {};
  uint32_t count = 2;
  Session session;
};

TEST_F(TensorCheck, Count) {
  count = 1;
  rejects("entry 'add' has 2 inputs, but 1 were given");
  EXPECT_EQ(tt_session_run(session.session, Add, nullptr, 2, &output, 1), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(session.error(), "entry 'add' needs 2 inputs, but the array is a null pointer");
  EXPECT_EQ(tt_session_run(session.session, Add, inputs, 2, nullptr, 0), TT_INVALID_ARGUMENT);
  EXPECT_STREQ(session.error(), "entry 'add' has 1 outputs, but 0 were given");
}

TEST_F(TensorCheck, ElementType) {
  inputs[1].dtype = TT_INT64;
  rejects("input 'y' needs element type float, but has int64");
  inputs[1].dtype = 4711;
  rejects("input 'y' needs element type float, but has unknown");
}

TEST_F(TensorCheck, Rank) {
  inputs[0].rank = 1;
  rejects("input 'x' needs rank 2 (?x3), but has rank 1 (2)");
  inputs[0].rank = 0;
  inputs[0].dims = nullptr;
  rejects("input 'x' needs rank 2 (?x3), but has rank 0 (scalar)");
}

TEST_F(TensorCheck, StaticSize) {
  dims[1] = 4;
  rejects("input 'x' needs shape ?x3, but has 2x4");
}

TEST_F(TensorCheck, NamedSizesAreEqual) {
  inputs[1].dims = otherDims;
  rejects("input 'y' has batch = 3, but input 'x' has batch = 2; sizes of one name must be equal");
}

TEST_F(TensorCheck, NegativeSize) {
  dims[0] = -1;
  rejects("input 'x': size -1 of dimension 0 is negative");
}

TEST_F(TensorCheck, HugeSize) {
  dims[0] = INT64_MAX / 2;
  rejects("input 'x': shape 4611686018427387903x3 is larger than the address space");
}

TEST_F(TensorCheck, NullPointers) {
  inputs[0].data = nullptr;
  rejects("input 'x': data is a null pointer");
  inputs[0].dims = nullptr;
  rejects("input 'x': dims is a null pointer");
}

TEST_F(TensorCheck, Alignment) {
  inputs[0].data = reinterpret_cast<char *>(data) + 1;
  rejects("input 'x': data must be aligned to 4 bytes, the size of float");
}

TEST_F(TensorCheck, Bytes) {
  inputs[0].bytes = 23;
  rejects("input 'x' needs 24 bytes, but its buffer has 23");
}

TEST_F(TensorCheck, OutputBuffer) {
  output = {data, dims, 2, TT_DOUBLE, 0};
  rejects("output 'z' has element type float, but the buffer is for double");
  output = {data, dims, 1, TT_FLOAT, 0};
  rejects("output 'z' has rank 2 (?x3), but the buffer is for rank 1 (2)");
  output = {data, dims, 2, TT_FLOAT, 8};
  rejects("output 'z' needs 24 bytes, but its buffer has 8");
  output = {reinterpret_cast<char *>(data) + 2, dims, 2, TT_FLOAT, 0};
  rejects("output 'z': data must be aligned to 4 bytes, the size of float");
}

TEST(TensorBytes, OverflowAndEmpty) {
  size_t bytes;
  const int64_t huge[] = {INT64_MAX, INT64_MAX, 0}, scalar[] = {1};
  EXPECT_TRUE(tt_tensor_bytes(TT_FLOAT, 3, huge, &bytes)); // a 0 makes it empty, whatever the others are
  EXPECT_EQ(bytes, 0u);
  EXPECT_FALSE(tt_tensor_bytes(TT_FLOAT, 2, huge, &bytes));
  EXPECT_TRUE(tt_tensor_bytes(TT_DOUBLE, 0, scalar, &bytes));
  EXPECT_EQ(bytes, 8u);
}

TEST(FormatDims, IsCutToItsBuffer) {
  char text[8];
  const int64_t dims[] = {1000, 2000, 3000, 4000};
  EXPECT_STREQ(tt_format_dims(text, sizeof text, 4, dims), "1000x20");
}

} // namespace
