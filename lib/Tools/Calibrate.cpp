//===- Calibrate.cpp - runs a model over samples -------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Calibrate.h"

#include "tt/Pipelines/Driver.h"
#include "tt/Tools/ModelArguments.h"
#include "tt/Tools/Observed.h"
#include "tt/Tools/Samples.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SHA256.h"

#include <chrono>
#include <cmath>

using namespace llvm;
using Clock = std::chrono::steady_clock;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

static double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// SHA-256 of a file in hexadecimal.
static Expected<std::string> hashFile(StringRef path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fail("cannot read '" + path + "': " + file.getError().message());
  std::array<uint8_t, 32> hash = SHA256::hash(arrayRefFromStringRef((*file)->getBuffer()));
  return toHex(hash, /*LowerCase=*/true);
}

/// An error where an input has an element that is not finite, or none at all.
static Error checkSample(const tt::Sample &sample) {
  for (const tt::Tensor &input : sample.inputs) {
    if (input.numElements() == 0)
      return fail("sample '" + sample.name + "': input '" + input.name + "' is empty, it is " + input.typeText());
    for (int64_t i = 0, e = tt::isFloatType(input.dtype) ? input.numElements() : 0; i < e; ++i)
      if (!std::isfinite(tt::floatElement(input, i)))
        return fail("sample '" + sample.name + "': element " + Twine(i) + " of input '" + input.name + "' is " +
                    input.elementText(i));
  }
  return Error::success();
}

namespace {

/// A line on a terminal that is written again and again.
class Progress {
public:
  Progress(raw_ostream *os, uint64_t done, uint64_t total) : os(os), before(done), total(total) {}
  ~Progress() {
    if (os && isShown)
      *os << "\r\033[K";
  }
  void show(uint64_t done) {
    if (!os || (isShown && secondsSince(last) < 0.2))
      return;
    double rate = (done - before) / std::max(secondsSince(start), 1e-9);
    *os << "\r\033[K" << done << "/" << total << " samples, " << format("%.1f", rate) << " samples/s, "
        << format("%.0f", (total - done) / std::max(rate, 1e-9)) << " s left";
    os->flush();
    last = Clock::now();
    isShown = true;
  }

private:
  raw_ostream *os;
  uint64_t before, total;
  Clock::time_point start = Clock::now(), last;
  bool isShown = false;
};

/// One calibration: the model, its samples, what is known so far.
class Run {
public:
  Run(const tt::CalibrateOptions &options, raw_ostream &log)
      : options(options), log(log), checkpoint(options.output + ".partial") {}

  Expected<bool> run() {
    Expected<std::string> hash = hashFile(options.model);
    if (!hash)
      return hash.takeError();
    calibration.model = sys::path::filename(options.model).str();
    calibration.hash = *hash;
    Expected<tt::LoadedModel> model = openObserved();
    if (!model)
      return model.takeError();
    const tt_entry_info &entry = model->info().entries[0];
    if (Error error = openSources(entry))
      return std::move(error);
    if (Error error = resume())
      return std::move(error);
    if (Error error = model->start(options.threads))
      return std::move(error);
    if (Error error = model->observe([&](const tt::ObservedValue &value) { take(value); }))
      return std::move(error);
    Expected<bool> isDone = runSamples(*model, entry);
    if (!isDone || !*isDone)
      return isDone;
    calibration.unfinished.reset();
    if (Error error = tt::writeCalibration(options.output, calibration))
      return std::move(error);
    sys::fs::remove(checkpoint);
    return true;
  }

private:
  Expected<tt::LoadedModel> openObserved() {
    return tt::openModel(options.model, [&](StringRef path, StringRef output, bool) {
      tt::CompileOptions compile;
      compile.input = path.str();
      compile.output = output.str();
      compile.kind = tt::OutputKind::SharedLibrary;
      compile.cpu = options.cpu;
      compile.dims = options.dims;
      compile.observe = true;
      return tt::compileQuietly(compile);
    });
  }

  Error openSources(const tt_entry_info &entry) {
    std::vector<std::pair<std::string, uint32_t>> ranks;
    for (const tt_value_info &input : ArrayRef(entry.inputs, entry.num_inputs))
      ranks.push_back({input.name, input.rank});
    std::string words;
    for (StringRef path : options.data) {
      Expected<std::unique_ptr<tt::SampleSource>> source = tt::openSamples(path, ranks);
      if (!source)
        return source.takeError();
      total += (*source)->size();
      words += (words.empty() ? "" : ", ") + path.str() + " (" + std::to_string((*source)->size()) + ")";
      sources.push_back(std::move(*source));
    }
    calibration.unfinished = words;
    return Error::success();
  }

  /// Goes on from the checkpoint of the same calibration, where there is one.
  Error resume() {
    if (!sys::fs::exists(checkpoint))
      return Error::success();
    Expected<tt::Calibration> before = tt::readCalibration(checkpoint);
    if (!before)
      return before.takeError();
    if (before->hash != calibration.hash || before->unfinished != calibration.unfinished || before->samples > total) {
      log << "note: '" << checkpoint << "' is of another model or other data; starting from the beginning\n";
      return Error::success();
    }
    calibration = std::move(*before);
    log << "note: going on after " << calibration.samples << " of " << total << " samples of '" << checkpoint << "'\n";
    uint64_t left = calibration.samples;
    for (auto &source : sources) {
      uint64_t skipped = std::min(left, source->size());
      if (Error error = source->skip(skipped))
        return error;
      starts.push_back(skipped);
      left -= skipped;
    }
    return Error::success();
  }

  void take(const tt::ObservedValue &value) {
    tt::ValueStatistics &statistics = calibration[value.name];
    uint64_t nans = statistics.nans;
    statistics.add(value.dense(buffer));
    if (statistics.nans > nans && nanValue.empty())
      nanValue = value.name.str();
  }

  Expected<bool> runSamples(tt::LoadedModel &model, const tt_entry_info &entry) {
    Progress progress(options.showProgress ? &log : nullptr, calibration.samples, total);
    Clock::time_point saved = Clock::now();
    uint64_t done = 0;
    for (auto [i, source] : enumerate(sources))
      for (uint64_t s = i < starts.size() ? starts[i] : 0; s < source->size(); ++s) {
        bool isStopped =
            (options.interrupted && *options.interrupted) || (options.stopAfter && done >= *options.stopAfter);
        if (isStopped || (done && secondsSince(saved) >= options.checkpointSeconds)) {
          if (Error error = tt::writeCalibration(checkpoint, calibration))
            return std::move(error);
          saved = Clock::now();
        }
        if (isStopped)
          return false;
        if (Error error = runSample(model, entry, *source))
          return std::move(error);
        ++done;
        progress.show(++calibration.samples);
      }
    return true;
  }

  Error runSample(tt::LoadedModel &model, const tt_entry_info &entry, tt::SampleSource &source) {
    Expected<tt::Sample> sample = source.next();
    if (!sample)
      return sample.takeError();
    auto inSample = [&](Error error) { return fail("sample '" + sample->name + "': " + toString(std::move(error))); };
    Expected<std::vector<tt::Tensor>> inputs = tt::matchInputs(entry, std::move(sample->inputs));
    if (!inputs)
      return inSample(inputs.takeError());
    sample->inputs = std::move(*inputs);
    if (Error error = checkSample(*sample))
      return error;
    Expected<std::vector<tt::Tensor>> outputs = model.run(0, sample->inputs);
    if (!outputs)
      return inSample(outputs.takeError());
    if (!nanValue.empty())
      return fail("sample '" + sample->name + "' makes the value '" + nanValue +
                  "' of the model NaN, though its inputs are finite");
    return Error::success();
  }

  const tt::CalibrateOptions &options;
  raw_ostream &log;
  std::string checkpoint;
  tt::Calibration calibration;
  std::vector<std::unique_ptr<tt::SampleSource>> sources;
  std::vector<uint64_t> starts; ///< samples of each source that are done before this call; empty: none of any
  uint64_t total = 0;
  std::vector<float> buffer;
  std::string nanValue; ///< the first value with a NaN
};

} // namespace

Expected<bool> tt::calibrate(const CalibrateOptions &options, raw_ostream &log) { return Run(options, log).run(); }

//===- Report ----------------------------------------------------------------------------------------------------===//

/// A histogram of `columns` characters from the smallest to the largest value, higher where there are more, by the
/// logarithm.
static std::string drawHistogram(const tt::Histogram &histogram, size_t columns) {
  static const char *const levels[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  ArrayRef<uint64_t> counts = histogram.counts();
  std::vector<double> sums(columns);
  for (auto [bin, count] : enumerate(counts))
    sums[bin * columns / counts.size()] += count;
  double most = counts.empty() ? 0 : *max_element(sums);
  std::string text;
  for (double sum : sums)
    text += levels[sum == 0 ? 0 : 1 + static_cast<int>(7 * std::log1p(sum) / std::log1p(most))];
  return text;
}

void tt::printReport(const Calibration &calibration, ArrayRef<RangeMethod> methods, raw_ostream &os) {
  os << calibration.model << ", " << calibration.samples << " samples, " << calibration.values().size()
     << " values; the columns are range and clipped share by method\n";
  size_t width = 5;
  for (const auto &[name, statistics] : calibration.values())
    width = std::max(width, std::min<size_t>(name.size(), 40));
  os << left_justify("value", width) << "  " << left_justify("histogram (log)", 32) << "  " << right_justify("mean", 10)
     << " " << right_justify("deviation", 10);
  for (const RangeMethod &method : methods)
    os << "  " << left_justify(method.text(), 32);
  os << "\n";
  for (const auto &[name, statistics] : calibration.values()) {
    os << left_justify(name, width) << "  " << drawHistogram(statistics.histogram, 32) << "  "
       << format("%10.4g %10.4g", statistics.mean(), statistics.deviation());
    for (const RangeMethod &method : methods) {
      Range range = chooseRange(statistics, method);
      os << format("  [%10.4g, %10.4g] %6.3f %%", range.low, range.high, 100 * getClippedShare(statistics, range));
    }
    os << "\n";
  }
}
