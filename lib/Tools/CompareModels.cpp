//===- CompareModels.cpp - two builds of a model, value by value ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/CompareModels.h"

#include "tt/Tools/ModelArguments.h"
#include "tt/Tools/Samples.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

#include <cmath>
#include <limits>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

void tt::ValueDistance::add(ArrayRef<float> a, ArrayRef<float> b) {
  for (auto [x, y] : zip(a, b)) {
    if (!std::isfinite(x) || !std::isfinite(y)) {
      if (!(x == y || (std::isnan(x) && std::isnan(y))))
        largest = noise = std::numeric_limits<double>::infinity();
      continue;
    }
    double difference = static_cast<double>(x) - y;
    signal += static_cast<double>(x) * x;
    other += static_cast<double>(y) * y;
    product += static_cast<double>(x) * y;
    noise += difference * difference;
    largest = std::max(largest, std::fabs(difference));
  }
}

double tt::ValueDistance::snr() const {
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

double tt::ValueDistance::cosine() const { return signal == 0 && other == 0 ? 1 : product / std::sqrt(signal * other); }

namespace {

/// Distances by name, in the order in which they came.
class Distances {
public:
  tt::ValueDistance &operator[](StringRef name) {
    auto [place, isNew] = places.try_emplace(name, list.size());
    if (isNew)
      list.emplace_back().name = name.str();
    return list[place->second];
  }
  std::vector<tt::ValueDistance> list;

private:
  StringMap<size_t> places;
};

/// How many samples the models get right.
struct Score {
  uint64_t samples = 0, first = 0, second = 0, same = 0, onlyFirst = 0, onlySecond = 0;
  /// Second minus first, of 1, and half of its 95 % interval (normal, paired by sample).
  double difference() const { return (static_cast<double>(second) - first) / samples; }
  double interval() const {
    double changed = static_cast<double>(onlyFirst + onlySecond) / samples;
    return 1.96 * std::sqrt(std::max(0.0, changed - difference() * difference()) / samples);
  }
};

Expected<tt::LoadedModel> open(const tt::CompileOptions &options) {
  return tt::openModel(options.input, [&](StringRef path, StringRef output, bool) {
    tt::CompileOptions compile = options;
    compile.input = path.str();
    compile.output = output.str();
    compile.kind = tt::OutputKind::SharedLibrary;
    compile.observe = true;
    return tt::compileQuietly(compile);
  });
}

int64_t getLargest(const tt::Tensor &tensor) {
  int64_t best = 0;
  for (int64_t i = 1; i < tensor.numElements(); ++i)
    if (tt::floatElement(tensor, i) > tt::floatElement(tensor, best))
      best = i;
  return best;
}

ArrayRef<float> getFloats(const tt::Tensor &tensor) {
  return ArrayRef(reinterpret_cast<const float *>(tensor.bytes().data()), tensor.numElements());
}

Expected<std::vector<int64_t>> readLabels(StringRef path) {
  Expected<tt::Tensor> tensor = tt::readNpy(path);
  if (!tensor)
    return tensor.takeError();
  std::vector<int64_t> labels;
  for (int64_t i = 0; i < tensor->numElements(); ++i) {
    int64_t label;
    if (tt::isFloatType(tensor->dtype) || StringRef(tensor->elementText(i)).getAsInteger(10, label))
      return fail(path + ": labels need integers, but found " + tensor->typeText());
    labels.push_back(label);
  }
  return labels;
}

/// Both models on the samples.
class Comparison {
public:
  Comparison(const tt::CompareModelsOptions &options) : options(options) {}

  Error run() {
    Expected<tt::LoadedModel> first = open(options.first);
    if (!first)
      return first.takeError();
    Expected<tt::LoadedModel> second = open(options.second);
    if (!second)
      return second.takeError();
    if (!options.labels.empty()) {
      Expected<std::vector<int64_t>> read = readLabels(options.labels);
      if (!read)
        return read.takeError();
      labels = std::move(*read);
    }
    for (tt::LoadedModel *model : {&*first, &*second})
      if (Error error = model->start(options.threads))
        return error;
    if (Error error = first->observe([&](const tt::ObservedValue &value) {
          ArrayRef<float> dense = value.dense(buffer);
          shown[value.name].assign(dense.begin(), dense.end());
        }))
      return error;
    if (Error error = second->observe([&](const tt::ObservedValue &value) {
          auto known = shown.find(value.name);
          ArrayRef<float> dense = value.dense(buffer);
          if (known != shown.end() && known->second.size() == dense.size())
            values[value.name].add(known->second, dense);
        }))
      return error;
    const tt_entry_info &entry = first->info().entries[0];
    std::vector<std::pair<std::string, uint32_t>> ranks;
    for (const tt_value_info &input : ArrayRef(entry.inputs, entry.num_inputs))
      ranks.push_back({input.name, input.rank});
    for (StringRef path : options.data) {
      Expected<std::unique_ptr<tt::SampleSource>> source = tt::openSamples(path, ranks);
      if (!source)
        return source.takeError();
      for (uint64_t i = 0; i < (*source)->size() && (!options.limit || samples < *options.limit); ++i)
        if (Error error = runSample(*first, *second, **source))
          return error;
    }
    if (!labels.empty() && score.samples == 0)
      return fail("labels need an output of f32, but the first one is not");
    return Error::success();
  }

  const tt::CompareModelsOptions &options;
  Distances values, outputs;
  Score score;
  uint64_t samples = 0;

private:
  Error runSample(tt::LoadedModel &first, tt::LoadedModel &second, tt::SampleSource &source) {
    Expected<tt::Sample> sample = source.next();
    if (!sample)
      return sample.takeError();
    auto inSample = [&](Error error) { return fail("sample '" + sample->name + "': " + toString(std::move(error))); };
    Expected<std::vector<tt::Tensor>> inputs = tt::matchInputs(first.info().entries[0], std::move(sample->inputs));
    if (!inputs)
      return inSample(inputs.takeError());
    Expected<std::vector<tt::Tensor>> a = first.run(0, *inputs);
    if (!a)
      return inSample(a.takeError());
    Expected<std::vector<tt::Tensor>> b = second.run(0, *inputs);
    if (!b)
      return inSample(b.takeError());
    for (auto [x, y] : zip(*a, *b)) {
      if (x.dtype != y.dtype || x.dims != y.dims)
        return fail("sample '" + sample->name + "': output '" + x.name + "' is " + x.typeText() + " in one model and " +
                    y.typeText() + " in the other");
      if (x.dtype == TT_FLOAT)
        outputs[x.name].add(getFloats(x), getFloats(y));
    }
    if (!labels.empty() && !a->empty() && a->front().dtype == TT_FLOAT) {
      if (samples >= labels.size())
        return fail("sample '" + sample->name + "' has no label: '" + options.labels + "' has " + Twine(labels.size()));
      int64_t x = getLargest(a->front()), y = getLargest(b->front()), label = labels[samples];
      ++score.samples;
      score.first += x == label;
      score.second += y == label;
      score.same += x == y;
      score.onlyFirst += x == label && y != label;
      score.onlySecond += y == label && x != label;
    }
    ++samples;
    return Error::success();
  }

  std::vector<int64_t> labels;
  StringMap<std::vector<float>> shown; ///< the first model's values for one sample
  std::vector<float> buffer;
};

void printText(const Comparison &comparison, ArrayRef<tt::ValueDistance> values, raw_ostream &os) {
  size_t width = 6;
  for (const tt::ValueDistance &value : values)
    width = std::max(width, std::min<size_t>(value.name.size(), 60));
  auto print = [&](const tt::ValueDistance &value) {
    os << left_justify(value.name, width)
       << format("  %8.2f  %10.6f  %11.4g\n", value.snr(), value.cosine(), value.largest);
  };
  auto head = [&](StringRef title) {
    os << left_justify(title, width) << "  " << right_justify("SNR dB", 8) << "  " << right_justify("cosine", 10)
       << "  " << right_justify("max error", 11) << "\n";
  };
  head("value");
  for_each(values, print);
  os << "\n";
  head("output");
  for_each(comparison.outputs.list, print);
  os << "\n" << comparison.samples << " samples\n";
  const Score &score = comparison.score;
  if (score.samples)
    os << format("top-1: %.2f %% and %.2f %%, difference %+.2f points (95 %%: +-%.2f), equal answers %.2f %%\n",
                 100.0 * score.first / score.samples, 100.0 * score.second / score.samples, 100 * score.difference(),
                 100 * score.interval(), 100.0 * score.same / score.samples);
}

void printJson(const Comparison &comparison, ArrayRef<tt::ValueDistance> values, raw_ostream &os) {
  json::OStream j(os);
  auto number = [](double value) { return std::isfinite(value) ? json::Value(value) : json::Value(nullptr); };
  auto list = [&](StringRef key, ArrayRef<tt::ValueDistance> entries) {
    j.attributeArray(key, [&] {
      for (const tt::ValueDistance &value : entries)
        j.value(json::Object{{"name", value.name},
                             {"snr_db", number(value.snr())},
                             {"cosine", number(value.cosine())},
                             {"max_error", number(value.largest)}});
    });
  };
  j.object([&] {
    j.attribute("samples", comparison.samples);
    list("values", values);
    list("outputs", comparison.outputs.list);
    if (const Score &score = comparison.score; score.samples)
      j.attribute("top1", json::Object{{"first", 1.0 * score.first / score.samples},
                                       {"second", 1.0 * score.second / score.samples},
                                       {"interval95", score.interval()},
                                       {"same", 1.0 * score.same / score.samples}});
  });
  os << "\n";
}

} // namespace

Error tt::compareModels(const CompareModelsOptions &options, raw_ostream &os) {
  Comparison comparison(options);
  if (Error error = comparison.run())
    return error;
  std::vector<ValueDistance> values = comparison.values.list;
  if (options.worstFirst)
    llvm::sort(values, [](const ValueDistance &a, const ValueDistance &b) {
      return std::make_pair(a.snr(), StringRef(a.name)) < std::make_pair(b.snr(), StringRef(b.name));
    });
  if (options.json)
    printJson(comparison, values, os);
  else
    printText(comparison, values, os);
  return Error::success();
}
