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
extern const char tt_model_x86_64[], tt_model_x86_64_end[];
extern const char tt_main_x86_64[], tt_main_x86_64_end[];
}

static bool isX86Glibc(StringRef triple) {
  llvm::Triple parsed(llvm::Triple::normalize(triple)); // also x86_64-linux-gnu, without a vendor
  bool glibc = parsed.isGNUEnvironment() || parsed.getEnvironment() == llvm::Triple::UnknownEnvironment;
  return parsed.getArch() == llvm::Triple::x86_64 && parsed.isOSLinux() && glibc;
}

StringRef tt::runtimeObject(StringRef triple) {
  return isX86Glibc(triple) ? StringRef(tt_runtime_x86_64, tt_runtime_x86_64_end - tt_runtime_x86_64) : StringRef();
}

StringRef tt::modelObject(StringRef triple) {
  return isX86Glibc(triple) ? StringRef(tt_model_x86_64, tt_model_x86_64_end - tt_model_x86_64) : StringRef();
}

StringRef tt::mainObject(StringRef triple) {
  return isX86Glibc(triple) ? StringRef(tt_main_x86_64, tt_main_x86_64_end - tt_main_x86_64) : StringRef();
}
