//===- ArrayStream.h - large arrays, read row by row ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_TOOLS_ARRAYSTREAM_H
#define TT_LIB_TOOLS_ARRAYSTREAM_H

#include "tt/Tools/Tensor.h"

#include <memory>
#include <vector>

namespace tt {

/// An array of a .npy or .npz file whose rows (the slices of its first dimension) are read in order, into one buffer.
class ArrayStream {
public:
  /// Opens the array of a .npy file, or all arrays of a .npz file (stored or deflated).
  static llvm::Expected<std::vector<std::unique_ptr<ArrayStream>>> open(llvm::StringRef path);
  virtual ~ArrayStream();

  llvm::StringRef name() const { return arrayName; } ///< in a .npz file, else empty
  llvm::ArrayRef<int64_t> dims() const { return shape; }
  uint32_t dtype() const { return type; }
  /// Reads the next row into `row`, which has the size of one.
  llvm::Error read(llvm::MutableArrayRef<char> row);
  /// Passes over `bytes` bytes.
  llvm::Error skip(uint64_t bytes);

protected:
  /// Reads exactly as many bytes as `to` has; false where there are fewer, or the data is damaged.
  virtual bool readBytes(llvm::MutableArrayRef<char> to) = 0;
  virtual bool skipBytes(uint64_t bytes) = 0;

  friend class ArrayOpener;
  std::string where, arrayName;
  llvm::SmallVector<int64_t> shape;
  uint32_t type = TT_UNDEFINED;
};

} // namespace tt

#endif // TT_LIB_TOOLS_ARRAYSTREAM_H
