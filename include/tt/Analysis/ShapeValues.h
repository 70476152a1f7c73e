//===- ShapeValues.h - symbolic sizes and small integer tensors -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Exported models compute shapes with graph ops (tt.shape, tt.gather, tt.mul, tt.concat, then tt.reshape). This
// analysis follows such computations with the sizes of dynamic dimensions as symbols, so that it can tell that two
// sizes are equal, that one is constant, or which named dimension of an input it is.
//===----------------------------------------------------------------------===//

#ifndef TT_ANALYSIS_SHAPEVALUES_H
#define TT_ANALYSIS_SHAPEVALUES_H

#include "tt/Analysis/SizeExpr.h"

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tt {

/// Results are computed on demand and kept. They stay right while types become more static and while ops are added, as
/// long as no value that was asked for is erased. Arguments of one function whose dimensions have equal names in
/// `tt.dims` share a symbol: the runtime refuses inputs that give one name two sizes.
class ShapeAnalysis {
public:
  /// Tensors of more elements are not followed.
  static constexpr int64_t kMaxElements = 256;

  /// One expression per dimension of the ranked tensor `value`. None of them is negative.
  llvm::ArrayRef<SizeExpr> getSizes(mlir::Value value);

  /// One expression per element of an integer tensor (i1 gives 0 or 1) of rank 0 or 1 and static size, up to
  /// kMaxElements; a symbol of its own where nothing is known of an element. Nothing for other values.
  std::optional<llvm::ArrayRef<SizeExpr>> getElements(mlir::Value value);

  /// Says that `argument`, of a block that has no op yet, is `value`.
  void setEqual(mlir::Value argument, mlir::Value value);
  /// Says that it has the shape of `value`.
  void setEqualShape(mlir::Value argument, mlir::Value value);

  /// Whether dimension `i` of `a` and dimension `j` of `b` have equal sizes in every run.
  bool haveEqualSizes(mlir::Value a, int64_t i, mlir::Value b, int64_t j);
  /// Whether two tensors have equal shapes in every run.
  bool haveEqualShapes(mlir::Value a, mlir::Value b);

  /// The name (of a dimension of an input, from `tt.dims`) whose size the expression is; empty where there is none.
  llvm::StringRef getName(const SizeExpr &expr) const;
  /// The names of the dimensions of `value`, empty for static ones and where no input's dimension can be told.
  llvm::SmallVector<std::string> getDimNames(mlir::Value value);

  /// Whether the expression is 0 or more whatever its symbols are.
  bool isNonNegative(const SizeExpr &expr) const;

private:
  struct Symbol {
    std::string name;
    bool isNonNegative;
  };

  SizeExpr addSymbol(bool isNonNegative, llvm::StringRef name = {});
  /// The symbol for a function of expressions that is no polynomial; equal arguments give equal symbols.
  SizeExpr getOpaque(llvm::StringRef function, llvm::ArrayRef<SizeExpr> arguments, bool isNonNegative);
  /// A new symbol for a size of which nothing more is known.
  SizeExpr getUnknownSize();

  // Arithmetic that falls back to opaque symbols.
  SizeExpr add(const SizeExpr &a, const SizeExpr &b);
  SizeExpr subtract(const SizeExpr &a, const SizeExpr &b);
  SizeExpr multiply(const SizeExpr &a, const SizeExpr &b);
  /// a / b rounded toward zero.
  SizeExpr divide(const SizeExpr &a, const SizeExpr &b);
  SizeExpr minimum(const SizeExpr &a, const SizeExpr &b);
  SizeExpr maximum(const SizeExpr &a, const SizeExpr &b);
  SizeExpr product(llvm::ArrayRef<SizeExpr> factors);
  SizeExpr broadcast(const SizeExpr &a, const SizeExpr &b);
  /// Whether `capped` is the minimum of `size` and a constant above 1.
  bool isCapped(const SizeExpr &capped, const SizeExpr &size) const;
  std::vector<SizeExpr> broadcastShapes(llvm::ArrayRef<SizeExpr> a, llvm::ArrayRef<SizeExpr> b);
  /// Number of positions that a slice takes of a dimension of `size`.
  SizeExpr sliceCount(const SizeExpr &size, const SizeExpr &start, const SizeExpr &end, int64_t step);

  /// Sizes of a result of one of tt's ops; empty where the op has no rule.
  std::vector<SizeExpr> computeSizes(mlir::OpResult result);
  /// Elements of an op's result; nothing where the op has no rule.
  std::optional<std::vector<SizeExpr>> computeElements(mlir::OpResult result, int64_t count);
  std::optional<SizeExpr> computeBinary(mlir::Operation *op, const SizeExpr &a, const SizeExpr &b);

  std::vector<SizeExpr> reshapeSizes(mlir::Operation *op);
  std::vector<SizeExpr> windowSizes(mlir::Operation *op);
  std::vector<SizeExpr> matmulSizes(mlir::Operation *op);
  std::vector<SizeExpr> resizeSizes(mlir::Operation *op);

  std::vector<Symbol> symbols;
  std::map<std::pair<std::string, std::vector<SizeExpr>>, unsigned> opaque;
  std::map<std::pair<void *, std::string>, unsigned> named; // by function and name
  // Node-based maps: references to their elements stay valid.
  std::unordered_map<void *, std::vector<SizeExpr>> sizes;
  std::unordered_map<void *, std::vector<SizeExpr>> elements;
};

/// What an argument of a region of `tt.if` or `tt.loop` captures; null for other arguments.
mlir::Value getCaptured(mlir::BlockArgument argument);

} // namespace tt

#endif // TT_ANALYSIS_SHAPEVALUES_H
