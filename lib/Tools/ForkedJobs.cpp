//===- ForkedJobs.cpp - work in child processes that may crash or hang ----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ForkedJobs.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/ErrorHandling.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace llvm;
using Clock = std::chrono::steady_clock;

// What a child writes to its pipe: "+phase\n" ... then "=" and the text that the job returned.

namespace {

struct Child {
  unsigned job = 0;
  pid_t pid = 0;
  int pipe = -1;
  int errors = -1; // memfd behind the child's stdout and stderr
  Clock::time_point deadline;
  std::string received;
  bool timedOut = false;
};

void writeAll(int fd, StringRef text) {
  while (!text.empty()) {
    ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno != EINTR)
      return;
    text = text.drop_front(written > 0 ? written : 0);
  }
}

Child startChild(unsigned index, unsigned timeoutSeconds,
                 function_ref<std::string(unsigned, const tt::JobProgress &)> job) {
  Child child;
  child.job = index;
  child.deadline = Clock::now() + std::chrono::seconds(timeoutSeconds);
  child.errors = memfd_create("tt-job", MFD_CLOEXEC);
  int ends[2];
  if (child.errors < 0 || pipe2(ends, O_CLOEXEC) != 0)
    report_fatal_error("cannot make a pipe: " + Twine(strerror(errno)), /*gen_crash_diag=*/false);
  pid_t parent = getpid();
  child.pid = fork();
  if (child.pid < 0)
    report_fatal_error("cannot start a process: " + Twine(strerror(errno)), /*gen_crash_diag=*/false);
  if (child.pid == 0) {
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
      _exit(1);
    dup2(child.errors, STDOUT_FILENO);
    dup2(child.errors, STDERR_FILENO);
    std::string text = job(index, tt::JobProgress(ends[1]));
    writeAll(ends[1], "=" + text);
    _exit(0);
  }
  setpgid(child.pid, child.pid); // in both: whoever is first
  close(ends[1]);
  child.pipe = ends[0];
  return child;
}

std::string firstLine(int fd) {
  char text[400];
  ssize_t size = pread(fd, text, sizeof text, 0);
  return StringRef(text, size > 0 ? size : 0).ltrim().split('\n').first.str();
}

tt::JobResult finish(Child &child, unsigned timeoutSeconds) {
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  tt::JobResult result;
  StringRef rest = child.received;
  std::string phase = "starting";
  while (rest.consume_front("+")) {
    auto [line, after] = rest.split('\n');
    phase = line.str();
    rest = after;
  }
  if (rest.consume_front("=") && !child.timedOut) {
    result.returned = true;
    result.text = rest.str();
  } else if (child.timedOut) {
    result.text = ("no result after " + Twine(timeoutSeconds) + " s while " + phase).str();
  } else {
    std::string how = WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status)) + " (" +
                                                strsignal(WTERMSIG(status)) + ")"
                                          : "exit status " + std::to_string(WEXITSTATUS(status));
    std::string said = firstLine(child.errors);
    result.text = how + " while " + phase + (said.empty() ? "" : ": " + said);
  }
  close(child.pipe);
  close(child.errors);
  return result;
}

/// Reads what has come. False at the end of the child's output.
bool receive(Child &child) {
  char bytes[4096];
  ssize_t size = read(child.pipe, bytes, sizeof bytes);
  if (size > 0)
    child.received.append(bytes, size);
  return size > 0 || (size < 0 && errno == EINTR);
}

} // namespace

void tt::JobProgress::operator()(StringRef phase) const { writeAll(fd, ("+" + phase + "\n").str()); }

void tt::runForkedJobs(unsigned count, unsigned parallel, unsigned timeoutSeconds,
                       function_ref<std::string(unsigned, const JobProgress &)> job,
                       function_ref<void(unsigned, const JobResult &)> done) {
  std::vector<JobResult> results(count);
  std::vector<bool> ready(count, false);
  SmallVector<Child> running;
  unsigned next = 0, reported = 0;
  while (reported < count) {
    while (next < count && running.size() < std::max(1u, parallel))
      running.push_back(startChild(next++, timeoutSeconds, job));
    SmallVector<pollfd> polled;
    Clock::time_point first = running.front().deadline;
    for (const Child &child : running) {
      polled.push_back({child.pipe, POLLIN, 0});
      first = std::min(first, child.deadline);
    }
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first - Clock::now()).count() + 1;
    poll(polled.data(), polled.size(), static_cast<int>(std::clamp<long>(left, 0, 1 << 30)));
    for (size_t i = polled.size(); i-- > 0;) {
      Child &child = running[i];
      bool open = !(polled[i].revents & (POLLIN | POLLHUP | POLLERR)) || receive(child);
      if (open && Clock::now() >= child.deadline) {
        child.timedOut = true;
        open = false;
      }
      if (open)
        continue;
      kill(-child.pid, SIGKILL); // also what the job has left behind
      results[child.job] = finish(child, timeoutSeconds);
      ready[child.job] = true;
      running.erase(running.begin() + i);
    }
    while (reported < count && ready[reported]) {
      done(reported, results[reported]);
      ++reported;
    }
  }
}
