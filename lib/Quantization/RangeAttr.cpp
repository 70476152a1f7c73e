//===- RangeAttr.cpp - ranges of values in the IR -----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RangeAttr.h"

using namespace mlir;

/// The function whose entry block `argument` belongs to; null for arguments of other blocks.
static func::FuncOp getFunction(BlockArgument argument) {
  return dyn_cast<func::FuncOp>(argument.getOwner()->getParentOp());
}

std::optional<tt::Range> tt::getRange(Value value) {
  DenseF64ArrayAttr attr;
  size_t at = 0;
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    if (func::FuncOp func = getFunction(argument))
      attr = func.getArgAttrOfType<DenseF64ArrayAttr>(argument.getArgNumber(), kRangeAttr);
  } else {
    attr = value.getDefiningOp()->getAttrOfType<DenseF64ArrayAttr>(kRangeAttr);
    at = 2 * cast<OpResult>(value).getResultNumber();
  }
  if (!attr || attr.size() < static_cast<int64_t>(at + 2))
    return std::nullopt;
  return Range{attr[at], attr[at + 1]};
}

void tt::setRange(Value value, const Range &range) {
  MLIRContext *context = value.getContext();
  if (auto argument = dyn_cast<BlockArgument>(value)) {
    getFunction(argument).setArgAttr(argument.getArgNumber(), kRangeAttr,
                                     DenseF64ArrayAttr::get(context, {range.low, range.high}));
    return;
  }
  Operation *op = value.getDefiningOp();
  SmallVector<double> limits(2 * op->getNumResults());
  if (auto before = op->getAttrOfType<DenseF64ArrayAttr>(kRangeAttr))
    limits.assign(before.asArrayRef().begin(), before.asArrayRef().end());
  size_t at = 2 * cast<OpResult>(value).getResultNumber();
  limits[at] = range.low;
  limits[at + 1] = range.high;
  op->setAttr(kRangeAttr, DenseF64ArrayAttr::get(context, limits));
}

void tt::eraseRanges(func::FuncOp func) {
  for (unsigned i = 0; i < func.getNumArguments(); ++i)
    func.removeArgAttr(i, kRangeAttr);
  func.walk([](Operation *op) { op->removeAttr(kRangeAttr); });
}
