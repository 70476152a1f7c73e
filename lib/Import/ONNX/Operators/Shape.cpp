//===- Shape.cpp - operators that move, cut and repeat elements -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- New shapes ------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importReshape(NodeImporter &node) {
  bool allowZero = node.getOpset() >= 14 && node.getFlag("allowzero", false);
  return node.yield(node.reshape(node.input(0), node.input(1), allowZero));
}

LogicalResult tt::onnx_import::importFlatten(NodeImporter &node) {
  Value x = node.input(0);
  int64_t rank = node.rank(x), axis = node.getInt("axis", 1);
  axis = axis == rank ? rank : node.normalizeAxis(axis, rank);
  return node.yield(node.reshape(x, ArrayRef<Value>{node.product(x, 0, axis), node.product(x, axis, rank)}));
}

/// The axes of Squeeze and Unsqueeze: an attribute up to opset 12, an input since then. Null where there are none.
static Value getAxes(NodeImporter &node) {
  if (node.getOpset() >= 13)
    return node.optionalInput(1);
  auto axes = node.getInts("axes");
  return axes ? node.ints(*axes) : Value();
}

Value tt::onnx_import::flagAxes(NodeImporter &node, Value axes, int64_t rank) {
  Type i64 = node.getBuilder().getI64Type();
  Value isNegative = node.create<LessOp>(axes, node.scalar(i64, 0));
  Value fromFront = node.create<WhereOp>(isNegative, node.add(axes, node.scalar(i64, rank)), axes);
  Value matches = node.create<EqualOp>(node.unsqueeze(fromFront, {1}), node.ints(range(0, rank)));
  return node.reduce(ReduceKind::Max, node.cast(matches, i64), {0}, /*keepDims=*/false);
}

Value tt::onnx_import::dropAxes(NodeImporter &node, Value x, Value isAxis, int64_t count) {
  // The positions of the other dimensions, in order, are the smallest where the axes count as rank.
  int64_t rank = node.rank(x);
  Value places = node.ints(range(0, rank)), key = node.create<WhereOp>(isAxis, node.scalarLike(places, rank), places);
  Value kept = node.createMany<TopKOp>(2, key, node.ints({rank - count}), 0, /*largest=*/false).back();
  return node.reshape(x, node.create<GatherOp>(node.shape(x), kept, 0), /*allowZero=*/true);
}

LogicalResult tt::onnx_import::importSqueeze(NodeImporter &node) {
  Value x = node.input(0), axesValue = getAxes(node);
  int64_t rank = node.rank(x);
  Ints axes;
  if (node.hasFailed())
    return failure();
  if (!axesValue) {
    if (!node.type(x).hasStaticShape())
      return node.fail("needs axes, because the input has sizes that are not known");
    for (auto [axis, size] : enumerate(node.type(x).getShape()))
      if (size == 1)
        axes.push_back(axis);
    return node.yield(node.squeeze(x, axes));
  }
  if (getConstantInts(axesValue, axes))
    return node.yield(node.squeeze(x, node.normalizeAxes(axes, rank)));
  int64_t count = node.size(axesValue, 0);
  if (ShapedType::isDynamic(count) || count > rank)
    return node.fail("the number of axes must be known and at most the rank");
  Value isAxis = node.cast(flagAxes(node, axesValue, rank), node.getBuilder().getI1Type());
  return node.yield(dropAxes(node, x, isAxis, count));
}

LogicalResult tt::onnx_import::importUnsqueeze(NodeImporter &node) {
  Value x = node.input(0), axesValue = getAxes(node);
  if (!axesValue)
    return node.fail("axes are missing");
  Ints axes;
  if (node.hasFailed() || getConstantInts(axesValue, axes))
    return node.yield(node.unsqueeze(x, node.normalizeAxes(axes, node.rank(x) + axes.size())));
  int64_t count = node.size(axesValue, 0), rank = node.rank(x);
  if (ShapedType::isDynamic(count))
    return node.fail("the number of axes must be known");
  // Size number i of the result is 1 at an axis, else the operand's at the number of other places before i.
  Value isNew = flagAxes(node, axesValue, rank + count), one = node.scalarLike(isNew, 1);
  Value before = node.sub(node.create<CumSumOp>(node.sub(one, isNew), 0, /*exclusive=*/false, /*reverse=*/false), one);
  Value sizes = node.concat({node.shape(x), node.ints({1})}, 0); // one more, so that it is not empty
  Value picked = node.create<GatherOp>(sizes, node.create<MaxOp>(before, node.scalarLike(before, 0)), 0);
  Value shape = node.create<WhereOp>(node.cast(isNew, node.getBuilder().getI1Type()), one, picked);
  return node.yield(node.reshape(x, shape, /*allowZero=*/true));
}

//===- Order -----------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importTranspose(NodeImporter &node) {
  Value x = node.input(0);
  Ints reversed = range(0, node.rank(x));
  std::reverse(reversed.begin(), reversed.end());
  return node.yield(node.transpose(x, node.getInts("perm", reversed)));
}

/// The common part of DepthToSpace and SpaceToDepth: the checks, and the block size.
static FailureOr<int64_t> getBlockSize(NodeImporter &node, Value x) {
  int64_t block = node.getInt("blocksize", 0);
  if (node.hasFailed())
    return failure();
  if (node.rank(x) != 4)
    return node.fail("needs rank 4, but the input has rank " + Twine(node.rank(x)));
  if (block < 1)
    return node.fail("blocksize must be at least 1, but is " + Twine(block));
  return block;
}

LogicalResult tt::onnx_import::importDepthToSpace(NodeImporter &node) {
  Value x = node.input(0);
  FailureOr<int64_t> block = getBlockSize(node, x);
  if (failed(block))
    return failure();
  int64_t b = *block, channels = node.size(x, 1);
  if (ShapedType::isDynamic(channels) || channels % (b * b) != 0)
    return node.fail("the number of channels must be known and a multiple of " + Twine(b * b));
  std::string mode = node.getString("mode", "DCR");
  if (mode != "DCR" && mode != "CRD")
    return node.fail("mode '" + mode + "' is not defined; use DCR or CRD");
  Value depth = node.ints({channels / (b * b)}), bs = node.ints({b});
  Value n = node.shape(x, 0, 1), h = node.shape(x, 2, 3), w = node.shape(x, 3, 4);
  Value blocks;
  if (mode == "DCR")
    blocks = node.transpose(node.reshape(x, ArrayRef<Value>{n, bs, bs, depth, h, w}), {0, 3, 4, 1, 5, 2});
  else
    blocks = node.transpose(node.reshape(x, ArrayRef<Value>{n, depth, bs, bs, h, w}), {0, 1, 4, 2, 5, 3});
  return node.yield(node.reshape(blocks, ArrayRef<Value>{n, depth, node.mul(h, bs), node.mul(w, bs)}));
}

LogicalResult tt::onnx_import::importSpaceToDepth(NodeImporter &node) {
  Value x = node.input(0);
  FailureOr<int64_t> block = getBlockSize(node, x);
  if (failed(block))
    return failure();
  Value b = node.ints({*block});
  Value n = node.shape(x, 0, 1), c = node.shape(x, 1, 2);
  Value h = node.div(node.shape(x, 2, 3), b), w = node.div(node.shape(x, 3, 4), b);
  Value blocks = node.transpose(node.reshape(x, ArrayRef<Value>{n, c, h, b, w, b}), {0, 3, 5, 1, 2, 4});
  return node.yield(node.reshape(blocks, ArrayRef<Value>{n, node.mul(c, node.mul(b, b)), h, w}));
}

//===- Parts -----------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importConcat(NodeImporter &node) {
  Value first = node.input(0);
  int64_t axis = node.normalizeAxis(node.getInt("axis", 1), node.rank(first));
  return node.yield(node.concat(node.getInputs(), axis));
}

/// `x` under the condition that the lengths of its parts are not negative and add up to its size along `axis`.
static Value requireParts(NodeImporter &node, Value x, Value lengths, int64_t axis) {
  SmallVector<int64_t> known;
  int64_t size = node.size(x, axis);
  if (!ShapedType::isDynamic(size) && getConstantInts(lengths, known)) {
    int64_t total = 0;
    for (int64_t length : known)
      if (length < 0 || AddOverflow(total, length, total))
        total = -1;
    if (total != size)
      (void)node.fail("split needs lengths that add up to " + Twine(size) + ", the size of dimension " + Twine(axis));
    return x;
  }
  int64_t count = node.size(lengths, 0);
  Value total = node.ints({0}), least = node.ints({0});
  for (int64_t i = 0; i < count; ++i) {
    Value length = node.slice(lengths, 0, i, i + 1);
    total = node.add(total, length);
    least = node.create<MinOp>(least, length);
  }
  Value fits = node.create<AndOp>(node.create<EqualOp>(total, node.shape(x, axis, axis + 1)),
                                  node.create<EqualOp>(least, node.ints({0})));
  return node.create<RequireOp>(x, node.toScalar(fits),
                                node.getBuilder().getStringAttr("needs lengths of parts that add up to the size of "
                                                                "dimension " +
                                                                Twine(axis)));
}

LogicalResult tt::onnx_import::importSplit(NodeImporter &node) {
  Value x = node.input(0);
  int64_t axis = node.normalizeAxis(node.getInt("axis", 0), node.rank(x)), size = node.size(x, axis);
  int64_t count = node.getNumOutputs();
  if (node.getOpset() >= 18 && node.has("num_outputs") && node.getInt("num_outputs", 0) != count)
    return node.fail("num_outputs is " + Twine(node.getInt("num_outputs", 0)) + ", but the node has " + Twine(count) +
                     " outputs");
  Value lengths; // of the parts, one element each
  if (node.getOpset() >= 13)
    lengths = node.optionalInput(1);
  else if (auto split = node.getInts("split"))
    lengths = node.ints(*split);
  if (lengths && node.size(lengths, 0) != count)
    return node.fail("split must have one element per output (" + Twine(count) + ")");
  Value part; // length of each part but the last
  if (!lengths) {
    if (node.getOpset() < 18 && !ShapedType::isDynamic(size) && size % count != 0)
      return node.fail("dimension " + Twine(axis) + " of size " + Twine(size) + " cannot be split into " +
                       Twine(count) + " equal parts");
    part = node.div(node.add(node.shape(x, axis, axis + 1), node.ints({count - 1})), node.ints({count}));
  }
  SmallVector<Value> parts;
  if (lengths)
    x = requireParts(node, x, lengths, axis);
  Value start = node.ints({0});
  for (int64_t i = 0; i < count; ++i) {
    Value end = node.add(start, lengths ? node.slice(lengths, 0, i, i + 1) : part);
    parts.push_back(node.create<SliceOp>(x, start, end, ArrayRef<int64_t>{axis}, ArrayRef<int64_t>{1}));
    start = end;
  }
  return node.yield(parts);
}

/// A slice whose axes or steps are computed at run time: dimension after dimension, a gather of the positions
/// start, start + step, ... before end.
static Value sliceAtRunTime(NodeImporter &node, Value x, Value starts, Value ends, Value axes, Value steps) {
  Type i64 = node.getBuilder().getI64Type();
  int64_t rank = node.rank(x);
  Ints known;
  bool hasKnownAxes = !axes || getConstantInts(axes, known);
  if (!axes)
    known = range(0, node.size(starts, 0));
  Value zero = node.scalar(i64, 0), one = node.scalar(i64, 1);
  steps = steps ? node.cast(steps, i64) : node.create<ExpandOp>(one, node.shape(starts));
  if (hasKnownAxes) {
    for (int64_t &axis : known)
      axis = node.normalizeAxis(axis, rank);
  } else {
    // Starts, ends and steps of all dimensions: those that are no axis keep everything.
    axes = node.cast(axes, i64);
    axes = node.create<WhereOp>(node.create<LessOp>(axes, zero), node.add(axes, node.scalar(i64, rank)), axes);
    auto spread = [&](Value given, int64_t other) {
      return node.create<ScatterElementsOp>(node.ints(Ints(rank, other)), axes, given,
                                            /*axis=*/0, ScatterKind::None);
    };
    starts = spread(starts, 0);
    ends = spread(ends, INT64_MAX);
    steps = spread(steps, 1);
    known = range(0, rank);
  }
  for (auto [i, axis] : enumerate(known)) {
    auto take = [&](Value values) { return node.toScalar(node.slice(values, 0, i, i + 1)); };
    Value size = node.toScalar(node.shape(x, axis, axis + 1)), step = take(steps);
    Value isForward = node.create<LessOp>(zero, step), last = node.sub(size, one);
    // Positions in front of the first or behind the last one become these; an end that goes backwards may be -1.
    auto place = [&](Value position, Value lowest) {
      position = node.create<WhereOp>(node.create<LessOp>(position, zero), node.add(position, size), position);
      Value highest = node.create<WhereOp>(isForward, size, last);
      return node.create<MinOp>(node.create<MaxOp>(position, lowest), highest);
    };
    Value start = place(take(starts), zero);
    Value end = place(take(ends), node.create<WhereOp>(isForward, zero, node.scalar(i64, -1)));
    Value rounding = node.sub(step, node.create<SignOp>(step));
    Value count = node.div(node.add(node.sub(end, start), rounding), step);
    Value index = node.create<RangeOp>(zero, node.create<MaxOp>(count, zero), one);
    x = node.create<GatherOp>(x, node.add(start, node.mul(index, step)), axis);
  }
  return x;
}

LogicalResult tt::onnx_import::importSlice(NodeImporter &node) {
  Value x = node.input(0), starts, ends;
  Ints axes, steps;
  int64_t count;
  if (node.getOpset() < 10) {
    Ints first = node.getInts("starts", {}), last = node.getInts("ends", {});
    count = first.size();
    axes = node.getInts("axes", range(0, count));
    steps.assign(count, 1);
    starts = node.ints(first);
    ends = node.ints(last);
  } else {
    Type i64 = node.getBuilder().getI64Type();
    starts = node.cast(node.input(1), i64);
    ends = node.cast(node.input(2), i64);
    count = node.size(starts, 0);
    if (ShapedType::isDynamic(count))
      return node.fail("the number of starts must be known");
    Value axesInput = node.optionalInput(3), stepsInput = node.optionalInput(4);
    axes = range(0, count);
    steps.assign(count, 1);
    bool areKnown =
        (!axesInput || getConstantInts(axesInput, axes)) && (!stepsInput || getConstantInts(stepsInput, steps));
    if (!areKnown && !node.hasFailed())
      return node.yield(sliceAtRunTime(node, x, starts, ends, axesInput, stepsInput));
  }
  for (int64_t &axis : axes)
    axis = node.normalizeAxis(axis, node.rank(x));
  return node.yield(node.create<SliceOp>(x, starts, ends, axes, steps));
}

void tt::onnx_import::checkPad(NodeAttributes &node) {
  requireOneOf(node, "mode", "constant", {"constant", "reflect", "edge", "wrap"});
}

/// `pads` for the dimensions `axes` only, as pads for all dimensions.
static Value spreadPads(NodeImporter &node, Value pads, ArrayRef<int64_t> axes, int64_t rank) {
  SmallVector<Value> pieces;
  for (int64_t side : {0, 1})
    for (int64_t i = 0; i < rank; ++i) {
      const auto *place = llvm::find(axes, i);
      int64_t index = side * axes.size() + (place - axes.begin());
      pieces.push_back(place == axes.end() ? node.ints({0}) : node.slice(pads, 0, index, index + 1));
    }
  return node.concat(pieces, 0);
}

/// The same for axes that are computed at run time.
static Value spreadPads(NodeImporter &node, Value pads, Value axes, int64_t rank) {
  OpBuilder &b = node.getBuilder();
  Value zero = node.scalar(b.getI64Type(), 0), all = node.scalar(b.getI64Type(), rank);
  axes = node.cast(axes, b.getI64Type());
  axes = node.create<WhereOp>(node.create<LessOp>(axes, zero), node.add(axes, all), axes);
  return node.create<ScatterElementsOp>(node.ints(Ints(2 * rank, 0)), node.concat({axes, node.add(axes, all)}, 0), pads,
                                        /*axis=*/0, ScatterKind::None);
}

LogicalResult tt::onnx_import::importPad(NodeImporter &node) {
  Value x = node.input(0), pads, value;
  int64_t rank = node.rank(x);
  std::string name = node.getString("mode", "constant");
  PadMode mode = llvm::StringSwitch<PadMode>(name)
                     .Case("reflect", PadMode::Reflect)
                     .Case("edge", PadMode::Edge)
                     .Case("wrap", PadMode::Wrap)
                     .Default(PadMode::Constant);
  if (node.getOpset() < 11) {
    pads = node.ints(node.getInts("pads", {}));
    if (node.getFloat("value", 0) != 0)
      value = node.scalarLike(x, node.getFloat("value", 0));
  } else {
    pads = node.cast(node.input(1), node.getBuilder().getI64Type());
    if (Value given = node.optionalInput(2); given && mode == PadMode::Constant)
      value = node.toScalar(given);
    if (Value axes = node.optionalInput(3)) {
      Ints list;
      bool isKnown = getConstantInts(axes, list);
      for (int64_t &axis : list)
        axis = node.normalizeAxis(axis, rank);
      pads = isKnown ? spreadPads(node, pads, list, rank) : spreadPads(node, pads, axes, rank);
    }
  }
  if (node.size(pads, 0) != 2 * rank)
    return node.fail("pads must have " + Twine(2 * rank) + " elements, but has type " + node.describeType(pads));
  return node.yield(node.create<PadOp>(x, pads, value, mode));
}

LogicalResult tt::onnx_import::importCenterCropPad(NodeImporter &node) {
  // Along each axis zeros around the input where it is smaller than wanted, else its middle; what is odd is at the end.
  Value x = node.input(0), wanted = node.cast(node.input(1), node.getBuilder().getI64Type());
  int64_t rank = node.rank(x);
  Ints axes = node.getInts("axes", range(0, rank));
  for (int64_t &axis : axes)
    axis = node.normalizeAxis(axis, rank);
  if (node.hasFailed())
    return failure();
  if (node.size(wanted, 0) != int64_t(axes.size()))
    return node.fail("shape needs one size for each of the " + Twine(axes.size()) + " axes, but has the type " +
                     node.describeType(wanted));
  SmallVector<Value> sizes = map_to_vector(axes, [&](int64_t axis) { return node.shape(x, axis, axis + 1); });
  Value missing = node.sub(wanted, node.concat(sizes, 0)), zero = node.scalar(node.getBuilder().getI64Type(), 0);
  Value two = node.scalarLike(missing, 2);
  Value added = node.create<MaxOp>(missing, zero), before = node.div(added, two);
  Value pads = spreadPads(node, node.concat({before, node.sub(added, before)}, 0), axes, rank);
  Value padded = node.create<PadOp>(x, pads, Value(), PadMode::Constant);
  Value start = node.div(node.create<MaxOp>(node.sub(zero, missing), zero), two);
  return node.yield(node.create<SliceOp>(padded, start, node.add(start, wanted), axes, Ints(axes.size(), 1)));
}

//===- Repetition ------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importExpand(NodeImporter &node) {
  return node.yield(node.expand(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importTile(NodeImporter &node) {
  return node.yield(node.create<TileOp>(node.input(0), node.input(1)));
}
