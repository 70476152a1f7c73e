//===- Legacy.cpp - opsets 1 to 6, before NumPy broadcasting --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// The second operand where `broadcast` lays it along the dimensions of the first from `axis` on (by default the last
/// ones).
static Value getSecond(NodeImporter &node) {
  Value x = node.input(0), y = node.input(1);
  int64_t rank = node.rank(x), own = node.rank(y);
  if (node.hasFailed() || !node.getFlag("broadcast", false) || own == 0)
    return y;
  int64_t axis = node.has("axis") ? node.normalizeAxis(node.getInt("axis", 0), rank) : std::max<int64_t>(rank - own, 0);
  if (axis + own > rank)
    (void)node.fail("axis " + Twine(axis) + " leaves no room for the second operand of rank " + Twine(own));
  return axis + own < rank ? node.unsqueeze(y, range(own, rank - axis)) : y;
}

template <typename Op> static LogicalResult importOld(NodeImporter &node) {
  return node.yield(node.create<Op>(node.input(0), getSecond(node)));
}

LogicalResult tt::onnx_import::importOldAdd(NodeImporter &node) { return importOld<AddOp>(node); }
LogicalResult tt::onnx_import::importOldSub(NodeImporter &node) { return importOld<SubOp>(node); }
LogicalResult tt::onnx_import::importOldMul(NodeImporter &node) { return importOld<MulOp>(node); }
LogicalResult tt::onnx_import::importOldDiv(NodeImporter &node) { return importOld<DivOp>(node); }
LogicalResult tt::onnx_import::importOldPow(NodeImporter &node) { return importOld<PowOp>(node); }
LogicalResult tt::onnx_import::importOldAnd(NodeImporter &node) { return importOld<AndOp>(node); }
LogicalResult tt::onnx_import::importOldOr(NodeImporter &node) { return importOld<OrOp>(node); }
LogicalResult tt::onnx_import::importOldXor(NodeImporter &node) { return importOld<XorOp>(node); }
LogicalResult tt::onnx_import::importOldEqual(NodeImporter &node) { return importOld<EqualOp>(node); }
LogicalResult tt::onnx_import::importOldLess(NodeImporter &node) { return importOld<LessOp>(node); }
LogicalResult tt::onnx_import::importOldGreater(NodeImporter &node) {
  return node.yield(node.create<LessOp>(getSecond(node), node.input(0)));
}

LogicalResult tt::onnx_import::importOldPRelu(NodeImporter &node) {
  // One slope for all, or one for each channel.
  Value x = node.input(0), slope = node.input(1);
  if (!node.hasFailed() && node.rank(slope) == 1 && node.size(slope, 0) != 1 && node.rank(x) > 2)
    slope = node.unsqueeze(slope, range(1, node.rank(x) - 1));
  return node.yield(node.create<PReluOp>(x, slope));
}

void tt::onnx_import::checkOldBatchNormalization(NodeAttributes &node) {
  requireInt(node, "is_test", 0, 1);
  checkBatchNormalization(node);
}
