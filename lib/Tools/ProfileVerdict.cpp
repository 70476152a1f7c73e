//===- ProfileVerdict.cpp - what holds an op back, and what would help ----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ProfileReport.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace tt;

namespace {

// The rules of docs/profiling.md, in numbers. They are far from where a verdict would flip with noise.

/// A shortest pass (the mean has interruptions in it) below this, and far from the roofline, is all preparation: calls,
/// loop starts, tails.
constexpr double kShortNs = 2500;
/// A pass longer than this is worth several threads.
constexpr double kSplittableNs = 20000;
/// An op is far from the roofline below this share of it.
constexpr double kFar = 0.25;
/// And near it above this one.
constexpr double kNear = 0.6;
/// Below this share of the memory's bandwidth the time does not go into moving bytes.
constexpr double kMovesBytes = 0.2;
/// Threads that are busy for a smaller part of an op's time leave it to one of them.
constexpr double kBusy = 0.6;

/// Vector width in bits of a level of code or of a measured loop; 0: not known.
unsigned getVectorBits(StringRef isa) {
  return StringSwitch<unsigned>(isa)
      .Cases({"x86-64", "x86-64-v2", "128 bit"}, 128)
      .Cases({"x86-64-v3", "avxvnni", "avx2"}, 256)
      .Cases({"x86-64-v4", "avx512vnni", "avx512bf16", "avx512f"}, 512)
      .Default(0);
}

bool isProduct(const ProfileProbe &probe) {
  return any_of(probe.ops, [](const ProfileProbe::Op &op) {
    return is_contained({"matmul", "conv", "matmul_integer", "conv_integer", "attention"}, StringRef(op.kind));
  });
}

bool hasKind(const ProfileProbe &probe, StringRef kind) {
  return any_of(probe.ops, [&](const ProfileProbe::Op &op) { return op.kind == kind; });
}

/// Of the run itself, not of the model: "(input x)", "(arena)".
bool isBookkeeping(const ProfileProbe &probe) { return StringRef(probe.name).starts_with("("); }

/// Products without a kernel of register tiles: loops over linalg.generic.
bool isLoopNest(const ProfileProbe &probe) {
  StringRef kernel = probe.kernel;
  return isProduct(probe) && (kernel.starts_with("k_generic") || kernel.starts_with("k_for") ||
                              kernel.starts_with("k_matmul") || kernel.starts_with("k_batch_matmul"));
}

/// A `d` in the sizes of a kernel's name ("k_gemm_1xdx64", "k_gemm_dx64_2") is a dynamic size.
bool hasDynamicSizes(const ProfileProbe &probe) {
  SmallVector<StringRef> words, sizes;
  StringRef(probe.kernel).split(words, '_');
  return any_of(words, [&](StringRef word) {
    sizes.clear();
    word.split(sizes, 'x');
    return sizes.size() > 1 && is_contained(sizes, "d");
  });
}

/// The share of the threads' time in which they were busy with the op; 1 where it is not known.
double getBusyShare(const Profile &profile, const ProfileProbe &probe) {
  if (!probe.parallel || probe.threads.empty() || probe.ns <= 0)
    return 1;
  double busy = 0;
  for (const ProfileProbe::Thread &thread : probe.threads)
    busy += thread.ns;
  return busy / (probe.ns * static_cast<double>(profile.run.threads));
}

/// What a model touches in a run stays in a core's caches below this many bytes.
constexpr double kCacheBytes = 1 << 20;

/// Bytes that a run touches at least: arena and weights, or what its largest op reads and writes (inputs and outputs).
double getTouchedBytes(const Profile &profile) {
  double bytes = static_cast<double>(profile.arenaBytes + profile.weightsBytes);
  for (const ProfileProbe &probe : profile.probes)
    if (probe.leaf && probe.calls)
      bytes = std::max(bytes, probe.bytes() / static_cast<double>(probe.calls));
  return bytes;
}

/// How much of the limits an op reaches; those of the memory do not hold for a model that stays in the caches.
struct Reached {
  double share;
  StringRef of;
};

Reached getReached(const Profile &profile, const ProfileRow &row) {
  bool isCached = getTouchedBytes(profile) < kCacheBytes;
  return isCached ? Reached{row.peakShare, "peak"} : Reached{row.roofShare, "roofline"};
}

std::string percent(double share) { return formatv("{0:F0} %", share * 100); }

std::string getThreadsHint(const Profile &profile, const MachineLimits &limits, const ProfileProbe &probe) {
  if (!probe.parallel || profile.run.threads >= limits.cpus)
    return "";
  return formatv("run with --threads={0}: its loop is parallel, and the run had {1} of {0} CPUs", limits.cpus,
                 profile.run.threads);
}

void judgeOverhead(const Profile &profile, Reached reached, ProfileRow &row) {
  row.why = formatv("a pass of {0:F2} us reaches {1} of the {2}: preparation takes the time", row.passNs / 1e3,
                    percent(reached.share), reached.of);
  if (isBookkeeping(*row.probe))
    row.hint = "fixed cost of a run; a larger batch (--dim of the batch's name) spreads it over more items";
  else if (row.probe->parallel && profile.run.threads > 1)
    row.hint = "run with --threads=1, or give each pass more work: a larger batch (--dim of the batch's name)";
  else
    row.hint = "give each pass more work: a larger batch (--dim of the batch's name)";
}

void judgeSerial(const Profile &profile, double busy, Reached reached, ProfileRow &row) {
  if (row.probe->parallel) {
    row.why = formatv("{0} threads are busy {1} of the time", profile.run.threads, percent(busy));
    row.hint = "too few or unequal chunks: a larger batch (--dim of the batch's name) makes more of them";
    return;
  }
  row.why = profile.run.threads > 1
                ? formatv("runs on one of {0} threads, {1:F1} us a pass", profile.run.threads, row.passNs / 1e3).str()
                : formatv("one step after the other, at {0} of the {1}, without a parallel loop",
                          percent(reached.share), reached.of)
                      .str();
  row.hint = "--threads does not help it; several sessions side by side do (tt-bench --scenario=offline)";
}

void judgeMemory(const Profile &profile, const MachineLimits &limits, const Peaks &peaks, ProfileRow &row) {
  const ProfileProbe &probe = *row.probe;
  row.why = formatv("{0:F1} GB/s, {1} of the memory's, for {2:F2} operations a byte", row.byteRate / 1e9,
                    percent(row.byteRate / peaks.bytes), probe.bytes() > 0 ? probe.flops / probe.bytes() : 0);
  std::string threads = getThreadsHint(profile, limits, probe);
  if (probe.flops == 0 && hasKind(probe, "transpose"))
    row.hint =
        "a transpose that tt-assign-layout could not cancel: --remarks-filter=tt-layout --remark-format=emitRemark "
        "of tt-opt tells why; move it next to its inverse, or into a constant, in the model";
  else if (probe.flops > 0 && isProduct(probe))
    row.hint = "its weights are read for few rows: a larger batch (--dim of the batch's name) reads them once for all";
  else if (!threads.empty())
    row.hint = threads;
  else if (probe.flops == 0)
    row.hint = "only moves data: tt-assign-layout and tt-fuse-elementwise remove what the model allows";
  else
    row.hint =
        "reads and writes whole tensors: tt-fuse-elementwise and tt-fuse-epilogues join ops whose result has one "
        "use, so use it once; smaller tensors (--dim) stay in the caches";
}

void judgeCompute(const Profile &profile, const MachineLimits &limits, ProfileRow &row) {
  const ProfileProbe &probe = *row.probe;
  row.why = formatv("{0:F1} GFLOP/s, {1} of the peak", row.flopRate / 1e9, percent(row.peakShare));
  std::string threads = getThreadsHint(profile, limits, probe);
  unsigned bits = getVectorBits(probe.isa), machineBits = getVectorBits(limits.isa);
  if (bits && bits < machineBits)
    row.hint =
        formatv("compile with --cpu=native: this is code for {0} ({1}-bit vectors), and the machine has {2} bits",
                probe.isa, bits, machineBits);
  else if (isLoopNest(probe))
    row.hint = formatv("runs as plain loops ({0}), not in a kernel of register tiles, which exist for products of f32: "
                       "keep this layer in f32",
                       probe.kernel);
  else if (row.peakShare < 0.5 && hasDynamicSizes(probe))
    row.hint = "compile with its dynamic sizes fixed (--dim name=value): tiles are chosen for known sizes";
  else if (!threads.empty())
    row.hint = threads;
  else if (row.peakShare >= kNear)
    row.hint = "near the machine's limit: only a model with fewer operations is faster";
  else
    row.hint = "no option of tt is known to help";
}

} // namespace

void tt::judge(const Profile &profile, const MachineLimits &limits, const Peaks &peaks, ProfileRow &row) {
  const ProfileProbe &probe = *row.probe;
  double bandwidth = row.byteRate / peaks.bytes;
  Reached reached = getReached(profile, row);
  bool isFar = reached.share < kFar;
  double busy = profile.run.threads > 1 ? getBusyShare(profile, probe) : 1;
  if (isBookkeeping(probe) || (probe.minNs < kShortNs && isFar)) {
    row.bottleneck = Bottleneck::Overhead;
    return judgeOverhead(profile, reached, row);
  }
  bool isSerial = profile.run.threads > 1 ? !probe.parallel || (busy < kBusy && reached.share < kNear)
                                          : !probe.parallel && reached.share < kFar / 4;
  if (row.passNs >= kSplittableNs && isSerial && !isLoopNest(probe)) {
    row.bottleneck = Bottleneck::Serial;
    return judgeSerial(profile, busy, reached, row);
  }
  // Bytes bound an op when they come from the memory, take longer than the operations would, and do take the time.
  bool isMemory = probe.flops == 0 ||
                  (bandwidth >= row.peakShare && bandwidth >= kMovesBytes && getTouchedBytes(profile) >= kCacheBytes);
  row.bottleneck = isMemory ? Bottleneck::Memory : Bottleneck::Compute;
  if (isMemory)
    judgeMemory(profile, limits, peaks, row);
  else
    judgeCompute(profile, limits, row);
}
