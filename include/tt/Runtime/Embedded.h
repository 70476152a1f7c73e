//===- Embedded.h - the runtime's object files, inside the compiler -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_RUNTIME_EMBEDDED_H
#define TT_RUNTIME_EMBEDDED_H

#include "llvm/ADT/StringRef.h"

namespace tt {

/// Relocatable ELF object of the runtime for `triple` (x86_64-*-linux-gnu, aarch64-*-linux-gnu): the functions of
/// ABI.h, with default visibility, and those of Internal.h, hidden; not `tt_model`. It needs libc with pthreads. Empty
/// when there is none for this triple.
llvm::StringRef runtimeObject(llvm::StringRef triple);

/// Object with what code compiled with --profile calls besides (lib/Runtime/Profile*.c), to be linked with
/// runtimeObject. Empty when there is none for this triple.
llvm::StringRef profileObject(llvm::StringRef triple);

/// Object with what code compiled with --observe calls besides (lib/Runtime/Observe.c), to be linked with
/// runtimeObject. Empty when there is none for this triple.
llvm::StringRef observeObject(llvm::StringRef triple);

/// Object with `tt_model` alone, which needs `tt_model_descriptor`. Empty when there is none for this triple.
llvm::StringRef modelObject(llvm::StringRef triple);

/// Object with the `main` of executables (lib/Runtime/Main.c), to be linked with runtimeObject and modelObject. Empty
/// when there is none for this triple.
llvm::StringRef mainObject(llvm::StringRef triple);

} // namespace tt

#endif // TT_RUNTIME_EMBEDDED_H
