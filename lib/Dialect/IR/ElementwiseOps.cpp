//===- ElementwiseOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

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

LogicalResult tt::detail::inferUnary(std::optional<Location>, ValueRange operands, SmallVectorImpl<Type> &types) {
  types.push_back(operands[0].getType());
  return success();
}

/// NumPy broadcasting of the operands' shapes: sizes are aligned at the last dimension; 1 stretches; an unknown size meets
/// a known one greater than 1 as that size.
static FailureOr<SmallVector<int64_t>> broadcastShapes(std::optional<Location> loc, ValueRange operands) {
  SmallVector<int64_t> shape;
  for (Value operand : operands) {
    ArrayRef<int64_t> other = cast<ShapedType>(operand.getType()).getShape();
    if (other.size() > shape.size())
      shape.insert(shape.begin(), other.size() - shape.size(), 1);
    for (auto [have, add] : llvm::zip(llvm::reverse(shape), llvm::reverse(other))) {
      if (have == add || add == 1)
        continue;
      if (have == 1)
        have = add;
      else if (ShapedType::isDynamic(have) || ShapedType::isDynamic(add))
        have = ShapedType::isDynamic(have) ? add : have;
      else
        return emitOptionalError(loc, "needs operands whose shapes broadcast, but sizes ", have, " and ", add, " differ");
    }
  }
  return shape;
}

LogicalResult tt::detail::inferBroadcast(std::optional<Location> loc, ValueRange operands,
                                         SmallVectorImpl<Type> &types) {
  Type element = getElementTypeOrSelf(operands[0]);
  if (element != getElementTypeOrSelf(operands[1]))
    return emitOptionalError(loc, "needs operands of one element type, but found ", operands[0].getType(), " and ",
                             operands[1].getType());
  FailureOr<SmallVector<int64_t>> shape = broadcastShapes(loc, operands);
  if (failed(shape))
    return failure();
  types.push_back(RankedTensorType::get(*shape, element));
  return success();
}

LogicalResult tt::detail::inferCompare(std::optional<Location> loc, ValueRange operands,
                                       SmallVectorImpl<Type> &types) {
  if (failed(inferBroadcast(loc, operands, types)))
    return failure();
  auto type = cast<RankedTensorType>(types.back());
  types.back() = RankedTensorType::get(type.getShape(), IntegerType::get(type.getContext(), 1));
  return success();
}

OpFoldResult tt::detail::foldElementwise(Operation *, ArrayRef<Attribute>) { return {}; }

// PENDING (dialect work): inference, folders and verifiers.
LogicalResult tt::IsNaNOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::IsInfOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::CastOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::CastOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::ClipOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ClipOp::verify() { return success(); }
LogicalResult tt::PowOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::PowOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::WhereOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::WhereOp::fold(FoldAdaptor) { return {}; }

void tt::TTDialect::registerElementwiseOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ElementwiseOps.cpp.inc"
      >();
}
