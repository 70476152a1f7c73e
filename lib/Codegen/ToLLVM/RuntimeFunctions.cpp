//===- RuntimeFunctions.cpp - declarations of the runtime -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RuntimeFunctions.h"
#include "tt/Codegen/ToLLVM/Weights.h"

#include "mlir/IR/Builders.h"

using namespace mlir;

LLVM::LLVMFuncOp tt::getRuntimeFunction(ModuleOp module, RuntimeFunction function) {
  MLIRContext *context = module.getContext();
  Type pointer = LLVM::LLVMPointerType::get(context), i64 = IntegerType::get(context, 64),
       nothing = LLVM::LLVMVoidType::get(context);
  struct Declaration {
    StringRef name;
    Type result;
    SmallVector<Type, 5> arguments;
  };
  auto declaration = [&]() -> Declaration {
    switch (function) {
    case RuntimeFunction::Input:
      return {"tt_rt_input", pointer, {pointer, i64, pointer}};
    case RuntimeFunction::Output:
      return {"tt_rt_output", pointer, {pointer, i64, i64, pointer}};
    case RuntimeFunction::Arena:
      return {"tt_rt_arena", pointer, {pointer, i64}};
    case RuntimeFunction::Alloc:
      return {"tt_rt_alloc", pointer, {pointer, i64}};
    case RuntimeFunction::Scratch:
      return {"tt_rt_scratch", pointer, {pointer, i64}};
    case RuntimeFunction::Threads:
      return {"tt_rt_threads", i64, {pointer}};
    case RuntimeFunction::ParallelFor:
      return {"tt_rt_parallel_for", nothing, {pointer, pointer, pointer, i64}};
    case RuntimeFunction::Fail:
      return {"tt_rt_fail", nothing, {pointer, pointer}};
    case RuntimeFunction::FailFound:
      return {"tt_rt_fail_found", nothing, {pointer, pointer, i64, i64}};
    case RuntimeFunction::ProfileBegin:
      return {"tt_rt_profile_begin", nothing, {pointer, pointer}};
    case RuntimeFunction::ProfileEnd:
      return {"tt_rt_profile_end", nothing, {pointer}};
    case RuntimeFunction::ProfileParallelFor:
      return {"tt_rt_profile_parallel_for", nothing, {pointer, pointer, pointer, i64}};
    case RuntimeFunction::Probe:
      return {"tt_rt_probe", nothing, {pointer, i64, i64, i64, i64}};
    case RuntimeFunction::ProbeEnter:
      return {"tt_rt_probe_enter", nothing, {pointer, i64}};
    case RuntimeFunction::ProbeLeave:
      return {"tt_rt_probe_leave", nothing, {pointer, i64}};
    case RuntimeFunction::ProbeBuffer:
      return {"tt_rt_probe_buffer", nothing, {pointer, i64, i64, i64}};
    case RuntimeFunction::Observe:
      return {"tt_rt_observe", nothing, {pointer, pointer, pointer, i64, pointer}};
    }
    llvm_unreachable("all functions are listed");
  }();
  if (auto existing = module.lookupSymbol<LLVM::LLVMFuncOp>(declaration.name))
    return existing;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto func = LLVM::LLVMFuncOp::create(b, module.getLoc(), declaration.name,
                                       LLVM::LLVMFunctionType::get(declaration.result, declaration.arguments));
  func.setVisibility_(LLVM::Visibility::Hidden);
  return func;
}

LLVM::GlobalOp tt::getWeightsSymbol(ModuleOp module) {
  if (auto existing = module.lookupSymbol<LLVM::GlobalOp>(kWeightsSymbol))
    return existing;
  OpBuilder b = OpBuilder::atBlockBegin(module.getBody());
  auto type = LLVM::LLVMArrayType::get(b.getI8Type(), getWeightsBytes(module));
  auto global = LLVM::GlobalOp::create(b, module.getLoc(), type, /*isConstant=*/true, LLVM::Linkage::External,
                                       kWeightsSymbol, Attribute(), /*alignment=*/64);
  global.setVisibility_(LLVM::Visibility::Hidden);
  return global;
}
