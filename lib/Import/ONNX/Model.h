//===- Model.h - a mapped .onnx file and its tensors -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_MODEL_H
#define TT_IMPORT_ONNX_MODEL_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include "onnx/onnx_pb.h"

#include <memory>
#include <string>

namespace tt::onnx_import {

/// An error made of `message` alone.
llvm::Error makeError(const llvm::Twine &message);

/// The MLIR element type of an ONNX TensorProto.DataType (the inverse of tt::getOnnxType), or an error which names the
/// type and says why there is none.
llvm::Expected<mlir::Type> getElementType(mlir::MLIRContext *context, int dataType);

/// A model file: mapped, parsed, and able to hand out its tensors without copies.
class Model {
public:
  /// Maps and parses `path`. Errors name the file.
  static llvm::Expected<std::unique_ptr<Model>> load(llvm::StringRef path);
  /// Parses a model in memory, which must outlive the constants made of it; its identifier serves as path.
  static llvm::Expected<std::unique_ptr<Model>> load(llvm::MemoryBufferRef bytes);

  onnx::ModelProto &getProto() { return proto; }
  llvm::StringRef getPath() const { return path; }

  /// The value of a tensor: dense below 64 bytes, else `dense_resource` in the mapped file where it is stored as raw
  /// bytes, or in a fresh blob where it is stored as numbers. Errors do not name the tensor; those about external data
  /// name the file.
  /// `value` is the name by which nodes know it.
  llvm::Expected<mlir::TypedAttr> getTensor(mlir::MLIRContext *context, const onnx::TensorProto &tensor,
                                            llvm::StringRef value);
  /// Whether `getTensor` gave a tensor for this value whose integers have 4 bits in the file (8 in its value).
  bool hasFourBits(llvm::StringRef name) const { return fourBitTensors.contains(name); }

private:
  using Buffer = std::shared_ptr<llvm::MemoryBuffer>;
  static llvm::Expected<std::unique_ptr<Model>> parse(llvm::StringRef path, Buffer file);
  struct Bytes {
    llvm::ArrayRef<char> data;
    Buffer owner;
  };

  /// The bytes of a tensor which is stored as raw bytes, in this file or another one; empty where it is not.
  llvm::Expected<std::optional<Bytes>> getRawBytes(const onnx::TensorProto &tensor, uint64_t expectedSize);
  llvm::Expected<Bytes> getExternalBytes(const onnx::TensorProto &tensor, uint64_t expectedSize);
  llvm::Expected<Buffer> getExternalFile(llvm::StringRef location);

  std::string path;
  Buffer file;
  onnx::ModelProto proto;
  llvm::StringMap<Buffer> externalFiles;
  llvm::StringSet<> fourBitTensors;
};

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_MODEL_H
