//===- MatMul.cpp - matrix products ---------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

LogicalResult tt::onnx_import::importMatMul(NodeImporter &node) {
  return node.yield(node.create<MatMulOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importGemm(NodeImporter &node) {
  // alpha * A' * B' + beta * C
  Value a = node.input(0), b = node.input(1), c = node.optionalInput(2);
  if (node.getFlag("transA", false))
    a = node.transpose(a, {1, 0});
  if (node.getFlag("transB", false))
    b = node.transpose(b, {1, 0});
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  Value result = node.create<MatMulOp>(a, b);
  if (node.rank(result) != 2 && !node.hasFailed())
    return node.fail("needs matrices, but the operands have rank " + Twine(node.rank(a)) + " and " +
                     Twine(node.rank(b)));
  if (alpha != 1)
    result = node.mul(result, node.scalarLike(result, alpha));
  if (!c || beta == 0)
    return node.yield(result);
  if (beta != 1)
    c = node.mul(c, node.scalarLike(c, beta));
  return node.yield(node.add(result, c));
}
