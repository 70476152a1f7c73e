//===- Places.cpp - names in locations ------------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/Places.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "llvm/ADT/STLExtras.h"

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

static void collectNodes(Location loc, StringRef kind, SmallVectorImpl<tt::NodeName> &nodes) {
  if (auto name = dyn_cast<NameLoc>(loc)) { // around that of the node's first output
    StringRef text = name.getName();
    auto *known = llvm::find_if(nodes, [&](const tt::NodeName &node) { return node.name == text; });
    if (known == nodes.end())
      nodes.push_back({text.str(), kind.str()});
    else if (known->kind.empty())
      known->kind = kind.str();
  } else if (auto fused = dyn_cast<FusedLoc>(loc)) {
    if (auto mark = dyn_cast_or_null<StringAttr>(fused.getMetadata()))
      kind = mark;
    for (Location part : fused.getLocations())
      collectNodes(part, kind, nodes);
  } else if (auto call = dyn_cast<CallSiteLoc>(loc)) {
    collectNodes(call.getCallee(), kind, nodes);
  }
}

SmallVector<tt::NodeName> tt::getNodeNames(Location loc) {
  SmallVector<NodeName> nodes;
  collectNodes(loc, "", nodes);
  return nodes;
}

Location tt::markKind(Location loc, StringRef kind) {
  if (auto fused = dyn_cast<FusedLoc>(loc); fused && isa_and_nonnull<StringAttr>(fused.getMetadata()))
    return loc;
  return FusedLoc::get(loc.getContext(), {loc}, StringAttr::get(loc.getContext(), kind));
}
