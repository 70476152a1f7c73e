//===- FusedChains.cpp - values inside of one kernel -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FusedChains.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ProbeOps.h"
#include "tt/Dialect/IR/TTOps.h"

using namespace mlir;

Operation *tt::getOnlyReader(Value value) {
  Operation *reader = nullptr;
  for (OpOperand &use : value.getUses()) {
    if (isa<ObserveOp>(use.getOwner()))
      continue;
    if (reader)
      return nullptr;
    reader = use.getOwner();
  }
  return reader && reader->getNumResults() == 1 ? reader : nullptr;
}

bool tt::isBiasAdd(Operation *op) {
  auto add = dyn_cast_or_null<AddOp>(op);
  if (!add)
    return false;
  for (auto [value, other] : {std::pair(add.getLhs(), add.getRhs()), std::pair(add.getRhs(), add.getLhs())})
    if (value.getDefiningOp<MatMulOp>() && getConstantAttr(other) &&
        cast<RankedTensorType>(other.getType()).getRank() <= 1)
      return true;
  return false;
}

bool tt::isSaturation(Operation *op) {
  if (isa_and_nonnull<ReluOp>(op))
    return true;
  auto clip = dyn_cast_or_null<ClipOp>(op);
  return clip && (!clip.getLow() || getConstantAttr(clip.getLow())) &&
         (!clip.getHigh() || getConstantAttr(clip.getHigh()));
}

bool tt::isInsideKernel(Value value) {
  Operation *op = value.getDefiningOp(), *reader = getOnlyReader(value);
  if (!op || !reader)
    return false;
  if (isBiasAdd(reader))
    return isa<MatMulOp>(op);
  return isSaturation(reader) && isa<ConvOp, MatMulOp, AddOp>(op);
}
