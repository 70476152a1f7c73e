//===- BufferizationModels.h - how the ops of tt bufferize ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_CODEGEN_MEMORY_BUFFERIZATIONMODELS_H
#define TT_CODEGEN_MEMORY_BUFFERIZATIONMODELS_H

namespace mlir {
class DialectRegistry;
}

namespace tt {

/// Attaches BufferizableOpInterface to the kernel ops of the tt dialect: each writes its `init` in place and reads only
/// the other operands.
void registerBufferizationModels(mlir::DialectRegistry &registry);

} // namespace tt

#endif // TT_CODEGEN_MEMORY_BUFFERIZATIONMODELS_H
