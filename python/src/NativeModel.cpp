//===- NativeModel.cpp - what the extension module needs of tt ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "NativeModel.h"

#include "Guard.h"

#include "tt/Pipelines/Driver.h"
#include "tt/Runtime/Npy.h"
#include "tt/Support/OutputFile.h"
#include "tt/Tools/LoadedModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <mutex>
#include <unistd.h>

using namespace llvm;
using namespace tt::python;

tt::python::CompileStatus tt::python::compile(const CompileRequest &request, std::string &log) {
  struct Compilation {
    tt::CompileOptions options;
    tt::CompileStatus status = tt::CompileStatus::InternalError;
    std::string log;
  };
  auto compilation = std::make_shared<Compilation>(); // after a fatal error, its thread keeps it
  tt::CompileOptions &options = compilation->options;
  options.input = request.input;
  if (request.bytes)
    options.bytes = StringRef(*request.bytes);
  options.output = request.output;
  options.header = request.header;
  options.name = request.name;
  options.cpu = request.cpu;
  options.triple = request.target;
  options.sysroot = request.sysroot;
  options.until = request.until;
  options.dumpStages = request.dumpStages;
  options.fastMath = request.fastMath;
  options.ranges = request.ranges;
  options.rangeMethod = request.quantizeMethod;
  options.quantizeExclude = request.quantizeExclude;
  options.dims = request.dims;
  options.threads = request.threads;
  options.verifyEach = request.verifyEach;
  std::string fatal = runGuarded([compilation] {
    raw_string_ostream os(compilation->log);
    compilation->status = tt::compileModel(compilation->options, os);
  });
  if (!fatal.empty()) {
    log = "internal error: " + fatal + "\n";
    return CompileStatus::InternalError;
  }
  log = std::move(compilation->log);
  switch (compilation->status) {
  case tt::CompileStatus::Success:
    return CompileStatus::Success;
  case tt::CompileStatus::UserError:
    return CompileStatus::UserError;
  case tt::CompileStatus::Refused:
    return CompileStatus::Refused;
  case tt::CompileStatus::InternalError:
    break;
  }
  return CompileStatus::InternalError;
}

const char *tt::python::dtypeName(uint32_t dtype) { return tt_npy_dtype_name(dtype); }

struct NativeModel::State {
  State(tt::LoadedModel library, sys::fs::file_t file, unsigned threads, const std::string &isa)
      : library(std::move(library)), file(file), threads(threads), isa(isa), process(getpid()) {}
  ~State() {
    dropSessionsOfParent();
    sys::fs::closeFile(file);
  }

  /// Sessions do not survive fork: their threads are not here, and freeing one would wait for them.
  void dropSessionsOfParent() {
    if (process == getpid())
      return;
    new std::vector<tt::ModelSession>(std::move(idle)); // never freed
    idle.clear();
    process = getpid();
  }

  /// An idle session or a new one.
  Expected<tt::ModelSession> acquire() {
    {
      std::lock_guard<std::mutex> lock(mutex);
      dropSessionsOfParent();
      if (!idle.empty()) {
        tt::ModelSession session = std::move(idle.back());
        idle.pop_back();
        return session;
      }
    }
    return library.createSession(threads, isa);
  }
  void release(tt::ModelSession session) {
    std::lock_guard<std::mutex> lock(mutex);
    idle.push_back(std::move(session));
  }

  tt::LoadedModel library;
  sys::fs::file_t file; ///< open as long as the library is loaded, for save()
  unsigned threads;
  std::string isa;
  std::mutex mutex;
  pid_t process;
  std::vector<tt::ModelSession> idle;
};

NativeModel::NativeModel(std::unique_ptr<State> state) : state(std::move(state)) {}
NativeModel::~NativeModel() = default;

std::unique_ptr<NativeModel> NativeModel::load(const std::string &path, unsigned threads, const std::string &isa,
                                               std::string &error) {
  auto fail = [&](Error reason) {
    error = toString(std::move(reason));
    return nullptr;
  };
  Expected<sys::fs::file_t> file = sys::fs::openNativeFileForRead(path);
  if (!file) {
    error = "cannot load '" + path + "': " + toString(file.takeError());
    return nullptr;
  }
  Expected<tt::LoadedModel> library = tt::LoadedModel::open(path);
  if (!library) {
    sys::fs::closeFile(*file);
    return fail(library.takeError());
  }
  auto state = std::make_unique<State>(std::move(*library), *file, threads, isa);
  Expected<tt::ModelSession> session = state->acquire();
  if (!session)
    return fail(session.takeError());
  state->isa = session->isa().str(); // further sessions run the same code, whatever TT_ISA becomes
  state->release(std::move(*session));
  return std::unique_ptr<NativeModel>(new NativeModel(std::move(state)));
}

const tt_model_info &NativeModel::info() const { return state->library.info(); }

const std::string &NativeModel::isa() const { return state->isa; }

size_t NativeModel::numIdleSessions() const {
  std::lock_guard<std::mutex> lock(state->mutex);
  return state->idle.size();
}

/// Memory for a tensor of `dims`; false when there is none.
static bool allocate(OwnedTensor &tensor, uint32_t dtype, ArrayRef<int64_t> dims) {
  size_t bytes = tt_npy_dtype_bytes(dtype);
  for (int64_t size : dims)
    if (__builtin_mul_overflow(bytes, static_cast<size_t>(size), &bytes))
      return false;
  void *data = nullptr;
  if (posix_memalign(&data, 64, std::max<size_t>(bytes, 1)))
    return false;
  tensor.data.reset(data);
  tensor.bytes = bytes;
  tensor.dtype = dtype;
  tensor.dims.assign(dims.begin(), dims.end());
  return true;
}

RunResult NativeModel::run(uint32_t entry, const std::vector<tt_tensor> &inputs) {
  const tt_entry_info &description = info().entries[entry];
  RunResult result;
  auto fail = [&](tt_status status, const Twine &text) {
    result.status = status;
    result.error = text.str();
    result.outputs.clear();
    return std::move(result);
  };
  auto noMemory = [&](const tt_value_info &output) {
    return fail(TT_OUT_OF_MEMORY, "out of memory: no memory for output '" + Twine(output.name) + "'");
  };

  // The run writes outputs whose size is known straight to their place; of the others a copy is taken.
  ArrayRef<tt_value_info> infos(description.outputs, description.num_outputs);
  result.outputs.resize(infos.size());
  std::vector<tt_tensor> outputs(infos.size(), tt_tensor{});
  for (auto [info, owned, output] : zip_equal(infos, result.outputs, outputs)) {
    ArrayRef<int64_t> dims(info.dims, info.rank);
    if (any_of(dims, [](int64_t size) { return size < 0; }))
      continue;
    if (!allocate(owned, info.dtype, dims))
      return noMemory(info);
    output = {owned.data.get(), owned.dims.data(), info.rank, info.dtype, owned.bytes};
  }

  Expected<tt::ModelSession> session = state->acquire();
  if (!session)
    return fail(TT_SYSTEM_ERROR, toString(session.takeError()));
  tt_status status = session->run(entry, inputs, outputs);
  if (status != TT_OK) {
    std::string text = session->errorText().str();
    state->release(std::move(*session));
    return fail(status, text);
  }
  const tt_value_info *withoutMemory = nullptr;
  for (auto [info, owned, output] : zip_equal(infos, result.outputs, outputs)) {
    if (owned.data)
      continue;
    ArrayRef<int64_t> dims(output.dims, output.rank);
    if (!allocate(owned, output.dtype, dims)) {
      withoutMemory = &info;
      break;
    }
    memcpy(owned.data.get(), output.data, owned.bytes);
  }
  state->release(std::move(*session));
  return withoutMemory ? noMemory(*withoutMemory) : std::move(result);
}

std::string NativeModel::save(const std::string &path) const {
  Error error = tt::writeFileAtomically(
      path,
      [&](raw_fd_ostream &os) -> Error {
        sys::fs::file_status status;
        if (std::error_code ec = sys::fs::status(state->file, status))
          return errorCodeToError(ec);
        auto buffer = MemoryBuffer::getOpenFile(state->file, path, status.getSize(), /*RequiresNullTerminator=*/false);
        if (!buffer)
          return errorCodeToError(buffer.getError());
        os << (*buffer)->getBuffer();
        return Error::success();
      },
      /*executable=*/true);
  return error ? toString(std::move(error)) : "";
}
