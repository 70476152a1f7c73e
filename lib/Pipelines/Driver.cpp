//===- Driver.cpp - from a model file to an artefact ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Driver.h"

#include "tt/Codegen/ToLLVM/EmitObject.h"
#include "tt/Codegen/ToLLVM/Link.h"
#include "tt/Import/ONNX/Import.h"
#include "tt/Pipelines/Registration.h"
#include "tt/Pipelines/Stages.h"
#include "tt/Support/OutputFile.h"
#include "tt/Support/Target.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Support/raw_ostream.h"
#include <mutex>

using namespace mlir;
using llvm::Error;
using llvm::StringRef;
using tt::CompileStatus;
using tt::OutputKind;

namespace {

OutputKind getKind(const tt::CompileOptions &options) {
  if (options.kind != OutputKind::Automatic)
    return options.kind;
  StringRef extension = llvm::sys::path::extension(options.output);
  if (extension == ".so")
    return OutputKind::SharedLibrary;
  if (extension == ".o")
    return OutputKind::Object;
  if (extension == ".mlirbc")
    return OutputKind::Bytecode;
  if (extension == ".ll")
    return OutputKind::LLVMIR;
  if (extension == ".s")
    return OutputKind::Assembly;
  bool text = extension == ".mlir" || options.output == "-";
  return text ? OutputKind::MLIR : OutputKind::Executable;
}

/// Prints `error: where: text` for each diagnostic and counts errors.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(MLIRContext &context, llvm::raw_ostream &log)
      : log(log), handler(&context, [this](Diagnostic &d) { return print(d); }) {}
  int64_t numErrors() const { return errors; }

private:
  /// The ONNX name in `loc`, or file:line:column.
  static std::string getPlace(Location loc) {
    std::string place;
    loc->walk([&](Location part) {
      if (auto name = dyn_cast<NameLoc>(part))
        place = "'" + name.getName().str() + "'";
      else if (auto file = dyn_cast<FileLineColLoc>(part))
        place =
            file.getFilename().str() + ":" + std::to_string(file.getLine()) + ":" + std::to_string(file.getColumn());
      return place.empty() ? WalkResult::advance() : WalkResult::interrupt();
    });
    return place;
  }

  LogicalResult print(Diagnostic &diagnostic) {
    StringRef severity = "note";
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      severity = "error", ++errors;
    else if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
      severity = "warning";
    std::string text = diagnostic.str(), place = getPlace(diagnostic.getLocation());
    log << severity << ": " << place << (place.empty() ? "" : ": ") << text << "\n";
    for (Diagnostic &note : diagnostic.getNotes())
      (void)print(note);
    return success();
  }

  llvm::raw_ostream &log;
  int64_t errors = 0;
  ScopedDiagnosticHandler handler;
};

Error printModule(ModuleOp module, StringRef path, bool elided) {
  auto print = [&](llvm::raw_ostream &os) {
    OpPrintingFlags flags;
    if (elided)
      flags.elideLargeElementsAttrs().elideLargeResourceString();
    module.print(os, flags);
    os << "\n";
    return Error::success();
  };
  if (path == "-")
    return print(llvm::outs());
  return tt::writeFileAtomically(path, [&](llvm::raw_fd_ostream &os) { return print(os); });
}

Error writeBytecode(ModuleOp module, StringRef path) {
  return tt::writeFileAtomically(path, [&](llvm::raw_fd_ostream &os) -> Error {
    if (failed(writeBytecodeToFile(module, os)))
      return llvm::createStringError(llvm::inconvertibleErrorCode(), "bytecode cannot express the module");
    return Error::success();
  });
}

Error dumpStage(ModuleOp module, StringRef folder, size_t number, StringRef stage) {
  if (std::error_code ec = llvm::sys::fs::create_directories(folder))
    return llvm::createStringError(ec, "cannot create '" + folder + "': " + ec.message());
  std::string stem = (folder + "/" + (number < 10 ? "0" : "") + std::to_string(number) + "-" + stage).str();
  if (Error error = printModule(module, stem + ".mlir", /*elided=*/true))
    return error;
  return writeBytecode(module, stem + ".mlirbc");
}

Error writeOutput(ModuleOp module, OutputKind kind, StringRef path, StringRef sysroot) {
  if (kind == OutputKind::MLIR)
    return printModule(module, path, /*elided=*/false);
  if (kind == OutputKind::Bytecode)
    return writeBytecode(module, path);
  llvm::Expected<tt::Target> target = tt::getTarget(module);
  if (!target)
    return target.takeError();
  if (kind == OutputKind::LLVMIR || kind == OutputKind::Assembly) {
    tt::CodeKind code = kind == OutputKind::LLVMIR ? tt::CodeKind::LLVMIR : tt::CodeKind::Assembly;
    return tt::writeFileAtomically(path,
                                   [&](llvm::raw_fd_ostream &os) { return tt::emitCode(module, *target, code, os); });
  }
  tt::ArtefactKind artefact = kind == OutputKind::SharedLibrary ? tt::ArtefactKind::SharedLibrary
                              : kind == OutputKind::Object      ? tt::ArtefactKind::Object
                                                                : tt::ArtefactKind::Executable;
  return tt::linkArtefact(module, *target, artefact, path, sysroot);
}

OwningOpRef<ModuleOp> readModel(const tt::CompileOptions &options, MLIRContext &context) {
  StringRef extension = llvm::sys::path::extension(options.input);
  if (extension == ".mlir" || extension == ".mlirbc") {
    // Bytecode wants its buffer aligned as its resources are; a page is enough for all.
    auto file = llvm::MemoryBuffer::getFile(options.input, /*IsText=*/false, /*RequiresNullTerminator=*/true,
                                            /*IsVolatile=*/false, llvm::Align(4096));
    if (!file) {
      emitError(UnknownLoc::get(&context)) << "cannot open '" << options.input << "': " << file.getError().message();
      return nullptr;
    }
    llvm::SourceMgr sources;
    sources.AddNewSourceBuffer(std::move(*file), llvm::SMLoc());
    return parseSourceFile<ModuleOp>(sources, &context);
  }
  tt::ImportOptions import;
  for (const auto &[name, size] : options.dims)
    import.dimensions[name] = size;
  return tt::importONNX(options.input, context, import);
}

} // namespace

int tt::getExitStatus(CompileStatus status) {
  return status == CompileStatus::Success ? 0 : status == CompileStatus::InternalError ? 2 : 1;
}

CompileStatus tt::compileModel(const CompileOptions &options, llvm::raw_ostream &log) {
  auto report = [&](Error error) {
    log << "error: " << llvm::toString(std::move(error)) << "\n";
    return CompileStatus::UserError;
  };
  auto userError = [&](const llvm::Twine &message) {
    return report(llvm::createStringError(llvm::inconvertibleErrorCode(), message));
  };
  OutputKind kind = getKind(options);
  const Stage *last = findStage(options.until.empty() ? "llvm" : options.until);
  if (!last) {
    std::string names;
    for (const Stage &stage : getStages())
      names += (names.empty() ? "" : ", ") + stage.name.str();
    return userError("unknown stage '" + options.until + "'; the stages are " + names);
  }
  if (kind != OutputKind::MLIR && kind != OutputKind::Bytecode && last->name != "llvm")
    return userError("the stage '" + last->name + "' can only be written as .mlir or .mlirbc, but the output is '" +
                     options.output + "'");
  if (llvm::Expected<tt::Target> target = parseTarget(options.triple, options.cpu); !target)
    return report(target.takeError());

  static std::once_flag registered;
  std::call_once(registered, registerPasses);
  DialectRegistry registry;
  registerDialects(registry);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(options.threads));
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  if (options.threads != 1)
    context.setThreadPool(pool);
  context.printOpOnDiagnostic(false);
  DiagnosticPrinter diagnostics(context, log);
  OwningOpRef<ModuleOp> module = readModel(options, context);
  if (!module) {
    if (!diagnostics.numErrors())
      userError("cannot read '" + options.input + "' as a model");
    return CompileStatus::Refused;
  }
  if (!(*module)->hasAttr("tt.model_name"))
    (*module)->setAttr("tt.model_name", StringAttr::get(&context, llvm::sys::path::stem(options.input)));

  size_t number = 0;
  for (const Stage &stage : getStages()) {
    PassManager manager(&context);
    manager.enableVerifier(options.verifyEach);
    addStage(manager, stage, options.cpu, options.triple);
    if (failed(manager.run(*module))) {
      if (diagnostics.numErrors())
        return CompileStatus::UserError;
      log << "internal error: stage '" << stage.name << "' failed without saying why\n";
      return CompileStatus::InternalError;
    }
    if (!options.dumpStages.empty())
      if (Error error = dumpStage(*module, options.dumpStages, number, stage.name))
        return report(std::move(error));
    ++number;
    if (&stage == last)
      break;
  }
  if (Error error = writeOutput(*module, kind, options.output, options.sysroot))
    return report(std::move(error));
  return CompileStatus::Success;
}
