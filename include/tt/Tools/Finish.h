//===- Finish.h - the end of a tool's main --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_FINISH_H
#define TT_TOOLS_FINISH_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace tt {

/// Flushes the standard output, prints `error`, or that the output could not be written (a full disk), as
/// "`tool`: error: ..." and returns the exit status: 0, or 1 after an error.
int finishTool(llvm::StringRef tool, llvm::Error error);

} // namespace tt

#endif
