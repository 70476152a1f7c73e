//===- Profile.h - the result file of a profiled run ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_PROFILE_H
#define TT_TOOLS_PROFILE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tt {

/// The version of the file that is read; docs/profiling.md says what each key means.
inline constexpr int64_t kProfileVersion = 1;

/// What a probe found. All numbers are totals over all passes, times in nanoseconds.
struct ProfileProbe {
  struct Op {
    std::string name, kind;
  };
  struct Thread {
    int64_t thread = 0, calls = 0;
    double ns = 0;
  };
  int64_t id = 0;
  std::string name;
  std::vector<Op> ops;
  std::string granularity, kernel, isa;
  std::optional<int64_t> parent;
  bool leaf = true, parallel = false;
  double flops = 0, bytesRead = 0, bytesWritten = 0;
  int64_t calls = 0;
  double ns = 0, minNs = 0, maxNs = 0;
  std::vector<Thread> threads;

  double bytes() const { return bytesRead + bytesWritten; }
};

struct ProfileEvent {
  int64_t probe = 0, thread = 0;
  double beginNs = 0, ns = 0;
};

struct ProfileBuffer {
  std::string name;
  int64_t offset = 0, bytes = 0, firstProbe = 0, lastProbe = 0;
};

struct Profile {
  std::string path;
  struct {
    std::string name, source, cpu, options, version;
  } model;
  struct {
    std::string cpu, isa;
    int64_t threads = 1, calls = 0;
    double wallNs = 0, probeCostNs = 0;
  } run;
  std::vector<ProfileProbe> probes;
  std::vector<ProfileEvent> events;
  int64_t eventsDropped = 0;
  int64_t arenaBytes = 0, weightsBytes = 0;
  std::vector<ProfileBuffer> buffers;
};

/// Reads the file at `path`. An error names the file and what was found there: no file, no JSON, no profile, another
/// version, a value that is missing, of another type or out of range.
llvm::Expected<Profile> readProfile(llvm::StringRef path);

} // namespace tt

#endif // TT_TOOLS_PROFILE_H
