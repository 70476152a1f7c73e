//===- NpyTest.cpp - .npy files -------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Npy.h"

#include "gtest/gtest.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <string>
#include <unistd.h>

namespace {

class Npy : public ::testing::Test {
protected:
  void SetUp() override { path = ::testing::TempDir() + "tt-npy-" + std::to_string(getpid()) + ".npy"; }
  void TearDown() override {
    tt_npy_free(&tensor);
    std::remove(path.c_str());
  }
  void put(const std::string &header, const std::string &data, char version = 1) {
    std::ofstream file(path, std::ios::binary);
    std::string length(version == 1 ? 2 : 4, '\0');
    length[0] = static_cast<char>(header.size());
    file << "\x93NUMPY" << version << '\0' << length << header << data;
  }
  void rejects(const std::string &text) {
    EXPECT_FALSE(tt_npy_read(path.c_str(), &tensor, error));
    EXPECT_EQ(error, path + ": " + text);
    EXPECT_EQ(tensor.data, nullptr);
  }
  std::string path;
  tt_tensor tensor = {};
  char error[TT_NPY_ERROR_BYTES] = "";
};

TEST_F(Npy, RoundTrip) {
  const uint32_t types[] = {TT_FLOAT, TT_UINT8,   TT_INT8,   TT_UINT16, TT_INT16,  TT_INT32,   TT_INT64,
                            TT_BOOL,  TT_FLOAT16, TT_DOUBLE, TT_UINT32, TT_UINT64, TT_BFLOAT16};
  const int64_t dims[] = {2, 1, 3};
  char bytes[48];
  for (int i = 0; i < 48; ++i)
    bytes[i] = static_cast<char>(3 * i + 1);
  for (uint32_t dtype : types)
    for (uint32_t rank : {0u, 1u, 3u}) {
      tt_tensor written = {bytes, dims, rank, dtype, 0};
      ASSERT_TRUE(tt_npy_write(path.c_str(), &written, error)) << error;
      ASSERT_TRUE(tt_npy_read(path.c_str(), &tensor, error)) << error;
      EXPECT_EQ(tensor.dtype, dtype);
      ASSERT_EQ(tensor.rank, rank);
      size_t count = rank == 0 ? 1 : rank == 1 ? 2 : 6;
      EXPECT_EQ(tensor.bytes, count * tt_npy_dtype_bytes(dtype));
      for (uint32_t d = 0; d < rank; ++d)
        EXPECT_EQ(tensor.dims[d], dims[d]);
      EXPECT_EQ(memcmp(tensor.data, bytes, tensor.bytes), 0);
      tt_npy_free(&tensor);
    }
}

TEST_F(Npy, HeaderIsAlignedAsNumPyWritesIt) {
  const float one = 1;
  tt_tensor written = {const_cast<float *>(&one), nullptr, 0, TT_FLOAT, 4};
  ASSERT_TRUE(tt_npy_write(path.c_str(), &written, error)) << error;
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_EQ(bytes.size(), 132u); // 128 + one float
  EXPECT_EQ(bytes.substr(10, 58), "{'descr': '<f4', 'fortran_order': False, 'shape': (), }   ");
  EXPECT_EQ(bytes[127], '\n');
}

TEST_F(Npy, Version2) {
  put("{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }\n", std::string("\x07\0\0\0", 4), 2);
  ASSERT_TRUE(tt_npy_read(path.c_str(), &tensor, error)) << error;
  EXPECT_EQ(*static_cast<int *>(tensor.data), 7);
}

TEST_F(Npy, Errors) {
  rejects("No such file or directory");
  std::ofstream(path) << "hello, world";
  rejects("this is not a .npy file");
  put("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", std::string(16, 'x'));
  rejects("column-major data is not supported; save numpy.ascontiguousarray(array)");
  put("{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }", std::string(8, 'x'));
  rejects("big-endian data is not supported; convert it with array.astype('<f4')");
  put("{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }", std::string(8, 'x'));
  rejects("element type '<c8' is not supported");
  put("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", std::string(4, 'x'));
  rejects("the element type is not a simple one (structured arrays are not supported)");
  put("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", std::string(11, 'x'));
  rejects("the .npy file is cut off: its shape needs 12 bytes of data");
  put("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 4), }", "");
  rejects("the shape in the header of the .npy file is larger than the address space");
  put("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "");
  rejects("the shape in the header of the .npy file is damaged");
  put("{'descr': '<f4', 'shape': (1,), }", std::string(4, 'x'));
  rejects("the header of the .npy file is damaged");
}

TEST_F(Npy, WriteErrorLeavesNothingBehind) {
  std::string inNoFolder = path + "-missing/output.npy";
  const float one = 1;
  tt_tensor written = {const_cast<float *>(&one), nullptr, 0, TT_FLOAT, 4};
  EXPECT_FALSE(tt_npy_write(inNoFolder.c_str(), &written, error));
  EXPECT_EQ(error, inNoFolder + ": cannot write: No such file or directory");
}

} // namespace
