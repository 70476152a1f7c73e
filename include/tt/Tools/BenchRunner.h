//===- BenchRunner.h - a model that can be timed --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_BENCHRUNNER_H
#define TT_TOOLS_BENCHRUNNER_H

#include "tt/Tools/BenchInputs.h"
#include "tt/Tools/ModelArguments.h"

namespace tt {

/// A model with its inputs, ready to run in whatever executes it.
class BenchRunner {
public:
  virtual ~BenchRunner() = default;
  /// Runs `runs` times and appends the duration of each, in nanoseconds.
  virtual llvm::Error time(unsigned runs, std::vector<double> &nanoseconds) = 0;
  /// Runs once and returns copies of the outputs.
  virtual llvm::Expected<std::vector<Tensor>> outputs() = 0;
  /// What executes it, e.g. "tt x86-64-v4".
  virtual std::string engine() const = 0;
};

/// What runners of one model share.
struct BenchModelOptions {
  /// Threads of a run; 0: one for each CPU.
  unsigned threads = 1;
  /// Entry point; empty: the first.
  std::string entry;
  /// Code of several instruction sets: the one to run; empty: what TT_ISA names, or the best for this CPU.
  std::string isa;
};

/// One entry point of a compiled model in a session of this process.
class CompiledRunner : public BenchRunner {
public:
  /// `model` must outlive the runner, `inputs` must be in the entry point's order.
  static llvm::Expected<std::unique_ptr<CompiledRunner>> create(const LoadedModel &model, std::vector<Tensor> inputs,
                                                                const BenchModelOptions &options);

  llvm::Error time(unsigned runs, std::vector<double> &nanoseconds) override;
  llvm::Expected<std::vector<Tensor>> outputs() override;
  std::string engine() const override { return "tt " + session.isa().str(); }

private:
  CompiledRunner(ModelSession session, const tt_entry_info &info, uint32_t entry, std::vector<Tensor> inputs);

  ModelSession session;
  const tt_entry_info &info;
  uint32_t entry;
  std::vector<Tensor> inputs;
  /// Views of `inputs`, and the session's own outputs.
  llvm::SmallVector<tt_tensor> inputViews, outputViews;
};

/// The entry point that `options` name.
llvm::Expected<uint32_t> findEntry(const LoadedModel &model, const BenchModelOptions &options);

/// Runs at least `runs` times and `seconds` long, and forgets the times.
llvm::Error warmUp(BenchRunner &runner, unsigned runs, double seconds);

} // namespace tt

#endif // TT_TOOLS_BENCHRUNNER_H
