//===- RangesFile.h - the file of a calibration --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The format is described in docs/quantization.md.
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_RANGESFILE_H
#define TT_SUPPORT_RANGESFILE_H

#include "tt/Support/ValueStatistics.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace tt {

/// The version of the format that is written and read.
inline constexpr int kRangesVersion = 1;

/// Statistics of the values of a model by name, in the order of the graph.
class Calibration {
public:
  std::string model; ///< file name of the model
  std::string hash;  ///< SHA-256 of the model file in hexadecimal
  uint64_t samples = 0;
  /// Only in the checkpoint of a calibration that has not ended: what it runs on, in the words of the tool.
  std::optional<std::string> unfinished;

  /// The statistics of `name`, made behind the others where there are none.
  ValueStatistics &operator[](llvm::StringRef name);
  /// Null where the name is not known.
  const ValueStatistics *find(llvm::StringRef name) const;
  llvm::ArrayRef<std::pair<std::string, ValueStatistics>> values() const { return list; }

  /// Adds the samples of `other`, which must be of the same model and know the same values.
  llvm::Error merge(const Calibration &other);

private:
  std::vector<std::pair<std::string, ValueStatistics>> list;
  llvm::StringMap<size_t> places;
};

/// Reads a ranges file; errors name the file and what is wrong in it.
llvm::Expected<Calibration> readCalibration(llvm::StringRef path);
/// Writes a ranges file, whole or not at all. Equal calibrations give equal bytes.
llvm::Error writeCalibration(llvm::StringRef path, const Calibration &calibration);

} // namespace tt

#endif // TT_SUPPORT_RANGESFILE_H
