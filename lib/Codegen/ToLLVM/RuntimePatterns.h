//===- RuntimePatterns.h - runtime ops to calls ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLLVM_RUNTIMEPATTERNS_H
#define TT_LIB_CODEGEN_TOLLVM_RUNTIMEPATTERNS_H

namespace mlir {
class LLVMTypeConverter;
class RewritePatternSet;
} // namespace mlir

namespace tt {

/// Conversions of tt's runtime ops (all but `tt.parallel_for`) to the LLVM dialect.
void populateRuntimeToLLVMPatterns(const mlir::LLVMTypeConverter &converter, mlir::RewritePatternSet &patterns);

} // namespace tt

#endif // TT_LIB_CODEGEN_TOLLVM_RUNTIMEPATTERNS_H
