//===- Places.cpp - names in locations ------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/Places.h"

#include "mlir/IR/BuiltinAttributes.h"

using namespace mlir;

std::string tt::getPlace(Location loc) {
  std::string place;
  loc->walk([&](Location part) {
    if (auto name = dyn_cast<NameLoc>(part))
      place = "'" + name.getName().str() + "'";
    else if (auto file = dyn_cast<FileLineColLoc>(part))
      place = file.getFilename().str() + ":" + std::to_string(file.getLine()) + ":" + std::to_string(file.getColumn());
    return place.empty() ? WalkResult::advance() : WalkResult::interrupt();
  });
  return place;
}

tt::OnnxNames tt::getOnnxNames(Location loc) {
  OnnxNames names;
  loc->walk([&](Location part) {
    auto name = dyn_cast<NameLoc>(part);
    if (!name)
      return WalkResult::advance();
    auto inner = dyn_cast<NameLoc>(name.getChildLoc());
    names = {name.getName().str(), (inner ? inner : name).getName().str()};
    return WalkResult::interrupt();
  });
  return names;
}
