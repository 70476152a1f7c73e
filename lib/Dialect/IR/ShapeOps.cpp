//===- ShapeOps.cpp - verifiers, type inference and folders ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ShapeOps.cpp.inc"

// PENDING (dialect work): inference, folders and verifiers.
LogicalResult tt::ReshapeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::ReshapeOp::fold(FoldAdaptor) { return {}; }
void tt::ReshapeOp::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
LogicalResult tt::TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::TransposeOp::fold(FoldAdaptor) { return {}; }
void tt::TransposeOp::getCanonicalizationPatterns(RewritePatternSet &, MLIRContext *) {}
LogicalResult tt::ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::ConcatOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::SliceOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::PadOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::PadOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::ExpandOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::ExpandOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::TileOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::TileOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::ShapeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::ShapeOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::RangeOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::RangeOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::GatherOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
OpFoldResult tt::GatherOp::fold(FoldAdaptor) { return {}; }
LogicalResult tt::GatherElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::GatherNDOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ScatterElementsOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ScatterNDOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::TriluOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::OneHotOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }
LogicalResult tt::ReverseSequenceOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor, SmallVectorImpl<Type> &) { return failure(); }

void tt::TTDialect::registerShapeOps() {
  addOperations<
#define GET_OP_LIST
#include "tt/Dialect/IR/ShapeOps.cpp.inc"
      >();
}
