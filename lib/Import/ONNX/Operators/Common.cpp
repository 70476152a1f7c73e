//===- Common.cpp - what the operator families share -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

void tt::onnx_import::requireOneOf(NodeAttributes &node, StringRef attribute, StringRef defaultValue,
                                   ArrayRef<StringLiteral> supported) {
  std::string value = node.getString(attribute, defaultValue);
  if (is_contained(supported, StringRef(value)))
    return;
  std::string text;
  for (auto [index, name] : enumerate(supported))
    text += (index == 0 ? "" : index + 1 == supported.size() ? " or " : ", ") + name.str();
  (void)node.fail(attribute + " '" + value + "' is not supported; use " + text);
}

void tt::onnx_import::requireInt(NodeAttributes &node, StringRef attribute, int64_t defaultValue, int64_t needed) {
  int64_t value = node.getInt(attribute, defaultValue);
  if (value != needed)
    (void)node.fail(attribute + " " + Twine(value) + " is not supported; use " + Twine(needed));
}

Moments tt::onnx_import::getMoments(NodeImporter &node, Value x, ArrayRef<int64_t> axes) {
  Moments moments;
  Type type = node.elementType(x);
  Type wide = type.isF64() ? type : node.getBuilder().getF32Type();
  x = node.cast(x, wide);
  moments.mean = node.reduce(ReduceKind::Mean, x, axes, /*keepDims=*/true);
  moments.centered = node.sub(x, moments.mean);
  moments.variance =
      node.reduce(ReduceKind::Mean, node.mul(moments.centered, moments.centered), axes, /*keepDims=*/true);
  return moments;
}
