//===- Import.h - ONNX models to the tt dialect ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_IMPORT_H
#define TT_IMPORT_ONNX_IMPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBufferRef.h"
#include "llvm/Support/raw_ostream.h"

namespace tt {

/// What a caller may ask of the importer.
struct ImportOptions {
  /// Sizes for symbolic dimensions: `batch` -> 1 makes every input dimension called `batch` static.
  llvm::StringMap<int64_t> dimensions;
};

/// Reads the ONNX model at `path` and returns a module with the public function `main`: graph ops of the tt dialect on
/// tensors, `arith.constant` and `func.return` only (stage `imported` of docs/ARCHITECTURE.md).
///
/// Arguments and results carry `tt.name` (the ONNX value name) and `tt.dims` (one name per dimension, empty where it
/// has none). Every op has the location `NameLoc(node name, NameLoc(first output name))`, every constant the name of
/// its value. Constants of 64 bytes and more are `dense_resource` attributes; those which are stored as raw
/// little-endian bytes
/// (`raw_data`, packed float_data, external files) point into the mapped file, which stays mapped as long as one of
/// them lives. Their declared alignment is the true one, which may be less than that of the element type.
///
/// Every problem is emitted as an error on `context` with an unknown location; the text names the file or the node. All
/// unsupported nodes are reported, not only the first. Returns null when there was an error.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::StringRef path, mlir::MLIRContext &context,
                                             const ImportOptions &options = {});

/// The same for a model in memory, which must outlive `context`; its identifier takes the place of the path in texts
/// and is where external files are looked for.
mlir::OwningOpRef<mlir::ModuleOp> importONNX(llvm::MemoryBufferRef bytes, mlir::MLIRContext &context,
                                             const ImportOptions &options = {});

/// ", read by" and the first node of the ONNX model at `path` that reads `value`, or that there is none, as errors name
/// it; empty when the model cannot be read.
std::string describeReader(llvm::StringRef path, llvm::StringRef value);

/// Writes the table of operators that have a handler as Markdown: one row per operator with its opsets, and the
/// operators which are refused with the reason.
void printOnnxOperators(llvm::raw_ostream &os);

} // namespace tt

#endif // TT_IMPORT_ONNX_IMPORT_H
