//===- Export.h - the tt dialect to ONNX models ---------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_EXPORT_ONNX_EXPORT_H
#define TT_EXPORT_ONNX_EXPORT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

#include <string>

namespace tt {

/// What a caller may ask of the exporter.
struct ExportOptions {
  /// Name of a file in the model's folder that gets the data of all constants of 1 KB and more; empty: the data is in
  /// the model where it is at most 1.8 GB, else in a file called like the model with `.data` behind it.
  std::string externalData;
};

/// Writes `module` (one public function of graph ops on tensors, `arith.constant` and `func.return`: the stages
/// `imported` and `optimized` of docs/ARCHITECTURE.md) as an ONNX model of opset 17 to the file `path`, or to standard
/// output where that is `-`. Files appear whole or not at all.
///
/// Inputs and outputs are called as `tt.name` says (`input_N`, `output_N` without it) and have the names of `tt.dims`
/// for their dynamic dimensions; nodes and values are called after the locations that the importer wrote. Names that
/// would be used twice get a number behind them.
///
/// Every op without a form in ONNX is emitted as an error at its location, not only the first.
mlir::LogicalResult exportONNX(mlir::ModuleOp module, llvm::StringRef path, const ExportOptions &options = {});

/// Writes the table of ops and the ONNX operators they become as Markdown, and those which are refused with the reason.
void printExportedOps(llvm::raw_ostream &os);

} // namespace tt

#endif // TT_EXPORT_ONNX_EXPORT_H
