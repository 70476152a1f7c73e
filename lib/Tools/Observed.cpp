//===- Observed.cpp - values of a run, as a model shows them --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Observed.h"

#include "llvm/ADT/SmallVector.h"

using namespace llvm;

ArrayRef<float> tt::ObservedValue::dense(std::vector<float> &buffer) const {
  int64_t count = 1, rank = dims.size();
  bool isDense = true;
  for (int64_t d = rank - 1; d >= 0; --d) {
    isDense &= dims[d] == 1 || strides[d] == count;
    count *= dims[d];
  }
  if (isDense || count == 0)
    return ArrayRef(values, count);
  buffer.resize(count);
  SmallVector<int64_t> index(rank);
  int64_t from = 0;
  for (float &element : buffer) {
    element = values[from];
    for (int64_t d = rank - 1; d >= 0; --d) {
      from += strides[d];
      if (++index[d] < dims[d])
        break;
      from -= dims[d] * strides[d];
      index[d] = 0;
    }
  }
  return buffer;
}
