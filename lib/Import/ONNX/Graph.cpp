//===- Graph.cpp - order and completeness of a list of nodes ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Graph.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"

#include <queue>

using namespace llvm;
using namespace tt::onnx_import;

std::string tt::onnx_import::getNodeName(const onnx::NodeProto &node) {
  if (!node.name().empty())
    return node.name();
  for (const std::string &output : node.output())
    if (!output.empty())
      return node.op_type() + "_" + output;
  return node.op_type();
}

/// Calls `use` for the names that a node needs: its inputs, and what its nested graphs capture.
static void forEachUse(const onnx::NodeProto &node, function_ref<void(const std::string &)> use) {
  for (const std::string &input : node.input())
    if (!input.empty())
      use(input);
  for (const onnx::AttributeProto &attr : node.attribute()) {
    if (attr.has_g())
      llvm::for_each(getCapturedNames(attr.g()), use);
    for (const onnx::GraphProto &graph : attr.graphs())
      llvm::for_each(getCapturedNames(graph), use);
  }
}

std::vector<std::string> tt::onnx_import::getCapturedNames(const onnx::GraphProto &graph) {
  StringSet<> defined;
  for (const auto &input : graph.input())
    defined.insert(input.name());
  for (const auto &tensor : graph.initializer())
    defined.insert(tensor.name());
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      defined.insert(output);
  std::vector<std::string> captured;
  auto use = [&](const std::string &name) {
    if (defined.insert(name).second)
      captured.push_back(name);
  };
  for (const onnx::NodeProto &node : graph.node())
    forEachUse(node, use);
  for (const auto &output : graph.output())
    use(output.name());
  return captured;
}

/// A cycle among the nodes in `rest`, each of which has a predecessor in `rest`, as text.
static std::string describeCycle(ArrayRef<const onnx::NodeProto *> nodes, const BitVector &rest,
                                 ArrayRef<SmallVector<unsigned>> predecessors) {
  SmallVector<unsigned> path;
  BitVector visited(nodes.size());
  unsigned current = rest.find_first();
  while (!visited[current]) {
    visited.set(current);
    path.push_back(current);
    current = *find_if(predecessors[current], [&](unsigned predecessor) { return rest[predecessor]; });
  }
  path.erase(path.begin(), llvm::find(path, current));
  std::string text;
  for (unsigned node : reverse(path))
    text += "'" + getNodeName(*nodes[node]) + "' -> ";
  return text + "'" + getNodeName(*nodes[path.back()]) + "'";
}

std::vector<const onnx::NodeProto *> tt::onnx_import::sortNodes(ArrayRef<const onnx::NodeProto *> nodes,
                                                                const StringSet<> &known, ArrayRef<std::string> outputs,
                                                                function_ref<void(const Twine &)> error) {
  bool failed = false;
  auto report = [&](const Twine &text) {
    failed = true;
    error(text);
  };
  auto describe = [&](const onnx::NodeProto &node) { return "onnx node '" + getNodeName(node) + "': "; };

  StringMap<unsigned> producers;
  for (auto [index, node] : enumerate(nodes))
    for (const std::string &output : node->output()) {
      if (output.empty())
        continue;
      if (known.contains(output))
        report(describe(*node) + "output '" + output + "' is already the name of an input or initializer");
      else if (auto [it, inserted] = producers.try_emplace(output, index); !inserted)
        report(describe(*node) + "output '" + output + "' is already defined by node '" +
               getNodeName(*nodes[it->second]) + "'");
    }

  SmallVector<SmallVector<unsigned>, 0> predecessors(nodes.size()), successors(nodes.size());
  for (auto [index, node] : enumerate(nodes))
    forEachUse(*node, [&, index = index, node = node](const std::string &name) {
      if (known.contains(name))
        return;
      auto producer = producers.find(name);
      if (producer == producers.end()) {
        auto place = llvm::find(node->input(), name);
        std::string what =
            place == node->input().end() ? "value" : "input " + std::to_string(place - node->input().begin());
        return report(describe(*node) + what + " '" + name +
                      "' is neither an input of the graph, nor an initializer, nor the output of a node");
      }
      predecessors[index].push_back(producer->second);
      successors[producer->second].push_back(index);
    });

  SmallVector<unsigned> worklist;
  BitVector live(nodes.size());
  for (const std::string &output : outputs) {
    if (known.contains(output))
      continue;
    auto producer = producers.find(output);
    if (producer == producers.end())
      report("output '" + output + "' is not defined by any node, input or initializer");
    else
      worklist.push_back(producer->second);
  }
  while (!worklist.empty()) {
    unsigned node = worklist.pop_back_val();
    if (live[node])
      continue;
    live.set(node);
    worklist.append(predecessors[node].begin(), predecessors[node].end());
  }

  // Kahn's algorithm; among the ready nodes the first one of the file goes first.
  SmallVector<unsigned> missing = map_to_vector(predecessors, [](const auto &p) { return unsigned(p.size()); });
  std::priority_queue<unsigned, std::vector<unsigned>, std::greater<>> ready;
  for (unsigned node = 0; node < nodes.size(); ++node)
    if (missing[node] == 0)
      ready.push(node);
  BitVector rest(nodes.size(), true);
  std::vector<const onnx::NodeProto *> sorted;
  while (!ready.empty()) {
    unsigned node = ready.top();
    ready.pop();
    rest.reset(node);
    if (live[node])
      sorted.push_back(nodes[node]);
    for (unsigned successor : successors[node])
      if (--missing[successor] == 0)
        ready.push(successor);
  }
  if (rest.any())
    report("the graph has a cycle: " + describeCycle(nodes, rest, predecessors));
  if (failed)
    sorted.clear();
  return sorted;
}
