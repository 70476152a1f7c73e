//===- Bufferize.cpp - tt-bufferize ---------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_BUFFERIZEPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace mlir::bufferization;

namespace {

struct BufferizePass : tt::impl::BufferizePassBase<BufferizePass> {
  using BufferizePassBase::BufferizePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    // The caller's tensors are not ours to write.
    for (auto func : module.getOps<func::FuncOp>())
      if (!func.isPrivate() && !func.isDeclaration())
        for (unsigned i = 0, e = func.getNumArguments(); i < e; ++i)
          if (isa<TensorType>(func.getArgument(i).getType()))
            func.setArgAttr(i, BufferizationDialect::kWritableAttrName, BoolAttr::get(&getContext(), false));

    OneShotBufferizationOptions options;
    options.bufferizeFunctionBoundaries = true;
    options.allowReturnAllocsFromLoops = true;
    options.setFunctionBoundaryTypeConversion(LayoutMapOption::IdentityLayoutMap);
    options.unknownTypeConverterFn = [](TensorType type, Attribute space, const BufferizationOptions &) {
      return getMemRefTypeWithStaticIdentityLayout(type, space);
    };
    BufferizationState state;
    if (failed(runOneShotModuleBufferize(module, options, state)))
      return signalPassFailure();
    removeBufferizationAttributesInModule(module);
  }
};

} // namespace
