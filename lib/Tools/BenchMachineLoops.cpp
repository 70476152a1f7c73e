//===- BenchMachineLoops.cpp - loops that reach a machine's limits --------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

// Compiled with -O3 and contraction of a * b + c in every build (lib/Tools/CMakeLists.txt): what is measured is the
// machine, not the build. Vectors of the compiler instead of intrinsics, so the same text serves every ISA.

#include "BenchMachineLoops.h"

namespace {

/// Enough chains to hide the latency of multiply-adds (4 cycles, 2 a cycle, or 4 of them on the widest NEON cores), few
/// enough for 16 registers.
constexpr int kChains = 12;

/// Results go here, so that no computation is superfluous.
volatile float sink;
/// A number that the compiler does not know: a chain that starts at its fixed point would be folded away.
volatile float source = 0.25f;

template <typename Vector> [[gnu::always_inline]] inline double multiplyAdd(int64_t steps) {
  Vector sum[kChains], factor = Vector{} + 0.999f, addend = Vector{} + 1e-3f;
  for (int i = 0; i < kChains; ++i)
    sum[i] = Vector{} + (source + static_cast<float>(i));
  for (int64_t k = 0; k < steps; ++k) {
#pragma GCC unroll 12
    for (int i = 0; i < kChains; ++i)
      sum[i] = sum[i] * factor + addend;
  }
  for (int i = 1; i < kChains; ++i)
    sum[0] += sum[i];
  sink = sum[0][0];
  return 2.0 * kChains * (sizeof(Vector) / sizeof(float)) * static_cast<double>(steps);
}

template <typename Vector> [[gnu::always_inline]] inline uint64_t readAll(const char *data, size_t bytes) {
  constexpr size_t kParallel = 8;
  Vector sum[kParallel] = {};
  for (const char *end = data + bytes; data != end; data += sizeof sum) {
#pragma GCC unroll 8
    for (size_t i = 0; i < kParallel; ++i)
      sum[i] += reinterpret_cast<const Vector *>(data)[i];
  }
  for (size_t i = 1; i < kParallel; ++i)
    sum[0] += sum[i];
  return sum[0][0] + sum[0][1];
}

typedef float Float128 __attribute__((vector_size(16)));
typedef uint64_t Word128 __attribute__((vector_size(16), may_alias));
double multiplyAdd128(int64_t steps) { return multiplyAdd<Float128>(steps); }
uint64_t read128(const char *data, size_t bytes) { return readAll<Word128>(data, bytes); }
const tt::MachineLoops kLoops128 = {"128 bit", multiplyAdd128, read128};

#ifdef __x86_64__
typedef float Float256 __attribute__((vector_size(32)));
typedef uint64_t Word256 __attribute__((vector_size(32), may_alias));
typedef float Float512 __attribute__((vector_size(64)));
typedef uint64_t Word512 __attribute__((vector_size(64), may_alias));
[[gnu::target("avx2,fma")]] double multiplyAdd256(int64_t steps) { return multiplyAdd<Float256>(steps); }
[[gnu::target("avx2,fma")]] uint64_t read256(const char *data, size_t bytes) { return readAll<Word256>(data, bytes); }
[[gnu::target("avx512f,fma")]] double multiplyAdd512(int64_t steps) { return multiplyAdd<Float512>(steps); }
[[gnu::target("avx512f,fma")]] uint64_t read512(const char *data, size_t bytes) {
  return readAll<Word512>(data, bytes);
}
const tt::MachineLoops kLoops256 = {"avx2", multiplyAdd256, read256};
const tt::MachineLoops kLoops512 = {"avx512f", multiplyAdd512, read512};
#endif

} // namespace

const tt::MachineLoops &tt::machineLoops() {
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f"))
    return kLoops512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return kLoops256;
#endif
  return kLoops128;
}
