//===- Tensor.h - dense tensors and their files ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_TENSOR_H
#define TT_TOOLS_TENSOR_H

#include "tt/Runtime/ABI.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace tt {

/// A dense, row-major tensor that owns its 64-byte aligned data.
class Tensor {
public:
  Tensor() = default;
  /// Uninitialised data. Sizes must not be negative.
  Tensor(std::string name, uint32_t dtype, llvm::ArrayRef<int64_t> dims);

  int64_t numElements() const;
  llvm::ArrayRef<char> bytes() const { return {data.get(), numBytes}; }
  llvm::MutableArrayRef<char> bytes() { return {data.get(), numBytes}; }
  /// "float [2, 3]".
  std::string typeText() const;
  /// Element `index` in text, as short as it identifies the value.
  std::string elementText(int64_t index) const;
  /// The view of the C interface; valid as long as this tensor is not changed.
  tt_tensor view();

  std::string name;
  uint32_t dtype = TT_UNDEFINED;
  llvm::SmallVector<int64_t> dims;

private:
  struct Free {
    void operator()(char *pointer) const { free(pointer); }
  };
  std::unique_ptr<char, Free> data;
  size_t numBytes = 0;
};

/// True for float, double, float16 and bfloat16.
bool isFloatType(uint32_t dtype);
/// A floating-point element as double (exact).
double floatElement(const Tensor &tensor, int64_t index);

/// Reads one file: .npy, .npz (each array with its name) or .pb (an ONNX TensorProto with its name). Other suffixes,
/// damaged files and element types that models cannot have are errors that name the file.
llvm::Expected<std::vector<Tensor>> readTensorFile(llvm::StringRef path);
llvm::Expected<Tensor> readNpy(llvm::StringRef path);
llvm::Expected<std::vector<Tensor>> readNpz(llvm::StringRef path);
llvm::Expected<Tensor> readTensorProto(llvm::StringRef path);

/// Writes a .npy file, whole or not at all.
llvm::Error writeNpy(llvm::StringRef path, Tensor &tensor);

} // namespace tt

#endif // TT_TOOLS_TENSOR_H
