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

/// Whether a weights section of `bytes` is too large for the 32-bit distances of x86-64 code. Such a section is called
/// `.lrodata.tt.weights` and marked SHF_X86_64_LARGE, so that linkers place it where it comes between no two others,
/// and code takes its address with 64 bits. The limit is below 2 GB because several models may be linked into one
/// program.
inline bool areWeightsFar(uint64_t bytes) { return bytes >= (uint64_t(1) << 29); }

/// Writes a relocatable ELF object with the weights in a read-only, page-aligned section (`.tt.weights`, see also
/// areWeightsFar), its start being the hidden symbol `symbol` (also where there are no weights). The bytes go from the
/// constants to `os` one after another; nothing is gathered in memory. Fails where a constant has no data, and for
/// AArch64 where the section would exceed what its code can reach (4 GB).
llvm::Error writeWeightsObject(mlir::ModuleOp module, const Target &target, llvm::StringRef symbol,
                               llvm::raw_ostream &os);

} // namespace tt

#endif // TT_CODEGEN_TOLLVM_WEIGHTS_H
