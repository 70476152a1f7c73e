//===- Indexing.cpp - operators that select and write by index ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

LogicalResult tt::onnx_import::importGather(NodeImporter &node) {
  Value x = node.input(0), indices = node.input(1);
  return node.yield(node.create<GatherOp>(x, indices, node.normalizeAxis(node.getInt("axis", 0), node.rank(x))));
}

LogicalResult tt::onnx_import::importGatherElements(NodeImporter &node) {
  Value x = node.input(0), indices = node.input(1);
  return node.yield(
      node.create<GatherElementsOp>(x, indices, node.normalizeAxis(node.getInt("axis", 0), node.rank(x))));
}

LogicalResult tt::onnx_import::importGatherND(NodeImporter &node) {
  return node.yield(node.create<GatherNDOp>(node.input(0), node.input(1), node.getInt("batch_dims", 0)));
}

/// The `reduction` attribute of the scatter operators.
static ScatterKind getScatterKind(NodeImporter &node) {
  std::string name = node.getString("reduction", "none");
  auto kind = llvm::StringSwitch<std::optional<ScatterKind>>(name)
                  .Case("none", ScatterKind::None)
                  .Case("add", ScatterKind::Add)
                  .Case("mul", ScatterKind::Mul)
                  .Case("max", ScatterKind::Max)
                  .Case("min", ScatterKind::Min)
                  .Default(std::nullopt);
  if (!kind)
    (void)node.fail("reduction '" + name + "' is not defined; use none, add, mul, max or min");
  return kind.value_or(ScatterKind::None);
}

LogicalResult tt::onnx_import::importScatterElements(NodeImporter &node) {
  Value x = node.input(0), indices = node.input(1), updates = node.input(2);
  int64_t axis = node.normalizeAxis(node.getInt("axis", 0), node.rank(x));
  return node.yield(node.create<ScatterElementsOp>(x, indices, updates, axis, getScatterKind(node)));
}

LogicalResult tt::onnx_import::importScatterND(NodeImporter &node) {
  Value x = node.input(0), indices = node.input(1), updates = node.input(2);
  return node.yield(node.create<ScatterNDOp>(x, indices, updates, getScatterKind(node)));
}

LogicalResult tt::onnx_import::importOneHot(NodeImporter &node) {
  Value indices = node.input(0), depth = node.input(1), values = node.input(2);
  int64_t axis = node.normalizeAxis(node.getInt("axis", -1), node.rank(indices) + 1);
  return node.yield(node.create<OneHotOp>(indices, depth, values, axis));
}

LogicalResult tt::onnx_import::importReverseSequence(NodeImporter &node) {
  Value x = node.input(0), lengths = node.input(1);
  int64_t rank = node.rank(x);
  int64_t batchAxis = node.normalizeAxis(node.getInt("batch_axis", 1), rank);
  int64_t timeAxis = node.normalizeAxis(node.getInt("time_axis", 0), rank);
  return node.yield(node.create<ReverseSequenceOp>(x, lengths, batchAxis, timeAxis));
}

LogicalResult tt::onnx_import::importTrilu(NodeImporter &node) {
  Value x = node.input(0), k = node.optionalInput(1);
  k = k ? node.toScalar(k) : node.scalar(node.getBuilder().getI64Type(), 0);
  return node.yield(node.create<TriluOp>(x, k, node.getFlag("upper", true)));
}

LogicalResult tt::onnx_import::importTensorScatter(NodeImporter &node) {
  // Position j of a batch element's axis is update number j - write_index where there is such a one.
  Value x = node.input(0), updates = node.input(1), first = node.optionalInput(2);
  int64_t rank = node.rank(x), axis = node.normalizeAxis(node.getInt("axis", -2), rank);
  std::string mode = node.getString("mode", "linear");
  if (node.hasFailed())
    return failure();
  if (axis == 0 || node.rank(updates) != rank)
    return node.fail("needs an axis behind the first one and updates of the cache's rank, but found axis " +
                     Twine(axis) + " and " + node.describeType(updates));
  if (mode != "linear" && mode != "circular")
    return node.fail("mode '" + mode + "' is not defined; use linear or circular");
  Type i64 = node.getBuilder().getI64Type();
  Value zero = node.scalar(i64, 0), one = node.scalar(i64, 1), size = node.toScalar(node.shape(x, axis, axis + 1));
  Value count = node.toScalar(node.shape(updates, axis, axis + 1));
  Value place = node.unsqueeze(node.create<RangeOp>(zero, size, one), {0}); // Bx(size), or 1x(size)
  if (first)
    place = node.sub(place, node.unsqueeze(node.cast(first, i64), {1}));
  if (mode == "circular")
    place = node.create<ModOp>(place, size);
  Value isNew = node.create<AndOp>(node.create<LessEqualOp>(zero, place), node.create<LessOp>(place, count));
  Value source = node.create<MinOp>(node.create<MaxOp>(place, zero), node.sub(count, one));
  source = node.expand(source, node.concat({node.shape(x, 0, 1), node.shape(x, axis, axis + 1)}, 0));
  // The axis is moved behind the batch, so that one gather takes whole slices, and back.
  Ints perm{0, axis}, back;
  for (int64_t i = 1; i < rank; ++i)
    if (i != axis)
      perm.push_back(i);
  for (int64_t i = 0; i < rank; ++i)
    back.push_back(llvm::find(perm, i) - perm.begin());
  Value rows = node.create<GatherNDOp>(node.transpose(updates, perm), node.unsqueeze(source, {2}), /*batch_dims=*/1);
  Ints others = range(1, rank);
  others.erase(others.begin() + (axis - 1));
  return node.yield(node.create<WhereOp>(node.unsqueeze(isNew, others), node.transpose(rows, back), x));
}
