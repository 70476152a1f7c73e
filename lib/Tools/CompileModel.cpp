//===- CompileModel.cpp - models compiled on the fly ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/CompileModel.h"

#include "tt/Pipelines/Driver.h"

using namespace llvm;

/// The first error in the driver's log, with the number of the others.
static std::string summarize(StringRef log) {
  std::string first;
  unsigned others = 0;
  for (StringRef rest = log; !rest.empty();) {
    auto [line, after] = rest.split('\n');
    rest = after;
    if (!line.consume_front("error: ") && !line.starts_with("internal error: "))
      continue;
    if (first.empty())
      first = line.str();
    else
      ++others;
  }
  if (first.empty())
    return "the compiler failed without saying why";
  return others ? first + " (and " + std::to_string(others) + " more)" : first;
}

tt::CompileResult tt::compileToFile(StringRef model, StringRef output, bool executable, StringRef cpu, StringRef triple,
                                    StringRef profile, StringRef fastMath) {
  CompileOptions options;
  options.input = model.str();
  options.output = output.str();
  options.kind = executable ? OutputKind::Executable : OutputKind::SharedLibrary;
  options.cpu = cpu.str();
  options.triple = triple.str();
  options.profile = profile.str();
  options.fastMath = fastMath.str();
  options.threads = 1; // a child that was forked has no other threads, and small models need none
  return compileQuietly(options);
}

tt::CompileResult tt::compileQuietly(const CompileOptions &options) {
  std::string log;
  raw_string_ostream os(log);
  CompileStatus status = compileModel(options, os);
  if (status == CompileStatus::Success)
    return {};
  return {status == CompileStatus::Refused ? CompileResult::Refused : CompileResult::Failed, summarize(log)};
}
