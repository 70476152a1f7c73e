//===- Registration.cpp - everything the tools know ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Registration.h"

#include "tt/Analysis/Passes.h"
#include "tt/Codegen/Config/Passes.h"
#include "tt/Codegen/Memory/BufferizationModels.h"
#include "tt/Codegen/Memory/Passes.h"
#include "tt/Codegen/Microkernel/Passes.h"
#include "tt/Codegen/ToLLVM/Passes.h"
#include "tt/Codegen/ToLinalg/Passes.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Graph/Passes.h"
#include "tt/Pipelines/Stages.h"
#include "tt/Quantization/Passes.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"

void tt::registerDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllToLLVMIRTranslations(registry);
  registry.insert<tt::TTDialect>();
  registerBufferizationModels(registry);
}

void tt::registerPasses() {
  mlir::registerAllPasses();
  registerAnalysisPasses();
  registerGraphPasses();
  registerQuantizationPasses();
  registerToLinalgPasses();
  registerConfigPasses();
  registerMemoryPasses();
  registerMicrokernelPasses();
  registerToLLVMPasses();
  registerStagePipelines();
}
