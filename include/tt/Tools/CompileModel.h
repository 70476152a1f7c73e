//===- CompileModel.h - models compiled on the fly ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_COMPILEMODEL_H
#define TT_TOOLS_COMPILEMODEL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace tt {

struct CompileOptions;

/// What became of compiling a model: a refusal is the importer's, with the nodes it does not support; a failure is
/// anything later.
struct CompileResult {
  enum Status { Compiled, Refused, Failed } status = Compiled;
  /// One line.
  std::string reason;
};

/// Compiles `model` (a path) to `output`, a shared library or an executable.
using CompileFunction =
    llvm::function_ref<CompileResult(llvm::StringRef model, llvm::StringRef output, bool executable)>;

/// Compiles as `options` say. Prints nothing.
CompileResult compileQuietly(const CompileOptions &options);

/// Compiles `model`, an .onnx, .mlir or .mlirbc file, for `cpu` of the target `triple` (both as in tt::parseTarget) to
/// `output`, whole or not at all, with `profile` and `fastMath` as in CompileOptions. Prints nothing.
CompileResult compileToFile(llvm::StringRef model, llvm::StringRef output, bool executable, llvm::StringRef cpu,
                            llvm::StringRef triple = "", llvm::StringRef profile = "", llvm::StringRef fastMath = "");

} // namespace tt

#endif // TT_TOOLS_COMPILEMODEL_H
