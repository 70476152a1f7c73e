//===- LowerQuantCasts.cpp - tt-lower-quant-casts -----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Quantization/Passes.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"

namespace tt {
#define GEN_PASS_DEF_LOWERQUANTCASTSPASS
#include "tt/Quantization/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

bool isQuantized(Type type) { return isa<quant::QuantizedType>(getElementTypeOrSelf(type)); }

/// The scales, zero points and storage of a uniform type, per tensor or along `axis`.
struct Parameters {
  SmallVector<double> scales;
  SmallVector<int64_t> zeros;
  int64_t axis = -1;
  quant::QuantizedType type;

  IntegerType getStorage() const {
    return IntegerType::get(type.getContext(), type.getStorageTypeIntegralWidth(),
                            type.isSigned() ? IntegerType::Signless : IntegerType::Unsigned);
  }
  bool usesWholeStorage() const {
    unsigned width = type.getStorageTypeIntegralWidth();
    return type.getStorageTypeMin() == quant::QuantizedType::getDefaultMinimumForInteger(type.isSigned(), width) &&
           type.getStorageTypeMax() == quant::QuantizedType::getDefaultMaximumForInteger(type.isSigned(), width);
  }
};

/// The parameters of the element type of `type`; fails at `op` where graph ops cannot express it.
FailureOr<Parameters> getParameters(Operation *op, Type type) {
  Parameters p;
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(getElementTypeOrSelf(type))) {
    p.scales = {uniform.getScale()};
    p.zeros = {uniform.getZeroPoint()};
    p.type = uniform;
  } else if (auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(getElementTypeOrSelf(type))) {
    p.scales.assign(perAxis.getScales().begin(), perAxis.getScales().end());
    p.zeros.assign(perAxis.getZeroPoints().begin(), perAxis.getZeroPoints().end());
    p.axis = perAxis.getQuantizedDimension();
    p.type = perAxis;
  } else {
    return op->emitOpError("needs a !quant.uniform type with one scale or one per position of a dimension, but found ")
           << type;
  }
  unsigned width = p.type.getStorageTypeIntegralWidth();
  if ((width != 8 && width != 16) || !p.type.getExpressedType().isF32() || !isa<RankedTensorType>(type))
    return op->emitOpError("needs a ranked tensor of 8 or 16 bits that stand for f32, but found ") << type;
  return p;
}

struct LowerQuantCastsPass : tt::impl::LowerQuantCastsPassBase<LowerQuantCastsPass> {
  using LowerQuantCastsPassBase::LowerQuantCastsPassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (func.isExternal())
      return;
    SmallVector<Operation *> casts;
    WalkResult walked = func.walk([&](Operation *op) -> WalkResult {
      if (isa<quant::QuantizeCastOp, quant::DequantizeCastOp, quant::StorageCastOp>(op)) {
        casts.push_back(op);
        return WalkResult::advance();
      }
      if (llvm::any_of(op->getOperandTypes(), isQuantized) || llvm::any_of(op->getResultTypes(), isQuantized))
        return op->emitOpError("has operands or results of a quantized type; only casts may have them here");
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return signalPassFailure();
    if (casts.empty())
      return markAllAnalysesPreserved();
    for (Operation *op : casts)
      if (failed(lower(op)))
        return signalPassFailure();
    for (Operation *op : llvm::reverse(casts))
      op->erase();
  }

private:
  LogicalResult lower(Operation *op) {
    OpBuilder b(op);
    Value input = op->getOperand(0), result = op->getResult(0);
    FailureOr<Parameters> p = getParameters(op, isQuantized(result.getType()) ? result.getType() : input.getType());
    if (failed(p))
      return failure();
    if (isa<quant::QuantizeCastOp>(op)) {
      if (!p->usesWholeStorage())
        return op->emitOpError("needs the whole range of the storage type, but found ") << p->type;
      auto [scale, zero] = makeParameters(b, op->getLoc(), *p, cast<RankedTensorType>(input.getType()).getRank());
      storage[result] =
          tt::QuantizeOp::create(b, op->getLoc(), withElements(input.getType(), p->getStorage()), input, scale, zero);
      return success();
    }
    if (isa<quant::DequantizeCastOp>(op)) {
      auto [scale, zero] = makeParameters(b, op->getLoc(), *p, cast<RankedTensorType>(input.getType()).getRank());
      result.replaceAllUsesWith(
          tt::DequantizeOp::create(b, op->getLoc(), result.getType(), storage.lookup(input), scale, zero));
      return success();
    }
    // Integers of the quant dialect are signless, those of the graph have their sign.
    bool isUnsigned = !p->type.isSigned();
    if (!isQuantized(input.getType())) {
      storage[result] = isUnsigned ? retype(b, input, p->getStorage()) : input;
      return success();
    }
    Value integers = storage.lookup(input);
    result.replaceAllUsesWith(isUnsigned ? retype(b, integers, cast<IntegerType>(getElementTypeOrSelf(result)))
                                         : integers);
    return success();
  }

  static Type withElements(Type type, Type element) { return cast<RankedTensorType>(type).clone(element); }

  /// `value` with elements of `type`, which have as many bits.
  static Value retype(OpBuilder &b, Value value, IntegerType type) {
    if (auto inner = value.getDefiningOp<tt::BitcastOp>(); inner && getElementTypeOrSelf(inner.getInput()) == type)
      return inner.getInput();
    ElementsAttr attr = tt::getConstantAttr(value);
    if (!attr)
      return tt::BitcastOp::create(b, value.getLoc(), withElements(value.getType(), type), value, type);
    std::vector<char> bytes;
    ArrayRef<char> from = tt::getConstantBytes(attr, bytes);
    return tt::createConstant(
        b, value.getLoc(), cast<RankedTensorType>(withElements(value.getType(), type)),
        [&](MutableArrayRef<char> to) { memcpy(to.data(), from.data(), std::min(to.size(), from.size())); });
  }

  /// Scale and zero point as constants that broadcast to a tensor of `rank`.
  static std::pair<Value, Value> makeParameters(OpBuilder &b, Location loc, const Parameters &p, int64_t rank) {
    SmallVector<int64_t> shape;
    if (p.axis >= 0) {
      shape.assign(rank - p.axis, 1);
      shape[0] = p.scales.size();
    }
    Value scale =
        tt::createConstant(b, loc, RankedTensorType::get(shape, b.getF32Type()), [&](MutableArrayRef<char> bytes) {
          for (auto [i, s] : llvm::enumerate(p.scales)) {
            float value = s;
            memcpy(bytes.data() + 4 * i, &value, 4);
          }
        });
    Value zero =
        tt::createConstant(b, loc, RankedTensorType::get(shape, p.getStorage()), [&](MutableArrayRef<char> bytes) {
          size_t width = p.getStorage().getWidth() / 8;
          for (auto [i, z] : llvm::enumerate(p.zeros)) // little-endian
            memcpy(bytes.data() + width * i, &z, width);
        });
    return {scale, zero};
  }

  llvm::DenseMap<Value, Value> storage; ///< of values of quantized types: their integers
};

} // namespace
