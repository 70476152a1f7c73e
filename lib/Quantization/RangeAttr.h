//===- RangeAttr.h - ranges of values in the IR -------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// From tt-import-ranges to tt-quantize the attribute `tt.range` on arguments of functions and on ops holds the limits
// of a value: array<f64: LOW, HIGH>, on ops with several results two numbers for each of them.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_QUANTIZATION_RANGEATTR_H
#define TT_LIB_QUANTIZATION_RANGEATTR_H

#include "tt/Support/RangeMethods.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace tt {

inline constexpr llvm::StringLiteral kRangeAttr = "tt.range";

/// The range of `value`; nothing where none was imported.
std::optional<Range> getRange(mlir::Value value);
void setRange(mlir::Value value, const Range &range);
/// Takes all ranges off `func`.
void eraseRanges(mlir::func::FuncOp func);

} // namespace tt

#endif // TT_LIB_QUANTIZATION_RANGEATTR_H
