//===- Functions.h - operators that ONNX defines by others -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The border to libonnx's operator schemas, which report errors by exceptions: none leaves these functions.
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_FUNCTIONS_H
#define TT_IMPORT_ONNX_FUNCTIONS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

#include "onnx/onnx_pb.h"

#include <optional>
#include <vector>

namespace tt::onnx_import {

/// Whether ONNX defines the operator of `node` in `opset` by a function body. Where the body does not depend on the
/// types of the inputs, it is written to `body` as well.
bool hasFunctionBody(const onnx::NodeProto &node, int opset, std::optional<onnx::FunctionProto> &body);

/// The body for this node and these types of its inputs (a TypeProto without value for a missing input), and in `node`
/// the defaults of all attributes that are left out, so that references to them can be resolved. No value where there
/// is no body; an error where ONNX cannot build it.
llvm::Expected<std::optional<onnx::FunctionProto>> getFunctionBody(onnx::NodeProto &node, int opset,
                                                                   const std::vector<onnx::TypeProto> &inputTypes);

/// Copies the nodes of `body` with the references to attributes of the function replaced by the attributes of the
/// calling `node`. A reference to an attribute that `node` does not have disappears.
std::vector<onnx::NodeProto> instantiate(const onnx::FunctionProto &body, const onnx::NodeProto &node);

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_FUNCTIONS_H
