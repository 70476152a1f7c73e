//===- QuantizePlan.h - which ops and values become integers ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_QUANTIZATION_QUANTIZEPLAN_H
#define TT_LIB_QUANTIZATION_QUANTIZEPLAN_H

#include "tt/Support/RangeMethods.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringSet.h"

#include <string>
#include <vector>

namespace tt {

/// What a user allows.
struct QuantizeChoice {
  bool anyKind = true;
  llvm::StringSet<> kinds;           ///< else these: ops by name without `tt.`
  std::vector<std::string> excluded; ///< globs of node names, value names, or `type:` and an op's name
};

/// The ops of a function that compute on integers, and the values that are rounded for them.
struct QuantizePlan {
  /// In the order of the function. Contractions have constant weights as their second operand.
  llvm::SetVector<mlir::Operation *> ops;
  /// The operands of these ops that are no weights, with the range of their integers: that of the value itself, or of
  /// the operand of the op that only moves its elements.
  llvm::MapVector<mlir::Value, Range> values;
  /// For other ops of these kinds: why they stay in float.
  llvm::MapVector<mlir::Operation *, std::string> reasons;
};

/// Whether `op` multiplies by weights; they are operand 1.
bool isContraction(mlir::Operation *op);
/// The last op of the kernel that `op` begins: its bias, its saturation, or itself.
mlir::Operation *getKernelEnd(mlir::Operation *op);
/// The first op of the kernel that `op` ends.
mlir::Operation *getKernelStart(mlir::Operation *op);

/// Plans `func`, whose values have ranges. Contractions with constant weights are taken where their operand has a
/// range; ops between two values only where all operands come from ops that are taken and such an op reads the result;
/// ops that move elements likewise. Fails at the function where an excluded pattern matches nothing.
mlir::FailureOr<QuantizePlan> planQuantization(mlir::func::FuncOp func, const QuantizeChoice &choice);

} // namespace tt

#endif // TT_LIB_QUANTIZATION_QUANTIZEPLAN_H
