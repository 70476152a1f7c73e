//===- ProfileTable.cpp - profiles as tables ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Bench.h"
#include "tt/Tools/ProfileReport.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <cmath>

using namespace llvm;
using namespace tt;

namespace {

/// Rows of cells, padded to columns; the first `numLeft` columns are flush left, the others right.
class Table {
public:
  explicit Table(size_t numLeft = 0) : numLeft(numLeft) {}
  void add(std::vector<std::string> row) { rows.push_back(std::move(row)); }
  void print(raw_ostream &os) const {
    std::vector<size_t> widths;
    for (const std::vector<std::string> &row : rows) {
      widths.resize(std::max(widths.size(), row.size()));
      for (size_t i = 0; i < row.size(); ++i)
        widths[i] = std::max(widths[i], row[i].size());
    }
    for (const std::vector<std::string> &row : rows) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i) {
        std::string gap(widths[i] - row[i].size(), ' ');
        line += (i ? "  " : "") + (i < numLeft || i + 1 == row.size() ? row[i] + gap : gap + row[i]);
      }
      os << StringRef(line).rtrim() << "\n";
    }
  }

private:
  size_t numLeft;
  std::vector<std::vector<std::string>> rows;
};

std::string percent(double share, int digits = 1) {
  return digits ? formatv("{0:F1}", share * 100).str() : formatv("{0:F0}", share * 100).str();
}
std::string microseconds(double ns) { return formatv("{0:F2}", ns / 1e3); }

std::string perRun(const ProfileProbe &probe, const Profile &profile) {
  double passes = static_cast<double>(probe.calls) / std::max<double>(profile.run.calls, 1);
  return passes == std::round(passes) ? formatv("{0:F0}", passes).str() : formatv("{0:F1}", passes).str();
}

StringRef plural(int64_t number) { return number == 1 ? "" : "s"; }

//===-- comparison ------------------------------------------------------------------------------------------------===//

/// Times of one op in a run of each profile; negative where it is in none of a profile's leaves.
struct Compared {
  std::string name, kernel;
  std::vector<double> ns;
};

/// Ops that have one name and kernel in several places count together; one that has another kernel is the same op.
std::vector<Compared> compare(ArrayRef<Profile> profiles) {
  MapVector<StringRef, Compared> ops;
  for (auto [number, profile] : enumerate(profiles))
    for (const ProfileProbe &probe : profile.probes) {
      if (!probe.leaf || !probe.calls)
        continue;
      Compared &op = ops[probe.name];
      if (op.ns.empty()) {
        op.name = probe.name, op.kernel = probe.kernel;
        op.ns.assign(profiles.size(), -1);
      }
      if (number && op.kernel != probe.kernel && !StringRef(op.kernel).contains(probe.kernel))
        op.kernel += " > " + probe.kernel;
      op.ns[number] = std::max(op.ns[number], 0.0) + probe.ns / std::max<double>(profile.run.calls, 1);
    }
  std::vector<Compared> result;
  for (auto &[name, op] : ops)
    result.push_back(std::move(op));
  auto change = [](const Compared &op) { return std::abs(std::max(op.ns.back(), 0.0) - std::max(op.ns[0], 0.0)); };
  sort(result, [&](const Compared &l, const Compared &r) {
    return change(l) != change(r) ? change(l) > change(r) : l.name < r.name;
  });
  return result;
}

double getRunNs(const Profile &profile) { return profile.run.wallNs / std::max<double>(profile.run.calls, 1); }

} // namespace

void tt::printReport(const ProfileReport &report, unsigned top, raw_ostream &os) {
  const Profile &profile = *report.profile;
  os << formatv("{0}: {1}, {2} code, {3} thread{4}, {5} run{6}\n", profile.path, profile.model.name, profile.run.isa,
                profile.run.threads, plural(profile.run.threads), profile.run.calls, plural(profile.run.calls));
  os << formatv("machine: {0}, {1}\npeaks of {2} thread{3}: {4:F1} GFLOP/s, {5:F1} GB/s (measured {6})\n",
                profile.run.cpu.empty() ? "a CPU without a name" : profile.run.cpu, report.limits.isa,
                profile.run.threads, plural(profile.run.threads), report.peaks.flops / 1e9, report.peaks.bytes / 1e9,
                report.limits.date);
  if (profile.run.cpu != report.limits.cpu)
    os << "note: the peaks are those of another CPU, '" << report.limits.cpu
       << "'; give those of the profile's with --machine FILE (machine.json of its tt-bench --machine)\n";
  if (!profile.run.calls || report.rows.empty()) {
    os << "no run is in this profile\n";
    return;
  }
  double runs = static_cast<double>(profile.run.calls);
  double passes = 0;
  for (const ProfileRow &row : report.rows)
    passes += static_cast<double>(row.probe->calls);
  os << formatv("a run takes {0}; the {1} ops below sum to {2}, {3} % of it; probes cost about {4} %\n\n",
                durationText(profile.run.wallNs / runs), report.rows.size(), durationText(report.leafNs / runs),
                percent(report.coverage), percent(passes * profile.run.probeCostNs / profile.run.wallNs));

  ArrayRef<ProfileRow> rows = report.rows;
  if (top && top < rows.size())
    rows = rows.take_front(top);
  Table table;
  table.add({"%", "us/run", "passes", "GFLOP/s", "GB/s", "% peak", "% roof", "bound", "kernel", "isa", "op"});
  for (const ProfileRow &row : rows)
    table.add({percent(row.share), microseconds(row.runNs), perRun(*row.probe, profile),
               formatv("{0:F1}", row.flopRate / 1e9), formatv("{0:F1}", row.byteRate / 1e9), percent(row.peakShare, 0),
               percent(row.roofShare, 0), getName(row.bottleneck).str(), row.probe->kernel, row.probe->isa,
               row.probe->name});
  table.print(os);
  if (rows.size() < report.rows.size())
    os << "and " << report.rows.size() - rows.size() << " more\n";

  // What to do about those that matter.
  os << "\nwhat would help\n";
  int number = 0;
  for (const ProfileRow &row : rows) {
    if (number == 10 || (number && row.share < 0.02))
      break;
    os << formatv("{0,2}. {1} ({2} %): {3}; {4}\n    {5}\n", ++number, row.probe->name, percent(row.share),
                  getName(row.bottleneck), row.why, row.hint);
  }
}

void tt::printComparison(ArrayRef<Profile> profiles, raw_ostream &os) {
  Table header(2);
  header.add({"", "file", "us/run", "ratio", "runs", "threads", "code", "model"});
  for (auto [number, profile] : enumerate(profiles))
    header.add({std::string(1, static_cast<char>('A' + number % 26)), profile.path, microseconds(getRunNs(profile)),
                formatv("{0:F3}", getRunNs(profile) / std::max(getRunNs(profiles[0]), 1e-3)),
                std::to_string(profile.run.calls), std::to_string(profile.run.threads), profile.run.isa,
                profile.model.name});
  header.print(os);
  os << "\n";
  Table table;
  std::vector<std::string> titles;
  for (size_t i = 0; i < profiles.size(); ++i)
    titles.push_back(std::string(1, static_cast<char>('A' + i % 26)) + " us/run");
  for (size_t i = 1; i < profiles.size(); ++i)
    titles.push_back(std::string(1, static_cast<char>('A' + i % 26)) + "/A");
  titles.insert(titles.end(), {"kernel", "op"});
  table.add(titles);
  for (const Compared &op : compare(profiles)) {
    std::vector<std::string> row;
    for (double ns : op.ns)
      row.push_back(ns < 0 ? "-" : microseconds(ns));
    for (double ns : drop_begin(op.ns))
      row.push_back(ns < 0 || op.ns[0] <= 0 ? "-" : formatv("{0:F3}", ns / op.ns[0]).str());
    row.insert(row.end(), {op.kernel, op.name});
    table.add(row);
  }
  table.print(os);
}

json::Value tt::compareJson(ArrayRef<Profile> profiles) {
  json::Array files, ops;
  for (const Profile &profile : profiles)
    files.push_back(json::Object{{"file", json::fixUTF8(profile.path)},
                                 {"model", json::fixUTF8(profile.model.name)},
                                 {"isa", profile.run.isa},
                                 {"threads", profile.run.threads},
                                 {"ns_per_run", getRunNs(profile)}});
  for (const Compared &op : compare(profiles)) {
    json::Array times, ratios;
    for (double ns : op.ns)
      times.push_back(ns < 0 ? json::Value(nullptr) : json::Value(ns));
    for (double ns : drop_begin(op.ns))
      ratios.push_back(ns < 0 || op.ns[0] <= 0 ? json::Value(nullptr) : json::Value(ns / op.ns[0]));
    ops.push_back(json::Object{{"name", json::fixUTF8(op.name)},
                               {"kernel", op.kernel},
                               {"ns_per_run", std::move(times)},
                               {"ratios", std::move(ratios)}});
  }
  return json::Object{{"tt_profile_comparison", 1}, {"profiles", std::move(files)}, {"ops", std::move(ops)}};
}
