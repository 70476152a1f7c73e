//===- NNOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

static ParseResult parseSameTypes(OpAsmParser &parser, Type &a, Type &b, Type &c, Type &d) {
  if (parser.parseType(a))
    return failure();
  b = c = d = a;
  return success();
}

static void printSameTypes(OpAsmPrinter &printer, Operation *, Type a, Type, Type, Type) { printer << a; }

#define GET_OP_CLASSES
#include "tt/Dialect/IR/NNOps.cpp.inc"

// PENDING (dialect work): inference, folders and verifiers.
LogicalResult tt::MatMulOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ConvOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ConvOp::verify() { return success(); }
LogicalResult tt::PoolOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::PoolOp::verify() { return success(); }
LogicalResult tt::BatchNormOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::LrnOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ResizeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ResizeOp::verify() { return success(); }
LogicalResult tt::AttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::AttentionOp::verify() { return success(); }

void tt::TTDialect::registerNNOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/NNOps.cpp.inc"
      >();
}
