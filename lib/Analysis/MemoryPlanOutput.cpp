//===- MemoryPlanOutput.cpp - the memory plan as text, picture and JSON ---===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/MemoryPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"

#include <tuple>

using namespace llvm;
using namespace tt;

namespace {

std::string getTitle(const MemoryPlan &plan) {
  return "@" + plan.function + (plan.cpu.empty() ? "" : " for " + plan.cpu);
}

std::string getStepText(const MemoryPlan &plan, int64_t step) {
  return formatv("{0} ({1}, {2})", step, plan.steps[step].name, plan.steps[step].kernel);
}

std::string getAssumptionText(const MemoryPlan &plan) {
  return plan.assumed.empty() ? ""
                              : "dynamic sizes as " + join(plan.assumed, ", ") + "; --dim name=value plans for others";
}

/// Texts from models, safe inside SVG.
std::string escape(StringRef text) {
  std::string result;
  raw_string_ostream os(result);
  printHTMLEscaped(json::fixUTF8(text), os);
  return result;
}

} // namespace

void tt::printMemoryPlan(const MemoryPlan &plan, int64_t weightsBytes, raw_ostream &os) {
  os << getTitle(plan) << "\n";
  os << formatv("arena    {0} bytes for {1} buffers and {2} steps\n", plan.arenaBytes, plan.buffers.size(),
                plan.steps.size());
  os << formatv("weights  {0} bytes, beside the arena\n", weightsBytes);
  if (!plan.assumed.empty())
    os << getAssumptionText(plan) << "\n";
  if (plan.numUnplanned)
    os << plan.numUnplanned << " buffers are not in the plan: their sizes depend on data\n";
  if (plan.buffers.empty())
    return;

  int64_t peak = plan.getPeakStep(), live = plan.getLiveBytes(peak);
  os << formatv("peak     {0} bytes live in step {1}; {2:F1} % of the arena\n\nheld at the peak\n", live,
                getStepText(plan, peak), 100.0 * live / std::max<int64_t>(plan.arenaBytes, 1));
  SmallVector<const PlannedBuffer *> held;
  for (const PlannedBuffer &buffer : plan.buffers)
    if (buffer.first <= peak && peak <= buffer.last)
      held.push_back(&buffer);
  llvm::sort(held, [](auto *l, auto *r) { return std::tie(r->bytes, l->offset) < std::tie(l->bytes, r->offset); });
  for (const PlannedBuffer *buffer : held)
    os << formatv("{0,12} bytes {1,5:F1} %  {2}: {3}, steps {4} to {5}\n", buffer->bytes,
                  100.0 * buffer->bytes / std::max<int64_t>(live, 1), buffer->name, buffer->type, buffer->first,
                  buffer->last);

  os << "\nbuffers by place\n"
     << formatv("{0,12} {1,12}  {2,-11} ", "offset", "bytes", "steps") << "value: type, first used by\n";
  for (const PlannedBuffer &buffer : plan.buffers)
    os << formatv("{0,12} {1,12}  {2,-11} {3}: {4}, {5}\n", buffer.offset, buffer.bytes,
                  formatv("{0}-{1}", buffer.first, buffer.last).str(), buffer.name, buffer.type,
                  plan.steps[buffer.first].kernel);

  os << "\nsteps\n" << formatv("{0,5} {1,12}  ", "step", "live bytes") << "node, kernel\n";
  for (int64_t step = 0; step < int64_t(plan.steps.size()); ++step)
    os << formatv("{0,5} {1,12}{2} {3}, {4}\n", step, plan.getLiveBytes(step), step == peak ? "*" : " ",
                  plan.steps[step].name, plan.steps[step].kernel);
}

void tt::printMemoryPicture(ArrayRef<MemoryPlan> plans, raw_ostream &os) {
  constexpr double width = 1100, height = 420, left = 90, top = 60, gap = 130;
  os << formatv("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" font-family=\"sans-serif\" "
                "font-size=\"12\">\n",
                width + left + 20, std::max<size_t>(plans.size(), 1) * (height + gap));
  os << "<style>.page{fill:#ffffff}.ink{fill:#1a1d21}.faint{fill:#69717b}.frame{fill:none;stroke:#b8bfc8}"
        ".buffer{fill:#7aa7d9;stroke:#ffffff;stroke-width:.6}.held{fill:#d9822b}.peak{stroke:#c0392b;stroke-dasharray:"
        "4 3}"
        "@media(prefers-color-scheme:dark){.page{fill:#16191d}.ink{fill:#e6e9ed}.faint{fill:#98a1ac}.frame{stroke:#"
        "454d57}"
        ".buffer{fill:#3f6fa5;stroke:#16191d}.held{fill:#c9772a}.peak{stroke:#ff7a6b}}</style>\n"
     << "<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n";
  for (auto [number, plan] : enumerate(plans)) {
    os << formatv("<g transform=\"translate({0},{1})\">\n", left, number * (height + gap) + top);
    os << formatv("<text class=\"ink\" x=\"0\" y=\"-34\" font-size=\"15\">Memory plan of {0}: arena {1} bytes</text>\n",
                  escape(getTitle(plan)), plan.arenaBytes);
    if (plan.steps.empty() || plan.arenaBytes == 0) {
      os << "<text class=\"faint\" x=\"0\" y=\"-14\">no buffer is in the arena</text>\n</g>\n";
      continue;
    }
    int64_t peak = plan.getPeakStep();
    double stepWidth = width / plan.steps.size(), scale = height / plan.arenaBytes;
    os << formatv("<text class=\"faint\" x=\"0\" y=\"-14\">peak: {0} bytes live in step {1}. {2}</text>\n",
                  plan.getLiveBytes(peak), escape(getStepText(plan, peak)), escape(getAssumptionText(plan)));
    for (const PlannedBuffer &buffer : plan.buffers) {
      bool isHeld = buffer.first <= peak && peak <= buffer.last;
      os << formatv("<rect class=\"buffer{0}\" x=\"{1:F2}\" y=\"{2:F2}\" width=\"{3:F2}\" height=\"{4:F2}\">",
                    isHeld ? " held" : "", buffer.first * stepWidth, height - (buffer.offset + buffer.bytes) * scale,
                    (buffer.last - buffer.first + 1) * stepWidth, buffer.bytes * scale)
         << formatv("<title>{0}: {1}\n{2} bytes at {3}\nsteps {4} to {5}</title></rect>\n", escape(buffer.name),
                    escape(buffer.type), buffer.bytes, buffer.offset, buffer.first, buffer.last);
      // A label where it fits.
      double room = (buffer.last - buffer.first + 1) * stepWidth / 6.6;
      if (buffer.bytes * scale >= 14 && room >= 6) {
        std::string label =
            buffer.name.size() <= room
                ? buffer.name
                : "..." + buffer.name.substr(buffer.name.size() - std::min<size_t>(buffer.name.size(), room - 3));
        os << formatv("<text class=\"ink\" x=\"{0:F2}\" y=\"{1:F2}\">{2}</text>\n", buffer.first * stepWidth + 3,
                      height - (buffer.offset + buffer.bytes / 2.0) * scale + 4, escape(label));
      }
    }
    os << formatv("<rect class=\"frame\" width=\"{0}\" height=\"{1}\"/>\n", width, height);
    os << formatv("<line class=\"peak\" x1=\"{0:F2}\" x2=\"{0:F2}\" y1=\"0\" y2=\"{1}\"/>\n", (peak + 0.5) * stepWidth,
                  height);
    for (int quarter = 0; quarter <= 4; ++quarter)
      os << formatv("<text class=\"faint\" x=\"-6\" y=\"{0:F1}\" text-anchor=\"end\">{1}</text>\n",
                    height * (4 - quarter) / 4.0 + 4, plan.arenaBytes * quarter / 4);
    os << formatv("<text class=\"faint\" x=\"0\" y=\"{0}\">step 0</text><text class=\"faint\" x=\"{1}\" y=\"{0}\" "
                  "text-anchor=\"end\">step {2}</text>\n",
                  height + 16, width, plan.steps.size() - 1)
       << formatv(
              "<text class=\"faint\" x=\"0\" y=\"{0}\">bytes in the arena over the steps of a run; orange: in use at "
              "the peak (dashed)</text>\n</g>\n",
              height + 36);
  }
  os << "</svg>\n";
}

json::Value tt::getJson(const MemoryPlan &plan, int64_t weightsBytes) {
  json::Array buffers, steps;
  for (const PlannedBuffer &buffer : plan.buffers)
    buffers.push_back(json::Object{{"name", json::fixUTF8(buffer.name)},
                                   {"type", buffer.type},
                                   {"offset", buffer.offset},
                                   {"bytes", buffer.bytes},
                                   {"first_step", buffer.first},
                                   {"last_step", buffer.last}});
  for (int64_t step = 0; step < int64_t(plan.steps.size()); ++step)
    steps.push_back(json::Object{{"name", json::fixUTF8(plan.steps[step].name)},
                                 {"kernel", plan.steps[step].kernel},
                                 {"live_bytes", plan.getLiveBytes(step)}});
  return json::Object{{"function", plan.function},
                      {"cpu", plan.cpu},
                      {"arena_bytes", plan.arenaBytes},
                      {"weights_bytes", weightsBytes},
                      {"assumed", json::Array(plan.assumed)},
                      {"unplanned_buffers", plan.numUnplanned},
                      {"peak_step", plan.getPeakStep()},
                      {"peak_bytes", plan.getLiveBytes(plan.getPeakStep())},
                      {"buffers", std::move(buffers)},
                      {"steps", std::move(steps)}};
}
