//===- Driver.h - from a model file to an artefact ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_PIPELINES_DRIVER_H
#define TT_PIPELINES_DRIVER_H

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tt {

enum class OutputKind {
  Automatic, ///< by the output's extension: .so, .a, .o, .mlir, .mlirbc, .ll, .s; anything else is an executable
  SharedLibrary,
  Archive,
  Object,
  Executable,
  MLIR,
  Bytecode,
  LLVMIR,
  Assembly
};

struct CompileOptions {
  std::string input; ///< .onnx, .mlir or .mlirbc
  /// The ONNX model itself; `input` is then only its name in texts.
  std::optional<llvm::StringRef> bytes;
  std::string output; ///< "-" for text on stdout
  std::string header; ///< where to write the C header; empty: beside an object or archive, none for other kinds
  std::string name;   ///< name of the model in the artefact and its header; empty: the input's file name
  OutputKind kind = OutputKind::Automatic;
  std::string cpu, triple; ///< see tt/Support/Target.h
  std::string sysroot;     ///< see tt/Codegen/ToLLVM/Link.h
  std::string winograd;    ///< off, f2 or f4, see tt-choose-winograd; empty: what the model says, else f2
  bool remarks = false;    ///< print what passes chose
  std::string until;       ///< last stage to run; empty: all that the output needs
  std::string
      dumpStages; ///< folder for the module after each stage: NN-NAME.mlirbc and, resources elided, NN-NAME.mlir
  std::vector<std::pair<std::string, int64_t>> dims; ///< values for symbolic dimensions, by name
  std::string memoryPlan;  ///< file for the memory plan: .svg, .json, else text; "-" for text on stdout; empty: none
  std::string fastMath;    ///< bf16 or f16: what f32 products are rounded to (tt-lower-precision); empty: nothing
  unsigned threads = 0;    ///< threads of the compiler; 0: one per CPU. The result does not depend on it
  std::string profile;     ///< granularity of tt-instrument-profile; empty: code without probes
  bool observe = false;    ///< show values to the host's observer, see tt_session_observe
  std::string ranges;      ///< ranges file for static quantization (docs/quantization.md); empty: none
  std::string rangeMethod; ///< see tt-import-ranges; empty: its default
  std::vector<std::string> quantizeExclude; ///< see tt-quantize
  bool verifyEach = false;                  ///< verify the IR after every pass
};

enum class CompileStatus {
  Success,
  UserError,    ///< a problem of the model, the options or the system
  Refused,      ///< a UserError that the importer found: what it does not support, or a damaged model
  InternalError ///< a fault of tt
};

/// Sets `kind` and `until` of `options` from a value of --emit: a stage, or the extension of a kind of output without
/// the dot; `exe` for an executable. Fails on another value, and where `until` is set to another stage.
llvm::Error setEmit(CompileOptions &options, llvm::StringRef emit);

/// 0, 1 for both kinds of user errors, 2.
int getExitStatus(CompileStatus status);

/// Compiles `options.input` to `options.output`. Problems are printed to `log`, each on a line that starts with
/// `error:`, `warning:` or `note:` and names the node. On failure no output file is left and an old one stays.
CompileStatus compileModel(const CompileOptions &options, llvm::raw_ostream &log = llvm::errs());

/// Writes the graph of `options.input` as an ONNX model to `options.output`, see tt/Export/ONNX/Export.h, of which
/// `externalData` is an option. The input is at the stage imported or optimized; `input`, `output` and `dims` count,
/// and for an imported model `ranges`, `rangeMethod` and `quantizeExclude`: with ranges it is written with quantize and
/// dequantize operators around what becomes integers.
CompileStatus exportModel(const CompileOptions &options, const std::string &externalData,
                          llvm::raw_ostream &log = llvm::errs());

} // namespace tt

#endif // TT_PIPELINES_DRIVER_H
