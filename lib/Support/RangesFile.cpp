//===- RangesFile.cpp - the file of a calibration ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/RangesFile.h"

#include "tt/Support/OutputFile.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cmath>
#include <limits>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

tt::ValueStatistics &tt::Calibration::operator[](StringRef name) {
  auto [place, isNew] = places.try_emplace(name, list.size());
  if (isNew)
    list.push_back({name.str(), {}});
  return list[place->second].second;
}

const tt::ValueStatistics *tt::Calibration::find(StringRef name) const {
  auto found = places.find(name);
  return found == places.end() ? nullptr : &list[found->second].second;
}

Error tt::Calibration::merge(const Calibration &other) {
  if (hash != other.hash)
    return fail("ranges of one model cannot be merged with those of another: the SHA-256 of '" + model + "' is " +
                hash + ", that of '" + other.model + "' " + other.hash);
  for (const auto &[name, statistics] : other.list)
    if (!find(name))
      return fail("the value '" + name + "' is in one of two ranges files only");
  if (list.size() != other.list.size())
    return fail("ranges files with " + Twine(list.size()) + " and " + Twine(other.list.size()) +
                " values cannot be merged");
  for (const auto &[name, statistics] : other.list)
    (*this)[name].merge(statistics);
  samples += other.samples;
  return Error::success();
}

//===- Writing ---------------------------------------------------------------------------------------------------===//

/// The shortest of 17 digits is enough: reading gives the same double.
static void print(raw_ostream &os, double value) { os << format("%.17g", value); }

static void print(raw_ostream &os, const tt::ExactSum &sum) {
  os << "[";
  for (auto [i, term] : enumerate(sum.terms())) {
    os << (i ? ", " : "");
    print(os, term);
  }
  os << "]";
}

static void print(raw_ostream &os, size_t place, const tt::ValueStatistics &value) {
  os << "{\n      \"place\": " << place << ", \"count\": " << value.count << ", \"nan\": " << value.nans
     << ", \"infinite\": " << value.infinites << ",\n      \"min\": ";
  print(os, value.min);
  os << ", \"max\": ";
  print(os, value.max);
  os << ",\n      \"sum\": ";
  print(os, value.sum);
  os << ", \"sum_squares\": ";
  print(os, value.sumSquares);
  os << ",\n      \"histogram\": {\"exponent\": " << value.histogram.exponent()
     << ", \"first\": " << value.histogram.first() << ", \"counts\": [";
  for (auto [i, count] : enumerate(value.histogram.counts()))
    os << (i ? "," : "") << count;
  os << "]}}";
}

Error tt::writeCalibration(StringRef path, const Calibration &calibration) {
  return writeFileAtomically(path, [&](raw_fd_ostream &os) {
    os << "{\n  \"format\": \"tt-ranges\", \"version\": " << kRangesVersion
       << ",\n  \"model\": " << json::Value(calibration.model) << ",\n  \"sha256\": " << json::Value(calibration.hash)
       << ",\n  \"samples\": " << calibration.samples;
    if (calibration.unfinished)
      os << ",\n  \"unfinished\": " << json::Value(*calibration.unfinished);
    os << ",\n  \"values\": {";
    for (const auto &[place, value] : enumerate(calibration.values())) {
      os << (place ? ",\n    " : "\n    ") << json::Value(value.first) << ": ";
      print(os, place, value.second);
    }
    os << "\n  }\n}\n";
    return Error::success();
  });
}

//===- Reading ---------------------------------------------------------------------------------------------------===//

namespace {
/// Takes a value of the file apart; remembers the first thing that is missing or wrong.
class Reader {
public:
  uint64_t getCount(const json::Object &object, StringRef key) {
    const json::Value *value = object.get(key);
    std::optional<uint64_t> number = value ? value->getAsUINT64() : std::nullopt;
    return number ? *number : (wrong("'" + key + "' needs a number from 0 on"), 0);
  }
  int64_t getInteger(const json::Object &object, StringRef key) {
    std::optional<int64_t> number = object.getInteger(key);
    return number ? *number : (wrong("'" + key + "' needs an integer"), 0);
  }
  float getFloat(const json::Object &object, StringRef key) {
    std::optional<double> number = object.getNumber(key);
    if (number && std::fabs(*number) <= std::numeric_limits<float>::max())
      return *number;
    wrong("'" + key + "' needs a number within the limits of f32");
    return 0;
  }
  tt::ExactSum getSum(const json::Object &object, StringRef key) {
    tt::ExactSum sum;
    const json::Array *terms = object.getArray(key);
    if (!terms)
      wrong("'" + key + "' needs a list of numbers");
    for (size_t i = 0; terms && i < terms->size(); ++i)
      if (std::optional<double> term = (*terms)[i].getAsNumber(); term && std::isfinite(*term))
        sum.add(*term);
      else
        wrong("'" + key + "' needs a list of numbers");
    return sum;
  }
  tt::ValueStatistics getStatistics(const json::Object &object) {
    tt::ValueStatistics value;
    value.count = getCount(object, "count");
    value.nans = getCount(object, "nan");
    value.infinites = getCount(object, "infinite");
    value.min = getFloat(object, "min");
    value.max = getFloat(object, "max");
    value.sum = getSum(object, "sum");
    value.sumSquares = getSum(object, "sum_squares");
    const json::Object *histogram = object.getObject("histogram");
    const json::Array *counts = histogram ? histogram->getArray("counts") : nullptr;
    if (!counts) {
      wrong("'histogram' needs 'exponent', 'first' and 'counts'");
      return value;
    }
    std::vector<uint64_t> bins;
    uint64_t total = 0;
    for (const json::Value &entry : *counts) {
      std::optional<uint64_t> number = entry.getAsUINT64();
      if (!number)
        wrong("'counts' needs numbers from 0 on");
      total += bins.emplace_back(number.value_or(0));
    }
    auto made = tt::Histogram::fromBins(getInteger(*histogram, "exponent"), getInteger(*histogram, "first"), bins);
    if (!made) {
      wrong(toString(made.takeError()));
      return value;
    }
    value.histogram = std::move(*made);
    if (total != value.count)
      wrong("the histogram counts " + Twine(total) + " elements, but 'count' is " + Twine(value.count));
    if (value.count && (value.min < value.histogram.low(0) || value.max >= value.histogram.high(bins.size() - 1)))
      wrong("the histogram does not go from 'min' to 'max'");
    return value;
  }
  void wrong(const Twine &text) {
    if (error.empty())
      error = text.str();
  }
  std::string error;
};
} // namespace

Expected<tt::Calibration> tt::readCalibration(StringRef path) {
  auto file = MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return fail("cannot read '" + path + "': " + file.getError().message());
  auto damaged = [&](const Twine &why) { return fail("'" + path + "' is not a ranges file: " + why); };
  Expected<json::Value> parsed = json::parse((*file)->getBuffer());
  if (!parsed)
    return damaged(toString(parsed.takeError()));
  const json::Object *root = parsed->getAsObject();
  if (!root || root->getString("format") != StringRef("tt-ranges"))
    return damaged("it needs \"format\": \"tt-ranges\"");
  if (root->getInteger("version") != kRangesVersion)
    return fail("'" + path + "' has version " + Twine(root->getInteger("version").value_or(0)) +
                " of the format, this tool reads version " + Twine(kRangesVersion));
  Reader reader;
  Calibration calibration;
  calibration.model = root->getString("model").value_or("").str();
  calibration.hash = root->getString("sha256").value_or("").str();
  calibration.samples = reader.getCount(*root, "samples");
  if (std::optional<StringRef> unfinished = root->getString("unfinished"))
    calibration.unfinished = unfinished->str();
  const json::Object *values = root->getObject("values");
  if (!values)
    return damaged("it needs \"values\"");
  std::vector<std::pair<uint64_t, StringRef>> order;
  for (const auto &[key, value] : *values)
    order.push_back({value.getAsObject() ? reader.getCount(*value.getAsObject(), "place") : 0, StringRef(key)});
  llvm::sort(order);
  for (auto [place, name] : order) {
    const json::Object *value = values->getObject(name);
    if (!value)
      return damaged("the value '" + name + "' needs an object");
    calibration[name] = reader.getStatistics(*value);
    if (!reader.error.empty())
      return damaged("value '" + name + "': " + reader.error);
  }
  if (!reader.error.empty())
    return damaged(reader.error);
  return calibration;
}
