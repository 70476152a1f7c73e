//===- Constant.cpp - constants, conversions and sizes --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

LogicalResult tt::onnx_import::importConstant(NodeImporter &node) {
  OpBuilder &b = node.getBuilder();
  if (node.has("value"))
    return node.yield(node.constant(node.getTensor("value")));
  if (node.has("value_float"))
    return node.yield(node.scalar(b.getF32Type(), node.getFloat("value_float", 0)));
  if (node.has("value_int")) {
    auto type = RankedTensorType::get({}, b.getI64Type());
    return node.yield(node.constant(DenseElementsAttr::get(type, node.getInt("value_int", 0))));
  }
  if (auto values = node.getInts("value_ints"))
    return node.yield(node.ints(*values));
  if (auto values = node.getFloats("value_floats"))
    return node.yield(node.constant(DenseElementsAttr::get(
        RankedTensorType::get({int64_t(values->size())}, b.getF32Type()), ArrayRef<float>(*values))));
  if (node.has("sparse_value"))
    return node.fail("sparse_value is not supported; store the constant dense");
  if (node.has("value_string") || node.has("value_strings"))
    return node.fail("strings are not supported; keep text processing outside the model");
  return node.fail("needs one of the attributes value, value_float, value_floats, value_int, value_ints");
}

LogicalResult tt::onnx_import::importIdentity(NodeImporter &node) { return node.yield(node.input(0)); }

//===- Conversions -----------------------------------------------------------------------------------------------===//

void tt::onnx_import::checkCast(NodeAttributes &node) {
  if (node.getInt("to", 0) != 0) // in a function, the value may be an attribute of the caller
    (void)node.getTypeAttribute("to");
}

LogicalResult tt::onnx_import::importCast(NodeImporter &node) {
  // `saturate` (opset 19) and `round_mode` (opset 24) concern 8-bit floats only, which are refused as a type.
  Value x = node.input(0);
  Type type = node.getTypeAttribute("to");
  return node.yield(node.cast(x, type));
}

LogicalResult tt::onnx_import::importBitCast(NodeImporter &node) {
  return node.yield(node.create<BitcastOp>(node.input(0), TypeAttr::get(node.getTypeAttribute("to"))));
}

LogicalResult tt::onnx_import::importCastLike(NodeImporter &node) {
  return node.yield(node.cast(node.input(0), node.elementType(node.input(1))));
}

//===- Sizes -----------------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importShape(NodeImporter &node) {
  Value x = node.input(0);
  int64_t rank = node.rank(x);
  auto clamp = [&](int64_t position) {
    return std::clamp<int64_t>(position < 0 ? position + rank : position, 0, rank);
  };
  int64_t start = 0, end = rank;
  if (node.getOpset() >= 15) {
    start = clamp(node.getInt("start", 0));
    end = std::max(start, clamp(node.getInt("end", rank)));
  }
  return node.yield(node.shape(x, start, end));
}

LogicalResult tt::onnx_import::importSize(NodeImporter &node) {
  Value x = node.input(0);
  return node.yield(node.toScalar(node.product(x, 0, node.rank(x))));
}

//===- Filled tensors --------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importConstantOfShape(NodeImporter &node) {
  Value shape = node.input(0), value = node.scalar(node.getBuilder().getF32Type(), 0);
  if (node.has("value"))
    value = node.toScalar(node.constant(node.getTensor("value")));
  return node.yield(node.expand(value, shape));
}

LogicalResult tt::onnx_import::importRange(NodeImporter &node) {
  Value start = node.toScalar(node.input(0)), limit = node.toScalar(node.input(1)), step = node.toScalar(node.input(2));
  return node.yield(node.create<RangeOp>(start, limit, step));
}

Value tt::onnx_import::makeDiagonalMask(NodeImporter &node, Value rows, Value columns, int64_t k) {
  Type i64 = node.getBuilder().getI64Type();
  auto positions = [&](Value count, int64_t first) {
    Value start = node.scalar(i64, first);
    return node.create<RangeOp>(start, node.add(node.toScalar(count), start), node.scalar(i64, 1));
  };
  Value row = node.unsqueeze(positions(rows, k), {1}), column = node.unsqueeze(positions(columns, 0), {0});
  return node.create<EqualOp>(row, column);
}

LogicalResult tt::onnx_import::importEyeLike(NodeImporter &node) {
  Value x = node.input(0);
  Type type = node.has("dtype") ? node.getTypeAttribute("dtype") : node.elementType(x);
  if (node.rank(x) != 2)
    return node.fail("needs a matrix, but the input has rank " + Twine(node.rank(x)));
  Value mask = makeDiagonalMask(node, node.shape(x, 0, 1), node.shape(x, 1, 2), node.getInt("k", 0));
  return node.yield(node.cast(mask, type));
}

//===- Optional values: a tensor is one that is there ------------------------------------------------------------===//

LogicalResult tt::onnx_import::importOptional(NodeImporter &node) {
  if (!node.optionalInput(0))
    return node.fail("an optional value without a tensor is not supported; use tensors");
  return node.yield(node.input(0));
}

LogicalResult tt::onnx_import::importOptionalGetElement(NodeImporter &node) { return node.yield(node.input(0)); }

LogicalResult tt::onnx_import::importOptionalHasElement(NodeImporter &node) {
  return node.yield(node.scalar(node.getBuilder().getI1Type(), node.optionalInput(0) ? 1 : 0));
}
