//===- RuntimeOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/ProbeOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/RuntimeOps.cpp.inc"

LogicalResult tt::ParallelForOp::verify() {
  Block &block = getBody().front();
  if (block.getNumArguments() != 2 || !block.getArgument(0).getType().isIndex() ||
      !block.getArgument(1).getType().isIndex())
    return emitOpError("needs a body with two arguments of type index, the chunk and the thread, but it has (")
           << block.getArgumentTypes() << ")";
  if (block.getTerminator()->getNumOperands() != 0)
    return emitOpError("needs a body that yields nothing, but it yields (")
           << block.getTerminator()->getOperandTypes() << ")";
  return success();
}

/// Fails unless there is one size per dynamic dimension of the result.
static LogicalResult verifySizes(Operation *op, OperandRange sizes, MemRefType type) {
  if (sizes.size() == static_cast<size_t>(type.getNumDynamicDims()))
    return success();
  return op->emitOpError("needs one size per dynamic dimension of ") << type << ", but found " << sizes.size();
}

LogicalResult tt::OutputOp::verify() { return verifySizes(*this, getSizes(), cast<MemRefType>(getResult().getType())); }

LogicalResult tt::RunAllocOp::verify() {
  return verifySizes(*this, getSizes(), cast<MemRefType>(getResult().getType()));
}

LogicalResult tt::WeightsOp::verify() {
  int64_t offset = getOffset();
  if (offset < 0 || offset % 64 != 0)
    return emitOpError("needs an offset that is a multiple of 64, but found ") << offset;
  if (!cast<MemRefType>(getResult().getType()).hasStaticShape())
    return emitOpError("needs a static shape, but found ") << getResult().getType();
  return success();
}

void tt::TTDialect::registerRuntimeOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/RuntimeOps.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ProbeOps.cpp.inc"
      >();
}
