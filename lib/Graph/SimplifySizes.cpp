//===- SimplifySizes.cpp - read sizes from the inputs ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "Matchers.h"

#include "tt/Analysis/ShapeValues.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include <map>
#include <tuple>

namespace tt {
#define GEN_PASS_DEF_SIMPLIFYSIZESPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

namespace {

/// Replaces computed sizes in one block by sizes of its arguments.
class SizeSimplifier {
public:
  explicit SizeSimplifier(Block &block) : block(block), builder(block.getParentOp()->getContext()) {}

  void run() {
    SmallVector<Operation *> ops;
    for (Operation &op : block)
      ops.push_back(&op);
    for (Operation *op : ops)
      for (OpResult result : op->getResults())
        if (Value size = find(result))
          if (size != result)
            result.replaceAllUsesWith(size);
    // Only now: the analysis of sizes must not meet erased values.
    for (Operation *op : llvm::reverse(ops))
      if (isOpTriviallyDead(op))
        op->erase();
  }

private:
  /// Sizes are scalars or short vectors.
  static constexpr int64_t kMaxSizes = 8;

  /// The same elements read from an argument; null where `value` holds something else.
  Value find(OpResult value) {
    auto type = dyn_cast<RankedTensorType>(value.getType());
    if (!type || !type.getElementType().isSignlessInteger(64) || type.getRank() > 1 || !type.hasStaticShape() ||
        type.getNumElements() == 0 || type.getNumElements() > kMaxSizes || tt::getConstantAttr(value))
      return {};
    if (auto shape = value.getDefiningOp<tt::ShapeOp>(); shape && isa<BlockArgument>(shape.getInput()))
      return {};
    std::optional<ArrayRef<tt::SizeExpr>> elements = analysis.getElements(value);
    if (!elements || llvm::all_of(*elements, [](const tt::SizeExpr &e) { return e.getConstant().has_value(); }))
      return {};
    for (BlockArgument argument : block.getArguments()) {
      if (!isa<RankedTensorType>(argument.getType()))
        continue;
      ArrayRef<tt::SizeExpr> sizes = analysis.getSizes(argument);
      for (size_t first = 0; first + elements->size() <= sizes.size(); ++first)
        if (sizes.slice(first, elements->size()) == *elements)
          return getSizes(argument, first, elements->size(), type);
    }
    return {};
  }

  Value getSizes(BlockArgument argument, int64_t first, int64_t count, RankedTensorType type) {
    Value &known = made[{argument.getArgNumber(), first, count, type.getRank()}];
    if (known)
      return known;
    if (type.getRank() == 0) {
      Value vector = getSizes(argument, first, count, type.clone(ArrayRef<int64_t>{1}));
      builder.setInsertionPointAfterValue(vector);
      Value shape = tt::createShapeConstant(builder, vector.getLoc(), {});
      return made[{argument.getArgNumber(), first, count, 0}] =
                 tt::ReshapeOp::create(builder, vector.getLoc(), type, vector, shape, builder.getBoolAttr(false));
    }
    builder.setInsertionPointToStart(&block);
    known = tt::ShapeOp::create(builder, argument.getLoc(), type, argument, builder.getI64IntegerAttr(first),
                                builder.getI64IntegerAttr(first + count));
    return known;
  }

  Block &block;
  OpBuilder builder;
  tt::ShapeAnalysis analysis;
  /// By argument, first dimension, number of dimensions and rank.
  std::map<std::tuple<unsigned, int64_t, int64_t, int64_t>, Value> made;
};

struct SimplifySizesPass : tt::impl::SimplifySizesPassBase<SimplifySizesPass> {
  using SimplifySizesPassBase::SimplifySizesPassBase;

  void runOnOperation() override {
    for (Block &block : getOperation().getBody())
      SizeSimplifier(block).run();
  }
};
} // namespace
