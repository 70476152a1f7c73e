//===- ArenaPlan.h - where buffers of known lifetime lie ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_MEMORY_ARENAPLAN_H
#define TT_LIB_CODEGEN_MEMORY_ARENAPLAN_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <cstdint>

namespace tt {

/// Steps of a program, both ends included, in which a buffer holds something.
struct Lifetime {
  int64_t first, last;
  bool overlaps(const Lifetime &other) const { return first <= other.last && other.first <= last; }
};

/// Offsets (multiples of 64) for buffers of the given sizes in bytes, so that buffers whose lifetimes overlap share no
/// byte: largest first, each at the lowest offset that is free. Deterministic. `total` is the number of bytes needed.
llvm::SmallVector<int64_t> planOffsets(llvm::ArrayRef<int64_t> sizes, llvm::ArrayRef<Lifetime> lifetimes,
                                       int64_t &total);

/// Slot of each buffer, so that buffers of one slot do not overlap in time. `kinds` are equal for buffers of equal
/// size: slots are shared within a kind only, since the larger of two sizes unknown at compile time cannot be chosen
/// well.
llvm::SmallVector<int64_t> planSlots(llvm::ArrayRef<int64_t> kinds, llvm::ArrayRef<Lifetime> lifetimes,
                                     int64_t &numSlots);

} // namespace tt

#endif // TT_LIB_CODEGEN_MEMORY_ARENAPLAN_H
