//===- LoadedModel.h - compiled models in this process --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_LOADEDMODEL_H
#define TT_TOOLS_LOADEDMODEL_H

#include "tt/Tools/Observed.h"
#include "tt/Tools/Tensor.h"

#include "llvm/Support/FileSystem/UniqueID.h"

#include <optional>

namespace tt {

/// A session of a loaded model, which must outlive it.
class ModelSession {
public:
  ModelSession(ModelSession &&other);
  ModelSession(const ModelSession &) = delete;
  ModelSession &operator=(const ModelSession &) = delete;
  ~ModelSession();

  /// tt_session_run; after a failure errorText() says what was wrong.
  tt_status run(uint32_t entry, llvm::ArrayRef<tt_tensor> inputs, llvm::MutableArrayRef<tt_tensor> outputs);
  llvm::StringRef errorText() const;
  /// The name of the code that it runs.
  llvm::StringRef isa() const;
  /// tt_session_profile_write and tt_session_profile_reset; an error for a model without a profile.
  llvm::Error writeProfile(llvm::StringRef path);
  llvm::Error resetProfile();
  /// Calls `observer` for each observed value of the next runs; an error for a model compiled without observers.
  llvm::Error observe(Observer observer);

private:
  friend class LoadedModel;
  /// The functions of tt/Runtime/ABI.h that a library exports.
  struct Functions {
    decltype(&tt_session_create) create = nullptr;
    decltype(&tt_session_run) run = nullptr;
    decltype(&tt_session_error) error = nullptr;
    decltype(&tt_session_isa) isa = nullptr;
    decltype(&tt_session_free) free = nullptr;
    /// Null for models compiled without --profile.
    decltype(&tt_session_profile_write) writeProfile = nullptr;
    decltype(&tt_session_profile_reset) resetProfile = nullptr;
    /// Null for models compiled without --observe.
    decltype(&tt_session_observe) observe = nullptr;
  };
  ModelSession(const Functions &functions, tt_session *session) : functions(functions), session(session) {}

  Functions functions;
  tt_session *session;
  std::unique_ptr<Observer> observer; ///< at a place of its own, which the session knows
};

/// A shared library made by tt, opened with dlopen. It stays loaded until this object ends. A file that replaced a
/// loaded one is a library of its own.
class LoadedModel {
public:
  static llvm::Expected<LoadedModel> open(llvm::StringRef path);
  LoadedModel(LoadedModel &&other);
  LoadedModel(const LoadedModel &) = delete;
  LoadedModel &operator=(const LoadedModel &) = delete;
  ~LoadedModel();

  const tt_model_info &info() const { return *model; }
  /// Index of an entry point; an error lists those there are.
  llvm::Expected<uint32_t> findEntry(llvm::StringRef name) const;
  /// Makes a session with `threads` threads (0: one for each CPU). `isa` names the code to run (empty: what TT_ISA
  /// names, or the best for this CPU).
  llvm::Expected<ModelSession> createSession(unsigned threads, const std::string &isa = {}) const;
  /// Makes the session of run() in place of the one before.
  llvm::Error start(unsigned threads, const std::string &isa = {});
  /// The name of the code that the session runs. Needs start().
  llvm::StringRef isa() const { return session->isa(); }
  /// What the session has measured, see ModelSession. Need start().
  llvm::Error writeProfile(llvm::StringRef path) { return session->writeProfile(path); }
  llvm::Error resetProfile() { return session->resetProfile(); }
  llvm::Error observe(Observer observer) { return session->observe(std::move(observer)); }
  /// Runs an entry point once; the results are copies. Needs start().
  llvm::Expected<std::vector<Tensor>> run(uint32_t entry, llvm::MutableArrayRef<Tensor> inputs);

private:
  LoadedModel() = default;

  std::optional<llvm::sys::fs::UniqueID> file;
  void *handle = nullptr;
  const tt_model_info *model = nullptr;
  ModelSession::Functions functions;
  std::optional<ModelSession> session;
};

/// Brings tensors into the order of an entry's inputs: those whose name is an input's name go there, the others fill
/// the free places in order. Missing and superfluous ones are errors.
llvm::Expected<std::vector<Tensor>> matchInputs(const tt_entry_info &entry, std::vector<Tensor> tensors);

/// "float [batch, 3]".
std::string typeText(const tt_value_info &info);

} // namespace tt

#endif // TT_TOOLS_LOADEDMODEL_H
