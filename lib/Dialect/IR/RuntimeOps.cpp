//===- RuntimeOps.cpp - verifiers, type inference and folders ----------------===//
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
#include "tt/Dialect/IR/RuntimeOps.cpp.inc"

// PENDING (dialect work): inference, folders and verifiers.
LogicalResult tt::ParallelForOp::verify() { return success(); }

void tt::TTDialect::registerRuntimeOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/RuntimeOps.cpp.inc"
      >();
}
