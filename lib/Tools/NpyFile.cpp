//===- NpyFile.cpp - NumPy's .npy and .npz files --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Tensor.h"

#include "ZipFile.h"
#include "tt/Runtime/Npy.h"

#include "llvm/ADT/StringExtras.h"
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

/// The member's bytes as they are in the archive; empty when it is damaged.
StringRef packedBytes(StringRef zip, const tt::ZipMember &member) {
  std::optional<uint64_t> at = tt::findPackedBytes(zip, member);
  return at ? zip.substr(*at, member.packedSize) : StringRef();
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
  if (!readZipMembers(zip, members))
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
