//===- Einsum.cpp - products in index notation ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include <map>

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

namespace {

/// Letters are their own label; the dimensions of an ellipsis, counted from the right, start here.
constexpr int64_t ellipsisLabel = 1000;

/// A tensor whose dimensions have labels, each at most once.
struct Labelled {
  Value value;
  Ints labels;

  int64_t find(int64_t label) const { return llvm::find(labels, label) - labels.begin(); }
  bool has(int64_t label) const { return is_contained(labels, label); }
};

class EinsumImporter {
public:
  explicit EinsumImporter(NodeImporter &node) : node(node) {}
  LogicalResult run();

private:
  LogicalResult parseTerm(StringRef text, std::optional<int64_t> rank, Ints &labels);
  Labelled takeDiagonals(Labelled operand);
  /// Sums over the labels that `isNeeded` refuses.
  Labelled sumUnneeded(Labelled operand, llvm::function_ref<bool(int64_t)> isNeeded);
  Labelled contract(Labelled lhs, Labelled rhs, llvm::function_ref<bool(int64_t)> isNeeded);
  /// Transposes to the order of the groups and makes each group one dimension.
  Value group(const Labelled &operand, ArrayRef<Ints> groups);
  Value product(const Labelled &operand, ArrayRef<int64_t> labels);

  NodeImporter &node;
  int64_t ellipsisRank = 0; // of the operand with the largest one
};

} // namespace

/// Reads one term, like `bij` or `...ij`. The rank of an operand gives the rank of its ellipsis.
LogicalResult EinsumImporter::parseTerm(StringRef text, std::optional<int64_t> rank, Ints &labels) {
  bool hasEllipsis = false;
  while (!text.empty()) {
    if (text.consume_front("...")) {
      if (hasEllipsis)
        return node.fail("a term of the equation has two ellipses");
      hasEllipsis = true;
      // The other characters of the term are letters; spaces were removed.
      int64_t count = rank ? *rank - int64_t(labels.size() + text.size()) : ellipsisRank;
      if (count < 0)
        return node.fail("a term of the equation has more letters than its operand dimensions");
      ellipsisRank = std::max(ellipsisRank, count);
      for (int64_t i = count; i > 0; --i)
        labels.push_back(ellipsisLabel + i);
      continue;
    }
    if (!isAlpha(text.front()))
      return node.fail("the equation has the character '" + text.take_front() +
                       "', needs letters, ',', '->' and '...'");
    labels.push_back(text.front());
    text = text.drop_front();
  }
  if (rank && *rank != int64_t(labels.size()))
    return node.fail("a term of the equation has " + Twine(labels.size()) + " indices, but its operand has rank " +
                     Twine(*rank));
  return success();
}

Labelled EinsumImporter::takeDiagonals(Labelled operand) {
  for (int64_t i = 0; i < int64_t(operand.labels.size()); ++i) {
    const auto *other = std::find(operand.labels.begin() + i + 1, operand.labels.end(), operand.labels[i]);
    if (other == operand.labels.end())
      continue;
    // Zero beside the diagonal, then sum one of the two dimensions.
    int64_t j = other - operand.labels.begin(), rank = node.rank(operand.value);
    Value mask = makeDiagonalMask(node, node.shape(operand.value, i, i + 1), node.shape(operand.value, j, j + 1), 0);
    Ints newAxes = range(0, rank);
    llvm::erase_if(newAxes, [&](int64_t axis) { return axis == i || axis == j; });
    mask = node.unsqueeze(mask, newAxes);
    Value kept = node.create<WhereOp>(mask, operand.value, node.scalarLike(operand.value, 0));
    operand.value = node.reduce(ReduceKind::Sum, kept, {j}, /*keepDims=*/false);
    operand.labels.erase(operand.labels.begin() + j);
    --i;
  }
  return operand;
}

Labelled EinsumImporter::sumUnneeded(Labelled operand, llvm::function_ref<bool(int64_t)> isNeeded) {
  Ints axes, labels;
  for (auto [axis, label] : enumerate(operand.labels)) {
    if (isNeeded(label))
      labels.push_back(label);
    else
      axes.push_back(axis);
  }
  if (axes.empty())
    return operand;
  return {node.reduce(ReduceKind::Sum, operand.value, axes, /*keepDims=*/false), labels};
}

Value EinsumImporter::product(const Labelled &operand, ArrayRef<int64_t> labels) {
  Value result = node.ints({1});
  for (int64_t label : labels) {
    int64_t axis = operand.find(label);
    result = node.mul(result, node.shape(operand.value, axis, axis + 1));
  }
  return result;
}

Value EinsumImporter::group(const Labelled &operand, ArrayRef<Ints> groups) {
  Ints perm;
  SmallVector<Value> sizes;
  for (const Ints &labels : groups) {
    for (int64_t label : labels)
      perm.push_back(operand.find(label));
    sizes.push_back(product(operand, labels));
  }
  return node.reshape(node.transpose(operand.value, perm), sizes);
}

Labelled EinsumImporter::contract(Labelled lhs, Labelled rhs, llvm::function_ref<bool(int64_t)> isNeeded) {
  // A dimension of size 1 that meets a larger one is broadcast: without it the rest is the same.
  for (auto [self, other] : {std::pair(&lhs, &rhs), std::pair(&rhs, &lhs)})
    for (int64_t axis = self->labels.size() - 1; axis >= 0; --axis) {
      int64_t label = self->labels[axis];
      if (node.size(self->value, axis) != 1 || !other->has(label) || node.size(other->value, other->find(label)) == 1)
        continue;
      self->value = node.squeeze(self->value, {axis});
      self->labels.erase(self->labels.begin() + axis);
    }
  lhs = sumUnneeded(lhs, [&](int64_t label) { return isNeeded(label) || rhs.has(label); });
  rhs = sumUnneeded(rhs, [&](int64_t label) { return isNeeded(label) || lhs.has(label); });
  Ints batch, summed, rows, columns;
  for (int64_t label : lhs.labels)
    (!rhs.has(label) ? rows : isNeeded(label) ? batch : summed).push_back(label);
  for (int64_t label : rhs.labels)
    if (!lhs.has(label))
      columns.push_back(label);
  Value product = node.create<MatMulOp>(group(lhs, {batch, rows, summed}), group(rhs, {batch, summed, columns}));
  Labelled result;
  SmallVector<Value> sizes;
  for (const Ints *labels : {&batch, &rows, &columns})
    for (int64_t label : *labels) {
      const Labelled &source = lhs.has(label) ? lhs : rhs;
      int64_t axis = source.find(label);
      sizes.push_back(node.shape(source.value, axis, axis + 1));
      result.labels.push_back(label);
    }
  result.value = node.reshape(product, sizes);
  return result;
}

LogicalResult EinsumImporter::run() {
  std::string equation = node.getString("equation", "");
  llvm::erase(equation, ' ');
  auto [left, right] = StringRef(equation).split("->");
  bool hasOutput = StringRef(equation).contains("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  if (terms.size() != node.getInputs().size())
    return node.fail("the equation has " + Twine(terms.size()) + " terms, but the node has " +
                     Twine(node.getInputs().size()) + " inputs");

  SmallVector<Labelled> operands;
  std::map<int64_t, unsigned> counts;
  for (auto [index, term] : enumerate(terms)) {
    Labelled operand{node.input(index), {}};
    if (node.hasFailed() || failed(parseTerm(term, node.rank(operand.value), operand.labels)))
      return failure();
    for (int64_t label : operand.labels)
      ++counts[label];
    operands.push_back(takeDiagonals(operand));
  }
  Ints output;
  if (hasOutput) {
    if (failed(parseTerm(right, std::nullopt, output)))
      return failure();
  } else {
    for (int64_t i = ellipsisRank; i > 0; --i)
      output.push_back(ellipsisLabel + i);
    for (auto [label, count] : counts)
      if (label < ellipsisLabel && count == 1)
        output.push_back(label);
  }
  for (int64_t label : output)
    if (!counts.count(label) || llvm::count(output, label) != 1)
      return node.fail("an index of the result stands there twice, or in no term before '->'");

  Labelled result = operands.front();
  for (size_t i = 1; i < operands.size(); ++i)
    result = contract(result, operands[i], [&](int64_t label) {
      return is_contained(output, label) ||
             any_of(drop_begin(operands, i + 1), [&](const Labelled &later) { return later.has(label); });
    });
  result = sumUnneeded(result, [&](int64_t label) { return is_contained(output, label); });
  Ints perm = map_to_vector(output, [&](int64_t label) { return result.find(label); });
  return node.yield(node.transpose(result.value, perm));
}

LogicalResult tt::onnx_import::importEinsum(NodeImporter &node) { return EinsumImporter(node).run(); }
