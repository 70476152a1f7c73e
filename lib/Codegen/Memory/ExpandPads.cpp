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

namespace tt {
#define GEN_PASS_DEF_EXPANDPADSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

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
  return tensor::DimOp::create(b, loc, source, dim).getResult();
}

OpFoldResult add(OpBuilder &b, Location loc, OpFoldResult l, OpFoldResult r) {
  AffineExpr s0, s1;
  bindSymbols(b.getContext(), s0, s1);
  return affine::makeComposedFoldedAffineApply(b, loc, s0 + s1, {l, r});
}

/// Where the border can be filled: before the first writer of the source when everything needed exists there, else at
/// the pad.
Operation *findInsertionPoint(tensor::PadOp pad, Value padding, const DominanceInfo &dominance) {
  Operation *writer = findFirstWriter(pad.getSource());
  if (!writer || writer->getBlock() != pad->getBlock())
    return pad;
  auto available = [&](Value value) { return dominance.properlyDominates(value, writer); };
  if (!llvm::all_of(pad.getLow(), available) || !llvm::all_of(pad.getHigh(), available) || !available(padding))
    return pad;
  return writer;
}

LogicalResult expand(tensor::PadOp pad, Value padding, const DominanceInfo &dominance) {
  for (int64_t width : llvm::concat<const int64_t>(pad.getStaticLow(), pad.getStaticHigh()))
    if (!ShapedType::isDynamic(width) && width < 0)
      return pad.emitOpError("needs padding of at least 0, but found ") << width << "; slice the source instead";
  Location loc = pad.getLoc();
  OpBuilder b(findInsertionPoint(pad, padding, dominance));
  int64_t rank = pad.getSourceType().getRank();
  SmallVector<OpFoldResult> low = pad.getMixedLowPad(), high = pad.getMixedHighPad(), inner, size,
                            offset(rank, b.getIndexAttr(0)), ones(rank, b.getIndexAttr(1));
  for (int64_t d = 0; d < rank; ++d) {
    inner.push_back(getSourceSize(b, loc, pad.getSource(), d));
    size.push_back(pad.getResultType().isDynamicDim(d)
                       ? add(b, loc, add(b, loc, low[d], inner[d]), high[d])
                       : OpFoldResult(b.getIndexAttr(pad.getResultType().getDimSize(d))));
  }
  Value border = tensor::EmptyOp::create(b, loc, size, pad.getResultType().getElementType());
  auto fill = [&](int64_t d, OpFoldResult start, OpFoldResult width) {
    if (isConstantIntValue(width, 0))
      return;
    SmallVector<OpFoldResult> stripOffset = offset, stripSize = size;
    stripOffset[d] = start;
    stripSize[d] = width;
    Value strip = tensor::ExtractSliceOp::create(b, loc, border, stripOffset, stripSize, ones);
    Value filled = linalg::FillOp::create(b, loc, padding, strip).getResult(0);
    border = tensor::InsertSliceOp::create(b, loc, filled, border, stripOffset, stripSize, ones);
  };
  for (int64_t d = 0; d < rank; ++d) {
    fill(d, b.getIndexAttr(0), low[d]);
    if (!isConstantIntValue(high[d], 0))
      fill(d, add(b, loc, low[d], inner[d]), high[d]);
    offset[d] = low[d];
    size[d] = inner[d];
  }
  b.setInsertionPoint(pad);
  Value result = tensor::InsertSliceOp::create(b, loc, pad.getSource(), border, offset, size, ones);
  if (result.getType() != pad.getType())
    result = tensor::CastOp::create(b, loc, pad.getType(), result);
  pad.replaceAllUsesWith(result);
  pad.erase();
  return success();
}

struct ExpandPadsPass : tt::impl::ExpandPadsPassBase<ExpandPadsPass> {
  using ExpandPadsPassBase::ExpandPadsPassBase;

  void runOnOperation() override {
    SmallVector<tensor::PadOp> pads;
    getOperation().walk([&](tensor::PadOp pad) { pads.push_back(pad); });
    DominanceInfo dominance(getOperation());
    for (tensor::PadOp pad : pads) {
      Value padding = pad.getConstantPaddingValue();
      if (!padding)
        continue; // varying padding: bufferization handles it as it is
      // A constant can stand anywhere: at the start of the function it does not get in the way.
      if (Operation *constant = padding.getDefiningOp(); constant && constant->hasTrait<OpTrait::ConstantLike>()) {
        OpBuilder b(&getOperation().front(), getOperation().front().begin());
        padding = b.clone(*constant)->getResult(0);
      }
      if (failed(expand(pad, padding, dominance)))
        return signalPassFailure();
    }
  }
};

} // namespace
