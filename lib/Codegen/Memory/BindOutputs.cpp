//===- BindOutputs.cpp - tt-bind-outputs ----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "Utils.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_BINDOUTPUTSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// The values from a returned buffer (first) up to its allocation (last), through casts and reshapes; empty when the
/// buffer does not come from an allocation of the function's first block.
SmallVector<Value> traceToAllocation(Value value, Block *block) {
  SmallVector<Value> chain{value};
  while (Operation *op = value.getDefiningOp()) {
    if (isa<memref::AllocOp>(op))
      return op->getBlock() == block ? chain : SmallVector<Value>();
    if (!isa<memref::CastOp, memref::ExpandShapeOp, memref::CollapseShapeOp>(op))
      return {};
    value = op->getOperand(0);
    chain.push_back(value);
  }
  return {};
}

/// Sizes of `chain[position]`, computed at `b` from those of the allocation.
SmallVector<OpFoldResult> getSizes(OpBuilder &b, ArrayRef<Value> chain, size_t position) {
  Value value = chain[position];
  auto type = cast<MemRefType>(value.getType());
  if (type.hasStaticShape())
    return getAsIndexOpFoldResult(b.getContext(), type.getShape());
  if (auto alloc = value.getDefiningOp<memref::AllocOp>())
    return alloc.getMixedSizes();
  if (auto expand = value.getDefiningOp<memref::ExpandShapeOp>())
    return expand.getMixedOutputShape();
  SmallVector<OpFoldResult> source = getSizes(b, chain, position + 1), sizes;
  auto collapse = value.getDefiningOp<memref::CollapseShapeOp>();
  // Held here: a range-for over an element of a temporary would read freed memory.
  SmallVector<ReassociationIndices> groups;
  if (collapse)
    groups = collapse.getReassociationIndices();
  for (int64_t d = 0; d < type.getRank(); ++d) {
    if (!type.isDynamicDim(d)) {
      sizes.push_back(b.getIndexAttr(type.getDimSize(d)));
    } else if (!collapse) { // memref.cast
      sizes.push_back(source[d]);
    } else {
      Value product;
      for (int64_t part : groups[d]) {
        Value size = getValueOrCreateConstantIndexOp(b, value.getLoc(), source[part]);
        product = product ? arith::MulIOp::create(b, value.getLoc(), product, size) : size;
      }
      sizes.push_back(product);
    }
  }
  return sizes;
}

Value createOutput(OpBuilder &b, Location loc, Value context, MemRefType type, ArrayRef<OpFoldResult> sizes,
                   int64_t index) {
  SmallVector<Value> dynamic;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isDynamicDim(d))
      dynamic.push_back(getValueOrCreateConstantIndexOp(b, loc, sizes[d]));
  return tt::OutputOp::create(b, loc, type, context, dynamic, index);
}

/// Replaces the allocation at the end of `chain` by output `index` seen through the inverse of the chain's reshapes.
/// Returns false, and changes nothing, when the sizes are not known at the allocation.
bool bindAllocation(ArrayRef<Value> chain, Value context, int64_t index) {
  auto alloc = chain.back().getDefiningOp<memref::AllocOp>();
  DominanceInfo dominance(alloc->getParentOp());
  for (Value value : chain)
    if (auto expand = value.getDefiningOp<memref::ExpandShapeOp>())
      for (Value size : expand.getOutputShape())
        if (!tt::hoistComputation(size, alloc, dominance))
          return false;
  OpBuilder b(alloc);
  Location loc = alloc.getLoc();
  Value buffer = createOutput(b, loc, context, cast<MemRefType>(chain[0].getType()), getSizes(b, chain, 0), index);
  for (size_t i = 0; i + 1 < chain.size(); ++i) {
    auto type = cast<MemRefType>(chain[i + 1].getType());
    if (auto expand = chain[i].getDefiningOp<memref::ExpandShapeOp>())
      buffer = memref::CollapseShapeOp::create(b, loc, buffer, expand.getReassociationIndices());
    else if (auto collapse = chain[i].getDefiningOp<memref::CollapseShapeOp>())
      buffer = memref::ExpandShapeOp::create(b, loc, type, buffer, collapse.getReassociationIndices(),
                                             getSizes(b, chain, i + 1));
    if (buffer.getType() != type)
      buffer = memref::CastOp::create(b, loc, type, buffer);
  }
  alloc.replaceAllUsesWith(buffer);
  alloc.erase();
  return true;
}

struct BindOutputsPass : tt::impl::BindOutputsPassBase<BindOutputsPass> {
  using BindOutputsPassBase::BindOutputsPassBase;

  void runOnOperation() override {
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (tt::isEntryPoint(func) && !func->hasAttr("tt.entry") && failed(bind(func)))
        return signalPassFailure();
  }

  LogicalResult bind(func::FuncOp func) {
    if (!func.getBody().hasOneBlock())
      return func.emitOpError("needs a body of one block, but found ") << func.getBody().getBlocks().size();
    for (Type type : llvm::concat<const Type>(func.getArgumentTypes(), func.getResultTypes()))
      if (auto memref = dyn_cast<MemRefType>(type); !memref || !memref.getLayout().isIdentity())
        return func.emitOpError("needs dense buffers as arguments and results, but found ") << type;
    tt::recordSignature(func);

    Block *block = &func.front();
    auto terminator = cast<func::ReturnOp>(block->getTerminator());
    auto pointer = LLVM::LLVMPointerType::get(&getContext());
    Value context = block->insertArgument(0u, pointer, func.getLoc());
    for (auto [index, value] : llvm::enumerate(terminator.getOperands()))
      bindOutput(value, terminator, context, index);
    OpBuilder b = OpBuilder::atBlockBegin(block);
    for (unsigned i = 1, e = block->getNumArguments(); i < e; ++i) {
      BlockArgument argument = block->getArgument(i);
      argument.replaceAllUsesWith(
          tt::InputOp::create(b, argument.getLoc(), argument.getType(), context, static_cast<int64_t>(i - 1)));
    }
    block->eraseArguments(1, block->getNumArguments() - 1);
    terminator->setOperands({});
    func.removeArgAttrsAttr();
    func.removeResAttrsAttr();
    func.setType(FunctionType::get(&getContext(), {pointer}, {}));
    func->setAttr("tt.entry", UnitAttr::get(&getContext()));
    return success();
  }

  void bindOutput(Value value, Operation *terminator, Value context, int64_t index) {
    SmallVector<Value> chain = traceToAllocation(value, terminator->getBlock());
    if (!chain.empty() && bindAllocation(chain, context, index))
      return;
    OpBuilder b(terminator);
    auto type = cast<MemRefType>(value.getType());
    Value output =
        createOutput(b, value.getLoc(), context, type, memref::getMixedSizes(b, value.getLoc(), value), index);
    auto copy = memref::CopyOp::create(b, value.getLoc(), value, output);
    copy->setAttr("tt.output_copy", b.getUnitAttr());
  }
};

} // namespace
