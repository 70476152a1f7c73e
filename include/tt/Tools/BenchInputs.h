//===- BenchInputs.h - inputs of a benchmark ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_BENCHINPUTS_H
#define TT_TOOLS_BENCHINPUTS_H

#include "tt/Tools/Tensor.h"

#include "llvm/ADT/StringMap.h"

namespace tt {

/// Where inputs come from.
struct InputOptions {
  /// [name=]file, as tt-run takes them; what they do not give is random.
  std::vector<std::string> files;
  /// Dynamic sizes by their names.
  llvm::StringMap<int64_t> sizes;
  uint64_t seed = 7;
};

/// Reads "name=value" (a size, 0 or more) into `sizes`.
llvm::Error parseSize(llvm::StringRef text, llvm::StringMap<int64_t> &sizes);

/// All inputs of `entry`, in its order. Random ones depend on the seed, their place and shape only: floats are
/// multiples of 1/128 in [-1, 1) (exact in every float type), 8-bit integers 0 to 127, wider integers and bools 0 or 1,
/// which is a valid index, token, segment or mask of most models. A dynamic size that `sizes` lacks is an error.
llvm::Expected<std::vector<Tensor>> makeInputs(const tt_entry_info &entry, const InputOptions &options);

} // namespace tt

#endif // TT_TOOLS_BENCHINPUTS_H
