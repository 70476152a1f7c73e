//===- BenchMachine.h - the measured limits of this machine ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_BENCHMACHINE_H
#define TT_TOOLS_BENCHMACHINE_H

#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace tt {

/// Samples of one limit, in units per second.
struct MachineLimit {
  std::vector<double> samples;
  double best() const;
  double median() const;
};

/// What the CPUs that this process may use can do at most.
struct MachineLimits {
  /// CPU, its vector instructions that the figures are for, CPUs of the `all` figures.
  std::string cpu, isa;
  unsigned cpus = 0;
  /// ISO 8601, UTC.
  std::string date;
  /// f32 multiplications and additions a second, of one core and of all.
  MachineLimit flopsOne, flopsAll;
  /// Bytes a second read from an array of `readBytes`, by one core and by all.
  MachineLimit readOne, readAll;
  uint64_t readBytes = 0;
};

/// Takes about two seconds and 512 MiB (a quarter of the memory, if that is less).
MachineLimits measureMachine();

/// The limits from the cache (machine.json of cacheFolder()). Measures, and writes the cache, when it is missing,
/// unreadable, made on another CPU or for another number of CPUs, or when `again` asks for that.
llvm::Expected<MachineLimits> machineLimits(bool again = false);

/// The limits in `path`, a copy of the cache of any machine. An error names the file and what was found.
llvm::Expected<MachineLimits> readMachineLimits(llvm::StringRef path);

/// A table for people.
void printMachine(const MachineLimits &limits, llvm::raw_ostream &os);

} // namespace tt

#endif // TT_TOOLS_BENCHMACHINE_H
