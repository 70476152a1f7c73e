//===- tt-profile.cpp - read profiles: table, trace, page, comparison -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/OutputFile.h"
#include "tt/Tools/Finish.h"
#include "tt/Tools/ProfileReport.h"

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace {

/// Made after ResetCommandLineParser, so that libLLVM's own options do not collide with ours.
struct Options {
  cl::OptionCategory category{"Options of tt-profile"};
  cl::list<std::string> files{cl::Positional, cl::cat(category), cl::OneOrMore, cl::desc("FILE...")};
  cl::opt<std::string> machine{"machine", cl::cat(category), cl::value_desc("FILE"),
                               cl::desc("Limits of the machine (default: those of tt-bench --machine, measured once)")};
  cl::opt<unsigned> top{"top", cl::cat(category), cl::value_desc("N"), cl::init(0), cl::desc("Show the N slowest ops")};
  cl::opt<bool> json{"json", cl::cat(category), cl::desc("JSON instead of tables")};
  cl::opt<std::string> trace{"trace", cl::cat(category), cl::value_desc("FILE"),
                             cl::desc("Write trace events for ui.perfetto.dev or chrome://tracing")};
  cl::opt<std::string> html{"html", cl::cat(category), cl::value_desc("FILE"),
                            cl::desc("Write a page: roofline, time per op, timeline, memory")};
};

Error run(const Options &args) {
  std::vector<tt::Profile> profiles;
  for (const std::string &path : args.files) {
    Expected<tt::Profile> profile = tt::readProfile(path);
    if (!profile)
      return profile.takeError();
    profiles.push_back(std::move(*profile));
  }
  if (profiles.size() > 1) {
    if (!args.trace.empty() || !args.html.empty())
      return createStringError(inconvertibleErrorCode(),
                               "--trace and --html need one profile, but found " + Twine(profiles.size()));
    if (args.json)
      outs() << formatv("{0:2}\n", tt::compareJson(profiles));
    else
      tt::printComparison(profiles, outs());
    return Error::success();
  }
  Expected<tt::MachineLimits> limits = args.machine.empty() ? tt::machineLimits() : tt::readMachineLimits(args.machine);
  if (!limits)
    return limits.takeError();
  tt::ProfileReport report = tt::makeReport(profiles[0], *limits);
  if (!args.trace.empty())
    if (Error error =
            tt::writeFileAtomically(args.trace, [&](raw_fd_ostream &os) { return tt::writeTrace(profiles[0], os); }))
      return error;
  if (!args.html.empty())
    if (Error error = tt::writeFileAtomically(args.html, [&](raw_fd_ostream &os) {
          tt::writeHtml(report, os);
          return Error::success();
        }))
      return error;
  if (args.json)
    outs() << formatv("{0:2}\n", tt::getJson(report));
  else
    tt::printReport(report, args.top, outs());
  return Error::success();
}

} // namespace

int main(int argc, char **argv) {
  cl::ResetCommandLineParser();
  Options args;
  cl::HideUnrelatedOptions(args.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Reads what a model compiled with --profile wrote; docs/profiling.md.\n"
                              "  tt-profile FILE        where the time goes, what holds each op back, what would help\n"
                              "  tt-profile A B...      times per op side by side, and their ratios to the first\n");
  Error error = run(args);
  return tt::finishTool("tt-profile", std::move(error));
}
