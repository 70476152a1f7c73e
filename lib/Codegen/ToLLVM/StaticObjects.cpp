//===- StaticObjects.cpp - objects that can meet others in one program ----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "StaticObjects.h"

#include "RuntimeFunctions.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using tt::ObjectBytes;

std::string tt::getModelSymbol(StringRef name) { return ("tt_model_" + name).str(); }

std::string tt::getModelWeightsSymbol(StringRef name) { return ("tt_weights_" + name).str(); }

static Expected<ObjectBytes> rewrite(StringRef object, function_ref<void(objcopy::ConfigManager &)> configure) {
  auto binary = object::ObjectFile::createObjectFile(MemoryBufferRef(object, "model"));
  if (!binary)
    return binary.takeError();
  objcopy::ConfigManager config;
  configure(config);
  ObjectBytes bytes;
  raw_svector_ostream os(bytes);
  if (Error error = objcopy::executeObjcopyOnBinary(config, **binary, os))
    return error;
  return bytes;
}

Expected<ObjectBytes> tt::renameModel(StringRef object, StringRef name) {
  std::string symbol = getModelSymbol(name);
  return rewrite(object, [&](objcopy::ConfigManager &config) { config.Common.SymbolsToRename["tt_model"] = symbol; });
}

Expected<ObjectBytes> tt::isolateModel(StringRef object, StringRef name) {
  std::string symbol = getModelSymbol(name), weights = getModelWeightsSymbol(name);
  return rewrite(object, [&](objcopy::ConfigManager &config) {
    config.Common.SymbolsToRename["tt_model"] = symbol;
    config.Common.SymbolsToRename[kWeightsSymbol] = weights;
    config.ELF.LocalizeHidden = true;
  });
}

Expected<ObjectBytes> tt::weakenSymbols(StringRef object) {
  return rewrite(object, [](objcopy::ConfigManager &config) { config.Common.Weaken = true; });
}

Error tt::writeArchive(StringRef path, ArrayRef<ArchiveMember> members) {
  std::vector<NewArchiveMember> files;
  for (const ArchiveMember &member : members) {
    Expected<NewArchiveMember> file = NewArchiveMember::getFile(member.path, /*Deterministic=*/true);
    if (!file)
      return file.takeError();
    file->MemberName = member.name;
    files.push_back(std::move(*file));
  }
  return llvm::writeArchive(path, files, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
                            /*Deterministic=*/true, /*Thin=*/false);
}
