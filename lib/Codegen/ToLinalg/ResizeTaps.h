//===- ResizeTaps.h - which elements a resized element is made of ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The formulas of ONNX Resize along one dimension, written once for numbers known now (double) and for numbers known at
// run time (Symbol). Source: the ONNX operator specification, Resize-13 and later.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLINALG_RESIZETAPS_H
#define TT_LIB_CODEGEN_TOLINALG_RESIZETAPS_H

#include "Lowering.h"

#include <cmath>

namespace tt::tolinalg {

/// An f64 (or, as a condition, i1) value of the IR with arithmetic.
struct Symbol {
  ScalarBuilder *s;
  mlir::Value v;
};

inline Symbol operator+(Symbol x, Symbol y) { return {x.s, x.s->add(x.v, y.v)}; }
inline Symbol operator-(Symbol x, Symbol y) { return {x.s, x.s->sub(x.v, y.v)}; }
inline Symbol operator*(Symbol x, Symbol y) { return {x.s, x.s->mul(x.v, y.v)}; }
inline Symbol operator/(Symbol x, Symbol y) { return {x.s, x.s->div(x.v, y.v)}; }
inline Symbol operator<(Symbol x, Symbol y) { return {x.s, x.s->less(x.v, y.v)}; }
inline Symbol like(Symbol x, double value) { return {x.s, x.s->makeConstant(x.v.getType(), value)}; }
inline Symbol roundDown(Symbol x) { return {x.s, x.s->make<mlir::math::FloorOp>(x.v)}; }
inline Symbol roundUp(Symbol x) { return {x.s, x.s->make<mlir::math::CeilOp>(x.v)}; }
inline Symbol choose(Symbol c, Symbol x, Symbol y) { return {x.s, x.s->select(c.v, x.v, y.v)}; }
inline Symbol either(Symbol x, Symbol y) { return {x.s, x.s->make<mlir::arith::OrIOp>(x.v, y.v)}; }
inline double like(double, double value) { return value; }
inline double roundDown(double x) { return std::floor(x); }
inline double roundUp(double x) { return std::ceil(x); }
inline double choose(bool c, double x, double y) { return c ? x : y; }
inline bool either(bool x, bool y) { return x || y; }

/// What is known about one resized dimension. `length` is the result's size before rounding (in * scale where a scale
/// is given, as ONNX's reference has it), `start` and `end` are the region of tf_crop_and_resize.
template <typename T> struct ResizeDim {
  T in, length, scale, start, end;
};

/// The position in the operand that belongs to position `o` of the result.
template <typename T> T getCoordinate(tt::CoordMode mode, T o, const ResizeDim<T> &d) {
  T half = like(o, 0.5), one = like(o, 1), zero = like(o, 0);
  T centred = (o + half) / d.scale - half;
  switch (mode) {
  case tt::CoordMode::HalfPixel:
    return centred;
  case tt::CoordMode::HalfPixelSymmetric: {
    T adjustment = roundDown(d.length) / (d.scale * d.in);
    return d.in * half * (one - adjustment) + centred;
  }
  case tt::CoordMode::PytorchHalfPixel:
    return choose(one < roundDown(d.length), centred, zero);
  case tt::CoordMode::AlignCorners: {
    // The divisor is kept off 0; the quotient is not used there.
    T steps = choose(one < d.length, d.length - one, one);
    return choose(one < d.length, o * (d.in - one) / steps, zero);
  }
  case tt::CoordMode::Asymmetric:
    return o / d.scale;
  case tt::CoordMode::TfCropAndResize: {
    T steps = choose(one < d.length, d.length - one, one);
    T first = d.start * (d.in - one);
    return choose(one < d.length, first + o * (d.end - d.start) * (d.in - one) / steps,
                  half * (d.start + d.end) * (d.in - one));
  }
  }
  return centred;
}

/// `x` limited to the positions of the operand.
template <typename T> T clampPosition(T x, const ResizeDim<T> &d) {
  T zero = like(x, 0), last = d.in - like(x, 1);
  x = choose(last < x, last, x);
  return choose(x < zero, zero, x);
}

/// The nearest position of mode nearest.
template <typename T> T getNearest(tt::NearestMode mode, T x, const ResizeDim<T> &d) {
  T half = like(x, 0.5);
  switch (mode) {
  case tt::NearestMode::RoundPreferFloor:
    return clampPosition(roundUp(x - half), d);
  case tt::NearestMode::RoundPreferCeil:
    return clampPosition(roundDown(x + half), d);
  case tt::NearestMode::Floor:
    return clampPosition(roundDown(x), d);
  case tt::NearestMode::Ceil:
    return clampPosition(roundUp(x), d);
  }
  return x;
}

/// Number of operand elements that one result element is made of along a dimension.
inline int64_t getTapCount(tt::ResizeMode mode) {
  return mode == tt::ResizeMode::Cubic ? 4 : mode == tt::ResizeMode::Linear ? 2 : 1;
}

/// Keys' cubic weight at distance `t` (0 <= t < 2) with parameter `a`.
template <typename T> T getCubicWeight(T t, double a, bool isInner) {
  auto c = [&](double value) { return like(t, value); };
  if (isInner)
    return ((c(a + 2) * t - c(a + 3)) * t) * t + c(1);
  return ((c(a) * t - c(5 * a)) * t + c(8 * a)) * t - c(4 * a);
}

/// The weights of the taps at floor(x) - first, ..., in order; with `excludeOutside`, those outside the operand are 0
/// and the others are scaled to sum 1. Returns the unclamped positions in `positions`.
template <typename T>
llvm::SmallVector<T> getWeights(tt::ResizeMode mode, T x, const ResizeDim<T> &d, double cubicA, bool excludeOutside,
                                llvm::SmallVectorImpl<T> &positions) {
  T base = roundDown(x), fraction = x - base, one = like(x, 1), zero = like(x, 0);
  llvm::SmallVector<T> weights;
  int64_t taps = getTapCount(mode), first = taps == 4 ? -1 : 0;
  for (int64_t tap = 0; tap < taps; ++tap)
    positions.push_back(base + like(x, double(first + tap)));
  if (taps == 1) {
    weights.push_back(one);
  } else if (taps == 2) {
    weights.append({one - fraction, fraction});
  } else {
    weights.append({getCubicWeight(fraction + one, cubicA, false), getCubicWeight(fraction, cubicA, true),
                    getCubicWeight(one - fraction, cubicA, true),
                    getCubicWeight(like(x, 2) - fraction, cubicA, false)});
  }
  if (!excludeOutside)
    return weights;
  T sum = zero;
  for (auto [weight, position] : llvm::zip_equal(weights, positions)) {
    weight = choose(either(position < zero, d.in - one < position), zero, weight);
    sum = sum + weight;
  }
  for (T &weight : weights)
    weight = weight / sum;
  return weights;
}

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_RESIZETAPS_H
