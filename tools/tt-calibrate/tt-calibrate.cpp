//===- tt-calibrate.cpp - samples in, ranges out -----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Calibrate.h"
#include "tt/Tools/Finish.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>

using namespace llvm;

namespace {

std::atomic<bool> interrupted = false;

/// Made after ResetCommandLineParser, so that libLLVM's own options do not collide with ours.
struct Options {
  cl::OptionCategory category{"Options of tt-calibrate"};
  cl::list<std::string> arguments{cl::Positional, cl::cat(category),
                                  cl::desc("MODEL | --merge RANGES... | --report RANGES")};
  cl::list<std::string> data{
      "data", cl::cat(category), cl::value_desc("path"),
      cl::desc("Samples: a .npy or .npz with one in each row, a .pb, or a folder with\none in each file or folder. May "
               "be given several times")};
  cl::opt<std::string> output{"o", cl::cat(category), cl::value_desc("file"),
                              cl::desc("The ranges file; an interrupted run goes on from FILE.partial")};
  cl::opt<bool> merge{"merge", cl::cat(category), cl::desc("Add up ranges files of one model")};
  cl::opt<bool> report{"report", cl::cat(category), cl::desc("Print what is in a ranges file")};
  cl::list<std::string> methods{"method", cl::cat(category), cl::value_desc("name"), cl::CommaSeparated,
                                cl::desc("Methods of --report: min-max, percentile[:P], entropy, mse (default: all)")};
  cl::opt<std::string> cpu{"cpu", cl::cat(category), cl::value_desc("name"),
                           cl::desc("CPU to compile the model for (default: native)")};
  cl::list<std::string> dims{"dim", cl::cat(category), cl::value_desc("name=value"),
                             cl::desc("Fix a symbolic dimension")};
  cl::opt<unsigned> threads{"threads", cl::cat(category), cl::init(0),
                            cl::desc("Threads of a run (default: one per CPU)")};
  cl::opt<double> checkpoint{"checkpoint", cl::cat(category), cl::value_desc("S"), cl::init(10),
                             cl::desc("Seconds between checkpoints (10)")};
  cl::opt<uint64_t> stopAfter{"stop-after", cl::cat(category), cl::value_desc("N"), cl::init(0),
                              cl::desc("Leave a checkpoint after N samples, to go on later (status 1)")};
};

int fail(const Twine &text) {
  errs() << "tt-calibrate: error: " << text << "\n";
  return 1;
}

int mergeFiles(const Options &args) {
  if (args.arguments.empty() || args.output.empty() || !args.data.empty())
    return fail("--merge needs ranges files and -o, and no --data");
  std::optional<tt::Calibration> all;
  for (StringRef path : args.arguments) {
    Expected<tt::Calibration> part = tt::readCalibration(path);
    if (!part)
      return fail(toString(part.takeError()));
    if (part->unfinished)
      return fail("'" + path + "' is the checkpoint of a calibration that has not ended; run it to its end first");
    if (!all) {
      all = std::move(*part);
      continue;
    }
    if (Error error = all->merge(*part))
      return fail("'" + path + "': " + toString(std::move(error)));
  }
  if (Error error = tt::writeCalibration(args.output, *all))
    return fail(toString(std::move(error)));
  return 0;
}

int report(const Options &args) {
  if (args.arguments.size() != 1 || !args.output.empty() || !args.data.empty())
    return fail("--report needs one ranges file, and neither -o nor --data");
  std::vector<std::string> texts(args.methods.begin(), args.methods.end());
  if (texts.empty())
    texts = {"min-max", "percentile", "entropy", "mse"};
  std::vector<tt::RangeMethod> methods;
  for (StringRef text : texts) {
    Expected<tt::RangeMethod> method = tt::RangeMethod::parse(text);
    if (!method)
      return fail(toString(method.takeError()));
    methods.push_back(*method);
  }
  Expected<tt::Calibration> calibration = tt::readCalibration(args.arguments[0]);
  if (!calibration)
    return fail(toString(calibration.takeError()));
  tt::printReport(*calibration, methods, outs());
  return tt::finishTool("tt-calibrate", Error::success());
}

int calibrate(const Options &args) {
  if (args.arguments.size() != 1 || args.data.empty() || args.output.empty())
    return fail("needs a model, --data and -o (--help shows all options)");
  tt::CalibrateOptions options;
  options.model = args.arguments[0];
  options.data.assign(args.data.begin(), args.data.end());
  options.output = args.output;
  options.cpu = args.cpu;
  options.threads = args.threads;
  options.checkpointSeconds = args.checkpoint;
  if (args.stopAfter.getNumOccurrences())
    options.stopAfter = args.stopAfter;
  options.showProgress = errs().is_displayed();
  options.interrupted = &interrupted;
  for (StringRef dim : args.dims) {
    auto [name, text] = dim.split('=');
    int64_t value;
    if (name.empty() || text.getAsInteger(10, value) || value < 0)
      return fail("--dim needs name=value with a value of at least 0, but found '" + dim + "'");
    options.dims.emplace_back(name.str(), value);
  }
  std::signal(SIGINT, [](int) { interrupted = true; });
  std::signal(SIGTERM, [](int) { interrupted = true; });
  Expected<bool> isDone = tt::calibrate(options, errs());
  if (!isDone)
    return fail(toString(isDone.takeError()));
  if (*isDone)
    return 0;
  errs() << "tt-calibrate: interrupted; the same command goes on from '" << args.output << ".partial'\n";
  return 1;
}

} // namespace

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  Options args;
  cl::HideUnrelatedOptions(args.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Runs a model over samples and writes the ranges of its values (docs/quantization.md):\n"
                              "  tt-calibrate MODEL --data PATH... -o RANGES.json\n"
                              "  tt-calibrate --merge A.json B.json... -o RANGES.json\n"
                              "  tt-calibrate --report RANGES.json\n");
  if (args.merge && args.report)
    return fail("--merge and --report cannot be together");
  return args.merge ? mergeFiles(args) : args.report ? report(args) : calibrate(args);
}
