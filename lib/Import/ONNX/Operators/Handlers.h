//===- Handlers.h - one function per ONNX operator -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Declares the handlers and checks that Operators.def names, and what the operator families share.
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_OPERATORS_HANDLERS_H
#define TT_IMPORT_ONNX_OPERATORS_HANDLERS_H

#include "../Operators.h"

#include "tt/Dialect/IR/Constants.h"

namespace tt::onnx_import {

#define TT_ONNX_OPERATOR(DOMAIN, NAME, FIRST, LAST, HANDLER, CHECK) mlir::LogicalResult HANDLER(NodeImporter &node);
#define TT_ONNX_CHECK(CHECK) void CHECK(NodeAttributes &node);
#include "Operators.def"

/// Reports a value of a string attribute that is not one of `supported`.
void requireOneOf(NodeAttributes &node, llvm::StringRef attribute, llvm::StringRef defaultValue,
                  llvm::ArrayRef<llvm::StringLiteral> supported);

/// Reports an int attribute that has another value than `needed`.
void requireInt(NodeAttributes &node, llvm::StringRef attribute, int64_t defaultValue, int64_t needed);

/// Both, where neither is null, combined by `Op`; else the one that is there.
template <typename Op> mlir::Value combine(NodeImporter &node, mlir::Value x, mlir::Value y) {
  return x && y ? node.create<Op>(x, y) : x ? x : y;
}

/// The window of a convolution or pooling: one element per spatial dimension, two of `pads` (all begins, then all
/// ends).
struct Window {
  Ints kernel, strides, dilations, pads;
};

/// Reports windows that do not fit the input NxCx(spatial); returns whether everything is right so far. Ignores `pads`.
bool checkWindow(NodeImporter &node, const Window &window, mlir::Value input);

/// The result of a node with the inputs x, filter and bias of Conv.
mlir::Value makeNodeConv(NodeImporter &node);

/// The positions, in order, at which `mask` (rank 1, i1) is true, as i64.
mlir::Value findPositions(NodeImporter &node, mlir::Value mask);

/// The window of a convolution of `input` with `filter`, with pads, or nothing after an error.
std::optional<Window> getConvWindow(NodeImporter &node, mlir::Value input, mlir::Value filter);

/// Pools `x`, NxCx(spatial), with the node's window.
mlir::Value makePool(NodeImporter &node, mlir::Value x, PoolKind kind, bool countPads);

/// Makes a window of one dimension two-dimensional with a unit height, and returns whether it did; the input then has
/// to get a dimension of size 1 at place 2.
bool addUnitHeight(Window &window);

/// Whether row + k = column, as an i1 matrix; `rows` and `columns` are i64 tensors with one element.
mlir::Value makeDiagonalMask(NodeImporter &node, mlir::Value rows, mlir::Value columns, int64_t k);

/// For axes that are computed at run time: whether each of the dimensions 0 to rank - 1 is one of them, as i64 0 or 1.
mlir::Value flagAxes(NodeImporter &node, mlir::Value axes, int64_t rank);

/// `x` without the `count` dimensions (of size 1) that `isAxis` (one i1 for each dimension) says.
mlir::Value dropAxes(NodeImporter &node, mlir::Value x, mlir::Value isAxis, int64_t count);

/// Padding of a window operator (convolution, pooling) in ONNX order: all begins, then all ends. Reads auto_pad and
/// pads. `input` is NxCx(spatial).
Ints getWindowPads(NodeImporter &node, mlir::Value input, llvm::ArrayRef<int64_t> kernel,
                   llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> dilations);

/// `x - mean` and the variance over `axes`, in f32 or wider; both with kept dimensions.
struct Moments {
  mlir::Value mean, centered, variance;
};
Moments getMoments(NodeImporter &node, mlir::Value x, llvm::ArrayRef<int64_t> axes);

/// [first, end) as a vector.
inline Ints range(int64_t first, int64_t end) {
  return llvm::to_vector(llvm::seq<int64_t>(first, std::max(first, end)));
}

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_OPERATORS_HANDLERS_H
