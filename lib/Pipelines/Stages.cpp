//===- Stages.cpp - the named stages of a compilation ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The only place that orders passes.
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Stages.h"

#include "tt/Codegen/Memory/Passes.h"
#include "tt/Codegen/ToLLVM/Passes.h"
#include "tt/Quantization/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/ErrorHandling.h"

using namespace mlir;
using llvm::StringRef;

namespace {

constexpr StringRef kOptimized[] = {
    "tt-infer-shapes",
    "tt-fold-constants{keep-quantized=true}",
    "canonicalize",
    "tt-simplify-sizes",
    "cse",
    "tt-fuse-batch-norm",
    "tt-raise-norm",
    "tt-raise-activation",
    "tt-raise-softmax",
    "tt-raise-attention",
    "tt-assign-layout",
    "canonicalize",
    "cse",
    "tt-infer-shapes",
    "canonicalize",
    "cse",
    "tt-fold-constants{keep-quantized=true}",
    "tt-record-signatures",
    "tt-mark-kinds",
};

/// Only where values are observed.
constexpr StringRef kObserved[] = {"tt-insert-observers"};

/// Behind tt-import-ranges and tt-quantize, which addStage adds where there are ranges.
constexpr StringRef kQuantized[] = {
    "tt-raise-quant",
    // From here to tt-lower-quant-casts no canonicalize: quant.dcast folds dcast(qcast(x)) to x.
    "cse",
    "tt-store-unsigned",
    "tt-move-quant-casts",
    "cse",
    "tt-fold-constants{keep-quantized=true}",
    "tt-lower-int8",
    "tt-lower-quant-casts",
    "tt-fold-constants",
    "canonicalize",
    "cse",
    "tt-mark-kinds",
};

constexpr StringRef kLinalg[] = {
    "tt-decompose-attention",
    "canonicalize",
    "cse",
    "tt-convert-to-linalg",
    "canonicalize",
    "cse",
    "tt-lower-precision",
    "tt-fuse-elementwise",
    "tt-fuse-epilogues",
    "canonicalize",
    "cse",
    "tt-verify-linalg",
};

constexpr StringRef kTiled[] = {"tt-choose-winograd", "tt-clone-levels",   "tt-choose-config",
                                "tt-pack-weights",    "tt-tie-embeddings", "tt-verify-tiled"};

constexpr StringRef kBufferized[] = {
    // Sizes of results in terms of sizes of inputs, so that buffers can be planned.
    "resolve-ranked-shaped-type-result-dims",
    "canonicalize",
    "cse",
    "tt-place-insertions",
    // From here to tt-bufferize no cse: it would merge buffers that must stay apart.
    "tt-expand-pads",
    "eliminate-empty-tensors",
    "tt-bufferize",
    // One canonicalization is not enough: it leaves copies of a buffer onto itself.
    "canonicalize",
    "cse",
    "canonicalize",
    "tt-bind-outputs",
    "canonicalize",
    "cse",
    "tt-place-weights",
    "tt-plan-arena",
    "cse",
    "tt-outline-kernels",
    "canonicalize",
    "tt-verify-bufferized",
    "tt-share-weights",
};

/// Only with a profile, whose granularity addStage adds.
constexpr StringRef kInstrumented[] = {"tt-instrument-profile"};

constexpr StringRef kVectorized[] = {
    "tt-emit-contractions", "tt-emit-loops", "tt-approximate-math", "tt-expand-half", "canonicalize", "cse",
};

constexpr StringRef kLLVM[] = {
    "tt-lower-probes",
    "tt-outline-parallel",
    "convert-vector-to-scf{full-unroll=true target-rank=1}",
    "canonicalize",
    "cse",
    "convert-scf-to-cf",
    "tt-lower-reshapes",
    "expand-strided-metadata",
    "lower-affine",
    "convert-vector-to-llvm",
    "tt-convert-to-llvm",
    "reconcile-unrealized-casts",
    "canonicalize",
    "cse",
    "tt-merge-levels",
    "tt-emit-descriptor",
};

/// The passes that see all levels of a module at once. The others see one, from tt-clone-levels to tt-merge-levels.
constexpr StringRef kAcrossLevels[] = {"tt-choose-winograd", "tt-clone-levels", "tt-pack-weights",
                                       "tt-share-weights",   "tt-merge-levels", "tt-emit-descriptor"};

constexpr tt::Stage kStages[] = {
    {"imported", "graph ops as the model file has them", {}},
    {"optimized", "graph ops, fused and raised, images NHWC", kOptimized},
    {"observed", "with --observe: values are shown to the host", kObserved},
    {"quantized", "with --quantize, and in quantized models: ops work on integers of 8 bits", kQuantized},
    {"linalg", "linalg and kernel ops on tensors, elementwise ops fused", kLinalg},
    {"tiled", "every kernel op has its register tile, constant operands are packed", kTiled},
    {"bufferized", "buffers at planned places, one function per kernel", kBufferized},
    {"instrumented", "with --profile: probes behind the kernels", kInstrumented},
    {"vectorized", "loops of vectors", kVectorized},
    {"llvm", "the LLVM dialect", kLLVM},
};

struct StageOptions : PassPipelineOptions<StageOptions> {
  Option<std::string> cpu{*this, "cpu",
                          llvm::cl::desc("CPU, or list of CPUs, to generate code for (default: this machine's)")};
  Option<bool> levels{*this, "levels", llvm::cl::desc("The module is for several CPUs already"), llvm::cl::init(false)};
  Option<bool> observe{*this, "observe", llvm::cl::desc("Show values to the host in the stage observed"),
                       llvm::cl::init(false)};
  Option<std::string> profile{*this, "profile",
                              llvm::cl::desc("Granularity of the stage instrumented (default: no probes)")};
  Option<std::string> ranges{*this, "ranges",
                             llvm::cl::desc("Ranges file of the stage quantized (default: nothing is rounded)")};
  Option<std::string> triple{*this, "triple", llvm::cl::desc("Target triple (default: this machine's)")};

  tt::StageSettings getSettings() const {
    tt::StageSettings settings;
    settings.cpu = cpu;
    settings.triple = triple;
    settings.levels = levels;
    settings.profile = profile;
    settings.observe = observe;
    settings.ranges = ranges;
    return settings;
  }
};

/// Adds the pass `text` to `manager`, nested in func.func where it works on functions.
LogicalResult addPass(OpPassManager &manager, StringRef text) {
  OpPassManager alone;
  if (failed(parsePassPipeline(text, alone)))
    return failure();
  std::optional<StringRef> anchor = alone.begin()->getOpName();
  return parsePassPipeline(anchor == "func.func" ? ("func.func(" + text + ")").str() : text.str(), manager);
}

} // namespace

llvm::ArrayRef<tt::Stage> tt::getStages() { return kStages; }

const tt::Stage *tt::findStage(StringRef name) {
  auto *stage = llvm::find_if(kStages, [&](const Stage &s) { return s.name == name; });
  return stage == std::end(kStages) ? nullptr : stage;
}

/// Adds the passes that round values by the ranges of `settings`.
static void addQuantization(OpPassManager &manager, const tt::StageSettings &settings) {
  tt::ImportRangesPassOptions ranges;
  ranges.file = settings.ranges;
  if (!settings.rangeMethod.empty())
    ranges.method = settings.rangeMethod;
  manager.addPass(tt::createImportRangesPass(ranges));
  tt::QuantizePassOptions quantize;
  quantize.exclude.assign(settings.exclude.begin(), settings.exclude.end());
  manager.nest<func::FuncOp>().addPass(tt::createQuantizePass(quantize));
}

void tt::addExportOfQuantized(OpPassManager &manager, const StageSettings &settings) {
  addStage(manager, *findStage("optimized"), settings);
  addQuantization(manager, settings);
  OpPassManager &functions = manager.nest<func::FuncOp>();
  functions.addPass(createLowerQuantCastsPass());
  functions.addPass(createQuantizeBiasPass());
}

bool tt::isSkipped(const Stage &stage, const StageSettings &settings) {
  return (stage.name == "instrumented" && settings.profile.empty()) || (stage.name == "observed" && !settings.observe);
}

void tt::addStage(OpPassManager &manager, const Stage &stage, const StageSettings &settings) {
  if (isSkipped(stage, settings))
    return;
  if (stage.name == "optimized") {
    SetTargetPassOptions options;
    options.cpu = settings.cpu;
    options.triple = settings.triple;
    manager.addPass(createSetTargetPass(options));
  }
  if (stage.name == "quantized" && !settings.ranges.empty())
    addQuantization(manager, settings);
  bool isCloned = (settings.levels || StringRef(settings.cpu).contains(',')) && &stage >= findStage("tiled");
  if (stage.name == "instrumented") {
    InstrumentProfilePassOptions options;
    options.granularity = settings.profile;
    (isCloned ? manager.nest<ModuleOp>() : manager).addPass(createInstrumentProfilePass(options));
    return;
  }
  for (StringRef text : stage.passes)
    if (failed(
            addPass(isCloned && !llvm::is_contained(kAcrossLevels, text) ? manager.nest<ModuleOp>() : manager, text)))
      llvm::report_fatal_error("tt: the pass '" + text + "' of stage '" + stage.name + "' is not registered");
}

void tt::registerStagePipelines() {
  for (const Stage &stage : kStages) {
    if (stage.passes.empty())
      continue;
    PassPipelineRegistration<StageOptions>(("tt-stage-" + stage.name).str(),
                                           ("The passes of one stage: " + stage.summary).str(),
                                           [&stage](OpPassManager &manager, const StageOptions &options) {
                                             addStage(manager, stage, options.getSettings());
                                           });
    PassPipelineRegistration<StageOptions>(("tt-to-" + stage.name).str(), ("All stages up to: " + stage.summary).str(),
                                           [&stage](OpPassManager &manager, const StageOptions &options) {
                                             for (const Stage &each : kStages) {
                                               addStage(manager, each, options.getSettings());
                                               if (&each == &stage)
                                                 break;
                                             }
                                           });
  }
}
