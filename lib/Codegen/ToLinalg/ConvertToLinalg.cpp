//===- ConvertToLinalg.cpp - graph ops to linalg, tensor and kernel ops ---===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLinalg/Passes.h"

#include "Lowering.h"
#include "tt/Dialect/IR/OnnxTypes.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/TypeUtilities.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace tt {
#define GEN_PASS_DEF_CONVERTTOLINALGPASS
#include "tt/Codegen/ToLinalg/Passes.h.inc"
} // namespace tt

/// Graph ops are the ops of the dialect that infer their types.
static bool isGraphOp(Operation *op) {
  return isa_and_nonnull<tt::TTDialect>(op->getDialect()) && isa<InferTypeOpInterface>(op);
}

namespace {
struct ConvertToLinalgPass : tt::impl::ConvertToLinalgPassBase<ConvertToLinalgPass> {
  using ConvertToLinalgPassBase::ConvertToLinalgPassBase;

  LogicalResult initialize(MLIRContext *) override {
    addElementwiseHandlers(table);
    addShapeHandlers(table);
    addReshapeHandlers(table);
    addGenerateHandlers(table);
    addGatherHandlers(table);
    addScatterHandlers(table);
    addReductionHandlers(table);
    addControlHandlers(table);
    addScanHandlers(table);
    addNormalizationHandlers(table);
    addMatMulHandlers(table);
    addConvHandlers(table);
    addPoolHandlers(table);
    addResizeHandlers(table);
    return success();
  }

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    if (!llvm::hasSingleElement(func.getBody())) {
      func.emitOpError("needs a body of one block, but has ") << func.getBody().getBlocks().size();
      return signalPassFailure();
    }
    setDTypes(func);
    SmallVector<Operation *> original;
    for (Operation &op : func.getBody().front())
      original.push_back(&op);
    SmallVector<Operation *> graphOps;
    Lowering lowering(func, [&](Operation *op, Lowering &l) { return lowerNested(op, l); });
    makeArgumentsSignless(func, lowering);
    for (Operation *op : original) {
      lowering.builder.setInsertionPoint(op);
      lowering.loc = op->getLoc();
      if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
        makeConstantSignless(constant, lowering, graphOps);
      } else if (isGraphOp(op)) {
        if (failed(table.lower(op, lowering)) || failed(refine(*op, lowering)))
          return signalPassFailure();
        graphOps.push_back(op);
      } else {
        for (OpOperand &operand : op->getOpOperands())
          operand.set(getReturned(operand.get(), lowering, isa<func::ReturnOp>(op)));
      }
    }
    for (Operation *op : llvm::reverse(graphOps))
      op->erase();
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(func.getBody().front())))
      if (isOpTriviallyDead(&op))
        op.erase();
    finishSignature(func);
  }

private:
  /// Lowers an op of a region, which stays as it is until the op with the region is erased.
  LogicalResult lowerNested(Operation *op, Lowering &lowering) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      auto type = dyn_cast<RankedTensorType>(constant.getType());
      if (!type || getSignless(type) == Type(type)) {
        lowering.set(constant, lowering.builder.clone(*op)->getResult(0));
        return success();
      }
      SmallVector<Operation *> kept;
      makeConstantSignless(constant, lowering, kept);
      return success();
    }
    if (!isGraphOp(op))
      return op->emitOpError("is not supported inside of a region of a graph op");
    return success(succeeded(table.lower(op, lowering)) && succeeded(refine(*op, lowering)));
  }

  /// Attribute `tt.dtype` on arguments and results: the ONNX number of the element type before it becomes signless.
  void setDTypes(func::FuncOp func) {
    Builder builder(func.getContext());
    for (auto [i, type] : llvm::enumerate(func.getArgumentTypes()))
      if (isa<RankedTensorType>(type))
        func.setArgAttr(i, "tt.dtype", builder.getI64IntegerAttr(tt::getOnnxType(getElementTypeOrSelf(type))));
    for (auto [i, type] : llvm::enumerate(func.getResultTypes()))
      if (isa<RankedTensorType>(type))
        func.setResultAttr(i, "tt.dtype", builder.getI64IntegerAttr(tt::getOnnxType(getElementTypeOrSelf(type))));
  }

  /// Casts unsigned arguments until finishSignature() gives them their new type.
  void makeArgumentsSignless(func::FuncOp func, Lowering &lowering) {
    for (BlockArgument argument : func.getArguments()) {
      Type type = getSignless(argument.getType());
      if (type == argument.getType())
        continue;
      Value cast = UnrealizedConversionCastOp::create(lowering.builder, argument.getLoc(), type, argument).getResult(0);
      lowering.copyKnowledge(argument, cast);
      lowering.set(argument, cast);
    }
  }

  void finishSignature(func::FuncOp func) {
    for (BlockArgument argument : func.getArguments()) {
      Type type = getSignless(argument.getType());
      if (type == argument.getType())
        continue;
      argument.setType(type);
      for (Operation *user : llvm::make_early_inc_range(argument.getUsers())) {
        if (!isa<UnrealizedConversionCastOp>(user))
          continue;
        user->getResult(0).replaceAllUsesWith(argument);
        user->erase();
      }
    }
    SmallVector<Type> results;
    for (Type type : func.getResultTypes())
      results.push_back(getSignless(type));
    func.setType(FunctionType::get(func.getContext(), func.getBody().front().getArgumentTypes(), results));
  }

  void makeConstantSignless(arith::ConstantOp constant, Lowering &lowering, SmallVectorImpl<Operation *> &dead) {
    auto type = dyn_cast<RankedTensorType>(constant.getType());
    if (!type || getSignless(type) == Type(type))
      return;
    auto target = cast<RankedTensorType>(getSignless(type));
    TypedAttr attr;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(constant.getValue()))
      attr = DenseResourceElementsAttr::get(target, resource.getRawHandle());
    else
      attr = cast<DenseElementsAttr>(constant.getValue()).bitcast(target.getElementType());
    lowering.set(constant, arith::ConstantOp::create(lowering.builder, constant.getLoc(), attr));
    dead.push_back(constant);
  }

  /// Static sizes that the graph op's type knows and the lowered value does not are kept by a cast. A lowered value
  /// that contradicts the type is an error: shape inference and lowering disagree.
  LogicalResult refine(Operation &op, Lowering &lowering) {
    for (Value result : op.getResults()) {
      Value lowered = lowering.getLowered(result);
      if (!lowered)
        continue;
      if (failed(verifyCompatibleShape(lowered.getType(), result.getType())))
        return op.emitOpError("has the type ") << result.getType() << ", but was lowered to " << lowered.getType();
      auto declared = cast<RankedTensorType>(result.getType());
      Sizes wanted = lowering.getSizes(lowered);
      for (auto [dim, size] : llvm::enumerate(wanted))
        if (!declared.isDynamicDim(dim))
          size = lowering.index(declared.getDimSize(dim));
      lowering.set(result, lowering.makeStatic(lowered, wanted));
    }
    return success();
  }

  /// The lowered value of an operand of an op that is no graph op; a returned value gets the declared type again.
  Value getReturned(Value graphValue, Lowering &lowering, bool isReturned) {
    if (!isa<RankedTensorType>(graphValue.getType()))
      return graphValue;
    Value lowered = lowering.get(graphValue);
    Type wanted = getSignless(graphValue.getType());
    if (!isReturned || lowered.getType() == wanted)
      return lowered;
    return tensor::CastOp::create(lowering.builder, lowering.loc, wanted, lowered);
  }

  HandlerTable table;
};
} // namespace
