//===- FoldReduction.cpp - reductions on constants ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ConstantElements.h"

#include "tt/Dialect/IR/TTOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace tt;
using namespace tt::fold;

/// Sums and products run in f64 for floats and modulo 2^64 for integers.
template <typename Value>
using Accumulator = std::conditional_t<std::is_floating_point_v<Value>, double,
                                       std::conditional_t<std::is_unsigned_v<Value>, uint64_t, int64_t>>;

template <typename Value>
static Accumulator<Value> combine(ReduceKind kind, Accumulator<Value> a, Accumulator<Value> b) {
  switch (kind) {
  case ReduceKind::Sum:
  case ReduceKind::Mean:
    if constexpr (std::is_floating_point_v<Value>)
      return a + b;
    else
      return static_cast<Accumulator<Value>>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
  case ReduceKind::Prod:
    if constexpr (std::is_floating_point_v<Value>)
      return a * b;
    else
      return static_cast<Accumulator<Value>>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
  case ReduceKind::Max:
    return a != a || a > b ? a : b; // a NaN stays
  case ReduceKind::Min:
    return a != a || a < b ? a : b;
  }
  return a;
}

static ElementsAttr evaluateReduce(ReduceOp op, const Operand &input) {
  RankedTensorType type = getResultType(op);
  ReduceKind kind = op.getKind();
  // Strides of the result along the operand's dimensions: 0 where it is reduced.
  SmallVector<int64_t> kept(input.getShape());
  int64_t count = 1;
  for (int64_t axis : op.getAxes()) {
    count *= kept[axis];
    kept[axis] = 1;
  }
  if (count == 0 && (kind == ReduceKind::Max || kind == ReduceKind::Min || kind == ReduceKind::Mean))
    return {};
  SmallVector<int64_t> strides = getStrides(kept);
  for (int64_t axis : op.getAxes())
    strides[axis] = 0;
  ElementsAttr result;
  dispatch(type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    using Value = typename Codec::Value;
    if constexpr (!std::is_same_v<Value, bool>) {
      using Wide = Accumulator<Value>;
      std::vector<Wide> sums(type.getNumElements(), kind == ReduceKind::Prod ? 1 : 0);
      std::vector<bool> seen(sums.size());
      const char *from = input.bytes.data();
      forEachPosition(input.getShape(), {strides}, [&](ArrayRef<int64_t> offsets) {
        auto value = static_cast<Wide>(Codec::load(from));
        from += Codec::bytes;
        Wide &sum = sums[offsets[0]];
        bool isFirst = !seen[offsets[0]];
        seen[offsets[0]] = true;
        sum =
            isFirst && (kind == ReduceKind::Max || kind == ReduceKind::Min) ? value : combine<Value>(kind, sum, value);
      });
      result = createConstantAttr(type, [&](MutableArrayRef<char> bytes) {
        for (auto [i, sum] : llvm::enumerate(sums)) {
          if (kind == ReduceKind::Mean)
            sum /= static_cast<Wide>(count);
          Codec::store(bytes.data() + i * Codec::bytes, static_cast<Value>(sum));
        }
      });
    }
  });
  return result;
}

static ElementsAttr evaluateCumSum(CumSumOp op, const Operand &input) {
  RankedTensorType type = getResultType(op);
  int64_t axis = op.getAxis(), size = input.getShape()[axis], stride = getStrides(input.getShape())[axis];
  SmallVector<int64_t> outer(input.getShape());
  outer[axis] = 1;
  SmallVector<int64_t> strides = getStrides(input.getShape());
  ElementsAttr result;
  dispatch(type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    using Value = typename Codec::Value;
    if constexpr (!std::is_same_v<Value, bool>)
      result = createConstantAttr(type, [&](MutableArrayRef<char> bytes) {
        forEachPosition(outer, {strides}, [&](ArrayRef<int64_t> offsets) {
          Accumulator<Value> sum = 0;
          for (int64_t i = 0; i < size; ++i) {
            int64_t at = (offsets[0] + (op.getReverse() ? size - 1 - i : i) * stride) * Codec::bytes;
            Accumulator<Value> next = combine<Value>(
                ReduceKind::Sum, sum, static_cast<Accumulator<Value>>(Codec::load(input.bytes.data() + at)));
            Codec::store(bytes.data() + at, static_cast<Value>(op.getExclusive() ? sum : next));
            sum = next;
          }
        });
      });
  });
  return result;
}

ElementsAttr tt::fold::evaluateReduction(Operation *op, ArrayRef<Operand> operands) {
  if (auto reduce = dyn_cast<ReduceOp>(op))
    return evaluateReduce(reduce, operands[0]);
  if (auto cumSum = dyn_cast<CumSumOp>(op))
    return evaluateCumSum(cumSum, operands[0]);
  return {};
}
