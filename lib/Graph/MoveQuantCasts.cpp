//===- MoveQuantCasts.cpp - work on integers where only places change -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Quantizing is monotone, and no arithmetic happens in an op that moves, repeats or compares elements: such an op gives
// the same integers before and after quantizing.
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "QuantValues.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tt {
#define GEN_PASS_DEF_MOVEQUANTCASTSPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

/// Whether the type holds all numbers of 8 bits, so that the smallest is what an op on integers starts a maximum with.
static bool isFullRange(const QuantParameters &parameters) { return parameters.high - parameters.low == 255; }

/// The operands of `op` whose elements become elements of its result, where the op may work on integers.
static OperandRange getDataOperands(Operation *op, const QuantParameters &parameters) {
  OperandRange none = op->getOperands().take_front(0), first = op->getOperands().take_front(1);
  return TypeSwitch<Operation *, OperandRange>(op)
      .Case<tt::ReshapeOp, tt::TransposeOp, tt::SliceOp, tt::ExpandOp, tt::TileOp, tt::GatherOp>(
          [&](auto) { return first; })
      .Case<tt::ReluOp, tt::ClipOp>([&](auto) { return first; })
      .Case([&](tt::ConcatOp) { return op->getOperands(); })
      .Case([&](tt::PadOp pad) {
        bool isKnown = pad.getMode() != tt::PadMode::Constant || !pad.getValue() || getScalar(pad.getValue());
        return isKnown ? first : none;
      })
      .Case([&](tt::PoolOp pool) {
        return pool.getKind() == tt::PoolKind::Max && isFullRange(parameters) ? first : none;
      })
      .Case([&](tt::ReduceOp reduce) {
        bool compares = reduce.getKind() == tt::ReduceKind::Max || reduce.getKind() == tt::ReduceKind::Min;
        return compares && isFullRange(parameters) ? first : none;
      })
      .Case([&](tt::ResizeOp resize) {
        bool moves = resize.getMode() == tt::ResizeMode::Nearest && resize.getCoord() != tt::CoordMode::TfCropAndResize;
        return moves ? first : none;
      })
      .Default([&](Operation *) { return none; });
}

/// The bounds of a relu or clip in integers: none where it does not limit the range of the type.
struct IntegerBounds {
  std::optional<int64_t> low, high;
  bool isExact = true; ///< the bounds are numbers of the type, or outside its range
};

static std::optional<IntegerBounds> getBounds(Operation *op, const QuantParameters &parameters) {
  std::optional<double> low, high;
  if (isa<tt::ReluOp>(op))
    low = 0;
  if (auto clip = dyn_cast<tt::ClipOp>(op)) {
    if (clip.getLow() && !(low = getScalar(clip.getLow())))
      return std::nullopt;
    if (clip.getHigh() && !(high = getScalar(clip.getHigh())))
      return std::nullopt;
  }
  IntegerBounds bounds;
  auto set = [&](std::optional<double> real, int64_t limit, std::optional<int64_t> &bound) {
    if (!real)
      return;
    auto single = static_cast<float>(*real);
    int64_t q = parameters.quantize(single);
    if (q != limit)
      bound = q;
    bool isOutside =
        limit == parameters.low ? single <= parameters.dequantize(limit) : single >= parameters.dequantize(limit);
    bounds.isExact &= isOutside || parameters.dequantize(q) == single;
  };
  set(low, parameters.low, bounds.low);
  set(high, parameters.high, bounds.high);
  return bounds;
}

/// `op` on the integers `data` instead of its data operands.
static Value createOnIntegers(OpBuilder &builder, Operation *op, ValueRange data, const QuantParameters &parameters) {
  Location loc = op->getLoc();
  IntegerType integer = getIntegerType(op->getContext(), parameters);
  if (isa<tt::ReluOp, tt::ClipOp>(op)) {
    IntegerBounds bounds = *getBounds(op, parameters);
    if (!bounds.low && !bounds.high)
      return data.front();
    Value low = bounds.low ? createZeroPoint(builder, loc, integer, *bounds.low) : Value();
    Value high = bounds.high ? createZeroPoint(builder, loc, integer, *bounds.high) : Value();
    return tt::ClipOp::create(builder, loc, data.front().getType(), data.front(), low, high);
  }
  Operation *made = builder.clone(*op);
  for (auto [i, value] : llvm::enumerate(data))
    made->setOperand(i, value);
  if (auto pad = dyn_cast<tt::PadOp>(made); pad && pad.getMode() == tt::PadMode::Constant) {
    std::optional<double> value = pad.getValue() ? getScalar(pad.getValue()) : 0.0;
    builder.setInsertionPoint(made);
    pad.getValueMutable().assign(
        createZeroPoint(builder, loc, integer, parameters.quantize(static_cast<float>(*value))));
    builder.setInsertionPointAfter(made);
  }
  made->getResult(0).setType(getTensorType(op->getResult(0)).clone(integer));
  return made->getResult(0);
}

/// Whether the integers of `op` stand for exactly the numbers that `op` makes of the numbers of its operands.
static bool isExactOnIntegers(Operation *op, const QuantParameters &parameters) {
  if (isa<tt::ReluOp, tt::ClipOp>(op)) {
    std::optional<IntegerBounds> bounds = getBounds(op, parameters);
    return bounds && bounds->isExact;
  }
  auto pad = dyn_cast<tt::PadOp>(op);
  if (!pad || pad.getMode() != tt::PadMode::Constant || !pad.getValue())
    return true;
  auto value = static_cast<float>(*getScalar(pad.getValue()));
  return parameters.dequantize(parameters.quantize(value)) == value;
}

/// The parameters of the transpose of a tensor with one scale for each position of a dimension.
static QuantParameters transposeParameters(tt::TransposeOp op, QuantParameters parameters) {
  auto place = llvm::find(op.getPerm(), *parameters.axis);
  parameters.axis = place - op.getPerm().begin();
  return parameters;
}

namespace {

/// op(dcast(q), ...) -> dcast(op(q, ...)).
struct MoveDequantizeDown : RewritePattern {
  explicit MoveDequantizeDown(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &rewriter) const override {
    if (op->getNumOperands() == 0 || op->getNumResults() != 1)
      return failure();
    Value source = getQuantizedSource(op->getOperand(0));
    std::optional<QuantParameters> parameters = source ? getQuantParameters(source.getType()) : std::nullopt;
    if (!parameters)
      return rewriter.notifyMatchFailure(op, "has no dequantized operand");
    Type element = getTensorType(source).getElementType();
    auto transpose = dyn_cast<tt::TransposeOp>(op);
    if (parameters->axis && !transpose)
      return rewriter.notifyMatchFailure(op, "has a scale for each position of a dimension");
    OperandRange operands = getDataOperands(op, *parameters);
    SmallVector<Value> data;
    for (Value operand : operands) {
      Value quantized = getQuantizedSource(operand);
      if (!quantized || getTensorType(quantized).getElementType() != element)
        return rewriter.notifyMatchFailure(op, "has operands that differ in their scales");
      data.push_back(quantized);
    }
    if (data.empty() || !isExactOnIntegers(op, *parameters))
      return rewriter.notifyMatchFailure(op, "makes numbers that its operands' type does not have");
    if (parameters->axis)
      element = getQuantType(getContext(), getTensorType(op->getResult(0)).getShape(),
                             transposeParameters(transpose, *parameters))
                    .getElementType();
    for (Value &value : data)
      value = getIntegers(rewriter, op->getLoc(), value);
    Value integers = createOnIntegers(rewriter, op, data, *parameters);
    rewriter.replaceOp(op, getReal(rewriter, op->getLoc(), getQuantized(rewriter, op->getLoc(), integers, element)));
    return success();
  }
};

/// qcast(op(x, ...)) -> op(qcast(x), ...).
struct MoveQuantizeUp : OpRewritePattern<quant::QuantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::QuantizeCastOp cast, PatternRewriter &rewriter) const override {
    Operation *op = cast.getInput().getDefiningOp();
    std::optional<QuantParameters> parameters = getTensorParameters(cast.getType());
    if (!op || !parameters || op->getNumResults() != 1 || !op->hasOneUse())
      return rewriter.notifyMatchFailure(cast, "has other parameters, or not the only use of a value");
    OperandRange data = getDataOperands(op, *parameters);
    if (data.empty() || (isa<tt::ReluOp, tt::ClipOp>(op) && !getBounds(op, *parameters)))
      return rewriter.notifyMatchFailure(cast, "is of an op that computes");
    // Elsewhere the f32 value would be made as well.
    if (llvm::any_of(data, [](Value x) { return !x.hasOneUse() && !getQuantizedSource(x); }))
      return rewriter.notifyMatchFailure(cast, "is of an op whose operand has other uses");
    Type element = getTensorType(cast.getResult()).getElementType();
    rewriter.setInsertionPoint(op);
    SmallVector<Value> integers;
    for (Value x : data) {
      Value q = quant::QuantizeCastOp::create(rewriter, cast.getLoc(), getTensorType(x).clone(element), x);
      integers.push_back(getIntegers(rewriter, cast.getLoc(), q));
    }
    Value result = createOnIntegers(rewriter, op, integers, *parameters);
    rewriter.replaceOp(cast, getQuantized(rewriter, cast.getLoc(), result, element));
    return success();
  }
};

/// qcast(dcast(q)) -> q where both have one type.
struct CancelCasts : OpRewritePattern<quant::QuantizeCastOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(quant::QuantizeCastOp op, PatternRewriter &rewriter) const override {
    Value source = getQuantizedSource(op.getInput());
    if (!source || source.getType() != op.getType())
      return rewriter.notifyMatchFailure(op, "does not undo another cast");
    rewriter.replaceOp(op, source);
    return success();
  }
};

struct MoveQuantCastsPass : tt::impl::MoveQuantCastsPassBase<MoveQuantCastsPass> {
  using MoveQuantCastsPassBase::MoveQuantCastsPassBase;

  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    patterns.add<MoveDequantizeDown, MoveQuantizeUp, CancelCasts>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns), getQuantRewriteConfig())))
      signalPassFailure();
  }
};
} // namespace
