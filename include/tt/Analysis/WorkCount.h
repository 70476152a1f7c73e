//===- WorkCount.h - FLOPs, bytes and parameters of graph ops -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// One convention for all of tt, in docs/profiling.md: a multiply-add is two operations, every scalar step on floats
// one, moving data none. Bytes: each operand is read once, each result written once, whatever caches do.
//===----------------------------------------------------------------------===//

#ifndef TT_ANALYSIS_WORKCOUNT_H
#define TT_ANALYSIS_WORKCOUNT_H

#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>
#include <utility>

namespace tt {

/// A number that is the sum of products of a constant and of dynamic sizes of operands and results; or unknown, because
/// it depends on data or does not fit 63 bits.
class WorkExpr {
public:
  /// factor * product of the sizes of dimension `second` of the tensor `first`, all of them dynamic.
  struct Term {
    int64_t factor;
    llvm::SmallVector<std::pair<mlir::Value, int64_t>, 4> sizes;
  };

  WorkExpr(int64_t constant = 0);
  static WorkExpr unknown();
  /// The size of dimension `dim` of `shaped` (ranked).
  static WorkExpr size(mlir::Value shaped, int64_t dim);
  /// The number of elements of `shaped`; 1 for what is no tensor.
  static WorkExpr elements(mlir::Value shaped);
  /// The bytes of all elements of `shaped`.
  static WorkExpr bytes(mlir::Value shaped);

  WorkExpr operator+(const WorkExpr &other) const;
  WorkExpr operator*(const WorkExpr &other) const;
  WorkExpr &operator+=(const WorkExpr &other) { return *this = *this + other; }
  WorkExpr &operator*=(const WorkExpr &other) { return *this = *this * other; }

  bool isKnown() const { return known; }
  /// The number, where no size is dynamic.
  std::optional<int64_t> getConstant() const;
  /// Empty where the number is 0 or unknown.
  llvm::ArrayRef<Term> getTerms() const { return terms; }

private:
  bool known = true;
  llvm::SmallVector<Term, 1> terms; // at most one has no sizes, and none has the factor 0
};

/// What one run of an op costs.
struct OpWork {
  WorkExpr flops, bytesRead, bytesWritten;
};

/// The work of one graph op. Nothing for every other op, and for those that contain the ops that work (tt.if, tt.loop).
/// What kernels do after fusion is counted by tt-instrument-profile, by the same convention.
std::optional<OpWork> countWork(mlir::Operation *op);

/// Elements of the constant that an op reads by `operand`, where that is one of floats, or of integers other than i64
/// and i1 (sizes, positions, masks); else 0. `source` is the operand's value outside of branches and loops.
int64_t countParameters(mlir::OpOperand &operand, mlir::Value source);

} // namespace tt

#endif // TT_ANALYSIS_WORKCOUNT_H
