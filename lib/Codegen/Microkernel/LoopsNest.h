//===- LoopsNest.h - a linalg.generic as a strided loop nest ----*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// A `linalg.generic` on buffers seen as loops over elements of flat buffers: each operand has one stride per loop.
// Permutations, broadcasts, windows and sub-views are then all the same thing, and neighbouring loops that walk every
// buffer evenly can be merged. Strides and sizes are products of a constant and of sizes known at run time.
//
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_LOOPSNEST_H
#define TT_LIB_CODEGEN_MICROKERNEL_LOOPSNEST_H

#include "LoopsSupport.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace tt {

/// `factor` times the values of some symbols (indices into `LoopNest::symbols`, sorted).
struct Product {
  int64_t factor = 0;
  mlir::SmallVector<unsigned, 2> symbols;

  static Product constant(int64_t value) { return {value, {}}; }
  std::optional<int64_t> fixed() const { return symbols.empty() ? std::optional(factor) : std::nullopt; }
  bool operator==(const Product &other) const = default;
  Product operator*(const Product &other) const;
};

/// One loop of the nest.
struct LoopDim {
  Product size;
  bool isReduction = false;
  bool isPinned = false; ///< the body or a non-linear index needs the loop's own index: never merged
};

/// How one operand is read or written.
struct LoopAccess {
  mlir::OpOperand *operand;
  mlir::Type element;
  mlir::Value view;                   ///< flat 1-D view; null for an operand that is a scalar
  mlir::SmallVector<Product> strides; ///< in elements, one per loop; factor 0: does not depend on it
  mlir::OpFoldResult start;           ///< constant part of the index
  mlir::SmallVector<std::pair<Product, mlir::AffineExpr>> terms; ///< stride times a non-linear expression of the loops
  bool isRead = false;
  bool isWritten = false;

  bool isIndependentOf(unsigned dim) const {
    return strides[dim].factor == 0 &&
           llvm::none_of(terms, [&](auto &term) { return term.second.isFunctionOfDim(dim); });
  }
  bool isContiguousIn(unsigned dim) const {
    return strides[dim] == Product::constant(1) &&
           llvm::none_of(terms, [&](auto &term) { return term.second.isFunctionOfDim(dim); });
  }
};

struct LoopNest {
  mlir::linalg::GenericOp op;
  mlir::SmallVector<LoopDim> dims;
  mlir::SmallVector<LoopAccess> accesses; ///< one per operand of `op`
  mlir::SmallVector<mlir::Value> symbols; ///< run-time sizes and strides

  mlir::OpFoldResult materialize(mlir::OpBuilder &builder, mlir::Location loc, const Product &product) const;
  /// The product's value where it is fixed, else `guess`.
  static int64_t estimate(const Product &product, int64_t guess) { return product.fixed().value_or(guess); }
};

/// Describes `op` (on buffers) and emits the flat views and run-time sizes it needs before it. Moves the `linalg.index`
/// ops of the body to its start. An error where a loop's size cannot be found.
mlir::FailureOr<LoopNest> analyzeNest(mlir::OpBuilder &builder, mlir::linalg::GenericOp op);

/// Merges loops that together walk every operand evenly: sizes become products, merged loops get size 1.
void mergeLoops(LoopNest &nest);

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_LOOPSNEST_H
