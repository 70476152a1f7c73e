//===- tt-compare.cpp - two builds of a model, value by value ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/CompareModels.h"
#include "tt/Tools/Finish.h"

#include "llvm/Support/CommandLine.h"

using namespace llvm;

namespace {

/// Made after ResetCommandLineParser, so that libLLVM's own options do not collide with ours.
struct Options {
  cl::OptionCategory category{"Options of tt-compare"};
  cl::list<std::string> models{cl::Positional, cl::cat(category),
                               cl::desc("A [B] (.onnx, .mlir, or .so compiled with --observe)")};
  cl::list<std::string> data{"data", cl::cat(category), cl::value_desc("path"),
                             cl::desc("Samples, as of tt-calibrate. May be given several times")};
  cl::opt<std::string> labels{"labels", cl::cat(category), cl::value_desc("file"),
                              cl::desc("A .npy file with the right index of each sample: prints top-1")};
  cl::opt<uint64_t> limit{"limit", cl::cat(category), cl::value_desc("N"), cl::desc("Only the first N samples")};
  cl::opt<std::string> ranges{"ranges", cl::cat(category), cl::value_desc("file"),
                              cl::desc("Quantize B by this file of tt-calibrate; without B: A against A quantized")};
  cl::opt<std::string> method{"quantize-method", cl::cat(category), cl::value_desc("name"),
                              cl::desc("As in tt-compile")};
  cl::list<std::string> exclude{"quantize-exclude", cl::cat(category), cl::value_desc("pattern"), cl::CommaSeparated,
                                cl::desc("As in tt-compile")};
  cl::opt<bool> worst{"worst-first", cl::cat(category), cl::desc("Order values by signal-to-noise ratio")};
  cl::opt<std::string> cpu{"cpu", cl::cat(category), cl::value_desc("name"),
                           cl::desc("CPU to compile for (default: native)")};
  cl::opt<unsigned> threads{"threads", cl::cat(category), cl::init(0),
                            cl::desc("Threads of a run (default: one per CPU)")};
  cl::opt<bool> json{"json", cl::cat(category), cl::desc("Print JSON")};
};

Error compare(const Options &args) {
  auto fail = [](const Twine &text) { return createStringError(inconvertibleErrorCode(), text); };
  if (args.models.empty() || args.models.size() > 2 || args.data.empty())
    return fail("needs one or two models and --data (--help shows all options)");
  if (args.models.size() == 1 && args.ranges.empty())
    return fail("one model is compared with itself quantized, which needs --ranges");
  const std::string &second = args.models[args.models.size() - 1];
  if (args.ranges.empty() && (!args.method.empty() || !args.exclude.empty()))
    return fail("--quantize-method and --quantize-exclude need --ranges");
  if (!args.ranges.empty() && StringRef(second).ends_with(".so"))
    return fail("--ranges needs a model to compile, but '" + second + "' is compiled");
  tt::CompareModelsOptions options;
  options.first.input = args.models[0];
  options.second.input = second;
  options.first.cpu = options.second.cpu = args.cpu;
  options.second.ranges = args.ranges;
  options.second.rangeMethod = args.method;
  options.second.quantizeExclude.assign(args.exclude.begin(), args.exclude.end());
  options.data.assign(args.data.begin(), args.data.end());
  options.labels = args.labels;
  if (args.limit.getNumOccurrences())
    options.limit = args.limit;
  options.threads = args.threads;
  options.worstFirst = args.worst;
  options.json = args.json;
  return tt::compareModels(options, outs());
}

} // namespace

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  Options args;
  cl::HideUnrelatedOptions(args.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Compares two builds of a model value by value (docs/quantization.md):\n"
                              "  tt-compare MODEL --ranges=RANGES.json --data PATH... [--labels LABELS.npy]\n"
                              "  tt-compare A B --data PATH...\n");
  return tt::finishTool("tt-compare", compare(args));
}
