//===- MinCut.h - the best of all assignments of two labels ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Private to lib/Graph.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_GRAPH_MINCUT_H
#define TT_LIB_GRAPH_MINCUT_H

#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <vector>

namespace tt::graph {

/// Gives each node the label 0 or 1 such that the sum of the costs of all edges is least: an edge costs its capacity
/// where its start has label 0 and its end has label 1. Two nodes have their label from the beginning. (Minimum cut by
/// maximum flow, Dinic's algorithm: level graph by breadth-first search, blocking flow by depth-first search.)
class MinCut {
public:
  /// The nodes whose labels are 0 and 1.
  static constexpr int kZero = 0, kOne = 1;
  static constexpr int64_t kInfinite = int64_t(1) << 60;

  MinCut() : adjacency(2) {}

  int addNode();
  void addEdge(int from, int to, int64_t capacity);

  /// Costs of one node: `zero` where it gets label 0, `one` where it gets label 1. Negative costs are allowed.
  void addUnary(int node, int64_t zero, int64_t one);

  /// Costs of a pair, `costs[a][b]` for labels a and b. Returns false, and adds nothing, where costs[0][0] +
  /// costs[1][1] is above costs[0][1] + costs[1][0] and neither node is fixed: such costs are no cut.
  bool addPair(int a, int b, const int64_t (&costs)[2][2]);

  /// The labels by node. Of several best assignments, the one with the fewest zeros.
  std::vector<bool> solve();

private:
  struct Edge {
    int to;
    int64_t capacity;
  };

  bool findLevels();
  int64_t push(int node, int64_t limit);

  std::vector<Edge> edges; // edge 2 i + 1 is the reverse of edge 2 i
  std::vector<llvm::SmallVector<int, 4>> adjacency;
  std::vector<int> level;
  std::vector<size_t> next;
};

} // namespace tt::graph

#endif // TT_LIB_GRAPH_MINCUT_H
