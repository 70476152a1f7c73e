//===- tt-translate.cpp - ONNX to tt and back --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Export/ONNX/Export.h"
#include "tt/Import/ONNX/Import.h"
#include "tt/Pipelines/Driver.h"
#include "tt/Support/OutputFile.h"

#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;

/// Prints an error of the tool's user; the exit status for it.
static int fail(const Twine &text) {
  errs() << "tt-translate: error: " << text << "\n";
  return 1;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::OptionCategory category("tt-translate options");
  cl::opt<std::string> input(cl::Positional, cl::desc("<model.onnx, .mlir or .mlirbc>"), cl::cat(category));
  cl::opt<bool> importONNX("import-onnx", cl::desc("Read an ONNX model and print it in the tt dialect"),
                           cl::cat(category));
  cl::opt<bool> exportONNX("export-onnx",
                           cl::desc("Write the graph of a model (stage imported or optimized) as ONNX of opset 17"),
                           cl::cat(category));
  cl::opt<std::string> externalData("external-data",
                                    cl::desc("With --export-onnx: put constants of 1 KB and more into this file of the "
                                             "model's folder (default: only above 1.8 GB, into FILE.data)"),
                                    cl::value_desc("file"), cl::cat(category));
  cl::opt<std::string> ranges("ranges",
                              cl::desc("With --export-onnx: quantize by this file of tt-calibrate, and write\n"
                                       "QuantizeLinear and DequantizeLinear (docs/quantization.md)"),
                              cl::value_desc("file"), cl::cat(category));
  cl::opt<std::string> method("quantize-method", cl::desc("As in tt-compile"), cl::value_desc("name"),
                              cl::cat(category));
  cl::list<std::string> exclude("quantize-exclude", cl::desc("As in tt-compile"), cl::value_desc("pattern"),
                                cl::CommaSeparated, cl::cat(category));
  cl::opt<bool> printExported("print-exported-ops",
                              cl::desc("Print the table of ops and the ONNX operators they become as Markdown"),
                              cl::cat(category));
  cl::opt<bool> printOperators("print-onnx-operators", cl::desc("Print the table of ONNX operators as Markdown"),
                               cl::cat(category));
  cl::opt<std::string> output("o", cl::desc("Where to write the result (default: standard output)"),
                              cl::value_desc("file"), cl::init("-"), cl::cat(category));
  cl::list<std::string> dimensions("dim", cl::desc("Fix a symbolic dimension of the inputs"),
                                   cl::value_desc("name=size"), cl::cat(category));
  cl::opt<unsigned> elide("elide-larger-than",
                          cl::desc("Do not print constants with more elements (default: 64; -1 prints all)"),
                          cl::init(64), cl::cat(category));
  cl::opt<bool> checkOnly("check-only", cl::desc("Import and print nothing: only the exit status and the errors count"),
                          cl::cat(category));
  cl::opt<bool> generic("print-generic", cl::desc("Print the generic form of all ops"), cl::cat(category));
  cl::opt<bool> locations("print-locations", cl::desc("Print the ONNX names of nodes and values"), cl::cat(category));
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv, "Translates models between ONNX and the tt dialect\n");

  if (printOperators) {
    tt::printOnnxOperators(outs());
    return 0;
  }
  if (printExported) {
    tt::printExportedOps(outs());
    return 0;
  }
  if (importONNX == exportONNX || input.empty())
    return fail("needs --import-onnx or --export-onnx and a model, or --print-onnx-operators or --print-exported-ops");
  if (!externalData.empty() && !exportONNX)
    return fail("--external-data is an option of --export-onnx");
  if (!exportONNX && !ranges.empty())
    return fail("--ranges is an option of --export-onnx");
  if (ranges.empty() && (!method.empty() || !exclude.empty()))
    return fail("--quantize-method and --quantize-exclude need --ranges");
  tt::ImportOptions options;
  for (StringRef dimension : dimensions) {
    auto [name, size] = dimension.split('=');
    if (int64_t value; name.empty() || size.getAsInteger(10, value) || value < 0)
      return fail("--dim needs name=size, but is '" + dimension + "'");
    else
      options.dimensions[name] = value;
  }
  if (exportONNX) {
    tt::CompileOptions files;
    files.input = input;
    files.output = output;
    files.ranges = ranges;
    files.rangeMethod = method;
    files.quantizeExclude.assign(exclude.begin(), exclude.end());
    for (const auto &dimension : options.dimensions)
      files.dims.push_back({dimension.first().str(), dimension.second});
    return tt::getExitStatus(tt::exportModel(files, externalData));
  }

  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  mlir::ScopedDiagnosticHandler handler(&context, [](mlir::Diagnostic &diagnostic) {
    StringRef kind = diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error ? "error" : "warning";
    errs() << "tt-translate: " << kind << ": " << diagnostic << "\n";
    return mlir::success();
  });
  mlir::OwningOpRef<mlir::ModuleOp> module = tt::importONNX(input, context, options);
  if (!module)
    return 1;
  if (checkOnly)
    return 0;
  mlir::OpPrintingFlags flags;
  if (elide != unsigned(-1))
    // The text of a resource, 130 characters or more, is made before it is compared with any limit but 0.
    flags.elideLargeElementsAttrs(elide).elideLargeResourceString(elide < 130 ? 0 : elide);
  if (generic)
    flags.printGenericOpForm();
  if (locations)
    flags.enableDebugInfo(true, false);
  auto print = [&](raw_ostream &os) {
    module->print(os, flags);
    os << "\n";
    return Error::success();
  };
  if (output == "-")
    return print(outs()) ? 2 : 0;
  if (Error error = tt::writeFileAtomically(output, print))
    return fail(toString(std::move(error)));
  return 0;
}
