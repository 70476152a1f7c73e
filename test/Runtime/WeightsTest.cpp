//===- WeightsTest.cpp - weights that move to huge pages ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace {

/// A file of this process mapped read-only, as weights are.
struct MappedFile {
  explicit MappedFile(size_t bytes) : bytes(bytes) {
    std::vector<uint32_t> contents(bytes / sizeof(uint32_t));
    for (size_t i = 0; i < contents.size(); ++i)
      contents[i] = static_cast<uint32_t>(i * 2654435761u);
    FILE *file = std::tmpfile();
    std::fwrite(contents.data(), 1, bytes, file);
    std::fflush(file);
    data = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE, fileno(file), 0);
    std::fclose(file);
  }
  ~MappedFile() { munmap(data, bytes); }

  bool isIntact() const {
    for (size_t i = 0; i < bytes / sizeof(uint32_t); ++i)
      if (static_cast<const uint32_t *>(data)[i] != static_cast<uint32_t>(i * 2654435761u))
        return false;
    return true;
  }

  /// Bytes of [data, data + bytes) that are still pages of a file.
  size_t countFileBytes() const {
    std::ifstream maps("/proc/self/maps");
    size_t count = 0;
    uintptr_t lo = reinterpret_cast<uintptr_t>(data), hi = lo + bytes;
    for (std::string line; std::getline(maps, line);) {
      uintptr_t begin = 0, end = 0;
      unsigned long inode = 0;
      std::sscanf(line.c_str(), "%lx-%lx %*s %*s %*s %lu", &begin, &end, &inode);
      if (inode && begin < hi && end > lo)
        count += std::min(end, hi) - std::max(begin, lo);
    }
    return count;
  }

  void *data;
  size_t bytes;
};

constexpr size_t kHugePage = 2 << 20;

} // namespace

TEST(Weights, MoveToHugePages) {
  std::ifstream file("/sys/kernel/mm/transparent_hugepage/enabled");
  std::string enabled((std::istreambuf_iterator<char>(file)), {});
  if (enabled.empty() || enabled.find("[never]") != std::string::npos || sysconf(_SC_PAGESIZE) != 4096)
    GTEST_SKIP() << "this system has no transparent huge pages of 2 MiB";
  // Pieces of 16 MiB and a part of one, and what is no whole huge page stays.
  MappedFile weights(21 * kHugePage + 4096);
  tt_model_info model = *tt_model();
  model.weights = weights.data;
  model.weights_bytes = weights.bytes;

  setenv("TT_HUGE_WEIGHTS", "0", 1);
  tt_session *session;
  ASSERT_EQ(tt_session_create(&model, nullptr, &session), TT_OK);
  tt_session_free(session);
  EXPECT_EQ(weights.countFileBytes(), weights.bytes);

  unsetenv("TT_HUGE_WEIGHTS");
  ASSERT_EQ(tt_session_create(&model, nullptr, &session), TT_OK);
  EXPECT_LT(weights.countFileBytes(), 2 * kHugePage);
  EXPECT_TRUE(weights.isIntact());
  tt_session *second;
  ASSERT_EQ(tt_session_create(&model, nullptr, &second), TT_OK);
  tt_session_free(second);
  tt_session_free(session);
  EXPECT_TRUE(weights.isIntact());
}
