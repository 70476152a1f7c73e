//===- LoadedModel.h - compiled models in this process --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_LOADEDMODEL_H
#define TT_TOOLS_LOADEDMODEL_H

#include "tt/Tools/Tensor.h"

namespace tt {

/// A shared library made by tt, opened with dlopen, with at most one session. It stays loaded until this object ends.
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
  /// Starts a session with `threads` threads (0: one for each CPU) in place of the one before. `isa` names the code to
  /// run (empty: what TT_ISA names, or the best for this CPU).
  llvm::Error start(unsigned threads, const std::string &isa = {});
  /// The name of the code that the session runs. Needs start().
  llvm::StringRef isa() const { return isaOf(session); }
  /// Runs an entry point once; the results are copies. Needs start().
  llvm::Expected<std::vector<Tensor>> run(uint32_t entry, llvm::MutableArrayRef<Tensor> inputs);

private:
  LoadedModel() = default;

  std::string path;
  void *handle = nullptr;
  const tt_model_info *model = nullptr;
  tt_session *session = nullptr;
  decltype(&tt_session_create) create = nullptr;
  decltype(&tt_session_run) runSession = nullptr;
  decltype(&tt_session_error) errorText = nullptr;
  decltype(&tt_session_isa) isaOf = nullptr;
  decltype(&tt_session_free) freeSession = nullptr;
};

/// Brings tensors into the order of an entry's inputs: those whose name is an input's name go there, the others fill
/// the free places in order. Missing and superfluous ones are errors.
llvm::Expected<std::vector<Tensor>> matchInputs(const tt_entry_info &entry, std::vector<Tensor> tensors);

/// "float [batch, 3]".
std::string typeText(const tt_value_info &info);

} // namespace tt

#endif // TT_TOOLS_LOADEDMODEL_H
