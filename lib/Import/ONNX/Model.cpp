//===- Model.cpp - a mapped .onnx file and its tensors ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Model.h"
#include "WireScanner.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// Constants with fewer bytes are written into the IR.
static constexpr uint64_t minResourceBytes = 64;

Error tt::onnx_import::makeError(const Twine &message) { return createStringError(inconvertibleErrorCode(), message); }

//===- Files -----------------------------------------------------------------------------------------------------===//

static Expected<std::shared_ptr<MemoryBuffer>> mapFile(StringRef path) {
  sys::fs::file_status status;
  if (std::error_code ec = sys::fs::status(path, status))
    return makeError("cannot open '" + path + "': " + ec.message());
  if (status.type() == sys::fs::file_type::directory_file)
    return makeError("cannot open '" + path + "': it is a folder");
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer =
      MemoryBuffer::getFile(path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeError("cannot open '" + path + "': " + buffer.getError().message());
  return std::shared_ptr<MemoryBuffer>(std::move(*buffer));
}

Expected<std::unique_ptr<Model>> Model::load(StringRef path) {
  Expected<Buffer> file = mapFile(path);
  if (!file)
    return file.takeError();
  return parse(path, std::move(*file));
}

Expected<std::unique_ptr<Model>> Model::load(MemoryBufferRef bytes) {
  return parse(bytes.getBufferIdentifier(), MemoryBuffer::getMemBuffer(bytes, /*RequiresNullTerminator=*/false));
}

Expected<std::unique_ptr<Model>> Model::parse(StringRef path, Buffer file) {
  auto model = std::make_unique<Model>();
  model->path = path.str();
  model->file = std::move(file);
  if (model->file->getBufferSize() == 0)
    return makeError("'" + path + "' is empty, needs an ONNX model");
  Expected<std::string> message = cutTensorData(model->file->getBuffer());
  if (!message)
    return makeError("'" + path + "' is " + toString(message.takeError()));
  if (message->size() > size_t(INT32_MAX))
    return makeError("'" + path + "' holds " + Twine(message->size()) +
                     " bytes besides the weights, more than protobuf's limit of 2 GB");
  if (!model->proto.ParseFromString(*message))
    return makeError("'" + path + "' is not an ONNX model, or a damaged one: protobuf cannot parse it");
  return model;
}

Expected<Model::Buffer> Model::getExternalFile(StringRef location) {
  auto refuse = [&](const Twine &why) { return makeError("external data file '" + location + "' " + why); };
  if (location.empty())
    return makeError("external data has no 'location'");
  if (sys::path::is_absolute(location))
    return refuse("is refused: the path must be relative to the model's folder");
  // Both sides with symbolic links and '..' resolved, so that neither can leave the folder.
  SmallString<256> folder(path), realFolder, realFile;
  sys::path::remove_filename(folder);
  if (folder.empty())
    folder = ".";
  if (std::error_code ec = sys::fs::real_path(folder, realFolder))
    return refuse("cannot be opened: " + ec.message());
  SmallString<256> full(folder);
  sys::path::append(full, location);
  // A missing file outside the folder is refused as well, so look at the path as it is written first.
  SmallString<256> written(location);
  sys::path::remove_dots(written, /*remove_dot_dot=*/true);
  bool escapes = sys::path::begin(written) != sys::path::end(written) && *sys::path::begin(written) == "..";
  if (!escapes) {
    if (std::error_code ec = sys::fs::real_path(full, realFile))
      return refuse("cannot be opened: " + ec.message());
    StringRef rest = realFile;
    escapes = !rest.consume_front(realFolder) || !(rest.starts_with("/") || realFolder.ends_with("/"));
  }
  if (escapes)
    return refuse("is refused: it lies outside the model's folder");
  Buffer &buffer = externalFiles[realFile];
  if (!buffer) {
    Expected<Buffer> mapped = mapFile(realFile);
    if (!mapped)
      return mapped.takeError();
    buffer = *mapped;
  }
  return buffer;
}

Expected<Model::Bytes> Model::getExternalBytes(const onnx::TensorProto &tensor, uint64_t expectedSize) {
  StringRef location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
  for (const auto &entry : tensor.external_data()) {
    if (entry.key() == "location") {
      location = entry.value();
    } else if (entry.key() == "offset") {
      if (StringRef(entry.value()).getAsInteger(10, offset))
        return makeError("external data has the offset '" + entry.value() + "', needs a number of bytes");
    } else if (entry.key() == "length") {
      if (StringRef(entry.value()).getAsInteger(10, length.emplace()))
        return makeError("external data has the length '" + entry.value() + "', needs a number of bytes");
    }
  }
  if (length && *length != expectedSize)
    return makeError("external data has the length " + Twine(*length) + ", but type and shape need " +
                     Twine(expectedSize) + " bytes");
  Expected<Buffer> buffer = getExternalFile(location);
  if (!buffer)
    return buffer.takeError();
  uint64_t size = (*buffer)->getBufferSize();
  if (offset > size || expectedSize > size - offset)
    return makeError("external data file '" + location + "' has " + Twine(size) + " bytes, but " + Twine(expectedSize) +
                     " bytes at offset " + Twine(offset) + " are needed");
  return Bytes{ArrayRef<char>((*buffer)->getBufferStart() + offset, expectedSize), *buffer};
}

//===- Types -----------------------------------------------------------------------------------------------------===//

Expected<Type> tt::onnx_import::getElementType(MLIRContext *context, int dataType) {
  auto unsignedInt = [&](unsigned width) { return IntegerType::get(context, width, IntegerType::Unsigned); };
  switch (dataType) {
  case onnx::TensorProto::FLOAT:
    return Float32Type::get(context);
  case onnx::TensorProto::DOUBLE:
    return Float64Type::get(context);
  case onnx::TensorProto::FLOAT16:
    return Float16Type::get(context);
  case onnx::TensorProto::BFLOAT16:
    return BFloat16Type::get(context);
  case onnx::TensorProto::BOOL:
    return IntegerType::get(context, 1);
  case onnx::TensorProto::INT8:
    return IntegerType::get(context, 8);
  case onnx::TensorProto::INT16:
    return IntegerType::get(context, 16);
  case onnx::TensorProto::INT32:
    return IntegerType::get(context, 32);
  case onnx::TensorProto::INT64:
    return IntegerType::get(context, 64);
  case onnx::TensorProto::UINT8:
    return unsignedInt(8);
  case onnx::TensorProto::UINT16:
    return unsignedInt(16);
  case onnx::TensorProto::UINT32:
    return unsignedInt(32);
  case onnx::TensorProto::UINT64:
    return unsignedInt(64);
  }
  // Values above 16 came after the schema we are built with.
  static const char *const others[] = {"undefined",      nullptr, nullptr,        nullptr,          nullptr,
                                       nullptr,          nullptr, nullptr,        "string",         nullptr,
                                       nullptr,          nullptr, nullptr,        nullptr,          "complex64",
                                       "complex128",     nullptr, "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
                                       "float8e5m2fnuz", "uint4", "int4",         "float4e2m1"};
  StringRef name =
      dataType >= 0 && dataType < int(std::size(others)) && others[dataType] ? others[dataType] : "unknown";
  return makeError("element type " + name + " (" + Twine(dataType) +
                   ") is not supported; use float, double, float16, bfloat16, bool or an integer of 8 to 64 bits");
}

//===- Tensors ---------------------------------------------------------------------------------------------------===//

// Numbers of types that came after the schema we are built with.
static constexpr int kUInt4 = 21, kInt4 = 22;

static bool isFourBits(const onnx::TensorProto &tensor) {
  return tensor.data_type() == kUInt4 || tensor.data_type() == kInt4;
}

/// `count` integers of 4 bits, two in each byte, the first one in the low bits, as one byte each.
static std::vector<char> unpackFourBits(ArrayRef<char> packed, int64_t count, bool isSigned) {
  std::vector<char> values(count);
  for (int64_t i = 0; i < count; ++i) {
    int value = static_cast<unsigned char>(packed[i / 2]) >> (i % 2 * 4) & 15;
    values[i] = static_cast<char>(isSigned && value > 7 ? value - 16 : value);
  }
  return values;
}

/// The type of a tensor and its size in bytes (one byte per bool); integers of 4 bits become those of 8.
static Expected<std::pair<RankedTensorType, uint64_t>> getTensorType(MLIRContext *context,
                                                                     const onnx::TensorProto &tensor) {
  Expected<Type> elementType = getElementType(
      context, isFourBits(tensor) ? tensor.data_type() == kUInt4 ? onnx::TensorProto::UINT8 : onnx::TensorProto::INT8
                                  : tensor.data_type());
  if (!elementType)
    return elementType.takeError();
  uint64_t size = elementType->isInteger(1) ? 1 : elementType->getIntOrFloatBitWidth() / 8;
  SmallVector<int64_t> shape;
  bool empty = false;
  for (int64_t dim : tensor.dims()) {
    if (dim < 0)
      return makeError("dimension " + Twine(shape.size()) + " is " + Twine(dim) + ", needs a size of 0 or more");
    shape.push_back(dim);
    empty |= dim == 0;
  }
  for (int64_t dim : shape) {
    if (!empty && dim > INT64_MAX / int64_t(size))
      return makeError("the shape has more than 2^63 bytes");
    size *= empty ? 1 : dim;
  }
  return std::pair(RankedTensorType::get(shape, *elementType), empty ? 0 : size);
}

Expected<std::optional<Model::Bytes>> Model::getRawBytes(const onnx::TensorProto &tensor, uint64_t expectedSize) {
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    Expected<Bytes> bytes = getExternalBytes(tensor, expectedSize);
    if (!bytes)
      return bytes.takeError();
    return std::optional<Bytes>(*bytes);
  }
  std::optional<Bytes> bytes;
  if (tensor.has_segment())
    bytes = Bytes{ArrayRef<char>(file->getBufferStart() + tensor.segment().begin(),
                                 file->getBufferStart() + tensor.segment().end()),
                  file};
  else if (tensor.has_raw_data())
    bytes = Bytes{ArrayRef<char>(tensor.raw_data().data(), tensor.raw_data().size()), nullptr};
  if (bytes && bytes->data.size() != expectedSize)
    return makeError("raw_data has " + Twine(bytes->data.size()) + " bytes, but type and shape need " +
                     Twine(expectedSize));
  return bytes;
}

/// A constant of `type` with the given bytes. Where `owner` is set they stay where they are, and owner lives as long as
/// the constant; else they are copied.
static TypedAttr makeConstant(RankedTensorType type, ArrayRef<char> bytes, std::shared_ptr<MemoryBuffer> owner) {
  if (type.getElementType().isInteger(1)) {
    // Any byte but 0 is true in ONNX; tt's buffers hold 0 and 1 only.
    if (bytes.size() < minResourceBytes) {
      SmallVector<bool> values = llvm::map_to_vector(bytes, [](char byte) { return byte != 0; });
      return DenseElementsAttr::get(type, ArrayRef<bool>(values));
    }
    if (llvm::any_of(bytes, [](char byte) { return byte != 0 && byte != 1; }))
      owner = nullptr;
  }
  if (bytes.size() < minResourceBytes) {
    // getFromRawBuffer reads elements in place, so give it aligned ones.
    alignas(8) char aligned[minResourceBytes];
    std::copy(bytes.begin(), bytes.end(), aligned);
    return DenseElementsAttr::getFromRawBuffer(type, ArrayRef<char>(aligned, bytes.size()));
  }
  if (!owner) {
    AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes.size(), 64, /*dataIsMutable=*/true);
    MutableArrayRef<char> data = blob.getMutableData();
    std::copy(bytes.begin(), bytes.end(), data.begin());
    if (type.getElementType().isInteger(1))
      for (char &byte : data)
        byte = byte != 0;
    return DenseResourceElementsAttr::get(type, "onnx", std::move(blob));
  }
  uintptr_t address = reinterpret_cast<uintptr_t>(bytes.data());
  size_t alignment = std::min<uintptr_t>(address & -address, 64);
  auto keepAlive = [owner](void *, size_t, size_t) mutable { owner.reset(); };
  return DenseResourceElementsAttr::get(
      type, "onnx", UnmanagedAsmResourceBlob::allocateWithAlign(bytes, alignment, std::move(keepAlive)));
}

namespace {
/// Collects numbers as bytes of an element type.
struct NumberBytes {
  std::vector<char> bytes;

  template <typename T, typename Range> void append(const Range &values) {
    bytes.reserve(bytes.size() + values.size() * sizeof(T));
    for (auto value : values) {
      T element = static_cast<T>(value);
      const char *begin = reinterpret_cast<const char *>(&element);
      bytes.insert(bytes.end(), begin, begin + sizeof(T));
    }
  }
};
} // namespace

/// The bytes of a tensor which is stored as numbers, from the field that onnx.proto names for its type.
static std::vector<char> getNumbers(const onnx::TensorProto &tensor) {
  NumberBytes numbers;
  switch (tensor.data_type()) {
  case onnx::TensorProto::FLOAT:
    numbers.append<float>(tensor.float_data());
    break;
  case onnx::TensorProto::DOUBLE:
    numbers.append<double>(tensor.double_data());
    break;
  case onnx::TensorProto::INT64:
    numbers.append<int64_t>(tensor.int64_data());
    break;
  case onnx::TensorProto::UINT64:
    numbers.append<uint64_t>(tensor.uint64_data());
    break;
  case onnx::TensorProto::UINT32:
    numbers.append<uint32_t>(tensor.uint64_data());
    break;
  case onnx::TensorProto::INT32:
    numbers.append<int32_t>(tensor.int32_data());
    break;
  case onnx::TensorProto::INT16:
  case onnx::TensorProto::UINT16:
  case onnx::TensorProto::FLOAT16:
  case onnx::TensorProto::BFLOAT16: // the bits of a 16-bit float
    numbers.append<uint16_t>(tensor.int32_data());
    break;
  default: // 8 bits and bool
    numbers.append<uint8_t>(tensor.int32_data());
    break;
  }
  return std::move(numbers.bytes);
}

Expected<TypedAttr> Model::getTensor(MLIRContext *context, const onnx::TensorProto &tensor, StringRef value) {
  Expected<std::pair<RankedTensorType, uint64_t>> type = getTensorType(context, tensor);
  if (!type)
    return type.takeError();
  auto [tensorType, size] = *type;
  if (size == 0)
    return TypedAttr(DenseElementsAttr::getFromRawBuffer(tensorType, {}));
  if (isFourBits(tensor)) {
    uint64_t packedSize = size / 2 + size % 2;
    Expected<std::optional<Bytes>> packed = getRawBytes(tensor, packedSize);
    if (!packed)
      return packed.takeError();
    std::vector<char> numbers = *packed ? std::vector<char>() : getNumbers(tensor);
    ArrayRef<char> bytes = *packed ? (*packed)->data : ArrayRef<char>(numbers);
    if (bytes.size() != packedSize)
      return makeError("the data has " + Twine(bytes.size()) + " bytes, but the shape needs " + Twine(packedSize));
    fourBitTensors.insert(value);
    return makeConstant(tensorType, unpackFourBits(bytes, size, tensor.data_type() == kInt4), nullptr);
  }
  Expected<std::optional<Bytes>> raw = getRawBytes(tensor, size);
  if (!raw)
    return raw.takeError();
  if (*raw)
    return makeConstant(tensorType, (*raw)->data, (*raw)->owner);
  std::vector<char> numbers = getNumbers(tensor);
  if (numbers.size() != size)
    return makeError("the data has " + Twine(numbers.size() * tensorType.getNumElements() / size) +
                     " elements, but the shape needs " + Twine(tensorType.getNumElements()));
  return makeConstant(tensorType, numbers, nullptr);
}
