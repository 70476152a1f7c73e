//===- OutlineParallel.cpp - tt-outline-parallel --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "RuntimeFunctions.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

namespace tt {
#define GEN_PASS_DEF_OUTLINEPARALLELPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// `value` as a value of `type`; both become the same LLVM type later.
Value castTo(OpBuilder &b, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  return UnrealizedConversionCastOp::create(b, loc, type, value).getResult(0);
}

struct OutlineParallelPass : tt::impl::OutlineParallelPassBase<OutlineParallelPass> {
  using OutlineParallelPassBase::OutlineParallelPassBase;

  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    LLVMTypeConverter converter(&getContext());
    SmallVector<tt::ParallelForOp> loops; // outer ones first: an inner frame belongs to the body that runs it
    getOperation().walk<WalkOrder::PreOrder>([&](tt::ParallelForOp loop) { loops.push_back(loop); });
    for (tt::ParallelForOp loop : loops)
      outline(loop, symbols, converter);
  }

  void outline(tt::ParallelForOp loop, SymbolTable &symbols, const LLVMTypeConverter &converter) {
    Location loc = loop.getLoc();
    auto parent = loop->getParentOfType<func::FuncOp>();
    Type pointer = LLVM::LLVMPointerType::get(&getContext()), i64 = IntegerType::get(&getContext(), 64);
    auto type = FunctionType::get(&getContext(), {pointer, pointer, i64, i64}, {});
    auto func = func::FuncOp::create(loc, (parent.getName() + "_parallel").str(), type);
    func.setPrivate();
    func->setAttr("tt.parallel_body", UnitAttr::get(&getContext()));
    symbols.insert(func, std::next(Block::iterator(parent)));

    llvm::SetVector<Value> used;
    getUsedValuesDefinedAbove(loop.getBody(), used);
    SmallVector<Value> captured;
    SmallVector<Type> fields;
    SmallVector<Operation *> constants;
    for (Value value : used) {
      if (value == loop.getCtx())
        continue;
      Operation *definition = value.getDefiningOp();
      if (definition && definition->hasTrait<OpTrait::ConstantLike>()) {
        constants.push_back(definition);
        continue;
      }
      captured.push_back(value);
      fields.push_back(converter.convertType(value.getType()));
    }
    auto frame = LLVM::LLVMStructType::getLiteral(&getContext(), fields);

    // The body.
    Block *body = func.addEntryBlock();
    OpBuilder b = OpBuilder::atBlockBegin(body);
    auto replaceInBody = [&](Value value, Value inner) {
      value.replaceUsesWithIf(inner, [&](OpOperand &use) { return loop->isProperAncestor(use.getOwner()); });
    };
    replaceInBody(loop.getCtx(), body->getArgument(0));
    for (Operation *constant : constants)
      replaceInBody(constant->getResult(0), b.clone(*constant)->getResult(0));
    for (auto [i, value] : llvm::enumerate(captured)) {
      Value address = LLVM::GEPOp::create(b, loc, pointer, frame, body->getArgument(1),
                                          ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(i)});
      Value loaded = LLVM::LoadOp::create(b, loc, fields[i], address);
      replaceInBody(value, castTo(b, loc, loaded, value.getType()));
    }
    Block *old = &loop.getBody().front();
    for (auto [argument, number] : llvm::zip(old->getArguments(), body->getArguments().drop_front(2)))
      argument.replaceAllUsesWith(castTo(b, loc, number, argument.getType()));
    old->getTerminator()->erase();
    body->getOperations().splice(body->end(), old->getOperations());
    b.setInsertionPointToEnd(body);
    func::ReturnOp::create(b, loc);

    // The call.
    Block &entry = parent.front();
    b.setInsertionPointToStart(&entry);
    Value one = LLVM::ConstantOp::create(b, loc, i64, b.getI64IntegerAttr(1));
    Value args = LLVM::AllocaOp::create(b, loc, pointer, frame, one);
    b.setInsertionPoint(loop);
    for (auto [i, value] : llvm::enumerate(captured)) {
      Value address =
          LLVM::GEPOp::create(b, loc, pointer, frame, args, ArrayRef<LLVM::GEPArg>{0, static_cast<int32_t>(i)});
      LLVM::StoreOp::create(b, loc, castTo(b, loc, value, fields[i]), address);
    }
    Value function = castTo(b, loc, func::ConstantOp::create(b, loc, type, func.getName()), pointer);
    auto runtime = getOperation()->hasAttr("tt.profile") ? tt::RuntimeFunction::ProfileParallelFor
                                                         : tt::RuntimeFunction::ParallelFor;
    LLVM::CallOp::create(b, loc, tt::getRuntimeFunction(getOperation(), runtime),
                         ValueRange{loop.getCtx(), function, args, castTo(b, loc, loop.getCount(), i64)});
    loop.erase();
  }
};

} // namespace
