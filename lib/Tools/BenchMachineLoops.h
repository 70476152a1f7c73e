//===- BenchMachineLoops.h - loops that reach a machine's limits ----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_TOOLS_BENCHMACHINELOOPS_H
#define TT_LIB_TOOLS_BENCHMACHINELOOPS_H

#include <cstddef>
#include <cstdint>

namespace tt {

/// The loops for one width of vectors.
struct MachineLoops {
  const char *isa;
  /// Runs `steps` steps of independent f32 multiply-adds on registers; returns the number of multiplications and
  /// additions.
  double (*multiplyAdd)(int64_t steps);
  /// Reads `bytes` (a multiple of 1024) at `data` (64-byte aligned) once; returns a value that depends on all of them.
  uint64_t (*read)(const char *data, size_t bytes);
};

/// The widest that this CPU and its operating system can run.
const MachineLoops &machineLoops();

} // namespace tt

#endif // TT_LIB_TOOLS_BENCHMACHINELOOPS_H
