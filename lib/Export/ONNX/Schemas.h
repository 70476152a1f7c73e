//===- Schemas.h - what ONNX says about its operators ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_EXPORT_ONNX_SCHEMAS_H
#define TT_EXPORT_ONNX_SCHEMAS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace tt::onnx_export {

/// Whether operator `name` of opset kOpset takes inputs of the given element types (TensorProto.DataType; 0 for an
/// input that is not there): empty where it does, else the reason, e.g. "BitShift takes no int32 as input 0 (opset
/// 17)".
std::string explainRefusal(llvm::StringRef name, llvm::ArrayRef<int> inputTypes);

} // namespace tt::onnx_export

#endif // TT_EXPORT_ONNX_SCHEMAS_H
