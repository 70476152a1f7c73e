//===- ContribAttention.cpp - attention of com.microsoft -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// As ONNX Runtime's ContribOperators.md describes the operators. Sizes are named as in Attention.h; P keys of the past.
//===----------------------------------------------------------------------===//

#include "Attention.h"
#include "Quantization.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// Reports inputs and attributes that only ONNX Runtime's GPU kernels give a meaning.
static void refuseInput(NodeAttributes &node, unsigned index, StringRef name, StringRef advice) {
  if (node.hasInput(index))
    (void)node.fail("input " + Twine(index) + " (" + name + ") is not supported; " + advice);
}

//===- Masks -----------------------------------------------------------------------------------------------------===//

/// What `mask` (1 sees, 0 does not; or lengths of sequences) adds to the scores, or null. `past` is the number of keys
/// of the past, as an i64 tensor with one element, null for 0.
static Value makeMask(NodeImporter &node, Value mask, const AttentionArguments &arguments, Value past) {
  if (!mask)
    return {};
  Type i64 = node.getBuilder().getI64Type();
  double hidden = node.getFloat("mask_filter_value", -10000);
  Value zero = node.scalar(i64, 0), key = arguments.key;
  mask = node.cast(mask, i64);
  int64_t size = node.size(mask, 0), batch = node.size(arguments.query, 0);
  auto add = [&](Value isSeen) { return hide(node, isSeen, node.elementType(arguments.query), hidden); };
  switch (node.rank(mask)) {
  case 1: {
    // Ends of sequences, behind them perhaps their starts.
    bool hasStarts =
        !ShapedType::isDynamic(size) && !ShapedType::isDynamic(batch) && size == 2 * batch && size != batch;
    if (!ShapedType::isDynamic(size) && !ShapedType::isDynamic(batch) && size != batch && !hasStarts) {
      (void)node.fail("a mask of rank 1 needs " + Twine(batch) + " or " + Twine(2 * batch) + " elements, but has " +
                      Twine(size));
      return {};
    }
    Value columns = countTo(node, node.shape(key, 2, 3)), ends = hasStarts ? node.slice(mask, 0, 0, batch) : mask;
    Value isSeen = node.create<LessOp>(columns, node.reshape(ends, {-1, 1, 1, 1}));
    if (hasStarts) {
      Value starts = node.reshape(node.slice(mask, 0, batch, 2 * batch), {-1, 1, 1, 1});
      isSeen = node.create<AndOp>(isSeen, node.create<LessEqualOp>(starts, columns));
    }
    return add(isSeen);
  }
  case 2:
    return add(node.create<LessOp>(zero, node.unsqueeze(mask, {1, 2})));
  case 3:
    return add(node.create<LessOp>(zero, node.unsqueeze(mask, {1})));
  case 4: {
    // Bx1xMxM for M positions: the rows behind the past, as many columns as there are keys.
    Value first = past ? past : node.ints({0});
    Value last = node.add(first, node.shape(arguments.query, 2, 3));
    mask = node.create<SliceOp>(mask, first, last, ArrayRef<int64_t>{2}, ArrayRef<int64_t>{1});
    mask =
        node.create<SliceOp>(mask, node.ints({0}), node.shape(key, 2, 3), ArrayRef<int64_t>{3}, ArrayRef<int64_t>{1});
    return add(node.create<LessOp>(zero, mask));
  }
  default:
    (void)node.fail("needs a mask of rank 1 to 4, but found " + node.describeType(mask));
    return {};
  }
}

/// Lets row s see the columns up to s + `past`. `newKeys` are the keys behind the past.
static void addCausality(NodeImporter &node, AttentionArguments &arguments, Value newKeys, Value past) {
  if (node.haveEqualSizes(arguments.query, 2, newKeys, 2)) {
    arguments.isCausal = true;
    return;
  }
  Value rows = node.unsqueeze(countTo(node, node.shape(arguments.query, 2, 3)), {1});
  rows = combine<AddOp>(node, rows, past);
  Value columns = countTo(node, node.shape(arguments.key, 2, 3));
  arguments.isSeen = combine<AndOp>(node, arguments.isSeen, node.create<LessEqualOp>(columns, rows));
}

//===- Attention, QAttention -------------------------------------------------------------------------------------===//

void tt::onnx_import::checkMicrosoftAttention(NodeAttributes &node) {
  requireInt(node, "do_rotary", 0, 0);
  requireInt(node, "past_present_share_buffer", 0, 0);
  if (node.getOpType() == "Attention")
    refuseInput(node, 6, "past_sequence_length", "let the past have its own length");
}

/// Attention of `projected`, BxSx(the widths of queries, keys and values side by side).
static LogicalResult importProjected(NodeImporter &node, Value projected, Value mask, Value past, Value bias) {
  int64_t heads = node.getInt("num_heads", 0), width = node.size(projected, 2);
  Ints widths = node.getInts("qkv_hidden_sizes", ShapedType::isDynamic(width) ? Ints() : Ints(3, width / 3));
  if (node.hasFailed())
    return failure();
  for (int64_t part : widths)
    if (part < 1 || part > INT32_MAX)
      return node.fail("qkv_hidden_sizes must lie between 1 and 2^31 - 1, but one is " + Twine(part));
  if (widths.size() != 3 || widths[0] + widths[1] + widths[2] != width)
    return node.fail("needs weights whose second dimension is the sum of three sizes, but it is " + Twine(width));
  AttentionArguments arguments;
  Value parts[3];
  for (int64_t i = 0, start = 0; i < 3; start += widths[i++])
    parts[i] = splitHeads(node, node.slice(projected, 2, start, start + widths[i]), heads);
  arguments.query = parts[0];
  arguments.key = parts[1];
  arguments.value = parts[2];
  arguments.scale = getAttentionScale(node, parts[0]);
  Value pastLength;
  if (past) {
    // 2xBxHxPxD: keys, then values
    auto take = [&](int64_t i) { return node.squeeze(node.slice(past, 0, i, i + 1), {0}); };
    pastLength = node.shape(past, 3, 4);
    arguments.key = node.concat({take(0), parts[1]}, 2);
    arguments.value = node.concat({take(1), parts[2]}, 2);
  }
  arguments.mask = combine<AddOp>(node, makeMask(node, mask, arguments, pastLength), bias);
  if (node.getFlag("unidirectional", false))
    addCausality(node, arguments, parts[1], pastLength);
  SmallVector<Value> results{joinHeads(node, makeAttention(node, arguments).result)};
  if (node.hasOutput(1))
    results.push_back(node.concat({node.unsqueeze(arguments.key, {0}), node.unsqueeze(arguments.value, {0})}, 0));
  return node.yield(results);
}

LogicalResult tt::onnx_import::importMicrosoftAttention(NodeImporter &node) {
  Value projected = node.create<MatMulOp>(node.input(0), node.input(1));
  if (Value bias = node.optionalInput(2))
    projected = node.add(projected, bias);
  return importProjected(node, projected, node.optionalInput(3), node.optionalInput(4), node.optionalInput(5));
}

LogicalResult tt::onnx_import::importQAttention(NodeImporter &node) {
  Value sum = makeIntegerProduct(node, node.input(0), node.input(1), node.optionalInput(6), node.optionalInput(7));
  Type f32 = node.getBuilder().getF32Type();
  Value projected = node.mul(node.cast(sum, f32), node.mul(node.input(3), node.input(4)));
  projected = node.add(projected, node.input(2));
  return importProjected(node, projected, node.optionalInput(5), node.optionalInput(8), Value());
}

//===- MultiHeadAttention ----------------------------------------------------------------------------------------===//

void tt::onnx_import::checkMultiHeadAttention(NodeAttributes &node) {
  refuseInput(node, 8, "past_sequence_length", "let the past have its own length");
  refuseInput(node, 9, "cache_indirection", "reorder the past outside the model");
  if (node.hasInput(6) != node.hasInput(7))
    (void)node.fail("inputs 6 (past_key) and 7 (past_value) must be given together");
}

/// Part `index` of BxSxHxNxD with N operands side by side in each head, as BxHxSxD.
static Value takePacked(NodeImporter &node, Value packed, int64_t index) {
  return node.transpose(node.squeeze(node.slice(packed, 3, index, index + 1), {3}), {0, 2, 1, 3});
}

LogicalResult tt::onnx_import::importMultiHeadAttention(NodeImporter &node) {
  Value q = node.input(0), k = node.optionalInput(1), v = node.optionalInput(2), bias = node.optionalInput(3);
  Value mask = node.optionalInput(4), pastKey = node.optionalInput(6), pastValue = node.optionalInput(7);
  int64_t heads = node.getInt("num_heads", 0);
  if (node.hasFailed())
    return failure();
  if (bias && (node.rank(q) != 3 || (k && node.rank(k) == 5)))
    return node.fail("a bias needs query, key and value that are not packed");
  // Biases of query, key and value stand behind each other.
  int64_t biasStart = 0;
  auto addBias = [&](Value x) {
    int64_t width = node.size(x, 2);
    if (!bias)
      return x;
    if (ShapedType::isDynamic(width)) {
      (void)node.fail("a bias needs operands whose last dimension is known");
      return x;
    }
    biasStart += width;
    return node.add(x, node.slice(bias, 0, biasStart - width, biasStart));
  };
  AttentionArguments arguments;
  if (node.rank(q) == 5) { // BxSxHx3xD
    arguments.query = takePacked(node, q, 0);
    arguments.key = takePacked(node, q, 1);
    arguments.value = takePacked(node, q, 2);
  } else if (!k) {
    return node.fail("needs a key, or a packed query of rank 5");
  } else {
    arguments.query = splitHeads(node, addBias(q), heads);
    if (node.rank(k) == 5) { // BxTxHx2xD
      arguments.key = takePacked(node, k, 0);
      arguments.value = takePacked(node, k, 1);
    } else if (!v) {
      return node.fail("needs a value, or a packed key of rank 5");
    } else if (node.rank(k) == 4) { // heads are split already
      arguments.key = k;
      arguments.value = v;
    } else {
      arguments.key = splitHeads(node, addBias(k), heads);
      arguments.value = splitHeads(node, addBias(v), heads);
    }
  }
  if (node.hasFailed())
    return failure();
  Value newKeys = arguments.key, pastLength;
  if (pastKey && pastValue) {
    pastLength = node.shape(pastKey, 2, 3);
    arguments.key = node.concat({pastKey, arguments.key}, 2);
    arguments.value = node.concat({pastValue, arguments.value}, 2);
  }
  arguments.scale = getAttentionScale(node, arguments.query);
  arguments.mask = combine<AddOp>(node, makeMask(node, mask, arguments, pastLength), node.optionalInput(5));
  arguments.needsSteps = node.hasOutput(3);
  if (node.getFlag("unidirectional", false))
    addCausality(node, arguments, newKeys, pastLength);
  AttentionValues values = makeAttention(node, arguments);
  SmallVector<Value> results{joinHeads(node, values.result), arguments.key, arguments.value, values.steps[0]};
  return node.yield(ArrayRef<Value>(results).take_front(node.hasOutput(3) ? 4 : 3));
}

//===- GroupQueryAttention ---------------------------------------------------------------------------------------===//

void tt::onnx_import::checkGroupQueryAttention(NodeAttributes &node) {
  refuseInput(node, 12, "k_scale", "use a cache of floats");
  refuseInput(node, 13, "v_scale", "use a cache of floats");
  requireInt(node, "qk_output", 0, 0);
  requireOneOf(node, "k_quant_type", "NONE", {"NONE"});
  requireOneOf(node, "v_quant_type", "NONE", {"NONE"});
  if (node.hasInput(3) != node.hasInput(4))
    (void)node.fail("inputs 3 (past_key) and 4 (past_value) must be given together");
}

namespace {
/// The cache of keys or values of a sequence, of which each batch element has its own length.
struct Cache {
  NodeImporter &node;
  Value pastLength; ///< Bx1, i64
  Value columns;    ///< the positions 0, 1, ... of the new cache
  Value length;     ///< how many these are, i64 with one element

  /// `past` (BxGxPxD), from position `pastLength` on `added` (BxSxGxD), zeros behind it: BxGx(length)xD.
  Value append(Value past, Value added) const {
    Type i64 = node.getBuilder().getI64Type();
    Value zero = node.scalar(i64, 0), count = node.shape(added, 1, 2);
    Value missing = node.sub(length, node.shape(past, 2, 3));
    past = node.create<PadOp>(past, node.concat({node.ints(Ints(6, 0)), missing, node.ints({0})}, 0), Value(),
                              PadMode::Constant);
    Value place = node.sub(columns, pastLength); // Bx(length)
    Value isPast = node.create<LessOp>(place, zero), isEnd = node.create<LessEqualOp>(count, place);
    Value source = node.create<ClipOp>(place, zero, node.toScalar(node.sub(count, node.ints({1}))));
    Value rows = node.create<GatherNDOp>(added, node.unsqueeze(source, {2}), /*batch_dims=*/1);
    rows = node.transpose(rows, {0, 2, 1, 3});
    rows = node.create<WhereOp>(node.unsqueeze(isEnd, {1, 3}), node.scalarLike(rows, 0), rows);
    return node.create<WhereOp>(node.unsqueeze(isPast, {1, 3}), past, rows);
  }
};
} // namespace

LogicalResult tt::onnx_import::importGroupQueryAttention(NodeImporter &node) {
  Value q = node.input(0), k = node.optionalInput(1), v = node.optionalInput(2);
  Value pastKey = node.optionalInput(3), pastValue = node.optionalInput(4);
  Value lastPlaces = node.input(5), total = node.input(6), cos = node.optionalInput(7), sin = node.optionalInput(8);
  Value positions = node.optionalInput(9);
  Type i64 = node.getBuilder().getI64Type();
  int64_t heads = node.getInt("num_heads", 0), groups = node.getInt("kv_num_heads", 0), width = node.size(q, 2);
  if (node.hasFailed())
    return failure();
  if (heads < 1 || groups < 1 || heads % groups != 0)
    return node.fail("num_heads must be a multiple of kv_num_heads, but they are " + Twine(heads) + " and " +
                     Twine(groups));
  if (!k) {
    // Queries, keys and values side by side.
    if (ShapedType::isDynamic(width) || width % (heads + 2 * groups) != 0)
      return node.fail("the last dimension of a packed query must be known and a multiple of " +
                       Twine(heads + 2 * groups));
    int64_t head = width / (heads + 2 * groups), keyEnd = (heads + groups) * head;
    Value packed = q;
    q = node.slice(packed, 2, 0, heads * head);
    k = node.slice(packed, 2, heads * head, keyEnd);
    v = node.slice(packed, 2, keyEnd, width);
  }
  AttentionArguments arguments;
  arguments.query = splitHeads(node, q, heads);
  Value newKey = splitHeads(node, k, groups), newValue = splitHeads(node, v, groups);
  if (node.hasFailed())
    return failure();
  Value queries = node.shape(arguments.query, 2, 3), rows = countTo(node, queries);
  // Bx1: the keys before the first query. In a prompt, which may be padded at its end, there are none.
  Value pastLength;
  if (pastKey) {
    lastPlaces = node.reshape(node.cast(lastPlaces, i64), {-1, 1});
    pastLength = node.sub(node.add(lastPlaces, node.scalar(i64, 1)), queries);
    pastLength = node.create<MaxOp>(pastLength, node.scalar(i64, 0));
    rows = node.add(rows, pastLength); // BxS
  }
  if (node.getFlag("do_rotary", false)) {
    if (!cos || !sin)
      return node.fail("do_rotary needs inputs 7 (cos_cache) and 8 (sin_cache)");
    int64_t half = node.size(cos, 1);
    if (ShapedType::isDynamic(half))
      return node.fail("the second dimension of cos_cache must be known");
    Value places = positions ? positions : rows;
    Value c = node.create<GatherOp>(cos, places, 0), s = node.create<GatherOp>(sin, places, 0);
    bool interleaved = node.getFlag("rotary_interleaved", false);
    arguments.query = rotatePairs(node, arguments.query, c, s, 2 * half, interleaved);
    newKey = rotatePairs(node, newKey, c, s, 2 * half, interleaved);
  }
  arguments.key = newKey;
  arguments.value = newValue;
  if (pastKey) {
    Value length = node.create<MaxOp>(node.reshape(node.cast(total, i64), {1}), node.shape(pastKey, 2, 3));
    Cache cache{node, pastLength, countTo(node, length), length};
    arguments.key = cache.append(pastKey, node.transpose(newKey, {0, 2, 1, 3}));
    arguments.value = cache.append(pastValue, node.transpose(newValue, {0, 2, 1, 3}));
  }
  arguments.scale = getAttentionScale(node, arguments.query);
  arguments.softcap = node.getFloat("softcap", 0);
  arguments.mask = node.optionalInput(10);
  if (node.optionalInput(11))
    arguments.sink = node.reshape(node.input(11), {1, heads, 1, 1});
  else if (node.getFlag("smooth_softmax", false))
    arguments.sink = node.reshape(node.scalarLike(arguments.query, 0), {1, 1, 1, 1});
  int64_t window = node.getInt("local_window_size", -1);
  if (!pastKey && window <= 0) {
    arguments.isCausal = true;
  } else {
    // Row s of a batch element sees the `window` columns that end at its own place.
    Value columns = countTo(node, node.shape(arguments.key, 2, 3));
    Value places = node.unsqueeze(rows, pastKey ? ArrayRef<int64_t>{1, 3} : ArrayRef<int64_t>{1});
    arguments.isSeen = node.create<LessEqualOp>(columns, places);
    if (window > 0) {
      Value first = node.sub(places, node.scalar(i64, window));
      arguments.isSeen = node.create<AndOp>(arguments.isSeen, node.create<LessOp>(first, columns));
    }
  }
  AttentionValues values = makeAttention(node, arguments);
  return node.yield({joinHeads(node, values.result), arguments.key, arguments.value});
}

//===- Rotary embedding ------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkMicrosoftRotaryEmbedding(NodeAttributes &node) {
  requireInt(node, "is_packed_batching", 0, 0);
}

LogicalResult tt::onnx_import::importMicrosoftRotaryEmbedding(NodeImporter &node) {
  Value x = node.input(0), positions = node.input(1), cos = node.input(2), sin = node.input(3);
  int64_t heads = node.getInt("num_heads", 0), rotated = node.getInt("rotary_embedding_dim", 0);
  int64_t half = node.size(cos, 1);
  bool isFlat = node.rank(x) == 3;
  if (node.hasFailed())
    return failure();
  if (half < 1)
    return node.fail("the second dimension of cos_cache must be known and not 0");
  if (isFlat) {
    int64_t width = node.size(x, 2);
    x = splitHeads(node, x, heads > 0 ? heads : ShapedType::isDynamic(width) ? 0 : width / (2 * half));
  }
  if (node.rank(x) != 4)
    return node.fail("needs an input of rank 3 or 4");
  // One position is that of the first row.
  if (node.rank(positions) == 1)
    positions = node.unsqueeze(node.add(countTo(node, node.shape(x, 2, 3)), positions), {0});
  Value c = node.create<GatherOp>(cos, positions, 0), s = node.create<GatherOp>(sin, positions, 0);
  Value y = rotatePairs(node, x, c, s, rotated > 0 ? rotated : 2 * half, node.getFlag("interleaved", false));
  float scale = node.getFloat("scale", 1);
  if (scale != 1)
    y = node.mul(y, node.scalarLike(y, scale));
  return node.yield(isFlat ? joinHeads(node, y) : y);
}
