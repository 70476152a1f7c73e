//===- KernelOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/KernelOps.cpp.inc"

LogicalResult tt::detail::verifyEpilogue(Operation *) { return success(); }

void tt::detail::getKernelEffects(Operation *op,
                                  SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>> &effects) {
  auto dps = cast<DestinationStyleOpInterface>(op);
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    if (dps.isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand, SideEffects::DefaultResource::get());
    else
      effects.emplace_back(MemoryEffects::Read::get(), &operand, SideEffects::DefaultResource::get());
  }
}

// PENDING (dialect work): inference, folders and verifiers.
LogicalResult tt::GemmOp::verify() { return success(); }
LogicalResult tt::ConvDirectOp::verify() { return success(); }
LogicalResult tt::ConvDepthwiseOp::verify() { return success(); }
LogicalResult tt::PackOp::verify() { return success(); }

void tt::TTDialect::registerKernelOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/KernelOps.cpp.inc"
      >();
}
