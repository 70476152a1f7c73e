//===- Attention.cpp - attention and rotary embedding ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// BxSx(heads * D) as BxheadsxSxD.
static Value splitHeads(NodeImporter &node, Value x, int64_t heads) {
  int64_t width = node.size(x, 2);
  if (heads < 1 || ShapedType::isDynamic(width) || width % heads != 0) {
    (void)node.fail("the last dimension of an operand of rank 3 must be known and a multiple of the number of heads (" +
                    Twine(heads) + ")");
    return {};
  }
  Value split =
      node.reshape(x, ArrayRef<Value>{node.shape(x, 0, 1), node.shape(x, 1, 2), node.ints({heads, width / heads})});
  return node.transpose(split, {0, 2, 1, 3});
}

/// BxheadsxSxD as BxSx(heads * D).
static Value joinHeads(NodeImporter &node, Value x) {
  Value swapped = node.transpose(x, {0, 2, 1, 3});
  return node.reshape(
      swapped, ArrayRef<Value>{node.shape(swapped, 0, 1), node.shape(swapped, 1, 2), node.product(swapped, 2, 4)});
}

//===- Attention -------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkAttention(NodeAttributes &node) {
  if (node.getFloat("softcap", 0) != 0)
    (void)node.fail("softcap is not supported; use 0");
  if (node.hasInput(6))
    (void)node.fail("input 6 (nonpad_kv_seqlen) is not supported; use attn_mask");
  if (node.hasOutput(3))
    (void)node.fail("output 3 (qk_matmul_output) is not supported");
}

/// The positions 0, 1, ... of a dimension, plus `first` (rank 0).
static Value countFrom(NodeImporter &node, Value size, Value first) {
  Value end = node.add(node.toScalar(size), first);
  return node.create<RangeOp>(first, end, node.scalar(node.getBuilder().getI64Type(), 1));
}

LogicalResult tt::onnx_import::importAttention(NodeImporter &node) {
  Value q = node.input(0), k = node.input(1), v = node.input(2), mask = node.optionalInput(3);
  Value pastKey = node.optionalInput(4), pastValue = node.optionalInput(5);
  bool isFlat = node.rank(q) == 3;
  if (isFlat) {
    int64_t queryHeads = node.getInt("q_num_heads", 0), keyHeads = node.getInt("kv_num_heads", 0);
    q = splitHeads(node, q, queryHeads);
    k = splitHeads(node, k, keyHeads);
    v = splitHeads(node, v, keyHeads);
  }
  if (node.hasFailed())
    return failure();
  if (node.rank(q) != 4 || node.rank(k) != 4 || node.rank(v) != 4)
    return node.fail("needs operands of rank 3 or 4");
  Value pastLength = node.ints({0});
  if (pastKey && pastValue) {
    pastLength = node.shape(pastKey, 2, 3);
    k = node.concat({pastKey, k}, 2);
    v = node.concat({pastValue, v}, 2);
  }

  int64_t width = node.size(q, 3);
  if (!node.has("scale") && ShapedType::isDynamic(width))
    return node.fail("needs the attribute scale, because the size of a head is not known");
  float scale = node.getFloat("scale", static_cast<float>(1 / std::sqrt(static_cast<double>(width))));
  auto floatType = dyn_cast<FloatType>(node.elementType(q));
  if (!floatType)
    return node.fail("needs floats");
  auto hide = [&](Value isSeen) { // 0 where seen, else minus infinity
    return node.create<WhereOp>(isSeen, node.scalar(floatType, 0),
                                node.scalar(floatType, -std::numeric_limits<double>::infinity()));
  };
  if (mask && node.elementType(mask).isInteger(1))
    mask = hide(mask);
  bool isCausal = node.getFlag("is_causal", false);
  // ONNX aligns the triangle at the first row (moved by the past), tt at the last one: the same where the new keys are
  // as many as the queries.
  int64_t queries = node.size(q, 2), newKeys = node.size(node.input(1), isFlat ? 1 : 2);
  if (isCausal && (ShapedType::isDynamic(queries) || queries != newKeys)) {
    Type i64 = node.getBuilder().getI64Type();
    Value rows = node.unsqueeze(countFrom(node, node.shape(q, 2, 3), node.toScalar(pastLength)), {1});
    Value columns = node.unsqueeze(countFrom(node, node.shape(k, 2, 3), node.scalar(i64, 0)), {0});
    Value triangle = hide(node.create<LessEqualOp>(columns, rows));
    mask = mask ? node.add(mask, triangle) : triangle;
    isCausal = false;
  }
  // tt's mask has rank 4.
  if (mask && node.rank(mask) < 4)
    mask = node.unsqueeze(mask, range(0, 4 - node.rank(mask)));
  Value y = node.create<AttentionOp>(q, k, v, mask, node.getBuilder().getF32FloatAttr(scale),
                                     node.getBuilder().getBoolAttr(isCausal));
  SmallVector<Value> results{isFlat ? joinHeads(node, y) : y, k, v};
  return node.yield(ArrayRef<Value>(results).take_front(node.hasOutput(1) || node.hasOutput(2) ? 3 : 1));
}

//===- Rotary embedding ------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importRotaryEmbedding(NodeImporter &node) {
  // Pairs (x1, x2) of each head become (cos x1 - sin x2, sin x1 + cos x2). A pair is position i and i + D / 2, or the
  // neighbours 2 i and 2 i + 1 where `interleaved`.
  Value x = node.input(0), cos = node.input(1), sin = node.input(2), positions = node.optionalInput(3);
  bool isFlat = node.rank(x) == 3;
  if (isFlat)
    x = splitHeads(node, x, node.getInt("num_heads", 0));
  if (node.hasFailed())
    return failure();
  int64_t width = node.size(x, 3), rotated = node.getInt("rotary_embedding_dim", 0);
  if (node.rank(x) != 4 || ShapedType::isDynamic(width))
    return node.fail("needs an input of rank 3 or 4 whose last dimension is known");
  if (rotated == 0)
    rotated = width;
  if (rotated < 2 || rotated > width || rotated % 2 != 0)
    return node.fail("rotary_embedding_dim must be even and at most " + Twine(width) + ", but is " + Twine(rotated));
  if (positions) {
    cos = node.create<GatherOp>(cos, positions, 0);
    sin = node.create<GatherOp>(sin, positions, 0);
  }
  // BxSx(rotated / 2), the same for all heads.
  cos = node.unsqueeze(cos, {1});
  sin = node.unsqueeze(sin, {1});
  Value part = rotated == width ? x : node.slice(x, 3, 0, rotated);
  bool interleaved = node.getFlag("interleaved", false);
  Value x1 = interleaved ? node.slice(part, 3, 0, rotated, 2) : node.slice(part, 3, 0, rotated / 2);
  Value x2 = interleaved ? node.slice(part, 3, 1, rotated, 2) : node.slice(part, 3, rotated / 2, rotated);
  Value y1 = node.sub(node.mul(cos, x1), node.mul(sin, x2)), y2 = node.add(node.mul(sin, x1), node.mul(cos, x2));
  Value y;
  if (interleaved) {
    Value pairs = node.concat({node.unsqueeze(y1, {4}), node.unsqueeze(y2, {4})}, 4);
    y = node.reshape(pairs, ArrayRef<Value>{node.shape(part, 0, 1), node.shape(part, 1, 2), node.shape(part, 2, 3),
                                            node.ints({rotated})});
  } else {
    y = node.concat({y1, y2}, 3);
  }
  if (rotated != width)
    y = node.concat({y, node.slice(x, 3, rotated, width)}, 3);
  return node.yield(isFlat ? joinHeads(node, y) : y);
}
