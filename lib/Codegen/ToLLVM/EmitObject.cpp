//===- EmitObject.cpp - from the LLVM dialect to machine code -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/EmitObject.h"

#include "RuntimeFunctions.h"
#include "tt/Codegen/ToLLVM/Levels.h"
#include "tt/Codegen/ToLLVM/Weights.h"
#include "tt/Support/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/DiagnosticHandler.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

static Error fail(const Twine &message) { return createStringError(inconvertibleErrorCode(), message); }

namespace {
/// Keeps the first error of LLVM's code generator, which ends the process where nobody handles it.
struct FirstError : DiagnosticHandler {
  explicit FirstError(std::string &text) : text(text) {}
  bool handleDiagnostics(const DiagnosticInfo &info) override {
    if (info.getSeverity() == DS_Error && text.empty()) {
      raw_string_ostream os(text);
      DiagnosticPrinterRawOStream printer(os);
      info.print(printer);
      text = StringRef(text).split('\n').first.str();
    }
    return true;
  }
  std::string &text;
};
} // namespace

SmallVector<std::pair<StringRef, std::string>> tt::getCodeAttributes(const Target &target) {
  std::string width = std::to_string(target.lanes * 32);
  return {{"target-cpu", target.cpu},
          {"target-features", target.features},
          {"prefer-vector-width", width},
          {"min-legal-vector-width", width}};
}

/// Functions must be compiled for the same CPU as the module, and use the full width of its registers; those of a
/// module with several levels say so themselves.
static void setFunctionAttributes(Module &module, const tt::Target &target) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    if (!function.hasFnAttribute("target-cpu"))
      for (auto [name, value] : tt::getCodeAttributes(target))
        if (!value.empty())
          function.addFnAttr(name, value);
    function.setDoesNotThrow();
  }
}

/// Lets code take the address of large weights with 64 bits, see areWeightsFar.
static void setWeightsCodeModel(Module &module) {
  GlobalVariable *weights = module.getGlobalVariable(tt::kWeightsSymbol);
  if (weights && module.getTargetTriple().isX86_64() &&
      tt::areWeightsFar(weights->getValueType()->getArrayNumElements()))
    weights->setCodeModel(CodeModel::Large);
}

static void optimize(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  // Kernels are vectorized and unrolled by tt; LLVM's own vectorizers would undo register tiles.
  tuning.LoopVectorization = false;
  tuning.SLPVectorization = false;
  tuning.LoopUnrolling = false;
  tuning.LoopInterleaving = false;
  PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2).run(module, modules);
}

Expected<tt::Target> tt::getTarget(mlir::ModuleOp module) {
  Expected<SmallVector<Target>> targets = getTargets(module);
  if (!targets)
    return targets.takeError();
  return targets->back();
}

Error tt::emitCode(mlir::ModuleOp module, const Target &target, CodeKind kind, raw_pwrite_stream &os) {
  Expected<std::unique_ptr<TargetMachine>> machine = createTargetMachine(target);
  if (!machine)
    return machine.takeError();
  std::string error;
  LLVMContext context;
  context.setDiagnosticHandler(std::make_unique<FirstError>(error));
  std::unique_ptr<Module> code = mlir::translateModuleToLLVMIR(module, context, "tt");
  if (!code)
    return fail("translation to LLVM IR failed");
  code->setTargetTriple((*machine)->getTargetTriple());
  code->setDataLayout((*machine)->createDataLayout());
  code->setPICLevel(PICLevel::BigPIC);
  setFunctionAttributes(*code, target);
  setWeightsCodeModel(*code);
  optimize(*code, **machine);
  if (kind == CodeKind::LLVMIR) {
    code->print(os, nullptr);
    return Error::success();
  }
  legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, os, nullptr,
                                      kind == CodeKind::Assembly ? CodeGenFileType::AssemblyFile
                                                                 : CodeGenFileType::ObjectFile))
    return fail("LLVM cannot write this kind of file for " + target.triple);
  passes.run(*code);
  return error.empty() ? Error::success() : fail("LLVM found a problem in the code: " + error);
}
