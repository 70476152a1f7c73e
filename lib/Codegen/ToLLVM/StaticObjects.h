//===- StaticObjects.h - objects that can meet others in one program ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
// A program may link any number of models as objects or archives. So an object keeps nothing global but what its name
// makes unique, and the copies of the runtime, one in each artefact, are weak: the linker takes the first.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLLVM_STATICOBJECTS_H
#define TT_LIB_CODEGEN_TOLLVM_STATICOBJECTS_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include <string>

namespace tt {

/// The function of the model with the identifier `name`, and the hidden symbol of its weights.
std::string getModelSymbol(llvm::StringRef name);
std::string getModelWeightsSymbol(llvm::StringRef name);

using ObjectBytes = llvm::SmallVector<char, 0>;

/// The relocatable object `object` with `tt_model` called getModelSymbol(name).
llvm::Expected<ObjectBytes> renameModel(llvm::StringRef object, llvm::StringRef name);

/// renameModel for a whole model: the weights it refers to are called getModelWeightsSymbol(name), and the hidden
/// symbols it defines become local.
llvm::Expected<ObjectBytes> isolateModel(llvm::StringRef object, llvm::StringRef name);

/// `object` with every global symbol it defines weak.
llvm::Expected<ObjectBytes> weakenSymbols(llvm::StringRef object);

/// A file `path` that becomes the member `name` of an archive.
struct ArchiveMember {
  std::string path, name;
};

/// Writes the archive `path` with an index. Equal members give equal bytes.
llvm::Error writeArchive(llvm::StringRef path, llvm::ArrayRef<ArchiveMember> members);

} // namespace tt

#endif // TT_LIB_CODEGEN_TOLLVM_STATICOBJECTS_H
