//===- LayoutRules.h - graph ops on permuted tensors ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Which ops can work on tensors whose dimensions are stored in another order, and how they change then. Private to
// lib/Graph.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_GRAPH_LAYOUTRULES_H
#define TT_LIB_GRAPH_LAYOUTRULES_H

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/PatternMatch.h"

#include <optional>

namespace tt::graph {

/// An order of dimensions, as in `tt.transpose`: dimension i of the permuted tensor is dimension perm[i].
using Perm = llvm::SmallVector<int64_t, 6>;

Perm getIdentity(int64_t rank);
bool isIdentity(mlir::ArrayRef<int64_t> perm);
Perm getInverse(mlir::ArrayRef<int64_t> perm);

/// The permutation of `first` followed by `second`.
Perm compose(mlir::ArrayRef<int64_t> first, mlir::ArrayRef<int64_t> second);

llvm::SmallVector<int64_t> permute(mlir::ArrayRef<int64_t> values, mlir::ArrayRef<int64_t> perm);
mlir::RankedTensorType permute(mlir::RankedTensorType type, mlir::ArrayRef<int64_t> perm);

/// True where `perm` keeps the order of all dimensions of `shape` whose size is not 1: the elements stay where they
/// are.
bool movesOnlyUnits(mlir::ArrayRef<int64_t> shape, mlir::ArrayRef<int64_t> perm);

/// True where both orders put the elements of a tensor of this shape in the same places.
bool areEquivalent(mlir::ArrayRef<int64_t> shape, mlir::ArrayRef<int64_t> a, mlir::ArrayRef<int64_t> b);

/// Consecutive dimensions of size other than 1 before and after a reshape that hold the same elements.
struct ReshapeGroup {
  llvm::SmallVector<int64_t> from, to;
};

/// Splits a reshape into its smallest groups. Nothing where unknown sizes cannot be matched for certain: all but one
/// must be copied by a 0 of the constant shape operand.
std::optional<llvm::SmallVector<ReshapeGroup>> getReshapeGroups(tt::ReshapeOp op);

/// The constant shape operand of a reshape from `from` to `to` where the dimensions of size other than 1 are the same
/// ones in the same order. Nothing where it cannot be expressed (several unknown sizes that change their place).
std::optional<llvm::SmallVector<int64_t>> getUnitReshape(mlir::ArrayRef<int64_t> from, mlir::ArrayRef<int64_t> to);

/// What a permuted op reads of one operand.
struct OperandForm {
  enum Kind {
    Keep,     ///< the operand as it was
    Permute,  ///< the operand in the order `perm`
    Broadcast ///< the operand with leading unit dimensions up to the rank of `perm`, in that order
  };
  Kind kind = Keep;
  Perm perm;
};

/// How an op works on permuted tensors.
struct PermutedForm {
  llvm::SmallVector<OperandForm> operands;
  llvm::SmallVector<Perm> results;
  /// The new shape operand of a reshape.
  llvm::SmallVector<int64_t> shape;
};

/// The form of `op` in which its operand `index`, or its result `index`, has the order `perm`. Nothing where the op
/// cannot work so. Convolutions, pools (whose layout is an attribute) and transposes have no form.
std::optional<PermutedForm> getFormForOperand(mlir::Operation *op, unsigned index, mlir::ArrayRef<int64_t> perm);
std::optional<PermutedForm> getFormForResult(mlir::Operation *op, unsigned index, mlir::ArrayRef<int64_t> perm);

/// Changes `op` to `form`: `operands` are already in the order that the form wants. Sets operands, attributes and
/// result types.
void applyForm(mlir::RewriterBase &rewriter, mlir::Operation *op, const PermutedForm &form,
               mlir::ArrayRef<mlir::Value> operands);

/// A constant with the elements of `value` in the order `perm`; leading unit dimensions are added first up to the rank
/// of `perm`. Null where `value` is no constant.
mlir::Value permuteConstant(mlir::RewriterBase &rewriter, mlir::Value value, mlir::ArrayRef<int64_t> perm);

/// Moves transposes before a flattening into constant weights, in one block:
/// matmul(reshape(transpose(x)), w) -> matmul(reshape(x), w with its rows in the order of x). Both the transpose and
/// the reshape must have one use, and the transpose must leave the dimensions that are not flattened in their places.
void absorbTransposesIntoWeights(mlir::RewriterBase &rewriter, mlir::Block &block);

} // namespace tt::graph

#endif // TT_LIB_GRAPH_LAYOUTRULES_H
