//===- WireScanner.cpp - where the weights lie in an .onnx file ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "WireScanner.h"

#include <limits>
#include <optional>

using namespace llvm;
using namespace tt::onnx_import;

namespace {

/// The messages on the way from the model to a tensor.
enum class Message { Model, Graph, Node, Attribute, Tensor, Function };

enum WireType : unsigned { Varint = 0, Fixed64 = 1, Bytes = 2, StartGroup = 3, EndGroup = 4, Fixed32 = 5 };

/// Field numbers of TensorProto (onnx.proto).
enum TensorField : unsigned { Segment = 3, FloatData = 4, RawData = 9, DoubleData = 10 };

/// The message that field `field` of `message` holds, if it is one of `Message`. Numbers from onnx.proto.
std::optional<Message> getSubmessage(Message message, uint64_t field) {
  switch (message) {
  case Message::Model:
    return field == 7 ? std::optional(Message::Graph) : field == 25 ? std::optional(Message::Function) : std::nullopt;
  case Message::Graph:
    return field == 1 ? std::optional(Message::Node) : field == 5 ? std::optional(Message::Tensor) : std::nullopt;
  case Message::Function:
    return field == 7 ? std::optional(Message::Node) : std::nullopt;
  case Message::Node:
    return field == 5 ? std::optional(Message::Attribute) : std::nullopt;
  case Message::Attribute:
    return field == 5 || field == 10   ? std::optional(Message::Tensor)
           : field == 6 || field == 11 ? std::optional(Message::Graph)
                                       : std::nullopt;
  case Message::Tensor:
    return std::nullopt;
  }
  return std::nullopt;
}

void appendVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

void appendBytesField(std::string &out, uint64_t field, StringRef bytes) {
  appendVarint(out, field << 3 | Bytes);
  appendVarint(out, bytes.size());
  out.append(bytes.data(), bytes.size());
}

class Scanner {
public:
  explicit Scanner(StringRef file) : file(file) {}

  /// Rewrites the message in the bytes [begin, end).
  Expected<std::string> rewrite(Message message, size_t begin, size_t end, unsigned depth);

private:
  struct Field {
    uint64_t number;
    unsigned type;
    size_t start; // of the tag
    size_t begin; // of the payload
    size_t end;
  };
  Expected<Field> readField(size_t position, size_t end);
  Expected<uint64_t> readVarint(size_t &position, size_t end);
  Error fail(size_t position, const Twine &why) {
    return createStringError(inconvertibleErrorCode(), "not an ONNX model, or a truncated or damaged one: at byte " +
                                                           Twine(position) + " of " + Twine(file.size()) + ", " + why);
  }

  StringRef file;
};

Expected<uint64_t> Scanner::readVarint(size_t &position, size_t end) {
  size_t start = position;
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (position == end)
      return fail(start, "a number is cut off");
    uint8_t byte = file[position++];
    if (shift == 63 && byte > 1)
      break;
    value |= uint64_t(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
  return fail(start, "a number has more than 64 bits");
}

Expected<Scanner::Field> Scanner::readField(size_t position, size_t end) {
  Field field;
  field.start = position;
  Expected<uint64_t> tag = readVarint(position, end);
  if (!tag)
    return tag.takeError();
  field.number = *tag >> 3;
  field.type = *tag & 7;
  if (field.number == 0 || field.number > (1u << 29) - 1)
    return fail(field.start, "there is no protobuf field");
  uint64_t size = 0;
  switch (field.type) {
  case Varint: {
    field.begin = position;
    Expected<uint64_t> value = readVarint(position, end);
    if (!value)
      return value.takeError();
    field.end = position;
    return field;
  }
  case Fixed64:
    size = 8;
    break;
  case Fixed32:
    size = 4;
    break;
  case Bytes: {
    Expected<uint64_t> length = readVarint(position, end);
    if (!length)
      return length.takeError();
    size = *length;
    break;
  }
  default:
    return fail(field.start, "there is no protobuf field that ONNX uses");
  }
  if (size > end - position)
    return fail(field.start, "field " + Twine(field.number) + " needs " + Twine(size) + " bytes, but only " +
                                 Twine(end - position) + " are left");
  field.begin = position;
  field.end = position + size;
  return field;
}

Expected<std::string> Scanner::rewrite(Message message, size_t begin, size_t end, unsigned depth) {
  // protobuf itself stops at 100 levels; a graph in an attribute of a node of a graph takes three.
  if (depth > 90)
    return fail(begin, "messages are nested more than 90 levels deep");
  std::string out;
  std::optional<Field> data;
  bool cut = false;
  if (message == Message::Tensor) {
    // The data is cut only where it is one field: protobuf would concatenate several.
    unsigned count = 0;
    for (size_t position = begin; position < end;) {
      Expected<Field> field = readField(position, end);
      if (!field)
        return field.takeError();
      if (field->number == Segment)
        return fail(field->start, "a tensor is split into segments, which no version of ONNX supports");
      if (field->number == RawData || field->number == FloatData || field->number == DoubleData) {
        data = *field;
        ++count;
      }
      position = field->end;
    }
    cut = count == 1 && data->type == Bytes && data->end - data->begin >= minScannedBytes;
  }
  for (size_t position = begin; position < end;) {
    Expected<Field> field = readField(position, end);
    if (!field)
      return field.takeError();
    position = field->end;
    std::optional<Message> submessage = field->type == Bytes ? getSubmessage(message, field->number) : std::nullopt;
    if (submessage) {
      Expected<std::string> inner = rewrite(*submessage, field->begin, field->end, depth + 1);
      if (!inner)
        return inner.takeError();
      appendBytesField(out, field->number, *inner);
    } else if (cut && field->start == data->start) {
      std::string segment;
      appendVarint(segment, 1 << 3 | Varint);
      appendVarint(segment, field->begin);
      appendVarint(segment, 2 << 3 | Varint);
      appendVarint(segment, field->end);
      appendBytesField(out, Segment, segment);
    } else {
      out.append(file.data() + field->start, field->end - field->start);
    }
  }
  return out;
}

} // namespace

Expected<std::string> tt::onnx_import::cutTensorData(StringRef file) {
  return Scanner(file).rewrite(Message::Model, 0, file.size(), 0);
}
