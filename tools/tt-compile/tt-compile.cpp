//===- tt-compile.cpp - model in, binary out ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Driver.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

namespace cl = llvm::cl;

namespace {
/// Made after ResetCommandLineParser, so that libLLVM's own options do not collide with ours.
struct Options {
  /// A category of our own: the reset forgets LLVM's general one, and with it its options in --help.
  cl::OptionCategory category{"Options of tt-compile"};
  cl::opt<std::string> input{cl::Positional, cl::cat(category), cl::Required,
                             cl::desc("MODEL (.onnx, .mlir, .mlirbc)")};
  cl::opt<std::string> output{
      "o", cl::cat(category), cl::Required, cl::value_desc("file"),
      cl::desc("Output: .so, .a, .o, .mlir, .mlirbc, .ll, .s; else an executable; - is stdout")};
  cl::opt<std::string> cpu{
      "cpu", cl::cat(category), cl::value_desc("names"),
      cl::desc("native (default), x86-64-v3 ...; several: chosen at load (help: all of the target)")};
  cl::opt<std::string> target{"target", cl::cat(category), cl::value_desc("triple"),
                              cl::desc("Target triple, e.g. aarch64-linux-gnu (default: this machine's)")};
  cl::opt<std::string> sysroot{
      "sysroot", cl::cat(category), cl::value_desc("folder"),
      cl::desc("Where the target's C library is, in lib or usr/lib (default: Debian's places)")};
  cl::opt<std::string> until{"until", cl::cat(category), cl::value_desc("stage"),
                             cl::desc("Stop after: imported, optimized, observed, quantized, linalg, tiled, "
                                      "bufferized,\ninstrumented, vectorized, llvm")};
  cl::opt<std::string> dumpStages{"dump-stages", cl::cat(category), cl::value_desc("folder"),
                                  cl::desc("Write the module after each stage there")};
  cl::opt<std::string> memoryPlan{"memory-plan", cl::cat(category), cl::value_desc("file"),
                                  cl::desc("Write which buffer of the arena lives when: .svg, .json, else text")};
  cl::list<std::string> dims{"dim", cl::cat(category), cl::value_desc("name=value"),
                             cl::desc("Fix a symbolic dimension")};
  cl::opt<std::string> fastMath{"fast-math", cl::cat(category), cl::value_desc("bf16|f16"),
                                cl::desc("Round f32 products with constant weights to 16 bits (docs/precision.md)")};
  cl::opt<unsigned> threads{
      "threads",
      cl::cat(category),
      cl::init(0),
      cl::desc("Threads of the compiler (default: one per CPU)"),
  };
  cl::opt<bool> verifyEach{"verify-each", cl::cat(category), cl::desc("Verify the IR after every pass")};
  cl::opt<std::string> winograd{"winograd", cl::cat(category), cl::value_desc("algorithm"),
                                cl::desc("3x3 convolutions: off, f2 (default), f4 (faster, errors of 1e-4)")};
  cl::opt<bool> remarks{"remarks", cl::cat(category), cl::desc("Print what passes chose")};
  cl::opt<std::string> emit{"emit", cl::cat(category), cl::value_desc("kind"),
                            cl::desc("Instead of by suffix: so, a, o, exe, mlir, mlirbc, ll, s or a stage")};
  cl::opt<std::string> quantize{"quantize", cl::cat(category), cl::value_desc("static"),
                                cl::desc("Compute on 8-bit integers, with --ranges (docs/quantization.md)")};
  cl::opt<std::string> ranges{"ranges", cl::cat(category), cl::value_desc("file"),
                              cl::desc("Ranges file of tt-calibrate for --quantize=static")};
  cl::opt<std::string> quantizeMethod{"quantize-method", cl::cat(category), cl::value_desc("name"),
                                      cl::desc("mse (default), min-max, percentile, percentile:P or entropy")};
  cl::list<std::string> quantizeExclude{"quantize-exclude", cl::cat(category), cl::value_desc("pattern"),
                                        cl::CommaSeparated,
                                        cl::desc("Keep float: names of nodes or values, type:OP; with * and ?")};
  cl::opt<bool> observe{"observe", cl::cat(category),
                        cl::desc("Show values to the host, see tt_session_observe (docs/quantization.md)")};
  cl::opt<std::string> profile{"profile", cl::cat(category), cl::value_desc("what"), cl::ValueOptional,
                               cl::desc("Measure runs (docs/profiling.md): kernel (default), op or prefix:NAME,...")};
  cl::opt<std::string> header{"header", cl::cat(category), cl::value_desc("file"),
                              cl::desc("C header of the model (default: beside a .o or .a)")};
  cl::opt<std::string> name{"name", cl::cat(category), cl::value_desc("name"),
                            cl::desc("Name of the model in C (default: that of its file)")};
};
} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::ResetCommandLineParser();
  Options args;
  cl::HideUnrelatedOptions(args.category);
  cl::SetVersionPrinter([](llvm::raw_ostream &os) { os << "tt " TT_VERSION "\n"; });
  cl::ParseCommandLineOptions(argc, argv, "tt-compile: an ONNX model to a native binary\n");
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN); // a file size limit is an error of the write, not the end of the process
#endif

  tt::CompileOptions options;
  options.input = args.input;
  options.output = args.output;
  options.header = args.header;
  options.name = args.name;
  options.cpu = args.cpu;
  options.triple = args.target;
  options.sysroot = args.sysroot;
  options.until = args.until;
  options.winograd = args.winograd;
  options.remarks = args.remarks;
  if (!args.emit.empty())
    if (llvm::Error error = tt::setEmit(options, args.emit)) {
      llvm::errs() << "error: " << llvm::toString(std::move(error)) << "\n";
      return 1;
    }
  options.dumpStages = args.dumpStages;
  options.fastMath = args.fastMath;
  if (args.profile.getNumOccurrences())
    options.profile = args.profile.empty() ? std::string("kernel") : args.profile.getValue();
  options.observe = args.observe;
  if (!args.quantize.empty() && args.quantize != "static") {
    llvm::errs() << "error: --quantize can be static, but found '" << args.quantize << "'\n";
    return 1;
  }
  if (args.quantize.empty() != args.ranges.empty()) {
    llvm::errs() << "error: --quantize=static and --ranges=FILE need each other; tt-calibrate writes the file\n";
    return 1;
  }
  options.ranges = args.ranges;
  options.rangeMethod = args.quantizeMethod;
  options.quantizeExclude.assign(args.quantizeExclude.begin(), args.quantizeExclude.end());
  options.memoryPlan = args.memoryPlan;
  options.threads = args.threads;
  options.verifyEach = args.verifyEach;
  for (llvm::StringRef dim : args.dims) {
    auto [name, text] = dim.split('=');
    int64_t value;
    if (name.empty() || text.getAsInteger(10, value) || value < 0) {
      llvm::errs() << "error: --dim needs name=value with a value of at least 0, but found '" << dim << "'\n";
      return 1;
    }
    options.dims.emplace_back(name.str(), value);
  }
  return tt::getExitStatus(tt::compileModel(options));
}
