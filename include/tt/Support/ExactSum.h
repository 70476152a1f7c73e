//===- ExactSum.h - sums of doubles without rounding --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_EXACTSUM_H
#define TT_SUPPORT_EXACTSUM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace tt {

/// The exact sum of finite doubles, as doubles whose bits do not overlap (J. R. Shewchuk, "Adaptive Precision
/// Floating-Point Arithmetic", 1997, GROW-EXPANSION). Nothing depends on the order of the terms, unless a partial sum
/// overflows.
class ExactSum {
public:
  void add(double term);
  /// The sum, rounded once.
  double value() const;
  /// The one list of doubles of this sum in which each is what remains, rounded to nearest; empty for 0.
  llvm::SmallVector<double> terms() const;

private:
  llvm::SmallVector<double, 4> parts; ///< by magnitude, the smallest first; none is 0
};

} // namespace tt

#endif // TT_SUPPORT_EXACTSUM_H
