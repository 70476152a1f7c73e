//===- OnnxTest.h - ONNX test folders -------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_ONNXTEST_H
#define TT_TOOLS_ONNXTEST_H

#include "tt/Tools/Compare.h"
#include "tt/Tools/CompileModel.h"

#include "llvm/ADT/SmallVector.h"

namespace tt {

struct OnnxTestOptions {
  Tolerance tolerance;
  /// Each data set runs with each number of threads; the results must be bit-equal.
  llvm::SmallVector<unsigned> threads = {1};
  /// The code to run, of those for several instruction sets; empty: what TT_ISA names, or the best for this CPU.
  std::string isa;
  bool viaLibrary = true;
  bool viaExecutable = false;
  /// Program and arguments that executables are run by, e.g. an emulator; empty: they run by themselves. The library,
  /// which tells the names of inputs and outputs, is loaded into this process in any case.
  std::vector<std::string> runner;
  unsigned jobs = 1;
  unsigned timeoutSeconds = 120;
};

/// Runs test folders (`model.onnx`, `test_data_set_K/input_I.pb`, `output_I.pb`), each in a child process, and prints
/// one line for each and at the end `N passed, N failed, N skipped`. A folder is passed when all its data sets are,
/// skipped when the importer refuses the model or a data set contradicts the types that its model declares. Of a path
/// without `model.onnx` all folders below it that have one are taken, in the order of their names. True when nothing
/// has failed.
llvm::Expected<bool> runOnnxTests(llvm::ArrayRef<std::string> paths, const OnnxTestOptions &options,
                                  CompileFunction compile, llvm::raw_ostream &os);

} // namespace tt

#endif // TT_TOOLS_ONNXTEST_H
