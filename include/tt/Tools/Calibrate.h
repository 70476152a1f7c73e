//===- Calibrate.h - runs a model over samples ---------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_CALIBRATE_H
#define TT_TOOLS_CALIBRATE_H

#include "tt/Support/RangeMethods.h"
#include "tt/Support/RangesFile.h"

#include "llvm/Support/raw_ostream.h"

#include <atomic>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tt {

struct CalibrateOptions {
  std::string model;             ///< .onnx, .mlir or .mlirbc
  std::vector<std::string> data; ///< sources as of tt/Tools/Samples.h, in order
  std::string output;            ///< the ranges file; beside it, with `.partial` behind its name, the checkpoint
  std::vector<std::pair<std::string, int64_t>> dims; ///< values for symbolic dimensions, by name
  std::string cpu;                                   ///< as in CompileOptions
  unsigned threads = 0;                              ///< of a run; 0: one for each CPU
  double checkpointSeconds = 10;                     ///< between checkpoints; 0: one after each sample
  std::optional<uint64_t> stopAfter; ///< leave a checkpoint after so many samples of this call, as for a signal
  bool showProgress = false;
  const std::atomic<bool> *interrupted = nullptr; ///< looked at between samples
};

/// Calibrates, and goes on from the checkpoint that an interrupted call with the same model and data left. True when
/// the ranges file is written, false when it was interrupted and the checkpoint is. Notes and progress go to `log`.
llvm::Expected<bool> calibrate(const CalibrateOptions &options, llvm::raw_ostream &log);

/// Prints the values of a calibration with their ranges and clipped shares by each of `methods`.
void printReport(const Calibration &calibration, llvm::ArrayRef<RangeMethod> methods, llvm::raw_ostream &os);

} // namespace tt

#endif // TT_TOOLS_CALIBRATE_H
