//===- Passes.h - the passes of Analysis ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_ANALYSIS_PASSES_H
#define TT_ANALYSIS_PASSES_H

#include "mlir/Pass/Pass.h"

namespace tt {

#define GEN_PASS_DECL
#include "tt/Analysis/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "tt/Analysis/Passes.h.inc"

} // namespace tt

#endif // TT_ANALYSIS_PASSES_H
