//===- WeightTable.h - constants of the weights section ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MEMORY_WEIGHTTABLE_H
#define TT_LIB_CODEGEN_MEMORY_WEIGHTTABLE_H

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/DenseMap.h"

namespace tt {

/// The attribute `tt.weights` under construction: constants one after another, each at the next multiple of 64 bytes,
/// equal bytes once.
class WeightTable {
public:
  /// Starts with the constants of `old`, which may be null.
  explicit WeightTable(mlir::ArrayAttr old = {});

  /// Offset in bytes of `value`, which is appended unless equal bytes are there already.
  int64_t getOffset(mlir::ElementsAttr value);

  mlir::ArrayAttr getAttr(mlir::MLIRContext *context) const { return mlir::ArrayAttr::get(context, table); }

private:
  int64_t append(mlir::ElementsAttr value);

  llvm::SmallVector<mlir::Attribute> table;
  llvm::DenseMap<mlir::Attribute, int64_t> offsets;
  llvm::DenseMap<uint64_t, llvm::SmallVector<mlir::ElementsAttr, 1>> byHash;
  int64_t end = 0;
};

} // namespace tt

#endif // TT_LIB_CODEGEN_MEMORY_WEIGHTTABLE_H
