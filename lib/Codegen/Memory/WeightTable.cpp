//===- WeightTable.cpp - constants of the weights section -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "WeightTable.h"

#include "tt/Dialect/IR/Constants.h"

#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

static uint64_t hash(ArrayRef<char> bytes) {
  return llvm::xxh3_64bits(ArrayRef(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
}

tt::WeightTable::WeightTable(ArrayAttr old) {
  if (old)
    for (Attribute attr : old)
      append(cast<ElementsAttr>(attr));
}

int64_t tt::WeightTable::getOffset(ElementsAttr value) {
  if (auto it = offsets.find(value); it != offsets.end())
    return it->second;
  std::vector<char> storage;
  ArrayRef<char> bytes = getConstantBytes(value, storage);
  for (ElementsAttr other : byHash[hash(bytes)]) {
    std::vector<char> otherStorage;
    if (getConstantBytes(other, otherStorage) == bytes)
      return offsets[value] = offsets.lookup(other);
  }
  return append(value);
}

int64_t tt::WeightTable::append(ElementsAttr value) {
  std::vector<char> storage;
  ArrayRef<char> bytes = getConstantBytes(value, storage);
  int64_t offset = llvm::alignTo(end, 64);
  end = offset + bytes.size();
  byHash[hash(bytes)].push_back(value);
  offsets[value] = offset;
  table.push_back(value);
  return offset;
}
