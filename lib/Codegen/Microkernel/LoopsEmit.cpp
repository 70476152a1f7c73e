//===- LoopsEmit.cpp - code for a planned nest ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LoopsEmit.h"

#include "VectorBody.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using tt::LoopAccess;
using tt::LoopNest;
using tt::LoopPlan;
using tt::Product;
using tt::Strip;

/// Rows that make enough chunks for any number of threads; fewer, and longer rows are cut into blocks.
static constexpr int64_t enoughRows = 32;
/// Elements of a block of the vector loop.
static constexpr int64_t blockElements = 8192;

namespace {

/// A place in the iteration space while the loops are emitted from the outside in.
struct Point {
  SmallVector<OpFoldResult> ivs;     ///< per loop; 0 before the loop is entered
  SmallVector<OpFoldResult> indices; ///< per access: flat index so far
  SmallVector<Value> loaded;         ///< per access: scalar loaded ahead of the inner loops
  OpFoldResult low, high;            ///< the part of the vector loop to run
};

class NestEmitter {
public:
  NestEmitter(OpBuilder &builder, const LoopNest &nest, const LoopPlan &plan, Value context)
      : builder(builder), nest(nest), plan(plan), context(context), op(nest.op), loc(op.getLoc()), math{builder, loc} {}

  LogicalResult emit();

private:
  OpFoldResult sizeOf(unsigned dim) { return nest.materialize(builder, loc, nest.dims[dim].size); }
  void enter(Point &point, unsigned dim, OpFoldResult iv);
  void hoist(Point &point, ArrayRef<unsigned> inner);
  Value indexAt(const Point &point, const LoopAccess &access, unsigned number, int64_t lane);
  Value load(const Point &point, unsigned number, int64_t lanes, Value mask);
  void store(const Point &point, unsigned number, Value value, Value mask);
  SmallVector<Value> emitBody(const Point &point, const Strip &strip, ArrayRef<Value> inputs, ValueRange outputs);
  SmallVector<Value> loadInputs(const Point &point, const Strip &strip);
  void emitOuter(unsigned level, const Point &point);
  void emitInner(const Point &point);
  void emitStrip(const Point &point, const Strip &strip);
  void emitTileRow(const Point &point, OpFoldResult first);
  void emitTile(const Point &point, OpFoldResult first, OpFoldResult iv);
  void emitPacked(const Point &point, OpFoldResult iv);
  OpFoldResult turnsOf(unsigned dim);
  void emitOuterTurn(unsigned level, const Point &point, OpFoldResult turn);
  SmallVector<Value> emitReductions(unsigned level, const SmallVector<Point> &points, const Strip &strip,
                                    ValueRange carried);
  void emitVectorReduction(Point point);
  bool emitParallel(const Point &start);
  unsigned numInputs() { return op.getNumDpsInputs(); }
  unsigned numOutputs() { return op.getNumDpsInits(); }

  OpBuilder &builder;
  const LoopNest &nest;
  const LoopPlan &plan;
  Value context;
  linalg::GenericOp op;
  Location loc;
  tt::IndexMath math;
  bool hasFailed = false;
};

} // namespace

void NestEmitter::enter(Point &point, unsigned dim, OpFoldResult iv) {
  point.ivs[dim] = iv;
  for (auto [number, access] : llvm::enumerate(nest.accesses))
    if (access.view && access.strides[dim].factor != 0)
      point.indices[number] =
          math.add(point.indices[number], math.mul(iv, nest.materialize(builder, loc, access.strides[dim])));
}

/// Loads every pure input that depends on none of the `inner` loops.
void NestEmitter::hoist(Point &point, ArrayRef<unsigned> inner) {
  for (auto [number, access] : llvm::enumerate(nest.accesses)) {
    bool isFree = llvm::all_of(inner, [&](unsigned dim) { return access.isIndependentOf(dim); });
    if (access.view && access.isRead && !access.isWritten && !point.loaded[number] && isFree)
      point.loaded[number] = load(point, number, 1, {});
  }
}

Value NestEmitter::indexAt(const Point &point, const LoopAccess &access, unsigned number, int64_t lane) {
  OpFoldResult index = point.indices[number];
  if (lane != 0)
    index =
        math.add(index, math.mul(math.constant(lane), nest.materialize(builder, loc, access.strides[*plan.vectorDim])));
  if (access.terms.empty())
    return math.value(index);
  SmallVector<Value> dims;
  for (auto [dim, iv] : llvm::enumerate(point.ivs))
    dims.push_back(math.value(lane != 0 && dim == *plan.vectorDim ? math.add(iv, math.constant(lane)) : iv));
  for (auto &[stride, expr] : access.terms) {
    Value term = affine::expandAffineExpr(builder, loc, expr, dims, {});
    index = math.add(index, math.mul(term, nest.materialize(builder, loc, stride)));
  }
  return math.value(index);
}

Value NestEmitter::load(const Point &point, unsigned number, int64_t lanes, Value mask) {
  const LoopAccess &access = nest.accesses[number];
  if (!access.view)
    return access.operand->get();
  if (point.loaded[number])
    return point.loaded[number];
  if (lanes == 1 || access.isIndependentOf(*plan.vectorDim))
    return tt::loadLanes(builder, loc, access.view, indexAt(point, access, number, 0), access.element, 1);
  if (access.isContiguousIn(*plan.vectorDim))
    return tt::loadLanes(builder, loc, access.view, indexAt(point, access, number, 0), access.element, lanes, mask);
  if (int64_t stride = tt::shortStride(access, *plan.vectorDim))
    return tt::loadStrided(builder, loc, access.view, point.indices[number], access.element, lanes, stride);
  SmallVector<Value> elements;
  for (int64_t lane = 0; lane < lanes; ++lane)
    elements.push_back(
        tt::loadLanes(builder, loc, access.view, indexAt(point, access, number, lane), access.element, 1));
  return vector::FromElementsOp::create(builder, loc, VectorType::get({lanes}, access.element), elements);
}

void NestEmitter::store(const Point &point, unsigned number, Value value, Value mask) {
  const LoopAccess &access = nest.accesses[number];
  tt::storeLanes(builder, loc, access.view, indexAt(point, access, number, 0), value, mask);
}

SmallVector<Value> NestEmitter::loadInputs(const Point &point, const Strip &strip) {
  SmallVector<Value> inputs;
  for (unsigned number = 0; number < numInputs(); ++number)
    inputs.push_back(nest.accesses[number].isRead ? load(point, number, strip.lanes, strip.mask) : Value());
  return inputs;
}

/// Clones the body with the given inputs and outputs (null where not read) and returns what it yields.
SmallVector<Value> NestEmitter::emitBody(const Point &point, const Strip &strip, ArrayRef<Value> inputs,
                                         ValueRange outputs) {
  IRMapping map;
  for (auto [argument, value] : llvm::zip(op.getRegionInputArgs(), inputs))
    if (value)
      map.map(argument, value);
  for (auto [argument, value] : llvm::zip(op.getRegionOutputArgs(), outputs))
    if (value)
      map.map(argument, value);
  for (auto index : op.getBody()->getOps<linalg::IndexOp>()) {
    Value iv = math.value(point.ivs[index.getDim()]);
    if (strip.lanes > 1 && index.getDim() == *plan.vectorDim) {
      Value steps = vector::StepOp::create(builder, loc, VectorType::get({strip.lanes}, builder.getIndexType()));
      iv = arith::AddIOp::create(builder, loc, tt::broadcastTo(builder, loc, iv, strip.lanes), steps);
    }
    map.map(index.getResult(), iv);
  }
  auto laneOf = [](OpBuilder &b, Location at, Value value, int64_t lane) -> Value {
    if (!isa<VectorType>(value.getType()))
      return value;
    return vector::ExtractOp::create(b, at, value, ArrayRef<int64_t>{lane});
  };
  auto hook = [&](OpBuilder &b, Operation &inner, IRMapping &values) {
    if (isa<tt::CheckOp>(inner)) {
      IRMapping local = values;
      Value all = vector::ReductionOp::create(b, inner.getLoc(), vector::CombiningKind::AND,
                                              values.lookup(inner.getOperand(0)));
      local.map(inner.getOperand(0), all);
      b.clone(inner, local);
      return true;
    }
    auto load = dyn_cast<memref::LoadOp>(inner);
    if (!load)
      return false;
    Location at = load.getLoc();
    Value buffer = tt::viewBoolAsByte(b, at, values.lookupOrDefault(load.getMemRef()));
    Type element = load.getType();
    auto indicesOf = [&](int64_t lane) {
      return llvm::map_to_vector(load.getIndices(),
                                 [&](Value v) { return laneOf(b, at, values.lookupOrDefault(v), lane); });
    };
    Value result;
    if (tt::isContiguousLoad(inner, plan)) {
      result = tt::loadLanes(b, at, buffer, indicesOf(0), element, strip.lanes, strip.mask);
    } else {
      SmallVector<Value> elements;
      for (int64_t lane = 0; lane < strip.lanes; ++lane)
        elements.push_back(tt::loadLanes(b, at, buffer, indicesOf(lane), element, 1));
      result = vector::FromElementsOp::create(b, at, VectorType::get({strip.lanes}, element), elements);
    }
    values.map(load.getResult(), result);
    return true;
  };
  FailureOr<SmallVector<Value>> results = tt::cloneOnVectors(builder, *op.getBody(), map, strip.lanes, hook);
  if (failed(results)) {
    hasFailed = true;
    return SmallVector<Value>(outputs);
  }
  return *results;
}

/// How often the loop over `dim` turns: once per tile of `tileDim`.
OpFoldResult NestEmitter::turnsOf(unsigned dim) {
  OpFoldResult size = sizeOf(dim);
  return dim == plan.tileDim ? math.ceilDiv(size, math.constant(plan.lanes)) : size;
}

void NestEmitter::emitOuter(unsigned level, const Point &point) {
  if (level == plan.outer.size())
    return emitInner(point);
  tt::emitFor(builder, loc, math.constant(0), turnsOf(plan.outer[level]), 1, {}, [&](OpFoldResult turn, ValueRange) {
    emitOuterTurn(level, point, turn);
    return SmallVector<Value>();
  });
}

void NestEmitter::emitOuterTurn(unsigned level, const Point &point, OpFoldResult turn) {
  unsigned dim = plan.outer[level];
  if (dim == plan.tileDim)
    return emitTileRow(point, math.mul(turn, math.constant(plan.lanes)));
  Point inside = point;
  enter(inside, dim, turn);
  emitOuter(level + 1, inside);
}

/// `lanes` turns of the tile loop from `first` on: square tiles along the vector loop, single elements where a tile
/// would reach over an end.
void NestEmitter::emitTileRow(const Point &point, OpFoldResult first) {
  OpFoldResult side = math.constant(plan.lanes), rows = sizeOf(*plan.tileDim);
  OpFoldResult last = math.min(math.add(first, side), rows);
  OpFoldResult whole = math.mul(math.div(math.sub(point.high, point.low), side), side);
  OpFoldResult tiled = math.add(point.low, whole);
  std::optional<int64_t> fixedRows = getConstantIntValue(rows);
  if (!fixedRows || *fixedRows % plan.lanes != 0) {
    Value isFull = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, math.value(math.sub(last, first)),
                                         math.value(side));
    tiled = arith::SelectOp::create(builder, loc, isFull, math.value(tiled), math.value(point.low)).getResult();
  }
  tt::emitFor(builder, loc, point.low, tiled, plan.lanes, {}, [&](OpFoldResult iv, ValueRange) {
    emitTile(point, first, iv);
    return SmallVector<Value>();
  });
  std::optional<int64_t> fixedTiled = getConstantIntValue(tiled);
  if (fixedTiled && fixedTiled == getConstantIntValue(point.high))
    return;
  tt::emitFor(builder, loc, first, last, 1, {}, [&](OpFoldResult row, ValueRange) {
    Point inside = point;
    enter(inside, *plan.tileDim, row);
    tt::emitFor(builder, loc, tiled, point.high, 1, {}, [&](OpFoldResult iv, ValueRange) {
      emitStrip(inside, Strip{iv, 1, 1, {}});
      return SmallVector<Value>();
    });
    return SmallVector<Value>();
  });
}

/// Transposes a square of vectors: in each step, blocks of `half` x `half` change places across the diagonal.
static void transposeSquare(OpBuilder &builder, Location loc, MutableArrayRef<Value> rows) {
  int64_t side = rows.size();
  for (int64_t half = side / 2; half > 0; half /= 2) {
    SmallVector<int64_t> upper(side), lower(side);
    for (int64_t p = 0; p < side; ++p) {
      upper[p] = p & half ? side + p - half : p;
      lower[p] = p & half ? side + p : p + half;
    }
    for (int64_t i = 0; i < side; ++i) {
      if (i & half)
        continue;
      Value a = rows[i], b = rows[i + half];
      rows[i] = vector::ShuffleOp::create(builder, loc, a, b, upper);
      rows[i + half] = vector::ShuffleOp::create(builder, loc, a, b, lower);
    }
  }
}

/// One square tile: inputs that lie along the tile loop are read as its columns and transposed, then each row of the
/// tile is a strip of the vector loop.
void NestEmitter::emitTile(const Point &point, OpFoldResult first, OpFoldResult iv) {
  unsigned rowDim = *plan.tileDim, columnDim = *plan.vectorDim;
  Point corner = point;
  enter(corner, rowDim, first);
  SmallVector<SmallVector<Value>> tiles(nest.accesses.size());
  for (auto [number, access] : llvm::enumerate(nest.accesses)) {
    if (!access.isRead || !tt::isTransposed(access, plan))
      continue;
    for (int64_t column = 0; column < plan.lanes; ++column) {
      Point at = corner;
      enter(at, columnDim, math.add(iv, math.constant(column)));
      tiles[number].push_back(
          tt::loadLanes(builder, loc, access.view, indexAt(at, access, number, 0), access.element, plan.lanes));
    }
    transposeSquare(builder, loc, tiles[number]);
  }
  for (int64_t row = 0; row < plan.lanes; ++row) {
    Point at = point;
    enter(at, rowDim, math.add(first, math.constant(row)));
    for (auto [number, tile] : llvm::enumerate(tiles))
      if (!tile.empty())
        at.loaded[number] = tile[row];
    emitStrip(at, Strip{iv, 1, plan.lanes, {}});
  }
}

/// What is inside the outer loops.
void NestEmitter::emitInner(const Point &point) {
  if (plan.isVectorReduction)
    return emitVectorReduction(point);
  Point inside = point;
  SmallVector<unsigned> inner = plan.reductions;
  if (!plan.vectorDim) {
    hoist(inside, inner);
    return emitStrip(inside, Strip{math.constant(0), 1, 1, {}});
  }
  inner.push_back(*plan.vectorDim);
  if (plan.packDim) {
    tt::emitStrips(builder, loc, point.low, point.high, plan.lanes, 1, /*scalarTail=*/true, {},
                   [&](Strip strip, ValueRange) {
                     if (strip.lanes > 1)
                       emitPacked(point, strip.iv);
                     else
                       tt::emitFor(builder, loc, math.constant(0), sizeOf(*plan.packDim), 1, {},
                                   [&](OpFoldResult pack, ValueRange) {
                                     Point each = point;
                                     enter(each, *plan.packDim, pack);
                                     emitStrip(each, strip);
                                     return SmallVector<Value>();
                                   });
                     return SmallVector<Value>();
                   });
    return;
  }
  hoist(inside, inner);
  tt::emitStrips(builder, loc, point.low, point.high, plan.lanes, plan.unroll, plan.scalarTail, {},
                 [&](Strip strip, ValueRange) {
                   emitStrip(inside, strip);
                   return SmallVector<Value>();
                 });
}

/// One strip along a parallel loop: reads, computes and stores its elements, running all reductions for them.
void NestEmitter::emitStrip(const Point &point, const Strip &strip) {
  SmallVector<Point> points(strip.groups, point);
  if (plan.vectorDim)
    for (int64_t group = 0; group < strip.groups; ++group)
      enter(points[group], *plan.vectorDim, math.add(strip.iv, math.constant(group * strip.lanes)));
  SmallVector<Value> outputs;
  for (const Point &each : points)
    for (unsigned i = 0; i < numOutputs(); ++i)
      outputs.push_back(nest.accesses[numInputs() + i].isRead ? load(each, numInputs() + i, strip.lanes, strip.mask)
                                                              : Value());
  SmallVector<Value> results;
  if (plan.reductions.empty()) {
    SmallVector<SmallVector<Value>> inputs;
    for (const Point &each : points)
      inputs.push_back(loadInputs(each, strip));
    for (auto [group, each] : llvm::enumerate(points))
      results.append(
          emitBody(each, strip, inputs[group], ValueRange(outputs).slice(group * numOutputs(), numOutputs())));
  } else {
    for (auto [slot, value] : llvm::enumerate(outputs))
      if (!value) // never read, but carried by the reduction loops
        value = load(points[slot / numOutputs()], numInputs() + slot % numOutputs(), strip.lanes, strip.mask);
    for (Value &value : outputs)
      value = tt::broadcastTo(builder, loc, value, strip.lanes);
    results = emitReductions(0, points, strip, outputs);
  }
  for (auto [group, each] : llvm::enumerate(points))
    for (unsigned i = 0; i < numOutputs(); ++i)
      store(each, numInputs() + i, results[group * numOutputs() + i], strip.mask);
}

/// One vector of the vector loop for each element of the pack loop.
void NestEmitter::emitPacked(const Point &point, OpFoldResult iv) {
  int64_t count = *nest.dims[*plan.packDim].size.fixed();
  SmallVector<Point> points(count, point);
  for (auto [pack, each] : llvm::enumerate(points)) {
    enter(each, *plan.packDim, math.constant(pack));
    enter(each, *plan.vectorDim, iv);
  }
  auto packedIndex = [&](unsigned number, int64_t part) {
    Value first = indexAt(points.front(), nest.accesses[number], number, 0);
    return math.value(math.add(first, math.constant(part * plan.lanes)));
  };
  for (auto [number, access] : llvm::enumerate(nest.accesses)) {
    if (!access.isRead || !tt::isPacked(access, plan, nest))
      continue;
    SmallVector<Value> parts;
    for (int64_t part = 0; part < count; ++part)
      parts.push_back(tt::loadLanes(builder, loc, access.view, packedIndex(number, part), access.element, plan.lanes));
    for (auto [each, value] : llvm::zip(points, tt::deinterleave(builder, loc, parts)))
      each.loaded[number] = value;
  }
  Strip strip{iv, 1, plan.lanes, {}};
  SmallVector<SmallVector<Value>> results;
  for (const Point &each : points) {
    SmallVector<Value> outputs;
    for (unsigned i = 0; i < numOutputs(); ++i)
      outputs.push_back(nest.accesses[numInputs() + i].isRead ? load(each, numInputs() + i, plan.lanes, {}) : Value());
    results.push_back(emitBody(each, strip, loadInputs(each, strip), outputs));
  }
  for (unsigned i = 0; i < numOutputs(); ++i) {
    unsigned number = numInputs() + i;
    const LoopAccess &access = nest.accesses[number];
    SmallVector<Value> values = llvm::map_to_vector(results, [&](auto &each) { return each[i]; });
    if (!tt::isPacked(access, plan, nest)) {
      for (auto [each, value] : llvm::zip(points, values))
        store(each, number, value, {});
      continue;
    }
    for (auto [part, value] : llvm::enumerate(tt::interleave(builder, loc, values)))
      tt::storeLanes(builder, loc, access.view, packedIndex(number, part), value);
  }
}

SmallVector<Value> NestEmitter::emitReductions(unsigned level, const SmallVector<Point> &points, const Strip &strip,
                                               ValueRange carried) {
  if (level == plan.reductions.size()) {
    SmallVector<Point> inside = points;
    if (plan.vectorDim)
      hoist(inside.front(), *plan.vectorDim);
    SmallVector<Value> results;
    for (auto [group, each] : llvm::enumerate(inside)) {
      each.loaded = inside.front().loaded;
      results.append(emitBody(each, strip, loadInputs(each, strip), carried.slice(group * numOutputs(), numOutputs())));
    }
    return results;
  }
  unsigned dim = plan.reductions[level];
  return tt::emitFor(builder, loc, math.constant(0), sizeOf(dim), 1, carried, [&](OpFoldResult iv, ValueRange values) {
    SmallVector<Point> inside = points;
    for (Point &each : inside)
      enter(each, dim, iv);
    return emitReductions(level + 1, inside, strip, values);
  });
}

/// Vectors run along a contiguous reduction: several partial accumulators, folded at the end in a fixed order.
void NestEmitter::emitVectorReduction(Point point) {
  unsigned dim = *plan.vectorDim, outputs = numOutputs();
  SmallVector<Operation *> combiners;
  for (unsigned i = 0; i < outputs; ++i)
    combiners.push_back(tt::findCombiner(op, i));
  auto combine = [&](unsigned i, Value a, Value b) -> Value {
    OperationState state(loc, combiners[i]->getName(), {a, b}, {a.getType()}, combiners[i]->getAttrs());
    return builder.create(state)->getResult(0);
  };
  // Carried: `unroll` vectors per output, then one scalar per output (starting with the output's old value).
  SmallVector<Value> carried;
  for (int64_t group = 0; group < plan.unroll; ++group)
    for (unsigned i = 0; i < outputs; ++i) {
      TypedAttr neutral = *arith::getNeutralElement(combiners[i]);
      auto type = VectorType::get({plan.lanes}, neutral.getType());
      carried.push_back(arith::ConstantOp::create(builder, loc, type, DenseElementsAttr::get(type, neutral)));
    }
  for (unsigned i = 0; i < outputs; ++i)
    carried.push_back(load(point, numInputs() + i, 1, {}));
  size_t scalars = carried.size() - outputs;

  auto alongVector = [&](const Point &at, ValueRange init) {
    Point base = at;
    hoist(base, dim);
    return tt::emitStrips(builder, loc, math.constant(0), sizeOf(dim), plan.lanes, plan.unroll, plan.scalarTail, init,
                          [&](Strip strip, ValueRange values) {
                            SmallVector<Value> next(values);
                            for (int64_t group = 0; group < strip.groups; ++group) {
                              size_t slot = strip.lanes == 1 ? scalars : group * outputs;
                              Point each = base;
                              enter(each, dim, math.add(strip.iv, math.constant(group * strip.lanes)));
                              SmallVector<Value> results =
                                  emitBody(each, strip, loadInputs(each, strip), values.slice(slot, outputs));
                              for (auto [i, result] : llvm::enumerate(results)) {
                                if (strip.mask)
                                  result = arith::SelectOp::create(builder, loc, strip.mask, result, values[slot + i]);
                                next[slot + i] = result;
                              }
                            }
                            return next;
                          });
  };
  auto nestLoops = [&](auto &self, unsigned level, const Point &at, ValueRange init) -> SmallVector<Value> {
    if (level == plan.reductions.size())
      return alongVector(at, init);
    return tt::emitFor(builder, loc, math.constant(0), sizeOf(plan.reductions[level]), 1, init,
                       [&](OpFoldResult iv, ValueRange values) {
                         Point inside = at;
                         enter(inside, plan.reductions[level], iv);
                         return self(self, level + 1, inside, values);
                       });
  };
  SmallVector<Value> results = nestLoops(nestLoops, 0, point, carried);
  for (unsigned i = 0; i < outputs; ++i) {
    SmallVector<Value> partial;
    for (int64_t group = 0; group < plan.unroll; ++group)
      partial.push_back(results[group * outputs + i]);
    Value folded =
        tt::foldLanes(builder, loc, partial, [&](OpBuilder &, Value a, Value b) { return combine(i, a, b); });
    store(point, numInputs() + i, combine(i, results[scalars + i], folded), {});
  }
}

/// Emits the nest as chunks of rows if it is, or may turn out to be, large. Rows are the outermost loops, and blocks of
/// the vector loop where those are few.
bool NestEmitter::emitParallel(const Point &start) {
  if (!context || plan.isSequential)
    return false;
  int64_t work = plan.elementWork, knownRows = 1;
  for (const tt::LoopDim &dim : nest.dims)
    work = work * LoopNest::estimate(dim.size, 1 << 20) > (int64_t(1) << 40)
               ? int64_t(1) << 40
               : work * LoopNest::estimate(dim.size, 1 << 20);
  if (work < tt::parallelWork)
    return false;
  unsigned rowDims = 0;
  while (rowDims < plan.outer.size() && knownRows < enoughRows) {
    unsigned dim = plan.outer[rowDims++];
    int64_t turns = LoopNest::estimate(nest.dims[dim].size, 1);
    knownRows *= std::max<int64_t>(1, dim == plan.tileDim ? turns / plan.lanes : turns);
  }
  bool hasBlocks = plan.vectorDim && !plan.isVectorReduction && knownRows < enoughRows &&
                   LoopNest::estimate(nest.dims[*plan.vectorDim].size, INT64_MAX) > blockElements;
  if (rowDims == 0 && !hasBlocks)
    return false;
  OpFoldResult rows = math.constant(1), rowWork = math.constant(plan.elementWork), blocks = math.constant(1);
  for (auto [level, dim] : llvm::enumerate(plan.outer)) {
    OpFoldResult &factor = level < rowDims ? rows : rowWork;
    factor = math.mul(factor, turnsOf(dim));
  }
  if (plan.tileDim)
    rowWork = math.mul(rowWork, math.constant(plan.lanes));
  for (unsigned dim : plan.reductions)
    rowWork = math.mul(rowWork, sizeOf(dim));
  if (plan.packDim)
    rowWork = math.mul(rowWork, sizeOf(*plan.packDim));
  if (hasBlocks) {
    blocks = math.ceilDiv(sizeOf(*plan.vectorDim), math.constant(blockElements));
    rows = math.mul(rows, blocks);
    rowWork = math.mul(rowWork, math.constant(blockElements));
  } else if (plan.vectorDim) {
    rowWork = math.mul(rowWork, sizeOf(*plan.vectorDim));
  }
  tt::emitChunks(builder, loc, context, rows, rowWork, [&](OpFoldResult low, OpFoldResult high) {
    tt::emitFor(builder, loc, low, high, 1, {}, [&](OpFoldResult row, ValueRange) {
      Point point = start;
      OpFoldResult block = math.constant(0);
      if (hasBlocks) {
        block = rowDims == 0 ? row : math.rem(row, blocks);
        row = math.div(row, blocks);
      }
      SmallVector<OpFoldResult> ivs(rowDims);
      for (unsigned level = rowDims; level-- > 0;) {
        OpFoldResult size = turnsOf(plan.outer[level]);
        ivs[level] = level == 0 ? row : math.rem(row, size);
        if (level != 0)
          row = math.div(row, size);
      }
      if (hasBlocks) {
        point.low = math.mul(block, math.constant(blockElements));
        point.high = math.min(math.add(point.low, math.constant(blockElements)), sizeOf(*plan.vectorDim));
      }
      for (unsigned level = 0; level + 1 < rowDims; ++level)
        enter(point, plan.outer[level], ivs[level]);
      if (rowDims == 0)
        emitInner(point);
      else
        emitOuterTurn(rowDims - 1, point, ivs.back());
      return SmallVector<Value>();
    });
  });
  return true;
}

LogicalResult NestEmitter::emit() {
  Point start;
  start.ivs.assign(nest.dims.size(), math.constant(0));
  start.loaded.assign(nest.accesses.size(), Value());
  for (const LoopAccess &access : nest.accesses)
    start.indices.push_back(access.start);
  start.low = math.constant(0);
  start.high = plan.vectorDim ? sizeOf(*plan.vectorDim) : math.constant(1);
  if (!emitParallel(start))
    emitOuter(0, start);
  return failure(hasFailed);
}

LogicalResult tt::emitNest(OpBuilder &builder, const LoopNest &nest, const LoopPlan &plan, Value context) {
  return NestEmitter(builder, nest, plan, context).emit();
}
