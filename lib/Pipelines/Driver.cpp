//===- Driver.cpp - from a model file to an artefact ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Pipelines/Driver.h"

#include "tt/Analysis/MemoryPlan.h"
#include "tt/Codegen/ToLLVM/EmitHeader.h"
#include "tt/Codegen/ToLLVM/EmitObject.h"
#include "tt/Codegen/ToLLVM/Link.h"
#include "tt/Codegen/ToLLVM/Weights.h"
#include "tt/Dialect/IR/Places.h"
#include "tt/Export/ONNX/Export.h"
#include "tt/Graph/Passes.h"
#include "tt/Import/ONNX/Import.h"
#include "tt/Pipelines/Registration.h"
#include "tt/Pipelines/Stages.h"
#include "tt/Support/OutputFile.h"
#include "tt/Support/Target.h"

#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
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

/// The kinds of output by name, which is also their extension.
constexpr std::pair<StringRef, OutputKind> kKinds[] = {
    {"so", OutputKind::SharedLibrary}, {"a", OutputKind::Archive},  {"o", OutputKind::Object},
    {"exe", OutputKind::Executable},   {"mlir", OutputKind::MLIR},  {"mlirbc", OutputKind::Bytecode},
    {"ll", OutputKind::LLVMIR},        {"s", OutputKind::Assembly},
};

OutputKind findKind(StringRef name) {
  auto *found = llvm::find_if(kKinds, [&](const auto &kind) { return kind.first == name; });
  return found == std::end(kKinds) ? OutputKind::Automatic : found->second;
}

OutputKind getKind(const tt::CompileOptions &options) {
  if (options.kind != OutputKind::Automatic)
    return options.kind;
  StringRef extension = llvm::sys::path::extension(options.output);
  OutputKind kind = extension.consume_front(".") ? findKind(extension) : OutputKind::Automatic;
  if (kind != OutputKind::Automatic)
    return kind;
  return options.output == "-" ? OutputKind::MLIR : OutputKind::Executable;
}

bool isText(OutputKind kind) {
  return kind == OutputKind::MLIR || kind == OutputKind::LLVMIR || kind == OutputKind::Assembly;
}

bool isMLIR(OutputKind kind) { return kind == OutputKind::MLIR || kind == OutputKind::Bytecode; }

/// Where the C header goes; empty: there is none. `libx.a` has the header `x.h`.
std::string getHeaderPath(const tt::CompileOptions &options, OutputKind kind) {
  if (!options.header.empty() || (kind != OutputKind::Object && kind != OutputKind::Archive))
    return options.header;
  StringRef stem = llvm::sys::path::stem(options.output);
  if (kind == OutputKind::Archive)
    stem.consume_front("lib");
  llvm::SmallString<128> path = llvm::sys::path::parent_path(options.output);
  llvm::sys::path::append(path, stem + ".h");
  return path.str().str();
}

/// Whether a header that nobody asked for by name would replace a file that tt did not make.
bool isForeignHeader(StringRef path) {
  auto file = llvm::MemoryBuffer::getFile(path);
  return file && !(*file)->getBuffer().starts_with(tt::kHeaderStart);
}

/// Prints `error: where: text` for each diagnostic and counts errors.
class DiagnosticPrinter {
public:
  DiagnosticPrinter(MLIRContext &context, llvm::raw_ostream &log, bool remarks = false)
      : log(log), remarks(remarks), handler(&context, [this](Diagnostic &d) { return print(d); }) {}
  int64_t numErrors() const { return errors; }

private:
  LogicalResult print(Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == DiagnosticSeverity::Remark && !remarks)
      return success();
    StringRef severity = diagnostic.getSeverity() == DiagnosticSeverity::Remark ? "remark" : "note";
    if (diagnostic.getSeverity() == DiagnosticSeverity::Error)
      severity = "error", ++errors;
    else if (diagnostic.getSeverity() == DiagnosticSeverity::Warning)
      severity = "warning";
    std::string text = diagnostic.str(), place = tt::getPlace(diagnostic.getLocation());
    log << severity << ": " << place << (place.empty() ? "" : ": ") << text << "\n";
    for (Diagnostic &note : diagnostic.getNotes())
      (void)print(note);
    return success();
  }

  llvm::raw_ostream &log;
  bool remarks; ///< remarks are printed, else dropped
  int64_t errors = 0;
  ScopedDiagnosticHandler handler;
};

Error printModule(ModuleOp module, StringRef path, bool elided) {
  auto print = [&](llvm::raw_ostream &os) {
    OpPrintingFlags flags;
    if (elided)
      flags.elideLargeElementsAttrs().elideLargeResourceString(0); // with another limit each text is made first
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

Error writeCode(ModuleOp module, const tt::Target &target, tt::CodeKind kind, StringRef path) {
  if (path == "-") {
    // Code is written to streams that can seek back.
    llvm::SmallString<0> text;
    llvm::raw_svector_ostream os(text);
    if (Error error = tt::emitCode(module, target, kind, os))
      return error;
    llvm::outs() << text;
    return Error::success();
  }
  return tt::writeFileAtomically(path,
                                 [&](llvm::raw_fd_ostream &os) { return tt::emitCode(module, target, kind, os); });
}

/// Writes the plans of all entry points; `module` is at the stage bufferized.
Error writeMemoryPlan(ModuleOp module, StringRef path) {
  std::vector<tt::MemoryPlan> plans;
  bool failed = module
                    .walk([&](func::FuncOp func) {
                      if (!func->hasAttr("tt.entry"))
                        return WalkResult::advance();
                      FailureOr<tt::MemoryPlan> plan = tt::readMemoryPlan(func);
                      if (mlir::failed(plan))
                        return WalkResult::interrupt();
                      plans.push_back(std::move(*plan));
                      return WalkResult::advance();
                    })
                    .wasInterrupted();
  if (failed)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "no memory plan was written");
  int64_t weights = tt::getWeightsBytes(module);
  StringRef extension = llvm::sys::path::extension(path);
  auto print = [&](llvm::raw_ostream &os) {
    if (extension == ".svg") {
      tt::printMemoryPicture(plans, os);
    } else if (extension == ".json") {
      llvm::json::Array array;
      for (const tt::MemoryPlan &plan : plans)
        array.push_back(tt::getJson(plan, weights));
      os << llvm::formatv("{0:2}\n",
                          llvm::json::Value(llvm::json::Object{{"tt_memory_plan", 1}, {"plans", std::move(array)}}));
    } else {
      for (auto [number, plan] : llvm::enumerate(plans)) {
        os << (number ? "\n" : "");
        tt::printMemoryPlan(plan, weights, os);
      }
    }
    return Error::success();
  };
  return path == "-" ? print(llvm::outs()) : tt::writeFileAtomically(path, print);
}

tt::ArtefactKind getArtefactKind(OutputKind kind) {
  switch (kind) {
  case OutputKind::SharedLibrary:
    return tt::ArtefactKind::SharedLibrary;
  case OutputKind::Archive:
    return tt::ArtefactKind::Archive;
  case OutputKind::Object:
    return tt::ArtefactKind::Object;
  default:
    return tt::ArtefactKind::Executable;
  }
}

/// Writes the output, and the C header where `header` is not empty: both or none.
Error writeOutput(ModuleOp module, OutputKind kind, StringRef path, StringRef header, StringRef sysroot) {
  if (kind == OutputKind::MLIR)
    return printModule(module, path, /*elided=*/false);
  if (kind == OutputKind::Bytecode)
    return writeBytecode(module, path);
  llvm::Expected<tt::Target> target = tt::getTarget(module);
  if (!target)
    return target.takeError();
  if (isText(kind))
    return writeCode(module, *target, kind == OutputKind::LLVMIR ? tt::CodeKind::LLVMIR : tt::CodeKind::Assembly, path);
  if (header.empty())
    return tt::linkArtefact(module, *target, getArtefactKind(kind), path, sysroot);
  // The header is renamed last, so that a failure of the artefact leaves neither.
  return tt::writeFileAtomically(header, [&](llvm::raw_fd_ostream &os) -> Error {
    if (Error error = tt::writeHeader(module, os))
      return error;
    os.flush();
    if (os.has_error())
      return Error::success(); // writeFileAtomically tells it
    return tt::linkArtefact(module, *target, getArtefactKind(kind), path, sysroot);
  });
}

OwningOpRef<ModuleOp> readModel(const tt::CompileOptions &options, MLIRContext &context) {
  tt::ImportOptions import;
  for (const auto &[name, size] : options.dims)
    import.dimensions[name] = size;
  if (options.bytes)
    return tt::importONNX(llvm::MemoryBufferRef(*options.bytes, options.input), context, import);
  StringRef extension = llvm::sys::path::extension(options.input);
  if (extension == ".mlir" || extension == ".mlirbc") {
    if (!options.dims.empty()) {
      emitError(UnknownLoc::get(&context))
          << "symbolic dimensions can be fixed in .onnx files only, but the model is '" << options.input << "'";
      return nullptr;
    }
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
  OwningOpRef<ModuleOp> module = tt::importONNX(options.input, context, import);
  // Names in a file are the exporter's ("torch_jit") more often than the model's.
  if (module)
    (*module)->setAttr("tt.model_name", StringAttr::get(&context, llvm::sys::path::stem(options.input)));
  return module;
}

/// Stages find passes by their names.
void registerPassesOnce() {
  static std::once_flag registered;
  std::call_once(registered, tt::registerPasses);
}

} // namespace

Error tt::setEmit(CompileOptions &options, StringRef emit) {
  auto fail = [](const llvm::Twine &message) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
  };
  std::string names;
  for (const Stage &stage : getStages()) {
    names += stage.name.str() + ", ";
    if (stage.name != emit)
      continue;
    if (!options.until.empty() && options.until != emit)
      return fail("--emit=" + emit + " stops after that stage, but --until=" + options.until + " is given");
    options.until = emit.str();
    bool isBytecode = llvm::sys::path::extension(options.output) == ".mlirbc";
    options.kind = isBytecode ? OutputKind::Bytecode : OutputKind::MLIR;
    return Error::success();
  }
  for (const auto &[name, kind] : kKinds)
    names += (name == kKinds[0].first ? "" : ", ") + name.str();
  options.kind = findKind(emit);
  return options.kind == OutputKind::Automatic
             ? fail("unknown kind of output '" + emit + "'; --emit takes one of " + names)
             : Error::success();
}

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
  if (!isMLIR(kind) && last->name != "llvm")
    return userError("the stage '" + last->name + "' can only be written as .mlir or .mlirbc, but the output is '" +
                     options.output + "'");
  if (!options.memoryPlan.empty() && last < findStage("bufferized"))
    return userError("the memory plan is made in the stage bufferized, but --until=" + options.until + " is given");
  std::string header = getHeaderPath(options, kind);
  if (!header.empty() && (isMLIR(kind) || isText(kind)))
    return userError("a C header belongs to a library, object or executable, but the output is '" + options.output +
                     "'");
  if (options.header.empty() && !header.empty() && isForeignHeader(header))
    return userError("'" + header +
                     "' exists and was not made by tt; name another file for the C header with --header");
  if (!isText(kind) && options.output == "-")
    return userError("only text is written to the standard output; name a file with -o");
  if (!options.fastMath.empty() && options.fastMath != "bf16" && options.fastMath != "f16")
    return userError("fast math can be bf16 or f16, but found '" + options.fastMath + "'");
  if (auto targets = parseTargets(options.triple, options.cpu); !targets)
    return report(targets.takeError());

  registerPassesOnce();
  DialectRegistry registry;
  registerDialects(registry);
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(options.threads));
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  if (options.threads != 1)
    context.setThreadPool(pool);
  context.printOpOnDiagnostic(false);
  DiagnosticPrinter diagnostics(context, log, options.remarks);
  OwningOpRef<ModuleOp> module = readModel(options, context);
  if (!module) {
    if (!diagnostics.numErrors())
      userError("cannot read '" + options.input + "' as a model");
    return CompileStatus::Refused;
  }
  if (!options.name.empty() || !(*module)->hasAttr("tt.model_name")) {
    StringRef name = options.name.empty() ? llvm::sys::path::stem(options.input) : StringRef(options.name);
    (*module)->setAttr("tt.model_name", StringAttr::get(&context, name));
  }
  if (!options.winograd.empty())
    (*module)->setAttr("tt.winograd", StringAttr::get(&context, options.winograd));

  if (!options.fastMath.empty())
    (*module)->setAttr("tt.fast_math", StringAttr::get(&context, options.fastMath));

  // A stage that was written for several CPUs says so itself.
  bool hasLevels = options.cpu.empty() && options.triple.empty() && (*module)->hasAttr("tt.levels");
  StageSettings settings;
  settings.cpu = options.cpu;
  settings.triple = options.triple;
  settings.levels = hasLevels;
  settings.profile = options.profile;
  settings.observe = options.observe;
  settings.ranges = options.ranges;
  settings.rangeMethod = options.rangeMethod;
  settings.exclude = options.quantizeExclude;
  size_t number = 0;
  for (const Stage &stage : getStages()) {
    PassManager manager(&context);
    manager.enableVerifier(options.verifyEach);
    addStage(manager, stage, settings);
    if (failed(manager.run(*module))) {
      if (diagnostics.numErrors())
        return CompileStatus::UserError;
      log << "internal error: stage '" << stage.name << "' failed without saying why\n";
      return CompileStatus::InternalError;
    }
    bool skipped = isSkipped(stage, settings);
    if (!options.dumpStages.empty() && !skipped)
      if (Error error = dumpStage(*module, options.dumpStages, number, stage.name))
        return report(std::move(error));
    if (stage.name == "bufferized" && !options.memoryPlan.empty())
      if (Error error = writeMemoryPlan(*module, options.memoryPlan))
        return report(std::move(error));
    number += !skipped;
    if (&stage == last)
      break;
  }
  if (Error error = writeOutput(*module, kind, options.output, header, options.sysroot))
    return report(std::move(error));
  return CompileStatus::Success;
}

CompileStatus tt::exportModel(const CompileOptions &options, const std::string &externalData, llvm::raw_ostream &log) {
  DialectRegistry registry;
  registerDialects(registry);
  registerPassesOnce();
  MLIRContext context(registry, MLIRContext::Threading::DISABLED);
  context.printOpOnDiagnostic(false);
  DiagnosticPrinter diagnostics(context, log);
  OwningOpRef<ModuleOp> module = readModel(options, context);
  if (!module) {
    if (!diagnostics.numErrors())
      log << "error: cannot read '" << options.input << "' as a model\n";
    return CompileStatus::Refused;
  }
  PassManager manager(&context);
  if (!options.ranges.empty()) {
    StageSettings settings;
    settings.ranges = options.ranges;
    settings.rangeMethod = options.rangeMethod;
    settings.exclude = options.quantizeExclude;
    addExportOfQuantized(manager, settings);
  }
  // ONNX has attention as one operator from opset 23 on only.
  manager.addNestedPass<func::FuncOp>(createDecomposeAttentionPass());
  ExportOptions exportOptions;
  exportOptions.externalData = externalData;
  if (failed(manager.run(*module)) || failed(exportONNX(*module, options.output, exportOptions)))
    return diagnostics.numErrors() ? CompileStatus::UserError : CompileStatus::InternalError;
  return CompileStatus::Success;
}
