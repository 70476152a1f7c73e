//===- Embedded.cpp - the runtime's object files, inside the compiler -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Embedded.h"

#include "llvm/TargetParser/Triple.h"

using llvm::StringRef;

// Made by Embedded.S.
extern "C" {
extern const char tt_runtime_x86_64[], tt_runtime_x86_64_end[];
extern const char tt_profile_x86_64[], tt_profile_x86_64_end[];
extern const char tt_observe_x86_64[], tt_observe_x86_64_end[];
extern const char tt_model_x86_64[], tt_model_x86_64_end[];
extern const char tt_main_x86_64[], tt_main_x86_64_end[];
extern const char tt_runtime_aarch64[], tt_runtime_aarch64_end[];
extern const char tt_profile_aarch64[], tt_profile_aarch64_end[];
extern const char tt_observe_aarch64[], tt_observe_aarch64_end[];
extern const char tt_model_aarch64[], tt_model_aarch64_end[];
extern const char tt_main_aarch64[], tt_main_aarch64_end[];
}

static StringRef bytes(const char *begin, const char *end) { return StringRef(begin, end - begin); }

/// The object for the architecture of `triple`; empty for other architectures, systems and C libraries.
static StringRef choose(StringRef triple, StringRef x86, StringRef aarch64) {
  llvm::Triple parsed(llvm::Triple::normalize(triple)); // also x86_64-linux-gnu, without a vendor
  bool glibc = parsed.isGNUEnvironment() || parsed.getEnvironment() == llvm::Triple::UnknownEnvironment;
  if (!parsed.isOSLinux() || !glibc)
    return StringRef();
  if (parsed.getArch() == llvm::Triple::x86_64 && !parsed.isX32())
    return x86;
  return parsed.getArch() == llvm::Triple::aarch64 ? aarch64 : StringRef();
}

StringRef tt::runtimeObject(StringRef triple) {
  return choose(triple, bytes(tt_runtime_x86_64, tt_runtime_x86_64_end),
                bytes(tt_runtime_aarch64, tt_runtime_aarch64_end));
}

StringRef tt::profileObject(StringRef triple) {
  return choose(triple, bytes(tt_profile_x86_64, tt_profile_x86_64_end),
                bytes(tt_profile_aarch64, tt_profile_aarch64_end));
}

StringRef tt::observeObject(StringRef triple) {
  return choose(triple, bytes(tt_observe_x86_64, tt_observe_x86_64_end),
                bytes(tt_observe_aarch64, tt_observe_aarch64_end));
}

StringRef tt::modelObject(StringRef triple) {
  return choose(triple, bytes(tt_model_x86_64, tt_model_x86_64_end), bytes(tt_model_aarch64, tt_model_aarch64_end));
}

StringRef tt::mainObject(StringRef triple) {
  return choose(triple, bytes(tt_main_x86_64, tt_main_x86_64_end), bytes(tt_main_aarch64, tt_main_aarch64_end));
}
