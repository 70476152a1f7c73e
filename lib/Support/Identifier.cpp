//===- Identifier.cpp - names of models and tensors in C ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/Identifier.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

/// Keywords of C23 and C++20 that are made of letters and single `_`, and the macros of the C library's headers that
/// tt/Runtime/ABI.h includes.
static bool isKeyword(StringRef name) {
  static const llvm::StringSet<> keywords = {
      "alignas",     "alignof",       "and",        "and_eq",    "asm",       "auto",         "bitand",
      "bitor",       "bool",          "break",      "case",      "catch",     "char",         "char16_t",
      "char32_t",    "char8_t",       "class",      "co_await",  "co_return", "co_yield",     "compl",
      "concept",     "const",         "const_cast", "consteval", "constexpr", "constinit",    "continue",
      "decltype",    "default",       "delete",     "do",        "double",    "dynamic_cast", "else",
      "enum",        "explicit",      "export",     "extern",    "false",     "float",        "for",
      "friend",      "goto",          "if",         "inline",    "int",       "int16_t",      "int32_t",
      "int64_t",     "int8_t",        "linux",      "long",      "mutable",   "namespace",    "new",
      "noexcept",    "not",           "not_eq",     "nullptr",   "offsetof",  "operator",     "or",
      "or_eq",       "private",       "protected",  "public",    "register",  "requires",     "reinterpret_cast",
      "restrict",    "return",        "short",      "signed",    "size_t",    "sizeof",       "static",
      "static_cast", "static_assert", "struct",     "switch",    "template",  "this",         "thread_local",
      "throw",       "true",          "try",        "typedef",   "typeid",    "typename",     "typeof",
      "uint16_t",    "uint32_t",      "uint64_t",   "uint8_t",   "union",     "unix",         "unsigned",
      "using",       "virtual",       "void",       "volatile",  "wchar_t",   "while",        "xor",
      "xor_eq",      "typeof_unqual", "NULL"};
  return keywords.contains(name);
}

std::string tt::makeIdentifier(StringRef text, StringRef prefix) {
  std::string name = text.str();
  for (char &c : name)
    if (!llvm::isAlnum(c))
      c = '_';
  StringRef view = name;
  bool fits = !name.empty() && llvm::isAlpha(name[0]) && !isKeyword(view) && !view.equals_insensitive("tt") &&
              !view.starts_with_insensitive("tt_");
  return fits ? name : prefix.str() + name;
}

std::string tt::IdentifierScope::add(StringRef text, StringRef prefix) {
  std::string stem = makeIdentifier(text, prefix), name = stem;
  for (unsigned number = 2; !taken.insert(StringRef(name).lower()).second; ++number)
    name = stem + "_" + std::to_string(number);
  return name;
}
