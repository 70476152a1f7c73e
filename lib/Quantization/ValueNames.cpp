//===- ValueNames.cpp - the names of values in ranges files ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "ValueNames.h"

#include "tt/Dialect/IR/Places.h"

#include "llvm/ADT/StringMap.h"

using namespace mlir;

static bool isNamed(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32() && type.getRank() > 0;
}

std::vector<std::pair<Value, std::string>> tt::getNamedValues(func::FuncOp func) {
  std::vector<std::pair<Value, std::string>> values;
  llvm::StringMap<int64_t> counts;
  std::string prefix = func.getName() == "main" ? "" : func.getName().str() + "/";
  auto add = [&](Value value, std::string name) {
    if (!isNamed(value))
      return;
    name = prefix + name;
    std::string free = name;
    for (int64_t &count = counts[name]; counts.contains(free) && ++count > 1;)
      free = name + "#" + std::to_string(count);
    counts.try_emplace(free, 1);
    values.push_back({value, free});
  };
  for (BlockArgument argument : func.getArguments()) {
    auto name = func.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "tt.name");
    add(argument, name && !name.empty() ? name.str() : "input " + std::to_string(argument.getArgNumber()));
  }
  for (Operation &op : func.front()) {
    if (op.hasTrait<OpTrait::ConstantLike>())
      continue;
    std::string name = getOnnxNames(op.getLoc()).value;
    if (name.empty())
      name = op.getName().stripDialect().str();
    for (OpResult result : op.getResults())
      add(result, result.getResultNumber() ? name + ":" + std::to_string(result.getResultNumber()) : name);
  }
  return values;
}
