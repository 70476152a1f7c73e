//===- Registration.h - everything the tools know --------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_PIPELINES_REGISTRATION_H
#define TT_PIPELINES_REGISTRATION_H

namespace mlir {
class DialectRegistry;
}

namespace tt {

/// Registers the tt dialect, the upstream dialects it is lowered through, and their external models and translations.
void registerDialects(mlir::DialectRegistry &registry);

/// Registers every pass of tt, the upstream passes and the named pipelines. Call once per process.
void registerPasses();

} // namespace tt

#endif // TT_PIPELINES_REGISTRATION_H
