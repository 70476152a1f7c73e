//===- ElementwiseToLinalg.cpp - ElementwiseOps.td to linalg.generic ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Elementwise.h"

using namespace mlir;
using namespace tt::tolinalg;

/// The result element of `op`, in the lowered result type.
static Value buildElement(ScalarBuilder &s, Operation *op, const ScalarOp &scalarOp, ValueRange elements) {
  Type type = getSignless(getElementTypeOrSelf(op->getResult(0).getType()));
  if (scalarOp.keepsNarrow)
    return scalarOp.body(s, op, elements);
  SmallVector<Value> wide;
  for (Value element : elements)
    wide.push_back(s.widen(element));
  return s.narrow(scalarOp.body(s, op, wide), type);
}

/// Lowers a shape computation to scalars. Returns false where an operand's elements are not known as scalars.
static bool lowerToScalars(Operation *op, const ScalarOp &scalarOp, Lowering &l, bool isUnsigned) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || type.getRank() > 1 || type.getNumElements() > kMaxScalars)
    return false;
  SmallVector<const SmallVector<Value> *> operands;
  for (Value operand : op->getOperands())
    if (!l.getScalars(operand))
      return false;
  for (Value operand : op->getOperands()) // the map may have grown above: pointers are taken now
    operands.push_back(l.getScalars(operand));
  SmallVector<Value> results;
  ScalarBuilder s(l.builder, l.loc, isUnsigned);
  for (int64_t i = 0, n = type.getNumElements(); i < n; ++i) {
    SmallVector<Value> elements;
    for (const SmallVector<Value> *operand : operands) {
      if (operand->size() != 1 && int64_t(operand->size()) != n)
        return false;
      elements.push_back((*operand)[operand->size() == 1 ? 0 : i]);
    }
    results.push_back(buildElement(s, op, scalarOp, elements));
  }
  l.setScalars(op->getResult(0), results);
  return true;
}

static LogicalResult lowerElementwise(Operation *op, Lowering &l) {
  const ScalarOp &scalarOp = getScalarOps().find(op->getName().getStringRef())->second;
  // `where` is typed by its second operand, which does not matter: it has no arithmetic.
  bool isUnsigned = getElementTypeOrSelf(op->getOperand(0).getType()).isUnsignedInteger();
  if (lowerToScalars(op, scalarOp, l, isUnsigned))
    return success();
  SmallVector<Value> inputs;
  for (Value operand : op->getOperands())
    inputs.push_back(l.get(operand));
  Type type = getSignless(getElementTypeOrSelf(op->getResult(0).getType()));
  FailureOr<Value> result = l.makeElementwise(
      inputs, type, [&](ScalarBuilder &s, ValueRange x) { return buildElement(s, op, scalarOp, x); }, isUnsigned);
  if (failed(result))
    return failure();
  l.set(op->getResult(0), *result);
  return success();
}

void tt::tolinalg::addElementwiseHandlers(HandlerTable &table) {
  for (const auto &entry : getScalarOps())
    table.handlers[entry.getKey()] = lowerElementwise;
}
