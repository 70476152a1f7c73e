//===- SymbolicSizes.cpp - symbolic sizes of op results -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/ShapeValues.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ShapeRules.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>
#include <cstring>

using namespace mlir;
using namespace tt;

using Sizes = std::vector<SizeExpr>;

/// The value whose shape a region's argument has: what it captures, or the first value of what a loop carries.
static Value getValueOfShape(BlockArgument argument) {
  if (Value captured = getCaptured(argument))
    return captured;
  auto loop = dyn_cast_if_present<LoopOp>(argument.getOwner()->getParentOp());
  return loop && argument.getArgNumber() > 0 ? loop.getInits()[argument.getArgNumber() - 1] : Value();
}

ArrayRef<SizeExpr> ShapeAnalysis::getSizes(Value value) {
  if (auto it = sizes.find(value.getAsOpaquePointer()); it != sizes.end())
    return it->second;
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type)
    return {};
  Sizes result;
  ArrayAttr names;
  Operation *function = nullptr;
  if (auto opResult = dyn_cast<OpResult>(value)) {
    result = computeSizes(opResult);
  } else {
    auto argument = cast<BlockArgument>(value);
    auto interface = dyn_cast_if_present<FunctionOpInterface>(argument.getOwner()->getParentOp());
    if (Value outer = getValueOfShape(argument))
      result = getSizes(outer).vec();
    if (interface && argument.getOwner()->isEntryBlock()) {
      function = interface;
      names = interface.getArgAttrOfType<ArrayAttr>(argument.getArgNumber(), "tt.dims");
    }
  }
  bool isComputed = type.getRank() > 0 && static_cast<int64_t>(result.size()) == type.getRank();
  result.resize(type.getRank());
  for (int64_t i = 0; i < type.getRank(); ++i) {
    if (!type.isDynamicDim(i))
      result[i] = type.getDimSize(i);
    if (isComputed || !type.isDynamicDim(i))
      continue;
    auto name = names && i < static_cast<int64_t>(names.size()) ? dyn_cast<StringAttr>(names[i]) : StringAttr();
    if (!name || name.empty()) {
      result[i] = getUnknownSize();
      continue;
    }
    auto [it, inserted] = named.try_emplace({function, name.str()}, symbols.size());
    result[i] = inserted ? addSymbol(/*isNonNegative=*/true, name) : SizeExpr::symbol(it->second);
  }
  return sizes.try_emplace(value.getAsOpaquePointer(), std::move(result)).first->second;
}

Sizes ShapeAnalysis::reshapeSizes(Operation *op) {
  auto reshape = cast<ReshapeOp>(op);
  auto shape = getElements(reshape.getShape());
  if (!shape)
    return {};
  ArrayRef<SizeExpr> input = getSizes(reshape.getInput());
  Sizes result;
  // A single size that is not given follows from the number of elements.
  SmallVector<size_t> open;
  for (auto [i, size] : llvm::enumerate(*shape)) {
    bool isCopied = size.isConstant(0) && !reshape.getAllowZero();
    if (isCopied && i >= input.size())
      return {};
    if (!isNonNegative(size))
      open.push_back(i);
    result.push_back(isCopied ? input[i] : size);
  }
  if (open.size() > 1)
    for (size_t i : open)
      result[i] = getUnknownSize();
  if (open.size() != 1)
    return result;
  Sizes given = result;
  given.erase(given.begin() + open.front());
  SizeExpr divisor = product(given);
  result[open.front()] = divisor.isConstant(0) ? getUnknownSize() : divide(product(input), divisor);
  return result;
}

Sizes ShapeAnalysis::windowSizes(Operation *op) {
  Sizes result = getSizes(op->getOperand(0)).vec();
  auto apply = [&](Layout layout, ArrayRef<int64_t> kernel, ArrayRef<int64_t> strides, ArrayRef<int64_t> pads,
                   ArrayRef<int64_t> dilations, bool ceilMode) {
    for (int64_t i = 0; i < 2; ++i) {
      SizeExpr &size = result[(layout == Layout::NCHW ? 2 : 1) + i];
      if (std::optional<int64_t> constant = size.getConstant()) {
        size = getWindowCount(*constant, kernel[i], strides[i], dilations[i], pads[i], pads[i + 2], ceilMode);
        continue;
      }
      int64_t extent = dilations[i] * (kernel[i] - 1) + 1;
      if (strides[i] == 1) {
        SizeExpr count = add(size, pads[i] + pads[i + 2] - extent + 1);
        // A window that does not fit is an error at run time, so that the count is never negative.
        size = isNonNegative(count) ? count : getOpaque("windows", {count}, /*isNonNegative=*/true);
      } else {
        size = getOpaque("windows", {size, extent, strides[i], pads[i], pads[i + 2], ceilMode}, /*isNonNegative=*/true);
      }
    }
  };
  if (auto pool = dyn_cast<PoolOp>(op)) {
    apply(pool.getLayout(), pool.getKernel(), pool.getStrides(), pool.getPads(), pool.getDilations(),
          pool.getCeilMode());
    return result;
  }
  auto convolve = [&](auto conv) {
    ArrayRef<int64_t> kernel = conv.getFilter().getType().getShape().take_back(2);
    apply(conv.getLayout(), kernel, conv.getStrides(), conv.getPads(), conv.getDilations(), /*ceilMode=*/false);
    result[conv.getLayout() == Layout::NCHW ? 1 : 3] = getSizes(conv.getFilter())[0];
  };
  if (auto conv = dyn_cast<ConvIntegerOp>(op))
    convolve(conv);
  else
    convolve(cast<ConvOp>(op));
  return result;
}

Sizes ShapeAnalysis::matmulSizes(Operation *op) {
  ArrayRef<SizeExpr> lhs = getSizes(op->getOperand(0)), rhs = getSizes(op->getOperand(1));
  Sizes result =
      broadcastShapes(lhs.drop_back(std::min<size_t>(lhs.size(), 2)), rhs.drop_back(std::min<size_t>(rhs.size(), 2)));
  if (lhs.size() > 1)
    result.push_back(lhs[lhs.size() - 2]);
  if (rhs.size() > 1)
    result.push_back(rhs.back());
  return result;
}

Sizes ShapeAnalysis::resizeSizes(Operation *op) {
  auto resize = cast<ResizeOp>(op);
  if (Value targets = resize.getSizes()) {
    auto elements = getElements(targets);
    return elements && llvm::all_of(*elements, [&](const SizeExpr &expr) { return isNonNegative(expr); })
               ? elements->vec()
               : Sizes();
  }
  SmallVector<double> scales;
  if (!getConstantFloats(resize.getScales(), scales))
    return {};
  Sizes result;
  for (auto [size, scale] : llvm::zip_equal(getSizes(resize.getInput()), scales)) {
    if (scale == std::floor(scale) && scale > 0 && scale < 1024) {
      result.push_back(multiply(size, static_cast<int64_t>(scale)));
    } else {
      int64_t bits;
      static_assert(sizeof(bits) == sizeof(scale));
      std::memcpy(&bits, &scale, sizeof(bits));
      result.push_back(getOpaque("resize", {size, bits}, /*isNonNegative=*/true));
    }
  }
  return result;
}

Sizes ShapeAnalysis::computeSizes(OpResult result) {
  Operation *op = result.getOwner();
  auto type = cast<RankedTensorType>(result.getType());
  if (type.hasStaticShape())
    return {};
  if (op->hasTrait<ElementwiseTrait>()) {
    Sizes sizes;
    for (Value operand : op->getOperands())
      sizes = broadcastShapes(sizes, getSizes(operand));
    return sizes;
  }
  return TypeSwitch<Operation *, Sizes>(op)
      .Case<SoftmaxOp, LogSoftmaxOp, NormOp, CumSumOp, TriluOp, ReverseSequenceOp, ScatterElementsOp, ScatterNDOp,
            LrnOp, BatchNormOp>([&](auto) { return getSizes(op->getOperand(0)).vec(); })
      .Case<ReshapeOp>([&](auto) { return reshapeSizes(op); })
      .Case<RequireOp>([&](RequireOp require) { return getSizes(require.getInput()).vec(); })
      .Case<IfOp>([&](IfOp branch) {
        auto getBranch = [&](Region &region) {
          return getSizes(region.front().getTerminator()->getOperand(result.getResultNumber())).vec();
        };
        Sizes sizes = getBranch(branch.getThenRegion()), other = getBranch(branch.getElseRegion());
        for (auto [size, otherSize] : llvm::zip_equal(sizes, other))
          if (!(size == otherSize))
            size = getUnknownSize();
        return sizes;
      })
      .Case<LoopOp>([&](LoopOp loop) {
        size_t number = result.getResultNumber(), numCarried = loop.getInits().size();
        if (number < numCarried)
          return getSizes(loop.getInits()[number]).vec();
        // All rows have one shape.
        Operation *yield = loop.getBody().front().getTerminator();
        Sizes sizes = getSizes(yield->getOperand(number + (loop.getCondition() ? 1 : 0))).vec();
        auto trip = loop.getTrip() && !loop.getCondition() ? getElements(loop.getTrip()) : std::nullopt;
        bool isKnown = trip && isNonNegative(trip->front());
        sizes.insert(sizes.begin(), isKnown ? trip->front() : getUnknownSize());
        return sizes;
      })
      .Case<ConvOp, ConvIntegerOp, PoolOp>([&](auto) { return windowSizes(op); })
      .Case<MatMulOp, MatMulIntegerOp>([&](auto) { return matmulSizes(op); })
      .Case<ResizeOp>([&](auto) { return resizeSizes(op); })
      .Case<TransposeOp>([&](TransposeOp transpose) {
        ArrayRef<SizeExpr> input = getSizes(transpose.getInput());
        Sizes sizes;
        for (int64_t dim : transpose.getPerm())
          sizes.push_back(input[dim]);
        return sizes;
      })
      .Case<ConcatOp>([&](ConcatOp concat) {
        Sizes sizes = getSizes(concat.getInputs().front()).vec();
        for (Value input : llvm::drop_begin(concat.getInputs()))
          sizes[concat.getAxis()] = add(sizes[concat.getAxis()], getSizes(input)[concat.getAxis()]);
        return sizes;
      })
      .Case<SliceOp>([&](SliceOp slice) {
        Sizes sizes = getSizes(slice.getInput()).vec();
        auto starts = getElements(slice.getStarts()), ends = getElements(slice.getEnds());
        for (auto [k, axis] : llvm::enumerate(slice.getAxes()))
          sizes[axis] = starts && ends ? sliceCount(sizes[axis], (*starts)[k], (*ends)[k], slice.getSteps()[k])
                                       : getUnknownSize();
        return sizes;
      })
      .Case<PadOp>([&](PadOp pad) {
        Sizes sizes = getSizes(pad.getInput()).vec();
        auto pads = getElements(pad.getPads());
        for (size_t i = 0; i < sizes.size(); ++i) {
          SizeExpr size = pads ? add(sizes[i], add((*pads)[i], (*pads)[sizes.size() + i])) : SizeExpr(-1);
          sizes[i] = isNonNegative(size) ? size : getUnknownSize();
        }
        return sizes;
      })
      .Case<ExpandOp>([&](ExpandOp expand) {
        auto shape = getElements(expand.getShape());
        if (!shape || !llvm::all_of(*shape, [&](const SizeExpr &expr) { return isNonNegative(expr); }))
          return Sizes();
        return broadcastShapes(getSizes(expand.getInput()), *shape);
      })
      .Case<TileOp>([&](TileOp tile) {
        auto repeats = getElements(tile.getRepeats());
        if (!repeats || !llvm::all_of(*repeats, [&](const SizeExpr &expr) { return isNonNegative(expr); }))
          return Sizes();
        Sizes sizes = getSizes(tile.getInput()).vec();
        for (auto [size, repeat] : llvm::zip_equal(sizes, *repeats))
          size = multiply(size, repeat);
        return sizes;
      })
      .Case<RangeOp>([&](RangeOp range) {
        auto start = getElements(range.getStart()), limit = getElements(range.getLimit()),
             delta = getElements(range.getDelta());
        if (!start || !limit || !delta || !(*delta)[0].isConstant(1))
          return Sizes();
        return Sizes{maximum(0, subtract((*limit)[0], (*start)[0]))};
      })
      .Case<GatherOp>([&](GatherOp gather) {
        ArrayRef<SizeExpr> input = getSizes(gather.getInput()), indices = getSizes(gather.getIndices());
        Sizes sizes = input.take_front(gather.getAxis()).vec();
        sizes.insert(sizes.end(), indices.begin(), indices.end());
        ArrayRef<SizeExpr> rest = input.drop_front(gather.getAxis() + 1);
        sizes.insert(sizes.end(), rest.begin(), rest.end());
        return sizes;
      })
      .Case<GatherElementsOp>([&](GatherElementsOp gather) { return getSizes(gather.getIndices()).vec(); })
      .Case<GatherNDOp>([&](GatherNDOp gather) {
        auto indices = gather.getIndices().getType();
        Sizes sizes = getSizes(gather.getIndices()).drop_back().vec();
        ArrayRef<SizeExpr> rest =
            getSizes(gather.getInput()).drop_front(gather.getBatchDims() + indices.getShape().back());
        sizes.insert(sizes.end(), rest.begin(), rest.end());
        return sizes;
      })
      .Case<OneHotOp>([&](OneHotOp oneHot) {
        Sizes sizes = getSizes(oneHot.getIndices()).vec();
        auto depth = getElements(oneHot.getDepth());
        sizes.insert(sizes.begin() + oneHot.getAxis(),
                     depth && isNonNegative((*depth)[0]) ? (*depth)[0] : getUnknownSize());
        return sizes;
      })
      .Case<ReduceOp>([&](ReduceOp reduce) {
        Sizes sizes;
        for (auto [i, size] : llvm::enumerate(getSizes(reduce.getInput()))) {
          bool isReduced = llvm::is_contained(reduce.getAxes(), static_cast<int64_t>(i));
          if (!isReduced || reduce.getKeepDims())
            sizes.push_back(isReduced ? SizeExpr(1) : size);
        }
        return sizes;
      })
      .Case<ArgReduceOp>([&](ArgReduceOp reduce) {
        Sizes sizes = getSizes(reduce.getInput()).vec();
        if (reduce.getKeepDims())
          sizes[reduce.getAxis()] = 1;
        else
          sizes.erase(sizes.begin() + reduce.getAxis());
        return sizes;
      })
      .Case<TopKOp>([&](TopKOp topk) {
        // Both results have the same sizes.
        if (result.getResultNumber() == 1)
          return getSizes(topk.getValues()).vec();
        Sizes sizes = getSizes(topk.getInput()).vec();
        auto k = getElements(topk.getK());
        sizes[topk.getAxis()] = k && isNonNegative((*k)[0]) ? (*k)[0] : getUnknownSize();
        return sizes;
      })
      .Case<AttentionOp>([&](AttentionOp attention) {
        Sizes sizes = getSizes(attention.getQuery()).vec();
        sizes[3] = getSizes(attention.getValue())[3];
        return sizes;
      })
      .Default([](Operation *) { return Sizes(); });
}
