//===- ProfileReport.cpp - what a profile says ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ProfileReport.h"

#include "llvm/ADT/STLExtras.h"

#include <tuple>

using namespace llvm;

tt::Peaks tt::getPeaks(const MachineLimits &limits, int64_t threads) {
  auto pick = [&](const MachineLimit &one, const MachineLimit &all) {
    if (threads <= 1)
      return one.best();
    return threads >= limits.cpus ? all.best() : std::min(one.best() * threads, all.best());
  };
  return {pick(limits.flopsOne, limits.flopsAll), pick(limits.readOne, limits.readAll)};
}

StringRef tt::getName(Bottleneck bottleneck) {
  switch (bottleneck) {
  case Bottleneck::Compute:
    return "compute";
  case Bottleneck::Memory:
    return "memory";
  case Bottleneck::Overhead:
    return "overhead";
  case Bottleneck::Serial:
    return "serial";
  }
  llvm_unreachable("unknown bottleneck");
}

tt::ProfileReport tt::makeReport(const Profile &profile, const MachineLimits &limits) {
  ProfileReport report;
  report.profile = &profile;
  report.limits = limits;
  report.peaks = getPeaks(limits, profile.run.threads);
  double runs = std::max<double>(profile.run.calls, 1);
  for (const ProfileProbe &probe : profile.probes) {
    if (!probe.leaf || !probe.calls)
      continue;
    ProfileRow row;
    row.probe = &probe;
    double seconds = std::max(probe.ns, 1.0) / 1e9;
    row.share = profile.run.wallNs > 0 ? probe.ns / profile.run.wallNs : 0;
    row.runNs = probe.ns / runs;
    row.passNs = probe.ns / static_cast<double>(probe.calls);
    row.flopRate = probe.flops / seconds;
    row.byteRate = probe.bytes() / seconds;
    row.peakShare = row.flopRate / report.peaks.flops;
    row.roofShare = std::max(row.peakShare, row.byteRate / report.peaks.bytes);
    report.leafNs += probe.ns;
    judge(profile, limits, report.peaks, row);
    report.rows.push_back(std::move(row));
  }
  sort(report.rows, [](const ProfileRow &l, const ProfileRow &r) {
    return std::tie(r.probe->ns, l.probe->id) < std::tie(l.probe->ns, r.probe->id);
  });
  report.coverage = profile.run.wallNs > 0 ? report.leafNs / profile.run.wallNs : 0;
  return report;
}

json::Value tt::getJson(const ProfileReport &report) {
  const Profile &profile = *report.profile;
  json::Array rows;
  for (const ProfileRow &row : report.rows) {
    const ProfileProbe &probe = *row.probe;
    json::Array kinds;
    for (const ProfileProbe::Op &op : probe.ops)
      kinds.push_back(op.kind);
    rows.push_back(json::Object{{"id", probe.id},
                                {"name", json::fixUTF8(probe.name)},
                                {"kinds", std::move(kinds)},
                                {"kernel", probe.kernel},
                                {"isa", probe.isa},
                                {"parallel", probe.parallel},
                                {"share", row.share},
                                {"ns_per_run", row.runNs},
                                {"ns_per_pass", row.passNs},
                                {"passes", probe.calls},
                                {"flops", probe.flops},
                                {"bytes", probe.bytes()},
                                {"flops_per_second", row.flopRate},
                                {"bytes_per_second", row.byteRate},
                                {"share_of_peak", row.peakShare},
                                {"share_of_roofline", row.roofShare},
                                {"bottleneck", getName(row.bottleneck)},
                                {"why", row.why},
                                {"hint", row.hint}});
  }
  double runs = std::max<double>(profile.run.calls, 1);
  return json::Object{{"tt_profile_report", 1},
                      {"file", json::fixUTF8(profile.path)},
                      {"model", json::Object{{"name", json::fixUTF8(profile.model.name)},
                                             {"cpu", profile.model.cpu},
                                             {"options", profile.model.options},
                                             {"version", profile.model.version}}},
                      {"run", json::Object{{"cpu", json::fixUTF8(profile.run.cpu)},
                                           {"isa", profile.run.isa},
                                           {"threads", profile.run.threads},
                                           {"calls", profile.run.calls},
                                           {"wall_ns_per_run", profile.run.wallNs / runs},
                                           {"leaf_ns_per_run", report.leafNs / runs},
                                           {"coverage", report.coverage},
                                           {"probe_cost_ns", profile.run.probeCostNs}}},
                      {"machine", json::Object{{"cpu", json::fixUTF8(report.limits.cpu)},
                                               {"cpus", report.limits.cpus},
                                               {"isa", report.limits.isa},
                                               {"measured", report.limits.date},
                                               {"peak_flops_per_second", report.peaks.flops},
                                               {"peak_bytes_per_second", report.peaks.bytes}}},
                      {"ops", std::move(rows)}};
}
