//===- Reduction.cpp - reductions, positions and running sums -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Reductions ------------------------------------------------------------------------------------------------===//

namespace {
struct ReductionArguments {
  Value x;
  Ints axes;
  bool keepDims;
  /// No axes were given, and `noop_with_empty_axes` asks for the operand itself.
  bool isNoop;
};
} // namespace

/// Reads the arguments of a reduction. `axes` became an input in opset 13 (ReduceSum) or 18 (the others).
static ReductionArguments getReductionArguments(NodeImporter &node, int axesInputOpset) {
  ReductionArguments arguments;
  arguments.x = node.input(0);
  arguments.keepDims = node.getFlag("keepdims", true);
  int64_t rank = node.rank(arguments.x);
  Ints axes;
  if (node.getOpset() < axesInputOpset)
    axes = node.getInts("axes", {});
  else if (Value input = node.optionalInput(1); input && node.size(input, 0) != 0)
    axes = node.constantInts(input, "axes");
  arguments.isNoop = axes.empty() && node.getFlag("noop_with_empty_axes", false);
  arguments.axes = axes.empty() && !arguments.isNoop ? range(0, rank) : node.normalizeAxes(axes, rank);
  return arguments;
}

/// A reduction `after(reduce(before(x)))`. Where nothing is reduced, `before` and `after` still apply.
static LogicalResult importReduction(NodeImporter &node, ReduceKind kind, int axesInputOpset,
                                     llvm::function_ref<Value(Value)> before = nullptr,
                                     llvm::function_ref<Value(Value)> after = nullptr) {
  ReductionArguments arguments = getReductionArguments(node, axesInputOpset);
  Value value = before ? before(arguments.x) : arguments.x;
  if (!arguments.axes.empty())
    value = node.reduce(kind, value, arguments.axes, arguments.keepDims);
  return node.yield(after ? after(value) : value);
}

LogicalResult tt::onnx_import::importReduceMax(NodeImporter &node) {
  return importReduction(node, ReduceKind::Max, 18);
}
LogicalResult tt::onnx_import::importReduceMean(NodeImporter &node) {
  return importReduction(node, ReduceKind::Mean, 18);
}
LogicalResult tt::onnx_import::importReduceMin(NodeImporter &node) {
  return importReduction(node, ReduceKind::Min, 18);
}
LogicalResult tt::onnx_import::importReduceProd(NodeImporter &node) {
  return importReduction(node, ReduceKind::Prod, 18);
}
LogicalResult tt::onnx_import::importReduceSum(NodeImporter &node) {
  return importReduction(node, ReduceKind::Sum, 13);
}

LogicalResult tt::onnx_import::importReduceL1(NodeImporter &node) {
  return importReduction(node, ReduceKind::Sum, 18, [&](Value x) { return node.create<AbsOp>(x); });
}
LogicalResult tt::onnx_import::importReduceL2(NodeImporter &node) {
  return importReduction(
      node, ReduceKind::Sum, 18, [&](Value x) { return node.mul(x, x); },
      [&](Value sum) { return node.create<SqrtOp>(sum); });
}
LogicalResult tt::onnx_import::importReduceSumSquare(NodeImporter &node) {
  return importReduction(node, ReduceKind::Sum, 18, [&](Value x) { return node.mul(x, x); });
}
LogicalResult tt::onnx_import::importReduceLogSum(NodeImporter &node) {
  return importReduction(node, ReduceKind::Sum, 18, nullptr, [&](Value sum) { return node.create<LogOp>(sum); });
}

LogicalResult tt::onnx_import::importReduceLogSumExp(NodeImporter &node) {
  // ln(sum(e^(x - m))) + m with m = max(x), limited to finite values so that x - m is no NaN for infinite x.
  ReductionArguments arguments = getReductionArguments(node, 18);
  Value x = arguments.x;
  if (arguments.isNoop)
    return node.yield(x);
  auto floatType = dyn_cast<FloatType>(node.elementType(x));
  if (!floatType)
    return node.fail("integers are not supported; cast to float");
  double largest = APFloat::getLargest(floatType.getFloatSemantics()).convertToDouble();
  Value max = node.reduce(ReduceKind::Max, x, arguments.axes, /*keepDims=*/true);
  max = node.create<ClipOp>(max, node.scalarLike(x, -largest), node.scalarLike(x, largest));
  Value sum = node.reduce(ReduceKind::Sum, node.create<ExpOp>(node.sub(x, max)), arguments.axes, /*keepDims=*/true);
  Value result = node.add(node.create<LogOp>(sum), max);
  return node.yield(arguments.keepDims ? result : node.squeeze(result, arguments.axes));
}

//===- Positions -------------------------------------------------------------------------------------------------===//

static LogicalResult importArgReduction(NodeImporter &node, ArgKind kind) {
  Value x = node.input(0);
  int64_t axis = node.normalizeAxis(node.getInt("axis", 0), node.rank(x));
  bool keepDims = node.getFlag("keepdims", true), selectLast = node.getFlag("select_last_index", false);
  return node.yield(node.create<ArgReduceOp>(x, kind, axis, keepDims, selectLast));
}

LogicalResult tt::onnx_import::importArgMax(NodeImporter &node) { return importArgReduction(node, ArgKind::Max); }
LogicalResult tt::onnx_import::importArgMin(NodeImporter &node) { return importArgReduction(node, ArgKind::Min); }

LogicalResult tt::onnx_import::importTopK(NodeImporter &node) {
  // Unsorted results (`sorted` = 0) may have any order, so sorted ones are right as well.
  Value x = node.input(0);
  Value k = node.getOpset() < 10 ? node.ints({node.getInt("k", 0)}) : node.input(1);
  int64_t axis = node.normalizeAxis(node.getInt("axis", -1), node.rank(x));
  return node.yield(node.createMany<TopKOp>(2, x, k, axis, node.getFlag("largest", true)));
}

//===- Running sums ----------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importCumSum(NodeImporter &node) {
  Value x = node.input(0), axisInput = node.input(1);
  int64_t rank = node.rank(x);
  bool exclusive = node.getFlag("exclusive", false), reverse = node.getFlag("reverse", false);
  auto sumAlong = [&](int64_t axis) { return node.create<CumSumOp>(x, axis, exclusive, reverse); };
  Ints axes;
  if (node.hasFailed() || getConstantInts(axisInput, axes))
    return node.yield(sumAlong(axes.empty() ? 0 : node.normalizeAxis(axes.front(), rank)));
  // An axis that is computed at run time chooses among the sums along all axes.
  Value axis = node.toScalar(axisInput), result = sumAlong(0);
  for (int64_t i = 1; i < rank; ++i) {
    Value isFront = node.create<EqualOp>(axis, node.scalarLike(axis, i));
    Value isBack = node.create<EqualOp>(axis, node.scalarLike(axis, i - rank));
    result = node.create<WhereOp>(node.create<OrOp>(isFront, isBack), sumAlong(i), result);
  }
  return node.yield(result);
}
