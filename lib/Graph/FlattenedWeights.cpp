//===- FlattenedWeights.cpp - weights behind a flattened image ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Classifiers flatten their last image before a matrix product. Instead of the image, the rows of the weights move.
//===----------------------------------------------------------------------===//

#include "LayoutRules.h"
#include "Matchers.h"

#include "llvm/ADT/Sequence.h"

#include <algorithm>

using namespace mlir;
using namespace tt::graph;

/// The dimensions of a transpose's result that `reshape` joins to its last dimension, where `transpose` moves only
/// these among each other; else empty.
static SmallVector<int64_t> getFlattenedDims(tt::TransposeOp transpose, tt::ReshapeOp reshape) {
  std::optional<SmallVector<ReshapeGroup>> groups = getReshapeGroups(reshape);
  int64_t last = getTensorType(reshape.getResult()).getRank() - 1;
  if (!groups || groups->empty() || groups->back().to != SmallVector<int64_t>{last})
    return {};
  ArrayRef<int64_t> shape = getTensorType(transpose.getResult()).getShape(), perm = transpose.getPerm();
  SmallVector<int64_t> flattened = groups->back().from;
  if (llvm::any_of(flattened, [&](int64_t dim) { return ShapedType::isDynamic(shape[dim]); }))
    return {};
  // The others keep their order and come first in the operand too.
  int64_t firstFlattened = perm[flattened[0]];
  for (int64_t dim : flattened)
    firstFlattened = std::min(firstFlattened, perm[dim]);
  int64_t previous = -1;
  for (int64_t dim = 0; dim < flattened[0]; ++dim) {
    if (shape[dim] == 1)
      continue;
    if (perm[dim] < previous || perm[dim] > firstFlattened)
      return {};
    previous = perm[dim];
  }
  return flattened;
}

static void absorb(RewriterBase &rewriter, tt::MatMulOp op) {
  auto reshape = op.getLhs().getDefiningOp<tt::ReshapeOp>();
  auto transpose = reshape ? reshape.getInput().getDefiningOp<tt::TransposeOp>() : tt::TransposeOp();
  ElementsAttr weights = tt::getConstantAttr(op.getRhs());
  if (!transpose || !weights || !reshape->hasOneUse() || !transpose->hasOneUse() ||
      getTensorType(op.getRhs()).getRank() != 2)
    return;
  SmallVector<int64_t> flattened = getFlattenedDims(transpose, reshape);
  RankedTensorType result = getTensorType(reshape.getResult());
  if (flattened.empty() || result.getNumDynamicDims() > 1)
    return;

  // Rows of the weights as the flattened dimensions, in the order of the transpose's operand.
  RankedTensorType type = getTensorType(op.getRhs());
  SmallVector<int64_t> order = llvm::to_vector(llvm::seq<int64_t>(0, flattened.size()));
  llvm::sort(order, [&](int64_t a, int64_t b) {
    return transpose.getPerm()[flattened[a]] < transpose.getPerm()[flattened[b]];
  });
  int64_t columnBytes = type.getDimSize(1) * tt::getElementBytes(type.getElementType());
  SmallVector<int64_t> strides(flattened.size(), columnBytes), sizes;
  for (int64_t dim : flattened)
    sizes.push_back(getTensorType(transpose.getResult()).getDimSize(dim));
  for (int64_t i = static_cast<int64_t>(sizes.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * sizes[i + 1];
  sizes = permute(sizes, order);
  strides = permute(strides, order);

  rewriter.setInsertionPoint(op);
  std::vector<char> storage;
  ArrayRef<char> from = tt::getConstantBytes(weights, storage);
  Value oldWeights = op.getRhs();
  Value newWeights = tt::createConstant(rewriter, oldWeights.getLoc(), type, [&](MutableArrayRef<char> to) {
    for (int64_t row = 0, rows = type.getDimSize(0); row < rows; ++row) {
      int64_t at = 0;
      for (int64_t i = static_cast<int64_t>(sizes.size()) - 1, rest = row; i >= 0; rest /= sizes[i--])
        at += rest % sizes[i] * strides[i];
      std::copy_n(from.begin() + at, columnBytes, to.begin() + row * columnBytes);
    }
  });
  SmallVector<int64_t> shape = llvm::map_to_vector(
      result.getShape(), [](int64_t size) { return ShapedType::isDynamic(size) ? int64_t(-1) : size; });
  Value newShape = tt::createShapeConstant(rewriter, reshape.getLoc(), shape);
  Value flat = tt::ReshapeOp::create(rewriter, reshape.getLoc(), result, transpose.getInput(), newShape,
                                     rewriter.getBoolAttr(false));
  rewriter.modifyOpInPlace(op, [&] {
    op.getLhsMutable().assign(flat);
    op.getRhsMutable().assign(newWeights);
  });
  Value oldShape = reshape.getShape();
  rewriter.eraseOp(reshape);
  rewriter.eraseOp(transpose);
  releaseConstants({oldWeights, oldShape});
}

void tt::graph::absorbTransposesIntoWeights(RewriterBase &rewriter, Block &block) {
  SmallVector<tt::MatMulOp> products(block.getOps<tt::MatMulOp>());
  for (tt::MatMulOp op : products)
    absorb(rewriter, op);
}
