//===- QuantizePlan.cpp - which ops and values become integers ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "QuantizePlan.h"

#include "FusedChains.h"
#include "RangeAttr.h"
#include "ValueNames.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Places.h"
#include "tt/Dialect/IR/TTOps.h"

#include "llvm/Support/GlobPattern.h"

using namespace mlir;

bool tt::isContraction(Operation *op) { return isa_and_nonnull<ConvOp, MatMulOp>(op); }

Operation *tt::getKernelEnd(Operation *op) {
  while (isInsideKernel(op->getResult(0)))
    op = getOnlyReader(op->getResult(0));
  return op;
}

Operation *tt::getKernelStart(Operation *op) {
  while (isBiasAdd(op) || isSaturation(op)) {
    Value before = op->getOperand(0);
    if (isBiasAdd(op) && !before.getDefiningOp<MatMulOp>())
      before = op->getOperand(1);
    if (!isInsideKernel(before))
      break;
    op = before.getDefiningOp();
  }
  return op;
}

namespace {

/// Whether the result has elements of the operand only, or 0, so that it has the operand's scale.
bool movesElements(Operation *op) {
  if (auto pool = dyn_cast<tt::PoolOp>(op))
    return pool.getKind() == tt::PoolKind::Max;
  if (auto resize = dyn_cast<tt::ResizeOp>(op))
    return resize.getMode() == tt::ResizeMode::Nearest && resize.getCoord() != tt::CoordMode::TfCropAndResize;
  if (auto pad = dyn_cast<tt::PadOp>(op)) {
    SmallVector<double> value;
    return pad.getMode() != tt::PadMode::Constant || !pad.getValue() ||
           (tt::getConstantFloats(pad.getValue(), value) && value.size() == 1 && value[0] == 0);
  }
  return isa<tt::ReshapeOp, tt::TransposeOp, tt::SliceOp>(op);
}

/// Whether the op computes on values that all come from integers.
bool isBetweenValues(Operation *op) {
  if (auto pool = dyn_cast<tt::PoolOp>(op))
    return pool.getKind() == tt::PoolKind::Average;
  if (auto reduce = dyn_cast<tt::ReduceOp>(op))
    return reduce.getKind() == tt::ReduceKind::Mean;
  return isa<tt::AddOp, tt::MulOp, tt::ConcatOp>(op) || tt::isSaturation(op);
}

bool isF32(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32();
}

/// The operands that carry values, not weights, shapes or limits.
SmallVector<Value> getActivations(Operation *op) {
  if (isa<tt::AddOp, tt::MulOp, tt::ConcatOp>(op))
    return SmallVector<Value>(op->getOperands());
  return {op->getOperand(0)};
}

/// Matches the names of an op against the patterns that exclude.
class Exclusion {
public:
  LogicalResult add(func::FuncOp func, StringRef text) {
    StringRef glob = text;
    bool isType = glob.consume_front("type:");
    llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(glob);
    if (!pattern)
      return func.emitOpError("cannot exclude '") << text << "': " << llvm::toString(pattern.takeError());
    patterns.push_back({text.str(), std::move(*pattern), isType, false});
    return success();
  }
  bool matches(Operation *op, ArrayRef<std::string> names) {
    bool found = false;
    for (Pattern &pattern : patterns) {
      bool isMatch = pattern.isType ? pattern.glob.match(op->getName().stripDialect())
                                    : llvm::any_of(names, [&](StringRef name) { return pattern.glob.match(name); });
      pattern.isUsed |= isMatch;
      found |= isMatch;
    }
    return found;
  }
  LogicalResult verifyUsed(func::FuncOp func) const {
    for (const Pattern &pattern : patterns)
      if (!pattern.isUsed)
        return func.emitOpError("has nothing that '")
               << pattern.text << "' excludes; it needs a node's or value's name, or type: and the name of an op";
    return success();
  }

private:
  struct Pattern {
    std::string text;
    llvm::GlobPattern glob;
    bool isType, isUsed;
  };
  SmallVector<Pattern> patterns;
};

class Planner {
public:
  Planner(func::FuncOp func, const tt::QuantizeChoice &choice) : func(func), choice(choice) {}

  FailureOr<tt::QuantizePlan> plan() {
    if (failed(collect()))
      return failure();
    while (removeUnfit())
      ;
    for (Operation *op : plan_.ops)
      for (Value value : getActivations(op))
        plan_.values.insert({value, *getRange(value)});
    return std::move(plan_);
  }

private:
  /// All ops that could be taken, if their neighbours are.
  LogicalResult collect() {
    Exclusion exclusion;
    for (StringRef pattern : choice.excluded)
      if (failed(exclusion.add(func, pattern)))
        return failure();
    llvm::DenseMap<Value, std::string> names;
    for (auto &[value, name] : tt::getNamedValues(func))
      names[value] = name;
    for (Operation &op : func.front()) {
      if (op.getNumResults() != 1 || op.hasTrait<OpTrait::ConstantLike>())
        continue;
      SmallVector<std::string> texts;
      for (const tt::NodeName &node : tt::getNodeNames(op.getLoc()))
        texts.push_back(node.name);
      if (auto name = names.find(op.getResult(0)); name != names.end())
        texts.push_back(name->second);
      bool isExcluded = exclusion.matches(&op, texts);
      // An exclusion of any op of a kernel is one of the kernel.
      Operation *start = tt::getKernelStart(&op);
      if (start != &op) {
        if (isExcluded)
          leave(start, "it is excluded");
        continue;
      }
      bool isTaken = tt::isContraction(&op) || movesElements(&op) || isBetweenValues(&op);
      if (!isTaken || !isF32(op.getResult(0)) || !llvm::all_of(getActivations(&op), isF32))
        continue;
      plan_.ops.insert(&op);
      if (isExcluded)
        leave(&op, "it is excluded");
      else if (!choice.anyKind && !choice.kinds.contains(op.getName().stripDialect()))
        leave(&op, "ops of its kind are not chosen");
    }
    return exclusion.verifyUsed(func);
  }

  /// Takes out the ops that their neighbours speak against; whether there was one.
  bool removeUnfit() {
    for (Operation *op : llvm::to_vector(plan_.ops)) {
      std::string reason = getReason(op);
      if (reason.empty())
        continue;
      leave(op, reason);
      return true;
    }
    return false;
  }

  void leave(Operation *op, StringRef reason) {
    if (plan_.ops.remove(op))
      plan_.reasons[op] = reason.str();
  }

  /// Why `op` stays in float; empty where it need not.
  std::string getReason(Operation *op) {
    if (tt::isContraction(op)) {
      ElementsAttr weights = tt::getConstantAttr(op->getOperand(1));
      if (!weights)
        return "its weights are no constant";
      if (isa<tt::MatMulOp>(op) && weights.getShapedType().getRank() < 2)
        return "its right-hand side is a vector";
      return getRange(op->getOperand(0)) ? "" : "its operand has no range";
    }
    for (Value value : getActivations(op)) {
      if (tt::getConstantAttr(value))
        return "one of its operands is a constant";
      Operation *producer = value.getDefiningOp();
      if (!producer || !plan_.ops.contains(tt::getKernelStart(producer)))
        return "one of its operands is computed in float";
      if (!getRange(value))
        return "one of its operands has no range";
    }
    Value result = tt::getKernelEnd(op)->getResult(0);
    if (!llvm::any_of(result.getUsers(), [&](Operation *user) { return plan_.ops.contains(user); }))
      return "nothing reads its result as integers";
    return "";
  }

  /// The range of the integers of `value`: through ops that only move its elements.
  std::optional<tt::Range> getRange(Value value) {
    Operation *producer = value.getDefiningOp();
    if (producer && plan_.ops.contains(producer) && movesElements(producer))
      return getRange(producer->getOperand(0));
    return tt::getRange(value);
  }

  func::FuncOp func;
  const tt::QuantizeChoice &choice;
  tt::QuantizePlan plan_;
};

} // namespace

FailureOr<tt::QuantizePlan> tt::planQuantization(func::FuncOp func, const QuantizeChoice &choice) {
  return Planner(func, choice).plan();
}
