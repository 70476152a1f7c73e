//===- Bench.cpp - time models --------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Bench.h"

#include "tt/Runtime/Npy.h"
#include "tt/Tools/BenchEnvironment.h"
#include "tt/Tools/BenchStatistics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"

#include <atomic>
#include <barrier>
#include <chrono>
#include <cmath>
#include <thread>

using namespace llvm;
using Clock = std::chrono::steady_clock;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

//===- Records ---------------------------------------------------------------------------------------------------===//

std::string tt::durationText(double nanoseconds) {
  if (nanoseconds < 1e6)
    return formatv("{0:F2} us", nanoseconds / 1e3);
  if (nanoseconds < 1e9)
    return formatv("{0:F2} ms", nanoseconds / 1e6);
  return formatv("{0:F2} s", nanoseconds / 1e9);
}

json::Object tt::benchRecord(StringRef schema, const BenchOptions &options, ArrayRef<Tensor> inputs) {
  json::Array list;
  for (const Tensor &input : inputs)
    list.push_back(json::Object{
        {"name", input.name}, {"type", tt_npy_dtype_name(input.dtype)}, {"dims", json::Array(input.dims)}});
  return json::Object{{"schema", schema},
                      {"command", options.command},
                      {"inputs", std::move(list)},
                      {"seed", options.inputs.seed},
                      {"threads", options.model.threads},
                      {"pinned", json::Array(options.pinned)},
                      {"warmup", options.warmup},
                      {"repetitions", options.repetitions},
                      {"min_seconds", options.minSeconds},
                      {"environment", environmentRecord()}};
}

Error tt::appendJsonLine(StringRef path, json::Object record) {
  std::error_code ec;
  raw_fd_ostream os(path, ec, sys::fs::CD_OpenAlways, sys::fs::FA_Write, sys::fs::OF_Append);
  if (!ec) {
    os << json::Value(std::move(record)) << "\n";
    os.flush();
    ec = os.error();
    os.clear_error();
  }
  return ec ? fail("cannot write '" + path + "': " + ec.message()) : Error::success();
}

//===- Scenarios -------------------------------------------------------------------------------------------------===//

namespace {
struct Measured {
  /// Nanoseconds of each run, and of the whole measurement.
  std::vector<double> samples;
  double seconds = 0;
};
} // namespace

/// One run after the other.
static Error measureLatency(tt::BenchRunner &runner, const tt::BenchOptions &options, Measured &measured) {
  Clock::time_point start = Clock::now();
  do {
    if (Error error = runner.time(1, measured.samples))
      return error;
    measured.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  } while (measured.samples.size() < options.repetitions ||
           (measured.seconds < options.minSeconds && measured.samples.size() < tt::kMaxSamples));
  return Error::success();
}

/// All runners at once, each one run after the other, until all have enough.
static Error measureThroughput(ArrayRef<std::unique_ptr<tt::CompiledRunner>> runners, const tt::BenchOptions &options,
                               Measured &measured) {
  std::vector<std::vector<double>> samples(runners.size());
  std::vector<std::string> errors(runners.size());
  std::atomic<size_t> unfinished{runners.size()};
  std::atomic<bool> failed{false};
  Clock::time_point start;
  std::barrier barrier(static_cast<ptrdiff_t>(runners.size()), [&]() noexcept { start = Clock::now(); });
  auto run = [&](size_t stream) {
    barrier.arrive_and_wait();
    bool enough = false;
    // A stream that has enough goes on until all have: what is measured is the machine with all streams busy.
    do {
      if (Error error = runners[stream]->time(1, samples[stream])) {
        errors[stream] = toString(std::move(error));
        failed = true;
        return;
      }
      bool timeIsOver = std::chrono::duration<double>(Clock::now() - start).count() >= options.minSeconds ||
                        samples[stream].size() >= tt::kMaxSamples;
      if (!enough && timeIsOver && samples[stream].size() >= options.repetitions) {
        enough = true;
        --unfinished;
      }
    } while (unfinished > 0 && !failed);
  };
  std::vector<std::thread> threads;
  for (size_t stream = 1; stream < runners.size(); ++stream)
    threads.emplace_back(run, stream);
  run(0);
  for (std::thread &thread : threads)
    thread.join();
  measured.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  for (const std::string &error : errors)
    if (!error.empty())
      return fail(error);
  for (const std::vector<double> &own : samples)
    llvm::append_range(measured.samples, own);
  return Error::success();
}

static Error benchModel(const std::string &path, const tt::BenchOptions &options, tt::CompileFunction compile,
                        raw_ostream &os) {
  Expected<tt::LoadedModel> model = tt::openModel(path, compile);
  if (!model)
    return model.takeError();
  Expected<uint32_t> index = tt::findEntry(*model, options.model);
  if (!index)
    return index.takeError();
  const tt_entry_info &entry = model->info().entries[*index];

  unsigned threads = options.model.threads ? options.model.threads : tt::usableCpus().size();
  unsigned streams = !options.offline  ? 1
                     : options.streams ? options.streams
                                       : std::max<unsigned>(1, tt::usableCpus().size() / threads);
  std::vector<std::unique_ptr<tt::CompiledRunner>> runners;
  for (unsigned stream = 0; stream < streams; ++stream) {
    Expected<std::vector<tt::Tensor>> inputs = tt::makeInputs(entry, options.inputs);
    if (!inputs)
      return inputs.takeError();
    auto runner = tt::CompiledRunner::create(*model, std::move(*inputs), options.model);
    if (!runner)
      return runner.takeError();
    runners.push_back(std::move(*runner));
  }
  for (std::unique_ptr<tt::CompiledRunner> &runner : runners)
    if (Error error = tt::warmUp(*runner, options.warmup, options.minSeconds / 5))
      return error;
  Measured measured;
  if (Error error = options.offline ? measureThroughput(runners, options, measured)
                                    : measureLatency(*runners[0], options, measured))
    return error;

  tt::Summary summary = tt::summarize(measured.samples);
  double perSecond = options.items * static_cast<double>(measured.samples.size()) / measured.seconds;
  os << formatv("{0,-32} {1,7} {2,7} {3,8} {4,12} {5,12} {6,12} {7,12:F1}\n", sys::path::filename(path), threads,
                streams, measured.samples.size(), tt::durationText(summary.p50), tt::durationText(summary.p90),
                tt::durationText(summary.p99), perSecond);
  if (options.json.empty())
    return Error::success();
  Expected<std::vector<tt::Tensor>> inputs = tt::makeInputs(entry, options.inputs);
  if (!inputs)
    return inputs.takeError();
  json::Object record = tt::benchRecord("tt-bench/1", options, *inputs);
  record["model"] = path;
  record["compiled_by"] = model->info().producer;
  record["target"] = model->info().target;
  record["engine"] = runners[0]->engine();
  record["scenario"] = options.offline ? "offline" : "single";
  record["threads"] = threads;
  record["streams"] = streams;
  record["items"] = options.items;
  record["seconds"] = measured.seconds;
  record["items_per_second"] = perSecond;
  record["mean_ns"] = summary.mean;
  record["min_ns"] = summary.min;
  record["p50_ns"] = summary.p50;
  record["p90_ns"] = summary.p90;
  record["p99_ns"] = summary.p99;
  record["max_ns"] = summary.max;
  json::Array samples;
  for (double sample : measured.samples)
    samples.push_back(static_cast<int64_t>(std::llround(sample)));
  record["samples_ns"] = std::move(samples);
  return tt::appendJsonLine(options.json, std::move(record));
}

Error tt::benchModels(ArrayRef<std::string> models, const BenchOptions &options, CompileFunction compile,
                      raw_ostream &os) {
  os << formatv("{0,-32} {1,7} {2,7} {3,8} {4,12} {5,12} {6,12} {7,12}\n", "model", "threads", "streams", "runs", "p50",
                "p90", "p99", options.items == 1 ? "runs/s" : "items/s");
  for (const std::string &model : models)
    if (Error error = benchModel(model, options, compile, os))
      return fail(model + ": " + toString(std::move(error)));
  return Error::success();
}
