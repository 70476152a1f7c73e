//===- PlaceWeights.cpp - tt-place-weights --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "Utils.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

namespace tt {
#define GEN_PASS_DEF_PLACEWEIGHTSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// The module's weights so far.
class WeightTable {
public:
  explicit WeightTable(ArrayAttr old) {
    if (old)
      for (Attribute attr : old)
        append(cast<ElementsAttr>(attr));
  }

  /// Offset in bytes of `value`, which is appended unless equal bytes are there already.
  int64_t getOffset(ElementsAttr value) {
    if (auto it = offsets.find(value); it != offsets.end())
      return it->second;
    std::vector<char> storage;
    ArrayRef<char> bytes = tt::getConstantBytes(value, storage);
    for (ElementsAttr other : byHash[hash(bytes)]) {
      std::vector<char> otherStorage;
      if (tt::getConstantBytes(other, otherStorage) == bytes)
        return offsets[value] = offsets.lookup(other);
    }
    return append(value);
  }

  ArrayAttr getAttr(MLIRContext *context) const { return ArrayAttr::get(context, table); }

private:
  static uint64_t hash(ArrayRef<char> bytes) {
    return llvm::xxh3_64bits(ArrayRef(reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()));
  }

  int64_t append(ElementsAttr value) {
    std::vector<char> storage;
    ArrayRef<char> bytes = tt::getConstantBytes(value, storage);
    int64_t offset = llvm::alignTo(end, 64);
    end = offset + bytes.size();
    byHash[hash(bytes)].push_back(value);
    offsets[value] = offset;
    table.push_back(value);
    return offset;
  }

  SmallVector<Attribute> table;
  DenseMap<Attribute, int64_t> offsets;
  DenseMap<uint64_t, SmallVector<ElementsAttr, 1>> byHash;
  int64_t end = 0;
};

struct PlaceWeightsPass : tt::impl::PlaceWeightsPassBase<PlaceWeightsPass> {
  using PlaceWeightsPassBase::PlaceWeightsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    WeightTable table(module->getAttrOfType<ArrayAttr>("tt.weights"));
    llvm::SetVector<Operation *> placed;
    module.walk([&](memref::GetGlobalOp get) {
      auto global = symbols.lookup<memref::GlobalOp>(get.getName());
      auto value = global ? dyn_cast_or_null<ElementsAttr>(global.getConstantInitValue()) : nullptr;
      if (!value || value.getNumElements() * tt::getElementBytes(value.getElementType()) < minBytes)
        return;
      OpBuilder b(get);
      auto weights = tt::WeightsOp::create(b, get.getLoc(), get.getType(), table.getOffset(value));
      get.replaceAllUsesWith(weights.getResult());
      get.erase();
      placed.insert(global);
    });
    for (Operation *global : placed)
      global->erase();
    module->setAttr("tt.weights", table.getAttr(&getContext()));
  }
};

} // namespace
