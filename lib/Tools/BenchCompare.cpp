//===- BenchCompare.cpp - two models in one run ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Bench.h"
#include "tt/Tools/BenchEnvironment.h"
#include "tt/Tools/BenchStatistics.h"
#include "tt/Tools/OnnxRuntime.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <thread>

using namespace llvm;
using Clock = std::chrono::steady_clock;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

static constexpr StringRef kOnnxRuntime = "ort:";
/// Nanoseconds: below, a model of ONNX Runtime is so quick that what the binding takes is subtracted.
static constexpr double kBindingMatters = 300e3;
/// Nanoseconds: how long the runs of one sample take together, at least.
static constexpr double kBlock = 20e6;
/// Nanoseconds: a model that takes less runs once uncounted before each block, so that it finds its data in the caches.
static constexpr double kQuick = 10e6;
/// Between two blocks, when there are threads: those of ONNX Runtime 1.30 spin for 35 ms after a run (measured:
/// processor time of its process once it is idle), and would take a core from the other side.
static constexpr std::chrono::milliseconds kPause(100);

namespace {
/// One of the two: what it is, how it is run, its samples (nanoseconds of one run, the median of a block).
struct Side {
  std::string path;
  std::optional<tt::LoadedModel> model;
  std::unique_ptr<tt::BenchRunner> runner;
  unsigned runs = 1;
  bool quick = false;
  std::vector<double> samples;
};
} // namespace

static tt::Tensor copyOf(const tt::Tensor &tensor) {
  tt::Tensor copy(tensor.name, tensor.dtype, tensor.dims);
  memcpy(copy.bytes().data(), tensor.bytes().data(), tensor.bytes().size());
  return copy;
}

static Expected<std::unique_ptr<tt::BenchRunner>> openSide(Side &side, ArrayRef<tt::Tensor> inputs,
                                                           tt::OnnxRuntime *runtime, const tt::BenchOptions &options) {
  StringRef path = side.path;
  if (path.consume_front(kOnnxRuntime)) {
    unsigned threads = options.model.threads ? options.model.threads : tt::usableCpus().size();
    return runtime->open(path, threads, inputs);
  }
  Expected<uint32_t> entry = tt::findEntry(*side.model, options.model);
  if (!entry)
    return entry.takeError();
  std::vector<tt::Tensor> copies;
  for (const tt::Tensor &input : inputs)
    copies.push_back(copyOf(input));
  Expected<std::vector<tt::Tensor>> own = tt::matchInputs(side.model->info().entries[*entry], std::move(copies));
  if (!own)
    return own.takeError();
  Expected<std::unique_ptr<tt::CompiledRunner>> runner =
      tt::CompiledRunner::create(*side.model, std::move(*own), options.model);
  if (!runner)
    return runner.takeError();
  return std::move(*runner);
}

/// The outputs must have the same names, or be as many, and agree.
static Expected<size_t> compareOutputs(Side &a, Side &b, const tt::Tolerance &tolerance) {
  Expected<std::vector<tt::Tensor>> got = a.runner->outputs();
  if (!got)
    return got.takeError();
  Expected<std::vector<tt::Tensor>> want = b.runner->outputs();
  if (!want)
    return want.takeError();
  if (got->size() != want->size())
    return fail("the sides have " + Twine(got->size()) + " and " + Twine(want->size()) + " outputs");
  for (auto [i, tensor] : enumerate(*got)) {
    const tt::Tensor *other = &(*want)[i];
    for (const tt::Tensor &candidate : *want)
      if (candidate.name == tensor.name)
        other = &candidate;
    if (std::optional<std::string> difference = tt::compareTensors(tensor, *other, tolerance))
      return fail("the outputs '" + tensor.name + "' of A and '" + other->name + "' of B differ: " + *difference);
  }
  return got->size();
}

/// One sample: the median of `runs` runs, which a moment of other work on the machine does not move.
static Expected<double> measureBlock(tt::BenchRunner &runner, unsigned runs, bool quick, bool pause) {
  std::vector<double> times;
  if (pause)
    std::this_thread::sleep_for(kPause);
  if (quick)
    if (Error error = runner.time(1, times))
      return error;
  times.clear();
  if (Error error = runner.time(runs, times))
    return error;
  return tt::percentile(times, 50);
}

/// Warms up and chooses how many runs make a sample.
static Error prepare(tt::BenchRunner &runner, const tt::BenchOptions &options, unsigned &runs, bool &quick) {
  if (Error error = tt::warmUp(runner, options.warmup, options.minSeconds / 5))
    return error;
  std::vector<double> times;
  if (Error error = runner.time(5, times))
    return error;
  double time = tt::percentile(times, 50);
  quick = time < kQuick;
  runs = static_cast<unsigned>(std::clamp(std::ceil(kBlock / std::max(time, 1.0)), 1.0, 10000.0));
  return Error::success();
}

static json::Object sideRecord(const Side &side) {
  json::Array samples;
  for (double sample : side.samples)
    samples.push_back(sample);
  tt::Summary summary = tt::summarize(side.samples);
  return json::Object{{"model", side.path},
                      {"engine", side.runner->engine()},
                      {"runs_per_sample", side.runs},
                      {"p50_ns", summary.p50},
                      {"p90_ns", summary.p90},
                      {"min_ns", summary.min},
                      {"samples_ns", std::move(samples)}};
}

Expected<tt::Ratio> tt::compareModels(const std::string &pathA, const std::string &pathB, const BenchOptions &options,
                                      CompileFunction compile, raw_ostream &os) {
  Side sides[2];
  sides[0].path = pathA;
  sides[1].path = pathB;
  Side *compiled = nullptr;
  bool needsRuntime = false;
  for (Side &side : sides) {
    if (StringRef(side.path).starts_with(kOnnxRuntime)) {
      needsRuntime = true;
      continue;
    }
    Expected<LoadedModel> model = openModel(side.path, compile);
    if (!model)
      return fail(side.path + ": " + toString(model.takeError()));
    side.model.emplace(std::move(*model));
    if (!compiled)
      compiled = &side;
  }
  if (!compiled)
    return fail("one side must be a model that tt compiles: it says what the inputs are");
  Expected<uint32_t> entry = findEntry(*compiled->model, options.model);
  if (!entry)
    return entry.takeError();
  Expected<std::vector<Tensor>> inputs = makeInputs(compiled->model->info().entries[*entry], options.inputs);
  if (!inputs)
    return fail(compiled->path + ": " + toString(inputs.takeError()));

  std::unique_ptr<OnnxRuntime> runtime;
  if (needsRuntime) {
    Expected<std::unique_ptr<OnnxRuntime>> started = OnnxRuntime::start();
    if (!started)
      return started.takeError();
    runtime = std::move(*started);
  }
  for (Side &side : sides) {
    Expected<std::unique_ptr<BenchRunner>> runner = openSide(side, *inputs, runtime.get(), options);
    if (!runner)
      return fail(side.path + ": " + toString(runner.takeError()));
    side.runner = std::move(*runner);
  }
  Expected<size_t> outputs = compareOutputs(sides[0], sides[1], options.tolerance);
  if (!outputs)
    return outputs.takeError();
  for (Side &side : sides)
    if (Error error = prepare(*side.runner, options, side.runs, side.quick))
      return fail(side.path + ": " + toString(std::move(error)));

  // What a run costs through the binding, where that matters; sampled in each round, as the sides are.
  Side identity;
  identity.path = "identity";
  bool subtract = false;
  for (Side &side : sides) {
    if (side.model)
      continue;
    Expected<double> time = measureBlock(*side.runner, side.runs, side.quick, false);
    if (!time)
      return time.takeError();
    subtract |= *time < kBindingMatters;
  }
  if (subtract) {
    Expected<std::unique_ptr<BenchRunner>> runner = runtime->openIdentity(1);
    if (!runner)
      return runner.takeError();
    identity.runner = std::move(*runner);
    if (Error error = prepare(*identity.runner, options, identity.runs, identity.quick))
      return error;
  }

  BenchRandom random(options.inputs.seed);
  SmallVector<Side *> order = {&sides[0], &sides[1]};
  if (subtract)
    order.push_back(&identity);
  Clock::time_point start = Clock::now();
  double seconds = 0;
  while (sides[0].samples.size() < options.repetitions || seconds < options.minSeconds) {
    for (size_t i = order.size(); i > 1; --i) // Fisher and Yates
      std::swap(order[i - 1], order[random.below(i)]);
    for (Side *side : order) {
      Expected<double> time = measureBlock(*side->runner, side->runs, side->quick, options.model.threads != 1);
      if (!time)
        return fail(side->path + ": " + toString(time.takeError()));
      side->samples.push_back(*time);
    }
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }

  std::vector<double> times[2];
  for (auto [side, own] : zip(sides, times)) {
    own = side.samples;
    if (subtract && !side.model)
      for (auto [time, binding] : zip(own, identity.samples))
        time -= binding;
    if (percentile(own, 50) <= 0)
      return fail(side.path + " takes no longer than the identity through the same binding (" +
                  durationText(percentile(identity.samples, 50)) + "), so its time cannot be measured");
  }
  Ratio ratio = bootstrapRatio(times[0], times[1], options.inputs.seed);
  StringRef verdict = ratio.isDraw() ? "draw" : ratio.value < 1 ? "A is faster" : "B is faster";
  for (auto [i, side] : enumerate(sides)) {
    os << formatv("{0} {1,12}  (p90 {2})  {3}, {4}", i ? "B" : "A", durationText(percentile(times[i], 50)),
                  durationText(percentile(times[i], 90)), side.path, side.runner->engine());
    if (subtract && !side.model)
      os << formatv("; {0} less {1} of the binding", durationText(percentile(side.samples, 50)),
                    durationText(percentile(identity.samples, 50)));
    os << "\n";
  }
  os << formatv("A/B {0:F3} [{1:F3}, {2:F3}]  {3}; {4} pairs, {5} {6}\n", ratio.value, ratio.low, ratio.high, verdict,
                times[0].size(), *outputs, *outputs == 1 ? "output agrees" : "outputs agree");
  if (options.json.empty())
    return ratio;
  json::Object record = benchRecord("tt-bench-compare/1", options, *inputs);
  record["a"] = sideRecord(sides[0]);
  record["b"] = sideRecord(sides[1]);
  if (subtract)
    record["binding"] = sideRecord(identity);
  else
    record["binding"] = nullptr;
  record["a_net_p50_ns"] = percentile(times[0], 50);
  record["b_net_p50_ns"] = percentile(times[1], 50);
  record["ratio"] = ratio.value;
  record["low"] = ratio.low;
  record["high"] = ratio.high;
  record["verdict"] = verdict;
  record["seconds"] = seconds;
  if (Error error = appendJsonLine(options.json, std::move(record)))
    return error;
  return ratio;
}
