//===- FuseEpilogues.cpp - move elementwise consumers into kernel ops -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLinalg/Passes.h"

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;

namespace tt {
#define GEN_PASS_DEF_FUSEEPILOGUESPASS
#include "tt/Codegen/ToLinalg/Passes.h.inc"
} // namespace tt

namespace {
/// Dimensions `kernel` of the kernel op's result hold the same elements as `view` of the value the consumer reads.
struct Group {
  SmallVector<int64_t> kernel, view;
};

/// The consumer of a kernel op's result, through at most one collapse and one expansion.
struct Consumer {
  linalg::GenericOp op;
  SmallVector<Operation *> reshapes; ///< from the kernel op to the consumer
  SmallVector<Group> groups;
};

/// An operand of the consumer as an operand of the kernel op.
struct Extra {
  Value value;
  AffineMap map;
};
} // namespace

/// The groups after one more reshape, or nothing where a group would have several dimensions on both sides and be cut
/// differently.
static FailureOr<SmallVector<Group>> addReshape(ArrayRef<Group> groups, Operation *reshape) {
  SmallVector<Group> result;
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(reshape)) {
    // Dimension i of the new view is made of the old view's dimensions in reassociation[i].
    size_t next = 0;
    int64_t covered = 0;
    for (auto [i, indices] : llvm::enumerate(collapse.getReassociationIndices())) {
      Group merged;
      merged.view.push_back(i);
      covered += indices.size();
      while (next < groups.size() && groups[next].view.back() < covered) {
        llvm::append_range(merged.kernel, groups[next].kernel);
        ++next;
      }
      if (next < groups.size() && groups[next].view.front() < covered)
        return failure();
      if (merged.kernel.empty())
        return failure();
      result.push_back(merged);
    }
    return result;
  }
  auto expand = cast<tensor::ExpandShapeOp>(reshape);
  SmallVector<ReassociationIndices> reassociation = expand.getReassociationIndices();
  for (const Group &group : groups) {
    Group spread;
    spread.kernel = group.kernel;
    for (int64_t dim : group.view)
      spread.view.append(reassociation[dim].begin(), reassociation[dim].end());
    result.push_back(spread);
  }
  return result;
}

/// Finds the one elementwise op that reads the kernel op's result.
static FailureOr<Consumer> findConsumer(Operation *kernel) {
  Consumer consumer;
  Value value = kernel->getResult(0);
  for (int64_t dim = 0, rank = cast<RankedTensorType>(value.getType()).getRank(); dim < rank; ++dim)
    consumer.groups.push_back({{dim}, {dim}});
  while (value.hasOneUse() && isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(*value.user_begin())) {
    Operation *reshape = *value.user_begin();
    FailureOr<SmallVector<Group>> groups = addReshape(consumer.groups, reshape);
    if (failed(groups) || groups->empty())
      return failure();
    consumer.groups = *groups;
    consumer.reshapes.push_back(reshape);
    value = reshape->getResult(0);
  }
  if (value.use_empty() || !llvm::all_equal(value.getUsers()))
    return failure();
  consumer.op = dyn_cast<linalg::GenericOp>(*value.user_begin());
  if (!consumer.op || consumer.op->getNumResults() != 1 ||
      consumer.op.getNumLoops() != consumer.op.getNumParallelLoops() || consumer.op->getBlock() != kernel->getBlock())
    return failure();
  // Same iteration space: identity maps for the value and the result, the old contents of the result unused.
  OpOperand *init = consumer.op.getDpsInitOperand(0);
  if (!consumer.op.getMatchingIndexingMap(init).isIdentity() || consumer.op.payloadUsesValueFromOperand(init))
    return failure();
  for (OpOperand &use : value.getUses())
    if (&use == init || !consumer.op.getMatchingIndexingMap(&use).isIdentity())
      return failure();
  for (Operation &inner : consumer.op.getBody()->getOperations())
    if (inner.getNumRegions() != 0 || isa<linalg::IndexOp, tensor::ExtractOp>(inner))
      return failure();
  return consumer;
}

/// Reads `operand`, a tensor over the dimensions of the view that `map` names, in the kernel op's iteration space.
/// `sizes` are those of the kernel op's result. Fails where the operand covers a part of a group only.
static FailureOr<Extra> convertOperand(OpBuilder &builder, Location loc, Value operand, AffineMap map,
                                       ArrayRef<Group> groups, ArrayRef<OpFoldResult> sizes, bool isTrial) {
  MLIRContext *context = builder.getContext();
  auto type = dyn_cast<RankedTensorType>(operand.getType());
  SmallVector<AffineExpr> exprs;
  if (!type) // a scalar operand
    return Extra{operand, AffineMap::get(sizes.size(), 0, exprs, context)};
  if (!map.isProjectedPermutation())
    return failure();
  SmallVector<int64_t> viewDims;
  for (AffineExpr expr : map.getResults())
    viewDims.push_back(cast<AffineDimExpr>(expr).getPosition());
  bool isTrivial = llvm::all_of(groups, [](const Group &g) { return g.kernel.size() == 1 && g.view.size() == 1; });
  if (isTrivial) {
    for (int64_t dim : viewDims)
      exprs.push_back(builder.getAffineDimExpr(groups[dim].kernel.front()));
    return Extra{operand, AffineMap::get(sizes.size(), 0, exprs, context)};
  }
  if (!llvm::is_sorted(viewDims))
    return failure();
  SmallVector<ReassociationIndices> collapse, expand;
  SmallVector<OpFoldResult> wanted;
  SmallVector<int64_t> shape;
  int64_t position = 0, target = 0;
  for (const Group &group : groups) {
    ReassociationIndices own;
    for (int64_t dim : group.view)
      if (llvm::is_contained(viewDims, dim))
        own.push_back(position++);
    if (own.empty())
      continue;
    if (own.size() != group.view.size())
      return failure();
    ReassociationIndices spread;
    for (int64_t dim : group.kernel) {
      exprs.push_back(builder.getAffineDimExpr(dim));
      wanted.push_back(sizes[dim]);
      shape.push_back(getConstantIntValue(sizes[dim]).value_or(ShapedType::kDynamic));
      spread.push_back(target++);
    }
    collapse.push_back(own);
    expand.push_back(spread);
  }
  Extra extra{operand, AffineMap::get(sizes.size(), 0, exprs, context)};
  if (isTrial)
    return extra;
  auto isSingle = [](const ReassociationIndices &indices) { return indices.size() == 1; };
  if (!llvm::all_of(collapse, isSingle))
    extra.value = tensor::CollapseShapeOp::create(builder, loc, extra.value, collapse);
  if (!llvm::all_of(expand, isSingle)) {
    // A collapsed dimension must be static exactly where all its parts are.
    SmallVector<int64_t> flat;
    for (const ReassociationIndices &indices : expand) {
      int64_t size = 1;
      for (int64_t dim : indices)
        size =
            ShapedType::isDynamic(size) || ShapedType::isDynamic(shape[dim]) ? ShapedType::kDynamic : size * shape[dim];
      flat.push_back(size);
    }
    auto flatType = RankedTensorType::get(flat, type.getElementType());
    if (extra.value.getType() != flatType)
      extra.value = tensor::CastOp::create(builder, loc, flatType, extra.value);
    extra.value = tensor::ExpandShapeOp::create(builder, loc, RankedTensorType::get(shape, type.getElementType()),
                                                extra.value, expand, wanted);
  }
  return extra;
}

/// Moves the consumer of `kernel` into its epilogue. Returns the new kernel op.
static FailureOr<Operation *> fuseConsumer(tt::EpilogueOpInterface kernel) {
  FailureOr<Consumer> consumer = findConsumer(kernel);
  if (failed(consumer))
    return failure();
  auto empty = kernel.getInit().getDefiningOp<tensor::EmptyOp>();
  if (!empty)
    return failure();
  linalg::GenericOp op = consumer->op;
  Value view = consumer->reshapes.empty() ? kernel->getResult(0) : consumer->reshapes.back()->getResult(0);
  SmallVector<OpFoldResult> sizes = empty.getMixedSizes();
  OpBuilder builder(op);
  Location loc = kernel->getLoc();

  // Check everything, then rewrite.
  for (OpOperand *input : op.getDpsInputOperands())
    if (input->get() != view &&
        failed(convertOperand(builder, loc, input->get(), op.getMatchingIndexingMap(input), consumer->groups, sizes,
                              /*isTrial=*/true)))
      return failure();

  // The new op stands where the consumer was: there all its operands are defined.
  Type element = getElementTypeOrSelf(op.getResult(0).getType());
  Value init = tensor::EmptyOp::create(builder, loc, sizes, element);
  SmallVector<Value> extras(kernel.getExtras());
  SmallVector<Attribute> maps(kernel.getExtraMaps().getValue());
  SmallVector<int64_t> argumentOf; // per input of the consumer: index of the extra, or -1 for the accumulator's value
  for (OpOperand *input : op.getDpsInputOperands()) {
    if (input->get() == view) {
      argumentOf.push_back(-1);
      continue;
    }
    Extra extra = *convertOperand(builder, loc, input->get(), op.getMatchingIndexingMap(input), consumer->groups, sizes,
                                  /*isTrial=*/false);
    argumentOf.push_back(extras.size());
    extras.push_back(extra.value);
    maps.push_back(AffineMapAttr::get(extra.map));
  }

  IRMapping mapping;
  mapping.map(kernel.getInit(), init);
  auto fused = cast<tt::EpilogueOpInterface>(builder.clone(*kernel.getOperation(), mapping));
  fused->setLoc(FusedLoc::get(builder.getContext(), {kernel->getLoc(), op.getLoc()}));
  fused.getExtrasMutable().assign(extras);
  fused.setExtraMapsAttr(builder.getArrayAttr(maps));
  fused->getResult(0).setType(cast<RankedTensorType>(init.getType()));

  Block &block = fused.getEpilogue().front();
  Operation *yield = block.getTerminator();
  builder.setInsertionPoint(yield);
  IRMapping body;
  for (size_t i = block.getNumArguments() - 1; i < extras.size(); ++i)
    block.addArgument(getElementTypeOrSelf(extras[i].getType()), extras[i].getLoc());
  for (auto [i, extra] : llvm::enumerate(argumentOf))
    body.map(op.getBody()->getArgument(i), extra < 0 ? yield->getOperand(0) : block.getArgument(1 + extra));
  for (Operation &inner : op.getBody()->without_terminator())
    builder.clone(inner, body);
  yield->setOperand(0, body.lookupOrDefault(op.getBody()->getTerminator()->getOperand(0)));

  // The reshapes follow, in the new element type.
  builder.setInsertionPoint(op);
  Value result = fused->getResult(0);
  for (Operation *reshape : consumer->reshapes) {
    Type type = cast<RankedTensorType>(reshape->getResult(0).getType()).clone(element);
    if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(reshape)) {
      result =
          tensor::CollapseShapeOp::create(builder, reshape->getLoc(), type, result, collapse.getReassociationIndices());
      continue;
    }
    auto expand = cast<tensor::ExpandShapeOp>(reshape);
    result = tensor::ExpandShapeOp::create(builder, reshape->getLoc(), type, result, expand.getReassociationIndices(),
                                           expand.getMixedOutputShape());
  }
  if (result.getType() != op.getResult(0).getType())
    result = tensor::CastOp::create(builder, loc, op.getResult(0).getType(), result);
  op.getResult(0).replaceAllUsesWith(result);
  op.erase();
  for (Operation *reshape : llvm::reverse(consumer->reshapes))
    reshape->erase();
  kernel->erase();
  if (empty.use_empty())
    empty.erase();
  return fused.getOperation();
}

namespace {
struct FuseEpiloguesPass : tt::impl::FuseEpiloguesPassBase<FuseEpiloguesPass> {
  using FuseEpiloguesPassBase::FuseEpiloguesPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> kernels;
    getOperation().walk([&](tt::EpilogueOpInterface op) {
      if (op->getNumResults() == 1)
        kernels.push_back(op);
    });
    // The last kernel op first: where two feed one consumer, the earlier result is an operand of the later kernel.
    for (Operation *kernel : llvm::reverse(kernels)) {
      FailureOr<Operation *> fused = fuseConsumer(cast<tt::EpilogueOpInterface>(kernel));
      while (succeeded(fused)) {
        ++numFused;
        fused = fuseConsumer(cast<tt::EpilogueOpInterface>(*fused));
      }
    }
  }
};
} // namespace
