//===- Weights.h - the weights section of an artefact ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_TOLLVM_WEIGHTS_H
#define TT_CODEGEN_TOLLVM_WEIGHTS_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir {
class ModuleOp;
}

namespace tt {

struct Target;

/// Bytes of the weights section of `module`, whose table is the attribute `tt.weights`; 0 without weights.
int64_t getWeightsBytes(mlir::ModuleOp module);

/// Writes a relocatable ELF object with the weights in the read-only, page-aligned section `.tt.weights`, its start
/// being the hidden symbol `symbol` (also where there are no weights). The bytes go from the constants to
/// `os` one after another; nothing is gathered in memory. Fails where a constant has no data or the section would
/// exceed what the small code model can reach (2 GB).
llvm::Error writeWeightsObject(mlir::ModuleOp module, const Target &target, llvm::StringRef symbol,
                               llvm::raw_ostream &os);

} // namespace tt

#endif // TT_CODEGEN_TOLLVM_WEIGHTS_H
