//===- tt-bench.cpp - time models, compare two, measure the machine -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Bench.h"
#include "tt/Tools/BenchEnvironment.h"
#include "tt/Tools/BenchMachine.h"
#include "tt/Tools/Finish.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {

/// Made after ResetCommandLineParser, so that libLLVM's own options do not collide with ours.
struct Options {
  cl::OptionCategory category{"Options of tt-bench"};
  cl::list<std::string> arguments{cl::Positional, cl::cat(category), cl::desc("MODEL... | compare A B")};
  cl::list<std::string> inputs{"input", cl::cat(category), cl::value_desc("[name=]FILE"),
                               cl::desc("An input from a .npy, .npz or .pb file (random)")};
  cl::list<std::string> sizes{"dim", cl::cat(category), cl::value_desc("name=N"), cl::desc("A dynamic size by name")};
  cl::opt<uint64_t> seed{"seed", cl::cat(category), cl::value_desc("N"), cl::init(7),
                         cl::desc("Seed of random inputs, orders and resamples (7)")};
  cl::opt<unsigned> threads{"threads", cl::cat(category), cl::value_desc("N"), cl::init(1),
                            cl::desc("Threads of a run (1; 0: one for each CPU)")};
  cl::list<unsigned> pin{"pin", cl::cat(category), cl::value_desc("CPU[,CPU...]"), cl::CommaSeparated,
                         cl::desc("Run on these CPUs only")};
  cl::opt<unsigned> warmup{"warmup", cl::cat(category), cl::value_desc("N"), cl::init(5),
                           cl::desc("Uncounted runs, at least (5)")};
  cl::opt<unsigned> repetitions{"repetitions", cl::cat(category), cl::value_desc("N"), cl::init(30),
                                cl::desc("Samples, at least (30)")};
  cl::opt<double> minSeconds{"min-seconds", cl::cat(category), cl::value_desc("S"), cl::init(1),
                             cl::desc("Duration, at least (1)")};
  cl::opt<std::string> scenario{"scenario", cl::cat(category), cl::value_desc("single|offline"), cl::init("single"),
                                cl::desc("One run after the other, or throughput of parallel sessions (single)")};
  cl::opt<unsigned> streams{"streams", cl::cat(category), cl::value_desc("N"), cl::init(0),
                            cl::desc("Sessions of the offline scenario (CPUs / threads)")};
  cl::opt<double> items{"items", cl::cat(category), cl::value_desc("N"), cl::init(1),
                        cl::desc("Items of one run, e.g. its batch (1)")};
  cl::opt<std::string> json{"json", cl::cat(category), cl::value_desc("FILE"),
                            cl::desc("Append JSON lines with all samples")};
  cl::opt<std::string> cpu{"cpu", cl::cat(category), cl::value_desc("NAME"),
                           cl::desc("CPU, or list of CPUs, to compile for (native)")};
  cl::opt<std::string> isa{"isa", cl::cat(category), cl::value_desc("NAME"),
                           cl::desc("Run the model's code for this CPU or level (the best)")};
  cl::opt<std::string> entry{"entry", cl::cat(category), cl::value_desc("NAME"), cl::desc("Entry point (the first)")};
  cl::opt<double> rtol{"rtol", cl::cat(category), cl::init(1e-3), cl::desc("compare: relative tolerance (1e-3)")};
  cl::opt<double> atol{"atol", cl::cat(category), cl::init(1e-5), cl::desc("compare: absolute tolerance (1e-5)")};
  cl::opt<double> atolRange{"atol-range", cl::cat(category), cl::value_desc("F"), cl::init(1e-4),
                            cl::desc("compare: add F times the range of B's output to the tolerance (1e-4)")};
  cl::opt<bool> machine{"machine", cl::cat(category),
                        cl::desc("Show the measured limits of this machine; measures once")};
  cl::opt<bool> again{"again", cl::cat(category), cl::desc("With --machine: measure again")};
};

Expected<tt::BenchOptions> benchOptions(const Options &args, int argc, char **argv) {
  tt::BenchOptions options;
  options.model = {args.threads, args.entry, args.isa};
  options.inputs.files.assign(args.inputs.begin(), args.inputs.end());
  options.inputs.seed = args.seed;
  for (const std::string &size : args.sizes)
    if (Error error = tt::parseSize(size, options.inputs.sizes))
      return error;
  if (args.scenario != "single" && args.scenario != "offline")
    return createStringError(inconvertibleErrorCode(),
                             "--scenario needs single or offline, but found '" + Twine(args.scenario) + "'");
  options.offline = args.scenario == "offline";
  if (args.streams && !options.offline)
    return createStringError(inconvertibleErrorCode(), "--streams needs --scenario=offline");
  options.streams = args.streams;
  options.items = args.items;
  options.warmup = args.warmup;
  options.repetitions = std::max(1u, args.repetitions.getValue());
  options.minSeconds = args.minSeconds;
  options.pinned.assign(args.pin.begin(), args.pin.end());
  options.tolerance = {args.rtol, args.atol, args.atolRange};
  options.json = args.json;
  options.command = join(argv, argv + argc, " ");
  return options;
}

Error run(const Options &args, int argc, char **argv) {
  if (!args.pin.empty())
    if (Error error = tt::pinTo(SmallVector<unsigned>(args.pin.begin(), args.pin.end())))
      return error;
  if (args.machine) {
    Expected<tt::MachineLimits> limits = tt::machineLimits(args.again);
    if (!limits)
      return limits.takeError();
    tt::printMachine(*limits, outs());
    return Error::success();
  }
  Expected<tt::BenchOptions> options = benchOptions(args, argc, argv);
  if (!options)
    return options.takeError();
  auto compile = [&](StringRef model, StringRef output, bool executable) {
    return tt::compileToFile(model, output, executable, args.cpu);
  };
  std::vector<std::string> arguments(args.arguments.begin(), args.arguments.end());
  if (arguments.empty())
    return createStringError(inconvertibleErrorCode(), "a model is needed (--help shows all options)");
  if (arguments[0] != "compare")
    return tt::benchModels(arguments, *options, compile, outs());
  if (arguments.size() != 3)
    return createStringError(inconvertibleErrorCode(),
                             "compare needs two models, but found " + Twine(arguments.size() - 1));
  if (options->offline)
    return createStringError(inconvertibleErrorCode(), "compare needs --scenario=single");
  return tt::compareModels(arguments[1], arguments[2], *options, compile, outs()).takeError();
}

} // namespace

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  Options args;
  cl::HideUnrelatedOptions(args.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Times compiled models (.so), or .onnx files compiled on the fly; docs/benchmarking.md.\n"
                              "  tt-bench MODEL...           latency (or --scenario=offline: throughput) of each\n"
                              "  tt-bench compare A B        two in one run; ort:MODEL.onnx is run by ONNX Runtime\n"
                              "  tt-bench --machine          the measured limits of this machine\n");
  Error error = run(args, argc, argv);
  return tt::finishTool("tt-bench", std::move(error));
}
