//===- Panels.h - the layout of packed right-hand sides ---------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// A right-hand side of K x N is packed as [ceil(N / 16), K, 16], or, for kernels that multiply short runs along K in
// one instruction, as [ceil(N / 16), ceil(K / unit), 16, unit]; zeros stand behind column N and step K.
//
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_PANELS_H
#define TT_DIALECT_IR_PANELS_H

#include "mlir/IR/BuiltinTypes.h"

namespace tt {

/// Width of the panels of a packed right-hand side, in columns, on every target (docs/ARCHITECTURE.md).
inline constexpr int64_t kPanelColumns = 16;

/// How many neighbours along K stand side by side in the panels of a product whose left-hand side has elements of this
/// type: pairs of 16-bit numbers, or four of 8 bits, fill the 32 bits of an accumulator.
inline int64_t getPanelUnit(mlir::Type leftElement) {
  if (leftElement.isInteger(8))
    return 4;
  return leftElement.isF16() || leftElement.isBF16() || leftElement.isInteger(16) ? 2 : 1;
}

/// The unit of a packed right-hand side of rank 4 or 5.
inline int64_t getPanelUnit(mlir::ShapedType packed) { return packed.getRank() == 5 ? packed.getDimSize(4) : 1; }

} // namespace tt

#endif // TT_DIALECT_IR_PANELS_H
