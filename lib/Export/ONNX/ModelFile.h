//===- ModelFile.h - an ONNX model on disk --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_EXPORT_ONNX_MODELFILE_H
#define TT_EXPORT_ONNX_MODELFILE_H

#include "GraphBuilder.h"

#include "llvm/Support/Error.h"

namespace tt::onnx_export {

/// Writes the model of `graph` to the file `path` (`-`: standard output), and constants of 1 KB and more to the file
/// `externalData` beside it; see ExportOptions for an empty one. The graph's initializers get their data.
llvm::Error writeModel(GraphBuilder &graph, llvm::StringRef path, llvm::StringRef externalData);

} // namespace tt::onnx_export

#endif // TT_EXPORT_ONNX_MODELFILE_H
