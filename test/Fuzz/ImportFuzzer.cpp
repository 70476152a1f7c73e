//===- ImportFuzzer.cpp - libFuzzer on the importer -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Each input is a file that the importer reads as a model: the entry point that tt-compile and the Python package use
// for bytes, with the checks before it, the rules for external data and the verifier behind it. What is imported goes
// through shape inference and constant folding. A refusal without an error text is a bug like a crash. docs/testing.md
// says how to run it.
//===----------------------------------------------------------------------===//

#include "Mutate.h"

#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Graph/Passes.h"
#include "tt/Import/ONNX/Import.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Pass/PassManager.h"

#include <cstdio>
#include <cstdlib>

using namespace mlir;

static void fail(const char *what) {
  fprintf(stderr, "tt-fuzz-import: %s\n", what);
  abort();
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0)
    return 0;
  MLIRContext context(MLIRContext::Threading::DISABLED);
  context.loadDialect<arith::ArithDialect, func::FuncDialect, tt::TTDialect>();
  int64_t numErrors = 0;
  ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
    bool isError = diagnostic.getSeverity() == DiagnosticSeverity::Error;
    if (isError && diagnostic.str().empty())
      fail("an error has no text");
    numErrors += isError;
    return success();
  });
  llvm::MemoryBufferRef bytes(StringRef(reinterpret_cast<const char *>(data), size), "model.onnx");
  OwningOpRef<ModuleOp> module = tt::importONNX(bytes, context);
  if (!module) {
    if (numErrors == 0)
      fail("the importer refuses a model without saying why");
    return 0;
  }
  if (numErrors != 0)
    fail("the importer reports an error and returns a module");
  if (failed(verify(*module)))
    fail("the imported module is not valid");
  // Passes may refuse what they find (sizes that contradict each other), but they have to say so.
  PassManager manager(&context);
  manager.addNestedPass<func::FuncOp>(tt::createInferShapesPass());
  manager.addNestedPass<func::FuncOp>(tt::createFoldConstantsPass());
  if (failed(manager.run(*module)) && numErrors == 0)
    fail("a pass fails without saying why");
  return 0;
}

extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t maxSize);

/// Every second mutation is one of bytes, the others change the meaning of a well-formed model.
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t maxSize, unsigned seed) {
  if (seed % 2 == 0)
    if (size_t changed = tt::fuzz::changeMeaning(data, size, maxSize, seed / 2))
      return changed;
  return LLVMFuzzerMutate(data, size, maxSize);
}
