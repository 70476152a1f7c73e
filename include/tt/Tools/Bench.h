//===- Bench.h - time models, compare two ---------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_BENCH_H
#define TT_TOOLS_BENCH_H

#include "tt/Tools/BenchRunner.h"
#include "tt/Tools/BenchStatistics.h"
#include "tt/Tools/Compare.h"

#include "llvm/Support/JSON.h"

namespace tt {

/// How models are measured; docs/benchmarking.md says what each means.
struct BenchOptions {
  BenchModelOptions model;
  InputOptions inputs;
  /// Runs that are not counted, at least; a fifth of minSeconds long, at least.
  unsigned warmup = 5;
  /// Samples, at least.
  unsigned repetitions = 30;
  /// Duration of the measurement, at least.
  double minSeconds = 1;
  /// Throughput of parallel sessions instead of the latency of one.
  bool offline = false;
  /// Sessions of the offline scenario; 0: as many as there are CPUs for `threads` threads each.
  unsigned streams = 0;
  /// Items (images, sentences) that one run works on.
  double items = 1;
  /// CPUs that the process was pinned to, for the record.
  llvm::SmallVector<unsigned> pinned;
  /// The command line, for the record.
  std::string command;
  /// File that JSON lines are appended to; empty: none.
  std::string json;
  /// How far the outputs of two compared models may differ.
  Tolerance tolerance{1e-3, 1e-5, 1e-4};
};

/// A measurement ends after so many samples even if minSeconds are not over: the raw samples are kept.
inline constexpr size_t kMaxSamples = 100000;

/// Times each of `models` (paths) and prints a table.
llvm::Error benchModels(llvm::ArrayRef<std::string> models, const BenchOptions &options, CompileFunction compile,
                        llvm::raw_ostream &os);

/// Times two models in one run and prints which is faster. Each is a path, or "ort:" and the path of a model that ONNX
/// Runtime runs; one at least must be for tt. Rounds have one sample of each, in an order drawn by the seed. Outputs
/// that differ by more than options.tolerance are an error.
llvm::Expected<Ratio> compareModels(const std::string &a, const std::string &b, const BenchOptions &options,
                                    CompileFunction compile, llvm::raw_ostream &os);

/// The fields that records of all kinds have: options, inputs, environment.
llvm::json::Object benchRecord(llvm::StringRef schema, const BenchOptions &options, llvm::ArrayRef<Tensor> inputs);

/// Appends one line to `path`.
llvm::Error appendJsonLine(llvm::StringRef path, llvm::json::Object record);

/// 0.00000271 -> "2.71 us".
std::string durationText(double nanoseconds);

} // namespace tt

#endif // TT_TOOLS_BENCH_H
