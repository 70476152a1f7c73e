//===- MinCut.cpp - the best of all assignments of two labels -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "MinCut.h"

#include <algorithm>

using namespace tt::graph;

int MinCut::addNode() {
  adjacency.emplace_back();
  return static_cast<int>(adjacency.size()) - 1;
}

void MinCut::addEdge(int from, int to, int64_t capacity) {
  if (from == to || capacity <= 0)
    return;
  adjacency[from].push_back(static_cast<int>(edges.size()));
  edges.push_back({to, capacity});
  adjacency[to].push_back(static_cast<int>(edges.size()));
  edges.push_back({from, 0});
}

void MinCut::addUnary(int node, int64_t zero, int64_t one) {
  int64_t least = std::min(zero, one);
  addEdge(node, kOne, zero - least);
  addEdge(kZero, node, one - least);
}

bool MinCut::addPair(int a, int b, const int64_t (&costs)[2][2]) {
  if (a == kZero || a == kOne) {
    addUnary(b, costs[a][0], costs[a][1]);
    return true;
  }
  if (b == kZero || b == kOne) {
    addUnary(a, costs[0][b], costs[1][b]);
    return true;
  }
  int64_t coupling = costs[0][1] + costs[1][0] - costs[0][0] - costs[1][1];
  if (coupling < 0)
    return false;
  // costs = costs[0][0] + (costs[1][0] - costs[0][0]) a + (costs[1][1] - costs[1][0]) b + coupling (1 - a) b
  addUnary(a, 0, costs[1][0] - costs[0][0]);
  addUnary(b, 0, costs[1][1] - costs[1][0]);
  addEdge(a, b, coupling);
  return true;
}

bool MinCut::findLevels() {
  level.assign(adjacency.size(), -1);
  level[kZero] = 0;
  std::vector<int> queue{kZero};
  for (size_t head = 0; head < queue.size(); ++head)
    for (int index : adjacency[queue[head]]) {
      const Edge &edge = edges[index];
      if (edge.capacity > 0 && level[edge.to] < 0) {
        level[edge.to] = level[queue[head]] + 1;
        queue.push_back(edge.to);
      }
    }
  return level[kOne] >= 0;
}

int64_t MinCut::push(int node, int64_t limit) {
  if (node == kOne)
    return limit;
  for (size_t &i = next[node]; i < adjacency[node].size(); ++i) {
    int index = adjacency[node][i];
    Edge &edge = edges[index];
    if (edge.capacity <= 0 || level[edge.to] != level[node] + 1)
      continue;
    int64_t pushed = push(edge.to, std::min(limit, edge.capacity));
    if (pushed == 0)
      continue;
    edge.capacity -= pushed;
    edges[index ^ 1].capacity += pushed;
    return pushed;
  }
  return 0;
}

std::vector<bool> MinCut::solve() {
  while (findLevels()) {
    next.assign(adjacency.size(), 0);
    while (push(kZero, kInfinite) > 0)
      ;
  }
  std::vector<bool> labels(adjacency.size());
  for (size_t node = 0; node < labels.size(); ++node)
    labels[node] = level[node] < 0; // not reachable from the node of label 0
  return labels;
}
