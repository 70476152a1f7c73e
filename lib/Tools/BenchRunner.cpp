//===- BenchRunner.cpp - a model that can be timed ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/BenchRunner.h"

#include "llvm/ADT/STLExtras.h"

#include <chrono>
#include <cstring>

using namespace llvm;
using Clock = std::chrono::steady_clock;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

tt::CompiledRunner::CompiledRunner(ModelSession session, const tt_entry_info &info, uint32_t entry,
                                   std::vector<Tensor> given)
    : session(std::move(session)), info(info), entry(entry), inputs(std::move(given)),
      outputViews(info.num_outputs, tt_tensor{}) {
  for (Tensor &input : inputs)
    inputViews.push_back(input.view());
}

Expected<std::unique_ptr<tt::CompiledRunner>>
tt::CompiledRunner::create(const LoadedModel &model, std::vector<Tensor> inputs, const BenchModelOptions &options) {
  Expected<uint32_t> entry = findEntry(model, options);
  if (!entry)
    return entry.takeError();
  Expected<ModelSession> session = model.createSession(options.threads, options.isa);
  if (!session)
    return session.takeError();
  return std::unique_ptr<CompiledRunner>(
      new CompiledRunner(std::move(*session), model.info().entries[*entry], *entry, std::move(inputs)));
}

Error tt::CompiledRunner::time(unsigned runs, std::vector<double> &nanoseconds) {
  for (unsigned i = 0; i < runs; ++i) {
    Clock::time_point start = Clock::now();
    tt_status status = session.run(entry, inputViews, outputViews);
    Clock::time_point end = Clock::now();
    if (status != TT_OK)
      return fail(session.errorText());
    nanoseconds.push_back(static_cast<double>(std::chrono::nanoseconds(end - start).count()));
  }
  return Error::success();
}

Expected<std::vector<tt::Tensor>> tt::CompiledRunner::outputs() {
  if (session.run(entry, inputViews, outputViews) != TT_OK)
    return fail(session.errorText());
  std::vector<Tensor> results;
  for (auto [i, view] : enumerate(outputViews)) {
    Tensor &result = results.emplace_back(info.outputs[i].name, view.dtype, ArrayRef<int64_t>(view.dims, view.rank));
    memcpy(result.bytes().data(), view.data, result.bytes().size());
  }
  return results;
}

Expected<uint32_t> tt::findEntry(const LoadedModel &model, const BenchModelOptions &options) {
  if (options.entry.empty())
    return 0;
  return model.findEntry(options.entry);
}

Error tt::warmUp(BenchRunner &runner, unsigned runs, double seconds) {
  std::vector<double> forgotten;
  Clock::time_point start = Clock::now();
  do
    if (Error error = runner.time(1, forgotten))
      return error;
  while (forgotten.size() < runs || std::chrono::duration<double>(Clock::now() - start).count() < seconds);
  return Error::success();
}
