//===- ModelArguments.cpp - a model and its inputs, as tools name them ----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ModelArguments.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

/// Compiles `model` into a folder that is gone afterwards; a loaded library does not need its file.
static Expected<tt::LoadedModel> compileAndOpen(StringRef model, tt::CompileFunction compile) {
  SmallString<128> folder;
  if (std::error_code ec = sys::fs::createUniqueDirectory("tt-run", folder))
    return fail("cannot make a temporary folder: " + ec.message());
  scope_exit remove([&] { sys::fs::remove_directories(folder); });
  SmallString<128> library(folder);
  sys::path::append(library, sys::path::stem(model) + ".so");
  tt::CompileResult result = compile(model, library, /*executable=*/false);
  if (result.status != tt::CompileResult::Compiled)
    return fail(result.reason);
  return tt::LoadedModel::open(library);
}

Expected<tt::LoadedModel> tt::openModel(StringRef path, CompileFunction compile) {
  bool isSource = path.ends_with(".onnx") || path.ends_with(".mlir") || path.ends_with(".mlirbc");
  return isSource ? compileAndOpen(path, compile) : LoadedModel::open(path);
}

Expected<std::vector<tt::Tensor>> tt::readArguments(ArrayRef<std::string> arguments, ArrayRef<tt_value_info> infos) {
  std::vector<Tensor> all;
  for (StringRef argument : arguments) {
    StringRef name, path = argument;
    for (const tt_value_info &info : infos)
      if (path.consume_front((Twine(info.name) + "=").str())) {
        name = info.name;
        break;
      }
    Expected<std::vector<Tensor>> tensors = readTensorFile(path);
    if (!tensors)
      return tensors.takeError();
    if (!name.empty() && tensors->size() != 1)
      return fail(path + " has " + Twine(tensors->size()) + " tensors, but '" + name + "' is one");
    for (Tensor &tensor : *tensors) {
      if (!name.empty())
        tensor.name = name.str();
      all.push_back(std::move(tensor));
    }
  }
  return all;
}
