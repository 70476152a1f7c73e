//===- OutputFile.h - files that appear whole or not at all ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_OUTPUTFILE_H
#define TT_SUPPORT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace tt {

/// An error where `path` exists and is not a regular file: a rename would replace a folder's or device's entry.
llvm::Error checkOutputPath(llvm::StringRef path);

/// Calls `write` with a stream onto a temporary file beside `path` and renames it to `path` when everything was
/// written. On failure (`write` fails, full disk, no permission) nothing is left behind, an old file at `path` stays,
/// and the error names `path`. `executable` sets the execute bits.
llvm::Error writeFileAtomically(llvm::StringRef path, llvm::function_ref<llvm::Error(llvm::raw_fd_ostream &)> write,
                                bool executable = false);

} // namespace tt

#endif // TT_SUPPORT_OUTPUTFILE_H
