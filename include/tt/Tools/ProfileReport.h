//===- ProfileReport.h - what a profile says ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_PROFILEREPORT_H
#define TT_TOOLS_PROFILEREPORT_H

#include "tt/Tools/BenchMachine.h"
#include "tt/Tools/Profile.h"

#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace tt {

/// What the threads of a run can do together at most, from measured limits.
struct Peaks {
  double flops = 1, bytes = 1; ///< per second
};
/// All cores' limits for as many threads as there are CPUs; below, so many times one core's, if that is less.
Peaks getPeaks(const MachineLimits &limits, int64_t threads);

/// What holds an op back. docs/profiling.md has the rules.
enum class Bottleneck { Compute, Memory, Overhead, Serial };
llvm::StringRef getName(Bottleneck bottleneck);

/// One leaf probe that was passed.
struct ProfileRow {
  const ProfileProbe *probe = nullptr;
  double share = 0;     ///< of the wall time, 0 to 1
  double runNs = 0;     ///< in one run
  double passNs = 0;    ///< of one pass
  double flopRate = 0;  ///< per second
  double byteRate = 0;  ///< per second
  double peakShare = 0; ///< of the peak of operations, 0 to 1
  /// The time that the peaks allow at least (the larger of that for the operations and that for the bytes), divided by
  /// the time that it took. Above 1 where the data is in caches, which are faster than the memory.
  double roofShare = 0;
  Bottleneck bottleneck = Bottleneck::Compute;
  std::string why, hint;
};

struct ProfileReport {
  const Profile *profile = nullptr;
  MachineLimits limits;
  Peaks peaks;
  std::vector<ProfileRow> rows; ///< by time, longest first
  double leafNs = 0;            ///< sum of the rows, over all runs
  /// leafNs by the wall time, 1 where nothing is missing; 0 without a run.
  double coverage = 0;
};

ProfileReport makeReport(const Profile &profile, const MachineLimits &limits);

/// Sets bottleneck, why and hint of `row`, whose numbers are there.
void judge(const Profile &profile, const MachineLimits &limits, const Peaks &peaks, ProfileRow &row);

/// The table, the sum against the wall time, and what to do about the slowest; at most `top` rows (0: all).
void printReport(const ProfileReport &report, unsigned top, llvm::raw_ostream &os);
llvm::json::Value getJson(const ProfileReport &report);

/// Times of ops by name and kernel in two or more profiles, and their ratios to the first.
void printComparison(llvm::ArrayRef<Profile> profiles, llvm::raw_ostream &os);
llvm::json::Value compareJson(llvm::ArrayRef<Profile> profiles);

/// Chrome's trace event format, for ui.perfetto.dev and chrome://tracing. Fails where the profile has no events.
llvm::Error writeTrace(const Profile &profile, llvm::raw_ostream &os);

/// A page that needs nothing but itself.
void writeHtml(const ProfileReport &report, llvm::raw_ostream &os);

} // namespace tt

#endif // TT_TOOLS_PROFILEREPORT_H
