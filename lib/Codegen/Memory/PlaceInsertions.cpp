//===- PlaceInsertions.cpp - tt-place-insertions --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "Utils.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/PatternMatch.h"

namespace tt {
#define GEN_PASS_DEF_PLACEINSERTIONSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// True when the two slices provably share no element.
bool areDisjoint(tensor::InsertSliceOp l, tensor::InsertSliceOp r) {
  for (auto [lo, ls, ro, rs] :
       llvm::zip(l.getStaticOffsets(), l.getStaticSizes(), r.getStaticOffsets(), r.getStaticSizes()))
    if (!ShapedType::isDynamic(lo) && !ShapedType::isDynamic(ls) && !ShapedType::isDynamic(ro) &&
        !ShapedType::isDynamic(rs) && (lo + ls <= ro || ro + rs <= lo))
      return true;
  return false;
}

/// The insertions that end in `last`, first one first: each but the last has one use, as the destination of the next.
SmallVector<tensor::InsertSliceOp> getChain(tensor::InsertSliceOp last) {
  SmallVector<tensor::InsertSliceOp> chain{last};
  while (auto previous = chain.back().getDest().getDefiningOp<tensor::InsertSliceOp>()) {
    if (!previous->hasOneUse() || previous->getBlock() != last->getBlock())
      break;
    chain.push_back(previous);
  }
  std::reverse(chain.begin(), chain.end());
  return chain;
}

bool isChainEnd(tensor::InsertSliceOp insert) {
  if (!insert->hasOneUse())
    return true;
  auto next = dyn_cast<tensor::InsertSliceOp>(*insert->user_begin());
  return !next || next.getDest() != insert.getResult() || next->getBlock() != insert->getBlock();
}

/// The op in `block` after which `value` exists; null for a value from outside.
Operation *getDefinition(Value value, Block *block) {
  Operation *op = value.getDefiningOp();
  return op && op->getBlock() == block ? op : nullptr;
}

void sortChain(tensor::InsertSliceOp last) {
  SmallVector<tensor::InsertSliceOp> chain = getChain(last);
  Block *block = last->getBlock();
  for (size_t i = 0; i < chain.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (!areDisjoint(chain[i], chain[j]))
        return;
  SmallVector<tensor::InsertSliceOp> sorted = chain;
  llvm::sort(sorted, [&](tensor::InsertSliceOp l, tensor::InsertSliceOp r) {
    Operation *left = getDefinition(l.getSource(), block), *right = getDefinition(r.getSource(), block);
    if (left == right)
      return l->isBeforeInBlock(r);
    return right && (!left || left->isBeforeInBlock(right));
  });
  if (sorted == chain)
    return;
  // Link them in the new order behind the last one, where everything they need exists.
  Value destination = chain.front().getDest();
  Operation *behind = last->getNextNode();
  if (sorted.back() != last)
    last.getResult().replaceAllUsesWith(sorted.back().getResult());
  for (tensor::InsertSliceOp insert : sorted) {
    insert.getDestMutable().assign(destination);
    insert->moveBefore(behind);
    destination = insert.getResult();
  }
}

/// Moves `insert`, and what its destination is made by, behind the definition of its source.
void moveToSource(tensor::InsertSliceOp insert, const DominanceInfo &dominance) {
  Operation *source = getDefinition(insert.getSource(), insert->getBlock());
  if (!source)
    return;
  for (Value operand : insert->getOperands())
    if (operand != insert.getSource() && !tt::hoistComputation(operand, source, dominance))
      return;
  insert->moveAfter(source);
}

/// The group's only dimension that is not statically 1, or its first when there are several such whose inner ones the
/// slice covers; nullopt when the slice of the group cannot be a slice of the collapsed dimension.
std::optional<int64_t> getOuterDim(tensor::InsertSliceOp insert, ArrayRef<int64_t> group) {
  std::optional<int64_t> outer;
  for (int64_t d : group) {
    if (insert.getDestType().getDimSize(d) == 1)
      continue;
    if (!outer) {
      outer = d;
      continue;
    }
    bool covered =
        !insert.getDestType().isDynamicDim(d) && insert.getStaticSizes()[d] == insert.getDestType().getDimSize(d);
    if (!covered)
      return std::nullopt;
  }
  return outer.value_or(group.front());
}

/// insert(expand(x), d) -> expand(insert(x, collapse(d))).
LogicalResult insertUnexpanded(tensor::InsertSliceOp insert, IRRewriter &rewriter) {
  auto expand = insert.getSource().getDefiningOp<tensor::ExpandShapeOp>();
  int64_t rank = insert.getDestType().getRank();
  // A scalar has no groups that say where in the destination it goes.
  if (!expand || expand.getSrcType().getRank() == 0 || insert.getSourceType().getRank() != rank ||
      !insert.hasUnitStride())
    return failure();
  Location loc = insert.getLoc();
  rewriter.setInsertionPoint(insert);
  AffineExpr s0;
  bindSymbols(rewriter.getContext(), s0);
  SmallVector<ReassociationIndices> groups = expand.getReassociationIndices();
  SmallVector<OpFoldResult> offsets, sizes;
  for (ArrayRef<int64_t> group : groups) {
    std::optional<int64_t> outer = getOuterDim(insert, group);
    if (!outer)
      return failure();
    int64_t inner = 1; // elements of the collapsed dimension in one step of `outer`
    for (int64_t d : group)
      if (d > *outer)
        inner *= insert.getDestType().getDimSize(d);
    auto scale = [&](OpFoldResult value) {
      return affine::makeComposedFoldedAffineApply(rewriter, loc, s0 * inner, {value});
    };
    offsets.push_back(scale(insert.getMixedOffsets()[*outer]));
    sizes.push_back(scale(insert.getMixedSizes()[*outer]));
  }
  for (auto [size, sourceSize] : llvm::zip(sizes, expand.getSrcType().getShape()))
    if (getConstantIntValue(size).value_or(ShapedType::kDynamic) != sourceSize)
      return failure();
  Value collapsed = tensor::CollapseShapeOp::create(rewriter, loc, insert.getDest(), groups);
  SmallVector<OpFoldResult> ones(groups.size(), rewriter.getIndexAttr(1));
  Value inserted = tensor::InsertSliceOp::create(rewriter, loc, expand.getSrc(), collapsed, offsets, sizes, ones);
  SmallVector<OpFoldResult> shape = tensor::getMixedSizes(rewriter, loc, insert.getDest());
  rewriter.replaceOpWithNewOp<tensor::ExpandShapeOp>(insert, insert.getType(), inserted, groups, shape);
  return success();
}

struct PlaceInsertionsPass : tt::impl::PlaceInsertionsPassBase<PlaceInsertionsPass> {
  using PlaceInsertionsPassBase::PlaceInsertionsPassBase;

  void runOnOperation() override {
    auto getInsertions = [&] {
      SmallVector<tensor::InsertSliceOp> insertions;
      getOperation().walk([&](tensor::InsertSliceOp insert) { insertions.push_back(insert); });
      return insertions;
    };
    DominanceInfo dominance(getOperation());
    SmallVector<tensor::InsertSliceOp> ends = getInsertions();
    llvm::erase_if(ends, [](tensor::InsertSliceOp insert) { return !isChainEnd(insert); });
    for (tensor::InsertSliceOp insert : ends)
      sortChain(insert);
    IRRewriter rewriter(&getContext());
    for (tensor::InsertSliceOp insert : getInsertions())
      (void)insertUnexpanded(insert, rewriter);
    for (tensor::InsertSliceOp insert : getInsertions())
      moveToSource(insert, dominance);
  }
};

} // namespace
