//===- ConstantFold.cpp - compute graph ops on constants ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/ConstantFold.h"

#include "ConstantElements.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/TypeUtilities.h"

#include <algorithm>
#include <limits>

using namespace mlir;
using namespace tt;
using namespace tt::fold;

SmallVector<int64_t> tt::fold::getStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

SmallVector<int64_t> tt::fold::getBroadcastStrides(ArrayRef<int64_t> shape, ArrayRef<int64_t> result) {
  SmallVector<int64_t> strides = getStrides(shape);
  for (auto [stride, size] : llvm::zip_equal(strides, shape))
    if (size == 1)
      stride = 0;
  strides.insert(strides.begin(), result.size() - shape.size(), 0);
  return strides;
}

void tt::fold::forEachPosition(ArrayRef<int64_t> shape, ArrayRef<SmallVector<int64_t>> strides,
                               function_ref<void(ArrayRef<int64_t>)> body) {
  if (llvm::is_contained(shape, 0))
    return;
  SmallVector<int64_t> position(shape.size()), offsets(strides.size());
  while (true) {
    body(offsets);
    size_t dim = shape.size();
    for (; dim > 0; --dim) {
      for (auto [offset, stride] : llvm::zip_equal(offsets, strides))
        offset += stride[dim - 1];
      if (++position[dim - 1] < shape[dim - 1])
        break;
      for (auto [offset, stride] : llvm::zip_equal(offsets, strides))
        offset -= stride[dim - 1] * shape[dim - 1];
      position[dim - 1] = 0;
    }
    if (dim == 0)
      return;
  }
}

/// Splats of more bytes are only read where the result is as large.
static constexpr int64_t kLargestSplat = 1 << 20;

ElementsAttr tt::evaluateConstant(Operation *op, ArrayRef<Attribute> operands, int64_t maxBytes) {
  if (op->getNumResults() != 1 || operands.empty())
    return {};
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  std::optional<int64_t> bytes = type ? getStaticBytes(type) : std::nullopt;
  if (!bytes || *bytes > maxBytes)
    return {};
  SmallVector<Operand> values;
  for (Attribute attr : operands) {
    auto elements = dyn_cast_if_present<ElementsAttr>(attr);
    if (!elements || !isa<RankedTensorType>(elements.getShapedType()))
      return {};
    // Bytes of a splat are made on demand.
    std::optional<int64_t> operandBytes = getStaticBytes(elements.getShapedType());
    if (!operandBytes || (elements.isSplat() && *operandBytes > std::max(maxBytes, kLargestSplat)))
      return {};
    Operand &value = values.emplace_back();
    value.attr = elements;
    value.type = cast<RankedTensorType>(elements.getShapedType());
  }
  // A reshape shares the bytes; every other op reads them.
  if (!isa<ReshapeOp>(op)) {
    for (Operand &value : values) {
      value.bytes = getConstantBytes(value.attr, value.storage);
      if (value.bytes.empty() && value.type.getNumElements() != 0)
        return {};
    }
  }
  if (op->hasTrait<ElementwiseTrait>())
    return evaluateElementwise(op, values);
  if (isa<ReduceOp, CumSumOp>(op))
    return evaluateReduction(op, values);
  return evaluateMovement(op, values);
}

ElementsAttr tt::fold::evaluateSmall(Operation *op, ArrayRef<Attribute> operands) {
  // Weights of 8 bits stay what they are until tt-fold-constants is asked to widen them.
  if (isa<DequantizeOp>(op) && getElementTypeOrSelf(op->getOperand(0)).isInteger(8))
    return {};
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  std::optional<int64_t> bytes = getStaticBytes(type);
  bool isSmall = bytes && *bytes <= 64 * getElementBytes(type.getElementType());
  for (Attribute attr : operands) {
    auto elements = dyn_cast_if_present<ElementsAttr>(attr);
    isSmall &= elements && elements.getNumElements() <= 4096;
  }
  return isSmall ? evaluateConstant(op, operands, std::numeric_limits<int64_t>::max()) : ElementsAttr();
}
