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
  /// Where the axes are computed at run time: for each dimension whether it is one (i1), and their number.
  Value isAxis;
  int64_t numAxes = 0;
};
} // namespace

/// Reads the arguments of a reduction. `axes` became an input in opset 13 (ReduceSum) or 18 (the others).
static ReductionArguments getReductionArguments(NodeImporter &node, int axesInputOpset) {
  ReductionArguments arguments;
  arguments.x = node.input(0);
  arguments.keepDims = node.getFlag("keepdims", true);
  int64_t rank = node.rank(arguments.x);
  Ints axes;
  if (node.getOpset() < axesInputOpset) {
    axes = node.getInts("axes", {});
  } else if (Value input = node.optionalInput(1); input && node.size(input, 0) != 0 && !getConstantInts(input, axes)) {
    arguments.numAxes = node.size(input, 0);
    if (ShapedType::isDynamic(arguments.numAxes))
      (void)node.fail("the number of axes must be known");
    arguments.isAxis = node.cast(flagAxes(node, input, rank), node.getBuilder().getI1Type());
    arguments.isNoop = false;
    return arguments;
  }
  arguments.isNoop = axes.empty() && node.getFlag("noop_with_empty_axes", false);
  arguments.axes = axes.empty() && !arguments.isNoop ? range(0, rank) : node.normalizeAxes(axes, rank);
  return arguments;
}

/// Makes of a value another one whose dimensions `axes` have size 1.
using KeepingReduction = llvm::function_ref<Value(Value, ArrayRef<int64_t>)>;

/// Reduces `value`, of the operand's shape; keeps the dimensions. Axes of the run are reduced one after the other.
static Value reduceKept(NodeImporter &node, const ReductionArguments &arguments, Value value, KeepingReduction reduce) {
  if (!arguments.isAxis)
    return arguments.axes.empty() ? value : reduce(value, arguments.axes);
  for (int64_t i = 0; i < node.rank(arguments.x) && !node.hasFailed(); ++i) {
    Value isThis = node.toScalar(node.slice(arguments.isAxis, 0, i, i + 1));
    value =
        node.choose(isThis, value, [&](Value inner) { return reduce(inner, {i}); }, [&](Value inner) { return inner; });
  }
  return value;
}

static Value reduceKept(NodeImporter &node, const ReductionArguments &arguments, Value value, ReduceKind kind) {
  bool isMean = arguments.isAxis && kind == ReduceKind::Mean;
  Value result = reduceKept(node, arguments, value, [&](Value x, ArrayRef<int64_t> axes) {
    return node.reduce(isMean ? ReduceKind::Sum : kind, x, axes, /*keepDims=*/true);
  });
  if (!isMean)
    return result;
  Value one = node.scalar(node.getBuilder().getI64Type(), 1);
  Value sizes = node.create<WhereOp>(arguments.isAxis, node.shape(arguments.x), one);
  Value count = node.reduce(ReduceKind::Prod, sizes, {0}, /*keepDims=*/false);
  return node.div(result, node.cast(count, node.elementType(value)));
}

/// Removes the reduced dimensions where the node asks for that.
static Value dropReduced(NodeImporter &node, const ReductionArguments &arguments, Value value) {
  if (arguments.keepDims)
    return value;
  return arguments.isAxis ? dropAxes(node, value, arguments.isAxis, arguments.numAxes)
                          : node.squeeze(value, arguments.axes);
}

/// A reduction `after(reduce(before(x)))`. Where nothing is reduced, `before` and `after` still apply.
static LogicalResult importReduction(NodeImporter &node, ReduceKind kind, int axesInputOpset,
                                     llvm::function_ref<Value(Value)> before = nullptr,
                                     llvm::function_ref<Value(Value)> after = nullptr) {
  ReductionArguments arguments = getReductionArguments(node, axesInputOpset);
  Value value = before ? before(arguments.x) : arguments.x;
  if (arguments.isAxis)
    value = dropReduced(node, arguments, reduceKept(node, arguments, value, kind));
  else if (!arguments.axes.empty())
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
  Value kept = reduceKept(node, arguments, x, [&](Value value, ArrayRef<int64_t> axes) {
    Value max = node.reduce(ReduceKind::Max, value, axes, /*keepDims=*/true);
    max = node.create<ClipOp>(max, node.scalarLike(x, -largest), node.scalarLike(x, largest));
    Value sum = node.reduce(ReduceKind::Sum, node.create<ExpOp>(node.sub(value, max)), axes, /*keepDims=*/true);
    return node.add(node.create<LogOp>(sum), max);
  });
  return node.yield(dropReduced(node, arguments, kept));
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

/// Runs along the axis that input 1 names. One that is computed at run time chooses among the results for all axes.
static LogicalResult importRunning(NodeImporter &node, llvm::function_ref<Value(int64_t)> runAlong) {
  Value x = node.input(0), axisInput = node.input(1);
  int64_t rank = node.rank(x);
  Ints axes;
  if (node.hasFailed() || getConstantInts(axisInput, axes))
    return node.yield(runAlong(axes.empty() ? 0 : node.normalizeAxis(axes.front(), rank)));
  Value axis = node.toScalar(axisInput), result = runAlong(0);
  for (int64_t i = 1; i < rank; ++i) {
    Value isFront = node.create<EqualOp>(axis, node.scalarLike(axis, i));
    Value isBack = node.create<EqualOp>(axis, node.scalarLike(axis, i - rank));
    result = node.create<WhereOp>(node.create<OrOp>(isFront, isBack), runAlong(i), result);
  }
  return node.yield(result);
}

LogicalResult tt::onnx_import::importCumSum(NodeImporter &node) {
  bool exclusive = node.getFlag("exclusive", false), reverse = node.getFlag("reverse", false);
  return importRunning(node,
                       [&](int64_t axis) { return node.create<CumSumOp>(node.input(0), axis, exclusive, reverse); });
}

LogicalResult tt::onnx_import::importCumProd(NodeImporter &node) {
  // A loop over the positions of the axis carries the product and yields it as a row.
  Value x = node.input(0);
  bool exclusive = node.getFlag("exclusive", false), reverse = node.getFlag("reverse", false);
  Type i64 = node.getBuilder().getI64Type();
  return importRunning(node, [&](int64_t axis) -> Value {
    Value count = node.toScalar(node.shape(x, axis, axis + 1)), one = node.scalarLike(x, 1);
    Ints others = range(0, node.rank(x));
    others.erase(others.begin() + axis);
    SmallVector<Value> sizes = map_to_vector(others, [&](int64_t i) { return node.shape(x, i, i + 1); });
    Value init = sizes.empty() ? one : node.expand(one, node.concat(sizes, 0));
    SmallVector<Value> results =
        node.loop(count, Value(), init, {x, count}, [&](Value i, ArrayRef<Value> carried, ArrayRef<Value> captured) {
          Value place = reverse ? node.sub(node.sub(captured[1], node.scalar(i64, 1)), i) : i;
          Value next = node.mul(carried[0], node.create<GatherOp>(captured[0], place, axis));
          return SmallVector<Value>{next, exclusive ? carried[0] : next};
        });
    if (node.hasFailed())
      return {};
    Value rows = reverse ? node.slice(results[1], 0, -1, INT64_MIN, -1) : results[1];
    Ints perm = range(1, node.rank(x));
    perm.insert(perm.begin() + axis, 0);
    return axis == 0 ? rows : node.transpose(rows, perm);
  });
}
