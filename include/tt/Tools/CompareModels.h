//===- CompareModels.h - two builds of a model, value by value ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_COMPAREMODELS_H
#define TT_TOOLS_COMPAREMODELS_H

#include "tt/Pipelines/Driver.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <vector>

namespace tt {

/// How far the elements of one value are from each other in two builds, over all samples. NaN and infinite elements
/// that both builds have count as equal.
struct ValueDistance {
  std::string name;
  double signal = 0;  ///< sum of the squares of the first build's elements
  double noise = 0;   ///< of the squares of the differences
  double product = 0; ///< of the products
  double other = 0;   ///< of the squares of the second build's elements
  double largest = 0; ///< largest magnitude of a difference; infinite where only one of two elements is finite

  void add(llvm::ArrayRef<float> a, llvm::ArrayRef<float> b);
  /// 10 log10(signal / noise) in dB; infinite without noise.
  double snr() const;
  /// 1 where both are zero.
  double cosine() const;
};

struct CompareModelsOptions {
  CompileOptions first, second; ///< input, cpu, dims, ranges ... of the builds; output and kind are not looked at
  std::vector<std::string> data;
  /// A .npy file with one integer per sample: the index that the largest element of the first output should have.
  std::string labels;
  std::optional<uint64_t> limit; ///< samples to look at; all
  unsigned threads = 0;
  bool worstFirst = false; ///< order of the values: by signal-to-noise ratio, else of the graph
  bool json = false;
};

/// Runs both models on the samples and prints signal-to-noise ratio, cosine and largest error of each value that both
/// show, of each output, and with labels how many both get right.
llvm::Error compareModels(const CompareModelsOptions &options, llvm::raw_ostream &os);

} // namespace tt

#endif // TT_TOOLS_COMPAREMODELS_H
