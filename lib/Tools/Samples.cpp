//===- Samples.cpp - the samples of a calibration, one by one -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Samples.h"

#include "ArrayStream.h"
#include "tt/Runtime/Npy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>

using namespace llvm;
using Ranks = ArrayRef<std::pair<std::string, uint32_t>>;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

tt::SampleSource::~SampleSource() = default;

namespace {

/// Slices of the arrays of one file along their first dimension.
class SlicedArrays : public tt::SampleSource {
public:
  SlicedArrays(StringRef path, std::vector<std::unique_ptr<tt::ArrayStream>> arrays, std::vector<bool> keepsFirst)
      : path(path.str()), arrays(std::move(arrays)), keepsFirst(std::move(keepsFirst)) {}

  uint64_t size() const override { return arrays.front()->dims()[0]; }

  Expected<tt::Sample> next() override {
    tt::Sample sample;
    sample.name = path + "[" + std::to_string(position++) + "]";
    for (auto [array, keeps] : zip(arrays, keepsFirst)) {
      SmallVector<int64_t> dims(array->dims().drop_front());
      if (keeps)
        dims.insert(dims.begin(), 1);
      tt::Tensor &slice = sample.inputs.emplace_back(array->name().str(), array->dtype(), dims);
      if (Error error = array->read(slice.bytes()))
        return std::move(error);
    }
    return sample;
  }

  Error skip(uint64_t count) override {
    position += count;
    for (const auto &array : arrays) {
      uint64_t bytes = tt_npy_dtype_bytes(array->dtype());
      for (int64_t size : array->dims().drop_front())
        bytes *= size;
      if (Error error = array->skip(bytes * count))
        return error;
    }
    return Error::success();
  }

private:
  std::string path;
  std::vector<std::unique_ptr<tt::ArrayStream>> arrays;
  std::vector<bool> keepsFirst; ///< whether slices have a first dimension of 1
  uint64_t position = 0;
};

/// Files, or folders of files, each one sample.
class WholeFiles : public tt::SampleSource {
public:
  explicit WholeFiles(std::vector<std::string> paths) : paths(std::move(paths)) {}

  uint64_t size() const override { return paths.size(); }

  Expected<tt::Sample> next() override {
    tt::Sample sample;
    sample.name = paths[position++];
    std::vector<std::string> files = {sample.name};
    if (sys::fs::is_directory(sample.name)) {
      Expected<std::vector<std::string>> inside = list(sample.name);
      if (!inside)
        return inside.takeError();
      files = std::move(*inside);
      // An ONNX test folder has what the outputs must be besides.
      erase_if(files, [](StringRef file) { return sys::path::filename(file).starts_with("output_"); });
    }
    for (StringRef file : files) {
      Expected<std::vector<tt::Tensor>> tensors = tt::readTensorFile(file);
      if (!tensors)
        return tensors.takeError();
      for (tt::Tensor &tensor : *tensors)
        sample.inputs.push_back(std::move(tensor));
    }
    return sample;
  }

  Error skip(uint64_t count) override {
    position += count;
    return Error::success();
  }

  /// The tensor files in `folder`, by name; numbers in names count as numbers.
  static Expected<std::vector<std::string>> list(StringRef folder) {
    return listIf(folder, [](const sys::fs::directory_entry &entry) {
      StringRef extension = sys::path::extension(entry.path());
      return entry.type() != sys::fs::file_type::directory_file &&
             (extension == ".npy" || extension == ".npz" || extension == ".pb");
    });
  }
  static Expected<std::vector<std::string>> listFolders(StringRef folder) {
    return listIf(folder, [](const sys::fs::directory_entry &entry) {
      Expected<std::vector<std::string>> inside = list(entry.path());
      bool isSample = inside && !inside->empty();
      consumeError(inside.takeError());
      return isSample;
    });
  }

private:
  static Expected<std::vector<std::string>> listIf(StringRef folder,
                                                   function_ref<bool(const sys::fs::directory_entry &)> isWanted) {
    std::vector<std::string> found;
    std::error_code ec;
    for (sys::fs::directory_iterator it(folder, ec), end; !ec && it != end; it.increment(ec))
      if (isWanted(*it))
        found.push_back(it->path());
    if (ec)
      return fail(folder + ": " + ec.message());
    llvm::sort(found, [](StringRef a, StringRef b) { return a.compare_numeric(b) < 0; });
    return found;
  }

  std::vector<std::string> paths;
  size_t position = 0;
};

} // namespace

/// The slices of the arrays in `path`.
static Expected<std::unique_ptr<tt::SampleSource>> openArrays(StringRef path, Ranks ranks) {
  Expected<std::vector<std::unique_ptr<tt::ArrayStream>>> arrays = tt::ArrayStream::open(path);
  if (!arrays)
    return arrays.takeError();
  if (arrays->empty())
    return fail(path + ": there is no array in it");
  std::vector<bool> keepsFirst;
  for (auto [i, array] : enumerate(*arrays)) {
    std::string where = array->name().empty() ? path.str() : (path + ":" + array->name()).str();
    auto known = find_if(ranks, [&](const auto &rank) { return rank.first == array->name(); });
    if (known == ranks.end() && arrays->size() == 1 && ranks.size() == 1)
      known = ranks.begin();
    if (known == ranks.end()) {
      auto names = map_range(ranks, [](const auto &rank) { return "'" + rank.first + "'"; });
      return fail(where + ": arrays need the names of the model's inputs, which are " + join(names, ", "));
    }
    size_t rank = array->dims().size();
    if (rank == 0 || (rank != known->second && rank != known->second + 1))
      return fail(where + ": needs samples along its first dimension, so " + Twine(known->second) + " or " +
                  Twine(known->second + 1) + " dimensions for the input '" + known->first + "', but has " +
                  Twine(rank));
    if (array->dims()[0] != (*arrays)[0]->dims()[0])
      return fail(path + ": its arrays have " + Twine((*arrays)[0]->dims()[0]) + " and " + Twine(array->dims()[0]) +
                  " samples");
    keepsFirst.push_back(rank == known->second);
  }
  if ((*arrays)[0]->dims()[0] == 0)
    return fail(path + ": has no samples, its first dimension is 0");
  return std::make_unique<SlicedArrays>(path, std::move(*arrays), std::move(keepsFirst));
}

Expected<std::unique_ptr<tt::SampleSource>> tt::openSamples(StringRef path, Ranks ranks) {
  if (!sys::fs::exists(path))
    return fail(path + ": " + std::make_error_code(std::errc::no_such_file_or_directory).message());
  if (!sys::fs::is_directory(path)) {
    if (path.ends_with(".pb"))
      return std::make_unique<WholeFiles>(std::vector<std::string>{path.str()});
    if (!path.ends_with(".npy") && !path.ends_with(".npz"))
      return fail(path + ": samples need a folder, or a name that ends in .npy, .npz or .pb");
    return openArrays(path, ranks);
  }
  Expected<std::vector<std::string>> files = WholeFiles::list(path);
  if (files && files->empty())
    files = WholeFiles::listFolders(path);
  if (!files)
    return files.takeError();
  if (files->empty())
    return fail(path + ": has no samples; files need a name that ends in .npy, .npz or .pb");
  return std::make_unique<WholeFiles>(std::move(*files));
}
