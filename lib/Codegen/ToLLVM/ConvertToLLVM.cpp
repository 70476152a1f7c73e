//===- ConvertToLLVM.cpp - tt-convert-to-llvm -----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "RuntimeFunctions.h"
#include "RuntimePatterns.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/MathToLibm/MathToLibm.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace tt {
#define GEN_PASS_DEF_CONVERTTOLLVMPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct ConvertToLLVMPass : tt::impl::ConvertToLLVMPassBase<ConvertToLLVMPass> {
  using ConvertToLLVMPassBase::ConvertToLLVMPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTableCollection tables;
    SymbolTable &symbols = tables.getSymbolTable(module);
    // The C library's `main` and LLVM's special treatment of it must not meet an entry point of that name.
    for (auto func : llvm::to_vector(module.getOps<func::FuncOp>()))
      if (func->hasAttr("tt.entry") && !func->hasAttr("tt.entry_name")) {
        func->setAttr("tt.entry_name", func.getNameAttr());
        if (failed(symbols.rename(func, ("tt_entry_" + func.getName()).str())))
          return signalPassFailure();
      }

    LLVMTypeConverter converter(&getContext());
    RewritePatternSet patterns(&getContext());
    tt::populateRuntimeToLLVMPatterns(converter, patterns);
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    index::populateIndexToLLVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    arith::populateCeilFloorDivExpandOpsPatterns(patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns, &tables);
    populateFuncToLLVMConversionPatterns(converter, patterns, &tables);
    populateVectorToLLVMConversionPatterns(converter, patterns);
    populateMathToLLVMConversionPatterns(converter, patterns, /*approximateLog1p=*/false, /*benefit=*/2);
    populateMathToLibmConversionPatterns(patterns, /*benefit=*/1);
    LLVMConversionTarget target(getContext());
    target.addLegalOp<ModuleOp, UnrealizedConversionCastOp>();
    if (failed(applyFullConversion(module, target, std::move(patterns))))
      return signalPassFailure();

    for (auto func : module.getOps<LLVM::LLVMFuncOp>())
      if (!func.isExternal()) {
        func.setLinkage(LLVM::Linkage::Internal);
        func.setNoInline(func->hasAttr("tt.kernel"));
      }
  }
};

} // namespace
