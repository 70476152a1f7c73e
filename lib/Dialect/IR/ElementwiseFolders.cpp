//===- ElementwiseFolders.cpp - identities of elementwise ops -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Only identities that hold for every bit pattern (signed zeros, infinities, NaN up to its payload) and keep the type.
//===----------------------------------------------------------------------===//

#include "ConstantElements.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/TypeUtilities.h"

#include <cmath>

using namespace mlir;
using namespace tt;

/// Whether all elements of the constant are `value`; for floats with the sign of zero. Looks at single elements and
/// splats.
static bool isAll(Attribute attr, double value) {
  auto elements = dyn_cast_if_present<ElementsAttr>(attr);
  if (!elements || elements.getNumElements() == 0)
    return false;
  if (auto dense = dyn_cast<DenseElementsAttr>(elements)) {
    if (!dense.isSplat())
      return false;
    elements = dense.resizeSplat(dense.getType().clone(ArrayRef<int64_t>()));
  } else if (elements.getNumElements() != 1) {
    return false;
  }
  SmallVector<double> values;
  return getConstantFloats(elements, values) && values.front() == value &&
         (!isa<FloatType>(elements.getElementType()) || std::signbit(values.front()) == std::signbit(value));
}

/// The operand that `op` returns unchanged because the constant in the other operand has no effect; null where there is
/// none.
static Value getUnchangedOperand(Operation *op, ArrayRef<Attribute> operands) {
  Attribute lhs = operands[0], rhs = operands[1];
  bool isFloat = isa<FloatType>(getElementTypeOrSelf(op->getOperand(0)));
  if (isa<MinOp, MaxOp, AndOp, OrOp>(op) && op->getOperand(0) == op->getOperand(1))
    return op->getOperand(0);
  if (isa<AddOp>(op)) {
    // x + 0.0 would turn -0.0 into 0.0.
    double zero = isFloat ? -0.0 : 0.0;
    return isAll(rhs, zero) ? op->getOperand(0) : isAll(lhs, zero) ? op->getOperand(1) : Value();
  }
  if (isa<SubOp>(op))
    return isAll(rhs, 0.0) ? op->getOperand(0) : Value();
  if (isa<MulOp>(op))
    return isAll(rhs, 1.0) ? op->getOperand(0) : isAll(lhs, 1.0) ? op->getOperand(1) : Value();
  if (isa<DivOp, PowOp>(op))
    return isAll(rhs, 1.0) ? op->getOperand(0) : Value();
  if (isa<AndOp>(op))
    return isAll(rhs, 1.0) ? op->getOperand(0) : isAll(lhs, 1.0) ? op->getOperand(1) : Value();
  if (isa<OrOp>(op))
    return isAll(rhs, 0.0) ? op->getOperand(0) : isAll(lhs, 0.0) ? op->getOperand(1) : Value();
  return {};
}

OpFoldResult tt::detail::foldElementwise(Operation *op, ArrayRef<Attribute> operands) {
  Type type = op->getResult(0).getType();
  if (operands.size() == 1) {
    Operation *inner = op->getOperand(0).getDefiningOp();
    if (inner && inner->getName() == op->getName()) {
      // f(f(x)) = x
      if (isa<BitcastOp, NegOp, NotOp, BitwiseNotOp>(op) && inner->getOperand(0).getType() == type)
        return inner->getOperand(0);
      // f(f(x)) = f(x)
      if (isa<AbsOp, ReluOp, FloorOp, CeilOp, RoundOp, SignOp>(op) && inner->getResult(0).getType() == type)
        return inner->getResult(0);
    }
  } else if (Value unchanged = getUnchangedOperand(op, operands)) {
    if (unchanged.getType() == type)
      return unchanged;
  }
  return fold::evaluateSmall(op, operands);
}

/// Whether every value of type `from` is one of type `to`.
static bool isExactConversion(Type from, Type to) {
  if (from == to || from.isInteger(1))
    return true;
  auto fromFloat = dyn_cast<FloatType>(from), toFloat = dyn_cast<FloatType>(to);
  if (fromFloat && toFloat)
    return APFloat::isRepresentableBy(fromFloat.getFloatSemantics(), toFloat.getFloatSemantics());
  if (fromFloat || to.isInteger(1))
    return false;
  // Significant bits of an integer, without the sign.
  unsigned bits = from.getIntOrFloatBitWidth() - !from.isUnsignedInteger();
  if (toFloat)
    return bits <= toFloat.getFPMantissaWidth() && toFloat.getWidth() > 16;
  if (to.isUnsignedInteger())
    return from.isUnsignedInteger() && bits <= to.getIntOrFloatBitWidth();
  return bits < to.getIntOrFloatBitWidth();
}

OpFoldResult tt::CastOp::fold(FoldAdaptor adaptor) {
  if (getInput().getType() == getType())
    return getInput();
  if (auto inner = getInput().getDefiningOp<CastOp>()) {
    Type from = getElementTypeOrSelf(inner.getInput()), between = getElementTypeOrSelf(inner);
    if (isExactConversion(from, between)) {
      getInputMutable().assign(inner.getInput());
      return getResult();
    }
  }
  return fold::evaluateSmall(*this, adaptor.getOperands());
}

OpFoldResult tt::PowOp::fold(FoldAdaptor adaptor) { return detail::foldElementwise(*this, adaptor.getOperands()); }

OpFoldResult tt::WhereOp::fold(FoldAdaptor adaptor) {
  auto choose = [&](Value value) { return value.getType() == getType() ? OpFoldResult(value) : OpFoldResult(); };
  if (getLhs() == getRhs() || isAll(adaptor.getCondition(), 1.0))
    if (OpFoldResult chosen = choose(getLhs()))
      return chosen;
  if (isAll(adaptor.getCondition(), 0.0))
    if (OpFoldResult chosen = choose(getRhs()))
      return chosen;
  return fold::evaluateSmall(*this, adaptor.getOperands());
}
