//===- DecomposeAttention.cpp - attention as two matrix products ----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "LayoutRules.h"
#include "Matchers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <limits>

namespace tt {
#define GEN_PASS_DEF_DECOMPOSEATTENTIONPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

namespace {

/// Writes the parts of one attention op.
class Decomposer {
public:
  Decomposer(IRRewriter &rewriter, tt::AttentionOp op)
      : rewriter(rewriter), op(op), loc(op.getLoc()), element(getTensorType(op.getQuery()).getElementType()) {}

  LogicalResult run() {
    RankedTensorType query = getTensorType(op.getQuery()), key = getTensorType(op.getKey()),
                     value = getTensorType(op.getValue());
    int64_t heads = query.getDimSize(1), groups = key.getDimSize(1);
    if (ShapedType::isDynamic(heads) || ShapedType::isDynamic(groups))
      return op.emitOpError("needs a known number of heads to be decomposed, but query is ")
             << query << " and key is " << key;
    rewriter.setInsertionPoint(op);
    int64_t rows = query.getDimSize(2), columns = key.getDimSize(2);
    // Rows of heads that share a group stand behind each other: one product for each group.
    int64_t groupRows = ShapedType::isDynamic(rows) ? rows : rows * (heads / groups);
    auto getType = [&](int64_t parts, int64_t height, int64_t width) {
      return RankedTensorType::get({query.getDimSize(0), parts, height, width}, element);
    };
    Value keyTransposed = createKeyTransposed();
    Value grouped = regroup(op.getQuery(), getType(groups, groupRows, query.getDimSize(3)));
    Value scores = tt::MatMulOp::create(rewriter, loc, getType(groups, groupRows, columns), grouped, keyTransposed);
    RankedTensorType scoreType = getType(heads, rows, columns);
    scores = regroup(scores, scoreType);
    if (op.getScale().convertToFloat() != 1.0f)
      scores = tt::MulOp::create(rewriter, loc, scoreType, scores, createScalar(op.getScale().convertToFloat()));
    if (op.getMask())
      scores = tt::AddOp::create(rewriter, loc, scoreType, scores, op.getMask());
    if (op.getCausal())
      scores = tt::WhereOp::create(rewriter, loc, scoreType, createVisible(rows, columns), scores,
                                   createScalar(-std::numeric_limits<double>::infinity()));
    Value weights = tt::SoftmaxOp::create(rewriter, loc, scoreType, scores, /*axis=*/3);
    weights = regroup(weights, getType(groups, groupRows, columns));
    Value result =
        tt::MatMulOp::create(rewriter, loc, getType(groups, groupRows, value.getDimSize(3)), weights, op.getValue());
    result = regroup(result, getTensorType(op.getResult()));
    rewriter.replaceOp(op, result);
    return success();
  }

private:
  Value createScalar(double number) {
    return createFloatConstant(rewriter, loc, RankedTensorType::get({}, element), [&](int64_t) { return number; });
  }

  Value createReshape(Value input, RankedTensorType type, ArrayRef<int64_t> target) {
    return tt::ReshapeOp::create(rewriter, loc, type, input, tt::createShapeConstant(rewriter, loc, target),
                                 rewriter.getBoolAttr(false));
  }

  /// Exchanges rows of groups and heads: BxHxSxN as BxGx(H/G S)xN or back.
  Value regroup(Value value, RankedTensorType type) {
    int64_t parts = type.getDimSize(1);
    if (getTensorType(value).getDimSize(1) == parts)
      return value;
    return createReshape(value, type, {0, parts, -1, 0});
  }

  /// The transpose of the key, taken together with a transpose that makes the key.
  Value createKeyTransposed() {
    Perm perm{0, 1, 3, 2};
    Value key = op.getKey();
    if (auto transpose = key.getDefiningOp<tt::TransposeOp>()) {
      perm = compose(transpose.getPerm(), perm);
      key = transpose.getInput();
    }
    if (isIdentity(perm))
      return key;
    return tt::TransposeOp::create(rewriter, key.getLoc(), permute(getTensorType(key), perm), key,
                                   rewriter.getDenseI64ArrayAttr(perm));
  }

  /// The size of a dimension, as a tensor of rank 0.
  Value createSize(Value value, int64_t dim) {
    Type i64 = rewriter.getI64Type();
    Value size = tt::ShapeOp::create(rewriter, loc, RankedTensorType::get({1}, i64), value,
                                     rewriter.getI64IntegerAttr(dim), rewriter.getI64IntegerAttr(dim + 1));
    return createReshape(size, RankedTensorType::get({}, i64), {});
  }

  Value createInteger(int64_t number) {
    auto type = RankedTensorType::get({}, rewriter.getI64Type());
    return arith::ConstantOp::create(rewriter, loc, type, DenseElementsAttr::get(type, number));
  }

  /// Which columns a row sees: column <= row + (T - S), of shape SxT.
  Value createVisible(int64_t rows, int64_t columns) {
    Type i64 = rewriter.getI64Type();
    auto scalar = RankedTensorType::get({}, i64);
    Value rowCount = createSize(op.getQuery(), 2), columnCount = createSize(op.getKey(), 2);
    Value first = tt::SubOp::create(rewriter, loc, scalar, columnCount, rowCount);
    Value one = createInteger(1);
    Value last = tt::RangeOp::create(rewriter, loc, RankedTensorType::get({rows}, i64), first, columnCount, one);
    last = createReshape(last, RankedTensorType::get({rows, 1}, i64), {-1, 1});
    Value column =
        tt::RangeOp::create(rewriter, loc, RankedTensorType::get({columns}, i64), createInteger(0), columnCount, one);
    return tt::LessEqualOp::create(rewriter, loc, RankedTensorType::get({rows, columns}, rewriter.getI1Type()), column,
                                   last);
  }

  IRRewriter &rewriter;
  tt::AttentionOp op;
  Location loc;
  Type element;
};

struct DecomposeAttentionPass : tt::impl::DecomposeAttentionPassBase<DecomposeAttentionPass> {
  using DecomposeAttentionPassBase::DecomposeAttentionPassBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<tt::AttentionOp> ops;
    getOperation().walk([&](tt::AttentionOp op) { ops.push_back(op); });
    for (tt::AttentionOp op : ops) {
      Value key = op.getKey();
      if (failed(Decomposer(rewriter, op).run()))
        return signalPassFailure();
      if (auto transpose = key.getDefiningOp<tt::TransposeOp>(); transpose && transpose->use_empty())
        rewriter.eraseOp(transpose);
    }
  }
};
} // namespace
