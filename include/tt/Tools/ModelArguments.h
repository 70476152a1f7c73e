//===- ModelArguments.h - a model and its inputs, as tools name them ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TOOLS_MODELARGUMENTS_H
#define TT_TOOLS_MODELARGUMENTS_H

#include "tt/Tools/CompileModel.h"
#include "tt/Tools/LoadedModel.h"

namespace tt {

/// Opens a compiled model, or compiles an .onnx, .mlir or .mlirbc file and opens the result, which leaves no file.
llvm::Expected<LoadedModel> openModel(llvm::StringRef path, CompileFunction compile);

/// Reads [name=]file arguments. `name=` counts only where `infos` has that name, for a path may contain an equals sign.
llvm::Expected<std::vector<Tensor>> readArguments(llvm::ArrayRef<std::string> arguments,
                                                  llvm::ArrayRef<tt_value_info> infos);

} // namespace tt

#endif // TT_TOOLS_MODELARGUMENTS_H
