//===- Samples.h - the samples of a calibration, one by one -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_SAMPLES_H
#define TT_TOOLS_SAMPLES_H

#include "tt/Tools/Tensor.h"

#include <memory>
#include <vector>

namespace tt {

/// The inputs of one run, by name or in order.
struct Sample {
  std::string name; ///< for texts: "images.npz[17]", "photos/cat.npy"
  std::vector<Tensor> inputs;
};

/// Samples in a fixed order, at most one of which is in memory.
class SampleSource {
public:
  virtual ~SampleSource();
  /// How many there are.
  virtual uint64_t size() const = 0;
  /// Reads the next one; `size()` times.
  virtual llvm::Expected<Sample> next() = 0;
  /// Passes over `count` samples.
  virtual llvm::Error skip(uint64_t count) = 0;
};

/// Opens a source:
/// - a .npy file: its first dimension counts the samples of the only input of a model;
/// - a .npz file: the same for the input of each array's name;
/// - a .pb file: one sample;
/// - a folder: each .npy, .npz or .pb file in it, by name, is one whole sample; where it has none, each of its folders
///   is one, with a file for each input (`input_0.pb`, `input_1.pb` ... as in ONNX test folders).
/// `ranks` are those of the model's inputs by name: a slice whose rank is one less than the input's keeps a first
/// dimension of 1. A source without a sample is an error.
llvm::Expected<std::unique_ptr<SampleSource>> openSamples(llvm::StringRef path,
                                                          llvm::ArrayRef<std::pair<std::string, uint32_t>> ranks);

} // namespace tt

#endif // TT_TOOLS_SAMPLES_H
