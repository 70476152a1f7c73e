//===- EmitContractions.cpp - kernel ops to loops of vectors --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ContractionEmitters.h"
#include "Epilogue.h"
#include "TileBuilder.h"

#include "tt/Codegen/Microkernel/Passes.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tt {
#define GEN_PASS_DEF_EMITCONTRACTIONSPASS
#include "tt/Codegen/Microkernel/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

LogicalResult tt::checkContraction(EpilogueOpInterface op, std::optional<LoweringConfigAttr> config,
                                   const EmitterContext &context) {
  for (Value operand : op->getOperands())
    if (!isa<MemRefType>(operand.getType()))
      return op->emitOpError() << "needs buffers, but has an operand of type " << operand.getType()
                               << "; run tt-bufferize first";
  if (!config)
    return op->emitOpError() << "needs a config; run tt-choose-config first";
  int64_t lanes = config->getLanes();
  if (lanes > kPanelColumns || kPanelColumns % lanes != 0)
    return op->emitOpError() << "needs a number of lanes that divides " << kPanelColumns << ", but its config has "
                             << lanes;
  Type left = getElementTypeOrSelf(op->getOperand(0)), accumulator = op.getEpilogue().getArgument(0).getType();
  for (Value operand : op->getOperands().take_front(2))
    if (Type element = getElementTypeOrSelf(operand);
        !isa<FloatType>(element) && !element.isInteger(16) && !element.isInteger(8))
      return op->emitOpError() << "needs float, i16 or i8 elements, but has an operand of type " << operand.getType();
  bool isInteger = isa<IntegerType>(left);
  if (isInteger ? !accumulator.isInteger(32) : !accumulator.isF32() && !accumulator.isF64())
    return op->emitOpError() << "needs an " << (isInteger ? "i32" : "f32 or f64") << " accumulator, but found "
                             << accumulator;
  auto weights = cast<MemRefType>(op->getOperand(1).getType());
  if (weights.getRank() == 5) {
    bool isBF16 = weights.getElementType().isBF16(), isFloat = !isInteger;
    if (isFloat && (lanes != kPanelColumns || !(isBF16 ? context.dotBF16 : context.fmaF16)))
      return op->emitOpError() << "needs a target with " << (isBF16 ? "avx512bf16" : "avx512fp16")
                               << " and 16 lanes for pairs of " << weights.getElementType();
    bool isDynamic = !left.isInteger(8) && ShapedType::isDynamic(weights.getDimSize(2));
    if (isDynamic || (isFloat && !accumulator.isF32()))
      return op->emitOpError() << "needs panels of pairs of static size and an accumulator of 32 bits, but found "
                               << weights << " and " << accumulator;
  } else if (left.isInteger(8) && !isa<ConvDepthwiseOp>(op)) {
    return op->emitOpError() << "needs panels of runs of four bytes, but found " << weights;
  }
  return TileEpilogue::check(op);
}

namespace {

struct EmitContractionsPass : tt::impl::EmitContractionsPassBase<EmitContractionsPass> {
  using EmitContractionsPassBase::EmitContractionsPassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    SmallVector<Operation *> kernels;
    func.walk([&](Operation *op) {
      if (isa<GemmOp, ConvDirectOp, ConvDepthwiseOp, ConvWinogradOp, PackOp>(op))
        kernels.push_back(op);
    });
    if (kernels.empty())
      return;
    auto module = func->getParentOfType<ModuleOp>();
    auto target = module ? module->getAttrOfType<TargetAttr>("tt.target") : TargetAttr();
    if (!target) {
      func.emitError() << "needs a module with a tt.target; run tt-set-target first";
      return signalPassFailure();
    }
    EmitterContext context;
    context.lanes = target.getLanes();
    // x86 without AVX has no fused multiply-add: an fma there would be a call per lane.
    bool isX86 = target.getTriple().starts_with("x86");
    context.instruction = !isX86                  ? MultiplyAdd::ByElement
                          : target.getLanes() > 4 ? MultiplyAdd::Fused
                                                  : MultiplyAdd::Separate;
    tt::Target features{target.getTriple().str(), target.getCpu().str(), target.getFeatures().str(), target.getLanes(),
                        target.getRegisters()};
    bool hasRuns = llvm::any_of(kernels, [](Operation *op) {
      auto weights = dyn_cast<MemRefType>(op->getOperand(1).getType());
      return isa<EpilogueOpInterface>(op) && weights &&
             (weights.getRank() == 5 || isa<IntegerType>(weights.getElementType()));
    });
    if (hasRuns && isX86) {
      context.dotBF16 = tt::hasFeature(features, "avx512bf16");
      context.fmaF16 = tt::hasFeature(features, "avx512fp16");
      bool hasVnni = tt::hasFeature(features, target.getLanes() == 16 ? "avx512vnni" : "avxvnni");
      context.pairs = hasVnni ? PairProduct::DotPairs : PairProduct::AddPairs;
      context.quads = hasVnni ? QuadProduct::Mixed : QuadProduct::Pairs;
    } else if (hasRuns) {
      context.quads = tt::hasFeature(features, "i8mm")      ? QuadProduct::Mixed
                      : tt::hasFeature(features, "dotprod") ? QuadProduct::Signed
                                                            : QuadProduct::Pairs;
    }
    if (!func.getArguments().empty() && isa<LLVM::LLVMPointerType>(func.getArgument(0).getType()))
      context.run = func.getArgument(0);

    for (Operation *op : kernels) {
      OpBuilder builder(op);
      LogicalResult emitted = TypeSwitch<Operation *, LogicalResult>(op)
                                  .Case([&](GemmOp gemm) { return emitGemm(builder, gemm, context); })
                                  .Case([&](ConvDirectOp conv) { return emitConvDirect(builder, conv, context); })
                                  .Case([&](ConvDepthwiseOp conv) { return emitConvDepthwise(builder, conv, context); })
                                  .Case([&](ConvWinogradOp conv) { return emitConvWinograd(builder, conv, context); })
                                  .Case([&](PackOp pack) { return emitPack(builder, pack, context); })
                                  .Default([](Operation *) { return failure(); });
      if (failed(emitted))
        return signalPassFailure();
      op->erase();
    }
  }
};

} // namespace
