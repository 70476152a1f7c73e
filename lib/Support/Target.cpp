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
  if (cpu != "help")
    return fail("unknown cpu '" + cpu + "' for " + triple.str() + "; try " +
                (triple.getArch() == Triple(sys::getDefaultTargetTriple()).getArch() ? "native, " : "") +
                (triple.isX86_64() ? "x86-64-v2, x86-64-v3, x86-64-v4" : "generic, neoverse-n1, neoverse-v1") +
                " or a name that LLVM knows (--cpu=help lists them)");
  std::string names;
  if (subtarget)
    for (const SubtargetSubTypeKV &known : subtarget->getAllProcessorDescriptions())
      names += (Twine(names.empty() ? "" : ", ") + known.Key).str();
  return fail("the cpus of " + triple.str() + " are " + names);
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
  } else {
    result.cpu = cpu.str();
  }

  std::unique_ptr<MCSubtargetInfo> subtarget = createSubtarget(triple, triple.isX86_64() ? "x86-64" : "generic", "");
  if (!subtarget || !subtarget->isCPUStringValid(result.cpu))
    return explainCpus(triple, result.cpu, subtarget.get());
  if (triple.isAArch64()) {
    // Vectors have a fixed length of 128 bits; with scalable ones LLVM would use them for some integer operations, and
    // the artefact would need a CPU that has them.
    if (hasFeature(result, "sve"))
      result.features += result.features.empty() ? "-sve" : ",-sve";
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
