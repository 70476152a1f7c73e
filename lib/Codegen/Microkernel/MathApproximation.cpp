//===- MathApproximation.cpp - tt-approximate-math ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LoopsSupport.h"
#include "MathFunctions.h"
#include "WidenHalf.h"

#include "tt/Codegen/Microkernel/Passes.h"
#include "tt/Dialect/IR/TTDialect.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

namespace tt {
#define GEN_PASS_DEF_APPROXIMATEMATHPASS
#include "tt/Codegen/Microkernel/Passes.h.inc"
} // namespace tt

using namespace mlir;
using tt::MathFunctions;

/// Ops that become instructions, or sequences of them that LLVM knows, on vectors of every element type.
static bool isNative(Operation *op) {
  return isa<math::AbsFOp, math::AbsIOp, math::CeilOp, math::CopySignOp, math::CountLeadingZerosOp,
             math::CountTrailingZerosOp, math::CtPopOp, math::FloorOp, math::FmaOp, math::IsFiniteOp, math::IsInfOp,
             math::IsNaNOp, math::IsNormalOp, math::RoundOp, math::RoundEvenOp, math::SqrtOp, math::TruncOp>(op);
}

/// The approximation of an f32 op; null if there is none.
static Value approximate(OpBuilder &builder, Operation *op, bool hasFma) {
  if (op->getNumOperands() != 1 || op->getNumResults() != 1)
    return {};
  Value x = op->getOperand(0);
  MathFunctions functions(builder, op->getLoc(), x.getType(), hasFma);
  return llvm::TypeSwitch<Operation *, Value>(op)
      .Case([&](math::ExpOp) { return functions.exp(x); })
      .Case([&](math::Exp2Op) { return functions.exp2(x); })
      .Case([&](math::ExpM1Op) { return functions.expm1(x); })
      .Case([&](math::LogOp) { return functions.log(x); })
      .Case([&](math::Log2Op) { return functions.log2(x); })
      .Case([&](math::Log10Op) { return functions.log10(x); })
      .Case([&](math::Log1pOp) { return functions.log1p(x); })
      .Case([&](math::TanhOp) { return functions.tanh(x); })
      .Case([&](math::ErfOp) { return functions.erf(x); })
      .Case([&](math::SinOp) { return functions.sin(x); })
      .Case([&](math::CosOp) { return functions.cos(x); })
      .Case([&](math::RsqrtOp) { return functions.rsqrt(x); })
      .Default([](Operation *) { return Value(); });
}

/// Splits an op on vectors into one scalar op per element, for libm.
static void scalarize(RewriterBase &rewriter, Operation *op) {
  Location loc = op->getLoc();
  auto type = cast<VectorType>(op->getResult(0).getType());
  SmallVector<Value> elements;
  SmallVector<int64_t> strides = computeStrides(type.getShape());
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    SmallVector<int64_t> position = delinearize(i, strides);
    SmallVector<Value> operands;
    for (Value operand : op->getOperands())
      operands.push_back(isa<VectorType>(operand.getType())
                             ? vector::ExtractOp::create(rewriter, loc, operand, position).getResult()
                             : operand);
    elements.push_back(tt::cloneWith(rewriter, op, operands, type.getElementType())->getResult(0));
  }
  rewriter.replaceOp(op, vector::FromElementsOp::create(rewriter, loc, type, elements).getResult());
}

/// Whether `value` is a scalar or splat float constant that is no NaN.
static bool isNumber(Value value) {
  if (auto broadcast = value.getDefiningOp<vector::BroadcastOp>())
    value = broadcast.getSource();
  Attribute attr;
  if (!matchPattern(value, m_Constant(&attr)))
    return false;
  if (auto splat = dyn_cast<SplatElementsAttr>(attr))
    attr = splat.getSplatValue<Attribute>();
  auto number = dyn_cast<FloatAttr>(attr);
  return number && !number.getValue().isNaN();
}

/// max(x, c) and min(x, c) with a constant c as c > x ? c : x and c < x ? c : x: one instruction of x86, which has no
/// maximum that hands on a NaN of either operand. A NaN in x stays; of two zeros the result is x.
static void compareWithConstants(RewriterBase &rewriter, Operation *root) {
  SmallVector<Operation *> ops;
  root->walk([&](Operation *op) {
    if (isa<arith::MaximumFOp, arith::MinimumFOp>(op))
      ops.push_back(op);
  });
  for (Operation *op : ops) {
    Value x = op->getOperand(0), c = op->getOperand(1);
    if (isNumber(x))
      std::swap(x, c);
    if (!isNumber(c))
      continue;
    rewriter.setInsertionPoint(op);
    auto predicate = isa<arith::MaximumFOp>(op) ? arith::CmpFPredicate::OGT : arith::CmpFPredicate::OLT;
    Value isBeyond = arith::CmpFOp::create(rewriter, op->getLoc(), predicate, c, x);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, isBeyond, c, x);
  }
}

namespace {

struct ApproximateMathPass : tt::impl::ApproximateMathPassBase<ApproximateMathPass> {
  using ApproximateMathPassBase::ApproximateMathPassBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    auto module = getOperation()->getParentOfType<ModuleOp>();
    auto target = module ? module->getAttrOfType<tt::TargetAttr>("tt.target") : tt::TargetAttr();
    if (target && target.getTriple().starts_with("x86"))
      compareWithConstants(rewriter, getOperation());
    SmallVector<Operation *> ops;
    getOperation()->walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect()) && !isNative(op))
        ops.push_back(op);
    });
    if (ops.empty())
      return;
    FailureOr<tt::LoopTarget> loops = tt::getLoopTarget(ops.front());
    if (failed(loops))
      return signalPassFailure();
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      Type element = getElementTypeOrSelf(op->getOperand(0).getType());
      if (isa<Float16Type, BFloat16Type>(element)) {
        op = tt::widenToF32(rewriter, op);
        rewriter.setInsertionPoint(op);
        element = rewriter.getF32Type();
      }
      if (Value value = element.isF32() ? approximate(rewriter, op, loops->hasFma()) : Value())
        rewriter.replaceOp(op, value);
      else if (op->getNumResults() == 1 && isa<VectorType>(op->getResult(0).getType()))
        scalarize(rewriter, op);
    }
  }
};

} // namespace
