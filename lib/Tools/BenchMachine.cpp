//===- BenchMachine.cpp - the measured limits of this machine -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/BenchMachine.h"

#include "BenchMachineLoops.h"
#include "tt/Support/OutputFile.h"
#include "tt/Tools/BenchEnvironment.h"
#include "tt/Tools/BenchStatistics.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <sys/mman.h>
#include <thread>
#include <unistd.h>

using namespace llvm;
using Clock = std::chrono::steady_clock;

static Error fail(const Twine &text) { return createStringError(inconvertibleErrorCode(), text); }

double tt::MachineLimit::best() const { return *std::max_element(samples.begin(), samples.end()); }
double tt::MachineLimit::median() const { return percentile(samples, 50); }

/// Calls `work(thread)`, which returns the units it did, `rounds` times on each of `threads` threads that start each
/// round together; a sample is the units of a round by the time until the last thread was ready.
template <typename Work> static tt::MachineLimit measure(unsigned threads, unsigned rounds, Work work) {
  tt::MachineLimit limit;
  std::vector<double> units(threads);
  Clock::time_point start;
  bool running = false;
  auto next = [&]() noexcept {
    Clock::time_point now = Clock::now();
    if (running) {
      double sum = 0;
      for (double count : units)
        sum += count;
      limit.samples.push_back(sum / std::chrono::duration<double>(now - start).count());
    }
    running = !running;
    start = Clock::now();
  };
  std::barrier barrier(threads, next);
  auto run = [&](unsigned thread) {
    for (unsigned round = 0; round < rounds; ++round) {
      barrier.arrive_and_wait();
      units[thread] = work(thread);
      barrier.arrive_and_wait();
    }
  };
  std::vector<std::thread> others;
  for (unsigned thread = 1; thread < threads; ++thread)
    others.emplace_back(run, thread);
  run(0);
  for (std::thread &thread : others)
    thread.join();
  return limit;
}

tt::MachineLimits tt::measureMachine() {
  const MachineLoops &loops = machineLoops();
  MachineLimits limits;
  limits.cpu = cpuModel();
  limits.isa = loops.isa;
  limits.cpus = std::max<size_t>(1, usableCpus().size());
  limits.date = dateText();

  // Steps of about 10 ms; the first calls also wake the wide units up.
  int64_t steps = 10000;
  for (double seconds = 0; seconds < 0.01;) {
    Clock::time_point start = Clock::now();
    loops.multiplyAdd(steps);
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (seconds < 0.01)
      steps *= 2;
  }
  auto multiply = [&](unsigned) { return loops.multiplyAdd(steps); };
  limits.flopsOne = measure(1, 25, multiply);
  limits.flopsAll = measure(limits.cpus, 25, multiply);

  uint64_t memory = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  size_t share = std::min<uint64_t>(uint64_t(512) << 20, memory / 4) / limits.cpus / 4096 * 4096;
  limits.readBytes = share * limits.cpus;
  size_t huge = size_t(2) << 20; // 4 KiB pages would measure the TLB
  std::unique_ptr<char, void (*)(void *)> data(
      static_cast<char *>(aligned_alloc(huge, (limits.readBytes + huge - 1) / huge * huge)), free);
  if (!data)
    report_fatal_error("out of memory: an array of " + Twine(limits.readBytes) + " bytes", /*gen_crash_diag=*/false);
  madvise(data.get(), limits.readBytes, MADV_HUGEPAGE);
  memset(data.get(), 1, limits.readBytes);
  std::atomic<uint64_t> sink{0};
  limits.readOne = measure(1, 7, [&](unsigned) {
    sink += loops.read(data.get(), limits.readBytes);
    return static_cast<double>(limits.readBytes);
  });
  limits.readAll = measure(limits.cpus, 7, [&](unsigned thread) {
    sink += loops.read(data.get() + thread * share, share);
    return static_cast<double>(share);
  });
  return limits;
}

//===- The cache -------------------------------------------------------------------------------------------------===//

static constexpr StringRef kSchema = "tt-machine/1";

static json::Object limitJson(const tt::MachineLimit &limit) {
  return json::Object{{"best", limit.best()}, {"median", limit.median()}, {"samples", json::Array(limit.samples)}};
}

static bool readLimit(const json::Object &object, StringRef key, tt::MachineLimit &limit) {
  const json::Object *found = object.getObject(key);
  const json::Array *samples = found ? found->getArray("samples") : nullptr;
  if (!samples || samples->empty())
    return false;
  for (const json::Value &value : *samples) {
    std::optional<double> sample = value.getAsNumber();
    if (!sample || *sample <= 0)
      return false;
    limit.samples.push_back(*sample);
  }
  return true;
}

static json::Value toJson(const tt::MachineLimits &limits) {
  return json::Object{{"schema", kSchema},
                      {"cpu", limits.cpu},
                      {"isa", limits.isa},
                      {"cpus", limits.cpus},
                      {"date", limits.date},
                      {"f32_flops_one", limitJson(limits.flopsOne)},
                      {"f32_flops_all", limitJson(limits.flopsAll)},
                      {"read_bytes", limits.readBytes},
                      {"read_bytes_per_second_one", limitJson(limits.readOne)},
                      {"read_bytes_per_second_all", limitJson(limits.readAll)}};
}

Expected<tt::MachineLimits> tt::readMachineLimits(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(path);
  if (!file)
    return fail("'" + path + "' cannot be read: " + file.getError().message());
  Expected<json::Value> value = json::parse((*file)->getBuffer());
  if (!value)
    return fail("'" + path + "' has no limits of a machine, which are JSON: " + toString(value.takeError()));
  const json::Object *object = value->getAsObject();
  StringRef schema = object ? object->getString("schema").value_or("") : "";
  if (schema != kSchema)
    return fail("'" + path + "' needs limits of a machine, schema '" + kSchema + "', but has schema '" + schema + "'");
  MachineLimits limits;
  limits.cpu = object->getString("cpu").value_or("").str();
  limits.isa = object->getString("isa").value_or("").str();
  limits.cpus = static_cast<unsigned>(std::clamp<int64_t>(object->getInteger("cpus").value_or(0), 0, 1 << 20));
  limits.date = object->getString("date").value_or("").str();
  limits.readBytes = static_cast<uint64_t>(object->getInteger("read_bytes").value_or(0));
  if (!limits.cpus || !readLimit(*object, "f32_flops_one", limits.flopsOne) ||
      !readLimit(*object, "f32_flops_all", limits.flopsAll) ||
      !readLimit(*object, "read_bytes_per_second_one", limits.readOne) ||
      !readLimit(*object, "read_bytes_per_second_all", limits.readAll))
    return fail("'" + path + "' needs cpus and samples of four limits, as tt-bench --machine writes them");
  return limits;
}

/// The limits in `path` if they are this machine's.
static std::optional<tt::MachineLimits> readCache(StringRef path) {
  Expected<tt::MachineLimits> limits = tt::readMachineLimits(path);
  if (!limits) {
    consumeError(limits.takeError());
    return std::nullopt;
  }
  if (limits->cpu != tt::cpuModel() || limits->cpus != tt::usableCpus().size() || limits->isa != tt::machineLoops().isa)
    return std::nullopt;
  return std::move(*limits);
}

Expected<tt::MachineLimits> tt::machineLimits(bool again) {
  Expected<std::string> folder = cacheFolder();
  if (!folder)
    return folder.takeError();
  SmallString<128> path(*folder);
  sys::path::append(path, "machine.json");
  if (!again)
    if (std::optional<MachineLimits> cached = readCache(path))
      return std::move(*cached);
  MachineLimits limits = measureMachine();
  if (std::error_code ec = sys::fs::create_directories(*folder))
    return fail("cannot create '" + *folder + "': " + ec.message());
  auto write = [&](raw_fd_ostream &os) {
    os << formatv("{0:2}", toJson(limits)) << "\n";
    return Error::success();
  };
  if (Error error = writeFileAtomically(path, write))
    return error;
  return limits;
}

void tt::printMachine(const MachineLimits &limits, raw_ostream &os) {
  os << limits.cpu << ", " << limits.cpus << (limits.cpus == 1 ? " CPU, " : " CPUs, ") << limits.isa << ", measured "
     << limits.date << "\n";
  auto print = [&](StringRef what, const MachineLimit &limit, StringRef unit) {
    os << formatv("{0,-34} {1,8:F1} {2} (median {3:F1})\n", what, limit.best() / 1e9, unit, limit.median() / 1e9);
  };
  print("f32 multiply-adds, one core", limits.flopsOne, "GFLOP/s");
  print("f32 multiply-adds, all cores", limits.flopsAll, "GFLOP/s");
  std::string array = formatv(" of {0} MiB", limits.readBytes >> 20);
  print("read" + array + ", one core", limits.readOne, "GB/s");
  print("read" + array + ", all cores", limits.readAll, "GB/s");
}
