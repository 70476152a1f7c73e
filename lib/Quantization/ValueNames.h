//===- ValueNames.h - the names of values in ranges files --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_QUANTIZATION_VALUENAMES_H
#define TT_LIB_QUANTIZATION_VALUENAMES_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <utility>
#include <vector>

namespace tt {

/// The f32 tensors of rank 1 or more that `func` has outside of regions, but for constants, in the order of their
/// definition, each with a name of its own: that of the input or of the ONNX node's output, else the kind of its op.
/// A name that is taken gets `#2`, `#3` ... behind it; entry points other than `main` put their own before it. The same
/// model gives the same names as long as the passes before are the same.
std::vector<std::pair<mlir::Value, std::string>> getNamedValues(mlir::func::FuncOp func);

} // namespace tt

#endif // TT_LIB_QUANTIZATION_VALUENAMES_H
