//===- TensorFileTest.cpp - .pb, .npy and .npz files ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/LoadedModel.h"
#include "tt/Tools/Tensor.h"

#include "onnx/onnx_pb.h"

#include "gtest/gtest.h"

#include <cstring>
#include <fstream>
#include <functional>
#include <unistd.h>
#include <zlib.h>

using namespace tt;

namespace {

std::string temporary(const std::string &suffix) {
  return ::testing::TempDir() + "tt-tensor-" + std::to_string(getpid()) + suffix;
}

void write(const std::string &path, const std::string &bytes) { std::ofstream(path, std::ios::binary) << bytes; }

std::string errorOf(llvm::Expected<std::vector<Tensor>> result) {
  return result ? "no error" : toString(result.takeError());
}

class TensorProtoFile : public ::testing::Test {
protected:
  void TearDown() override { unlink(path.c_str()); }
  llvm::Expected<std::vector<Tensor>> read(const onnx::TensorProto &proto) {
    write(path, proto.SerializeAsString());
    return readTensorFile(path);
  }
  /// Reads a tensor of 2 elements in a typed field and compares its bytes.
  template <typename T> void typed(uint32_t dtype, std::vector<T> want, std::function<void(onnx::TensorProto &)> fill) {
    onnx::TensorProto proto;
    proto.set_name("value");
    proto.set_data_type(static_cast<int>(dtype));
    proto.add_dims(2);
    fill(proto);
    auto tensors = read(proto);
    ASSERT_TRUE(bool(tensors)) << toString(tensors.takeError());
    const Tensor &tensor = tensors->front();
    EXPECT_EQ(tensor.name, "value");
    EXPECT_EQ(tensor.dtype, dtype);
    ASSERT_EQ(tensor.bytes().size(), 2 * sizeof(T));
    EXPECT_EQ(memcmp(tensor.bytes().data(), want.data(), 2 * sizeof(T)), 0);
  }
  std::string path = temporary(".pb");
};

TEST_F(TensorProtoFile, TypedFields) {
  typed<float>(TT_FLOAT, {1.5f, -2}, [](auto &p) { p.add_float_data(1.5f), p.add_float_data(-2); });
  typed<double>(TT_DOUBLE, {1.5, -2}, [](auto &p) { p.add_double_data(1.5), p.add_double_data(-2); });
  typed<int64_t>(TT_INT64, {-1, 5}, [](auto &p) { p.add_int64_data(-1), p.add_int64_data(5); });
  typed<uint64_t>(TT_UINT64, {1, 5}, [](auto &p) { p.add_uint64_data(1), p.add_uint64_data(5); });
  typed<uint32_t>(TT_UINT32, {1, 5}, [](auto &p) { p.add_uint64_data(1), p.add_uint64_data(5); });
  auto ints = [](auto &p) { p.add_int32_data(-1), p.add_int32_data(5); };
  typed<int32_t>(TT_INT32, {-1, 5}, ints);
  typed<int16_t>(TT_INT16, {-1, 5}, ints);
  typed<int8_t>(TT_INT8, {-1, 5}, ints);
  auto bits = [](auto &p) { p.add_int32_data(1), p.add_int32_data(0); };
  typed<uint8_t>(TT_UINT8, {1, 0}, bits);
  typed<uint8_t>(TT_BOOL, {1, 0}, bits);
  typed<uint16_t>(TT_UINT16, {1, 0}, bits);
  auto half = [](auto &p) { p.add_int32_data(0x3c00), p.add_int32_data(0xbc00); };
  typed<uint16_t>(TT_FLOAT16, {0x3c00, 0xbc00}, half);
  typed<uint16_t>(TT_BFLOAT16, {0x3c00, 0xbc00}, half);
}

TEST_F(TensorProtoFile, RawData) {
  typed<int16_t>(TT_INT16, {0x0201, 0x0403}, [](auto &p) { p.set_raw_data("\1\2\3\4"); });
}

TEST_F(TensorProtoFile, Errors) {
  write(path, "this is no tensor");
  EXPECT_EQ(errorOf(readTensorFile(path)), path + ": this is not an ONNX TensorProto");
  onnx::TensorProto proto;
  proto.set_data_type(onnx::TensorProto::STRING);
  EXPECT_EQ(errorOf(read(proto)), path + ": element type STRING is not supported");
  proto.set_data_type(onnx::TensorProto::FLOAT);
  proto.add_dims(3);
  proto.set_raw_data("12345678");
  EXPECT_EQ(errorOf(read(proto)), path + ": float [3] needs 12 bytes of raw data, but the file has 8");
  proto.clear_raw_data();
  proto.add_float_data(1);
  EXPECT_EQ(errorOf(read(proto)), path + ": the number of values is not that of the shape float [3]");
  proto.set_dims(0, -1);
  EXPECT_EQ(errorOf(read(proto)), path + ": the shape does not fit to the size of the file");
  proto.set_dims(0, int64_t(1) << 40);
  EXPECT_EQ(errorOf(read(proto)), path + ": the shape does not fit to the size of the file");
  EXPECT_EQ(errorOf(readTensorFile("input.txt")), "input.txt: the name must end in .npy, .npz or .pb");
  EXPECT_EQ(errorOf(readTensorFile("/nowhere/x.pb")), "/nowhere/x.pb: No such file or directory");
}

/// A zip archive, made here by the same document that NpyFile.cpp names.
class Archive {
public:
  void add(const std::string &name, const std::string &data, bool deflated) {
    std::string packed = deflated ? deflate(data) : data;
    std::string sizes = number(deflated ? 8 : 0, 2) + number(0, 4) + number(0, 4) + number(packed.size(), 4) +
                        number(data.size(), 4) + number(name.size(), 2) + number(0, 2);
    directory += "PK\1\2" + number(20, 2) + number(20, 2) + number(0, 2) + sizes + number(0, 2 + 2 + 2 + 4) +
                 number(body.size(), 4) + name;
    body += "PK\3\4" + number(20, 2) + number(0, 2) + sizes + name + packed;
    ++count;
  }
  std::string bytes() const {
    return body + directory + "PK\5\6" + number(0, 4) + number(count, 2) + number(count, 2) +
           number(directory.size(), 4) + number(body.size(), 4) + number(0, 2);
  }

private:
  static std::string number(uint64_t value, size_t bytes) {
    std::string text(bytes, '\0');
    for (size_t i = 0; i < bytes && i < 8; ++i)
      text[i] = static_cast<char>(value >> (8 * i));
    return text;
  }
  static std::string deflate(const std::string &data) {
    std::string packed(compressBound(data.size()) + 64, '\0');
    z_stream stream = {};
    deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data.data()));
    stream.avail_in = data.size();
    stream.next_out = reinterpret_cast<Bytef *>(packed.data());
    stream.avail_out = packed.size();
    ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
  }
  std::string body, directory;
  size_t count = 0;
};

std::string npyBytes(const std::vector<float> &values) {
  std::string path = temporary(".npy");
  Tensor tensor("", TT_FLOAT, {static_cast<int64_t>(values.size())});
  memcpy(tensor.bytes().data(), values.data(), 4 * values.size());
  EXPECT_EQ(toString(writeNpy(path, tensor)), "");
  std::ifstream file(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  unlink(path.c_str());
  return bytes;
}

TEST(NpzFile, StoredAndDeflatedMembers) {
  std::string path = temporary(".npz");
  Archive archive;
  archive.add("x.npy", npyBytes({1, 2, 3}), false);
  archive.add("a.b.npy", npyBytes(std::vector<float>(1000, 7)), true);
  write(path, archive.bytes());
  auto tensors = readTensorFile(path);
  ASSERT_TRUE(bool(tensors)) << toString(tensors.takeError());
  ASSERT_EQ(tensors->size(), 2u);
  EXPECT_EQ((*tensors)[0].name, "x");
  EXPECT_EQ(floatElement((*tensors)[0], 2), 3);
  EXPECT_EQ((*tensors)[1].name, "a.b");
  EXPECT_EQ((*tensors)[1].typeText(), "float [1000]");
  EXPECT_EQ(floatElement((*tensors)[1], 999), 7);
  unlink(path.c_str());
}

TEST(NpzFile, DamageIsAnError) {
  std::string path = temporary(".npz");
  Archive archive;
  archive.add("x.npy", npyBytes(std::vector<float>(100, 7)), true);
  std::string good = archive.bytes();
  // Whatever is cut off or changed: an error or a tensor, no crash.
  for (size_t length = 0; length < good.size(); ++length) {
    write(path, good.substr(0, length));
    EXPECT_NE(errorOf(readTensorFile(path)), "no error") << length;
  }
  for (size_t i = 0; i < good.size(); ++i)
    for (char change : {'\x01', '\x80', '\xff'}) {
      std::string bytes = good;
      bytes[i] ^= change;
      write(path, bytes);
      errorOf(readTensorFile(path));
    }
  write(path, "no archive");
  EXPECT_EQ(errorOf(readTensorFile(path)), path + ": this is not an .npz file, or it is damaged");
  unlink(path.c_str());
}

TEST(MatchInputs, ByNameThenByPosition) {
  const int64_t dims[] = {-1};
  const char *const names[] = {"batch"};
  const tt_value_info infos[] = {{"a", TT_FLOAT, 1, dims, names}, {"b", TT_FLOAT, 1, dims, nullptr}};
  const tt_entry_info entry = {"main", 2, 0, infos, nullptr};
  auto tensors = [](std::vector<std::string> names) {
    std::vector<Tensor> result;
    for (size_t i = 0; i < names.size(); ++i)
      result.emplace_back(names[i], TT_FLOAT, llvm::SmallVector<int64_t>{static_cast<int64_t>(i) + 1});
    return result;
  };
  auto sizes = [&](std::vector<std::string> names) -> std::string {
    auto matched = matchInputs(entry, tensors(names));
    if (!matched)
      return toString(matched.takeError());
    return std::to_string((*matched)[0].dims[0]) + std::to_string((*matched)[1].dims[0]);
  };
  EXPECT_EQ(sizes({"a", "b"}), "12");
  EXPECT_EQ(sizes({"b", "a"}), "21");
  EXPECT_EQ(sizes({"", ""}), "12");
  EXPECT_EQ(sizes({"", "a"}), "21");
  EXPECT_EQ(sizes({"b"}), "input 'a' is missing; it is float [batch]");
  EXPECT_EQ(sizes({"a"}), "input 'b' is missing; it is float [?]");
  EXPECT_EQ(sizes({"a", "b", "c"}), "the model has 2 inputs, but 3 tensors were given");
}

TEST(LoadedModel, OpenErrors) {
  auto missing = LoadedModel::open("/nowhere/model.so");
  ASSERT_FALSE(bool(missing));
  EXPECT_NE(toString(missing.takeError()).find("cannot load '/nowhere/model.so'"), std::string::npos);
  auto other = LoadedModel::open("/lib/x86_64-linux-gnu/libm.so.6");
  if (!other)
    EXPECT_EQ(toString(other.takeError()), "'/lib/x86_64-linux-gnu/libm.so.6' is not a model that tt compiled: it does "
                                           "not export the functions of tt/Runtime/ABI.h");
}

} // namespace
