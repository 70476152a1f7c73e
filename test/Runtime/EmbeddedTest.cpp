//===- EmbeddedTest.cpp - the runtime's objects inside the compiler -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Runtime/Embedded.h"

#include "gtest/gtest.h"

namespace {

TEST(Embedded, ObjectsOfX86AreRelocatableElf) {
  for (const char *triple : {"x86_64-linux-gnu", "x86_64-pc-linux-gnu", "x86_64-unknown-linux"})
    for (llvm::StringRef object : {tt::runtimeObject(triple), tt::modelObject(triple), tt::mainObject(triple)}) {
      ASSERT_GT(object.size(), 64u);
      EXPECT_TRUE(object.starts_with("\x7f"
                                     "ELF"));
      EXPECT_EQ(object[16], 1);  // e_type: ET_REL
      EXPECT_EQ(object[18], 62); // e_machine: EM_X86_64
    }
  EXPECT_NE(tt::runtimeObject("x86_64-linux-gnu"), tt::mainObject("x86_64-linux-gnu"));
}

TEST(Embedded, ObjectsOfAArch64AreRelocatableElf) {
  for (const char *triple : {"aarch64-linux-gnu", "aarch64-unknown-linux-gnu", "arm64-linux-gnu"})
    for (llvm::StringRef object : {tt::runtimeObject(triple), tt::modelObject(triple), tt::mainObject(triple)}) {
      ASSERT_GT(object.size(), 64u);
      EXPECT_EQ(object[16], 1);                                // e_type: ET_REL
      EXPECT_EQ(static_cast<unsigned char>(object[18]), 0xb7); // e_machine: EM_AARCH64
    }
}

TEST(Embedded, OtherTargetsHaveNone) {
  for (const char *triple :
       {"x86_64-pc-windows-msvc", "i686-linux-gnu", "riscv64-linux-gnu", "x86_64-unknown-linux-musl",
        "x86_64-linux-gnux32", "aarch64_be-linux-gnu", "aarch64-apple-darwin", ""}) {
    EXPECT_TRUE(tt::runtimeObject(triple).empty());
    EXPECT_TRUE(tt::modelObject(triple).empty());
    EXPECT_TRUE(tt::mainObject(triple).empty());
  }
}

} // namespace
