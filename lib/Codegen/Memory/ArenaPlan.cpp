//===- ArenaPlan.cpp - where buffers of known lifetime lie ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ArenaPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

SmallVector<int64_t> tt::planOffsets(ArrayRef<int64_t> sizes, ArrayRef<Lifetime> lifetimes, int64_t &total) {
  SmallVector<int64_t> order = to_vector(seq<int64_t>(0, sizes.size())), offsets(sizes.size());
  sort(order, [&](int64_t l, int64_t r) { return std::pair(sizes[r], l) < std::pair(sizes[l], r); });
  SmallVector<int64_t> placed; // by offset
  total = 0;
  for (int64_t i : order) {
    int64_t offset = 0;
    for (int64_t other : placed) {
      if (!lifetimes[i].overlaps(lifetimes[other]))
        continue;
      if (offset + sizes[i] <= offsets[other])
        break;
      offset = std::max<int64_t>(offset, alignTo(offsets[other] + sizes[other], 64));
    }
    offsets[i] = offset;
    total = std::max<int64_t>(total, alignTo(offset + sizes[i], 64));
    placed.insert(upper_bound(placed, i, [&](int64_t l, int64_t r) { return offsets[l] < offsets[r]; }), i);
  }
  return offsets;
}

SmallVector<int64_t> tt::planSlots(ArrayRef<int64_t> kinds, ArrayRef<Lifetime> lifetimes, int64_t &numSlots) {
  SmallVector<int64_t> order = to_vector(seq<int64_t>(0, kinds.size())), slots(kinds.size());
  sort(order,
       [&](int64_t l, int64_t r) { return std::pair(lifetimes[l].first, l) < std::pair(lifetimes[r].first, r); });
  SmallVector<std::pair<int64_t, int64_t>> open; // kind and last step of each slot
  for (int64_t i : order) {
    auto slot = find_if(open, [&](auto &s) { return s.first == kinds[i] && s.second < lifetimes[i].first; });
    if (slot == open.end())
      slot = open.insert(open.end(), {kinds[i], 0});
    slot->second = lifetimes[i].last;
    slots[i] = slot - open.begin();
  }
  numSlots = open.size();
  return slots;
}
