//===- Schemas.cpp - what ONNX says about its operators -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Schemas.h"

#include "GraphBuilder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include "onnx/defs/schema.h"

using namespace llvm;

/// The lower-case name of an element type, as schemas spell it.
static std::string getTypeName(int type) {
  return StringRef(onnx::TensorProto_DataType_Name(static_cast<onnx::TensorProto_DataType>(type))).lower();
}

std::string tt::onnx_export::explainRefusal(StringRef name, ArrayRef<int> inputTypes) {
  try {
    const onnx::OpSchema *schema = onnx::OpSchemaRegistry::Schema(name.str(), kOpset, "");
    if (!schema)
      return (name + " is not in ONNX's opset " + Twine(kOpset)).str();
    const auto &inputs = schema->inputs();
    for (auto [index, type] : enumerate(inputTypes)) {
      if (type == 0)
        continue;
      bool isVariadic = !inputs.empty() && inputs.back().GetOption() == onnx::OpSchema::Variadic;
      if (index >= inputs.size() && !isVariadic)
        return (name + " has no input " + Twine(index) + " (opset " + Twine(kOpset) + ")").str();
      std::string text = "tensor(" + getTypeName(type) + ")";
      const auto &allowed = inputs[std::min<size_t>(index, inputs.size() - 1)].GetTypes();
      if (none_of(allowed, [&](onnx::DataType each) { return *each == text; }))
        return (name + " takes no " + getTypeName(type) + " as input " + Twine(index) + " (opset " + Twine(kOpset) +
                ")")
            .str();
    }
    return "";
  } catch (const std::exception &error) {
    return error.what();
  }
}
