//===- Link.cpp - objects to artefacts ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Link.h"

#include "tt/Codegen/ToLLVM/EmitObject.h"
#include "tt/Codegen/ToLLVM/Weights.h"
#include "tt/Runtime/Embedded.h"
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

Error build(mlir::ModuleOp module, const tt::Target &target, tt::ArtefactKind kind, StringRef folder, StringRef output,
            StringRef sysroot) {
  SmallVector<std::string> objects;
  auto add = [&](StringRef name, function_ref<Error(raw_fd_ostream &)> write) {
    objects.push_back((folder + "/" + name).str());
    return writeFile(objects.back(), write);
  };
  auto addBytes = [&](StringRef name, StringRef bytes) {
    return add(name, [&](raw_fd_ostream &os) { return os << bytes, Error::success(); });
  };
  if (Error error =
          add("model.o", [&](raw_fd_ostream &os) { return tt::emitCode(module, target, tt::CodeKind::Object, os); }))
    return error;
  if (Error error = add("weights.o", [&](raw_fd_ostream &os) { return tt::writeWeightsObject(module, target, os); }))
    return error;
  StringRef runtime = tt::runtimeObject(target.triple), entry = tt::modelObject(target.triple),
            main = tt::mainObject(target.triple);
  if (runtime.empty() || entry.empty() || main.empty())
    return fail("this tt-compile was built without the runtime for " + target.triple);
  if (Error error = addBytes("runtime.o", runtime))
    return error;
  if (Error error = addBytes("entry.o", entry))
    return error;
  if (kind == tt::ArtefactKind::Executable)
    if (Error error = addBytes("main.o", main))
      return error;
  auto args = getLinkerArguments(kind, Triple(target.triple), objects, output, sysroot);
  return args ? runLinker(*args, folder) : args.takeError();
}

} // namespace

Error tt::linkArtefact(mlir::ModuleOp module, const Target &target, ArtefactKind kind, StringRef path,
                       StringRef sysroot) {
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
  if (Error error = build(module, target, kind, folder, output, sysroot))
    return cannotWrite(toString(std::move(error)));
  if (std::error_code ec = sys::fs::rename(output, path))
    return cannotWrite(ec.message());
  return Error::success();
}
