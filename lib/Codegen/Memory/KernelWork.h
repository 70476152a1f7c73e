//===- KernelWork.h - what a statement on buffers computes and moves --------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Counts as docs/profiling.md says ("How floating-point operations are counted").
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MEMORY_KERNELWORK_H
#define TT_LIB_CODEGEN_MEMORY_KERNELWORK_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace tt {

/// A sum of products of a constant and sizes that exist in a run only (values of type index).
class WorkSum {
public:
  /// Adds `factor` times the product of `sizes`.
  void add(int64_t factor, llvm::ArrayRef<mlir::Value> sizes);
  void add(const WorkSum &other);
  /// The sum as a value of type index, computed at the builder's place.
  mlir::Value build(mlir::OpBuilder &b, mlir::Location loc) const;

private:
  struct Product {
    llvm::SmallVector<mlir::Value> sizes;
    int64_t factor;
  };
  llvm::SmallVector<Product> products;
};

/// Floating-point operations, bytes read and bytes written.
struct Work {
  WorkSum flops, read, written;
  void add(const Work &other);
};

/// The work of `op`, a statement on buffers, or, where it is a call, of the kernel `callee` with the call's operands.
/// Makes the sizes it needs at the place of `b`, where the operands of `op` must be visible. A loop counts as often as
/// it runs where its bounds can be told there, else once; of a branch both sides count.
Work countWork(mlir::OpBuilder &b, mlir::Operation *op, mlir::func::FuncOp callee);

} // namespace tt

#endif // TT_LIB_CODEGEN_MEMORY_KERNELWORK_H
