//===- Stages.h - the named stages of a compilation -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_PIPELINES_STAGES_H
#define TT_PIPELINES_STAGES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <vector>

namespace mlir {
class OpPassManager;
}
namespace llvm {
struct LogicalResult;
}

namespace tt {

/// One stage: its name, what holds at its end, and its passes as text that tt-opt's --pass-pipeline understands.
struct Stage {
  llvm::StringRef name, summary;
  llvm::ArrayRef<llvm::StringRef> passes;
};

/// All stages that passes make, in order, from `imported` to `llvm`.
llvm::ArrayRef<Stage> getStages();

/// The stage of that name; null when there is none.
const Stage *findStage(llvm::StringRef name);

/// What the passes of stages depend on.
struct StageSettings {
  std::string cpu, triple; ///< for tt-set-target; empty: this machine, or what the module says
  /// The module is for several CPUs already. Then, and with several in `cpu`, the passes from the stage `tiled` on run
  /// on the module of each.
  bool levels = false;
  std::string profile;  ///< granularity of tt-instrument-profile; empty: the stage `instrumented` has no pass
  bool observe = false; ///< else the stage `observed` has no pass
  /// A ranges file, by which tt-quantize rounds values; empty: the stage `quantized` rounds nothing more.
  std::string ranges;
  std::string rangeMethod;          ///< of tt-import-ranges; empty: its default
  std::vector<std::string> exclude; ///< of tt-quantize
};

/// Whether `stage` has no pass because nobody asked for it.
bool isSkipped(const Stage &stage, const StageSettings &settings);

/// Adds the passes of `stage`.
void addStage(mlir::OpPassManager &manager, const Stage &stage, const StageSettings &settings = {});

/// Adds the passes from an imported model to one that is rounded as in the stage `quantized`, by `settings.ranges`,
/// with quantize and dequantize around the ops in float: what ONNX calls QDQ.
void addExportOfQuantized(mlir::OpPassManager &manager, const StageSettings &settings);

/// Registers for each stage the pipelines `tt-stage-NAME` (its own passes) and `tt-to-NAME` (all stages up to it), with
/// the options `cpu`, `triple`, `profile`, `observe` and `ranges`.
void registerStagePipelines();

} // namespace tt

#endif // TT_PIPELINES_STAGES_H
