//===- WinogradOps.cpp - verifiers of the Winograd ops --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/WinogradOps.cpp.inc"

LogicalResult tt::ConvWinogradOp::verify() {
  int64_t outputs = getTile();
  if (outputs != 2 && outputs != 4)
    return emitOpError("needs tiles of 2 or 4 outputs a side, but found ") << outputs;
  auto input = cast<ShapedType>(getInput().getType()), filter = cast<ShapedType>(getFilter().getType()),
       init = cast<ShapedType>(getInit().getType());
  for (ShapedType type : {input, filter, init}) {
    if (type.getRank() != 4 || !type.hasStaticShape())
      return emitOpError("needs operands of four static sizes, but found ") << type;
    if (isa<MemRefType>(type) != isa<MemRefType>(input))
      return emitOpError("needs operands that are all tensors or all buffers, but found ") << input << " and " << type;
  }
  if (input.getElementType() != filter.getElementType())
    return emitOpError("needs a filter of element type ") << input.getElementType() << ", but found " << filter;
  int64_t expectedInput[] = {init.getDimSize(0), init.getDimSize(1) + 2, init.getDimSize(2) + 2};
  if (input.getShape().take_front(3) != ArrayRef(expectedInput))
    return emitOpError("needs an input with a row and a column more on each side than init ")
           << init << ", but found " << input;
  int64_t components = (outputs + 2) * (outputs + 2), panels = llvm::divideCeil(init.getDimSize(3), 16);
  int64_t expectedFilter[] = {components, panels, input.getDimSize(3), 16};
  if (filter.getShape() != ArrayRef(expectedFilter))
    return emitOpError("needs a filter of sizes [") << ArrayRef(expectedFilter) << "], but found " << filter;
  return success();
}

LogicalResult tt::ScratchOp::verify() {
  auto type = cast<MemRefType>(getType());
  if (type.getRank() < 2 || !type.isDynamicDim(0) || type.getNumDynamicDims() != 1 || !type.getLayout().isIdentity())
    return emitOpError("needs a dense buffer whose first dimension, the thread, and no other is dynamic, but found ")
           << type;
  return success();
}
