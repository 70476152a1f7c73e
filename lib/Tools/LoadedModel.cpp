//===- LoadedModel.cpp - compiled models in this process ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/LoadedModel.h"

#include "tt/Runtime/Npy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <dlfcn.h>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

Expected<tt::LoadedModel> tt::LoadedModel::open(StringRef path) {
  LoadedModel loaded;
  // dlopen searches the system's folders unless the name has a slash.
  loaded.path = path.contains('/') ? path.str() : ("./" + path).str();
  loaded.handle = dlopen(loaded.path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!loaded.handle)
    return fail("cannot load '" + path + "': " + dlerror());
  auto find = [&](const char *name, auto &function) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(loaded.handle, name));
    return function != nullptr;
  };
  decltype(&tt_model) getModel;
  if (!find("tt_model", getModel) || !find("tt_session_create", loaded.create) ||
      !find("tt_session_run", loaded.runSession) || !find("tt_session_error", loaded.errorText) ||
      !find("tt_session_free", loaded.freeSession))
    return fail("'" + path + "' is not a model that tt compiled: it does not export the functions of tt/Runtime/ABI.h");
  loaded.model = getModel();
  if (loaded.model->abi_version != TT_ABI_VERSION)
    return fail("'" + path + "' has version " + Twine(loaded.model->abi_version) +
                " of the interface, this tool has version " + Twine(TT_ABI_VERSION) + "; compile the model again");
  if (!find("tt_session_isa", loaded.isaOf))
    return fail("'" + path + "' does not export tt_session_isa");
  return loaded;
}

tt::LoadedModel::LoadedModel(LoadedModel &&other)
    : path(std::move(other.path)), handle(other.handle), model(other.model), session(other.session),
      create(other.create), runSession(other.runSession), errorText(other.errorText), isaOf(other.isaOf),
      freeSession(other.freeSession) {
  other.handle = nullptr;
  other.session = nullptr;
}

tt::LoadedModel::~LoadedModel() {
  if (session)
    freeSession(session);
  if (handle)
    dlclose(handle);
}

Expected<uint32_t> tt::LoadedModel::findEntry(StringRef name) const {
  std::string known;
  for (uint32_t e = 0; e < model->num_entries; ++e) {
    if (name == model->entries[e].name)
      return e;
    known += (e ? ", " : "") + std::string(model->entries[e].name);
  }
  return fail("the model has no entry point '" + name + "'; it has " + known);
}

Error tt::LoadedModel::start(unsigned threads, const std::string &isa) {
  if (session)
    freeSession(session);
  session = nullptr;
  tt_session_options options = {};
  options.struct_size = sizeof options;
  options.threads = threads;
  options.isa = isa.empty() ? nullptr : isa.c_str();
  if (create(model, &options, &session) != TT_OK)
    return fail(errorText(nullptr));
  return Error::success();
}

Expected<std::vector<tt::Tensor>> tt::LoadedModel::run(uint32_t entry, MutableArrayRef<Tensor> inputs) {
  const tt_entry_info &info = model->entries[entry];
  SmallVector<tt_tensor> in, out(info.num_outputs, tt_tensor{});
  for (Tensor &tensor : inputs)
    in.push_back(tensor.view());
  if (runSession(session, entry, in.data(), in.size(), out.data(), out.size()) != TT_OK)
    return fail(errorText(session));
  std::vector<Tensor> results;
  for (auto [i, tensor] : enumerate(out)) {
    Tensor &result =
        results.emplace_back(info.outputs[i].name, tensor.dtype, ArrayRef<int64_t>(tensor.dims, tensor.rank));
    memcpy(result.bytes().data(), tensor.data, result.bytes().size());
  }
  return results;
}

std::string tt::typeText(const tt_value_info &info) {
  std::string text = tt_npy_dtype_name(info.dtype);
  raw_string_ostream os(text);
  os << " [";
  for (uint32_t d = 0; d < info.rank; ++d) {
    const char *name = info.dim_names ? info.dim_names[d] : nullptr;
    os << (d ? ", " : "");
    if (info.dims[d] >= 0)
      os << info.dims[d];
    else
      os << (name && *name ? name : "?");
  }
  os << "]";
  return text;
}

Expected<std::vector<tt::Tensor>> tt::matchInputs(const tt_entry_info &entry, std::vector<Tensor> tensors) {
  std::vector<Tensor> inputs(entry.num_inputs);
  SmallVector<bool> filled(entry.num_inputs, false);
  auto put = [&](uint32_t index, Tensor &tensor) {
    inputs[index] = std::move(tensor);
    inputs[index].name = entry.inputs[index].name;
    filled[index] = true;
  };
  SmallVector<Tensor *> rest;
  for (Tensor &tensor : tensors) {
    uint32_t index = 0;
    while (index < entry.num_inputs && (filled[index] || tensor.name != entry.inputs[index].name))
      ++index;
    if (index < entry.num_inputs)
      put(index, tensor);
    else
      rest.push_back(&tensor);
  }
  uint32_t next = 0;
  for (Tensor *tensor : rest) {
    while (next < entry.num_inputs && filled[next])
      ++next;
    if (next == entry.num_inputs)
      return fail("the model has " + Twine(entry.num_inputs) + " inputs, but " + Twine(tensors.size()) +
                  " tensors were given");
    put(next, *tensor);
  }
  for (uint32_t i = 0; i < entry.num_inputs; ++i)
    if (!filled[i])
      return fail("input '" + Twine(entry.inputs[i].name) + "' is missing; it is " + typeText(entry.inputs[i]));
  return inputs;
}
