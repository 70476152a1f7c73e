//===- NativeModel.h - what the extension module needs of tt --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The border between Module.cpp, which pybind11 wants with exceptions and run-time type information, and the compiler,
// which has neither: plain types only, errors are texts. Nothing here needs the interpreter lock.
//===----------------------------------------------------------------------===//

#ifndef TT_PYTHON_NATIVEMODEL_H
#define TT_PYTHON_NATIVEMODEL_H

#include "tt/Runtime/ABI.h"

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tt::python {

/// tt::CompileOptions without the types of LLVM.
struct CompileRequest {
  std::string input;
  std::optional<std::string_view> bytes;
  std::string output, header, name, cpu, target, sysroot, until, dumpStages, fastMath, ranges, quantizeMethod;
  std::vector<std::string> quantizeExclude;
  std::vector<std::pair<std::string, int64_t>> dims;
  unsigned threads = 0;
  bool verifyEach = false;
};

enum class CompileStatus { Success, UserError, Refused, InternalError };

/// Compiles; `log` gets the lines that tt-compile would print. Also a fatal error of LLVM is an internal error here.
CompileStatus compile(const CompileRequest &request, std::string &log);

/// A dense tensor with 64-byte aligned memory of its own.
struct OwnedTensor {
  struct Free {
    void operator()(void *pointer) const { free(pointer); }
  };
  std::unique_ptr<void, Free> data;
  size_t bytes = 0;
  std::vector<int64_t> dims;
  uint32_t dtype = TT_UNDEFINED;
};

struct RunResult {
  tt_status status = TT_OK;
  std::string error;
  std::vector<OwnedTensor> outputs;
};

/// A compiled model in this process. Any number of threads may run it at a time: each run has a session to itself, one
/// that is idle or a new one, and all sessions are kept.
class NativeModel {
public:
  /// Opens a shared library and makes the first session; null and the text on failure. `isa` names the code to run
  /// (empty: what TT_ISA names, or the best for this CPU).
  static std::unique_ptr<NativeModel> load(const std::string &path, unsigned threads, const std::string &isa,
                                           std::string &error);
  ~NativeModel();

  const tt_model_info &info() const;
  /// The name of the code that the sessions run.
  const std::string &isa() const;
  RunResult run(uint32_t entry, const std::vector<tt_tensor> &inputs);
  /// Sessions that wait for a run.
  size_t numIdleSessions() const;
  /// Writes the library to `path`, whole or not at all, also when its own file is gone. The error, or "".
  std::string save(const std::string &path) const;

private:
  struct State;
  explicit NativeModel(std::unique_ptr<State> state);
  std::unique_ptr<State> state;
};

/// Name of an element type, as in ONNX, in lower case.
const char *dtypeName(uint32_t dtype);

} // namespace tt::python

#endif // TT_PYTHON_NATIVEMODEL_H
