//===- Logic.cpp - comparisons, logic and bits ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Comparisons -----------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importEqual(NodeImporter &node) {
  return node.yield(node.create<EqualOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importLess(NodeImporter &node) {
  return node.yield(node.create<LessOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importLessOrEqual(NodeImporter &node) {
  return node.yield(node.create<LessEqualOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importGreater(NodeImporter &node) {
  return node.yield(node.create<LessOp>(node.input(1), node.input(0)));
}

LogicalResult tt::onnx_import::importGreaterOrEqual(NodeImporter &node) {
  return node.yield(node.create<LessEqualOp>(node.input(1), node.input(0)));
}

LogicalResult tt::onnx_import::importIsInf(NodeImporter &node) {
  bool positive = node.getFlag("detect_positive", true), negative = node.getFlag("detect_negative", true);
  return node.yield(node.create<IsInfOp>(node.input(0), positive, negative));
}

LogicalResult tt::onnx_import::importIsNaN(NodeImporter &node) {
  return node.yield(node.create<IsNaNOp>(node.input(0)));
}

//===- Logic -----------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importAnd(NodeImporter &node) {
  return node.yield(node.create<AndOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importOr(NodeImporter &node) {
  return node.yield(node.create<OrOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importXor(NodeImporter &node) {
  return node.yield(node.create<XorOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importNot(NodeImporter &node) { return node.yield(node.create<NotOp>(node.input(0))); }

LogicalResult tt::onnx_import::importWhere(NodeImporter &node) {
  return node.yield(node.create<WhereOp>(node.input(0), node.input(1), node.input(2)));
}

//===- Bits ------------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importBitwiseAnd(NodeImporter &node) {
  return node.yield(node.create<BitwiseAndOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importBitwiseOr(NodeImporter &node) {
  return node.yield(node.create<BitwiseOrOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importBitwiseXor(NodeImporter &node) {
  return node.yield(node.create<BitwiseXorOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importBitwiseNot(NodeImporter &node) {
  return node.yield(node.create<BitwiseNotOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importBitShift(NodeImporter &node) {
  Value x = node.input(0), y = node.input(1);
  std::string direction = node.getString("direction", "");
  if (direction == "LEFT")
    return node.yield(node.create<ShiftLeftOp>(x, y));
  if (direction == "RIGHT")
    return node.yield(node.create<ShiftRightOp>(x, y));
  return node.fail("direction '" + direction + "' is not defined; use LEFT or RIGHT");
}
