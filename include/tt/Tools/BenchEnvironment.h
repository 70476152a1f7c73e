//===- BenchEnvironment.h - what a measurement was made on ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_BENCHENVIRONMENT_H
#define TT_TOOLS_BENCHENVIRONMENT_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"

namespace tt {

/// The name of this machine's CPU; its architecture where the system tells no name.
std::string cpuModel();

/// The CPUs that this process may use, ascending.
llvm::SmallVector<unsigned> usableCpus();

/// Lets this process, and what it starts from now on, run on `cpus` only.
llvm::Error pinTo(llvm::ArrayRef<unsigned> cpus);

/// Now, in UTC: "2026-11-20T14:05:00Z".
std::string dateText();

/// cpu, flags, online and usable CPUs, load average, frequency governor (null where it cannot be read), kernel, date,
/// tt's version and the commit it was built from.
llvm::json::Object environmentRecord();

/// $XDG_CACHE_HOME/tt or ~/.cache/tt, not yet created; an error when neither variable is set.
llvm::Expected<std::string> cacheFolder();

} // namespace tt

#endif // TT_TOOLS_BENCHENVIRONMENT_H
