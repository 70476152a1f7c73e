//===- Utils.cpp - shared by the passes of Codegen/Memory -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Utils.h"

#include "mlir/IR/Builders.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

/// One element of `tt.inputs` or `tt.outputs`.
static Attribute describe(Builder &b, DictionaryAttr attrs, Type type, StringRef fallback, int64_t index) {
  StringAttr name = attrs ? attrs.getAs<StringAttr>("tt.name") : nullptr;
  ArrayAttr dims = attrs ? attrs.getAs<ArrayAttr>("tt.dims") : nullptr;
  if (auto memref = dyn_cast<MemRefType>(type))
    type = RankedTensorType::get(memref.getShape(), memref.getElementType());
  if (!name)
    name = b.getStringAttr(fallback + Twine(index));
  if (!dims) {
    auto shaped = dyn_cast<ShapedType>(type);
    dims = b.getStrArrayAttr(SmallVector<StringRef>(shaped ? shaped.getRank() : 0));
  }
  return b.getDictionaryAttr(
      {b.getNamedAttr("name", name), b.getNamedAttr("dims", dims), b.getNamedAttr("type", TypeAttr::get(type))});
}

void tt::recordSignature(func::FuncOp func) {
  if (func->hasAttr("tt.inputs"))
    return;
  Builder b(func.getContext());
  SmallVector<Attribute> inputs, outputs;
  for (auto [i, type] : llvm::enumerate(func.getArgumentTypes()))
    inputs.push_back(describe(b, func.getArgAttrDict(i), type, "input", i));
  for (auto [i, type] : llvm::enumerate(func.getResultTypes()))
    outputs.push_back(describe(b, func.getResultAttrDict(i), type, "output", i));
  func->setAttr("tt.inputs", b.getArrayAttr(inputs));
  func->setAttr("tt.outputs", b.getArrayAttr(outputs));
}

bool tt::hoistComputation(Value value, Operation *point, const DominanceInfo &dominance) {
  llvm::SetVector<Operation *> slice;
  SmallVector<Value> pending{value};
  while (!pending.empty()) {
    Value next = pending.pop_back_val();
    if (dominance.properlyDominates(next, point))
      continue;
    Operation *op = next.getDefiningOp();
    if (!op || op == point || op->getBlock() != point->getBlock() || op->getNumRegions() || !isPure(op))
      return false;
    slice.insert(op);
    llvm::append_range(pending, op->getOperands());
  }
  SmallVector<Operation *> ops = slice.takeVector();
  llvm::sort(ops, [](Operation *l, Operation *r) { return l->isBeforeInBlock(r); });
  for (Operation *op : ops)
    op->moveBefore(point);
  return true;
}
