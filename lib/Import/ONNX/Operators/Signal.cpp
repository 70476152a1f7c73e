//===- Signal.cpp - Fourier transforms and determinants -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// A transform of length L is a product with the matrices cos(2 pi j k / L) and sin(2 pi j k / L).
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include "llvm/ADT/bit.h"

#include <map>
#include <numbers>

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Fourier transforms ----------------------------------------------------------------------------------------===//

/// The transform along the second to last dimension of `x`, [..., n, 1 or 2], of `length` (an i64 scalar) values;
/// behind n these are zeros.
static Value transform(NodeImporter &node, Value x, Value length, bool isInverse, bool isOneSided) {
  Type i64 = node.getBuilder().getI64Type();
  int64_t rank = node.rank(x), parts = node.size(x, rank - 1);
  if (parts != 1 && parts != 2 && !node.hasFailed()) {
    (void)node.fail("needs a last dimension of size 1 (real) or 2 (complex), but found " + node.describeType(x));
    return {};
  }
  Value zero = node.scalar(i64, 0), one = node.scalar(i64, 1);
  Value lengthVector = node.reshape(length, {1});
  // The sums are made in f64: parts that cancel leave no more than a result of that precision does.
  Type element = node.elementType(x);
  x = node.cast(x, node.getBuilder().getF64Type());
  // Cut to the length, then filled up to it.
  Value n = node.shape(x, rank - 2, rank - 1);
  Ints known;
  bool isWhole = !node.hasFailed() && getConstantInts(lengthVector, known) && known.front() == node.size(x, rank - 2);
  if (!isWhole) {
    x = node.create<SliceOp>(x, node.ints({0}), lengthVector, ArrayRef<int64_t>{rank - 2}, ArrayRef<int64_t>{1});
    Value missing = node.create<MaxOp>(node.sub(lengthVector, n), node.ints({0}));
    Value pads = node.concat({node.ints(Ints(2 * rank - 2, 0)), missing, node.ints({0})}, 0);
    x = node.create<PadOp>(x, pads, Value(), PadMode::Constant);
  }
  Value outputs = isOneSided ? node.add(node.div(length, node.scalar(i64, 2)), one) : length;
  Value j = node.unsqueeze(node.create<RangeOp>(zero, length, one), {1});
  Value k = node.unsqueeze(node.create<RangeOp>(zero, outputs, one), {0});
  // The product modulo L keeps the angle exact.
  Value turn = node.cast(node.create<ModOp>(node.mul(j, k), length), node.elementType(x));
  Value span = node.cast(length, node.elementType(x));
  Value angle = node.div(node.mul(turn, node.scalarLike(x, 2 * std::numbers::pi)), span);
  Value cosine = node.create<CosOp>(angle), sine = node.create<SinOp>(angle);
  auto getPart = [&](int64_t part) { // [..., L], as rows of a product
    return node.squeeze(node.slice(x, rank - 1, part, part + 1), {rank - 1});
  };
  auto multiply = [&](Value value, Value matrix) { return node.create<MatMulOp>(value, matrix); };
  Value real = getPart(0), imaginary = parts == 2 ? getPart(1) : Value();
  Value realResult = multiply(real, cosine), imaginaryResult = multiply(real, sine);
  // e^(-i angle) forwards, e^(i angle) backwards
  if (!isInverse)
    imaginaryResult = node.create<NegOp>(imaginaryResult);
  if (imaginary) {
    Value crossed = multiply(imaginary, sine), straight = multiply(imaginary, cosine);
    realResult = isInverse ? node.sub(realResult, crossed) : node.add(realResult, crossed);
    imaginaryResult = node.add(imaginaryResult, straight);
  }
  Value result =
      node.concat({node.unsqueeze(realResult, {rank - 1}), node.unsqueeze(imaginaryResult, {rank - 1})}, rank - 1);
  return node.cast(isInverse ? node.div(result, span) : result, element);
}

/// The `length` elements of the spectrum of a real signal whose first ones are `half` ([..., m, 2]): behind the middle
/// come the conjugates, in reverse; what `half` lacks is 0.
static Value mirrorHalf(NodeImporter &node, Value half, Value length) {
  Type i64 = node.getBuilder().getI64Type();
  int64_t rank = node.rank(half);
  if (node.size(half, rank - 1) != 2) {
    (void)node.fail("onesided 1 with inverse 1 needs complex input, but found " + node.describeType(half));
    return {};
  }
  Value zero = node.scalar(i64, 0), one = node.scalar(i64, 1), m = node.toScalar(node.shape(half, rank - 2, rank - 1));
  Value place = node.create<RangeOp>(zero, length, one);
  Value isFirst = node.create<LessEqualOp>(place, node.div(length, node.scalar(i64, 2)));
  Value source = node.create<WhereOp>(isFirst, place, node.sub(length, place));
  Value isThere = node.unsqueeze(node.create<LessOp>(source, m), {1});
  Value values = node.create<GatherOp>(half, node.create<MinOp>(source, node.sub(m, one)), rank - 2);
  Value nothing = node.scalarLike(half, 0), plus = node.scalarLike(half, 1), minus = node.scalarLike(half, -1);
  Value sign = node.unsqueeze(node.create<WhereOp>(isFirst, plus, minus), {1});
  sign = node.concat({node.create<ExpandOp>(plus, node.shape(sign)), sign}, 1);
  return node.create<WhereOp>(isThere, node.mul(values, sign), nothing);
}

LogicalResult tt::onnx_import::importDFT(NodeImporter &node) {
  Value x = node.input(0), lengthInput = node.optionalInput(1);
  if (node.hasFailed())
    return failure();
  int64_t rank = node.rank(x), axis = node.getInt("axis", 1);
  if (node.getOpset() >= 20) {
    axis = -2;
    if (Value axisInput = node.optionalInput(2)) {
      Ints axes = node.constantInts(axisInput, "axis");
      axis = axes.empty() ? -2 : axes.front();
    }
  }
  axis = node.normalizeAxis(axis, rank);
  bool isInverse = node.getFlag("inverse", false), isOneSided = node.getFlag("onesided", false);
  if (axis == rank - 1)
    return node.fail("the axis must not be the last one, which holds real and imaginary parts");
  Ints perm = range(0, rank);
  std::swap(perm[axis], perm[rank - 2]);
  Value moved = axis == rank - 2 ? x : node.transpose(x, perm);
  Value size = node.shape(x, axis, axis + 1); // of half a spectrum: n / 2 + 1
  if (isInverse && isOneSided)
    size = node.mul(node.sub(size, node.ints({1})), node.ints({2}));
  Value length = node.toScalar(lengthInput ? lengthInput : size);
  length = node.cast(length, node.getBuilder().getI64Type());
  if (isInverse && isOneSided)
    moved = mirrorHalf(node, moved, length);
  Value y = transform(node, moved, length, isInverse, isOneSided && !isInverse);
  if (isInverse && isOneSided)
    y = node.slice(y, rank - 1, 0, 1); // the result is real
  return node.yield(axis == rank - 2 ? y : node.transpose(y, perm));
}

LogicalResult tt::onnx_import::importSTFT(NodeImporter &node) {
  // Frames are gathered, multiplied by the window and transformed.
  Value signal = node.input(0), step = node.input(1), window = node.optionalInput(2);
  Value lengthInput = node.optionalInput(3);
  if (node.hasFailed())
    return failure();
  if (!window && !lengthInput)
    return node.fail("needs a window or a frame_length");
  Type i64 = node.getBuilder().getI64Type();
  step = node.cast(node.toScalar(step), i64);
  Value length = node.cast(node.toScalar(lengthInput ? lengthInput : node.shape(window, 0, 1)), i64);
  if (node.rank(signal) == 2)
    signal = node.unsqueeze(signal, {2});
  Value size = node.toScalar(node.shape(signal, 1, 2)), zero = node.scalar(i64, 0), one = node.scalar(i64, 1);
  Value count = node.add(node.div(node.sub(size, length), step), one);
  Value start = node.mul(node.create<RangeOp>(zero, count, one), step);
  Value index = node.add(node.unsqueeze(start, {1}), node.create<RangeOp>(zero, length, one));
  Value frames = node.create<GatherOp>(signal, index, 1); // B, frames, length, parts
  if (window)
    frames = node.mul(frames, node.unsqueeze(window, {1}));
  return node.yield(transform(node, frames, length, /*isInverse=*/false, node.getFlag("onesided", true)));
}

//===- Determinants ----------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importDet(NodeImporter &node) {
  Value x = node.input(0);
  int64_t rank = node.rank(x), n = node.size(x, rank - 1);
  if (node.hasFailed())
    return failure();
  if (rank < 2 || ShapedType::isDynamic(n) || n < 1 || n > 4 || node.size(x, rank - 2) != n)
    return node.fail("needs square matrices of 1 to 4 rows, but found " + node.describeType(x));
  // Expanded along the rows; `minors` holds the determinants of the last rows by their set of columns.
  auto at = [&](int64_t row, int64_t column) {
    Value cut = node.slice(node.slice(x, rank - 2, row, row + 1), rank - 1, column, column + 1);
    return node.squeeze(cut, {rank - 2, rank - 1});
  };
  std::map<unsigned, Value> minors{{0, Value()}};
  for (int64_t row = n - 1; row >= 0; --row) {
    std::map<unsigned, Value> larger;
    for (unsigned columns = 0; columns < 1u << n; ++columns) {
      if (popcount(columns) != n - row)
        continue;
      Value sum;
      bool isNegative = false;
      for (int64_t column = 0; column < n; ++column) {
        if (!(columns >> column & 1))
          continue;
        Value minor = minors[columns & ~(1u << column)], term = at(row, column);
        term = minor ? node.mul(term, minor) : term;
        sum = !sum ? term : isNegative ? node.sub(sum, term) : node.add(sum, term);
        isNegative = !isNegative;
      }
      larger[columns] = sum;
    }
    minors = std::move(larger);
  }
  return node.yield(minors.begin()->second);
}
