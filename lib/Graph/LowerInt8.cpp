//===- LowerInt8.cpp - ops between quantized values work on integers ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LowerInt8.h"

#include "tt/Graph/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/DenseSet.h"

namespace tt {
#define GEN_PASS_DEF_LOWERINT8PASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

static constexpr Planner kPlanners[] = {planContraction, planArithmetic};

/// A cast to a type with one scale.
static quant::QuantizeCastOp getTensorQuantize(Operation *op) {
  auto cast = dyn_cast<quant::QuantizeCastOp>(op);
  return cast && getTensorParameters(cast.getType()) ? cast : quant::QuantizeCastOp();
}

/// The plan of `op`, if its users can use what it makes.
static std::optional<IntegerPlan> makePlan(Operation *op, std::string &reason) {
  for (Planner planner : kPlanners) {
    std::optional<IntegerPlan> plan = planner(op, reason);
    if (!plan)
      continue;
    if (!plan->last)
      return std::nullopt;
    bool quantizes = llvm::all_of(plan->last->getUsers(), getTensorQuantize) && !plan->last->use_empty();
    if (quantizes || plan->givesReal)
      return plan;
    reason = "its result is not quantized with one scale at every use";
    return std::nullopt;
  }
  if (reason.empty())
    reason = "it has no form on integers";
  return std::nullopt;
}

/// Puts what `plan` makes in the place of the result of its last op.
static void apply(const IntegerPlan &plan, OpBuilder &builder) {
  builder.setInsertionPointAfter(plan.last);
  Value result = plan.last->getResult(0);
  llvm::SmallDenseMap<Type, Value> made;
  for (Operation *user : llvm::make_early_inc_range(result.getUsers())) {
    quant::QuantizeCastOp cast = getTensorQuantize(user);
    if (!cast)
      continue;
    Type element = getTensorType(cast.getResult()).getElementType();
    Value &quantized = made[element];
    if (!quantized && plan.makeIntegers)
      quantized = getQuantized(builder, cast.getLoc(), plan.makeIntegers(builder, element), element);
    else if (!quantized)
      quantized = createRounded(builder, cast.getLoc(), plan.makeSteps(builder, getTensorParameters(element)->scale()),
                                element);
    cast.getResult().replaceAllUsesWith(quantized);
    cast.erase();
  }
  if (!result.use_empty())
    result.replaceAllUsesWith(plan.makeSteps(builder, std::nullopt));
}

/// qcast(dcast(q)) of other parameters: float(q - z) sx/sy, rounded.
static void requantize(quant::QuantizeCastOp cast, OpBuilder &builder) {
  Value source = getQuantizedSource(cast.getInput());
  std::optional<QuantParameters> from = source ? getTensorParameters(source.getType()) : std::nullopt;
  std::optional<QuantParameters> to = getTensorParameters(cast.getType());
  if (!from || !to)
    return;
  builder.setInsertionPoint(cast);
  Location loc = cast.getLoc();
  Value factor = createFactors(builder, loc, {from->scale() / to->scale()}, 0, 0);
  Value zero = createZeroPoint(builder, loc, getIntegerType(builder.getContext(), *from), from->zero());
  Value steps = tt::DequantizeOp::create(builder, loc, getTensorType(cast.getInput()),
                                         getIntegers(builder, loc, source), factor, zero);
  cast.getResult().replaceAllUsesWith(createRounded(builder, loc, steps, cast.getType()));
  cast.erase();
}

/// Whether `op` computes real numbers that depend on the function's arguments.
static bool isFloatOp(Operation *op) {
  if (!isa_and_present<tt::TTDialect>(op->getDialect()) || op->getNumResults() == 0 || op->getNumOperands() == 0 ||
      isa<tt::DequantizeOp, tt::QuantizeOp, tt::CastOp>(op))
    return false;
  auto isFloat = [](Value value) { return isa<FloatType>(getElementTypeOrSelf(value)); };
  return llvm::any_of(op->getResults(), isFloat) && llvm::any_of(op->getOperands(), isFloat);
}

/// Whether `op` scales and adds numbers that come from integers: what importers make of operators on integers.
static bool isIntegerEpilogue(Operation *op) {
  if (!isa<tt::AddOp, tt::SubOp, tt::MulOp>(op))
    return false;
  return llvm::all_of(op->getOperands(), [](Value operand) {
    Operation *producer = operand.getDefiningOp();
    if (!producer)
      return false;
    if (auto cast = dyn_cast<tt::CastOp>(producer))
      return isa<IntegerType>(getElementTypeOrSelf(cast.getInput()));
    return producer->hasTrait<OpTrait::ConstantLike>() || isIntegerEpilogue(producer);
  });
}

namespace {

/// Remembers what was made: arithmetic that took the place of an op of the model is none itself.
struct Recorder : OpBuilder::Listener {
  void notifyOperationInserted(Operation *op, OpBuilder::InsertPoint) override { made.insert(op); }
  llvm::DenseSet<Operation *> made;
};

struct LowerInt8Pass : tt::impl::LowerInt8PassBase<LowerInt8Pass> {
  using LowerInt8PassBase::LowerInt8PassBase;

  void runOnOperation() override {
    bool isQuantized = false;
    getOperation().walk([&](Operation *op) { isQuantized |= isa<quant::QuantizeCastOp, quant::DequantizeCastOp>(op); });
    if (!isQuantized)
      return;
    getOperation().walk([&](Block *block) { lower(*block); });
  }

  void lower(Block &block) {
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      if (!isa<quant::QuantizeCastOp>(op)) // plans erase these
        ops.push_back(&op);
    Recorder recorder;
    OpBuilder builder(&getContext(), &recorder);
    for (Operation *op : ops) {
      std::string reason;
      if (!isFloatOp(op))
        continue;
      if (std::optional<IntegerPlan> plan = makePlan(op, reason))
        apply(*plan, builder);
    }
    for (auto cast : llvm::make_early_inc_range(block.getOps<quant::QuantizeCastOp>()))
      requantize(cast, builder);
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
      if (isOpTriviallyDead(&op))
        op.erase();
    for (Operation &op : block) {
      std::string reason;
      if (!recorder.made.contains(&op) && isFloatOp(&op) && !isIntegerEpilogue(&op) && !makePlan(&op, reason))
        op.emitRemark() << "stays in float: " << reason;
    }
  }
};
} // namespace
