//===- VectorBody.cpp - clone scalar region bodies onto vectors -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "VectorBody.h"

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

Type tt::laneType(Type element, int64_t lanes) {
  return lanes == 1 ? element : static_cast<Type>(VectorType::get({lanes}, element));
}

Value tt::broadcastTo(OpBuilder &builder, Location loc, Value value, int64_t lanes) {
  if (lanes == 1 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(builder, loc, VectorType::get({lanes}, value.getType()), value);
}

/// True when running `op` once instead of once per lane makes no difference.
static bool mayRunOnce(Operation &op) {
  if (isMemoryEffectFree(&op) || isa<tt::CheckOp>(op))
    return true;
  std::optional<SmallVector<MemoryEffects::EffectInstance>> effects = getEffectsRecursively(&op);
  return effects && llvm::all_of(*effects, [](MemoryEffects::EffectInstance &effect) {
           return isa<MemoryEffects::Read>(effect.getEffect());
         });
}

/// Calls `visit` for every value from outside that `op` or its regions read.
static void forEachRead(Operation &op, llvm::function_ref<void(Value)> visit) {
  for (Value operand : op.getOperands())
    visit(operand);
  if (op.getNumRegions() != 0) {
    llvm::SetVector<Value> captured;
    getUsedValuesDefinedAbove(op.getRegions(), captured);
    for (Value value : captured)
      visit(value);
  }
}

static bool isElementwise(Operation &op) {
  return op.getNumRegions() == 0 && op.getNumResults() != 0 && OpTrait::hasElementwiseMappableTraits(&op);
}

Operation *tt::findUnvectorizable(Block &body, llvm::function_ref<bool(BlockArgument)> isVector,
                                  llvm::function_ref<bool(Operation &)> isVectorSource) {
  llvm::DenseSet<Value> vectors;
  for (BlockArgument argument : body.getArguments())
    if (isVector(argument))
      vectors.insert(argument);
  for (Operation &op : body.without_terminator()) {
    if (isVectorSource(op)) {
      vectors.insert(op.result_begin(), op.result_end());
      continue;
    }
    bool onVectors = false;
    forEachRead(op, [&](Value value) { onVectors |= vectors.contains(value); });
    if (onVectors ? !isElementwise(op) : !mayRunOnce(op))
      return &op;
    if (onVectors)
      vectors.insert(op.result_begin(), op.result_end());
  }
  return nullptr;
}

FailureOr<SmallVector<Value>> tt::cloneOnVectors(OpBuilder &builder, Block &body, IRMapping &scalarToVector,
                                                 int64_t lanes, CloneHook hook) {
  for (Operation &op : body.without_terminator()) {
    if (op.getNumResults() != 0 &&
        llvm::all_of(op.getResults(), [&](Value result) { return scalarToVector.contains(result); }))
      continue;
    bool onVectors = false;
    forEachRead(op, [&](Value value) {
      onVectors |= lanes != 1 && isa<VectorType>(scalarToVector.lookupOrDefault(value).getType());
    });
    if (!onVectors && (lanes == 1 || mayRunOnce(op))) {
      builder.clone(op, scalarToVector);
      continue;
    }
    if (onVectors && isElementwise(op)) {
      SmallVector<Value> operands;
      for (Value operand : op.getOperands())
        operands.push_back(broadcastTo(builder, op.getLoc(), scalarToVector.lookupOrDefault(operand), lanes));
      OperationState state(op.getLoc(), op.getName(), operands, {}, op.getAttrs());
      for (Type type : op.getResultTypes())
        state.addTypes(laneType(type, lanes));
      Operation *clone = builder.create(state);
      scalarToVector.map(op.getResults(), clone->getResults());
      continue;
    }
    if (hook && hook(builder, op, scalarToVector))
      continue;
    return op.emitError() << "needs an elementwise op or one that is the same for all lanes to run on vectors, but '"
                          << op.getName() << "' is neither";
  }
  SmallVector<Value> results;
  for (Value operand : body.getTerminator()->getOperands())
    results.push_back(
        broadcastTo(builder, body.getTerminator()->getLoc(), scalarToVector.lookupOrDefault(operand), lanes));
  return results;
}
