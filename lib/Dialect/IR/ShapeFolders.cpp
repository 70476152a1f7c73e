//===- ShapeFolders.cpp - folders and canonicalization of shape ops -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ConstantElements.h"
#include "Inference.h"
#include "tt/Dialect/IR/ConstantFold.h"
#include "tt/Dialect/IR/ShapeRules.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/PatternMatch.h"

#include <algorithm>
#include <limits>

using namespace mlir;
using namespace tt;

/// The integers of a constant operand; nothing where it is not constant.
static std::optional<SmallVector<int64_t>> readInts(Attribute attr) {
  SmallVector<int64_t> values;
  if (!attr || !getConstantInts(attr, values))
    return std::nullopt;
  return values;
}

//===-- reshape ---------------------------------------------------------------------------------------------------===//

/// A constant shape operand that says what the result type says: static sizes, and -1 for at most one dynamic one.
/// Nothing where there are more, or where a size of 0 makes -1 ambiguous.
static std::optional<SmallVector<int64_t>> getShapeFromType(RankedTensorType type) {
  SmallVector<int64_t> shape(type.getShape());
  if (type.hasStaticShape())
    return shape;
  if (type.getNumDynamicDims() > 1 || llvm::is_contained(shape, 0))
    return std::nullopt;
  std::replace(shape.begin(), shape.end(), ShapedType::kDynamic, int64_t(-1));
  return shape;
}

/// Whether the reshape gives its operand the shape that it has.
static bool isIdentity(ReshapeOp op, const std::optional<SmallVector<int64_t>> &shape) {
  RankedTensorType type = getTensorType(op.getInput());
  if (type != op.getType())
    return false;
  // Equal element counts leave one unknown size no choice.
  if (type.hasStaticShape() || (type.getNumDynamicDims() == 1 && !llvm::is_contained(type.getShape(), 0)))
    return true;
  if (!shape || llvm::is_contained(type.getShape(), 0))
    return false;
  int64_t open = 0;
  for (auto [size, wanted] : llvm::zip_equal(type.getShape(), *shape))
    open += ShapedType::isDynamic(size) && !(wanted == 0 && !op.getAllowZero());
  return open <= 1;
}

OpFoldResult tt::ReshapeOp::fold(FoldAdaptor adaptor) {
  if (isIdentity(*this, readInts(adaptor.getShape())))
    return getInput();
  // A resource is shared, whatever its size.
  if (isa_and_present<DenseResourceElementsAttr>(adaptor.getInput()) && getTensorType(getResult()).hasStaticShape())
    return evaluateConstant(*this, {adaptor.getInput(), adaptor.getInput()}, std::numeric_limits<int64_t>::max());
  if (auto elements = dyn_cast_if_present<DenseElementsAttr>(adaptor.getInput()))
    if (getTensorType(getResult()).hasStaticShape() && (elements.isSplat() || elements.getNumElements() <= 64))
      return evaluateConstant(*this, {elements, elements}, std::numeric_limits<int64_t>::max());
  return {};
}

namespace {
/// A shape operand that the result type makes superfluous becomes a constant.
struct ConstantShape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    if (getConstantAttr(op.getShape()))
      return rewriter.notifyMatchFailure(op, "the shape is constant");
    std::optional<SmallVector<int64_t>> shape = getShapeFromType(getTensorType(op.getResult()));
    if (!shape)
      return rewriter.notifyMatchFailure(op, "the result type does not determine the shape");
    Value constant = createShapeConstant(rewriter, op.getLoc(), *shape);
    rewriter.modifyOpInPlace(op, [&]() {
      op.getShapeMutable().assign(constant);
      op.setAllowZero(llvm::is_contained(*shape, 0));
    });
    return success();
  }
};

/// reshape(reshape(x)) -> reshape(x), where the outer shape can be told without the inner result.
struct ReshapeOfReshape : OpRewritePattern<ReshapeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(ReshapeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<ReshapeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no reshape");
    std::optional<SmallVector<int64_t>> shape = getShapeFromType(getTensorType(op.getResult()));
    bool allowZero = shape && llvm::is_contained(*shape, 0);
    if (!shape) {
      shape = tt::getInts(op.getShape());
      if (!shape)
        return rewriter.notifyMatchFailure(op, "the shape is not constant");
      allowZero = op.getAllowZero();
      std::optional<SmallVector<int64_t>> innerShape = tt::getInts(inner.getShape());
      for (auto [i, size] : llvm::enumerate(*shape)) {
        if (size != 0 || allowZero)
          continue;
        // Copied from the inner result: a static size, or one that the inner reshape copied from the same place.
        int64_t copied = getTensorType(inner.getResult()).getDimSize(i);
        if (!ShapedType::isDynamic(copied) && copied != 0)
          size = copied;
        else if (!innerShape || (*innerShape)[i] != 0 || inner.getAllowZero())
          return rewriter.notifyMatchFailure(op, "a size is copied from the inner result");
      }
    }
    Value constant = createShapeConstant(rewriter, op.getLoc(), *shape);
    rewriter.modifyOpInPlace(op, [&]() {
      op.getInputMutable().assign(inner.getInput());
      op.getShapeMutable().assign(constant);
      op.setAllowZero(allowZero);
    });
    return success();
  }
};
} // namespace

void tt::ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ConstantShape, ReshapeOfReshape>(context);
}

//===-- transpose, concat -----------------------------------------------------------------------------------------===//

OpFoldResult tt::TransposeOp::fold(FoldAdaptor adaptor) {
  if (isIdentityPermutation(getPerm()) && getInput().getType() == getType())
    return getInput();
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

namespace {
/// transpose(transpose(x)) -> transpose(x)
struct TransposeOfTranspose : OpRewritePattern<TransposeOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TransposeOp op, PatternRewriter &rewriter) const override {
    auto inner = op.getInput().getDefiningOp<TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "the operand is no transpose");
    rewriter.modifyOpInPlace(op, [&]() {
      op.setPerm(applyPermutation(inner.getPerm(), op.getPerm()));
      op.getInputMutable().assign(inner.getInput());
    });
    return success();
  }
};
} // namespace

void tt::TransposeOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<TransposeOfTranspose>(context);
}

OpFoldResult tt::ConcatOp::fold(FoldAdaptor adaptor) {
  if (getInputs().size() == 1)
    return getInputs().front().getType() == getType() ? OpFoldResult(getInputs().front()) : OpFoldResult();
  // Operands without elements do not contribute.
  auto empty = llvm::find_if(getInputs(), [&](Value input) { return getTensorType(input).getDimSize(getAxis()) == 0; });
  if (empty != getInputs().end()) {
    getInputsMutable().erase(std::distance(getInputs().begin(), empty));
    return getResult();
  }
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

//===-- slice, pad, expand, tile ----------------------------------------------------------------------------------===//

OpFoldResult tt::SliceOp::fold(FoldAdaptor adaptor) {
  RankedTensorType type = getTensorType(getInput());
  std::optional<SmallVector<int64_t>> starts = readInts(adaptor.getStarts()), ends = readInts(adaptor.getEnds());
  if (starts && ends && type == getType()) {
    bool takesAll = true;
    for (auto [start, end, step, axis] : llvm::zip_equal(*starts, *ends, getSteps(), getAxes())) {
      int64_t size = type.getDimSize(axis);
      bool isWhole = start == 0 && step == 1 && end >= kToEnd;
      takesAll &= isWhole || (!ShapedType::isDynamic(size) && (step == 1 || size == 1));
    }
    if (takesAll)
      return getInput();
  }
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

OpFoldResult tt::PadOp::fold(FoldAdaptor adaptor) {
  std::optional<SmallVector<int64_t>> pads = readInts(adaptor.getPads());
  if (pads && getInput().getType() == getType() && llvm::all_of(*pads, [](int64_t pad) { return pad == 0; }))
    return getInput();
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

OpFoldResult tt::ExpandOp::fold(FoldAdaptor adaptor) {
  RankedTensorType type = getTensorType(getInput());
  if (type == getType()) {
    if (type.hasStaticShape())
      return getInput();
    // A size of 1 keeps the operand's; any other could stretch a dynamic size that is 1.
    if (std::optional<SmallVector<int64_t>> shape = readInts(adaptor.getShape())) {
      ArrayRef<int64_t> sizes = type.getShape().take_back(shape->size());
      if (llvm::all_of(llvm::zip_equal(sizes, *shape),
                       [](auto pair) { return !ShapedType::isDynamic(std::get<0>(pair)) || std::get<1>(pair) == 1; }))
        return getInput();
    }
  }
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

OpFoldResult tt::TileOp::fold(FoldAdaptor adaptor) {
  std::optional<SmallVector<int64_t>> repeats = readInts(adaptor.getRepeats());
  if (repeats && getInput().getType() == getType() && llvm::all_of(*repeats, [](int64_t n) { return n == 1; }))
    return getInput();
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

//===-- shape, range, gather, reduce ------------------------------------------------------------------------------===//

OpFoldResult tt::ShapeOp::fold(FoldAdaptor) {
  ArrayRef<int64_t> sizes = getTensorType(getInput()).getShape().slice(getStart(), getEnd() - getStart());
  if (llvm::any_of(sizes, ShapedType::isDynamic) || !getTensorType(getResult()).hasStaticShape())
    return {};
  return DenseElementsAttr::get(cast<RankedTensorType>(getType()), sizes);
}

OpFoldResult tt::RangeOp::fold(FoldAdaptor adaptor) { return fold::evaluateSmall(*this, adaptor.getOperands()); }

OpFoldResult tt::GatherOp::fold(FoldAdaptor adaptor) { return fold::evaluateSmall(*this, adaptor.getOperands()); }

OpFoldResult tt::ReduceOp::fold(FoldAdaptor adaptor) {
  // Nothing is reduced.
  if (getAxes().empty() && getInput().getType() == getType())
    return getInput();
  return fold::evaluateSmall(*this, adaptor.getOperands());
}
