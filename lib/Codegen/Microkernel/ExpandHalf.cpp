//===- ExpandHalf.cpp - conversions of 16-bit floats by integers ----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// Where the target has no instruction, LLVM calls the compiler's run-time library, which artefacts do not have. All
// conversions round to the nearest, ties to even, and keep denormals, infinities and NaN.
//
//===----------------------------------------------------------------------===//

#include "WidenHalf.h"

#include "tt/Codegen/Microkernel/Passes.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/TargetParser/Triple.h"

namespace tt {
#define GEN_PASS_DEF_EXPANDHALFPASS
#include "tt/Codegen/Microkernel/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// Bit patterns on scalars or vectors of the shape of one value.
class Bits {
public:
  Bits(OpBuilder &builder, Location loc, Type like) : b(loc, builder), like(like) {}

  Type of(Type element) const {
    auto shaped = dyn_cast<ShapedType>(like);
    return shaped ? static_cast<Type>(shaped.clone(element)) : element;
  }
  Type i16() { return of(b.getI16Type()); }
  Type i32() { return of(b.getI32Type()); }
  Type f32() { return of(b.getF32Type()); }

  Value constant(uint32_t bits) {
    auto attr = b.getI32IntegerAttr(static_cast<int32_t>(bits));
    if (auto shaped = dyn_cast<ShapedType>(i32()))
      return arith::ConstantOp::create(b, DenseElementsAttr::get(shaped, attr.getValue()));
    return arith::ConstantOp::create(b, attr);
  }
  template <typename OpTy> Value make(Value x, uint32_t bits) { return OpTy::create(b, x, constant(bits)); }
  Value cast(Value x, Type type) { return arith::BitcastOp::create(b, type, x); }
  Value less(Value x, uint32_t bits) { return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, x, constant(bits)); }
  Value select(Value c, Value x, Value y) { return arith::SelectOp::create(b, c, x, y); }

  ImplicitLocOpBuilder b;

private:
  Type like;
};

/// f16 (1 sign, 5 exponent, 10 fraction bits, bias 15) to f32 (1, 8, 23, bias 127).
Value extendF16(Bits &bits, Value half) {
  ImplicitLocOpBuilder &b = bits.b;
  Value wide = arith::ExtUIOp::create(b, bits.i32(), bits.cast(half, bits.i16()));
  Value sign = bits.make<arith::ShLIOp>(bits.make<arith::AndIOp>(wide, 0x8000), 16);
  Value magnitude = bits.make<arith::AndIOp>(wide, 0x7fff);
  Value shifted = bits.make<arith::ShLIOp>(magnitude, 13);
  Value normal = bits.make<arith::AddIOp>(shifted, (127 - 15) << 23);
  Value special = bits.make<arith::OrIOp>(shifted, 0x7f800000);
  // A denormal is its fraction times 2^-24, exactly.
  Value number = arith::UIToFPOp::create(b, bits.f32(), magnitude);
  Value scale = bits.cast(bits.constant((127 - 24) << 23), bits.f32());
  Value denormal = bits.cast(arith::MulFOp::create(b, number, scale), bits.i32());
  Value result =
      bits.select(bits.less(magnitude, 0x0400), denormal, bits.select(bits.less(magnitude, 0x7c00), normal, special));
  return bits.cast(arith::OrIOp::create(b, result, sign), bits.f32());
}

Value truncateF16(Bits &bits, Value wide, Type type) {
  ImplicitLocOpBuilder &b = bits.b;
  Value all = bits.cast(wide, bits.i32());
  Value sign = bits.make<arith::AndIOp>(bits.make<arith::ShRUIOp>(all, 16), 0x8000);
  Value magnitude = bits.make<arith::AndIOp>(all, 0x7fffffff);
  // Half of the last kept bit minus one, plus that bit, makes ties go to the even neighbour; a carry may reach
  // infinity.
  Value odd = bits.make<arith::AndIOp>(bits.make<arith::ShRUIOp>(magnitude, 13), 1);
  Value rebased = bits.make<arith::AddIOp>(magnitude, uint32_t((15 - 127) * (1 << 23)) + 0xfff);
  Value normal = bits.make<arith::ShRUIOp>(arith::AddIOp::create(b, rebased, odd), 13);
  // 0.5 has the last bit of its fraction at 2^-24, where f16 has its last: the sum rounds there.
  Value half = bits.constant(0x3f000000);
  Value sum = arith::AddFOp::create(b, bits.cast(magnitude, bits.f32()), bits.cast(half, bits.f32()));
  Value denormal = arith::SubIOp::create(b, bits.cast(sum, bits.i32()), half);
  Value special = bits.select(bits.less(magnitude, 0x7f800001), bits.constant(0x7c00), bits.constant(0x7e00));
  Value result = bits.select(bits.less(magnitude, (127 - 14) << 23), denormal,
                             bits.select(bits.less(magnitude, (127 + 16) << 23), normal, special));
  result = arith::OrIOp::create(b, result, sign);
  return bits.cast(arith::TruncIOp::create(b, bits.i16(), result), type);
}

/// bf16 is the upper half of an f32.
Value truncateBF16(Bits &bits, Value wide, Type type) {
  ImplicitLocOpBuilder &b = bits.b;
  Value all = bits.cast(wide, bits.i32());
  Value odd = bits.make<arith::AndIOp>(bits.make<arith::ShRUIOp>(all, 16), 1);
  Value rounded = arith::AddIOp::create(b, bits.make<arith::AddIOp>(all, 0x7fff), odd);
  Value isNumber = bits.less(bits.make<arith::AndIOp>(all, 0x7fffffff), 0x7f800001);
  Value quiet = bits.make<arith::OrIOp>(all, 0x00400000);
  Value upper = bits.make<arith::ShRUIOp>(bits.select(isNumber, rounded, quiet), 16);
  return bits.cast(arith::TruncIOp::create(b, bits.i16(), upper), type);
}

/// f64 to f32, rounded to odd: rounded to 16 bits afterwards it gives what rounding once gives, because f32 keeps more
/// than two bits more than either type does (S. Boldo, G. Melquiond, "When double rounding is odd", 2005).
Value truncateToOdd(Bits &bits, Value wide) {
  ImplicitLocOpBuilder &b = bits.b;
  Value nearest = arith::TruncFOp::create(b, bits.f32(), wide);
  Value back = arith::ExtFOp::create(b, wide.getType(), nearest);
  Value pattern = bits.cast(nearest, bits.i32());
  auto magnitude = [&](Value x) { return math::AbsFOp::create(b, x); };
  Value away = arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, magnitude(back), magnitude(wide));
  Value toZero = bits.select(away, bits.make<arith::SubIOp>(pattern, 1), pattern);
  Value inexact = arith::CmpFOp::create(b, arith::CmpFPredicate::ONE, back, wide); // false for NaN
  return bits.cast(bits.select(inexact, bits.make<arith::OrIOp>(toZero, 1), toZero), bits.f32());
}

struct ExpandHalfPass : tt::impl::ExpandHalfPassBase<ExpandHalfPass> {
  using ExpandHalfPassBase::ExpandHalfPassBase;

  void runOnOperation() override {
    SmallVector<Operation *> floats, integers, extremes;
    getOperation()->walk([&](Operation *op) {
      // Sums and products are made in f32 from the beginning; what chooses among elements is not.
      if (isa<arith::MaximumFOp, arith::MinimumFOp, arith::MaxNumFOp, arith::MinNumFOp, arith::CmpFOp>(op) &&
          isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(op->getOperand(0))))
        extremes.push_back(op);
      if (isa<arith::ExtFOp, arith::TruncFOp>(op) && isa<Float16Type, BFloat16Type>(getNarrow(op)) &&
          isa<Float32Type, Float64Type>(getWide(op)))
        floats.push_back(op);
      if (isa<arith::SIToFPOp, arith::UIToFPOp>(op) &&
          isa<Float16Type, BFloat16Type>(getElementTypeOrSelf(op->getResult(0))))
        integers.push_back(op);
      if (isa<arith::FPToSIOp, arith::FPToUIOp>(op) && getElementTypeOrSelf(op->getOperand(0)).isF16())
        integers.push_back(op);
    });
    if (floats.empty() && integers.empty() && extremes.empty())
      return;
    auto module = getOperation()->getParentOfType<ModuleOp>();
    auto attr = module ? module->getAttrOfType<tt::TargetAttr>("tt.target") : tt::TargetAttr();
    if (!attr) {
      getOperation().emitError() << "needs a module with a tt.target; run tt-set-target first";
      return signalPassFailure();
    }
    Conversions has(tt::Target{attr.getTriple().str(), attr.getCpu().str(), attr.getFeatures().str(), attr.getLanes(),
                               attr.getRegisters()});
    IRRewriter rewriter(&getContext());
    for (Operation *op : integers)
      floats.push_back(goOverFloat(rewriter, op));
    for (Operation *op : extremes) {
      Type type = getElementTypeOrSelf(op->getOperand(0));
      if (type.isF16() ? has.f16 : has.f32ToBF16)
        continue;
      rewriter.setInsertionPoint(op);
      Operation *wide = tt::widenToF32(rewriter, op);
      for (Value operand : wide->getOperands())
        floats.push_back(operand.getDefiningOp());
      for (Operation *user : wide->getUsers())
        if (isa<arith::TruncFOp>(user))
          floats.push_back(user);
    }
    for (Operation *op : floats) {
      rewriter.setInsertionPoint(op);
      Bits bits(rewriter, op->getLoc(), op->getOperand(0).getType());
      if (Value value = isa<arith::ExtFOp>(op) ? extend(bits, op, has) : truncate(bits, op, has))
        rewriter.replaceOp(op, value);
    }
  }

private:
  /// What is an instruction of the target.
  struct Conversions {
    explicit Conversions(const tt::Target &target) {
      bool isX86 = llvm::Triple(target.triple).isX86();
      f16 = !isX86 || tt::hasFeature(target, "f16c") || tt::hasFeature(target, "avx512f");
      f64ToF16 = !isX86 || tt::hasFeature(target, "avx512fp16");
      f32ToBF16 = tt::hasFeature(target, isX86 ? "avx512bf16" : "bf16");
    }
    bool f16, f64ToF16, f32ToBF16;
  };

  /// Integers go to 16 bits over f64, which holds those of 32 bits, and from f16 over f32. Returns the conversion
  /// between floats.
  static Operation *goOverFloat(IRRewriter &rewriter, Operation *op) {
    rewriter.setInsertionPoint(op);
    Value from = op->getOperand(0);
    Type to = op->getResult(0).getType();
    Bits bits(rewriter, op->getLoc(), from.getType());
    if (isa<arith::FPToSIOp, arith::FPToUIOp>(op)) {
      auto wide = arith::ExtFOp::create(bits.b, bits.f32(), from);
      rewriter.modifyOpInPlace(op, [&] { op->setOperand(0, wide); });
      return wide;
    }
    Type f64 = bits.of(rewriter.getF64Type());
    Value wide = isa<arith::SIToFPOp>(op) ? Value(arith::SIToFPOp::create(bits.b, f64, from))
                                          : Value(arith::UIToFPOp::create(bits.b, f64, from));
    return rewriter.replaceOpWithNewOp<arith::TruncFOp>(op, to, wide);
  }

  /// Null where the conversion stays; so does a bf16's, which is a shift everywhere.
  static Value extend(Bits &bits, Operation *op, const Conversions &has) {
    if (has.f16 || getNarrow(op).isBF16())
      return {};
    Value wide = extendF16(bits, op->getOperand(0));
    return getWide(op).isF32() ? wide : arith::ExtFOp::create(bits.b, op->getResult(0).getType(), wide);
  }

  static Value truncate(Bits &bits, Operation *op, const Conversions &has) {
    bool isBF16 = getNarrow(op).isBF16(), isDouble = getWide(op).isF64(), fromF32 = isBF16 ? has.f32ToBF16 : has.f16;
    if (isDouble ? !isBF16 && has.f64ToF16 : fromF32)
      return {};
    Type to = op->getResult(0).getType();
    Value single = isDouble ? truncateToOdd(bits, op->getOperand(0)) : op->getOperand(0);
    if (fromF32)
      return arith::TruncFOp::create(bits.b, to, single);
    return isBF16 ? truncateBF16(bits, single, to) : truncateF16(bits, single, to);
  }

  static Type getNarrow(Operation *op) {
    return getElementTypeOrSelf(isa<arith::ExtFOp>(op) ? op->getOperand(0) : op->getResult(0));
  }
  static Type getWide(Operation *op) {
    return getElementTypeOrSelf(isa<arith::ExtFOp>(op) ? op->getResult(0) : op->getOperand(0));
  }
};

} // namespace
