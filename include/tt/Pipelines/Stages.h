//===- Stages.h - the named stages of a compilation -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_PIPELINES_STAGES_H
#define TT_PIPELINES_STAGES_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

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

/// Adds the passes of `stage`. `cpu` and `triple` are for tt-set-target (empty: this machine, or what the module says).
/// With several CPUs, or `levels` (the module is for several already), the passes from the stage `tiled` on run on the
/// module of each. `profile` is the granularity of tt-instrument-profile; where it is empty the stage `instrumented`
/// has no pass.
void addStage(mlir::OpPassManager &manager, const Stage &stage, llvm::StringRef cpu = {}, llvm::StringRef triple = {},
              bool levels = false, llvm::StringRef profile = {});

/// Registers for each stage the pipelines `tt-stage-NAME` (its own passes) and `tt-to-NAME` (all stages up to it), with
/// the options `cpu`, `triple` and `profile`.
void registerStagePipelines();

} // namespace tt

#endif // TT_PIPELINES_STAGES_H
