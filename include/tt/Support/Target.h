//===- Target.h - the CPU that code is made for ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_TARGET_H
#define TT_SUPPORT_TARGET_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace tt {

/// What `#tt.target` says, without IR. `features` is what differs from LLVM's defaults for `cpu`, as `+a,-b`. `lanes`
/// is the number of f32 elements of the widest vector register, `registers` how many of those there are.
struct Target {
  std::string triple, cpu, features;
  int64_t lanes = 0, registers = 0;
};

/// Resolves the values of `--target` (empty: this machine's triple) and `--cpu` (`native`, a level such as `x86-64-v3`
/// or `avx512vnni`, or a name LLVM knows; empty: native, or for another architecture its baseline). The error says
/// which values are possible; with the cpu "help" it lists all.
llvm::Expected<Target> parseTarget(llvm::StringRef triple, llvm::StringRef cpu);

/// The same for a list, `--cpu=x86-64-v3,x86-64-v4`: one target for each name, in the order given. Two names for one
/// level are an error.
llvm::Expected<llvm::SmallVector<Target>> parseTargets(llvm::StringRef triple, llvm::StringRef cpus);

/// What users call the code for `target`: the level's name ("avx512vnni"), or that of the CPU where tt has no level of
/// these features.
std::string getLevelName(const Target &target);

/// Whether code for `target` may use LLVM's feature `name`, e.g. "avx512vnni".
bool hasFeature(const Target &target, llvm::StringRef name);

/// LLVM's code generator for `target`: position-independent, no contraction of a*b+c, optimizing fully.
llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createTargetMachine(const Target &target);

} // namespace tt

#endif // TT_SUPPORT_TARGET_H
