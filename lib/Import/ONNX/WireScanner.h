//===- WireScanner.h - where the weights lie in an .onnx file --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// protobuf copies every `raw_data` into anonymous memory. So the file is first walked in its wire format, and the data
// of large tensors is cut out of what protobuf gets to see.
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_WIRESCANNER_H
#define TT_IMPORT_ONNX_WIRESCANNER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace tt::onnx_import {

/// Tensors with fewer bytes of data than this stay in the message.
constexpr size_t minScannedBytes = 512;

/// Returns the bytes of a ModelProto equal to `file` but without the data of large tensors (initializers, and tensors
/// in attributes of nodes, also in functions and nested graphs): their `raw_data`, `float_data` (packed) or
/// `double_data` (packed) is replaced by `segment { begin, end }`, the half-open range of bytes of `file` where the
/// data lies. ONNX reserves `segment` for split tensors that no version ever had; a file which uses it is refused here.
///
/// An error says at which byte `file` stops being a protobuf message.
llvm::Expected<std::string> cutTensorData(llvm::StringRef file);

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_WIRESCANNER_H
