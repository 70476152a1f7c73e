//===- RunModel.cpp - run one model on files ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/RunModel.h"

#include "tt/Runtime/Npy.h"
#include "tt/Tools/ModelArguments.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using Tensors = std::vector<tt::Tensor>;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

static void listModel(const tt_model_info &info, raw_ostream &os) {
  os << "model " << info.model_name << ", compiled by " << info.producer << " for " << info.target << ", "
     << info.weights_bytes << " bytes of weights\n";
  for (const tt_entry_info &entry : ArrayRef(info.entries, info.num_entries)) {
    os << "entry " << entry.name << "\n";
    for (const tt_value_info &value : ArrayRef(entry.inputs, entry.num_inputs))
      os << "  input " << value.name << ": " << tt::typeText(value) << "\n";
    for (const tt_value_info &value : ArrayRef(entry.outputs, entry.num_outputs))
      os << "  output " << value.name << ": " << tt::typeText(value) << "\n";
  }
}

/// Runs as often as asked for, each time in the same session, and returns the last results.
static Expected<Tensors> runRepeatedly(tt::LoadedModel &model, uint32_t entry, Tensors &inputs,
                                       const tt::RunOptions &options) {
  Expected<Tensors> outputs = model.run(entry, inputs);
  if (outputs && options.repeat > 1 && !options.profileOut.empty())
    if (Error error = model.resetProfile())
      return error;
  for (unsigned i = 1; outputs && i < options.repeat; ++i)
    outputs = model.run(entry, inputs);
  if (outputs && !options.profileOut.empty())
    if (Error error = model.writeProfile(options.profileOut))
      return error;
  return outputs;
}

/// Runs with each number of threads and demands equal bits.
static Expected<Tensors> runAll(tt::LoadedModel &model, uint32_t entry, Tensors &inputs,
                                const tt::RunOptions &options) {
  Tensors first;
  ArrayRef<unsigned> threads = options.threads;
  for (auto [round, count] : enumerate(threads)) {
    if (Error error = model.start(count, options.isa))
      return error;
    Expected<Tensors> outputs = runRepeatedly(model, entry, inputs, options);
    if (!outputs)
      return outputs.takeError();
    for (size_t i = 0; round > 0 && i < first.size(); ++i)
      if (!tt::bitEqual(first[i], (*outputs)[i]))
        return fail("output '" + first[i].name + "' has other bits with " + Twine(count) + " threads than with " +
                    Twine(threads[0]));
    if (round == 0)
      first = std::move(*outputs);
  }
  return first;
}

/// Compares with the expected tensors, those with an output's name first, the others in order. Prints the differences.
static Expected<bool> compareAll(const Tensors &outputs, const Tensors &expected, const tt::Tolerance &tolerance,
                                 raw_ostream &os) {
  SmallVector<const tt::Tensor *> want(outputs.size(), nullptr);
  SmallVector<const tt::Tensor *> rest;
  for (const tt::Tensor &tensor : expected) {
    size_t i = 0;
    while (i < outputs.size() && (want[i] || outputs[i].name != tensor.name))
      ++i;
    if (i < outputs.size())
      want[i] = &tensor;
    else
      rest.push_back(&tensor);
  }
  size_t next = 0;
  for (const tt::Tensor *tensor : rest) {
    while (next < want.size() && want[next])
      ++next;
    if (next == want.size())
      return fail("the model has " + Twine(outputs.size()) + " outputs, but " + Twine(expected.size()) +
                  " are expected");
    want[next] = tensor;
  }
  bool good = true;
  for (auto [i, output] : enumerate(outputs)) {
    std::optional<std::string> difference;
    if (want[i])
      difference = tt::compareTensors(output, *want[i], tolerance);
    if (difference)
      os << "output " << i << " '" << output.name << "': " << *difference << "\n";
    good &= !difference;
  }
  return good;
}

static void printText(const Tensors &outputs, unsigned elements, raw_ostream &os) {
  for (const tt::Tensor &output : outputs) {
    os << output.name << ": " << output.typeText();
    int64_t count = output.numElements(), shown = std::min<int64_t>(count, elements);
    for (int64_t i = 0; i < shown; ++i)
      os << " " << output.elementText(i);
    os << (shown < count ? " ...\n" : "\n");
  }
}

static void printJson(const Tensors &outputs, StringRef isa, bool compared, bool good, raw_ostream &os) {
  json::Array list;
  for (const tt::Tensor &output : outputs)
    list.push_back(json::Object{
        {"name", output.name}, {"type", tt_npy_dtype_name(output.dtype)}, {"dims", json::Array(output.dims)}});
  json::Object object{{"isa", isa}, {"outputs", std::move(list)}};
  if (compared)
    object["agrees"] = good;
  os << json::Value(std::move(object)) << "\n";
}

static Error writeAll(Tensors &outputs, StringRef folder) {
  if (std::error_code ec = sys::fs::create_directories(folder))
    return fail("cannot create '" + folder + "': " + ec.message());
  for (auto [i, output] : enumerate(outputs)) {
    SmallString<128> path(folder);
    sys::path::append(path, "output_" + Twine(i) + ".npy");
    if (Error error = tt::writeNpy(path, output))
      return error;
  }
  return Error::success();
}

/// Runs another build of the model on the same inputs and prints the distance of the outputs.
static Error printDeviations(tt::LoadedModel &other, const tt_entry_info &entry, Tensors &inputs,
                             const Tensors &outputs, const tt::RunOptions &options, raw_ostream &os) {
  Expected<uint32_t> index = other.findEntry(entry.name);
  if (!index)
    return index.takeError();
  tt::RunOptions once;
  once.threads = options.threads;
  Expected<Tensors> wanted = runAll(other, *index, inputs, once);
  if (!wanted)
    return wanted.takeError();
  if (wanted->size() != outputs.size())
    return fail(options.compareWith + " has " + Twine(wanted->size()) + " outputs, but " + options.model + " has " +
                Twine(outputs.size()));
  for (auto [got, want] : zip_equal(outputs, *wanted)) {
    if (got.dtype != want.dtype || got.dims != want.dims)
      return fail("'" + got.name + "' is " + got.typeText() + ", but " + options.compareWith + " gives " +
                  want.typeText());
    os << "'" << got.name << "' against " << options.compareWith << ": ";
    if (tt::isFloatType(got.dtype)) {
      tt::Deviation deviation = tt::measureDeviation(got, want);
      os << format("largest error %.3g, relative error %.3g\n", deviation.largest, deviation.relative);
    } else {
      os << (tt::bitEqual(got, want) ? "equal\n" : "different\n");
    }
  }
  return Error::success();
}

Expected<bool> tt::runModel(const RunOptions &options, CompileFunction compile, CompileFunction compileOther,
                            raw_ostream &os) {
  Expected<LoadedModel> model = openModel(options.model, compile);
  if (!model)
    return model.takeError();
  if (options.list) {
    listModel(model->info(), os);
    return true;
  }
  uint32_t index = 0;
  if (!options.entry.empty()) {
    Expected<uint32_t> found = model->findEntry(options.entry);
    if (!found)
      return found.takeError();
    index = *found;
  }
  const tt_entry_info &entry = model->info().entries[index];
  Expected<Tensors> given = readArguments(options.inputs, ArrayRef(entry.inputs, entry.num_inputs));
  if (!given)
    return given.takeError();
  Expected<Tensors> expected = readArguments(options.expected, ArrayRef(entry.outputs, entry.num_outputs));
  if (!expected)
    return expected.takeError();
  Expected<Tensors> inputs = matchInputs(entry, std::move(*given));
  if (!inputs)
    return inputs.takeError();
  Expected<Tensors> outputs = runAll(*model, index, *inputs, options);
  if (!outputs)
    return outputs.takeError();
  if (options.verbose)
    errs() << "isa: " << model->isa() << "\n";
  if (!options.out.empty())
    if (Error error = writeAll(*outputs, options.out))
      return error;
  if (!options.compareWith.empty()) {
    Expected<LoadedModel> other = openModel(options.compareWith, compileOther);
    if (!other)
      return other.takeError();
    if (Error error = printDeviations(*other, entry, *inputs, *outputs, options, options.json ? errs() : os))
      return error;
  } else if (!options.json && options.out.empty() && expected->empty())
    printText(*outputs, options.elements, os);
  Expected<bool> good = compareAll(*outputs, *expected, options.tolerance, options.json ? errs() : os);
  if (good && options.json)
    printJson(*outputs, model->isa(), !expected->empty(), *good, os);
  else if (good && *good && !expected->empty())
    os << expected->size() << (expected->size() == 1 ? " output agrees\n" : " outputs agree\n");
  return good;
}
