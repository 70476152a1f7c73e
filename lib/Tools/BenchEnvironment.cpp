//===- BenchEnvironment.cpp - what a measurement was made on --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/BenchEnvironment.h"

#include "Commit.inc"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

using namespace llvm;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

/// The value of the first line "key : value" of /proc/cpuinfo; empty where there is none.
static std::string cpuInfo(StringRef key) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFileAsStream("/proc/cpuinfo");
  if (!file)
    return {};
  for (StringRef rest = (*file)->getBuffer(); !rest.empty();) {
    auto [line, after] = rest.split('\n');
    rest = after;
    auto [name, value] = line.split(':');
    if (name.trim() == key)
      return value.trim().str();
  }
  return {};
}

std::string tt::cpuModel() {
  std::string name = cpuInfo("model name");
  if (!name.empty())
    return name;
  utsname system;
  return uname(&system) == 0 ? system.machine : "unknown";
}

SmallVector<unsigned> tt::usableCpus() {
  SmallVector<unsigned> cpus;
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0)
    return cpus;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set))
      cpus.push_back(cpu);
  return cpus;
}

Error tt::pinTo(ArrayRef<unsigned> cpus) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (unsigned cpu : cpus) {
    if (cpu >= CPU_SETSIZE)
      return fail("--pin: there is no CPU " + Twine(cpu));
    CPU_SET(cpu, &set);
  }
  if (sched_setaffinity(0, sizeof set, &set) == 0)
    return Error::success();
  std::string reason = strerror(errno),
              usable = join(map_range(usableCpus(), [](unsigned c) { return utostr(c); }), ", ");
  return fail("--pin: cannot run on these CPUs (" + reason + "); this process may use " + usable);
}

std::string tt::dateText() {
  char date[32];
  time_t now = time(nullptr);
  tm utc;
  strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
  return date;
}

json::Object tt::environmentRecord() {
  json::Object record;
  record["cpu"] = cpuModel();
  std::string flags = cpuInfo("flags");
  record["flags"] = flags.empty() ? cpuInfo("Features") : flags;
  record["cpus_online"] = static_cast<int64_t>(sysconf(_SC_NPROCESSORS_ONLN));
  record["cpus_usable"] = json::Array(usableCpus());
  double load[3];
  if (getloadavg(load, 3) == 3)
    record["load_average"] = json::Array{load[0], load[1], load[2]};
  else
    record["load_average"] = nullptr;
  auto governor = MemoryBuffer::getFileAsStream("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (governor)
    record["governor"] = (*governor)->getBuffer().trim().str(); // a StringRef would not be copied
  else
    record["governor"] = nullptr;
  utsname system;
  if (uname(&system) == 0)
    record["kernel"] = (Twine(system.sysname) + " " + system.release + " " + system.machine).str();
  record["date"] = dateText();
  record["tt_version"] = TT_VERSION_STRING;
  record["tt_commit"] = TT_COMMIT;
  return record;
}

Expected<std::string> tt::cacheFolder() {
  SmallString<128> folder;
  if (const char *cache = getenv("XDG_CACHE_HOME"); cache && *cache)
    folder = cache;
  else if (const char *home = getenv("HOME"); home && *home)
    (folder = home) += "/.cache";
  else
    return fail("cannot tell the cache folder: neither XDG_CACHE_HOME nor HOME is set");
  sys::path::append(folder, "tt");
  return folder.str().str();
}
