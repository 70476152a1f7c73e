//===- RunModel.h - run one model on files --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_RUNMODEL_H
#define TT_TOOLS_RUNMODEL_H

#include "tt/Tools/Compare.h"
#include "tt/Tools/CompileModel.h"

#include "llvm/ADT/SmallVector.h"

namespace tt {

struct RunOptions {
  /// A compiled model (.so), or an .onnx or .mlir file that is compiled first.
  std::string model;
  /// [name=]file; .npy, .npz or .pb.
  std::vector<std::string> inputs;
  /// [name=]file with what an output must be.
  std::vector<std::string> expected;
  Tolerance tolerance;
  /// Another build of the model, as `model`: prints how far each output is from its.
  std::string compareWith;
  /// The model runs with each number of threads (0: one for each CPU); the results must be bit-equal.
  llvm::SmallVector<unsigned> threads = {0};
  /// The code to run, of those for several instruction sets; empty: what TT_ISA names, or the best for this CPU.
  std::string isa;
  /// Entry point; empty: the first.
  std::string entry;
  /// Folder for output_K.npy; empty: print the outputs.
  std::string out;
  /// Elements printed of each output.
  unsigned elements = 8;
  /// Runs with each number of threads, all on the same inputs.
  unsigned repeat = 1;
  /// File for the profile of the last number of threads; empty: none. With several runs the first one is left out.
  std::string profileOut;
  bool json = false;
  /// Say on stderr which code ran.
  bool verbose = false;
  /// Print inputs and outputs of the model instead of running it.
  bool list = false;
};

/// Runs a model as `options` say and prints to `os`. True when all expected outputs agree; the differences are printed.
/// `compile` makes a library of the model where that is a source, `compileOther` of `options.compareWith`.
llvm::Expected<bool> runModel(const RunOptions &options, CompileFunction compile, CompileFunction compileOther,
                              llvm::raw_ostream &os);

} // namespace tt

#endif // TT_TOOLS_RUNMODEL_H
