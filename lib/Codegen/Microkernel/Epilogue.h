//===- Epilogue.h - a kernel op's epilogue on accumulators ------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MICROKERNEL_EPILOGUE_H
#define TT_LIB_CODEGEN_MICROKERNEL_EPILOGUE_H

#include "TileBuilder.h"

#include "tt/Dialect/IR/TTOps.h"

#include "llvm/ADT/DenseMap.h"

namespace tt {

/// Runs the epilogue region of a kernel op on the accumulators of one register tile and stores the result. One object
/// serves one tile: an extra operand that does not depend on a row (or column) is read once for all rows (columns).
class TileEpilogue {
public:
  /// Fails with an error on `op` where the region cannot run on vectors.
  static mlir::LogicalResult check(EpilogueOpInterface op);

  TileEpilogue(TileBuilder &tile, EpilogueOpInterface op);

  /// Where the epilogue first adds an extra that depends on the column alone to an integer accumulator, the sums can
  /// start from it: sets `accumulators[r * columns.size() + v]` of `rows` rows to its elements from `columns[v]` on, of
  /// which the last vector has the lanes `last`. Does nothing where this is not so. Called before store(), if at all.
  void start(llvm::MutableArrayRef<mlir::Value> accumulators, int64_t rows, mlir::ValueRange columns,
             const ActiveLanes &last);

  /// Stores epilogue(accumulator) to `init[indices[0], .., indices[last] + lane]`. `row` and `vector` name the place in
  /// the tile: equal `row` means equal indices but the last, equal `vector` an equal last index.
  mlir::LogicalResult store(mlir::Value accumulator, mlir::ValueRange indices, int64_t row, int64_t vector,
                            const ActiveLanes &active);

private:
  /// Extra operand `number` at these indices: a vector where it depends on the column, else a scalar.
  mlir::Value loadExtra(int64_t number, mlir::ValueRange indices, int64_t row, int64_t vector,
                        const ActiveLanes &active);

  TileBuilder &tile;
  EpilogueOpInterface op;
  mlir::Operation *firstSum = nullptr; ///< what start() does
  int64_t firstExtra = 0;
  bool isStarted = false;
  llvm::DenseMap<std::pair<int64_t, std::pair<int64_t, int64_t>>, mlir::Value> loaded;
};

} // namespace tt

#endif // TT_LIB_CODEGEN_MICROKERNEL_EPILOGUE_H
