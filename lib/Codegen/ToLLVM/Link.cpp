//===- Link.cpp - objects to artefacts ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Link.h"

#include "RuntimeFunctions.h"
#include "StaticObjects.h"
#include "tt/Codegen/ToLLVM/EmitHeader.h"
#include "tt/Codegen/ToLLVM/EmitObject.h"
#include "tt/Codegen/ToLLVM/Weights.h"
#include "tt/Runtime/Embedded.h"
#include "tt/Support/OutputFile.h"
#include "tt/Support/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace {

Error fail(const Twine &message) { return createStringError(inconvertibleErrorCode(), message); }

/// Writes `path` through `write`; the error does not name the file.
Error writeFile(StringRef path, function_ref<Error(raw_fd_ostream &)> write) {
  std::error_code ec;
  raw_fd_ostream os(path, ec);
  if (ec)
    return fail(ec.message());
  Error error = write(os);
  os.close();
  if (os.has_error() && !error)
    error = fail(os.error().message());
  os.clear_error();
  return error;
}

Expected<std::string> findLinker() {
  if (StringRef configured = TT_LLD_PATH; !configured.empty() && sys::fs::can_execute(configured))
    return configured.str();
  for (StringRef name : {"ld.lld-22", "ld.lld"})
    if (ErrorOr<std::string> found = sys::findProgramByName(name))
      return *found;
  return fail("linking needs ld.lld, which was not found; on Debian: apt-get install lld-22");
}

/// Where the C library for a target is. `root` is what absolute paths in its linker scripts are relative to.
struct CLibrary {
  std::string folder, loader, root;
};

/// Finds the C library for `triple` in `sysroot`, or without one where Debian has it: the system's own, or that for
/// cross compilers.
Expected<CLibrary> findCLibrary(const Triple &triple, StringRef sysroot) {
  bool native = Triple(sys::getDefaultTargetTriple()).getArch() == triple.getArch();
  std::string name = triple.isAArch64() ? "aarch64-linux-gnu" : "x86_64-linux-gnu";
  CLibrary c{"", triple.isAArch64() ? "/lib/ld-linux-aarch64.so.1" : "/lib64/ld-linux-x86-64.so.2", ""};
  auto has = [&](const Twine &folder) {
    c.folder = folder.str();
    return sys::fs::exists(c.folder + "/crti.o");
  };
  if (sysroot.empty()) {
    if (has(native ? "/usr/lib/" + name : "/usr/" + name + "/lib"))
      return c;
    StringRef package = native ? "libc6-dev" : triple.isAArch64() ? "libc6-dev-arm64-cross" : "libc6-dev-amd64-cross";
    return fail("linking for " + triple.str() + " needs the C library in " + c.folder +
                ", which was not found; on Debian: apt-get install " + package + ", or give --sysroot");
  }
  if (has(sysroot + "/lib")) // as in /usr/aarch64-linux-gnu, whose linker scripts have full paths
    return c;
  c.root = sysroot;
  if (has(sysroot + "/usr/lib/" + name) || has(sysroot + "/usr/lib64") || has(sysroot + "/usr/lib"))
    return c;
  return fail("linking for " + triple.str() + " needs the C library in the sysroot '" + sysroot +
              "', but lib, usr/lib, usr/lib64 and usr/lib/" + name +
              " have no crti.o; on Debian it is in the package libc6-dev:" + (triple.isAArch64() ? "arm64" : "amd64"));
}

/// Arguments of ld.lld that make `output` of `objects`.
Expected<std::vector<std::string>> getLinkerArguments(tt::ArtefactKind kind, const Triple &triple,
                                                      ArrayRef<std::string> objects, StringRef output,
                                                      StringRef sysroot) {
  std::vector<std::string> args = {"ld.lld", "-o", output.str(), "--build-id=none", "--threads=1"};
  if (kind == tt::ArtefactKind::Object) {
    args.push_back("-r");
    args.insert(args.end(), objects.begin(), objects.end());
    return args;
  }
  Expected<CLibrary> found = findCLibrary(triple, sysroot);
  if (!found)
    return found.takeError();
  const CLibrary &c = *found;
  if (!c.root.empty())
    args.push_back("--sysroot=" + c.root);
  for (StringRef arg : {"--hash-style=gnu", "--eh-frame-hdr", "--gc-sections", "--as-needed", "--no-undefined", "-znow",
                        "-zrelro", "-znoexecstack"})
    args.push_back(arg.str());
  bool shared = kind == tt::ArtefactKind::SharedLibrary;
  if (shared) {
    args.insert(args.end(), {"-shared", "-Bsymbolic", c.folder + "/crti.o"});
  } else {
    args.insert(args.end(), {"-pie", "-dynamic-linker", c.loader, c.folder + "/Scrt1.o", c.folder + "/crti.o"});
  }
  args.insert(args.end(), objects.begin(), objects.end());
  args.insert(args.end(), {"-L" + c.folder, "-lm", "-lpthread", "-lc", c.folder + "/crtn.o"});
  return args;
}

Error runLinker(ArrayRef<std::string> args, StringRef folder) {
  Expected<std::string> linker = findLinker();
  if (!linker)
    return linker.takeError();
  std::string log = (folder + "/linker.log").str(), message;
  SmallVector<StringRef> views(args.begin(), args.end());
  std::optional<StringRef> redirects[] = {StringRef(), StringRef(log), StringRef(log)};
  int status = sys::ExecuteAndWait(*linker, views, std::nullopt, redirects, 0, 0, &message);
  if (status == 0)
    return Error::success();
  if (auto text = MemoryBuffer::getFile(log))
    message += (*text)->getBuffer().split('\n').first;
  StringRef reason = message;
  reason.consume_front("ld.lld: ");
  return fail("the linker failed: " + reason);
}

/// The files that an artefact is made of, in one folder.
class Builder {
public:
  Builder(mlir::ModuleOp module, const tt::Target &target, tt::ArtefactKind kind, StringRef folder, StringRef sysroot)
      : module(module), target(target), kind(kind), folder(folder), sysroot(sysroot),
        name(tt::getModelIdentifier(module)) {}

  /// Makes the artefact in the file `output`.
  Error build(StringRef output) {
    runtime = tt::runtimeObject(target.triple);
    entry = tt::modelObject(target.triple);
    main = tt::mainObject(target.triple);
    if (module->hasAttr("tt.profile"))
      extras.push_back({"profile", tt::profileObject(target.triple)});
    if (module->hasAttr("tt.observed"))
      extras.push_back({"observe", tt::observeObject(target.triple)});
    if (runtime.empty() || entry.empty() || main.empty())
      return fail("this tt-compile was built without the runtime for " + target.triple);
    bool isStatic = kind == tt::ArtefactKind::Object || kind == tt::ArtefactKind::Archive;
    if (Error error = writeFile(getPath("model.o"), [&](raw_fd_ostream &os) {
          return tt::emitCode(module, target, tt::CodeKind::Object, os);
        }))
      return error;
    std::string weights = isStatic ? tt::getModelWeightsSymbol(name) : tt::kWeightsSymbol.str();
    if (Error error = writeFile(getPath("weights.o"), [&](raw_fd_ostream &os) {
          return tt::writeWeightsObject(module, target, weights, os);
        }))
      return error;
    return isStatic ? buildStatic(output) : buildLoadable(output);
  }

private:
  std::string getPath(const Twine &file) const { return (folder + "/" + file).str(); }

  Error addBytes(const Twine &file, Expected<tt::ObjectBytes> bytes) {
    if (!bytes)
      return bytes.takeError();
    return addBytes(file, StringRef(bytes->data(), bytes->size()));
  }
  Error addBytes(const Twine &file, StringRef bytes) {
    return writeFile(getPath(file), [&](raw_fd_ostream &os) { return os << bytes, Error::success(); });
  }

  Error link(tt::ArtefactKind kind, ArrayRef<StringRef> files, StringRef output) {
    std::vector<std::string> objects;
    for (StringRef file : files)
      objects.push_back(getPath(file));
    auto args = getLinkerArguments(kind, Triple(target.triple), objects, output, sysroot);
    return args ? runLinker(*args, folder) : args.takeError();
  }

  /// A shared library or executable: the model under the names tt_model and tt_model_NAME.
  Error buildLoadable(StringRef output) {
    if (Error error = addBytes("runtime.o", runtime))
      return error;
    if (Error error = addBytes("entry.o", entry))
      return error;
    if (Error error = addBytes("named_entry.o", tt::renameModel(entry, name)))
      return error;
    if (Error error = addBytes("main.o", main))
      return error;
    SmallVector<StringRef> files = {"model.o", "weights.o", "runtime.o", "entry.o", "named_entry.o"};
    std::vector<std::string> names;
    for (const Extra &extra : extras) {
      if (Error error = addBytes(extra.name + ".o", extra.object))
        return error;
      names.push_back((extra.name + ".o").str());
    }
    files.append(names.begin(), names.end());
    if (kind == tt::ArtefactKind::Executable)
      files.push_back("main.o");
    return link(kind, files, output);
  }

  /// An object or archive, to be linked with others of its kind: the model as tt_model_NAME only.
  Error buildStatic(StringRef output) {
    if (Error error = addBytes("entry.o", entry))
      return error;
    if (Error error = link(tt::ArtefactKind::Object, {"model.o", "entry.o"}, getPath("linked.o")))
      return error;
    auto linked = MemoryBuffer::getFile(getPath("linked.o"), /*IsText=*/false, /*RequiresNullTerminator=*/false);
    if (!linked)
      return fail(linked.getError().message());
    if (Error error = addBytes("code.o", tt::isolateModel((*linked)->getBuffer(), name)))
      return error;
    if (Error error = addBytes("runtime.o", tt::weakenSymbols(runtime)))
      return error;
    SmallVector<StringRef> files = {"code.o", "weights.o", "runtime.o"};
    SmallVector<tt::ArchiveMember> members = {{getPath("code.o"), name + ".o"},
                                              {getPath("weights.o"), name + "_weights.o"},
                                              {getPath("runtime.o"), "tt_runtime.o"}};
    std::vector<std::string> names;
    for (const Extra &extra : extras) {
      if (Error error = addBytes(extra.name + ".o", tt::weakenSymbols(extra.object)))
        return error;
      names.push_back((extra.name + ".o").str());
      members.push_back({getPath(names.back()), ("tt_" + names.back())});
    }
    files.append(names.begin(), names.end());
    return kind == tt::ArtefactKind::Object ? link(kind, files, output) : tt::writeArchive(output, members);
  }

  mlir::ModuleOp module;
  const tt::Target &target;
  tt::ArtefactKind kind;
  StringRef folder, sysroot;
  std::string name;
  StringRef runtime, entry, main;
  struct Extra {
    StringRef name, object;
  };
  SmallVector<Extra, 2> extras; ///< parts of the runtime that only some artefacts have
};

} // namespace

Error tt::linkArtefact(mlir::ModuleOp module, const Target &target, ArtefactKind kind, StringRef path,
                       StringRef sysroot) {
  if (Error error = checkOutputPath(path))
    return error;
  auto cannotWrite = [&](const Twine &why) { return fail("cannot write '" + path + "': " + why); };
  // Everything is made in a folder beside the result, so that the last step is a rename within one file system.
  // createUniqueDirectory would put a relative path into the system's folder for temporary files.
  SmallString<128> beside(path), folder;
  if (std::error_code ec = sys::fs::make_absolute(beside))
    return cannotWrite(ec.message());
  if (std::error_code ec = sys::fs::createUniqueDirectory(beside + ".tmp", folder))
    return cannotWrite(ec.message());
  scope_exit cleanup([&] { sys::fs::remove_directories(folder); });
  std::string output = (folder + "/artefact").str();
  if (Error error = Builder(module, target, kind, folder, sysroot).build(output))
    return cannotWrite(toString(std::move(error)));
  if (std::error_code ec = sys::fs::rename(output, path))
    return cannotWrite(ec.message());
  return Error::success();
}
