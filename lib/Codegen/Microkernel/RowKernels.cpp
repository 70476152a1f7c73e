//===- RowKernels.cpp - kernels that work row by row ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "RowKernels.h"

#include "VectorBody.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using tt::Strip;

/// Rows of up to so many elements are handled `lanes` at a time, one vector per column.
static constexpr int64_t maxShortRow = 8;

namespace {

/// A buffer as rows of its last dimension.
struct RowBuffer {
  Value view;
  Type element;
  SmallVector<OpFoldResult> sizes;   ///< of the leading dimensions
  SmallVector<OpFoldResult> strides; ///< of the leading dimensions, in elements
  bool isDense = false;              ///< row r starts at r times the row's length
};

/// Emits the passes over the rows of a kernel op; all methods work at the builder's place.
class RowEmitter {
public:
  RowEmitter(OpBuilder &builder, Operation *op, const tt::LoopTarget &target)
      : builder(builder), op(op), loc(op->getLoc()), target(target), math{builder, loc} {}

  /// Checks the types and finds sizes; errors name the op.
  LogicalResult setUp(Value input, Value init);
  FailureOr<Value> setUpColumns(Value buffer, StringRef name);
  /// Calls `body` for each row, in chunks; `work` is the cost of one element. Where `block` is given, it is called for
  /// each `lanes` neighbouring rows, and `body` for the rest.
  void forEachRow(int64_t work, llvm::function_ref<void()> body, llvm::function_ref<void()> block = {});
  /// The length of short rows that lie behind each other, so that `lanes` of them are a few vectors; else 0.
  int64_t shortLength();
  /// The columns of the block's rows: one vector per column.
  SmallVector<Value> loadBlock();
  void storeBlock(ArrayRef<Value> columns);

  Value loadInput(const Strip &strip) { return load(input, inputBase, strip); }
  Value loadOutput(const Strip &strip) { return load(output, outputBase, strip); }
  Value loadColumn(Value view, const Strip &strip);
  void storeOutput(const Strip &strip, Value value);
  /// Folds `compute(strip)` over the row, starting at `neutral`.
  Value reduce(double neutral, llvm::function_ref<Value(Strip)> compute, tt::Combine combine);
  void forEachStrip(int64_t unroll, llvm::function_ref<void(Strip)> body);

  Value constant(double value) { return constant(value, computeType); }
  Value constant(double value, Type type);
  Value splat(Value scalar, const Strip &strip) { return tt::broadcastTo(builder, loc, scalar, strip.lanes); }
  Value rowLength();

  OpBuilder &builder;
  Operation *op;
  Location loc;
  const tt::LoopTarget &target;
  tt::IndexMath math;
  RowBuffer input, output;
  Type computeType; ///< f32, or f64 for f64 buffers
  OpFoldResult length;
  int64_t lanes = 1;
  bool scalarTail = false;

private:
  FailureOr<RowBuffer> view(Value buffer, StringRef name);
  OpFoldResult rowStart(const RowBuffer &buffer, OpFoldResult row);
  Value load(const RowBuffer &buffer, OpFoldResult base, const Strip &strip);
  Value widen(Value value);

  OpFoldResult inputBase, outputBase;
};

} // namespace

FailureOr<RowBuffer> RowEmitter::view(Value buffer, StringRef name) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type)
    return op->emitError() << "needs buffers, but " << name << " is " << buffer.getType() << "; bufferize first";
  if (type.getRank() == 0 || !isa<Float32Type, Float64Type, Float16Type, BFloat16Type>(type.getElementType()))
    return op->emitError() << "needs floating-point rows, but " << name << " is " << type;
  auto [strides, offset] = type.getStridesAndOffset();
  if (strides.back() != 1 && type.getShape().back() != 1)
    return op->emitError() << "needs a contiguous last dimension, but " << name << " is " << type
                           << "; copy it to a dense buffer first";
  RowBuffer rows;
  rows.element = type.getElementType();
  rows.isDense = type.getLayout().isIdentity();
  rows.view = tt::flatten(builder, loc, buffer);
  memref::ExtractStridedMetadataOp metadata;
  for (int64_t d = 0; d + 1 < type.getRank(); ++d) {
    rows.sizes.push_back(type.isDynamicDim(d) ? OpFoldResult(memref::DimOp::create(builder, loc, buffer, d).getResult())
                                              : math.constant(type.getDimSize(d)));
    if (rows.isDense)
      continue;
    if (ShapedType::isDynamic(strides[d]) && !metadata)
      metadata = memref::ExtractStridedMetadataOp::create(builder, loc, buffer);
    rows.strides.push_back(ShapedType::isDynamic(strides[d]) ? OpFoldResult(metadata.getStrides()[d])
                                                             : math.constant(strides[d]));
  }
  return rows;
}

LogicalResult RowEmitter::setUp(Value inputBuffer, Value init) {
  FailureOr<RowBuffer> in = view(inputBuffer, "the input"), out = view(init, "the destination");
  if (failed(in) || failed(out))
    return failure();
  input = *in;
  output = *out;
  auto inType = cast<MemRefType>(inputBuffer.getType()), outType = cast<MemRefType>(init.getType());
  if (inType.getRank() != outType.getRank())
    return op->emitError() << "needs buffers of one rank, but has " << inType << " and " << outType;
  computeType = inType.getElementType().isF64() || outType.getElementType().isF64() ? Type(builder.getF64Type())
                                                                                    : Type(builder.getF32Type());
  lanes = computeType.isF64() ? target.lanes / 2 : target.lanes;
  for (Type type : {input.element, output.element})
    scalarTail |= !target.hasMaskedAccess(tt::elementBytes(type));
  int64_t last = inType.getRank() - 1;
  bool fromOutput = inType.isDynamicDim(last) && !outType.isDynamicDim(last);
  MemRefType known = fromOutput ? outType : inType;
  length = known.isDynamicDim(last) ? OpFoldResult(memref::DimOp::create(builder, loc, inputBuffer, last).getResult())
                                    : math.constant(known.getDimSize(last));
  return success();
}

FailureOr<Value> RowEmitter::setUpColumns(Value buffer, StringRef name) {
  auto type = dyn_cast<MemRefType>(buffer.getType());
  if (!type || type.getRank() != 1 || type.getStridesAndOffset().first.front() != 1)
    return op->emitError() << "needs a contiguous 1-D buffer as " << name << ", but it is " << buffer.getType();
  scalarTail |= !target.hasMaskedAccess(tt::elementBytes(type.getElementType()));
  return tt::flatten(builder, loc, buffer);
}

OpFoldResult RowEmitter::rowStart(const RowBuffer &buffer, OpFoldResult row) {
  if (buffer.isDense)
    return math.mul(row, length);
  OpFoldResult start = math.constant(0);
  for (size_t d = buffer.sizes.size(); d-- > 0;) {
    OpFoldResult index = d == 0 ? row : math.rem(row, buffer.sizes[d]);
    if (d != 0)
      row = math.div(row, buffer.sizes[d]);
    start = math.add(start, math.mul(index, buffer.strides[d]));
  }
  return start;
}

void RowEmitter::forEachRow(int64_t work, llvm::function_ref<void()> body, llvm::function_ref<void()> block) {
  OpFoldResult rows = math.constant(1);
  for (OpFoldResult size : input.sizes)
    rows = math.mul(rows, size);
  OpFoldResult rowWork = math.mul(length, math.constant(work));
  tt::emitChunks(builder, loc, tt::getParallelContext(op), rows, rowWork, [&](OpFoldResult low, OpFoldResult high) {
    tt::emitStrips(builder, loc, low, high, block ? lanes : 1, 1, /*scalarTail=*/true, {},
                   [&](Strip strip, ValueRange) {
                     inputBase = rowStart(input, strip.iv);
                     outputBase = rowStart(output, strip.iv);
                     strip.lanes > 1 ? block() : body();
                     return SmallVector<Value>();
                   });
  });
}

int64_t RowEmitter::shortLength() {
  std::optional<int64_t> fixed = getConstantIntValue(length);
  return fixed && *fixed <= maxShortRow && input.isDense && output.isDense ? *fixed : 0;
}

SmallVector<Value> RowEmitter::loadBlock() {
  SmallVector<Value> parts;
  for (int64_t part = 0; part < shortLength(); ++part)
    parts.push_back(loadInput(Strip{math.constant(part * lanes), 1, lanes, {}}));
  return tt::deinterleave(builder, loc, parts);
}

void RowEmitter::storeBlock(ArrayRef<Value> columns) {
  for (auto [part, value] : llvm::enumerate(tt::interleave(builder, loc, columns)))
    storeOutput(Strip{math.constant(part * lanes), 1, lanes, {}}, value);
}

Value RowEmitter::widen(Value value) {
  auto vectorType = dyn_cast<VectorType>(value.getType());
  Type wanted = tt::laneType(computeType, vectorType ? vectorType.getNumElements() : 1);
  return value.getType() == wanted ? value : arith::ExtFOp::create(builder, loc, wanted, value).getResult();
}

Value RowEmitter::load(const RowBuffer &buffer, OpFoldResult base, const Strip &strip) {
  Value index = math.value(math.add(base, strip.iv));
  return widen(tt::loadLanes(builder, loc, buffer.view, index, buffer.element, strip.lanes, strip.mask));
}

Value RowEmitter::loadColumn(Value view, const Strip &strip) {
  Type element = cast<MemRefType>(view.getType()).getElementType();
  return widen(tt::loadLanes(builder, loc, view, math.value(strip.iv), element, strip.lanes, strip.mask));
}

void RowEmitter::storeOutput(const Strip &strip, Value value) {
  if (output.element != computeType)
    value = arith::TruncFOp::create(builder, loc, tt::laneType(output.element, strip.lanes), value);
  tt::storeLanes(builder, loc, output.view, math.value(math.add(outputBase, strip.iv)), value, strip.mask);
}

Value RowEmitter::constant(double value, Type type) {
  FloatAttr scalar = builder.getFloatAttr(getElementTypeOrSelf(type), value);
  if (auto shaped = dyn_cast<ShapedType>(type))
    return arith::ConstantOp::create(builder, loc, shaped, DenseElementsAttr::get(shaped, scalar));
  return arith::ConstantOp::create(builder, loc, scalar);
}

Value RowEmitter::rowLength() {
  if (std::optional<int64_t> fixed = getConstantIntValue(length))
    return constant(static_cast<double>(*fixed));
  Value integer = arith::IndexCastOp::create(builder, loc, builder.getI64Type(), math.value(length));
  return arith::SIToFPOp::create(builder, loc, computeType, integer);
}

/// Calls `body` for every vector of the row: `unroll` single-vector strips at a time.
void RowEmitter::forEachStrip(int64_t unroll, llvm::function_ref<void(Strip)> body) {
  tt::emitStrips(builder, loc, math.constant(0), length, lanes, unroll, scalarTail, {}, [&](Strip strip, ValueRange) {
    for (int64_t group = 0; group < strip.groups; ++group)
      body(Strip{math.add(strip.iv, math.constant(group * strip.lanes)), 1, strip.lanes, strip.mask});
    return SmallVector<Value>();
  });
}

Value RowEmitter::reduce(double neutral, llvm::function_ref<Value(Strip)> compute, tt::Combine combine) {
  int64_t unroll = 4;
  if (std::optional<int64_t> fixed = getConstantIntValue(length))
    while (unroll > 1 && *fixed < unroll * lanes)
      unroll /= 2;
  SmallVector<Value> carried(unroll, constant(neutral, VectorType::get({lanes}, computeType)));
  if (scalarTail)
    carried.push_back(constant(neutral));
  SmallVector<Value> results = tt::emitStrips(
      builder, loc, math.constant(0), length, lanes, unroll, scalarTail, carried, [&](Strip strip, ValueRange values) {
        SmallVector<Value> next(values);
        for (int64_t group = 0; group < strip.groups; ++group) {
          Value &slot = strip.lanes == 1 ? next.back() : next[group];
          Strip each{math.add(strip.iv, math.constant(group * strip.lanes)), 1, strip.lanes, strip.mask};
          Value combined = combine(builder, slot, compute(each));
          slot = strip.mask ? arith::SelectOp::create(builder, loc, strip.mask, combined, slot).getResult() : combined;
        }
        return next;
      });
  Value tail = scalarTail ? results.pop_back_val() : Value();
  Value folded = tt::foldLanes(builder, loc, results, combine);
  return tail ? combine(builder, tail, folded) : folded;
}

//===-- Softmax
//-----------------------------------------------------------------------------------------------------===//

LogicalResult tt::emitSoftmaxRows(RewriterBase &rewriter, SoftmaxRowsOp op, const LoopTarget &target) {
  RowEmitter rows(rewriter, op, target);
  if (failed(rows.setUp(op.getInput(), op.getInit())))
    return failure();
  Location loc = op.getLoc();
  auto add = [&](OpBuilder &b, Value x, Value y) -> Value { return arith::AddFOp::create(b, loc, x, y); };
  // One instruction, which drops NaN: a NaN in the row still reaches every result through the sum.
  auto maximum = [&](OpBuilder &b, Value x, Value y) -> Value {
    Value isGreater = arith::CmpFOp::create(b, loc, arith::CmpFPredicate::OGT, x, y);
    return arith::SelectOp::create(b, loc, isGreater, x, y);
  };
  // Exponentials are kept in the output between the passes unless that would round them to 16 bits.
  bool keepsExponentials = !op.getLog() && rows.output.element == rows.computeType;
  auto oneRow = [&] {
    Value top = rows.reduce(-INFINITY, [&](Strip strip) { return rows.loadInput(strip); }, maximum);
    auto centred = [&](Strip strip) -> Value {
      return arith::SubFOp::create(rewriter, loc, rows.loadInput(strip), rows.splat(top, strip));
    };
    Value total = rows.reduce(
        0.0,
        [&](Strip strip) -> Value {
          Value exponential = math::ExpOp::create(rewriter, loc, centred(strip));
          if (keepsExponentials)
            rows.storeOutput(strip, exponential);
          return exponential;
        },
        add);
    Value change = op.getLog() ? math::LogOp::create(rewriter, loc, total).getResult()
                               : arith::DivFOp::create(rewriter, loc, rows.constant(1.0), total).getResult();
    rows.forEachStrip(keepsExponentials ? 4 : 1, [&](Strip strip) {
      Value by = rows.splat(change, strip), value;
      if (op.getLog())
        value = arith::SubFOp::create(rewriter, loc, centred(strip), by);
      else if (keepsExponentials)
        value = arith::MulFOp::create(rewriter, loc, rows.loadOutput(strip), by);
      else
        value = arith::MulFOp::create(rewriter, loc, math::ExpOp::create(rewriter, loc, centred(strip)), by);
      rows.storeOutput(strip, value);
    });
  };
  auto shortRows = [&] {
    SmallVector<Value> columns = rows.loadBlock(), exponentials;
    Value top = columns.front();
    for (Value column : ArrayRef(columns).drop_front())
      top = maximum(rewriter, top, column);
    Value total;
    for (Value &column : columns) {
      column = arith::SubFOp::create(rewriter, loc, column, top);
      exponentials.push_back(math::ExpOp::create(rewriter, loc, column));
      total = total ? add(rewriter, total, exponentials.back()) : exponentials.back();
    }
    Value change = op.getLog()
                       ? math::LogOp::create(rewriter, loc, total).getResult()
                       : arith::DivFOp::create(rewriter, loc, rows.constant(1.0, total.getType()), total).getResult();
    for (auto [column, exponential] : llvm::zip(columns, exponentials))
      column = op.getLog() ? arith::SubFOp::create(rewriter, loc, column, change).getResult()
                           : arith::MulFOp::create(rewriter, loc, exponential, change).getResult();
    rows.storeBlock(columns);
  };
  constexpr int64_t work = 8;
  if (rows.shortLength() > 0)
    rows.forEachRow(work, oneRow, shortRows);
  else
    rows.forEachRow(work, oneRow);
  rewriter.eraseOp(op);
  return success();
}

//===-- Layer and RMS normalization
//---------------------------------------------------------------------------------===//

LogicalResult tt::emitNormRows(RewriterBase &rewriter, NormRowsOp op, const LoopTarget &target) {
  RowEmitter rows(rewriter, op, target);
  if (failed(rows.setUp(op.getInput(), op.getInit())))
    return failure();
  FailureOr<Value> scale = rows.setUpColumns(op.getScale(), "scale");
  FailureOr<Value> bias = op.getBias() ? rows.setUpColumns(op.getBias(), "bias") : FailureOr<Value>(Value());
  if (failed(scale) || failed(bias))
    return failure();
  Location loc = op.getLoc();
  bool isLayer = op.getKind() == NormKind::Layer;
  auto add = [&](OpBuilder &b, Value x, Value y) -> Value { return arith::AddFOp::create(b, loc, x, y); };
  Value count = rows.rowLength();
  rows.forEachRow(/*work=*/3, [&] {
    Value mean;
    if (isLayer) {
      Value sum = rows.reduce(0.0, [&](Strip strip) { return rows.loadInput(strip); }, add);
      mean = arith::DivFOp::create(rewriter, loc, sum, count);
    }
    auto centred = [&](Strip strip) -> Value {
      Value x = rows.loadInput(strip);
      return mean ? arith::SubFOp::create(rewriter, loc, x, rows.splat(mean, strip)).getResult() : x;
    };
    Value squares = rows.reduce(
        0.0,
        [&](Strip strip) -> Value {
          Value x = centred(strip);
          return arith::MulFOp::create(rewriter, loc, x, x);
        },
        add);
    Value variance = arith::DivFOp::create(rewriter, loc, squares, count);
    Value epsilon = rows.constant(op.getEpsilon().convertToDouble());
    Value deviation = math::SqrtOp::create(rewriter, loc, arith::AddFOp::create(rewriter, loc, variance, epsilon));
    Value factor = arith::DivFOp::create(rewriter, loc, rows.constant(1.0), deviation);
    rows.forEachStrip(4, [&](Strip strip) {
      Value value = arith::MulFOp::create(rewriter, loc, centred(strip), rows.splat(factor, strip));
      value = arith::MulFOp::create(rewriter, loc, value, rows.loadColumn(*scale, strip));
      if (*bias)
        value = arith::AddFOp::create(rewriter, loc, value, rows.loadColumn(*bias, strip));
      rows.storeOutput(strip, value);
    });
  });
  rewriter.eraseOp(op);
  return success();
}
