//===- ProfileFile.cpp - the result file of a profiled run ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Profile.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace {

/// More than any count, size or time of a run; sums of a few fit 63 bits.
constexpr double kMost = 1e18;

/// Reads values out of JSON and keeps the first problem: where it is, what was needed, what was found.
class Reader {
public:
  bool failed() const { return !problem.empty(); }
  const std::string &getProblem() const { return problem; }

  void fail(const Twine &where, const Twine &what) {
    if (problem.empty())
      problem = (where + " " + what).str();
  }

  const json::Object *object(const json::Value *value, const Twine &where) {
    return check(value ? value->getAsObject() : nullptr, value, where, "an object");
  }
  const json::Array *array(const json::Value *value, const Twine &where) {
    return check(value ? value->getAsArray() : nullptr, value, where, "an array");
  }
  void read(const json::Object &object, StringRef key, const Twine &where, std::string &into) {
    const json::Value *value = object.get(key);
    std::optional<StringRef> text = value ? value->getAsString() : std::nullopt;
    if (check(text ? &*text : nullptr, value, where + "." + key, "a text"))
      into = text->str();
  }
  void read(const json::Object &object, StringRef key, const Twine &where, bool &into) {
    const json::Value *value = object.get(key);
    std::optional<bool> found = value ? value->getAsBoolean() : std::nullopt;
    if (check(found ? &*found : nullptr, value, where + "." + key, "true or false"))
      into = *found;
  }
  /// Counts, sizes and times: none is negative.
  void read(const json::Object &object, StringRef key, const Twine &where, double &into) {
    const json::Value *value = object.get(key);
    std::optional<double> found = value ? value->getAsNumber() : std::nullopt;
    bool isGood = found && *found >= 0 && *found <= kMost;
    if (check(isGood ? &*found : nullptr, value, where + "." + key, "a number from 0 to 1e18"))
      into = *found;
  }
  void read(const json::Object &object, StringRef key, const Twine &where, int64_t &into) {
    const json::Value *value = object.get(key);
    std::optional<int64_t> found = value ? value->getAsInteger() : std::nullopt;
    bool isGood = found && *found >= 0 && *found <= static_cast<int64_t>(kMost);
    if (check(isGood ? &*found : nullptr, value, where + "." + key, "an integer from 0 to 1e18"))
      into = *found;
  }

private:
  template <typename T> const T *check(const T *good, const json::Value *found, const Twine &where, StringRef needed) {
    if (good)
      return good;
    std::string text = "nothing";
    if (found) {
      text = formatv("{0}", *found);
      if (text.size() > 40)
        text = text.substr(0, 37) + "...";
    }
    fail(where, "needs " + needed + ", but is " + text);
    return nullptr;
  }

  std::string problem;
};

/// Calls `read(object, place)` for each element of the array `key`; messages call it `prefix` + `key`.
template <typename Read>
void readAll(Reader &reader, const json::Object &object, StringRef key, Read read, StringRef prefix = "") {
  std::string name = (prefix + key).str();
  const json::Array *array = reader.array(object.get(key), name);
  if (!array)
    return;
  for (auto [i, value] : enumerate(*array)) {
    std::string place = formatv("{0}[{1}]", name, i);
    if (const json::Object *element = reader.object(&value, place); element && !reader.failed())
      read(*element, place);
  }
}

void readProbe(Reader &reader, const json::Object &object, const std::string &where, tt::ProfileProbe &probe) {
  reader.read(object, "id", where, probe.id);
  reader.read(object, "name", where, probe.name);
  reader.read(object, "granularity", where, probe.granularity);
  reader.read(object, "kernel", where, probe.kernel);
  reader.read(object, "isa", where, probe.isa);
  reader.read(object, "leaf", where, probe.leaf);
  reader.read(object, "parallel", where, probe.parallel);
  reader.read(object, "flops", where, probe.flops);
  reader.read(object, "bytes_read", where, probe.bytesRead);
  reader.read(object, "bytes_written", where, probe.bytesWritten);
  reader.read(object, "calls", where, probe.calls);
  reader.read(object, "ns", where, probe.ns);
  reader.read(object, "min_ns", where, probe.minNs);
  reader.read(object, "max_ns", where, probe.maxNs);
  if (const json::Value *parent = object.get("parent"); parent && !parent->getAsNull()) {
    int64_t id = 0;
    reader.read(object, "parent", where, id);
    probe.parent = id;
  }
  readAll(
      reader, object, "ops",
      [&](const json::Object &op, const std::string &place) {
        tt::ProfileProbe::Op &added = probe.ops.emplace_back();
        reader.read(op, "name", place, added.name);
        reader.read(op, "kind", place, added.kind);
      },
      where + ".");
  readAll(
      reader, object, "threads",
      [&](const json::Object &thread, const std::string &place) {
        tt::ProfileProbe::Thread &added = probe.threads.emplace_back();
        reader.read(thread, "thread", place, added.thread);
        reader.read(thread, "calls", place, added.calls);
        reader.read(thread, "ns", place, added.ns);
      },
      where + ".");
}

void readBody(Reader &reader, const json::Object &root, tt::Profile &profile) {
  if (const json::Object *model = reader.object(root.get("model"), "model")) {
    reader.read(*model, "name", "model", profile.model.name);
    reader.read(*model, "source", "model", profile.model.source);
    reader.read(*model, "cpu", "model", profile.model.cpu);
    reader.read(*model, "options", "model", profile.model.options);
    reader.read(*model, "version", "model", profile.model.version);
  }
  if (const json::Object *run = reader.object(root.get("run"), "run")) {
    reader.read(*run, "cpu", "run", profile.run.cpu);
    reader.read(*run, "isa", "run", profile.run.isa);
    reader.read(*run, "threads", "run", profile.run.threads);
    reader.read(*run, "calls", "run", profile.run.calls);
    reader.read(*run, "wall_ns", "run", profile.run.wallNs);
    reader.read(*run, "probe_cost_ns", "run", profile.run.probeCostNs);
  }
  readAll(reader, root, "probes", [&](const json::Object &object, const std::string &where) {
    tt::ProfileProbe &probe = profile.probes.emplace_back();
    readProbe(reader, object, where, probe);
    if (!reader.failed() && probe.id != static_cast<int64_t>(profile.probes.size()) - 1)
      reader.fail(where + ".id", "needs " + Twine(profile.probes.size() - 1) + ", but is " + Twine(probe.id));
  });
  auto checkProbe = [&](int64_t id, const Twine &where) {
    if (id >= static_cast<int64_t>(profile.probes.size()))
      reader.fail(where, "needs the id of one of " + Twine(profile.probes.size()) + " probes, but is " + Twine(id));
  };
  for (auto [i, probe] : enumerate(profile.probes))
    if (probe.parent)
      checkProbe(*probe.parent, "probes[" + Twine(i) + "].parent");
  readAll(reader, root, "events", [&](const json::Object &object, const std::string &where) {
    tt::ProfileEvent &event = profile.events.emplace_back();
    reader.read(object, "probe", where, event.probe);
    reader.read(object, "thread", where, event.thread);
    reader.read(object, "begin_ns", where, event.beginNs);
    reader.read(object, "ns", where, event.ns);
    checkProbe(event.probe, where + ".probe");
  });
  reader.read(root, "events_dropped", "profile", profile.eventsDropped);
  if (const json::Object *memory = reader.object(root.get("memory"), "memory")) {
    reader.read(*memory, "arena_bytes", "memory", profile.arenaBytes);
    reader.read(*memory, "weights_bytes", "memory", profile.weightsBytes);
    readAll(reader, *memory, "buffers", [&](const json::Object &object, const std::string &where) {
      tt::ProfileBuffer &buffer = profile.buffers.emplace_back();
      reader.read(object, "name", where, buffer.name);
      reader.read(object, "offset", where, buffer.offset);
      reader.read(object, "bytes", where, buffer.bytes);
      reader.read(object, "first_probe", where, buffer.firstProbe);
      reader.read(object, "last_probe", where, buffer.lastProbe);
      checkProbe(buffer.firstProbe, where + ".first_probe");
      checkProbe(buffer.lastProbe, where + ".last_probe");
    });
  }
}

} // namespace

Expected<tt::Profile> tt::readProfile(StringRef path) {
  auto fail = [&](const Twine &text) { return createStringError(inconvertibleErrorCode(), "'" + path + "' " + text); };
  ErrorOr<std::unique_ptr<MemoryBuffer>> file = MemoryBuffer::getFile(path);
  if (!file)
    return fail("cannot be read: " + file.getError().message());
  Expected<json::Value> value = json::parse((*file)->getBuffer());
  if (!value)
    return fail("is no profile, which is JSON: " + toString(value.takeError()));
  const json::Object *root = value->getAsObject();
  const json::Value *version = root ? root->get("tt_profile") : nullptr;
  if (!version) {
    std::string found = "no object";
    if (root) {
      SmallVector<std::string> keys;
      for (const auto &[key, member] : *root)
        keys.push_back("\"" + key.str() + "\"");
      sort(keys);
      found = keys.empty() ? "an empty object" : "an object with the keys " + join(ArrayRef(keys).take_front(6), ", ");
    }
    return fail("is no profile: it needs the key \"tt_profile\", but is " + found);
  }
  if (version->getAsInteger() != kProfileVersion)
    return fail(
        formatv("is a profile of version {0}, but this tt-profile reads version {1}", *version, kProfileVersion).str());
  Profile profile;
  profile.path = path.str();
  Reader reader;
  readBody(reader, *root, profile);
  if (reader.failed())
    return fail("is a broken profile: " + reader.getProblem());
  return profile;
}
