//===- OnnxRuntime.h - ONNX Runtime as a peer of benchmarks ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_ONNXRUNTIME_H
#define TT_TOOLS_ONNXRUNTIME_H

#include "tt/Tools/BenchRunner.h"

#include "llvm/Support/JSON.h"

#include <cstdio>
#include <sys/types.h>

namespace tt {

/// ONNX Runtime in a child process: Node.js with npm's onnxruntime-node, driven through pipes by the script
/// benchmarks/peers/ort.js, which is inside this program. The child inherits the CPUs that this process is pinned to.
/// Session options: all graph optimisations, the given number of threads inside operators, one operator at a time,
/// arena and memory patterns on.
class OnnxRuntime {
public:
  /// Starts the child. An error that says how to install what is missing.
  static llvm::Expected<std::unique_ptr<OnnxRuntime>> start();
  OnnxRuntime(const OnnxRuntime &) = delete;
  OnnxRuntime &operator=(const OnnxRuntime &) = delete;
  ~OnnxRuntime();

  /// Opens a model (a path) and gives it `inputs`, by their names.
  llvm::Expected<std::unique_ptr<BenchRunner>> open(llvm::StringRef model, unsigned threads,
                                                    llvm::ArrayRef<Tensor> inputs);
  /// A model that copies one float: what a run costs through this binding, whatever the model is.
  llvm::Expected<std::unique_ptr<BenchRunner>> openIdentity(unsigned threads);

private:
  friend class OnnxRuntimeRunner;
  OnnxRuntime() = default;
  /// Sends one command and returns the answer; one that tells an error is an error.
  llvm::Expected<llvm::json::Object> ask(llvm::json::Object command);

  pid_t child = -1;
  FILE *commands = nullptr, *answers = nullptr;
  /// Where tensors are exchanged; empty: not yet made.
  std::string folder;
};

} // namespace tt

#endif // TT_TOOLS_ONNXRUNTIME_H
