//===- BenchInputs.cpp - inputs of a benchmark ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/BenchInputs.h"

#include "tt/Runtime/Npy.h"
#include "tt/Tools/BenchStatistics.h"
#include "tt/Tools/ModelArguments.h"

#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"

#include <cstring>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

Error tt::parseSize(StringRef text, StringMap<int64_t> &sizes) {
  auto [name, value] = text.rsplit('=');
  int64_t size;
  if (name.empty() || value.getAsInteger(10, size) || size < 0)
    return fail("--dim needs name=size, but found '" + text + "'");
  sizes[name] = size;
  return Error::success();
}

static uint16_t smallFloatBits(const fltSemantics &semantics, double value) {
  APFloat number(value);
  bool inexact;
  number.convert(semantics, APFloat::rmNearestTiesToEven, &inexact);
  return static_cast<uint16_t>(number.bitcastToAPInt().getZExtValue());
}

static Error fillRandom(tt::Tensor &tensor, tt::BenchRandom &random) {
  int64_t count = tensor.numElements();
  auto fill = [&](auto make) {
    char *to = tensor.bytes().data();
    for (int64_t i = 0; i < count; ++i, to += sizeof(make())) {
      auto value = make();
      memcpy(to, &value, sizeof value);
    }
  };
  auto real = [&] { return (static_cast<double>(random.below(256)) - 128) / 128; };
  switch (tensor.dtype) {
  case TT_FLOAT:
    fill([&] { return static_cast<float>(real()); });
    break;
  case TT_DOUBLE:
    fill(real);
    break;
  case TT_FLOAT16:
    fill([&] { return smallFloatBits(APFloat::IEEEhalf(), real()); });
    break;
  case TT_BFLOAT16:
    fill([&] { return smallFloatBits(APFloat::BFloat(), real()); });
    break;
  case TT_INT8:
  case TT_UINT8:
    fill([&] { return static_cast<uint8_t>(random.below(128)); });
    break;
  case TT_BOOL:
    fill([&] { return static_cast<uint8_t>(random.below(2)); });
    break;
  case TT_INT16:
  case TT_UINT16:
    fill([&] { return static_cast<uint16_t>(random.below(2)); });
    break;
  case TT_INT32:
  case TT_UINT32:
    fill([&] { return static_cast<uint32_t>(random.below(2)); });
    break;
  case TT_INT64:
  case TT_UINT64:
    fill([&] { return random.below(2); });
    break;
  default:
    return fail("input '" + tensor.name + "': cannot make random values of " + tt_npy_dtype_name(tensor.dtype));
  }
  return Error::success();
}

static Expected<tt::Tensor> makeRandom(const tt_value_info &info, uint32_t index, const tt::InputOptions &options) {
  SmallVector<int64_t> dims;
  for (uint32_t d = 0; d < info.rank; ++d) {
    int64_t size = info.dims[d];
    if (size < 0) {
      const char *name = info.dim_names && info.dim_names[d] ? info.dim_names[d] : "";
      auto found = options.sizes.find(name);
      if (found == options.sizes.end())
        return fail("input '" + Twine(info.name) + "' is " + tt::typeText(info) + ": " +
                    (*name ? "give its size with --dim " + Twine(name) + "=N"
                           : "size " + Twine(d) + " has no name, so give the input with --input " + Twine(info.name) +
                                 "=FILE"));
      size = found->second;
    }
    dims.push_back(size);
  }
  tt::Tensor tensor(info.name, info.dtype, dims);
  tt::BenchRandom random(options.seed * 0x10001 + index);
  if (Error error = fillRandom(tensor, random))
    return error;
  return tensor;
}

Expected<std::vector<tt::Tensor>> tt::makeInputs(const tt_entry_info &entry, const InputOptions &options) {
  ArrayRef<tt_value_info> infos(entry.inputs, entry.num_inputs);
  Expected<std::vector<Tensor>> tensors = readArguments(options.files, infos);
  if (!tensors)
    return tensors.takeError();
  // Files without a model's name take the first places that no name claims; the rest is random.
  std::vector<bool> named(infos.size(), false);
  size_t unnamed = 0;
  for (const Tensor &tensor : *tensors) {
    size_t i = 0;
    while (i < infos.size() && tensor.name != infos[i].name)
      ++i;
    if (i < infos.size())
      named[i] = true;
    else
      ++unnamed;
  }
  for (auto [i, info] : enumerate(infos)) {
    if (named[i])
      continue;
    if (unnamed) {
      --unnamed;
      continue;
    }
    Expected<Tensor> tensor = makeRandom(info, i, options);
    if (!tensor)
      return tensor.takeError();
    tensors->push_back(std::move(*tensor));
  }
  return matchInputs(entry, std::move(*tensors));
}
