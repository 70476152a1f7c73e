//===- FoldConstants.cpp - compute what does not depend on inputs ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "tt/Dialect/IR/ConstantFold.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SetVector.h"

namespace tt {
#define GEN_PASS_DEF_FOLDCONSTANTSPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

/// The attributes of all operands; empty where one is not constant.
static SmallVector<Attribute> getConstantOperands(Operation *op) {
  SmallVector<Attribute> attributes;
  for (Value operand : op->getOperands()) {
    ElementsAttr attr = getConstantAttr(operand);
    if (!attr)
      return {};
    attributes.push_back(attr);
  }
  return attributes;
}

/// The memory that a constant holds: one element for a splat.
static int64_t getBytes(Attribute attr) {
  auto elements = cast<ElementsAttr>(attr);
  if (elements.isSplat())
    return getElementBytes(elements.getElementType());
  return getStaticBytes(elements.getShapedType()).value_or(0);
}

/// Whether `attr` holds weights of 8 bits, which tt-raise-quant wants to see.
static bool isQuantizedConstant(Attribute attr) { return cast<ElementsAttr>(attr).getElementType().isInteger(8); }

namespace {
struct FoldConstantsPass : tt::impl::FoldConstantsPassBase<FoldConstantsPass> {
  using FoldConstantsPassBase::FoldConstantsPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa_and_present<TTDialect>(op->getDialect()) && isa<InferTypeOpInterface>(op))
        ops.push_back(op);
    });
    // In order, so that a chain folds in one go.
    for (Operation *op : ops)
      fold(op);
  }

  void fold(Operation *op) {
    SmallVector<Attribute> operands = getConstantOperands(op);
    if (operands.empty() || (keepQuantized && isa<DequantizeOp>(op) && isQuantizedConstant(operands.front())))
      return;
    int64_t limit = maxBytes;
    for (Attribute attr : operands)
      limit = std::max(limit, getBytes(attr));
    ElementsAttr value = evaluateConstant(op, operands, limit);
    if (!value)
      return;
    OpBuilder builder(op);
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    op->getResult(0).replaceAllUsesWith(arith::ConstantOp::create(builder, op->getLoc(), type, value));
    llvm::SetVector<Operation *> sources;
    for (Value operand : op->getOperands())
      sources.insert(operand.getDefiningOp());
    op->erase();
    // At once: the old and the new form of all weights together would double the memory.
    for (Operation *source : sources)
      releaseIfUnused(cast<arith::ConstantOp>(source));
    ++numFolded;
  }
};
} // namespace
