//===- ShapeToLinalg.cpp - concat, slice and pad --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Lowering.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

//===-- Concat --------------------------------------------------------------------------------------------------===//

/// Joins operands whose elements are scalars, where the result is a shape computation too.
static bool concatScalars(tt::ConcatOp op, Lowering &l) {
  auto type = cast<RankedTensorType>(op.getResult().getType());
  if (!type.hasStaticShape() || type.getRank() != 1 || type.getNumElements() > kMaxScalars)
    return false;
  SmallVector<Value> scalars;
  for (Value input : op.getInputs()) {
    const SmallVector<Value> *part = l.getScalars(input);
    if (!part && isa<IntegerType>(type.getElementType()) && cast<RankedTensorType>(input.getType()).hasStaticShape()) {
      // A size given as a tensor at run time joins sizes that are SSA values.
      Value tensor = l.get(input);
      for (int64_t i = 0, n = cast<RankedTensorType>(input.getType()).getNumElements(); i < n; ++i)
        scalars.push_back(tensor::ExtractOp::create(l.builder, l.loc, tensor, l.value(l.index(i))));
      continue;
    }
    if (!part)
      return false;
    scalars.append(part->begin(), part->end());
  }
  l.setScalars(op.getResult(), scalars);
  return true;
}

static LogicalResult lowerConcat(tt::ConcatOp op, Lowering &l) {
  if (concatScalars(op, l))
    return success();
  int64_t axis = op.getAxis();
  SmallVector<Value> inputs;
  for (Value input : op.getInputs())
    inputs.push_back(l.get(input));
  Sizes sizes = l.getSizes(inputs.front());
  for (Value input : ArrayRef(inputs).drop_front()) {
    for (auto [dim, size] : llvm::enumerate(l.getSizes(input))) {
      if (int64_t(dim) == axis) {
        sizes[dim] = l.add(sizes[dim], size);
        continue;
      }
      if (failed(l.checkEqual(size, sizes[dim], "needs equal sizes except along the concatenated dimension")))
        return failure();
      if (getConstantIntValue(size))
        sizes[dim] = size;
    }
  }
  if (inputs.size() == 1) {
    l.set(op.getResult(), inputs.front());
    return success();
  }
  Value result = l.makeEmpty(sizes, getElementTypeOrSelf(inputs.front()));
  Sizes offsets(sizes.size(), l.index(0));
  for (Value input : inputs) {
    Sizes part = sizes;
    part[axis] = l.getSize(input, axis);
    if (getConstantIntValue(part[axis]) == 0)
      continue;
    result = l.makeInsert(l.makeStatic(input, part), result, offsets);
    offsets[axis] = l.add(offsets[axis], part[axis]);
  }
  l.set(op.getResult(), result);
  return success();
}

//===-- Slice ---------------------------------------------------------------------------------------------------===//

namespace {
struct Positions {
  OpFoldResult start, count;
};
} // namespace

/// `position` counted from the end where negative, then clamped to [low, high].
static OpFoldResult clampPosition(Lowering &l, OpFoldResult position, OpFoldResult size, int64_t low,
                                  OpFoldResult high) {
  if (std::optional<int64_t> known = getConstantIntValue(position)) {
    // Huge positions mean "to the end"; they are cut first so that no sum overflows.
    int64_t limit = int64_t(1) << 62;
    position = l.index(std::clamp(*known, -limit, limit));
    if (*known < 0)
      position = *known <= -(int64_t(1) << 31) ? l.index(low) : l.add(position, size);
    else if (*known >= (int64_t(1) << 31) - 1)
      return high;
  } else if (Lowering::isSize(position)) {
    return l.min(position, high);
  } else {
    ScalarBuilder s(l.builder, l.loc);
    Value p = cast<Value>(position), n = l.value(size);
    Value zero = l.value(l.index(0));
    // Positions beyond the size are equivalent to +-(size + 1), which cannot overflow.
    Value bound = s.add(n, l.value(l.index(1)));
    p = s.max(s.min(p, bound), s.sub(zero, bound));
    position = s.select(s.less(p, zero), s.add(p, n), p);
  }
  return l.min(l.max(position, l.index(low)), high);
}

/// ONNX Slice along one dimension.
static Positions getRange(Lowering &l, OpFoldResult start, OpFoldResult end, int64_t step, OpFoldResult size) {
  if (step > 0) {
    OpFoldResult first = clampPosition(l, start, size, 0, size), last = clampPosition(l, end, size, 0, size);
    OpFoldResult span = l.sub(last, first);
    // The positions of one dimension in order need no clamp of the count: 0 .. end and start .. size.
    bool inOrder = getConstantIntValue(first) == 0 || last == size;
    return {first, l.ceilDiv(inOrder ? span : l.max(span, l.index(0)), step)};
  }
  OpFoldResult top = l.sub(size, l.index(1));
  OpFoldResult first = clampPosition(l, start, size, 0, top), last = clampPosition(l, end, size, -1, top);
  return {first, l.ceilDiv(l.max(l.sub(first, last), l.index(0)), -step)};
}

static LogicalResult lowerSlice(tt::SliceOp op, Lowering &l) {
  FailureOr<Sizes> starts = l.getIndices(op.getStarts()), ends = l.getIndices(op.getEnds());
  if (failed(starts) || failed(ends))
    return failure();

  // A slice of a shape.
  auto type = cast<RankedTensorType>(op.getInput().getType());
  if (type.getRank() == 1 && op.getAxes().size() == 1)
    if (const SmallVector<Value> *known = l.getScalars(op.getInput())) {
      SmallVector<Value> scalars = *known, part;
      int64_t step = op.getSteps()[0];
      Positions range = getRange(l, (*starts)[0], (*ends)[0], step, l.index(scalars.size()));
      std::optional<int64_t> first = getConstantIntValue(range.start), count = getConstantIntValue(range.count);
      if (first && count) {
        for (int64_t i = 0; i < *count; ++i)
          part.push_back(scalars[*first + i * step]);
        l.setScalars(op.getResult(), part);
        return success();
      }
    }

  Value input = l.get(op.getInput());
  Sizes have = l.getSizes(input), sizes = have, strides(have.size(), l.index(1));
  Sizes offsets(have.size(), l.index(0));
  bool isReversed = false;
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  for (auto [k, axis] : llvm::enumerate(op.getAxes())) {
    int64_t step = op.getSteps()[k];
    Positions range = getRange(l, (*starts)[k], (*ends)[k], step, have[axis]);
    offsets[axis] = range.start;
    sizes[axis] = declared.isDynamicDim(axis) ? range.count : l.index(declared.getDimSize(axis));
    strides[axis] = l.index(step);
    isReversed |= step < 0;
  }
  if (!isReversed) {
    bool isWhole = llvm::equal(sizes, have);
    l.set(op.getResult(), isWhole ? input : l.makeSlice(input, offsets, sizes, strides));
    return success();
  }
  // Backwards along some dimension: every element is read at its own position.
  SmallVector<Value> first, step;
  for (auto [offset, stride] : llvm::zip_equal(offsets, strides)) {
    first.push_back(l.value(offset));
    step.push_back(l.value(stride));
  }
  Value result = l.makeParallel({}, {}, sizes, getElementTypeOrSelf(input), [&](ScalarBuilder &s, ValueRange) {
    SmallVector<Value> position;
    for (auto [dim, from] : llvm::enumerate(first)) {
      Value i = linalg::IndexOp::create(s.builder, s.loc, dim);
      position.push_back(s.add(from, s.mul(i, step[dim])));
    }
    return Value(tensor::ExtractOp::create(s.builder, s.loc, input, position));
  });
  l.set(op.getResult(), result);
  return success();
}

//===-- Pad -----------------------------------------------------------------------------------------------------===//

/// The position in [0, size) that an outside position stands for.
static Value foldPosition(ScalarBuilder &s, Value position, Value size, tt::PadMode mode) {
  Value zero = s.makeIntConstant(position.getType(), 0), one = s.makeIntConstant(position.getType(), 1);
  Value last = s.sub(size, one);
  if (mode == tt::PadMode::Edge)
    return s.max(s.min(position, last), zero);
  if (mode == tt::PadMode::Wrap) {
    Value remainder = s.make<arith::RemSIOp>(position, s.max(size, one));
    return s.select(s.less(remainder, zero), s.add(remainder, size), remainder);
  }
  // Reflect: period 2 * (size - 1); |p mod period| folded at the last position.
  Value period = s.max(s.mul(last, s.makeIntConstant(position.getType(), 2)), one);
  Value remainder = s.make<arith::RemSIOp>(position, period);
  remainder = s.select(s.less(remainder, zero), s.add(remainder, period), remainder);
  return s.min(remainder, s.sub(period, remainder));
}

static LogicalResult lowerPad(tt::PadOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  FailureOr<Sizes> pads = l.getIndices(op.getPads());
  if (failed(pads))
    return failure();
  Sizes have = l.getSizes(input);
  int64_t rank = have.size();
  Type element = getElementTypeOrSelf(input);
  if (op.getMode() == tt::PadMode::Constant) {
    // Negative pads cut first.
    Sizes offsets, kept, low, high;
    OpFoldResult zero = l.index(0);
    for (int64_t dim = 0; dim < rank; ++dim) {
      OpFoldResult before = (*pads)[dim], behind = (*pads)[rank + dim];
      offsets.push_back(l.max(l.sub(zero, before), zero));
      kept.push_back(l.sub(l.sub(have[dim], offsets.back()), l.max(l.sub(zero, behind), zero)));
      low.push_back(l.max(before, zero));
      high.push_back(l.max(behind, zero));
    }
    if (!llvm::equal(kept, have)) {
      l.checkSizes(kept);
      input = l.makeSlice(input, offsets, kept);
    }
    Value scalar = op.getValue() ? l.getElement(op.getValue()) : l.makeScalar(element, 0);
    l.set(op.getResult(), l.makePadding(input, low, high, scalar));
    return success();
  }
  Sizes sizes;
  SmallVector<Value> before, size;
  for (int64_t dim = 0; dim < rank; ++dim) {
    sizes.push_back(l.add(l.add(have[dim], (*pads)[dim]), (*pads)[rank + dim]));
    before.push_back(l.value((*pads)[dim]));
    size.push_back(l.value(have[dim]));
  }
  tt::PadMode mode = op.getMode();
  Value result = l.makeParallel({}, {}, sizes, element, [&](ScalarBuilder &s, ValueRange) {
    SmallVector<Value> position;
    for (int64_t dim = 0; dim < rank; ++dim) {
      Value i = linalg::IndexOp::create(s.builder, s.loc, dim);
      bool isPadded = getConstantIntValue((*pads)[dim]) != 0 || getConstantIntValue((*pads)[rank + dim]) != 0;
      position.push_back(isPadded ? foldPosition(s, s.sub(i, before[dim]), size[dim], mode) : i);
    }
    return Value(tensor::ExtractOp::create(s.builder, s.loc, input, position));
  });
  l.set(op.getResult(), result);
  return success();
}

void tt::tolinalg::addShapeHandlers(HandlerTable &table) {
  table.add(lowerConcat);
  table.add(lowerSlice);
  table.add(lowerPad);
}
