//===- Observed.h - values of a run, as a model shows them ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_OBSERVED_H
#define TT_TOOLS_OBSERVED_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <functional>
#include <vector>

namespace tt {

/// A value that a model compiled with `observe` shows (tt_observer of ABI.h), while it does.
struct ObservedValue {
  llvm::StringRef name;
  const float *values;
  llvm::ArrayRef<int64_t> dims, strides;

  /// The elements row-major: where they are, or copied to `buffer`.
  llvm::ArrayRef<float> dense(std::vector<float> &buffer) const;
};

using Observer = std::function<void(const ObservedValue &)>;

} // namespace tt

#endif // TT_TOOLS_OBSERVED_H
