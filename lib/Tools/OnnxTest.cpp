//===- OnnxTest.cpp - ONNX test folders -----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/OnnxTest.h"

#include "tt/Import/ONNX/Import.h"
#include "tt/Tools/ForkedJobs.h"
#include "tt/Tools/LoadedModel.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

static std::string join(StringRef folder, const Twine &name) {
  SmallString<256> path(folder);
  sys::path::append(path, name);
  return path.str().str();
}

/// Folders directly below `path`, sorted, so that test_data_set_10 comes after test_data_set_9.
static std::vector<std::string> subfolders(StringRef path, StringRef prefix) {
  std::vector<std::string> found;
  std::error_code ec;
  for (sys::fs::directory_iterator it(path, ec), end; it != end && !ec; it.increment(ec))
    if (sys::path::filename(it->path()).starts_with(prefix) && sys::fs::is_directory(it->path()))
      found.push_back(it->path());
  llvm::sort(found, [](StringRef a, StringRef b) { return a.compare_numeric(b) < 0; });
  return found;
}

static Expected<std::vector<std::string>> findFolders(ArrayRef<std::string> paths) {
  std::vector<std::string> folders;
  for (StringRef path : paths) {
    if (!sys::fs::is_directory(path))
      return fail("'" + path + "' is not a folder");
    if (sys::fs::exists(join(path, "model.onnx"))) {
      folders.push_back(path.rtrim('/').str());
      continue;
    }
    size_t before = folders.size();
    for (std::string &folder : subfolders(path, ""))
      if (sys::fs::exists(join(folder, "model.onnx")))
        folders.push_back(std::move(folder));
    if (folders.size() == before)
      return fail("'" + path + "' has no model.onnx, and no folder in it has one");
  }
  return folders;
}

namespace {

using Tensors = std::vector<tt::Tensor>;

/// The work on one folder, in the child.
class FolderTest {
public:
  FolderTest(StringRef folder, StringRef temporary, const tt::OnnxTestOptions &options, tt::CompileFunction compile,
             const tt::JobProgress &progress)
      : folder(folder), temporary(temporary), options(options), compile(compile), progress(progress) {}

  /// "P", or "F" or "S" and the reason.
  std::string run();

private:
  using Runner = function_ref<Expected<Tensors>(Tensors &inputs, unsigned threads)>;

  std::string runCompiled(StringRef library, StringRef executable);
  Expected<Tensors> readTensors(StringRef dataSet, StringRef prefix);
  Error runDataSet(StringRef dataSet, const tt_entry_info &entry, StringRef how, Runner runner);
  Expected<Tensors> runExecutable(StringRef executable, Tensors &inputs, unsigned threads, uint32_t numOutputs);

  StringRef folder, temporary;
  const tt::OnnxTestOptions &options;
  tt::CompileFunction compile;
  const tt::JobProgress &progress;
};

/// A data set that contradicts its model: the folder is skipped.
class UnusableData : public ErrorInfo<UnusableData> {
public:
  static char ID;
  explicit UnusableData(std::string text) : text(std::move(text)) {}
  void log(raw_ostream &os) const override { os << text; }
  std::error_code convertToErrorCode() const override { return inconvertibleErrorCode(); }

private:
  std::string text;
};
char UnusableData::ID;

/// "S" or "F" and the text.
std::string outcomeOf(Error error) {
  bool unusable = error.isA<UnusableData>();
  return (unusable ? "S" : "F") + toString(std::move(error));
}

/// The first line of a file, for error texts.
std::string firstLine(StringRef path) {
  auto file = MemoryBuffer::getFile(path);
  return file ? (*file)->getBuffer().split('\n').first.str() : "";
}

} // namespace

/// All of `prefix`0.pb, `prefix`1.pb ... of a data set.
Expected<Tensors> FolderTest::readTensors(StringRef dataSet, StringRef prefix) {
  Tensors tensors;
  for (unsigned i = 0;; ++i) {
    std::string path = join(dataSet, prefix + Twine(i) + ".pb");
    if (!sys::fs::exists(path))
      return tensors;
    Expected<tt::Tensor> tensor = tt::readTensorProto(path);
    if (!tensor)
      return tensor.takeError();
    tensors.push_back(std::move(*tensor));
  }
}

/// ONNX's node tests store bfloat16 values as uint16, with the same bits. True when there is one.
static bool restoreBfloat16(Tensors &tensors, const tt_value_info *infos) {
  bool restored = false;
  for (auto [i, tensor] : enumerate(tensors))
    if (tensor.dtype == TT_UINT16 && infos[i].dtype == TT_BFLOAT16) {
      tensor.dtype = TT_BFLOAT16;
      restored = true;
    }
  return restored;
}

/// What is wrong with a data set whose inputs are not of the types that the model declares (some of ONNX 1.12 are so).
static std::optional<std::string> findContradiction(const Tensors &inputs, const tt_entry_info &entry,
                                                    StringRef model) {
  for (auto [i, tensor] : enumerate(inputs)) {
    const tt_value_info &info = entry.inputs[i];
    bool fits = tensor.dtype == info.dtype && tensor.dims.size() == info.rank;
    for (uint32_t d = 0; fits && d < info.rank; ++d)
      fits = info.dims[d] < 0 || info.dims[d] == tensor.dims[d];
    if (fits)
      continue;
    std::string reader = tt::describeReader(model, info.name);
    return "input '" + std::string(info.name) + "'" + (reader.empty() ? "" : reader + ",") + " is " +
           tt::typeText(info) + " in the model, but " + tensor.typeText() + " in the data set";
  }
  return std::nullopt;
}

Expected<Tensors> FolderTest::runExecutable(StringRef executable, Tensors &inputs, unsigned threads,
                                            uint32_t numOutputs) {
  std::string out = join(temporary, "out"), errors = join(temporary, "stderr");
  SmallVector<std::string> arguments(ArrayRef<std::string>(options.runner));
  arguments.append({executable.str(), "--threads", std::to_string(threads), "--out", out});
  if (!options.isa.empty())
    arguments.append({"--isa", options.isa});
  for (auto [i, input] : enumerate(inputs)) {
    arguments.push_back(join(temporary, "input_" + Twine(i) + ".npy"));
    if (Error error = tt::writeNpy(arguments.back(), input))
      return error;
  }
  SmallVector<StringRef> argv(arguments.begin(), arguments.end());
  std::optional<StringRef> redirects[] = {StringRef(""), StringRef(""), StringRef(errors)};
  std::string reason;
  int status =
      sys::ExecuteAndWait(argv[0], argv, std::nullopt, redirects, /*SecondsToWait=*/0, /*MemoryLimit=*/0, &reason);
  if (status != 0) {
    std::string said = firstLine(errors);
    return fail("exit status " + Twine(status) + (reason.empty() ? "" : ", " + reason) +
                (said.empty() ? "" : ": " + said));
  }
  Tensors outputs;
  for (uint32_t i = 0; i < numOutputs; ++i) {
    Expected<tt::Tensor> output = tt::readNpy(join(out, "output_" + Twine(i) + ".npy"));
    if (!output)
      return output.takeError();
    outputs.push_back(std::move(*output));
  }
  return outputs;
}

Error FolderTest::runDataSet(StringRef dataSet, const tt_entry_info &entry, StringRef how, Runner runner) {
  StringRef name = sys::path::filename(dataSet);
  Expected<Tensors> given = readTensors(dataSet, "input_");
  if (!given)
    return given.takeError();
  Expected<Tensors> want = readTensors(dataSet, "output_");
  if (!want)
    return want.takeError();
  Expected<Tensors> inputs = tt::matchInputs(entry, std::move(*given));
  if (!inputs)
    return fail(name + ": " + toString(inputs.takeError()));
  if (want->size() != entry.num_outputs)
    return fail(name + ": the model has " + Twine(entry.num_outputs) + " outputs, but the data set has " +
                Twine(want->size()));

  restoreBfloat16(*inputs, entry.inputs);
  tt::Tolerance tolerance = options.tolerance;
  if (restoreBfloat16(*want, entry.outputs))
    tolerance.rtol =
        std::max(tolerance.rtol, 0x1p-7); // ONNX's case/node/cast.py takes the upper halves of float values
  if (std::optional<std::string> contradiction = findContradiction(*inputs, entry, join(folder, "model.onnx")))
    return make_error<UnusableData>((name + ": " + *contradiction).str());

  Tensors first;
  for (auto [round, threads] : enumerate(options.threads)) {
    std::string where = (name + ", " + how + ", " + Twine(threads) + (threads == 1 ? " thread" : " threads")).str();
    progress("running " + where);
    Expected<Tensors> got = runner(*inputs, threads);
    if (!got)
      return fail(where + ": " + toString(got.takeError()));
    for (auto [i, output] : enumerate(*got)) {
      std::string outputName = (where + ": output " + Twine(i) + " '" + entry.outputs[i].name + "': ").str();
      if (std::optional<std::string> difference = tt::compareTensors(output, (*want)[i], tolerance))
        return fail(outputName + *difference);
      if (round > 0 && !tt::bitEqual(output, first[i]))
        return fail(outputName + "the bits differ from those with " + Twine(options.threads[0]) + " threads");
    }
    if (round == 0)
      first = std::move(*got);
  }
  return Error::success();
}

std::string FolderTest::runCompiled(StringRef library, StringRef executable) {
  Expected<tt::LoadedModel> model = tt::LoadedModel::open(library);
  if (!model)
    return "F" + toString(model.takeError());
  const tt_entry_info &entry = model->info().entries[0];
  std::vector<std::string> dataSets = subfolders(folder, "test_data_set_");
  if (dataSets.empty())
    return "Fthe folder has no test_data_set_0";
  // A session for each number of threads, made anew only when the number changes.
  unsigned started = 0;
  auto viaLibrary = [&](Tensors &inputs, unsigned threads) -> Expected<Tensors> {
    if (threads != started)
      if (Error error = model->start(threads, options.isa))
        return error;
    started = threads;
    return model->run(0, inputs);
  };
  auto viaExecutable = [&](Tensors &inputs, unsigned threads) {
    return runExecutable(executable, inputs, threads, entry.num_outputs);
  };
  for (StringRef dataSet : dataSets) {
    if (options.viaLibrary)
      if (Error error = runDataSet(dataSet, entry, "library", viaLibrary))
        return outcomeOf(std::move(error));
    if (options.viaExecutable)
      if (Error error = runDataSet(dataSet, entry, "executable", viaExecutable))
        return outcomeOf(std::move(error));
  }
  return "P";
}

std::string FolderTest::run() {
  std::string model = join(folder, "model.onnx"), library = join(temporary, "model.so"),
              executable = join(temporary, "model");
  // The library is needed in any case: it tells the names of inputs and outputs.
  for (bool asExecutable : {false, true}) {
    if (asExecutable && !options.viaExecutable)
      continue;
    progress(asExecutable ? "compiling to an executable" : "compiling to a library");
    tt::CompileResult result = compile(model, asExecutable ? executable : library, asExecutable);
    if (result.status != tt::CompileResult::Compiled)
      return (result.status == tt::CompileResult::Refused ? "S" : "F") + result.reason;
  }
  return runCompiled(library, executable);
}

Expected<bool> tt::runOnnxTests(ArrayRef<std::string> paths, const OnnxTestOptions &options, CompileFunction compile,
                                raw_ostream &os) {
  Expected<std::vector<std::string>> folders = findFolders(paths);
  if (!folders)
    return folders.takeError();
  // The parent makes and removes the temporary folders: a child may not live to do it.
  SmallString<128> temporary;
  if (std::error_code ec = sys::fs::createUniqueDirectory("tt-run", temporary))
    return fail("cannot make a temporary folder: " + ec.message());
  auto folderOf = [&](unsigned i) { return join(temporary, Twine(i)); };

  unsigned passed = 0, failed = 0, skipped = 0;
  auto job = [&](unsigned i, const JobProgress &progress) -> std::string {
    std::string place = folderOf(i);
    if (std::error_code ec = sys::fs::create_directory(place))
      return "Fcannot make a temporary folder: " + ec.message();
    return FolderTest((*folders)[i], place, options, compile, progress).run();
  };
  auto done = [&](unsigned i, const JobResult &result) {
    sys::fs::remove_directories(folderOf(i));
    StringRef name = sys::path::filename((*folders)[i]), text = result.text;
    if (result.returned && text.consume_front("P")) {
      ++passed;
      os << "passed " << name << "\n";
    } else if (result.returned && text.consume_front("S")) {
      ++skipped;
      os << "skipped " << name << ": " << text << "\n";
    } else {
      if (result.returned)
        text.consume_front("F");
      ++failed;
      os << "failed " << name << ": " << text << "\n";
    }
    os.flush();
  };
  runForkedJobs(folders->size(), options.jobs, options.timeoutSeconds, job, done);
  sys::fs::remove_directories(temporary);
  os << passed << " passed, " << failed << " failed, " << skipped << " skipped\n";
  return failed == 0;
}
