//===- BufferizationModels.cpp - how the ops of tt bufferize --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/BufferizationModels.h"

#include "tt/Dialect/IR/ProbeOps.h"
#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace mlir::bufferization;

/// The buffer itself, or a dense copy where neighbours in its last dimension do not lie side by side: kernels of rows
/// read vectors.
static Value makeRowsDense(OpBuilder &builder, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  if (type.getRank() == 0 || type.getStridesAndOffset().first.back() == 1 || type.getShape().back() == 1)
    return buffer;
  SmallVector<Value> sizes;
  for (int64_t d = 0; d < type.getRank(); ++d)
    if (type.isDynamicDim(d))
      sizes.push_back(memref::DimOp::create(builder, loc, buffer, d));
  auto identity = MemRefType::get(type.getShape(), type.getElementType());
  Value dense = memref::AllocOp::create(builder, loc, identity, sizes, builder.getI64IntegerAttr(64));
  memref::CopyOp::create(builder, loc, buffer, dense);
  return dense;
}

namespace {

/// A kernel op writes every element of `init` and reads none of them.
template <typename OpTy> struct KernelModel : DstBufferizableOpInterfaceExternalModel<KernelModel<OpTy>, OpTy> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand, const AnalysisState &) const {
    return !cast<DestinationStyleOpInterface>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto dps = cast<DestinationStyleOpInterface>(op);
    if (dps.hasPureBufferSemantics())
      return success();
    SmallVector<Value> operands;
    for (Value operand : op->getOperands()) {
      if (!isa<TensorType>(operand.getType())) {
        operands.push_back(operand);
        continue;
      }
      FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
      if (failed(buffer))
        return failure();
      bool isRow = isa<tt::SoftmaxRowsOp, tt::NormRowsOp>(op) && !dps.isDpsInit(&op->getOpOperand(operands.size()));
      rewriter.setInsertionPoint(op);
      operands.push_back(isRow ? makeRowsDense(rewriter, op->getLoc(), *buffer) : *buffer);
    }
    SmallVector<Value> results;
    for (OpOperand &init : dps.getDpsInitsMutable())
      results.push_back(operands[init.getOperandNumber()]);
    rewriter.setInsertionPoint(op);
    OperationState newState(op->getLoc(), op->getName(), operands, /*types=*/{}, op->getAttrs());
    newState.propertiesAttr = op->getPropertiesAsAttribute();
    for (Region &region : op->getRegions())
      newState.addRegion()->takeBody(region);
    rewriter.create(newState);
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }
};

/// An observed value is read where it is, in whatever layout.
struct ObserveModel : BufferizableOpInterface::ExternalModel<ObserveModel, tt::ObserveOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &, const AnalysisState &) const { return true; }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &, const AnalysisState &) const { return false; }
  AliasingValueList getAliasingValues(Operation *, OpOperand &, const AnalysisState &) const { return {}; }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter, const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto observe = cast<tt::ObserveOp>(op);
    FailureOr<Value> buffer = getBuffer(rewriter, observe.getValue(), options, state);
    if (failed(buffer))
      return failure();
    rewriter.replaceOpWithNewOp<tt::ObserveOp>(op, *buffer, observe.getName());
    return success();
  }
};

} // namespace

void tt::registerBufferizationModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, tt::TTDialect *) {
    GemmOp::attachInterface<KernelModel<GemmOp>>(*context);
    ConvDirectOp::attachInterface<KernelModel<ConvDirectOp>>(*context);
    ConvDepthwiseOp::attachInterface<KernelModel<ConvDepthwiseOp>>(*context);
    ConvWinogradOp::attachInterface<KernelModel<ConvWinogradOp>>(*context);
    PackOp::attachInterface<KernelModel<PackOp>>(*context);
    SoftmaxRowsOp::attachInterface<KernelModel<SoftmaxRowsOp>>(*context);
    NormRowsOp::attachInterface<KernelModel<NormRowsOp>>(*context);
    ObserveOp::attachInterface<ObserveModel>(*context);
  });
}
