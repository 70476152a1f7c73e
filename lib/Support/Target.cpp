//===- Target.cpp - the CPU that code is made for -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/Target.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include <mutex>

using namespace llvm;

namespace {

Error fail(const Twine &message) { return createStringError(inconvertibleErrorCode(), message); }

/// A CPU, or a CPU of LLVM with more features, that tt knows by a name of its own.
struct Level {
  StringRef name;
  Triple::ArchType architecture;
  StringRef cpu, features;
};

/// From the least capable on. Of two rows with equal CPU and features the first is the one that artefacts name.
constexpr Level kLevels[] = {
    {"x86-64", Triple::x86_64, "x86-64", ""},
    {"x86-64-v2", Triple::x86_64, "x86-64-v2", ""},
    {"x86-64-v3", Triple::x86_64, "x86-64-v3", ""},
    {"avxvnni", Triple::x86_64, "x86-64-v3", "+avxvnni"},
    {"x86-64-v4", Triple::x86_64, "x86-64-v4", ""},
    {"avx512vnni", Triple::x86_64, "x86-64-v4", "+avx512vnni"},
    {"avx512bf16", Triple::x86_64, "x86-64-v4", "+avx512vnni,+avx512bf16"},
    {"generic", Triple::aarch64, "generic", ""},
    {"armv8-a", Triple::aarch64, "generic", ""},
    {"dotprod", Triple::aarch64, "generic", "+dotprod"},
    {"i8mm", Triple::aarch64, "generic", "+dotprod,+i8mm"},
};

/// What LLVM would use unasked where a CPU has it, but the runtime does not look for on the CPU it meets
/// (tt/Runtime/Internal.h): code that does without cannot meet an illegal instruction.
constexpr std::pair<Triple::ArchType, StringRef> kUnchecked[] = {
    {Triple::x86_64, "avx10.2"},   {Triple::x86_64, "ccmp"}, {Triple::x86_64, "cf"},    {Triple::x86_64, "egpr"},
    {Triple::x86_64, "fma4"},      {Triple::x86_64, "ndd"},  {Triple::x86_64, "nf"},    {Triple::x86_64, "ppx"},
    {Triple::x86_64, "push2pop2"}, {Triple::x86_64, "zu"},   {Triple::x86_64, "sse4a"}, {Triple::x86_64, "tbm"},
    {Triple::x86_64, "xop"},       {Triple::aarch64, "sme"}, {Triple::aarch64, "sve"},
};

void initialize() {
  static std::once_flag once;
  std::call_once(once, [] {
    LLVMInitializeX86TargetInfo();
    LLVMInitializeX86Target();
    LLVMInitializeX86TargetMC();
    LLVMInitializeX86AsmParser();
    LLVMInitializeX86AsmPrinter();
    LLVMInitializeAArch64TargetInfo();
    LLVMInitializeAArch64Target();
    LLVMInitializeAArch64TargetMC();
    LLVMInitializeAArch64AsmParser();
    LLVMInitializeAArch64AsmPrinter();
  });
}

std::unique_ptr<MCSubtargetInfo> createSubtarget(const Triple &triple, StringRef cpu, StringRef features) {
  std::string ignored;
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, ignored);
  return std::unique_ptr<MCSubtargetInfo>(target ? target->createMCSubtargetInfo(triple, cpu, features) : nullptr);
}

bool has(const MCSubtargetInfo &subtarget, StringRef feature) { return subtarget.checkFeatures(("+" + feature).str()); }

/// How this machine differs from LLVM's idea of its CPU, e.g. because a hypervisor hides something.
std::string getHostDifferences(const Triple &triple, StringRef cpu) {
  std::unique_ptr<MCSubtargetInfo> subtarget = createSubtarget(triple, cpu, "");
  StringMap<bool> host = sys::getHostCPUFeatures();
  SmallVector<StringRef> names(host.keys());
  sort(names);
  std::string text;
  for (StringRef name : names)
    if (subtarget && has(*subtarget, name) != host.lookup(name))
      text += (Twine(text.empty() ? "" : ",") + (host.lookup(name) ? "+" : "-") + name).str();
  return text;
}

/// The error for `cpu`, which LLVM does not know for `triple`; for "help" the list of those it knows.
Error explainCpus(const Triple &triple, StringRef cpu, const MCSubtargetInfo *subtarget) {
  std::string names = triple.getArch() == Triple(sys::getDefaultTargetTriple()).getArch() ? "native" : "";
  auto add = [&](StringRef name) { names += (Twine(names.empty() ? "" : ", ") + name).str(); };
  for (const Level &level : kLevels)
    if (level.architecture == triple.getArch())
      add(level.name);
  if (cpu != "help")
    return fail("unknown cpu '" + cpu + "' for " + triple.str() + "; try " + names +
                " or a name that LLVM knows (--cpu=help lists them)");
  names = "the cpus and levels of " + triple.str() + " are " + names;
  if (subtarget)
    for (const SubtargetSubTypeKV &known : subtarget->getAllProcessorDescriptions())
      if (none_of(kLevels, [&](const Level &level) { return level.name == known.Key; }) &&
          createSubtarget(triple, known.Key, "")->checkFeatures(triple.isX86_64() ? "+64bit" : "+neon"))
        add(known.Key);
  return fail(names);
}

} // namespace

Expected<tt::Target> tt::parseTarget(StringRef tripleName, StringRef cpu) {
  initialize();
  Triple host(sys::getDefaultTargetTriple());
  Triple triple(tripleName.empty() ? host.str() : Triple::normalize(tripleName));
  if (!triple.isX86_64() && !triple.isAArch64())
    return fail("target '" + tripleName + "' needs the architecture x86_64 or aarch64, but has '" +
                triple.getArchName() + "'");
  if (!triple.isOSLinux())
    return fail("target '" + tripleName + "' needs the system linux, but has '" + triple.getOSName() + "'");

  tt::Target result;
  result.triple = triple.str();
  bool sameArchitecture = triple.getArch() == host.getArch();
  if (cpu.empty())
    cpu = sameArchitecture ? "native" : triple.isX86_64() ? "x86-64" : "generic";
  if (cpu == "native") {
    if (!sameArchitecture)
      return fail("cpu 'native' needs a target of this machine's architecture, but found '" + triple.str() +
                  "'; name a cpu");
    result.cpu = sys::getHostCPUName().str();
    result.features = getHostDifferences(triple, result.cpu);
  } else if (auto *level =
                 find_if(kLevels, [&](const Level &l) { return l.name == cpu && l.architecture == triple.getArch(); });
             level != std::end(kLevels)) {
    result.cpu = level->cpu.str();
    result.features = level->features.str();
  } else {
    result.cpu = cpu.str();
  }

  std::unique_ptr<MCSubtargetInfo> subtarget = createSubtarget(triple, triple.isX86_64() ? "x86-64" : "generic", "");
  if (!subtarget || !subtarget->isCPUStringValid(result.cpu) || (triple.isX86_64() && !hasFeature(result, "64bit")))
    return explainCpus(triple, result.cpu, subtarget.get());
  for (auto [architecture, feature] : kUnchecked)
    if (architecture == triple.getArch() && hasFeature(result, feature))
      result.features += (Twine(result.features.empty() ? "-" : ",-") + feature).str();
  if (triple.isAArch64()) {
    result.lanes = 4, result.registers = 32;
  } else if (hasFeature(result, "avx512f") && hasFeature(result, "avx512vl") && hasFeature(result, "avx512bw") &&
             hasFeature(result, "avx512dq")) {
    result.lanes = 16, result.registers = 32;
  } else if (hasFeature(result, "avx2") && hasFeature(result, "fma")) {
    result.lanes = 8, result.registers = 16;
  } else {
    result.lanes = 4, result.registers = 16;
  }
  return result;
}

Expected<SmallVector<tt::Target>> tt::parseTargets(StringRef triple, StringRef cpus) {
  SmallVector<StringRef> names;
  cpus.split(names, ',');
  if (names.empty())
    names.push_back("");
  SmallVector<Target> targets;
  for (StringRef name : names) {
    if (name.empty() && names.size() > 1)
      return fail("--cpu needs names between its commas, but found '" + cpus + "'");
    Expected<Target> target = parseTarget(triple, name);
    if (!target)
      return target.takeError();
    for (const Target &other : targets)
      if (getLevelName(other) == getLevelName(*target))
        return fail("--cpu needs different levels, but '" + cpus + "' has '" + getLevelName(*target) + "' twice");
    targets.push_back(std::move(*target));
  }
  return targets;
}

std::string tt::getLevelName(const Target &target) {
  Triple::ArchType architecture = Triple(target.triple).getArch();
  for (const Level &level : kLevels)
    if (level.architecture == architecture && level.cpu == target.cpu && level.features == target.features)
      return level.name.str();
  return target.cpu;
}

bool tt::hasFeature(const tt::Target &target, StringRef name) {
  initialize();
  std::unique_ptr<MCSubtargetInfo> subtarget = createSubtarget(Triple(target.triple), target.cpu, target.features);
  return subtarget && has(*subtarget, name);
}

Expected<std::unique_ptr<TargetMachine>> tt::createTargetMachine(const tt::Target &target) {
  initialize();
  Triple triple(target.triple);
  std::string error;
  const llvm::Target *backend = TargetRegistry::lookupTarget(triple, error);
  if (!backend)
    return fail("no code generator for '" + target.triple + "': " + error);
  TargetOptions options;
  // Fuses where a kernel asks for it (vector.fma becomes llvm.fmuladd), nowhere else; Strict would split the kernels'
  // own.
  options.AllowFPOpFusion = FPOpFusion::Standard;
  std::unique_ptr<TargetMachine> machine(backend->createTargetMachine(
      triple, target.cpu, target.features, options, Reloc::PIC_, CodeModel::Small, CodeGenOptLevel::Aggressive));
  if (!machine)
    return fail("no code generator for '" + target.triple + "' with cpu '" + target.cpu + "'");
  return machine;
}
