//===- tt-run.cpp - run a model, or ONNX test folders ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/CompileModel.h"
#include "tt/Tools/Finish.h"
#include "tt/Tools/OnnxTest.h"
#include "tt/Tools/RunModel.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/StringSaver.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {

/// Made after ResetCommandLineParser, so that libLLVM's own options do not collide with ours.
struct Options {
  cl::OptionCategory category{"Options of tt-run"};
  cl::list<std::string> arguments{cl::Positional, cl::cat(category),
                                  cl::desc("MODEL [[name=]FILE ...] | --onnx-test [DIR ...]")};
  cl::opt<bool> onnxTest{"onnx-test", cl::cat(category), cl::desc("Run ONNX test folders, or all folders of a folder")};
  cl::list<std::string> expected{"expect", cl::cat(category), cl::value_desc("[name=]FILE"),
                                 cl::desc("Compare an output with a .npy, .npz or .pb file")};
  cl::opt<double> rtol{"rtol", cl::cat(category), cl::init(1e-3),
                       cl::desc("Relative tolerance (1e-3; at least 2^-7 for bfloat16 stored as uint16,\nwhich ONNX's "
                                "node tests cut off instead of rounding)")};
  cl::opt<double> atol{"atol", cl::cat(category), cl::init(1e-7), cl::desc("Absolute tolerance (1e-7)")};
  cl::opt<double> atolRange{"atol-range", cl::cat(category), cl::value_desc("F"), cl::init(0),
                            cl::desc("Add F times the range of the reference to the tolerance (0)")};
  cl::list<unsigned> threads{"threads", cl::cat(category), cl::value_desc("N[,N...]"), cl::CommaSeparated,
                             cl::desc("Threads of a run; with several numbers the results must be bit-equal")};
  cl::opt<std::string> out{"out", cl::cat(category), cl::value_desc("DIR"),
                           cl::desc("Write the outputs to DIR/output_K.npy")};
  cl::opt<std::string> entry{"entry", cl::cat(category), cl::value_desc("NAME"), cl::desc("Entry point (the first)")};
  cl::opt<unsigned> elements{"elements", cl::cat(category), cl::value_desc("N"), cl::init(8),
                             cl::desc("Elements to print of each output (8)")};
  cl::opt<unsigned> repeat{"repeat", cl::cat(category), cl::value_desc("N"), cl::init(1), cl::desc("Run N times (1)")};
  cl::opt<std::string> profileOut{
      "profile-out", cl::cat(category), cl::value_desc("FILE"),
      cl::desc("Write a profile (docs/profiling.md) of all runs but the first of several;\nthe model is compiled with "
               "--profile, or here")};
  cl::opt<bool> list{"list", cl::cat(category), cl::desc("Show the inputs and outputs of the model")};
  cl::opt<bool> json{"json", cl::cat(category), cl::desc("Print JSON")};
  cl::opt<std::string> cpu{"cpu", cl::cat(category), cl::value_desc("NAME"),
                           cl::desc("CPU, or list of CPUs, to compile for (native, or the least of another --target)")};
  cl::opt<std::string> target{"target", cl::cat(category), cl::value_desc("TRIPLE"),
                              cl::desc("Run test folders through executables for this target; needs --runner")};
  cl::opt<std::string> runner{
      "runner", cl::cat(category), cl::value_desc("COMMAND"),
      cl::desc("Run executables by this command, e.g. 'qemu-aarch64 -L /usr/aarch64-linux-gnu'")};
  cl::opt<std::string> isa{"isa", cl::cat(category), cl::value_desc("NAME"),
                           cl::desc("Run the model's code for this CPU or level (the best that this CPU can run)")};
  cl::opt<bool> verbose{"verbose", cl::cat(category), cl::desc("Say on stderr which code ran")};
  cl::opt<std::string> fastMath{"fast-math", cl::cat(category), cl::value_desc("bf16|f16"),
                                cl::desc("Compile MODEL or test folders with this option of tt-compile")};
  cl::opt<std::string> compareWith{"compare-with", cl::cat(category), cl::value_desc("MODEL"),
                                   cl::desc("Run this build too and print how far the outputs are from its")};
  cl::list<std::string> via{
      "via", cl::cat(category), cl::value_desc("so|exe"), cl::CommaSeparated,
      cl::desc("Run test folders through a library, an executable, or both (so; exe with --runner)")};
  cl::opt<unsigned> jobs{"jobs", cl::cat(category), cl::value_desc("N"), cl::init(1),
                         cl::desc("Test folders at a time (1)")};
  cl::opt<unsigned> timeout{"timeout", cl::cat(category), cl::value_desc("S"), cl::init(120),
                            cl::desc("Seconds for one test folder (120)")};
};

int fail(const Twine &text) {
  errs() << "tt-run: error: " << text << "\n";
  return 1;
}

/// The words of --runner, its program found in PATH.
Expected<std::vector<std::string>> findRunner(StringRef command) {
  BumpPtrAllocator memory;
  StringSaver saver(memory);
  SmallVector<const char *> words;
  cl::TokenizeGNUCommandLine(command, saver, words);
  std::vector<std::string> runner(words.begin(), words.end());
  if (runner.empty())
    return runner;
  ErrorOr<std::string> program = sys::findProgramByName(runner[0]);
  if (!program)
    return createStringError(program.getError(),
                             "--runner: cannot find '" + Twine(runner[0]) + "': " + program.getError().message());
  runner[0] = *program;
  return runner;
}

Expected<bool> runTests(const Options &args, tt::CompileFunction compile) {
  tt::OnnxTestOptions options;
  Expected<std::vector<std::string>> runner = findRunner(args.runner);
  if (!runner)
    return runner.takeError();
  options.runner = std::move(*runner);
  options.tolerance = {args.rtol, args.atol, args.atolRange};
  if (!args.threads.empty())
    options.threads.assign(args.threads.begin(), args.threads.end());
  options.isa = args.isa;
  options.jobs = args.jobs;
  options.timeoutSeconds = args.timeout;
  options.viaLibrary = args.via.empty() ? args.runner.empty() : is_contained(args.via, "so");
  options.viaExecutable = args.via.empty() ? !args.runner.empty() : is_contained(args.via, "exe");
  std::vector<std::string> folders(args.arguments.begin(), args.arguments.end());
  if (folders.empty())
    folders.push_back("/usr/share/libonnx-testdata/data/node"); // of Debian's libonnx-testdata
  return tt::runOnnxTests(folders, options, compile, outs());
}

Expected<bool> runModel(const Options &args, tt::CompileFunction compile, tt::CompileFunction compileOther) {
  tt::RunOptions options;
  options.model = args.arguments[0];
  options.inputs.assign(args.arguments.begin() + 1, args.arguments.end());
  options.expected.assign(args.expected.begin(), args.expected.end());
  options.tolerance = {args.rtol, args.atol, args.atolRange};
  if (!args.threads.empty())
    options.threads.assign(args.threads.begin(), args.threads.end());
  options.isa = args.isa;
  options.verbose = args.verbose;
  options.entry = args.entry;
  options.out = args.out;
  options.elements = args.elements;
  options.json = args.json;
  options.list = args.list;
  options.repeat = args.repeat;
  options.profileOut = args.profileOut;
  options.compareWith = args.compareWith;
  return tt::runModel(options, compile, compileOther, outs());
}

} // namespace

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  Options args;
  cl::HideUnrelatedOptions(args.category);
  cl::ParseCommandLineOptions(
      argc, argv,
      "Runs a compiled model (.so), or an .onnx compiled on the fly, on .npy, .npz and .pb files.\n"
      "Exit status: 0 all well, 1 an error or a difference.\n");
  for (StringRef way : args.via)
    if (way != "so" && way != "exe")
      return fail("--via needs so, exe or both, but found '" + way + "'");
  if (!args.onnxTest && args.arguments.empty())
    return fail("a model is needed, or --onnx-test (--help shows all options)");
  if (!args.target.empty() && (!args.onnxTest || args.runner.empty() || is_contained(args.via, "so")))
    return fail("--target needs --onnx-test and a --runner for executables: a library for '" + args.target +
                "' cannot be loaded here");
  if (args.onnxTest && (!args.profileOut.empty() || args.repeat != 1))
    return fail("--profile-out and --repeat are for one model, not for --onnx-test");
  if (args.repeat < 1)
    return fail("--repeat needs a number from 1 on, but found 0");
  auto compile = [&](StringRef model, StringRef output, bool executable) {
    // With a target of its own only the executable is for it: the library that tells the interface is for this machine.
    if (!args.target.empty() && !executable)
      return tt::compileToFile(model, output, executable, /*cpu=*/"");
    return tt::compileToFile(model, output, executable, args.cpu, args.target, args.profileOut.empty() ? "" : "kernel",
                             args.fastMath);
  };
  auto compileOther = [&](StringRef model, StringRef output, bool executable) {
    return tt::compileToFile(model, output, executable, args.cpu);
  };
  Expected<bool> good = args.onnxTest ? runTests(args, compile) : runModel(args, compile, compileOther);
  if (int status = tt::finishTool("tt-run", good ? Error::success() : good.takeError()))
    return status;
  return *good ? 0 : 1;
}
