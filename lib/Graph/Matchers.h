//===- Matchers.h - what the graph passes ask of constants ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Private to lib/Graph.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_GRAPH_MATCHERS_H
#define TT_LIB_GRAPH_MATCHERS_H

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/PatternMatch.h"

#include <optional>
#include <utility>

namespace tt::graph {

/// The type of a graph value.
inline mlir::RankedTensorType getTensorType(mlir::Value value) {
  return llvm::cast<mlir::RankedTensorType>(value.getType());
}

/// The element of a constant that has exactly one (of any rank), as double.
std::optional<double> getScalar(mlir::Value value);

/// True where `value` is a constant of one element that is `expected`, rounded once to the element type or to f32, with
/// a relative slack of two units in the last place of the element type (exporters round in different places).
bool isScalar(mlir::Value value, double expected);

/// The operands of `op` with the constant scalar `expected` taken away: the other operand, or null where neither is
/// that constant.
template <typename OpTy> mlir::Value otherThanScalar(OpTy op, double expected) {
  if (isScalar(op.getRhs(), expected))
    return op.getLhs();
  if (isScalar(op.getLhs(), expected))
    return op.getRhs();
  return {};
}

/// The values of a constant that broadcasts to a tensor of rank `rank` and varies along dimension `axis` alone: one
/// element per channel, a single element repeated. Nothing where `value` is no such constant.
std::optional<llvm::SmallVector<double>> getChannelValues(mlir::Value value, int64_t rank, int64_t axis,
                                                          int64_t channels);

/// A float constant of `type` whose element at position i (row-major) is `element(i)`, rounded once.
mlir::Value createFloatConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::RankedTensorType type,
                                llvm::function_ref<double(int64_t)> element);

/// A float constant of the type of `source` whose element at position i is `map(source[i], i)`, computed in double and
/// rounded once. Holds no copy of the elements besides the result.
mlir::Value mapFloatConstant(mlir::OpBuilder &builder, mlir::Location loc, mlir::ElementsAttr source,
                             llvm::function_ref<double(double, int64_t)> map);

/// Calls releaseIfUnused on the constants among `values` (null values and repetitions are fine).
void releaseConstants(mlir::ArrayRef<mlir::Value> values);

/// The location of `op` joined with those of the ops that nothing needs but `op`: what a pattern has matched, once the
/// op that takes its place exists.
mlir::Location getMatchedLoc(mlir::Operation *op);

/// Gives an op that takes the place of a matched one, at its location, the names of all that was matched
/// (getMatchedLoc).
struct NameKeeper : mlir::RewriterBase::Listener {
  void notifyOperationReplaced(mlir::Operation *op, mlir::ValueRange replacement) override;
};

/// If `op` has its operands in either order, calls `match(lhs, rhs)` and then `match(rhs, lhs)` until one returns true.
template <typename OpTy, typename Match> bool matchEitherOrder(OpTy op, Match match) {
  return match(op.getLhs(), op.getRhs()) || match(op.getRhs(), op.getLhs());
}

} // namespace tt::graph

#endif // TT_LIB_GRAPH_MATCHERS_H
