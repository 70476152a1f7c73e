//===- TensorProto.cpp - ONNX tensor files --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Tensor.h"

#include "tt/Runtime/Npy.h"

#include "onnx/onnx_pb.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <cstring>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

/// Copies the elements of a typed field, converting each to `T`. False when their number is not the tensor's.
template <typename T, typename Field> static bool copyTyped(const Field &field, tt::Tensor &tensor) {
  if (field.size() != tensor.numElements())
    return false;
  T *to = reinterpret_cast<T *>(tensor.bytes().data());
  for (auto value : field)
    *to++ = static_cast<T>(value);
  return true;
}

/// Which typed field holds which element type: the comments of TensorProto in onnx.proto.
static bool copyTypedField(const onnx::TensorProto &proto, tt::Tensor &tensor) {
  switch (tensor.dtype) {
  case TT_FLOAT:
    return copyTyped<float>(proto.float_data(), tensor);
  case TT_DOUBLE:
    return copyTyped<double>(proto.double_data(), tensor);
  case TT_INT64:
    return copyTyped<int64_t>(proto.int64_data(), tensor);
  case TT_UINT64:
    return copyTyped<uint64_t>(proto.uint64_data(), tensor);
  case TT_UINT32:
    return copyTyped<uint32_t>(proto.uint64_data(), tensor);
  case TT_INT32:
    return copyTyped<int32_t>(proto.int32_data(), tensor);
  case TT_INT16:
    return copyTyped<int16_t>(proto.int32_data(), tensor);
  case TT_UINT16:
  case TT_FLOAT16:
  case TT_BFLOAT16:
    return copyTyped<uint16_t>(proto.int32_data(), tensor);
  case TT_INT8:
    return copyTyped<int8_t>(proto.int32_data(), tensor);
  case TT_UINT8:
  case TT_BOOL:
    return copyTyped<uint8_t>(proto.int32_data(), tensor);
  default:
    return false;
  }
}

Expected<tt::Tensor> tt::readTensorProto(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!file)
    return fail(path + ": " + file.getError().message());
  StringRef bytes = (*file)->getBuffer();
  onnx::TensorProto proto;
  if (bytes.size() > INT32_MAX || !proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return fail(path + ": this is not an ONNX TensorProto");
  uint32_t dtype = static_cast<uint32_t>(proto.data_type());
  if (!tt_npy_dtype_bytes(dtype))
    return fail(path + ": element type " +
                onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(dtype)) +
                " is not supported");
  if (proto.has_data_location() && proto.data_location() != onnx::TensorProto::DEFAULT)
    return fail(path + ": tensor files with external data are not supported");

  SmallVector<int64_t> dims(proto.dims().begin(), proto.dims().end());
  // A shape whose data cannot be in the file must not make a huge allocation.
  uint64_t elements = is_contained(dims, 0) ? 0 : 1;
  for (int64_t size : dims)
    if (size < 0 || (size != 0 && elements > bytes.size() / static_cast<uint64_t>(size)))
      return fail(path + ": the shape does not fit to the size of the file");
    else
      elements *= static_cast<uint64_t>(size);
  Tensor tensor(proto.name(), dtype, dims);
  if (!proto.has_raw_data()) {
    if (!copyTypedField(proto, tensor))
      return fail(path + ": the number of values is not that of the shape " + tensor.typeText());
    return tensor;
  }
  if (proto.raw_data().size() != tensor.bytes().size())
    return fail(path + ": " + tensor.typeText() + " needs " + Twine(tensor.bytes().size()) +
                " bytes of raw data, but the file has " + Twine(proto.raw_data().size()));
  memcpy(tensor.bytes().data(), proto.raw_data().data(), tensor.bytes().size());
  return tensor;
}
