//===- ElementwiseOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

static ParseResult parseSameType(OpAsmParser &parser, Type &operand, Type &result) {
  if (parser.parseType(operand))
    return failure();
  result = operand;
  return succeeded(parser.parseOptionalArrow()) ? parser.parseType(result) : success();
}

static void printSameType(OpAsmPrinter &printer, Operation *, Type operand, Type result) {
  printer << operand;
  if (result != operand)
    printer << " -> " << result;
}

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ElementwiseOps.cpp.inc"

using Types = SmallVectorImpl<Type>;
using MaybeLoc = std::optional<Location>;

/// Adds a result of the broadcast shape of `operands` with the given element type.
static LogicalResult addBroadcast(StringRef name, MaybeLoc loc, ValueRange operands, Type element, Types &types) {
  SmallVector<int64_t> sizes;
  for (Value operand : operands) {
    std::optional<SmallVector<int64_t>> common = tt::broadcastSizes(sizes, tt::getTensorType(operand).getShape());
    if (!common)
      return emitOptionalError(loc, "'", name, "' needs operands whose shapes broadcast, but found ",
                               tt::describeSizes(sizes), " and ", operand.getType());
    sizes = std::move(*common);
  }
  types.push_back(RankedTensorType::get(sizes, element));
  return success();
}

static LogicalResult checkSameElement(StringRef name, MaybeLoc loc, Value lhs, Value rhs) {
  if (getElementTypeOrSelf(lhs) == getElementTypeOrSelf(rhs))
    return success();
  return emitOptionalError(loc, "'", name, "' needs operands of one element type, but found ", lhs.getType(), " and ",
                           rhs.getType());
}

LogicalResult tt::detail::inferUnary(StringRef, MaybeLoc, ValueRange operands, Types &types) {
  types.push_back(operands[0].getType());
  return success();
}

LogicalResult tt::detail::inferBroadcast(StringRef name, MaybeLoc loc, ValueRange operands, Types &types) {
  if (failed(checkSameElement(name, loc, operands[0], operands[1])))
    return failure();
  return addBroadcast(name, loc, operands, getElementTypeOrSelf(operands[0]), types);
}

LogicalResult tt::detail::inferCompare(StringRef name, MaybeLoc loc, ValueRange operands, Types &types) {
  if (failed(checkSameElement(name, loc, operands[0], operands[1])))
    return failure();
  return addBroadcast(name, loc, operands, IntegerType::get(operands[0].getContext(), 1), types);
}

LogicalResult tt::IsNaNOp::inferReturnTypes(MLIRContext *context, MaybeLoc, Adaptor adaptor, Types &types) {
  types.push_back(getTensorType(adaptor.getInput()).clone(IntegerType::get(context, 1)));
  return success();
}

LogicalResult tt::IsInfOp::inferReturnTypes(MLIRContext *context, MaybeLoc, Adaptor adaptor, Types &types) {
  types.push_back(getTensorType(adaptor.getInput()).clone(IntegerType::get(context, 1)));
  return success();
}

LogicalResult tt::CastOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  Type to = adaptor.getTo();
  if (!isa<IntegerType, FloatType>(to))
    return inferError<CastOp>(loc, "needs an integer or float element type, but found ", to);
  types.push_back(getTensorType(adaptor.getInput()).clone(to));
  return success();
}

LogicalResult tt::BitcastOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  RankedTensorType input = getTensorType(adaptor.getInput());
  Type to = adaptor.getTo();
  if (!isa<IntegerType, FloatType>(to) || to.isInteger(1) ||
      to.getIntOrFloatBitWidth() != input.getElementType().getIntOrFloatBitWidth())
    return inferError<BitcastOp>(loc, "needs an element type of the width of ", input.getElementType(), ", but found ",
                                 to);
  types.push_back(input.clone(to));
  return success();
}

LogicalResult tt::ClipOp::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor adaptor, Types &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

LogicalResult tt::ClipOp::verify() {
  Type element = getElementTypeOrSelf(getInput());
  for (Value bound : {getLow(), getHigh()})
    if (bound && (getTensorType(bound).getRank() != 0 || getElementTypeOrSelf(bound) != element))
      return emitOpError("needs bounds of rank 0 and element type ") << element << ", but found " << bound.getType();
  return success();
}

LogicalResult tt::PowOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  return addBroadcast(getOperationName(), loc, adaptor.getOperands(), getElementTypeOrSelf(adaptor.getLhs()), types);
}

LogicalResult tt::WhereOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  if (failed(checkSameElement(getOperationName(), loc, adaptor.getLhs(), adaptor.getRhs())))
    return failure();
  return addBroadcast(getOperationName(), loc, adaptor.getOperands(), getElementTypeOrSelf(adaptor.getLhs()), types);
}

LogicalResult tt::QuantizeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  Type to = getElementTypeOrSelf(adaptor.getZeroPoint());
  if (to.getIntOrFloatBitWidth() > 16)
    return inferError<QuantizeOp>(loc, "needs a zero point of 8 or 16 bits, but found ",
                                  adaptor.getZeroPoint().getType());
  if (failed(checkSameElement(getOperationName(), loc, adaptor.getInput(), adaptor.getScale())))
    return failure();
  return addBroadcast(getOperationName(), loc, adaptor.getOperands(), to, types);
}

LogicalResult tt::DequantizeOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  if (getElementTypeOrSelf(adaptor.getInput()).getIntOrFloatBitWidth() > 32)
    return inferError<DequantizeOp>(loc, "needs integers of 8, 16 or 32 bits, but found ",
                                    adaptor.getInput().getType());
  if (failed(checkSameElement(getOperationName(), loc, adaptor.getInput(), adaptor.getZeroPoint())))
    return failure();
  return addBroadcast(getOperationName(), loc, adaptor.getOperands(), getElementTypeOrSelf(adaptor.getScale()), types);
}

void tt::TTDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ElementwiseOps.cpp.inc"
      >();
}
