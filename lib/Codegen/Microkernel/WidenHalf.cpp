//===- WidenHalf.cpp - ops on 16-bit floats in f32 ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "WidenHalf.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

Operation *tt::cloneWith(OpBuilder &builder, Operation *op, ValueRange operands, TypeRange types) {
  OperationState state(op->getLoc(), op->getName(), operands, types, op->getAttrs());
  return builder.create(state);
}

static Type withElement(Type type, Type element) {
  auto shaped = dyn_cast<ShapedType>(type);
  return shaped ? static_cast<Type>(shaped.clone(element)) : element;
}

Operation *tt::widenToF32(RewriterBase &rewriter, Operation *op) {
  Location loc = op->getLoc();
  Type f32 = rewriter.getF32Type();
  auto isNarrow = [](Type type) { return isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(type)); };
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(
        isNarrow(operand.getType())
            ? arith::ExtFOp::create(rewriter, loc, withElement(operand.getType(), f32), operand).getResult()
            : operand);
  SmallVector<Type> types;
  for (Type type : op->getResultTypes())
    types.push_back(isNarrow(type) ? withElement(type, f32) : type);
  Operation *wide = cloneWith(rewriter, op, operands, types);
  SmallVector<Value> results;
  for (auto [result, type] : llvm::zip(wide->getResults(), op->getResultTypes()))
    results.push_back(result.getType() == type ? Value(result)
                                               : arith::TruncFOp::create(rewriter, loc, type, result).getResult());
  rewriter.replaceOp(op, results);
  return wide;
}
