//===- OnnxTypes.cpp - ONNX's numbers of element types --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/OnnxTypes.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

int tt::getOnnxType(Type type) {
  // The values are those of onnx.proto, which has been stable since its first version.
  if (type.isF32())
    return 1;
  if (type.isF64())
    return 11;
  if (type.isF16())
    return 10;
  if (type.isBF16())
    return 16;
  if (type.isInteger(1))
    return 9;
  auto integer = dyn_cast<IntegerType>(type);
  bool isUnsigned = integer && integer.isUnsigned();
  switch (integer ? integer.getWidth() : 0) {
  case 8:
    return isUnsigned ? 2 : 3;
  case 16:
    return isUnsigned ? 4 : 5;
  case 32:
    return isUnsigned ? 12 : 6;
  case 64:
    return isUnsigned ? 13 : 7;
  default:
    return 0;
  }
}
