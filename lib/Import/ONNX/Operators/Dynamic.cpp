//===- Dynamic.cpp - results whose size depends on values -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// What is kept is written to the front of a tensor that has room for everything, whose front is cut out then.
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include <limits>

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

static Value i64(NodeImporter &node, int64_t value) { return node.scalar(node.getBuilder().getI64Type(), value); }

/// 0, 1, ... up to `count`, a tensor with one element.
static Value countTo(NodeImporter &node, Value count) {
  return node.create<RangeOp>(i64(node, 0), node.toScalar(count), i64(node, 1));
}

Value tt::onnx_import::findPositions(NodeImporter &node, Value mask) {
  Value ones = node.cast(mask, node.getBuilder().getI64Type()), size = node.shape(mask, 0, 1);
  Value sums = node.create<CumSumOp>(ones, /*axis=*/0, /*exclusive=*/true, /*reverse=*/false);
  // Position size of the larger tensor takes what is not kept.
  Value place = node.create<WhereOp>(mask, sums, node.toScalar(size));
  Value room = node.expand(i64(node, 0), node.add(size, node.ints({1})));
  Value written = node.create<ScatterElementsOp>(room, place, countTo(node, size), /*axis=*/0, ScatterKind::None);
  Value count = node.reduce(ReduceKind::Sum, ones, {0}, /*keepDims=*/true);
  return node.create<SliceOp>(written, node.ints({0}), count, ArrayRef<int64_t>{0}, ArrayRef<int64_t>{1});
}

LogicalResult tt::onnx_import::importNonZero(NodeImporter &node) {
  Value x = node.input(0);
  int64_t rank = node.rank(x);
  if (rank == 0)
    return node.fail("needs an input of rank 1 or more");
  Value flat = node.reshape(x, {-1});
  Value mask = node.elementType(x).isInteger(1)
                   ? flat
                   : node.create<NotOp>(node.create<EqualOp>(flat, node.scalarLike(flat, 0)));
  Value positions = findPositions(node, mask);
  SmallVector<Value> rows;
  for (int64_t d = 0; d < rank; ++d) {
    Value outer = d + 1 < rank ? node.div(positions, node.product(x, d + 1, rank)) : positions;
    rows.push_back(node.unsqueeze(d == 0 ? outer : node.create<ModOp>(outer, node.shape(x, d, d + 1)), {0}));
  }
  return node.yield(node.concat(rows, 0));
}

LogicalResult tt::onnx_import::importCompress(NodeImporter &node) {
  Value x = node.input(0), condition = node.input(1);
  if (!node.has("axis"))
    return node.yield(node.create<GatherOp>(node.reshape(x, {-1}), findPositions(node, condition), 0));
  int64_t axis = node.normalizeAxis(node.getInt("axis", 0), node.rank(x));
  return node.yield(node.create<GatherOp>(x, findPositions(node, condition), axis));
}

LogicalResult tt::onnx_import::importUnique(NodeImporter &node) {
  // Every row (element, or slice along `axis`) is compared with every other one.
  Value x = node.input(0);
  int64_t rank = node.rank(x), axis = 0;
  Type integer = node.getBuilder().getI64Type();
  if (node.has("axis")) {
    axis = node.normalizeAxis(node.getInt("axis", 0), rank);
  } else {
    x = node.reshape(x, {-1});
    rank = 1;
  }
  Ints perm{axis};
  for (int64_t d = 0; d < rank; ++d)
    if (d != axis)
      perm.push_back(d);
  Value rows = axis == 0 ? x : node.transpose(x, perm);
  rows = node.reshape(
      rows, ArrayRef<Value>{node.shape(x, axis, axis + 1), rank == 1 ? node.ints({1}) : node.product(rows, 1, rank)});
  Value a = node.unsqueeze(rows, {1}), b = node.unsqueeze(rows, {0});
  Value same = node.cast(node.create<EqualOp>(a, b), integer);
  Value equal = node.reduce(ReduceKind::Min, same, {2}, /*keepDims=*/false);
  auto findFirst = [&](Value flags, int64_t dim) {
    return node.create<ArgReduceOp>(flags, ArgKind::Max, dim, /*keep_dims=*/false, /*select_last=*/false);
  };
  Value isFirst = node.create<EqualOp>(findFirst(equal, 1), countTo(node, node.shape(rows, 0, 1)));
  Value firsts = findPositions(node, isFirst);
  if (node.getFlag("sorted", true)) {
    // Less: at the first feature in which the rows differ. A row's place is the number of distinct rows below it.
    Value differs = node.sub(i64(node, 1), same), less = node.cast(node.create<LessOp>(a, b), integer);
    Value feature = node.unsqueeze(findFirst(differs, 2), {2});
    Value isLess = node.squeeze(node.create<GatherElementsOp>(less, feature, /*axis=*/2), {2});
    Value distinct = node.mul(isLess, node.unsqueeze(node.cast(isFirst, integer), {1}));
    Value below = node.reduce(ReduceKind::Sum, distinct, {0}, /*keepDims=*/false);
    Value keys = node.create<GatherOp>(below, firsts, 0);
    SmallVector<Value> sorted = node.createMany<TopKOp>(2, keys, node.shape(firsts, 0, 1), 0, /*largest=*/false);
    firsts = node.create<GatherOp>(firsts, sorted[1], 0);
  }
  Value matches = node.create<GatherOp>(equal, firsts, 1); // row, distinct row
  return node.yield({node.create<GatherOp>(x, firsts, axis), firsts, findFirst(matches, 1),
                     node.reduce(ReduceKind::Sum, matches, {0}, /*keepDims=*/false)});
}

//===- Non-maximum suppression -----------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importNonMaxSuppression(NodeImporter &node) {
  // All classes of all images take their best remaining box at the same time, once per iteration. B images, C classes,
  // N boxes.
  Value boxes = node.input(0), scores = node.input(1), limit = node.optionalInput(2);
  Value iouInput = node.optionalInput(3), scoreInput = node.optionalInput(4);
  if (node.hasFailed())
    return failure();
  Type f32 = node.getBuilder().getF32Type(), integer = node.getBuilder().getI64Type();
  Value iouLimit = iouInput ? node.toScalar(iouInput) : node.scalar(f32, 0);
  Value removed = node.scalar(f32, -std::numeric_limits<double>::infinity());
  Value live = scores;
  if (scoreInput)
    live = node.create<WhereOp>(node.create<LessOp>(node.toScalar(scoreInput), scores), scores, removed);
  Value full = node.shape(scores);
  auto getColumn = [&](int64_t i) { return node.unsqueeze(node.squeeze(node.slice(boxes, 2, i, i + 1), {2}), {1}); };
  Value low[2], high[2]; // y, x
  bool isCentered = node.getInt("center_point_box", 0) != 0;
  for (int64_t i = 0; i < 2; ++i) {
    Value first = getColumn(isCentered ? 1 - i : i), second = getColumn(isCentered ? 3 - i : i + 2);
    if (isCentered) { // x, y, width, height
      Value half = node.mul(second, node.scalar(f32, 0.5));
      low[i] = node.sub(first, half);
      high[i] = node.add(first, half);
    } else { // any two opposite corners
      low[i] = node.create<MinOp>(first, second);
      high[i] = node.create<MaxOp>(first, second);
    }
    low[i] = node.expand(low[i], full);
    high[i] = node.expand(high[i], full);
  }
  Value area = node.mul(node.sub(high[0], low[0]), node.sub(high[1], low[1]));
  Value count = node.toScalar(node.shape(scores, 2, 3));
  Value trip = limit ? node.create<MinOp>(node.cast(node.toScalar(limit), integer), count) : i64(node, 0);
  trip = node.create<MaxOp>(trip, i64(node, 0));
  SmallVector<Value> captures{low[0], low[1], high[0], high[1], area, iouLimit, countTo(node, count)};
  SmallVector<Value> results =
      node.loop(trip, Value(), live, captures, [&](Value, ArrayRef<Value> state, ArrayRef<Value> c) {
        Value current = state[0], nothing = node.scalar(f32, 0);
        Value none = node.scalar(f32, -std::numeric_limits<double>::infinity());
        Value best = node.create<ArgReduceOp>(current, ArgKind::Max, /*axis=*/2, /*keep_dims=*/true,
                                              /*select_last=*/false);
        Value isThere = node.create<LessOp>(none, node.reduce(ReduceKind::Max, current, {2}, /*keepDims=*/true));
        auto pick = [&](Value all) { return node.create<GatherElementsOp>(all, best, /*axis=*/2); };
        Value overlap;
        for (int64_t i = 0; i < 2; ++i) {
          Value extent = node.sub(node.create<MinOp>(c[2 + i], pick(c[2 + i])), node.create<MaxOp>(c[i], pick(c[i])));
          extent = node.create<MaxOp>(extent, nothing);
          overlap = overlap ? node.mul(overlap, extent) : extent;
        }
        Value both = node.sub(node.add(c[4], pick(c[4])), overlap);
        Value suppressed = node.create<LessOp>(c[5], node.div(overlap, both)); // not where both areas are 0 (NaN)
        Value isBest = node.create<EqualOp>(c[6], best);
        Value next = node.create<WhereOp>(node.create<OrOp>(suppressed, isBest), none, current);
        Value row = node.create<WhereOp>(isThere, best, node.scalar(integer, -1));
        return SmallVector<Value>{next, node.squeeze(row, {2})};
      });
  if (node.hasFailed())
    return failure();
  // MxBxC -> BxCxM, then those that are there.
  Value chosen = node.transpose(results[1], {1, 2, 0}), flat = node.reshape(chosen, {-1});
  Value positions = findPositions(node, node.create<LessOp>(i64(node, -1), flat));
  Value perClass = node.shape(chosen, 2, 3), perImage = node.product(chosen, 1, 3);
  Value image = node.div(positions, perImage);
  Value ofClass = node.create<ModOp>(node.div(positions, perClass), node.shape(chosen, 1, 2));
  Value box = node.create<GatherOp>(flat, positions, 0);
  return node.yield(
      node.concat({node.unsqueeze(image, {1}), node.unsqueeze(ofClass, {1}), node.unsqueeze(box, {1})}, 1));
}
