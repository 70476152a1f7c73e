//===- Identifier.h - names of models and tensors in C --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_IDENTIFIER_H
#define TT_SUPPORT_IDENTIFIER_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/StringSet.h"
#include <string>

namespace tt {

/// `text` as an identifier of C and C++: characters other than letters, digits and `_` become `_`, and `prefix` comes
/// before a name that is empty, starts with a digit or `_`, is a keyword of either language, or lies among the names of
/// tt's own interface (`tt`, `tt_...`). "squeezenet-1.1" gives "squeezenet_1_1", "3d" with the prefix "model_" gives
/// "model_3d".
std::string makeIdentifier(llvm::StringRef text, llvm::StringRef prefix);

/// Identifiers of one scope, different from each other even where upper and lower case are the same.
class IdentifierScope {
public:
  /// makeIdentifier(text, prefix), with `_2`, `_3` ... where that name is taken.
  std::string add(llvm::StringRef text, llvm::StringRef prefix);

private:
  llvm::StringSet<> taken; ///< in lower case
};

} // namespace tt

#endif // TT_SUPPORT_IDENTIFIER_H
