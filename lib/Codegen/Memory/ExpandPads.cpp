//===- ExpandPads.cpp - tt-expand-pads ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Transforms/RegionUtils.h"

namespace tt {
#define GEN_PASS_DEF_EXPANDPADSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// A source surrounded by a border of one value: a `tensor.pad`, or a `tensor.insert_slice` into a filled
/// `tensor.empty`.
struct Padding {
  Operation *op;
  Value source, value;
  SmallVector<OpFoldResult> low, inner, high, size;
};

/// The op that first writes the `tensor.empty` behind `source`, found by walking up destination-style ops; null when
/// `source` does not start in a `tensor.empty`.
Operation *findFirstWriter(Value source) {
  while (Operation *op = source.getDefiningOp()) {
    auto dps = dyn_cast<DestinationStyleOpInterface>(op);
    if (!dps)
      return nullptr;
    source = dps.getTiedOpOperand(cast<OpResult>(source))->get();
    if (source.getDefiningOp<tensor::EmptyOp>())
      return op;
  }
  return nullptr;
}

/// Size `dim` of `source` as a value that exists before the op that makes `source`, where that is possible.
OpFoldResult getSourceSize(OpBuilder &b, Location loc, Value source, int64_t dim) {
  auto type = cast<RankedTensorType>(source.getType());
  if (!type.isDynamicDim(dim))
    return b.getIndexAttr(type.getDimSize(dim));
  while (auto dps = source.getDefiningOp<DestinationStyleOpInterface>())
    source = dps.getTiedOpOperand(cast<OpResult>(source))->get();
  if (auto empty = source.getDefiningOp<tensor::EmptyOp>())
    return getAsOpFoldResult(empty.getDynamicSize(dim));
  if (auto expand = source.getDefiningOp<tensor::ExpandShapeOp>())
    return expand.getMixedOutputShape()[dim];
  return tensor::DimOp::create(b, loc, source, dim).getResult();
}

OpFoldResult add(OpBuilder &b, Location loc, OpFoldResult l, OpFoldResult r) {
  AffineExpr s0, s1;
  bindSymbols(b.getContext(), s0, s1);
  return affine::makeComposedFoldedAffineApply(b, loc, s0 + s1, {l, r});
}

/// `size - low - inner`.
OpFoldResult getRest(OpBuilder &b, Location loc, OpFoldResult size, OpFoldResult low, OpFoldResult inner) {
  AffineExpr s0, s1, s2;
  bindSymbols(b.getContext(), s0, s1, s2);
  return affine::makeComposedFoldedAffineApply(b, loc, s0 - s1 - s2, {size, low, inner});
}

/// Where the border can be filled: before the first writer of the source when `values` exist there, else at `op`.
Operation *findInsertionPoint(Operation *op, Value source, ArrayRef<Value> values, const DominanceInfo &dominance) {
  Operation *writer = findFirstWriter(source);
  if (!writer || writer->getBlock() != op->getBlock() ||
      !llvm::all_of(values, [&](Value value) { return dominance.properlyDominates(value, writer); }))
    return op;
  return writer;
}

/// A constant can stand anywhere: at the start of the function it is never in the way.
Value hoistConstant(Value value, func::FuncOp func) {
  Operation *constant = value.getDefiningOp();
  if (!constant || !constant->hasTrait<OpTrait::ConstantLike>())
    return value;
  OpBuilder b(&func.front(), func.front().begin());
  return b.clone(*constant)->getResult(0);
}

/// Fills the border strip by strip and inserts the source.
void expand(const Padding &padding, OpBuilder &b) {
  Location loc = padding.op->getLoc();
  auto type = cast<RankedTensorType>(padding.op->getResult(0).getType());
  int64_t rank = type.getRank();
  SmallVector<OpFoldResult> size = padding.size, offset(rank, b.getIndexAttr(0)), ones(rank, b.getIndexAttr(1));
  Value border = tensor::EmptyOp::create(b, loc, size, type.getElementType());
  auto fill = [&](int64_t d, OpFoldResult start, OpFoldResult width) {
    if (isConstantIntValue(width, 0))
      return;
    SmallVector<OpFoldResult> stripOffset = offset, stripSize = size;
    stripOffset[d] = start;
    stripSize[d] = width;
    Value strip = tensor::ExtractSliceOp::create(b, loc, border, stripOffset, stripSize, ones);
    Value filled = linalg::FillOp::create(b, loc, padding.value, strip).getResult(0);
    border = tensor::InsertSliceOp::create(b, loc, filled, border, stripOffset, stripSize, ones);
  };
  for (int64_t d = 0; d < rank; ++d) {
    fill(d, b.getIndexAttr(0), padding.low[d]);
    if (!isConstantIntValue(padding.high[d], 0))
      fill(d, add(b, loc, padding.low[d], padding.inner[d]), padding.high[d]);
    offset[d] = padding.low[d];
    size[d] = padding.inner[d];
  }
  b.setInsertionPoint(padding.op);
  Value result = tensor::InsertSliceOp::create(b, loc, padding.source, border, offset, size, ones);
  if (result.getType() != type)
    result = tensor::CastOp::create(b, loc, type, result);
  padding.op->replaceAllUsesWith(ValueRange(result));
  padding.op->erase();
}

LogicalResult expandPad(tensor::PadOp pad, func::FuncOp func, const DominanceInfo &dominance) {
  Value value = pad.getConstantPaddingValue();
  if (!value)
    return success(); // varying padding: bufferization handles it as it is
  for (int64_t width : llvm::concat<const int64_t>(pad.getStaticLow(), pad.getStaticHigh()))
    if (!ShapedType::isDynamic(width) && width < 0)
      return pad.emitOpError("needs padding of at least 0, but found ") << width << "; slice the source instead";
  value = hoistConstant(value, func);
  SmallVector<Value> needed{value};
  llvm::append_range(needed, pad.getLow());
  llvm::append_range(needed, pad.getHigh());
  OpBuilder b(findInsertionPoint(pad, pad.getSource(), needed, dominance));
  Location loc = pad.getLoc();
  Padding padding{pad, pad.getSource(), value, pad.getMixedLowPad(), {}, pad.getMixedHighPad(), {}};
  for (int64_t d = 0; d < pad.getSourceType().getRank(); ++d) {
    padding.inner.push_back(getSourceSize(b, loc, pad.getSource(), d));
    padding.size.push_back(pad.getResultType().isDynamicDim(d)
                               ? add(b, loc, add(b, loc, padding.low[d], padding.inner[d]), padding.high[d])
                               : OpFoldResult(b.getIndexAttr(pad.getResultType().getDimSize(d))));
  }
  expand(padding, b);
  return success();
}

void expandInsertion(tensor::InsertSliceOp insert, func::FuncOp func, const DominanceInfo &dominance) {
  auto fill = insert.getDest().getDefiningOp<linalg::FillOp>();
  auto empty = fill ? fill.getDpsInitOperand(0)->get().getDefiningOp<tensor::EmptyOp>() : nullptr;
  if (!empty || !insert.hasUnitStride() || insert.getSourceType().getRank() != insert.getDestType().getRank())
    return;
  Value value = hoistConstant(fill.getDpsInputOperand(0)->get(), func);
  SmallVector<Value> needed{value};
  llvm::append_range(needed, insert.getOffsets());
  llvm::append_range(needed, insert.getSizes());
  llvm::append_range(needed, empty.getDynamicSizes());
  OpBuilder b(findInsertionPoint(insert, insert.getSource(), needed, dominance));
  Padding padding{insert, insert.getSource(),   value, insert.getMixedOffsets(), insert.getMixedSizes(),
                  {},     empty.getMixedSizes()};
  for (auto [size, low, inner] : llvm::zip(padding.size, padding.low, padding.inner))
    padding.high.push_back(getRest(b, insert.getLoc(), size, low, inner));
  expand(padding, b);
}

/// Gives each use of a `tensor.empty` one of its own: ops that share one would share a buffer, or a copy. One that is
/// written by slices stays.
void unshareEmptyTensors(func::FuncOp func) {
  SmallVector<tensor::EmptyOp> empties;
  func.walk([&](tensor::EmptyOp empty) {
    if (llvm::none_of(empty->getUsers(), llvm::IsaPred<tensor::ExtractSliceOp>))
      empties.push_back(empty);
  });
  for (tensor::EmptyOp empty : empties) {
    for (OpOperand &use : llvm::make_early_inc_range(empty->getUses())) {
      OpBuilder b(use.getOwner());
      use.set(b.clone(*empty)->getResult(0));
    }
    empty.erase();
  }
}

struct ExpandPadsPass : tt::impl::ExpandPadsPassBase<ExpandPadsPass> {
  using ExpandPadsPassBase::ExpandPadsPassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    unshareEmptyTensors(func);
    SmallVector<tensor::PadOp> pads;
    SmallVector<tensor::InsertSliceOp> insertions;
    func.walk([&](Operation *op) {
      if (auto pad = dyn_cast<tensor::PadOp>(op))
        pads.push_back(pad);
      else if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
        insertions.push_back(insert);
    });
    DominanceInfo dominance(func);
    for (tensor::PadOp pad : pads)
      if (failed(expandPad(pad, func, dominance)))
        return signalPassFailure();
    for (tensor::InsertSliceOp insert : insertions)
      expandInsertion(insert, func, dominance);
    IRRewriter rewriter(&getContext());
    (void)runRegionDCE(rewriter, func->getRegions());
  }
};

} // namespace
