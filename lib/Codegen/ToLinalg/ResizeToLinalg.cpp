//===- ResizeToLinalg.cpp - resize, one dimension after the other ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Gather.h"
#include "ResizeTaps.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

namespace {
/// One dimension of a resize: sizes, scale as f64 where known, and the run-time values where not.
struct Dim {
  int64_t index;
  OpFoldResult in, out;
  bool hasScale = false;       ///< whether the scale was given, not the size
  std::optional<double> scale; ///< known now
  Value scaleValue;            ///< f64 scalar, where not known now
  double start = 0, end = 1;   ///< region of tf_crop_and_resize, where known now
  Value startValue, endValue;  ///< f64 scalars, where not known now

  bool isStatic() const { return scale && getConstantIntValue(in) && getConstantIntValue(out) && !startValue; }
  int64_t getOutputs() const { return *getConstantIntValue(out); }
  ResizeDim<double> getKnown() const {
    double size = *getConstantIntValue(in);
    return {size, hasScale ? size * *scale : double(getOutputs()), *scale, start, end};
  }
};

/// Per tap a position vector (i64) and a weight vector over the result positions.
struct Taps {
  SmallVector<Value> positions, weights;
};
} // namespace

static Value toF64(Lowering &l, ScalarBuilder &s, OpFoldResult size) {
  if (std::optional<int64_t> known = getConstantIntValue(size))
    return s.makeConstant(s.builder.getF64Type(), double(*known));
  Type i64 = s.builder.getI64Type();
  return s.cast(s.make<arith::IndexCastOp>(i64, cast<Value>(size)), i64, s.builder.getF64Type());
}

/// Checks that a vector that is given at run time has `length` elements.
static LogicalResult checkLength(Lowering &l, Value vector, int64_t length, const Twine &what) {
  return l.checkEqual(l.getSize(l.get(vector), 0), l.index(length), what);
}

/// floor(in * scale), computed in f32; that it is a size is checked.
static Value makeScaledSize(Lowering &l, ScalarBuilder &s, OpFoldResult in, Value factor) {
  Type f32 = l.builder.getF32Type(), i64 = l.builder.getI64Type();
  Value size = s.mul(s.cast(toF64(l, s, in), l.builder.getF64Type(), f32), factor);
  auto isBetween = [&](arith::CmpFPredicate predicate, double bound) -> Value {
    return arith::CmpFOp::create(l.builder, l.loc, predicate, size, s.makeConstant(f32, bound));
  };
  Value fits = arith::AndIOp::create(l.builder, l.loc, isBetween(arith::CmpFPredicate::OGE, 0.0),
                                     isBetween(arith::CmpFPredicate::OLT, 9.0e18));
  l.check(fits, "needs scales that make sizes from 0 to 2^63");
  return s.make<arith::IndexCastOp>(l.builder.getIndexType(), s.cast(size, f32, i64));
}

/// The sizes and scales of all dimensions.
static FailureOr<SmallVector<Dim>> getDims(tt::ResizeOp op, Lowering &l, ArrayRef<OpFoldResult> have) {
  auto declared = cast<RankedTensorType>(op.getResult().getType());
  ScalarBuilder s(l.builder, l.loc);
  Type f64 = l.builder.getF64Type();
  SmallVector<double> scales, roi;
  bool knowsScales = op.getScales() && tt::getConstantFloats(op.getScales(), scales);
  bool isCropped = op.getCoord() == tt::CoordMode::TfCropAndResize;
  bool knowsRoi = isCropped && tt::getConstantFloats(op.getRoi(), roi);
  FailureOr<Sizes> targets = Sizes();
  if (op.getSizes() && failed(targets = l.getIndices(op.getSizes())))
    return failure();
  SmallVector<Dim> dims;
  int64_t rank = have.size();
  if (op.getScales() && !knowsScales && failed(checkLength(l, op.getScales(), rank, "needs one scale per dimension")))
    return failure();
  if (isCropped && !knowsRoi && failed(checkLength(l, op.getRoi(), 2 * rank, "needs two roi bounds per dimension")))
    return failure();
  for (int64_t i = 0; i < rank; ++i) {
    Dim dim;
    dim.index = i;
    dim.in = have[i];
    dim.hasScale = bool(op.getScales());
    if (knowsRoi) {
      dim.start = roi[i];
      dim.end = roi[rank + i];
    } else if (isCropped) {
      auto getBorder = [&](int64_t position) {
        Value border = tensor::ExtractOp::create(l.builder, l.loc, l.get(op.getRoi()), l.value(l.index(position)));
        return s.cast(border, border.getType(), f64);
      };
      dim.startValue = getBorder(i);
      dim.endValue = getBorder(rank + i);
    }
    bool isKnown = !declared.isDynamicDim(i);
    if (op.getSizes()) {
      dim.out = isKnown ? l.index(declared.getDimSize(i)) : (*targets)[i];
      if (!Lowering::isSize(dim.out)) {
        Value zero = l.value(l.index(0)), size = l.value(dim.out);
        l.check(arith::CmpIOp::create(l.builder, l.loc, arith::CmpIPredicate::sge, size, zero),
                "needs sizes of 0 or more");
      }
      std::optional<int64_t> in = getConstantIntValue(dim.in), out = getConstantIntValue(dim.out);
      if (l.areEqual({dim.in}, {dim.out}))
        dim.scale = 1;
      else if (in && out)
        dim.scale = *in == 0 ? 1 : double(*out) / double(*in);
      else
        dim.scaleValue = s.div(toF64(l, s, dim.out), toF64(l, s, dim.in));
      dims.push_back(dim);
      continue;
    }
    if (knowsScales) {
      dim.scale = scales[i];
    } else {
      Value scale = tensor::ExtractOp::create(l.builder, l.loc, l.get(op.getScales()), l.value(l.index(i)));
      dim.scaleValue = s.cast(scale, scale.getType(), f64);
    }
    if (isKnown) {
      dim.out = l.index(declared.getDimSize(i));
    } else if (dim.scale == 1.0) {
      dim.out = have[i];
    } else {
      Type f32 = l.builder.getF32Type();
      Value factor = dim.scale ? s.makeConstant(f32, *dim.scale) : s.cast(dim.scaleValue, f64, f32);
      dim.out = makeScaledSize(l, s, dim.in, factor);
    }
    dims.push_back(dim);
  }
  return dims;
}

/// The operand position of each result position in mode nearest; empty where only known at run time.
static SmallVector<int64_t> getNearestPositions(tt::ResizeOp op, const Dim &dim) {
  SmallVector<int64_t> positions;
  if (!dim.isStatic())
    return positions;
  ResizeDim<double> d = dim.getKnown();
  for (int64_t o = 0; o < dim.getOutputs(); ++o)
    positions.push_back(int64_t(getNearest(op.getNearest(), getCoordinate(op.getCoord(), double(o), d), d)));
  return positions;
}

static Value makeVector(Lowering &l, ArrayRef<int64_t> values) {
  return tt::createShapeConstant(l.builder, l.loc, values);
}

/// A vector over the result positions whose elements are computed at run time from the coordinate.
static Value makeComputed(Lowering &l, tt::ResizeOp op, const Dim &dim, Type element,
                          llvm::function_ref<Symbol(Symbol, const ResizeDim<Symbol> &)> compute) {
  return l.makeParallel({}, {}, dim.out, element, [&](ScalarBuilder &s, ValueRange) {
    Type f64 = s.builder.getF64Type(), i64 = s.builder.getI64Type();
    auto constant = [&](double value) { return Symbol{&s, s.makeConstant(f64, value)}; };
    Symbol in{&s, toF64(l, s, dim.in)};
    Symbol scale = dim.scale ? constant(*dim.scale) : Symbol{&s, dim.scaleValue};
    ResizeDim<Symbol> d{in, dim.hasScale ? in * scale : Symbol{&s, toF64(l, s, dim.out)}, scale,
                        dim.startValue ? Symbol{&s, dim.startValue} : constant(dim.start),
                        dim.endValue ? Symbol{&s, dim.endValue} : constant(dim.end)};
    Value position = s.make<arith::IndexCastOp>(i64, linalg::IndexOp::create(s.builder, s.loc, 0));
    Symbol o{&s, s.cast(position, i64, f64)};
    return s.cast(compute(getCoordinate(op.getCoord(), o, d), d).v, f64, element);
  });
}

/// Positions and weights of modes linear and cubic.
static Taps getTaps(tt::ResizeOp op, Lowering &l, const Dim &dim, Type weightType) {
  Taps taps;
  double cubicA = op.getCubicA().convertToDouble();
  bool excludeOutside = op.getExcludeOutside();
  int64_t count = getTapCount(op.getMode());
  Type i64 = l.builder.getI64Type();
  if (!dim.isStatic()) {
    for (int64_t tap = 0; tap < count; ++tap) {
      taps.positions.push_back(makeComputed(l, op, dim, i64, [&](Symbol x, const ResizeDim<Symbol> &d) {
        SmallVector<Symbol> positions;
        getWeights(op.getMode(), x, d, cubicA, excludeOutside, positions);
        return clampPosition(positions[tap], d);
      }));
      taps.weights.push_back(makeComputed(l, op, dim, weightType, [&](Symbol x, const ResizeDim<Symbol> &d) {
        SmallVector<Symbol> positions;
        return getWeights(op.getMode(), x, d, cubicA, excludeOutside, positions)[tap];
      }));
    }
    return taps;
  }
  ResizeDim<double> d = dim.getKnown();
  int64_t outputs = dim.getOutputs();
  for (int64_t tap = 0; tap < count; ++tap) {
    SmallVector<int64_t> positions;
    SmallVector<double> weights;
    for (int64_t o = 0; o < outputs; ++o) {
      SmallVector<double> all;
      double x = getCoordinate(op.getCoord(), double(o), d);
      weights.push_back(getWeights(op.getMode(), x, d, cubicA, excludeOutside, all)[tap]);
      positions.push_back(int64_t(clampPosition(all[tap], d)));
    }
    taps.positions.push_back(makeVector(l, positions));
    bool isDouble = weightType.isF64();
    taps.weights.push_back(tt::createConstant(
        l.builder, l.loc, RankedTensorType::get(outputs, weightType), [&](MutableArrayRef<char> bytes) {
          for (auto [o, weight] : llvm::enumerate(weights)) {
            float narrow = float(weight);
            if (isDouble)
              std::memcpy(bytes.data() + o * sizeof(double), &weight, sizeof(double));
            else
              std::memcpy(bytes.data() + o * sizeof(float), &narrow, sizeof(float));
          }
        }));
  }
  return taps;
}

/// out[o, m, i] = sum over taps of weight[m] * input[o, position[m], i]. Long inner slices are combined as a whole, one
/// m after the other; short ones element by element.
static Value makeWeightedSum(Lowering &l, Value input, const Taps &taps, OpFoldResult outputs) {
  Sizes have = l.getSizes(input), wanted{have[0], outputs, have[2]};
  Type element = getElementTypeOrSelf(input);
  std::optional<int64_t> inner = getConstantIntValue(have[2]);
  size_t count = taps.positions.size();
  Type index = l.builder.getIndexType();
  if (inner && *inner < 16) {
    SmallVector<Value> inputs(taps.positions);
    inputs.append(taps.weights);
    SmallVector<AffineMap> maps(inputs.size(), AffineMap::get(3, 0, l.builder.getAffineDimExpr(1)));
    return l.makeParallel(inputs, maps, wanted, element, [&](ScalarBuilder &s, ValueRange x) {
      Value outer = linalg::IndexOp::create(s.builder, s.loc, 0), last = linalg::IndexOp::create(s.builder, s.loc, 2);
      Value sum;
      for (size_t tap = 0; tap < count; ++tap) {
        Value at = s.make<arith::IndexCastOp>(index, x[tap]);
        Value term =
            s.mul(tensor::ExtractOp::create(s.builder, s.loc, input, ValueRange{outer, at, last}), x[count + tap]);
        sum = sum ? s.add(sum, term) : term;
      }
      return sum;
    });
  }
  Value init = l.makeEmpty(wanted, element), zero = l.value(l.index(0)), one = l.value(l.index(1));
  Sizes slab{have[0], l.index(1), have[2]}, ones(3, l.index(1));
  auto loop = scf::ForOp::create(
      l.builder, l.loc, zero, l.value(outputs), one, init, [&](OpBuilder &b, Location loc, Value m, ValueRange out) {
        ScalarBuilder s(b, loc);
        auto getOffsets = [&](Value at) { return Sizes{b.getIndexAttr(0), at, b.getIndexAttr(0)}; };
        SmallVector<Value> slices, weights;
        for (size_t tap = 0; tap < count; ++tap) {
          Value position = tensor::ExtractOp::create(b, loc, taps.positions[tap], m);
          Value at = s.make<arith::IndexCastOp>(index, position);
          slices.push_back(tensor::ExtractSliceOp::create(b, loc, input, getOffsets(at), slab, ones));
          weights.push_back(tensor::ExtractOp::create(b, loc, taps.weights[tap], m));
        }
        Value target = tensor::ExtractSliceOp::create(b, loc, out[0], getOffsets(m), slab, ones);
        SmallVector<AffineMap> maps(count + 1, b.getMultiDimIdentityMap(3));
        SmallVector<utils::IteratorType> iterators(3, utils::IteratorType::parallel);
        auto sum = linalg::GenericOp::create(b, loc, target.getType(), slices, target, maps, iterators,
                                             [&](OpBuilder &inside, Location where, ValueRange x) {
                                               ScalarBuilder body(inside, where);
                                               Value total = body.mul(x[0], weights[0]);
                                               for (size_t tap = 1; tap < count; ++tap)
                                                 total = body.add(total, body.mul(x[tap], weights[tap]));
                                               linalg::YieldOp::create(inside, where, total);
                                             });
        Value next = tensor::InsertSliceOp::create(b, loc, sum.getResult(0), out[0], getOffsets(m), slab, ones);
        scf::YieldOp::create(b, loc, next);
      });
  return l.setSizes(loop.getResult(0), wanted);
}

/// Nearest positions o / f: the elements are repeated f times. Returns f, or 0.
static int64_t getRepetition(ArrayRef<int64_t> positions, const Dim &dim) {
  std::optional<int64_t> in = getConstantIntValue(dim.in);
  if (positions.empty() || !in || *in == 0 || int64_t(positions.size()) % *in != 0)
    return 0;
  int64_t factor = positions.size() / *in;
  for (auto [o, position] : llvm::enumerate(positions))
    if (position != int64_t(o) / factor)
      return 0;
  return factor;
}

/// `tensor` seen as OxAxI around dimension `dim`.
static Value flattenAround(Lowering &l, Value tensor, int64_t dim) {
  Sizes sizes = l.getSizes(tensor);
  return l.makeReshape(
      tensor, {l.product(ArrayRef(sizes).take_front(dim)), sizes[dim], l.product(ArrayRef(sizes).drop_front(dim + 1))});
}

static Value resizeNearest(tt::ResizeOp op, Lowering &l, Value value, ArrayRef<Dim> dims) {
  // All dimensions that repeat elements at once, as a broadcast along new dimensions.
  Sizes have = l.getSizes(value), spread, target, repeated = have;
  SmallVector<const Dim *> rest;
  for (const Dim &dim : dims) {
    SmallVector<int64_t> positions = getNearestPositions(op, dim);
    int64_t factor = getRepetition(positions, dim);
    spread.push_back(have[dim.index]);
    target.push_back(have[dim.index]);
    if (factor > 1) {
      spread.push_back(l.index(1));
      target.push_back(l.index(factor));
      repeated[dim.index] = dim.out;
    } else if (factor == 0 && !(dim.scale == 1.0 && op.getCoord() != tt::CoordMode::TfCropAndResize)) {
      rest.push_back(&dim);
    }
  }
  value = l.makeReshape(l.makeBroadcast(l.makeReshape(value, spread), target), repeated);
  for (const Dim *dim : rest) {
    SmallVector<int64_t> positions = getNearestPositions(op, *dim);
    Value indices = dim->isStatic()
                        ? makeVector(l, positions)
                        : makeComputed(l, op, *dim, l.builder.getI64Type(), [&](Symbol x, const ResizeDim<Symbol> &d) {
                            return getNearest(op.getNearest(), x, d);
                          });
    Sizes wanted = l.getSizes(value);
    wanted[dim->index] = dim->out;
    value = l.makeReshape(makeGather(l, flattenAround(l, value, dim->index), indices), wanted);
  }
  return value;
}

static Value resizeWeighted(tt::ResizeOp op, Lowering &l, Value value, ArrayRef<Dim> dims) {
  Type element = getElementTypeOrSelf(value);
  for (const Dim &dim : dims) {
    if (dim.scale == 1.0 && l.areEqual({dim.in}, {dim.out}) && op.getCoord() != tt::CoordMode::TfCropAndResize)
      continue;
    Taps taps = getTaps(op, l, dim, element);
    Sizes wanted = l.getSizes(value);
    wanted[dim.index] = dim.out;
    value = l.makeReshape(makeWeightedSum(l, flattenAround(l, value, dim.index), taps, dim.out), wanted);
  }
  return value;
}

/// Result elements whose coordinate lies outside the operand take the extrapolation value (tf_crop_and_resize).
static FailureOr<Value> extrapolate(tt::ResizeOp op, Lowering &l, Value value, ArrayRef<Dim> dims) {
  Type f32 = l.builder.getF32Type(), element = getElementTypeOrSelf(value);
  int64_t rank = dims.size();
  for (const Dim &dim : dims) {
    Value outside = makeComputed(l, op, dim, f32, [](Symbol x, const ResizeDim<Symbol> &d) {
      Symbol one = like(x, 1), zero = like(x, 0);
      return choose(either(x < zero, d.in - one < x), one, zero);
    });
    Sizes sizes(rank - dim.index, l.index(1));
    sizes[0] = dim.out;
    double replacement = op.getExtrapolation().convertToDouble();
    FailureOr<Value> next =
        l.makeElementwise({value, l.makeReshape(outside, sizes)}, element, [&](ScalarBuilder &s, ValueRange x) {
          return s.select(s.less(s.makeConstant(f32, 0), x[1]), s.makeConstant(element, replacement), x[0]);
        });
    if (failed(next))
      return failure();
    value = *next;
  }
  return value;
}

static LogicalResult lowerResize(tt::ResizeOp op, Lowering &l) {
  Value value = l.get(op.getInput());
  Type element = getElementTypeOrSelf(value);
  FailureOr<SmallVector<Dim>> dims = getDims(op, l, l.getSizes(value));
  if (failed(dims))
    return failure();
  if (op.getMode() == tt::ResizeMode::Nearest) {
    value = resizeNearest(op, l, value, *dims);
  } else {
    Type graph = getElementTypeOrSelf(op.getInput().getType());
    Type compute = element.isF64() ? element : Type(l.builder.getF32Type());
    auto convert = [&](Value tensor, Type from, Type to, Type lowered) -> Value {
      if (from == to)
        return tensor;
      return *l.makeElementwise(tensor, lowered,
                                [&](ScalarBuilder &s, ValueRange x) { return s.cast(x[0], from, to); });
    };
    value = convert(value, graph, compute, compute);
    value = convert(resizeWeighted(op, l, value, *dims), compute, graph, element);
  }
  if (op.getCoord() == tt::CoordMode::TfCropAndResize) {
    FailureOr<Value> extrapolated = extrapolate(op, l, value, *dims);
    if (failed(extrapolated))
      return failure();
    value = *extrapolated;
  }
  l.set(op.getResult(), value);
  return success();
}

void tt::tolinalg::addResizeHandlers(HandlerTable &table) { table.add(lowerResize); }
