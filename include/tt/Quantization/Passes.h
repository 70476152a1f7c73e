//===- Passes.h - the passes of Quantization ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_QUANTIZATION_PASSES_H
#define TT_QUANTIZATION_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tt {

#define GEN_PASS_DECL
#include "tt/Quantization/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "tt/Quantization/Passes.h.inc"

} // namespace tt

#endif // TT_QUANTIZATION_PASSES_H
