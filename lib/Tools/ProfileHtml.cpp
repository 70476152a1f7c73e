//===- ProfileHtml.cpp - a profile as a page ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ProfileReport.h"

#include "llvm/Support/FormatVariadic.h"

#include "ProfilePage.inc"

using namespace llvm;

/// More events make the page larger than it may be; the last ones stay, which are those of whole runs.
static constexpr size_t kMaxEvents = 6000;

void tt::writeHtml(const ProfileReport &report, raw_ostream &os) {
  const Profile &profile = *report.profile;
  json::Array probes, events, buffers;
  for (const ProfileProbe &probe : profile.probes)
    probes.push_back(json::Object{{"name", json::fixUTF8(probe.name)},
                                  {"kind", probe.ops.empty() ? "" : probe.ops[0].kind},
                                  {"leaf", probe.leaf}});
  size_t skipped = profile.events.size() - std::min(profile.events.size(), kMaxEvents);
  double start = skipped < profile.events.size() ? profile.events[skipped].beginNs : 0;
  for (const ProfileEvent &event : ArrayRef(profile.events).drop_front(skipped))
    events.push_back(json::Array{event.probe, event.thread, static_cast<int64_t>(event.beginNs - start),
                                 static_cast<int64_t>(event.ns)});
  for (const ProfileBuffer &buffer : profile.buffers)
    buffers.push_back(
        json::Array{json::fixUTF8(buffer.name), buffer.offset, buffer.bytes, buffer.firstProbe, buffer.lastProbe});
  json::Object data{
      {"report", getJson(report)},         {"probes", std::move(probes)},
      {"events", std::move(events)},       {"events_left_out", static_cast<int64_t>(skipped) + profile.eventsDropped},
      {"arena_bytes", profile.arenaBytes}, {"weights_bytes", profile.weightsBytes},
      {"buffers", std::move(buffers)}};
  // Inside <script>, no text of the model may end the element.
  std::string text;
  for (char c : formatv("{0}", json::Value(std::move(data))).str())
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  auto [before, after] = StringRef(kProfilePage).split("TT_PROFILE_DATA");
  os << before << text << after;
}
