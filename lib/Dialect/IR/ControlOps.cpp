//===- ControlOps.cpp - verifiers and type inference ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "Inference.h"
#include "tt/Dialect/IR/Constants.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ControlOps.cpp.inc"

using Types = SmallVectorImpl<Type>;
using MaybeLoc = std::optional<Location>;

/// What a region of one block yields.
static OperandRange getYielded(Region &region) { return region.front().getTerminator()->getOperands(); }

/// Whether the values of one type may be seen as of the other: equal but for what is known of the sizes.
static bool areCompatible(TypeRange l, TypeRange r) { return tt::detail::areCompatibleTypes(l, r); }

//===-- if --------------------------------------------------------------------------------------------------------===//

LogicalResult tt::IfOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  OperandRange thenValues = getYielded(adaptor.getThenRegion()), elseValues = getYielded(adaptor.getElseRegion());
  if (thenValues.size() != elseValues.size())
    return inferError<IfOp>(loc, "needs branches that yield equally many values, but found ", thenValues.size(),
                            " and ", elseValues.size());
  for (auto [a, b] : llvm::zip_equal(thenValues, elseValues)) {
    RankedTensorType x = getTensorType(a), y = getTensorType(b);
    if (x.getElementType() != y.getElementType() || x.getRank() != y.getRank())
      return inferError<IfOp>(loc, "needs branches that yield values of equal element types and ranks, but found ", x,
                              " and ", y);
    SmallVector<int64_t> sizes(x.getShape());
    for (auto [size, other] : llvm::zip_equal(sizes, y.getShape()))
      if (size != other)
        size = ShapedType::kDynamic;
    types.push_back(x.clone(sizes));
  }
  return success();
}

LogicalResult tt::IfOp::verifyRegions() {
  for (Region *region : {&getThenRegion(), &getElseRegion()})
    if (!areCompatible(region->getArgumentTypes(), getCaptures().getTypes()))
      return emitOpError("needs branches with arguments of the captures' types (")
             << getCaptures().getTypes() << "), but found (" << region->getArgumentTypes() << ")";
  return success();
}

//===-- loop ------------------------------------------------------------------------------------------------------===//

LogicalResult tt::LoopOp::inferReturnTypes(MLIRContext *, MaybeLoc loc, Adaptor adaptor, Types &types) {
  Region &body = adaptor.getBody();
  OperandRange yielded = getYielded(body);
  size_t numCarried = adaptor.getInits().size(), first = adaptor.getCondition() ? 1 : 0;
  if (yielded.size() < first + numCarried)
    return inferError<LoopOp>(loc, "needs a body that yields ", first + numCarried, " values or more, but found ",
                              yielded.size());
  bool hasRows = yielded.size() > first + numCarried;
  if (!adaptor.getTrip() && (hasRows || !adaptor.getCondition()))
    return inferError<LoopOp>(loc, "needs a trip count where it has no condition or yields rows");
  if (body.getNumArguments() != 1 + numCarried + adaptor.getCaptures().size())
    return inferError<LoopOp>(loc, "needs a body with ", 1 + numCarried + adaptor.getCaptures().size(),
                              " arguments, but found ", body.getNumArguments());
  for (size_t i = 0; i < numCarried; ++i) {
    Type type = body.getArgument(1 + i).getType();
    if (!areCompatible(type, yielded[first + i].getType()))
      return inferError<LoopOp>(loc, "needs carried values that keep element type and shape, but ", type, " becomes ",
                                yielded[first + i].getType());
    types.push_back(type);
  }
  SmallVector<int64_t> trip;
  bool isKnown = !adaptor.getCondition() && adaptor.getTrip() && getConstantInts(adaptor.getTrip(), trip);
  for (Value row : yielded.drop_front(first + numCarried)) {
    SmallVector<int64_t> sizes = tt::getSizes(row);
    sizes.insert(sizes.begin(), isKnown ? std::max<int64_t>(trip.front(), 0) : ShapedType::kDynamic);
    types.push_back(RankedTensorType::get(sizes, getElementTypeOrSelf(row)));
  }
  return success();
}

LogicalResult tt::LoopOp::verifyRegions() {
  auto iteration = RankedTensorType::get({}, IntegerType::get(getContext(), 64));
  SmallVector<Type> wanted{iteration};
  llvm::append_range(wanted, getInits().getTypes());
  llvm::append_range(wanted, getCaptures().getTypes());
  if (!areCompatible(getBody().getArgumentTypes(), wanted))
    return emitOpError("needs a body with arguments of the types (")
           << wanted << "), but found (" << getBody().getArgumentTypes() << ")";
  if (getCondition() && getYielded(getBody()).front().getType() != getCondition().getType())
    return emitOpError("needs a body that yields a ")
           << getCondition().getType() << " first, but found " << getYielded(getBody()).front().getType();
  return success();
}

//===-- require ---------------------------------------------------------------------------------------------------===//

LogicalResult tt::RequireOp::inferReturnTypes(MLIRContext *, MaybeLoc, Adaptor adaptor, Types &types) {
  types.push_back(adaptor.getInput().getType());
  return success();
}

void tt::TTDialect::registerControlOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ControlOps.cpp.inc"
      >();
}
