//===- Attention.cpp - attention and rotary embedding ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Attention.h"

#include <cmath>
#include <limits>

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Shared parts ----------------------------------------------------------------------------------------------===//

Value tt::onnx_import::splitHeads(NodeImporter &node, Value x, int64_t heads) {
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

Value tt::onnx_import::joinHeads(NodeImporter &node, Value x) {
  Value swapped = node.transpose(x, {0, 2, 1, 3});
  return node.reshape(
      swapped, ArrayRef<Value>{node.shape(swapped, 0, 1), node.shape(swapped, 1, 2), node.product(swapped, 2, 4)});
}

Value tt::onnx_import::hide(NodeImporter &node, Value isSeen, Type type, double hidden) {
  return node.create<WhereOp>(isSeen, node.scalar(type, 0), node.scalar(type, hidden));
}

Value tt::onnx_import::countTo(NodeImporter &node, Value size) {
  Type i64 = node.getBuilder().getI64Type();
  return node.create<RangeOp>(node.scalar(i64, 0), node.toScalar(size), node.scalar(i64, 1));
}

double tt::onnx_import::getAttentionScale(NodeImporter &node, Value query) {
  double scale = node.getFloat("scale", 0);
  if (scale != 0 || node.hasFailed())
    return scale;
  int64_t width = node.size(query, node.rank(query) - 1);
  if (ShapedType::isDynamic(width)) {
    (void)node.fail("needs the attribute scale, because the size of a head is not known");
    return 1;
  }
  return 1 / std::sqrt(static_cast<double>(width));
}

namespace {
/// The rows of heads that share a group stand behind each other, BxHxSxN as BxGx(H/G S)xN, and back.
struct Grouping {
  NodeImporter &node;
  Value query;
  int64_t heads, groups;

  Value apply(Value x) const {
    if (heads == groups)
      return x;
    Value rows = node.mul(node.shape(query, 2, 3), node.ints({heads / groups}));
    return node.reshape(x, ArrayRef<Value>{node.shape(query, 0, 1), node.ints({groups}), rows, node.shape(x, 3, 4)});
  }
  Value undo(Value x) const {
    if (heads == groups)
      return x;
    return node.reshape(
        x, ArrayRef<Value>{node.shape(query, 0, 1), node.ints({heads}), node.shape(query, 2, 3), node.shape(x, 3, 4)});
  }
};
} // namespace

/// The parts of an attention, where `tt.attention` cannot say all of it. `mask` holds everything that is added.
static AttentionValues expandAttention(NodeImporter &node, const AttentionArguments &arguments) {
  AttentionValues values;
  Value query = arguments.query, key = arguments.key;
  Type type = node.elementType(query), wide = arguments.softmaxType ? arguments.softmaxType : type;
  Grouping grouping{node, query, node.size(query, 1), node.size(key, 1)};
  auto &[product, capped, masked, probabilities] = values.steps;
  Value scaled = arguments.scale == 1 ? query : node.mul(query, node.scalarLike(query, arguments.scale));
  product = grouping.undo(node.create<MatMulOp>(grouping.apply(scaled), node.transpose(key, {0, 1, 3, 2})));
  capped = product;
  if (arguments.softcap != 0) {
    Value cap = node.scalarLike(product, arguments.softcap);
    capped = node.mul(node.create<TanhOp>(node.div(product, cap)), cap);
  }
  masked = arguments.mask ? node.add(capped, arguments.mask) : capped;
  Value scores = node.cast(masked, wide);
  if (Value sink = arguments.sink) {
    Value shape = node.concat({node.shape(scores, 0, 3), node.ints({1})}, 0);
    scores = node.concat({scores, node.expand(node.cast(sink, wide), shape)}, 3);
  }
  probabilities = node.create<SoftmaxOp>(scores, /*axis=*/3);
  if (arguments.sink)
    probabilities = node.slice(probabilities, 3, 0, -1);
  Value result = node.create<MatMulOp>(grouping.apply(probabilities), node.cast(arguments.value, wide));
  values.result = node.cast(grouping.undo(result), type);
  probabilities = node.cast(probabilities, type);
  return values;
}

AttentionValues tt::onnx_import::makeAttention(NodeImporter &node, AttentionArguments arguments) {
  Type type = node.elementType(arguments.query);
  int64_t heads = node.size(arguments.query, 1), groups = node.size(arguments.key, 1);
  if (!node.hasFailed() && (heads < 1 || groups < 1 || heads % groups != 0)) {
    (void)node.fail("needs numbers of heads that are known, those of queries a multiple of those of keys, but found " +
                    node.describeType(arguments.query) + " and " + node.describeType(arguments.key));
    return {};
  }
  if (!isa<FloatType>(type)) {
    (void)node.fail("needs floats, but found " + node.describeType(arguments.query));
    return {};
  }
  if (arguments.mask)
    arguments.mask = node.cast(arguments.mask, type);
  bool isSimple = arguments.softcap == 0 && !arguments.sink && !arguments.needsSteps &&
                  (!arguments.softmaxType || arguments.softmaxType == type);
  Value isSeen = arguments.isSeen;
  if (arguments.isCausal && !isSimple) {
    Value size = node.shape(arguments.key, 2, 3);
    Value rows = countTo(node, node.shape(arguments.query, 2, 3)), columns = countTo(node, size);
    rows = node.add(rows, node.sub(size, node.shape(arguments.query, 2, 3)));
    isSeen = combine<AndOp>(node, isSeen, node.create<LessEqualOp>(columns, node.unsqueeze(rows, {1})));
  }
  if (isSeen)
    arguments.mask = combine<AddOp>(node, arguments.mask, hide(node, isSeen, type, arguments.hidden));
  // tt's mask has rank 4.
  if (arguments.mask && node.rank(arguments.mask) < 4)
    arguments.mask = node.unsqueeze(arguments.mask, range(0, 4 - node.rank(arguments.mask)));
  if (!isSimple)
    return expandAttention(node, arguments);
  OpBuilder &b = node.getBuilder();
  return {node.create<AttentionOp>(arguments.query, arguments.key, node.cast(arguments.value, type), arguments.mask,
                                   b.getF32FloatAttr(arguments.scale), b.getBoolAttr(arguments.isCausal)),
          {}};
}

Value tt::onnx_import::rotatePairs(NodeImporter &node, Value x, Value cos, Value sin, int64_t rotated,
                                   bool interleaved) {
  int64_t width = node.size(x, 3);
  if (!node.hasFailed() && (rotated < 2 || rotated > width || rotated % 2 != 0)) {
    (void)node.fail("the number of rotated positions must be even and at most " + Twine(width) + ", but is " +
                    Twine(rotated));
    return {};
  }
  // The same for all heads.
  cos = node.unsqueeze(cos, {node.rank(cos) - 2});
  sin = node.unsqueeze(sin, {node.rank(sin) - 2});
  Value part = rotated == width ? x : node.slice(x, 3, 0, rotated);
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
  return rotated == width ? y : node.concat({y, node.slice(x, 3, rotated, width)}, 3);
}

//===- Attention -------------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkAttention(NodeAttributes &node) {
  int64_t mode = node.getInt("qk_matmul_output_mode", 0);
  if (mode < 0 || mode > 3)
    (void)node.fail("qk_matmul_output_mode " + Twine(mode) + " is not defined; use 0 to 3");
  if (node.hasInput(4) != node.hasInput(5))
    (void)node.fail("inputs 4 (past_key) and 5 (past_value) must be given together");
}

/// The mask of the node as values to add; where it is boolean, as `isSeen`. Columns that it lacks are hidden.
static void readMask(NodeImporter &node, Value mask, AttentionArguments &arguments) {
  int64_t rank = node.rank(mask), width = node.size(mask, rank - 1), columns = node.size(arguments.key, 2);
  if (rank < 1) {
    (void)node.fail("needs a mask of rank 1 or more");
    return;
  }
  bool isBool = node.elementType(mask).isInteger(1);
  if (!node.haveEqualSizes(mask, rank - 1, arguments.key, 2) && (ShapedType::isDynamic(width) || width != columns)) {
    Value missing = node.sub(node.shape(arguments.key, 2, 3), node.shape(mask, rank - 1, rank));
    Value pads = node.concat({node.ints(Ints(2 * rank - 1, 0)), missing}, 0);
    Type type = node.elementType(mask);
    Value filler = node.scalar(type, isBool ? 0 : -std::numeric_limits<double>::infinity());
    mask = node.create<PadOp>(mask, pads, filler, PadMode::Constant);
  }
  (isBool ? arguments.isSeen : arguments.mask) = mask;
}

LogicalResult tt::onnx_import::importAttention(NodeImporter &node) {
  AttentionArguments arguments;
  Value q = node.input(0), k = node.input(1), v = node.input(2), mask = node.optionalInput(3);
  Value pastKey = node.optionalInput(4), pastValue = node.optionalInput(5), lengths = node.optionalInput(6);
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
  // ONNX aligns the triangle at the first row (moved by the past), tt at the last one: the same where the new keys are
  // as many as the queries.
  bool isSquare = node.haveEqualSizes(q, 2, k, 2);
  Value offset; // what row 0 sees behind the column 0; null: 0
  if (pastKey && pastValue) {
    offset = node.shape(pastKey, 2, 3);
    k = node.concat({pastKey, k}, 2);
    v = node.concat({pastValue, v}, 2);
  }
  arguments.query = q;
  arguments.key = k;
  arguments.value = v;
  arguments.scale = getAttentionScale(node, q);
  arguments.softcap = node.getFloat("softcap", 0);
  if (node.has("softmax_precision"))
    arguments.softmaxType = node.getTypeAttribute("softmax_precision");
  arguments.needsSteps = node.hasOutput(3);
  if (mask)
    readMask(node, mask, arguments);
  Value columns = countTo(node, node.shape(k, 2, 3));
  if (lengths) {
    lengths = node.reshape(node.cast(lengths, node.getBuilder().getI64Type()), {-1, 1, 1, 1});
    arguments.isSeen = combine<AndOp>(node, arguments.isSeen, node.create<LessOp>(columns, lengths));
  }
  if (node.getFlag("is_causal", false)) {
    if (lengths && !offset) {
      // The queries are the last ones of each sequence.
      offset = node.sub(lengths, node.shape(q, 2, 3));
      isSquare = false;
    }
    arguments.isCausal = isSquare;
    if (!isSquare) {
      Value rows = node.unsqueeze(countTo(node, node.shape(q, 2, 3)), {1});
      rows = combine<AddOp>(node, rows, offset);
      arguments.isSeen = combine<AndOp>(node, arguments.isSeen, node.create<LessEqualOp>(columns, rows));
    }
  }
  AttentionValues values = makeAttention(node, arguments);
  SmallVector<Value> results{isFlat ? joinHeads(node, values.result) : values.result, k, v,
                             values.steps[node.getInt("qk_matmul_output_mode", 0)]};
  return node.yield(ArrayRef<Value>(results).take_front(node.hasOutput(3) ? 4 : 3));
}

//===- Rotary embedding ------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importRotaryEmbedding(NodeImporter &node) {
  Value x = node.input(0), cos = node.input(1), sin = node.input(2), positions = node.optionalInput(3);
  bool isFlat = node.rank(x) == 3;
  if (isFlat)
    x = splitHeads(node, x, node.getInt("num_heads", 0));
  if (node.hasFailed())
    return failure();
  int64_t width = node.size(x, 3), rotated = node.getInt("rotary_embedding_dim", 0);
  if (node.rank(x) != 4 || ShapedType::isDynamic(width))
    return node.fail("needs an input of rank 3 or 4 whose last dimension is known");
  if (positions) {
    cos = node.create<GatherOp>(cos, positions, 0);
    sin = node.create<GatherOp>(sin, positions, 0);
  }
  Value y = rotatePairs(node, x, cos, sin, rotated == 0 ? width : rotated, node.getFlag("interleaved", false));
  return node.yield(isFlat ? joinHeads(node, y) : y);
}
