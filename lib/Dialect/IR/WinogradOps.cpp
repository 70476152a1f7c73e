//===- WinogradOps.cpp - verifiers of the Winograd ops --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/WinogradOps.h"

#include "Inference.h"

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
    if (type.getRank() != 4 || llvm::any_of(type.getShape().drop_front(), ShapedType::isDynamic))
      return emitOpError("needs operands of four sizes, static but for the number of images, but found ") << type;
    if (isa<MemRefType>(type) != isa<MemRefType>(input))
      return emitOpError("needs operands that are all tensors or all buffers, but found ") << input << " and " << type;
  }
  if (input.getElementType() != filter.getElementType())
    return emitOpError("needs a filter of element type ") << input.getElementType() << ", but found " << filter;
  int64_t images = init.getDimSize(0);
  if (!tt::mergeSize(images, input.getDimSize(0)) || input.getDimSize(1) != init.getDimSize(1) + 2 ||
      input.getDimSize(2) != init.getDimSize(2) + 2)
    return emitOpError("needs an input of as many images, with a row and a column more on each side than init ")
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
