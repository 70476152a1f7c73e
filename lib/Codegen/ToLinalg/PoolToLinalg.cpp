//===- PoolToLinalg.cpp - pool to window reductions -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Reduction.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

namespace {
/// One spatial dimension of a pool.
struct Axis {
  OpFoldResult size, outputs;
  int64_t kernel, stride, dilation, before, behind;
};
} // namespace

static Axis getAxis(tt::PoolOp op, Lowering &l, int64_t axis, OpFoldResult size, int64_t declared) {
  Axis a{size,
         {},
         op.getKernel()[axis],
         op.getStrides()[axis],
         op.getDilations()[axis],
         op.getPads()[axis],
         op.getPads()[axis + 2]};
  if (!ShapedType::isDynamic(declared)) {
    a.outputs = l.index(declared);
    return a;
  }
  OpFoldResult room = l.add(size, l.index(a.before + a.behind - a.dilation * (a.kernel - 1) - 1));
  if (!op.getCeilMode()) {
    a.outputs = l.add(l.div(room, l.index(a.stride)), l.index(1));
    return a;
  }
  // A last window that would start behind the operand and its leading padding does not exist.
  OpFoldResult outputs = l.add(l.ceilDiv(room, a.stride), l.index(1));
  OpFoldResult starts = l.ceilDiv(l.add(size, l.index(a.before)), a.stride);
  a.outputs = l.min(outputs, starts);
  return a;
}

/// Number of positions of window `o` that count, as the f32 vector over o; a constant where the sizes are.
static Value makeCounts(Lowering &l, const Axis &a, bool countPadding) {
  int64_t low = countPadding ? -a.before : 0;
  OpFoldResult high = countPadding ? l.add(a.size, l.index(a.behind)) : a.size;
  std::optional<int64_t> outputs = getConstantIntValue(a.outputs), limit = getConstantIntValue(high);
  Type f32 = l.builder.getF32Type();
  if (outputs && limit) {
    return tt::createConstant(l.builder, l.loc, RankedTensorType::get(*outputs, f32), [&](MutableArrayRef<char> bytes) {
      for (int64_t o = 0; o < *outputs; ++o) {
        float count = 0;
        for (int64_t k = 0; k < a.kernel; ++k) {
          int64_t position = o * a.stride - a.before + k * a.dilation;
          count += position >= low && position < *limit;
        }
        std::memcpy(bytes.data() + o * sizeof(float), &count, sizeof(float));
      }
    });
  }
  Value end = l.value(high);
  return l.makeParallel({}, {}, a.outputs, f32, [&](ScalarBuilder &s, ValueRange) {
    auto constant = [&](int64_t value) { return s.makeIntConstant(s.builder.getIndexType(), value); };
    Value start = s.mul(linalg::IndexOp::create(s.builder, s.loc, 0), constant(a.stride));
    Value count = s.makeConstant(f32, 0);
    for (int64_t k = 0; k < a.kernel; ++k) {
      Value position = s.add(start, constant(k * a.dilation - a.before));
      Value counts = s.make<arith::AndIOp>(s.make<arith::CmpIOp>(arith::CmpIPredicate::sge, position, constant(low)),
                                           s.less(position, end));
      count = s.add(count, s.make<arith::UIToFPOp>(f32, counts));
    }
    return count;
  });
}

/// `sum` (NHWC, f32 or f64) divided by the number of positions of each window that count.
static FailureOr<Value> makeAverage(Lowering &l, Value sum, ArrayRef<Axis> axes, bool countPadding, Type element) {
  Type compute = getElementTypeOrSelf(sum);
  Value vertical = makeCounts(l, axes[0], countPadding), horizontal = makeCounts(l, axes[1], countPadding);
  SmallVector<double> rows, columns;
  bool known = tt::getConstantFloats(vertical, rows) && tt::getConstantFloats(horizontal, columns);
  if (known && llvm::all_equal(rows) && llvm::all_equal(columns)) {
    double count = rows.empty() || columns.empty() ? 1 : rows[0] * columns[0];
    return l.makeElementwise(sum, element, [&](ScalarBuilder &s, ValueRange x) {
      return s.narrow(s.div(x[0], s.makeConstant(compute, count)), element);
    });
  }
  vertical = l.makeReshape(vertical, {axes[0].outputs, l.index(1), l.index(1)});
  horizontal = l.makeReshape(horizontal, {axes[1].outputs, l.index(1)});
  return l.makeElementwise({sum, vertical, horizontal}, element, [&](ScalarBuilder &s, ValueRange x) {
    Value count = s.mul(x[1], x[2]);
    return s.narrow(s.div(x[0], s.cast(count, count.getType(), compute)), element);
  });
}

static LogicalResult lowerPool(tt::PoolOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  Type element = getElementTypeOrSelf(input);
  bool isUnsigned = getElementTypeOrSelf(op.getInput().getType()).isUnsignedInteger();
  bool isMax = op.getKind() == tt::PoolKind::Max, isNCHW = op.getLayout() == tt::Layout::NCHW;
  if (isNCHW)
    input = l.makeTranspose(input, {0, 2, 3, 1});
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  Sizes have = l.getSizes(input);
  Axis axes[] = {getAxis(op, l, 0, have[1], declared.getDimSize(isNCHW ? 2 : 1)),
                 getAxis(op, l, 1, have[2], declared.getDimSize(isNCHW ? 3 : 2))};

  Type compute = !isMax && element.getIntOrFloatBitWidth() == 16 ? Type(l.builder.getF32Type()) : element;
  tt::ReduceKind kind = isMax ? tt::ReduceKind::Max : tt::ReduceKind::Sum;
  ScalarBuilder outer(l.builder, l.loc);
  Value identity = makeIdentity(outer, element, kind, isUnsigned);
  // Padding behind: what the last window reaches.
  Sizes low(4, l.index(0)), high(4, l.index(0));
  for (auto [dim, a] : llvm::enumerate(axes)) {
    OpFoldResult last = l.mul(l.sub(a.outputs, l.index(1)), l.index(a.stride));
    OpFoldResult reach = l.add(last, l.index(a.dilation * (a.kernel - 1) + 1 - a.before));
    low[dim + 1] = l.index(a.before);
    // Without padding and ceil_mode no window reaches beyond the operand.
    if (a.behind != 0 || a.before != 0 || op.getCeilMode())
      high[dim + 1] = l.max(l.sub(reach, a.size), l.index(0));
  }
  Value padded = l.makePadding(input, low, high, identity);

  MLIRContext *context = l.builder.getContext();
  SmallVector<AffineExpr> d;
  for (int i = 0; i < 6; ++i)
    d.push_back(l.builder.getAffineDimExpr(i));
  auto position = [&](int out, int tap, const Axis &a) { return d[out] * a.stride + d[tap] * a.dilation; };
  Value window = l.makeEmpty({l.index(axes[0].kernel), l.index(axes[1].kernel)}, element);
  Sizes wanted{have[0], axes[0].outputs, axes[1].outputs, have[3]};
  SmallVector<utils::IteratorType> iterators(6, utils::IteratorType::parallel);
  iterators[4] = iterators[5] = utils::IteratorType::reduction;
  Value init = l.makeFilled(wanted, makeIdentity(outer, compute, kind, isUnsigned));
  Value result = l.makeGeneric(
      {padded, window}, init,
      {AffineMap::get(6, 0, {d[0], position(1, 4, axes[0]), position(2, 5, axes[1]), d[3]}, context),
       AffineMap::get(6, 0, {d[4], d[5]}, context), AffineMap::get(6, 0, {d[0], d[1], d[2], d[3]}, context)},
      iterators, [&](ScalarBuilder &s, ValueRange x) {
        s.isUnsigned = isUnsigned;
        Value here = compute == element ? x[0] : s.widen(x[0]);
        return combine(s, kind, x[2], here);
      });
  if (!isMax) {
    FailureOr<Value> average = makeAverage(l, result, axes, op.getCountIncludePad(), element);
    if (failed(average))
      return failure();
    result = *average;
  }
  l.set(op.getResult(), isNCHW ? l.makeTranspose(result, {0, 3, 1, 2}) : result);
  return success();
}

void tt::tolinalg::addPoolHandlers(HandlerTable &table) { table.add(lowerPool); }
