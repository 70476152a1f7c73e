//===- Tensor.cpp - dense tensors -----------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Tensor.h"

#include "tt/Runtime/Npy.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cassert>
#include <cstring>

using namespace llvm;

tt::Tensor::Tensor(std::string name, uint32_t dtype, ArrayRef<int64_t> dims)
    : name(std::move(name)), dtype(dtype), dims(dims) {
  numBytes = numElements() * tt_npy_dtype_bytes(dtype);
  data.reset(static_cast<char *>(aligned_alloc(64, (numBytes + 64) & ~size_t(63))));
  if (!data)
    report_fatal_error("out of memory: a tensor of " + Twine(numBytes) + " bytes", /*gen_crash_diag=*/false);
}

int64_t tt::Tensor::numElements() const {
  int64_t count = 1;
  for (int64_t size : dims)
    count *= size;
  return count;
}

std::string tt::Tensor::typeText() const {
  std::string text = tt_npy_dtype_name(dtype);
  raw_string_ostream os(text);
  os << " [";
  interleaveComma(dims, os);
  os << "]";
  return text;
}

tt_tensor tt::Tensor::view() { return {data.get(), dims.data(), static_cast<uint32_t>(dims.size()), dtype, numBytes}; }

bool tt::isFloatType(uint32_t dtype) {
  return dtype == TT_FLOAT || dtype == TT_DOUBLE || dtype == TT_FLOAT16 || dtype == TT_BFLOAT16;
}

template <typename T> static T load(ArrayRef<char> bytes, int64_t index) {
  T value;
  memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

static double smallFloat(const fltSemantics &semantics, uint16_t bits) {
  APFloat value(semantics, APInt(16, bits));
  bool losesInfo;
  value.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &losesInfo);
  return value.convertToDouble();
}

double tt::floatElement(const Tensor &tensor, int64_t index) {
  ArrayRef<char> bytes = tensor.bytes();
  switch (tensor.dtype) {
  case TT_FLOAT:
    return load<float>(bytes, index);
  case TT_DOUBLE:
    return load<double>(bytes, index);
  case TT_FLOAT16:
    return smallFloat(APFloat::IEEEhalf(), load<uint16_t>(bytes, index));
  case TT_BFLOAT16:
    return bit_cast<float>(static_cast<uint32_t>(load<uint16_t>(bytes, index)) << 16);
  default:
    llvm_unreachable("not a floating-point type");
  }
}

std::string tt::Tensor::elementText(int64_t index) const {
  std::string text;
  raw_string_ostream os(text);
  switch (dtype) {
  case TT_FLOAT:
    os << format("%.7g", floatElement(*this, index));
    break;
  case TT_DOUBLE:
    os << format("%.15g", floatElement(*this, index));
    break;
  case TT_FLOAT16:
  case TT_BFLOAT16:
    os << format("%.4g", floatElement(*this, index));
    break;
  case TT_BOOL:
    os << (load<uint8_t>(bytes(), index) ? "true" : "false");
    break;
  case TT_INT8:
    os << int(load<int8_t>(bytes(), index));
    break;
  case TT_INT16:
    os << load<int16_t>(bytes(), index);
    break;
  case TT_INT32:
    os << load<int32_t>(bytes(), index);
    break;
  case TT_INT64:
    os << load<int64_t>(bytes(), index);
    break;
  case TT_UINT8:
    os << unsigned(load<uint8_t>(bytes(), index));
    break;
  case TT_UINT16:
    os << load<uint16_t>(bytes(), index);
    break;
  case TT_UINT32:
    os << load<uint32_t>(bytes(), index);
    break;
  case TT_UINT64:
    os << load<uint64_t>(bytes(), index);
    break;
  }
  return text;
}
