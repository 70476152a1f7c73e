//===- LoadedModel.cpp - compiled models in this process ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/LoadedModel.h"

#include "tt/Runtime/Npy.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <cstring>
#include <dlfcn.h>
#include <map>
#include <mutex>
#include <set>
#include <utility>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

//===- Sessions --------------------------------------------------------------------------------------------------===//

tt::ModelSession::ModelSession(ModelSession &&other)
    : functions(other.functions), session(std::exchange(other.session, nullptr)), observer(std::move(other.observer)) {}

tt::ModelSession::~ModelSession() {
  if (session)
    functions.free(session);
}

tt_status tt::ModelSession::run(uint32_t entry, ArrayRef<tt_tensor> inputs, MutableArrayRef<tt_tensor> outputs) {
  return functions.run(session, entry, inputs.data(), inputs.size(), outputs.data(), outputs.size());
}

StringRef tt::ModelSession::errorText() const { return functions.error(session); }

StringRef tt::ModelSession::isa() const { return functions.isa(session); }

static Error noProfile() { return fail("a profile needs a model that was compiled with --profile"); }

Error tt::ModelSession::writeProfile(StringRef path) {
  if (!functions.writeProfile)
    return noProfile();
  if (functions.writeProfile(session, path.str().c_str()) != TT_OK)
    return fail(errorText());
  return Error::success();
}

Error tt::ModelSession::resetProfile() {
  if (!functions.resetProfile)
    return noProfile();
  if (functions.resetProfile(session) != TT_OK)
    return fail(errorText());
  return Error::success();
}

Error tt::ModelSession::observe(Observer newObserver) {
  if (!functions.observe)
    return fail("observing values needs a model that was compiled with --observe");
  auto call = [](void *user, const char *name, const float *values, uint32_t rank, const int64_t *dims,
                 const int64_t *strides) {
    (*static_cast<Observer *>(user))({name, values, ArrayRef(dims, rank), ArrayRef(strides, rank)});
  };
  auto next = std::make_unique<Observer>(std::move(newObserver));
  if (functions.observe(session, call, next.get()) != TT_OK)
    return fail("values of a session that runs cannot be observed");
  observer = std::move(next);
  return Error::success();
}

//===- Libraries -------------------------------------------------------------------------------------------------===//

namespace {
/// The names under which files are loaded. dlopen looks for a name among those of loaded libraries before it opens a
/// file, so a file that replaced a loaded one needs another name, and a file that is loaded must keep its name.
class LoadedNames {
public:
  std::string acquire(const sys::fs::UniqueID &file, StringRef path) {
    std::lock_guard<std::mutex> lock(mutex);
    Use &use = uses[file];
    if (use.count++ == 0) {
      use.name = path.str();
      while (!names.insert(use.name).second)
        use.name.insert(use.name.rfind('/'), "/."); // the same path in other words
    }
    return use.name;
  }
  void release(const sys::fs::UniqueID &file) {
    std::lock_guard<std::mutex> lock(mutex);
    auto found = uses.find(file);
    if (--found->second.count)
      return;
    names.erase(found->second.name);
    uses.erase(found);
  }

private:
  struct Use {
    std::string name;
    unsigned count = 0;
  };
  std::mutex mutex;
  std::map<sys::fs::UniqueID, Use> uses;
  std::set<std::string> names;
};

LoadedNames &loadedNames() {
  static LoadedNames names;
  return names;
}
} // namespace

Expected<tt::LoadedModel> tt::LoadedModel::open(StringRef path) {
  LoadedModel loaded;
  sys::fs::UniqueID file;
  if (std::error_code ec = sys::fs::getUniqueID(path, file))
    return fail("cannot load '" + path + "': " + ec.message());
  loaded.file = file;
  // dlopen searches the system's folders unless the name has a slash.
  std::string name = loadedNames().acquire(file, path.contains('/') ? path.str() : ("./" + path).str());
  loaded.handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!loaded.handle)
    return fail("cannot load '" + path + "': " + dlerror());
  auto find = [&](const char *name, auto &function) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(dlsym(loaded.handle, name));
    return function != nullptr;
  };
  decltype(&tt_model) getModel;
  ModelSession::Functions &functions = loaded.functions;
  if (!find("tt_model", getModel) || !find("tt_session_create", functions.create) ||
      !find("tt_session_run", functions.run) || !find("tt_session_error", functions.error) ||
      !find("tt_session_free", functions.free))
    return fail("'" + path + "' is not a model that tt compiled: it does not export the functions of tt/Runtime/ABI.h");
  loaded.model = getModel();
  if (loaded.model->abi_version != TT_ABI_VERSION)
    return fail("'" + path + "' has version " + Twine(loaded.model->abi_version) +
                " of the interface, this tool has version " + Twine(TT_ABI_VERSION) + "; compile the model again");
  if (!find("tt_session_isa", functions.isa))
    return fail("'" + path + "' does not export tt_session_isa");
  find("tt_session_profile_write", functions.writeProfile);
  find("tt_session_profile_reset", functions.resetProfile);
  find("tt_session_observe", functions.observe);
  return loaded;
}

tt::LoadedModel::LoadedModel(LoadedModel &&other)
    : file(std::exchange(other.file, std::nullopt)), handle(std::exchange(other.handle, nullptr)), model(other.model),
      functions(other.functions), session(std::move(other.session)) {
  other.session.reset();
}

tt::LoadedModel::~LoadedModel() {
  session.reset();
  if (handle)
    dlclose(handle);
  if (file)
    loadedNames().release(*file);
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

Expected<tt::ModelSession> tt::LoadedModel::createSession(unsigned threads, const std::string &isa) const {
  tt_session_options options = {};
  options.struct_size = sizeof options;
  options.threads = threads;
  options.isa = isa.empty() ? nullptr : isa.c_str();
  tt_session *created = nullptr;
  if (functions.create(model, &options, &created) != TT_OK)
    return fail(functions.error(nullptr));
  return ModelSession(functions, created);
}

Error tt::LoadedModel::start(unsigned threads, const std::string &isa) {
  session.reset();
  Expected<ModelSession> created = createSession(threads, isa);
  if (!created)
    return created.takeError();
  session.emplace(std::move(*created));
  return Error::success();
}

Expected<std::vector<tt::Tensor>> tt::LoadedModel::run(uint32_t entry, MutableArrayRef<Tensor> inputs) {
  const tt_entry_info &info = model->entries[entry];
  SmallVector<tt_tensor> in, out(info.num_outputs, tt_tensor{});
  for (Tensor &tensor : inputs)
    in.push_back(tensor.view());
  if (session->run(entry, in, out) != TT_OK)
    return fail(session->errorText());
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
