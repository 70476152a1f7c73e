//===- ProfileTrace.cpp - profiles as trace events ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/ProfileReport.h"

#include <set>

using namespace llvm;

/// https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU: complete events ("X") with times in
/// microseconds, and metadata events ("M") that name the process and its threads.
Error tt::writeTrace(const Profile &profile, raw_ostream &os) {
  if (profile.events.empty())
    return createStringError(inconvertibleErrorCode(),
                             "'" + profile.path + "' has no events for a trace: no leaf probe was passed");
  json::OStream out(os);
  out.object([&] {
    out.attribute("displayTimeUnit", "ns");
    out.attributeObject("otherData", [&] {
      out.attribute("model", json::fixUTF8(profile.model.name));
      out.attribute("cpu", json::fixUTF8(profile.run.cpu));
      out.attribute("isa", profile.run.isa);
      out.attribute("events_dropped", profile.eventsDropped);
    });
    out.attributeArray("traceEvents", [&] {
      auto name = [&](StringRef what, int64_t thread, const std::string &text) {
        out.object([&] {
          out.attribute("name", what);
          out.attribute("ph", "M");
          out.attribute("pid", 1);
          out.attribute("tid", thread);
          out.attributeObject("args", [&] { out.attribute("name", json::fixUTF8(text)); });
        });
      };
      name("process_name", 0, "tt: " + profile.model.name);
      std::set<int64_t> threads;
      for (const ProfileEvent &event : profile.events)
        threads.insert(event.thread);
      for (int64_t thread : threads)
        name("thread_name", thread, thread ? "worker " + std::to_string(thread) : "caller");
      for (const ProfileEvent &event : profile.events) {
        const ProfileProbe &probe = profile.probes[event.probe];
        double passes = std::max<double>(probe.calls, 1);
        out.object([&] {
          out.attribute("name", json::fixUTF8(probe.name));
          out.attribute("cat", probe.ops.empty() || probe.ops[0].kind.empty() ? "run" : probe.ops[0].kind);
          out.attribute("ph", "X");
          out.attribute("ts", event.beginNs / 1e3);
          out.attribute("dur", event.ns / 1e3);
          out.attribute("pid", 1);
          out.attribute("tid", event.thread);
          out.attributeObject("args", [&] {
            out.attribute("probe", event.probe);
            out.attribute("kernel", probe.kernel);
            out.attribute("isa", probe.isa);
            out.attribute("flops", probe.flops / passes);
            out.attribute("bytes", probe.bytes() / passes);
          });
        });
      }
    });
  });
  os << "\n";
  return Error::success();
}
