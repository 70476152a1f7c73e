//===- ForkedJobs.h - work in child processes that may crash or hang ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_FORKEDJOBS_H
#define TT_TOOLS_FORKEDJOBS_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace tt {

/// How a child ended. `text` is what the job returned; when it did not return, one line: how it ended, during what, and
/// the first line it wrote to stderr.
struct JobResult {
  bool returned = false;
  std::string text;
};

/// In a child: tells the parent what the job does now, for the report of a crash.
class JobProgress {
public:
  explicit JobProgress(int fd) : fd(fd) {}
  void operator()(llvm::StringRef phase) const;

private:
  int fd;
};

/// Calls `job(i)` for each i in [0, count) in a forked child (no exec: what the parent has initialised is there), at
/// most `parallel` at a time, and `done(i, result)` in the parent in order of i. A child that runs longer than
/// `timeoutSeconds` is killed, with the processes it has started. The parent must have no other threads. The job's
/// stdout and stderr go nowhere but into the report of a crash.
void runForkedJobs(unsigned count, unsigned parallel, unsigned timeoutSeconds,
                   llvm::function_ref<std::string(unsigned, const JobProgress &)> job,
                   llvm::function_ref<void(unsigned, const JobResult &)> done);

} // namespace tt

#endif // TT_TOOLS_FORKEDJOBS_H
