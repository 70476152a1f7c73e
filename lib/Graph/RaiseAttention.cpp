//===- RaiseAttention.cpp - attention from its products -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "LayoutRules.h"
#include "Matchers.h"

#include "tt/Analysis/ShapeValues.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace tt {
#define GEN_PASS_DEF_RAISEATTENTIONPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

namespace {

/// `scale * (query keyTransposed)`, with `mask` added or with `fill` where `condition` is `hidden`.
struct Scores {
  tt::MatMulOp product;
  double scale = 1.0;
  Value mask;
  Value condition;
  bool hidden = true;
  double fill = 0;
};

} // namespace

/// Takes constant scalar factors and divisors off `value` into `scale`.
static Value takeScale(Value value, double &scale) {
  while (true) {
    Value inner;
    double factor = 1.0;
    if (auto mul = value.getDefiningOp<tt::MulOp>()) {
      matchEitherOrder(mul, [&](Value other, Value scalar) {
        std::optional<double> number = getScalar(scalar);
        if (!number)
          return false;
        inner = other;
        factor = *number;
        return true;
      });
    } else if (auto div = value.getDefiningOp<tt::DivOp>()) {
      if (std::optional<double> number = getScalar(div.getRhs())) {
        inner = div.getLhs();
        factor = 1 / *number;
      }
    }
    if (!inner || getTensorType(inner).getRank() != getTensorType(value).getRank())
      return value;
    value = inner;
    scale *= factor;
  }
}

/// `value` without masks: a product of matrices times a scale.
static std::optional<Scores> matchProduct(Value value) {
  Scores scores;
  scores.product = takeScale(value, scores.scale).getDefiningOp<tt::MatMulOp>();
  return scores.product ? std::optional(scores) : std::nullopt;
}

static std::optional<Scores> matchScores(Value value) {
  if (auto add = value.getDefiningOp<tt::AddOp>()) {
    std::optional<Scores> scores;
    matchEitherOrder(add, [&](Value inner, Value mask) {
      scores = matchProduct(inner);
      if (scores)
        scores->mask = mask;
      return scores.has_value();
    });
    return scores;
  }
  auto where = value.getDefiningOp<tt::WhereOp>();
  if (!where)
    return matchProduct(value);
  std::optional<double> left = getScalar(where.getLhs()), right = getScalar(where.getRhs());
  if (!left && !right)
    return std::nullopt;
  std::optional<Scores> scores = matchProduct(left ? where.getRhs() : where.getLhs());
  if (scores) {
    scores->condition = where.getCondition();
    scores->hidden = left.has_value();
    scores->fill = left ? *left : *right;
  }
  return scores;
}

/// True where each row (last dimension) of a constant condition has an element other than `hidden`.
static bool seesSomething(Value condition, bool hidden) {
  SmallVector<int64_t> values;
  RankedTensorType type = getTensorType(condition);
  if (!tt::getConstantInts(condition, values) || type.getRank() == 0)
    return false;
  int64_t columns = type.getShape().back();
  for (size_t row = 0; columns > 0 && row < values.size(); row += columns)
    if (llvm::all_of(ArrayRef<int64_t>(values).slice(row, columns), [&](int64_t x) { return (x != 0) == hidden; }))
      return false;
  return true;
}

namespace {

class AttentionRaiser {
public:
  explicit AttentionRaiser(MLIRContext *context) : rewriter(context) {}

  /// Rewrites `op` where it is the last product of an attention. Returns the reason where it looks like one and is
  /// kept, else an empty string.
  StringRef raise(tt::MatMulOp op) {
    auto softmax = op.getLhs().getDefiningOp<tt::SoftmaxOp>();
    std::optional<Scores> scores = softmax ? matchScores(softmax.getInput()) : std::nullopt;
    if (!scores)
      return {};
    Value value = op.getRhs(), query = scores->product.getLhs(), keyTransposed = scores->product.getRhs();
    int64_t rank = getTensorType(op.getResult()).getRank();
    if (rank < 2 || rank > 4 || llvm::any_of(ValueRange{value, query, keyTransposed}, [&](Value operand) {
          return getTensorType(operand).getRank() != rank;
        }))
      return "query, key and value do not all have one rank of 2, 3 or 4";
    if (static_cast<int64_t>(softmax.getAxis()) != rank - 1)
      return "the softmax does not run over the columns";
    if (!softmax->hasOneUse())
      return "the softmax has another use";
    if (!isa<FloatType>(getTensorType(query).getElementType()))
      return "the element type is no float";
    for (int64_t i = 0; i < rank - 2; ++i)
      if (!sizes.haveEqualSizes(query, i, keyTransposed, i) || !sizes.haveEqualSizes(query, i, value, i))
        return "batches or heads of query, key and value may differ";
    if (rank == 4 && getTensorType(query).isDynamicDim(1))
      return "the number of heads is not known";
    if (!sizes.haveEqualShapes(softmax.getInput(), scores->product))
      return "the mask may broadcast the scores";
    if (scores->condition && !isExactAsSum(*scores))
      return "masked scores are replaced by a number that a sum does not reproduce";

    rewriter.setInsertionPoint(op);
    Location loc = softmax.getLoc();
    query = takeScale(query, scores->scale);
    keyTransposed = takeScale(keyTransposed, scores->scale);
    Value mask = scores->condition ? createMask(loc, *scores, getTensorType(query).getElementType()) : scores->mask;
    Value parts[] = {withHeads(query), withHeads(swapLastTwo(keyTransposed)), withHeads(value),
                     mask ? withMaskHeads(mask, rank) : Value()};
    if (!parts[0] || !parts[1] || !parts[2] || (mask && !parts[3]))
      return "unknown sizes keep it from getting a dimension for the heads";
    RankedTensorType type = getTensorType(op.getResult());
    SmallVector<int64_t> shape(type.getShape());
    while (shape.size() < 4)
      shape.insert(shape.end() - 2, 1);
    auto attention = tt::AttentionOp::create(rewriter, loc, type.clone(shape), parts[0], parts[1], parts[2], parts[3],
                                             llvm::APFloat(static_cast<float>(scores->scale)), /*causal=*/false);
    attention->setLoc(rewriter.getFusedLoc({loc, getMatchedLoc(op)}));
    Value result = attention;
    if (rank < 4) {
      std::optional<SmallVector<int64_t>> target = getUnitReshape(shape, type.getShape());
      if (!target)
        return "unknown sizes keep it from losing the dimension for the heads";
      result = createReshape(loc, type, attention, *target);
    }
    rewriter.replaceAllUsesWith(op.getResult(), result);
    return {};
  }

private:
  /// Hidden scores become score + fill instead of fill. That is the same where the sum is fill again whatever the score
  /// (-infinity, or |score| < 2^75 beside -1e30 in f32), or where the exponentials of hidden scores are 0 in both
  /// forms: beside a visible score of each row, for |score| < |fill| / 4.
  static bool isExactAsSum(const Scores &scores) {
    return scores.fill <= -1e30 || (scores.fill <= -1e9 && seesSomething(scores.condition, scores.hidden));
  }

  Value createScalar(Location loc, Type type, double number) {
    return createFloatConstant(rewriter, loc, RankedTensorType::get({}, type), [&](int64_t) { return number; });
  }

  /// where(condition, fill, 0): what is added to the scores.
  Value createMask(Location loc, const Scores &scores, Type type) {
    Value fill = createScalar(loc, type, scores.fill), zero = createScalar(loc, type, 0);
    return tt::WhereOp::create(rewriter, loc, RankedTensorType::get(getTensorType(scores.condition).getShape(), type),
                               scores.condition, scores.hidden ? fill : zero, scores.hidden ? zero : fill);
  }

  Value createReshape(Location loc, RankedTensorType type, Value input, ArrayRef<int64_t> target) {
    return tt::ReshapeOp::create(rewriter, loc, type, input, tt::createShapeConstant(rewriter, loc, target),
                                 rewriter.getBoolAttr(false));
  }

  /// `value` with unit dimensions before the last two, up to rank 4; null where unknown sizes prevent it.
  Value withHeads(Value value) {
    RankedTensorType type = getTensorType(value);
    SmallVector<int64_t> shape(type.getShape());
    if (shape.size() == 4)
      return value;
    while (shape.size() < 4)
      shape.insert(shape.end() - 2, 1);
    std::optional<SmallVector<int64_t>> target = getUnitReshape(type.getShape(), shape);
    return target ? createReshape(value.getLoc(), type.clone(shape), value, *target) : Value();
  }

  /// A mask of scores of rank `rank`: batches of rank 3 get a dimension for the heads.
  Value withMaskHeads(Value mask, int64_t rank) {
    return rank == 3 && getTensorType(mask).getRank() == 3 ? withHeads(mask) : mask;
  }

  /// transpose(value) of the last two dimensions; taken together with a transpose that makes `value`.
  Value swapLastTwo(Value value) {
    Perm perm = getIdentity(getTensorType(value).getRank());
    std::swap(perm.end()[-1], perm.end()[-2]);
    if (auto transpose = value.getDefiningOp<tt::TransposeOp>()) {
      perm = compose(transpose.getPerm(), perm);
      value = transpose.getInput();
    }
    if (isIdentity(perm))
      return value;
    return tt::TransposeOp::create(rewriter, value.getLoc(), permute(getTensorType(value), perm), value,
                                   rewriter.getDenseI64ArrayAttr(perm));
  }

  IRRewriter rewriter;
  tt::ShapeAnalysis sizes;
};

struct RaiseAttentionPass : tt::impl::RaiseAttentionPassBase<RaiseAttentionPass> {
  using RaiseAttentionPassBase::RaiseAttentionPassBase;

  void runOnOperation() override {
    SmallVector<tt::MatMulOp> products;
    getOperation().walk([&](tt::MatMulOp op) { products.push_back(op); });
    AttentionRaiser raiser(&getContext());
    for (tt::MatMulOp op : products) {
      StringRef reason = raiser.raise(op);
      if (!reason.empty())
        remark::missed(op.getLoc(), remark::RemarkOpts::name("attention-not-raised").category("tt-graph"))
            << remark::reason("{0}", reason);
    }
    // Only now: the analysis of sizes must not meet erased values.
    for (Block &block : getOperation().getBody())
      for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block)))
        if (isOpTriviallyDead(&op))
          op.erase();
  }
};
} // namespace
