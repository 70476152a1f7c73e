//===- ModelFile.cpp - an ONNX model on disk ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ModelFile.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Support/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_export;

/// protobuf's messages have at most 2 GB; the rest is for nodes and names.
static constexpr uint64_t kMaxInlineBytes = uint64_t(18) * 100'000'000;
static constexpr uint64_t kMinExternalBytes = 1024, kExternalAlignment = 64;

static Error makeError(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

static uint64_t getBytes(ElementsAttr value) {
  return static_cast<uint64_t>(value.getNumElements()) * tt::getElementBytes(value.getElementType());
}

/// The data of `value`, an error where its resource has none.
static Expected<ArrayRef<char>> getData(ElementsAttr value, StringRef name, std::vector<char> &storage) {
  ArrayRef<char> data = tt::getConstantBytes(value, storage);
  if (data.size() != getBytes(value))
    return makeError("constant '" + name + "' has " + Twine(data.size()) + " bytes of data, but needs " +
                     Twine(getBytes(value)) + "; were its resources elided?");
  return data;
}

static void setExternal(onnx::TensorProto &tensor, StringRef location, uint64_t offset, uint64_t length) {
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  for (auto [key, text] : {std::pair("location", location.str()), std::pair("offset", std::to_string(offset)),
                           std::pair("length", std::to_string(length))}) {
    onnx::StringStringEntryProto *entry = tensor.add_external_data();
    entry->set_key(key);
    entry->set_value(text);
  }
}

/// Writes the large constants one after another and says in the initializers where they are.
static Error writeExternalData(GraphBuilder &graph, StringRef location, raw_ostream &os) {
  uint64_t end = 0;
  for (auto [tensor, value] : zip(*graph.getGraph().mutable_initializer(), graph.getConstants())) {
    uint64_t bytes = getBytes(value);
    if (bytes < kMinExternalBytes)
      continue;
    std::vector<char> storage;
    Expected<ArrayRef<char>> data = getData(value, tensor.name(), storage);
    if (!data)
      return data.takeError();
    uint64_t begin = alignTo(end, kExternalAlignment);
    os.write_zeros(begin - end);
    os.write(data->data(), data->size());
    setExternal(tensor, location, begin, bytes);
    end = begin + bytes;
  }
  return Error::success();
}

Error tt::onnx_export::writeModel(GraphBuilder &graph, StringRef path, StringRef externalData) {
  uint64_t bytes = 0;
  for (ElementsAttr value : graph.getConstants())
    bytes += getBytes(value);
  std::string external = externalData.str();
  if (external.empty() && bytes > kMaxInlineBytes)
    external = (sys::path::filename(path) + ".data").str();
  if (!external.empty()) {
    if (path == "-")
      return makeError("external data needs a model in a file, but it goes to standard output");
    if (sys::path::filename(external) != external || external == sys::path::filename(path))
      return makeError("external data needs a file name in the model's folder other than the model's, but is '" +
                       external + "'");
    SmallString<128> file(sys::path::parent_path(path));
    sys::path::append(file, external);
    if (Error error =
            tt::writeFileAtomically(file, [&](raw_fd_ostream &os) { return writeExternalData(graph, external, os); }))
      return error;
  }
  for (auto [tensor, value] : zip(*graph.getGraph().mutable_initializer(), graph.getConstants())) {
    if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
      continue;
    std::vector<char> storage;
    Expected<ArrayRef<char>> data = getData(value, tensor.name(), storage);
    if (!data)
      return data.takeError();
    tensor.set_raw_data(data->data(), data->size());
  }

  onnx::ModelProto model;
  model.set_ir_version(kIRVersion);
  model.set_producer_name("tt");
  model.set_producer_version(TT_VERSION);
  model.add_opset_import()->set_version(kOpset);
  model.mutable_graph()->Swap(&graph.getGraph());
  auto write = [&](raw_ostream &os) -> Error {
    std::string message;
    if (!model.SerializeToString(&message))
      return makeError("protobuf cannot write the model");
    os << message;
    return Error::success();
  };
  if (path == "-")
    return write(outs());
  return tt::writeFileAtomically(path, [&](raw_fd_ostream &os) { return write(os); });
}
