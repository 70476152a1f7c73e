//===- Handlers.h - one function per exported op --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_EXPORT_ONNX_OPERATORS_HANDLERS_H
#define TT_EXPORT_ONNX_OPERATORS_HANDLERS_H

#include "../OpExporter.h"

#include "tt/Dialect/IR/TTOps.h"

namespace tt::onnx_export {

#define TT_EXPORT(OP, OPERATORS) mlir::LogicalResult exportOp(OP op, OpExporter &e);
#include "Operators.def"

/// The permutation that moves dimension `from` to the place `to`, the others staying in order.
llvm::SmallVector<int64_t> getMove(int64_t rank, int64_t from, int64_t to);

} // namespace tt::onnx_export

#endif // TT_EXPORT_ONNX_OPERATORS_HANDLERS_H
