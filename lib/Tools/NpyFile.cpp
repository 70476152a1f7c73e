//===- NpyFile.cpp - NumPy's .npy and .npz files --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Tensor.h"

#include "tt/Runtime/Npy.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstdio>
#include <cstring>
#include <zlib.h>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

/// Moves what Npy.c read into a Tensor.
static tt::Tensor take(StringRef name, tt_tensor &read) {
  tt::Tensor tensor(name.str(), read.dtype, ArrayRef<int64_t>(read.dims, read.rank));
  memcpy(tensor.bytes().data(), read.data, tensor.bytes().size());
  tt_npy_free(&read);
  return tensor;
}

Expected<tt::Tensor> tt::readNpy(StringRef path) {
  tt_tensor read;
  char error[TT_NPY_ERROR_BYTES];
  if (!tt_npy_read(path.str().c_str(), &read, error))
    return fail(error);
  return take("", read);
}

Error tt::writeNpy(StringRef path, Tensor &tensor) {
  tt_tensor view = tensor.view();
  char error[TT_NPY_ERROR_BYTES];
  return tt_npy_write(path.str().c_str(), &view, error) ? Error::success() : fail(error);
}

namespace {

/// One member of a zip archive. Layout: APPNOTE.TXT of PKWARE, sections 4.3.7 (local header), 4.3.12 (central
/// directory), 4.3.16 (its end), 4.5.3 (zip64).
struct ZipMember {
  StringRef name;
  unsigned method = 0; // 0 stored, 8 deflated
  uint64_t packedSize = 0, size = 0, localHeader = 0;
};

constexpr uint32_t localMagic = 0x04034b50, centralMagic = 0x02014b50, endMagic = 0x06054b50, end64Magic = 0x06064b50;

uint16_t read16(StringRef bytes, size_t at) { return support::endian::read16le(bytes.data() + at); }
uint32_t read32(StringRef bytes, size_t at) { return support::endian::read32le(bytes.data() + at); }
uint64_t read64(StringRef bytes, size_t at) { return support::endian::read64le(bytes.data() + at); }

/// Finds the central directory: its offset and number of members. False when the archive is damaged.
bool findDirectory(StringRef zip, uint64_t &offset, uint64_t &count) {
  if (zip.size() < 22)
    return false;
  for (size_t end = zip.size() - 22;; --end) { // the record is last, before a comment of at most 65535 bytes
    if (read32(zip, end) == endMagic) {
      count = read16(zip, end + 10);
      offset = read32(zip, end + 16);
      if (offset != 0xffffffff && count != 0xffff)
        return true;
      if (end < 20 + 56) // locator and zip64 record stand before it
        return false;
      uint64_t record = read64(zip, end - 20 + 8);
      if (record > zip.size() - 56 || read32(zip, record) != end64Magic)
        return false;
      count = read64(zip, record + 32);
      offset = read64(zip, record + 48);
      return true;
    }
    if (end == 0 || zip.size() - end > 22 + 65535)
      return false;
  }
}

/// Reads the sizes that did not fit into 32 bits from the member's zip64 extra field.
void readZip64(StringRef extra, ZipMember &member) {
  while (extra.size() >= 4) {
    unsigned id = read16(extra, 0), length = read16(extra, 2);
    StringRef field = extra.substr(4, length);
    if (id == 1)
      for (uint64_t *value : {&member.size, &member.packedSize, &member.localHeader})
        if (*value == 0xffffffff && field.size() >= 8) {
          *value = read64(field, 0);
          field = field.drop_front(8);
        }
    extra = extra.drop_front(std::min<size_t>(extra.size(), 4 + length));
  }
}

bool readMembers(StringRef zip, SmallVectorImpl<ZipMember> &members) {
  uint64_t at, count;
  if (!findDirectory(zip, at, count))
    return false;
  for (uint64_t i = 0; i < count; ++i) {
    if (at > zip.size() || zip.size() - at < 46 || read32(zip, at) != centralMagic)
      return false;
    size_t nameLength = read16(zip, at + 28), extraLength = read16(zip, at + 30), commentLength = read16(zip, at + 32);
    ZipMember member;
    member.method = read16(zip, at + 10);
    member.packedSize = read32(zip, at + 20);
    member.size = read32(zip, at + 24);
    member.localHeader = read32(zip, at + 42);
    member.name = zip.substr(at + 46, nameLength);
    readZip64(zip.substr(at + 46 + nameLength, extraLength), member);
    members.push_back(member);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return true;
}

/// The member's bytes as they are in the archive; empty when it is damaged.
StringRef packedBytes(StringRef zip, const ZipMember &member) {
  uint64_t at = member.localHeader;
  if (at > zip.size() || zip.size() - at < 30 || read32(zip, at) != localMagic)
    return {};
  at += 30 + read16(zip, at + 26) + read16(zip, at + 28);
  if (at > zip.size() || zip.size() - at < member.packedSize)
    return {};
  return zip.substr(at, member.packedSize);
}

bool inflateRaw(StringRef packed, uint64_t size, std::string &result) {
  // Deflate reaches at most 1032:1, so a larger size is a damaged archive and not worth the memory.
  if (packed.size() >= UINT32_MAX || size >= UINT32_MAX || size / 1100 > packed.size())
    return false;
  result.resize(size);
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return false;
  stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data()));
  stream.avail_in = packed.size();
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = size;
  int status = inflate(&stream, Z_FINISH);
  inflateEnd(&stream);
  return status == Z_STREAM_END && stream.avail_out == 0;
}

} // namespace

Expected<std::vector<tt::Tensor>> tt::readNpz(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(path + ": " + file.getError().message());
  StringRef zip = (*file)->getBuffer();
  SmallVector<ZipMember> members;
  if (!readMembers(zip, members))
    return fail(path + ": this is not an .npz file, or it is damaged");
  std::vector<Tensor> tensors;
  for (const ZipMember &member : members) {
    StringRef bytes = packedBytes(zip, member);
    std::string inflated;
    if (member.method == 8 && inflateRaw(bytes, member.size, inflated))
      bytes = inflated;
    else if (member.method != 0 || bytes.empty())
      return fail(path + ": member '" + member.name + "' of the .npz file is damaged");
    std::string where = (path + ":" + member.name).str();
    FILE *stream = fmemopen(const_cast<char *>(bytes.data()), bytes.size(), "rb");
    if (!stream)
      return fail(where + ": out of memory");
    tt_tensor read;
    char error[TT_NPY_ERROR_BYTES];
    bool good = tt_npy_read_stream(stream, where.c_str(), &read, error);
    fclose(stream);
    if (!good)
      return fail(error);
    StringRef name = member.name;
    name.consume_back(".npy");
    tensors.push_back(take(name, read));
  }
  return tensors;
}

Expected<std::vector<tt::Tensor>> tt::readTensorFile(StringRef path) {
  if (path.ends_with(".npz"))
    return readNpz(path);
  if (!path.ends_with(".npy") && !path.ends_with(".pb"))
    return fail(path + ": the name must end in .npy, .npz or .pb");
  Expected<Tensor> tensor = path.ends_with(".npy") ? readNpy(path) : readTensorProto(path);
  if (!tensor)
    return tensor.takeError();
  std::vector<Tensor> tensors;
  tensors.push_back(std::move(*tensor));
  return tensors;
}
