//===- ArrayStream.cpp - large arrays, read row by row -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ArrayStream.h"

#include "ZipFile.h"
#include "tt/Runtime/Npy.h"

#include "llvm/Support/MemoryBuffer.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <zlib.h>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

tt::ArrayStream::~ArrayStream() = default;

Error tt::ArrayStream::read(MutableArrayRef<char> row) {
  return readBytes(row) ? Error::success() : fail(where + ": the array is cut off or damaged");
}

Error tt::ArrayStream::skip(uint64_t bytes) {
  return skipBytes(bytes) ? Error::success() : fail(where + ": the array is cut off or damaged");
}

namespace {

struct CloseFile {
  void operator()(FILE *file) const { fclose(file); }
};
using File = std::unique_ptr<FILE, CloseFile>;

/// Bytes as they are in a file.
class PlainStream : public tt::ArrayStream {
public:
  explicit PlainStream(File file) : file(std::move(file)) {}
  FILE *get() { return file.get(); }

private:
  bool readBytes(MutableArrayRef<char> to) override { return fread(to.data(), 1, to.size(), file.get()) == to.size(); }
  bool skipBytes(uint64_t bytes) override { return fseeko(file.get(), bytes, SEEK_CUR) == 0; }

  File file;
};

/// Bytes that are deflated in a file.
class InflateStream : public tt::ArrayStream {
public:
  InflateStream(File file, uint64_t packed) : file(std::move(file)), packed(packed), in(1 << 16) {
    isGood = inflateInit2(&stream, -MAX_WBITS) == Z_OK;
  }
  ~InflateStream() override { inflateEnd(&stream); }

  bool readBytes(MutableArrayRef<char> to) override {
    stream.next_out = reinterpret_cast<Bytef *>(to.data());
    for (size_t left = to.size(); isGood && left > 0;) {
      if (stream.avail_in == 0) {
        size_t wanted = std::min<uint64_t>(in.size(), packed);
        if (wanted == 0 || fread(in.data(), 1, wanted, file.get()) != wanted)
          return isGood = false;
        packed -= wanted;
        stream.next_in = in.data();
        stream.avail_in = wanted;
      }
      uInt piece = std::min<size_t>(left, 1 << 30);
      stream.avail_out = piece;
      int status = inflate(&stream, Z_NO_FLUSH);
      left -= piece - stream.avail_out;
      isGood = status == Z_OK || (status == Z_STREAM_END && left == 0);
    }
    return isGood;
  }

private:
  bool skipBytes(uint64_t bytes) override {
    std::vector<char> dropped(std::min<uint64_t>(bytes, 1 << 20));
    for (; bytes > 0; bytes -= dropped.size()) {
      dropped.resize(std::min<uint64_t>(bytes, dropped.size()));
      if (!readBytes(dropped))
        return false;
    }
    return true;
  }

  File file;
  uint64_t packed; ///< bytes not yet read
  std::vector<Bytef> in;
  z_stream stream = {};
  bool isGood = false;
};

} // namespace

namespace tt {

/// Reads headers of arrays.
class ArrayOpener {
public:
  /// Takes over type and shape from the header at the place of `file`.
  static Error readHeader(ArrayStream &stream, FILE *file) {
    tt_tensor read;
    char error[TT_NPY_ERROR_BYTES];
    if (!tt_npy_read_header(file, stream.where.c_str(), &read, error))
      return fail(error);
    stream.type = read.dtype;
    stream.shape.assign(read.dims, read.dims + read.rank);
    tt_npy_free(&read);
    return Error::success();
  }

  /// The same from a deflated array, of whose header nothing but its length is known after ten bytes.
  static Error readHeader(InflateStream &stream) {
    std::string header(12, 0);
    MutableArrayRef<char> start(header.data(), header.size());
    if (!stream.readBytes(start))
      return fail(stream.where + ": this is not a .npy file");
    auto byte = [&](size_t i) { return static_cast<unsigned char>(header[i]); };
    size_t length = byte(8) | byte(9) << 8, begin = 10; // from version 2 on the length has four bytes
    if (byte(6) > 1) {
      length |= byte(10) << 16 | static_cast<size_t>(byte(11)) << 24;
      begin = 12;
    }
    if (length < 2 || length > (1 << 20))
      return fail(stream.where + ": the header of the .npy file is damaged");
    header.resize(begin + length);
    if (!stream.readBytes(MutableArrayRef<char>(header.data() + 12, header.size() - 12)))
      return fail(stream.where + ": the .npy file is cut off in its header");
    File file(fmemopen(header.data(), header.size(), "rb"));
    return file ? readHeader(stream, file.get()) : fail(stream.where + ": out of memory");
  }

  static Expected<File> openFile(StringRef path, uint64_t offset) {
    File file(fopen(path.str().c_str(), "rb"));
    if (!file || fseeko(file.get(), offset, SEEK_SET))
      return fail(path + ": " + strerror(errno));
    return file;
  }

  static Expected<std::unique_ptr<ArrayStream>> open(StringRef path, uint64_t offset, StringRef member,
                                                     std::optional<uint64_t> packed) {
    Expected<File> file = openFile(path, offset);
    if (!file)
      return file.takeError();
    std::string where = member.empty() ? path.str() : (path + ":" + member).str();
    member.consume_back(".npy");
    auto finish = [&](auto stream, auto readHeaderOf) -> Expected<std::unique_ptr<ArrayStream>> {
      stream->where = where;
      stream->arrayName = member.str();
      if (Error error = readHeaderOf(*stream))
        return std::move(error);
      return stream;
    };
    if (packed)
      return finish(std::make_unique<InflateStream>(std::move(*file), *packed),
                    [](InflateStream &stream) { return readHeader(stream); });
    return finish(std::make_unique<PlainStream>(std::move(*file)),
                  [](PlainStream &stream) { return readHeader(stream, stream.get()); });
  }
};

} // namespace tt

Expected<std::vector<std::unique_ptr<tt::ArrayStream>>> tt::ArrayStream::open(StringRef path) {
  std::vector<std::unique_ptr<ArrayStream>> arrays;
  auto add = [&](uint64_t offset, StringRef member, std::optional<uint64_t> packed) -> Error {
    Expected<std::unique_ptr<ArrayStream>> array = ArrayOpener::open(path, offset, member, packed);
    if (!array)
      return array.takeError();
    arrays.push_back(std::move(*array));
    return Error::success();
  };
  if (!path.ends_with(".npz")) {
    if (Error error = add(0, "", std::nullopt))
      return std::move(error);
    return arrays;
  }
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(path + ": " + file.getError().message());
  StringRef zip = (*file)->getBuffer();
  SmallVector<ZipMember> members;
  if (!readZipMembers(zip, members))
    return fail(path + ": this is not an .npz file, or it is damaged");
  for (const ZipMember &member : members) {
    std::optional<uint64_t> offset = findPackedBytes(zip, member);
    if (!offset || (member.method != 0 && member.method != 8))
      return fail(path + ": member '" + member.name + "' of the .npz file is damaged");
    if (Error error =
            add(*offset, member.name, member.method == 8 ? std::optional<uint64_t>(member.packedSize) : std::nullopt))
      return std::move(error);
  }
  return arrays;
}
