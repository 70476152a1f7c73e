//===- QuantValues.cpp - quantized values and their integers --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "QuantValues.h"

#include "mlir/IR/TypeUtilities.h"

#include <algorithm>
#include <cmath>

using namespace mlir;
using namespace tt::graph;

int64_t QuantParameters::quantize(float x) const {
  float steps = std::nearbyint(x / static_cast<float>(scale()));
  if (std::isnan(steps))
    return zero();
  return zero() +
         static_cast<int64_t>(std::clamp(steps, static_cast<float>(low - zero()), static_cast<float>(high - zero())));
}

std::optional<QuantParameters> tt::graph::getQuantParameters(Type type) {
  auto element = dyn_cast<quant::QuantizedType>(getElementTypeOrSelf(type));
  if (!element || element.getStorageTypeIntegralWidth() != 8 || !element.getExpressedType().isF32())
    return std::nullopt;
  QuantParameters result;
  result.isSigned = element.isSigned();
  result.low = element.getStorageTypeMin();
  result.high = element.getStorageTypeMax();
  if (auto uniform = dyn_cast<quant::UniformQuantizedType>(element)) {
    result.scales = {uniform.getScale()};
    result.zeros = {uniform.getZeroPoint()};
    return result;
  }
  auto perAxis = dyn_cast<quant::UniformQuantizedPerAxisType>(element);
  if (!perAxis)
    return std::nullopt;
  result.scales.assign(perAxis.getScales().begin(), perAxis.getScales().end());
  result.zeros.assign(perAxis.getZeroPoints().begin(), perAxis.getZeroPoints().end());
  result.axis = perAxis.getQuantizedDimension();
  return result;
}

std::optional<QuantParameters> tt::graph::getTensorParameters(Type type) {
  std::optional<QuantParameters> parameters = getQuantParameters(type);
  return parameters && !parameters->axis ? parameters : std::nullopt;
}

RankedTensorType tt::graph::getQuantType(MLIRContext *context, ArrayRef<int64_t> shape,
                                         const QuantParameters &parameters) {
  Builder builder(context);
  unsigned flags = parameters.isSigned ? quant::QuantizationFlags::Signed : 0;
  // The failed check's text has no place to go: the caller leaves the op as it is.
  ScopedDiagnosticHandler quiet(context, [](Diagnostic &) { return success(); });
  auto emitError = [&] { return mlir::emitError(builder.getUnknownLoc()); };
  Type i8 = builder.getI8Type(), f32 = builder.getF32Type(), element;
  if (!parameters.axis)
    element = quant::UniformQuantizedType::getChecked(emitError, flags, i8, f32, parameters.scale(), parameters.zero(),
                                                      parameters.low, parameters.high);
  else
    element =
        quant::UniformQuantizedPerAxisType::getChecked(emitError, flags, i8, f32, parameters.scales, parameters.zeros,
                                                       *parameters.axis, parameters.low, parameters.high);
  return element ? RankedTensorType::get(shape, element) : RankedTensorType();
}

Value tt::graph::getQuantizedSource(Value value) {
  auto cast = value.getDefiningOp<quant::DequantizeCastOp>();
  return cast && getQuantParameters(cast.getInput().getType()) ? cast.getInput() : Value();
}

Value tt::graph::getIntegers(OpBuilder &builder, Location loc, Value quantized) {
  RankedTensorType type = getTensorType(quantized);
  Type i8 = builder.getI8Type();
  auto scast = quantized.getDefiningOp<quant::StorageCastOp>();
  Value bits = scast ? scast.getInput() : Value();
  bool isSigned = cast<quant::QuantizedType>(type.getElementType()).isSigned();
  if (!bits)
    bits = quant::StorageCastOp::create(builder, loc, type.clone(i8), quantized);
  if (isSigned)
    return bits;
  if (auto bitcast = bits.getDefiningOp<tt::BitcastOp>())
    if (getElementTypeOrSelf(bitcast.getInput()).isUnsignedInteger())
      return bitcast.getInput();
  Type ui8 = builder.getIntegerType(8, /*isSigned=*/false);
  return tt::BitcastOp::create(builder, loc, type.clone(ui8), bits, ui8);
}

Value tt::graph::getQuantized(OpBuilder &builder, Location loc, Value integers, Type type) {
  RankedTensorType have = getTensorType(integers);
  Type i8 = builder.getI8Type();
  if (have.getElementType() != i8)
    integers = tt::BitcastOp::create(builder, loc, have.clone(i8), integers, i8);
  return quant::StorageCastOp::create(builder, loc, have.clone(getElementTypeOrSelf(type)), integers);
}

Value tt::graph::getReal(OpBuilder &builder, Location loc, Value quantized) {
  return quant::DequantizeCastOp::create(builder, loc, getTensorType(quantized).clone(builder.getF32Type()), quantized);
}

IntegerType tt::graph::getIntegerType(MLIRContext *context, const QuantParameters &parameters) {
  return IntegerType::get(context, 8, parameters.isSigned ? IntegerType::Signless : IntegerType::Unsigned);
}

Value tt::graph::createZeroPoint(OpBuilder &builder, Location loc, IntegerType type, int64_t value) {
  return tt::createConstant(builder, loc, RankedTensorType::get({}, type),
                            [&](MutableArrayRef<char> to) { to[0] = static_cast<char>(value); });
}

Value tt::graph::createFactors(OpBuilder &builder, Location loc, ArrayRef<double> values, int64_t axis, int64_t rank) {
  SmallVector<int64_t> shape;
  if (values.size() != 1) {
    shape.assign(rank - axis, 1);
    shape[0] = values.size();
  }
  return createFloatConstant(builder, loc, RankedTensorType::get(shape, builder.getF32Type()),
                             [&](int64_t i) { return values[i]; });
}

Value tt::graph::createRounded(OpBuilder &builder, Location loc, Value steps, Type type) {
  QuantParameters parameters = *getTensorParameters(type);
  IntegerType integer = getIntegerType(builder.getContext(), parameters);
  Value one = createFactors(builder, loc, {1.0}, 0, 0);
  Value zero = createZeroPoint(builder, loc, integer, parameters.zero());
  Value q = tt::QuantizeOp::create(builder, loc, getTensorType(steps).clone(integer), steps, one, zero);
  // A type with bounds of its own holds less than the integers.
  int64_t low = parameters.isSigned ? -128 : 0, high = low + 255;
  if (parameters.low > low || parameters.high < high) {
    Value lowest = createZeroPoint(builder, loc, integer, parameters.low);
    Value highest = createZeroPoint(builder, loc, integer, parameters.high);
    q = tt::ClipOp::create(builder, loc, q.getType(), q, lowest, highest);
  }
  return getQuantized(builder, loc, q, type);
}

GreedyRewriteConfig tt::graph::getQuantRewriteConfig() {
  return GreedyRewriteConfig().enableFolding(false).enableConstantCSE(false);
}
