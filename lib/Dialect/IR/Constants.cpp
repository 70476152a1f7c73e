//===- Constants.cpp - bytes and values of constant tensors ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/Constants.h"

#include "mlir/IR/BuiltinDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/xxhash.h"

#include <cstring>
#include <mutex>

using namespace mlir;

/// The memory of a resource; null where it was never given or has been released.
static ArrayRef<char> getBlobData(DenseResourceElementsAttr attr) {
  AsmResourceBlob *blob = attr.getRawHandle().getBlob();
  return blob ? blob->getData() : ArrayRef<char>();
}

int64_t tt::getElementBytes(Type elementType) {
  if (elementType.isIndex())
    return 8;
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

std::optional<int64_t> tt::getStaticBytes(ShapedType type) {
  int64_t bytes = getElementBytes(type.getElementType());
  for (int64_t size : type.getShape())
    if (ShapedType::isDynamic(size) || llvm::MulOverflow(bytes, size, bytes))
      return std::nullopt;
  return bytes;
}

ElementsAttr tt::getConstantAttr(Value value) {
  auto constant = value ? value.getDefiningOp<arith::ConstantOp>() : arith::ConstantOp();
  if (!constant)
    return {};
  auto attr = dyn_cast<ElementsAttr>(constant.getValue());
  if (auto resource = dyn_cast_if_present<DenseResourceElementsAttr>(attr))
    if (getBlobData(resource).empty() && resource.getType().getNumElements() != 0)
      return {};
  return attr;
}

ArrayRef<char> tt::getConstantBytes(ElementsAttr attr, std::vector<char> &storage) {
  ShapedType type = attr.getShapedType();
  size_t elementBytes = getElementBytes(type.getElementType());
  size_t bytes = type.getNumElements() * elementBytes;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr)) {
    ArrayRef<char> data = getBlobData(resource);
    return data.size() == bytes ? data : ArrayRef<char>();
  }
  auto dense = dyn_cast<DenseIntOrFPElementsAttr>(attr);
  if (!dense || bytes == 0)
    return {};
  if (type.getElementType().isInteger(1)) {
    storage.clear();
    storage.reserve(bytes);
    for (bool element : dense.getValues<bool>())
      storage.push_back(element);
    return storage;
  }
  ArrayRef<char> raw = dense.getRawData();
  if (!dense.isSplat() || bytes == elementBytes)
    return raw;
  storage.resize(bytes);
  for (size_t at = 0; at < bytes; at += elementBytes)
    std::memcpy(storage.data() + at, raw.data(), elementBytes);
  return storage;
}

/// Calls `body` with each element of type T in `bytes`, read without an assumption on alignment.
template <typename T, typename Body> static void forEachElement(ArrayRef<char> bytes, Body body) {
  for (size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T element;
    std::memcpy(&element, bytes.data() + at, sizeof(T));
    body(element);
  }
}

bool tt::getConstantInts(Attribute attr, SmallVectorImpl<int64_t> &values) {
  values.clear();
  auto elements = dyn_cast_if_present<ElementsAttr>(attr);
  if (!elements)
    return false;
  Type type = elements.getShapedType().getElementType();
  if (!type.isIntOrIndex())
    return false;
  std::vector<char> storage;
  ArrayRef<char> bytes = getConstantBytes(elements, storage);
  if (bytes.empty())
    return elements.getNumElements() == 0;
  values.reserve(elements.getNumElements());
  auto append = [&](auto element) { values.push_back(static_cast<int64_t>(element)); };
  bool isUnsigned = type.isUnsignedInteger() || type.isInteger(1);
  switch (getElementBytes(type)) {
  case 1:
    isUnsigned ? forEachElement<uint8_t>(bytes, append) : forEachElement<int8_t>(bytes, append);
    return true;
  case 2:
    isUnsigned ? forEachElement<uint16_t>(bytes, append) : forEachElement<int16_t>(bytes, append);
    return true;
  case 4:
    isUnsigned ? forEachElement<uint32_t>(bytes, append) : forEachElement<int32_t>(bytes, append);
    return true;
  case 8:
    forEachElement<int64_t>(bytes, append);
    if (!isUnsigned || llvm::all_of(values, [](int64_t element) { return element >= 0; }))
      return true;
    values.clear();
    return false;
  default:
    return false;
  }
}

bool tt::getConstantInts(Value value, SmallVectorImpl<int64_t> &values) {
  return getConstantInts(getConstantAttr(value), values);
}

bool tt::getConstantFloats(Attribute attr, SmallVectorImpl<double> &values) {
  values.clear();
  auto elements = dyn_cast_if_present<ElementsAttr>(attr);
  if (!elements)
    return false;
  Type type = elements.getShapedType().getElementType();
  if (type.isIntOrIndex()) {
    SmallVector<int64_t> ints;
    if (!getConstantInts(attr, ints))
      return false;
    values.assign(ints.begin(), ints.end());
    return true;
  }
  auto floatType = dyn_cast<FloatType>(type);
  if (!floatType || (floatType.getWidth() != 16 && !floatType.isF32() && !floatType.isF64()))
    return false;
  std::vector<char> storage;
  ArrayRef<char> bytes = getConstantBytes(elements, storage);
  if (bytes.empty())
    return elements.getNumElements() == 0;
  values.reserve(elements.getNumElements());
  if (floatType.isF32())
    forEachElement<float>(bytes, [&](float element) { values.push_back(element); });
  else if (floatType.isF64())
    forEachElement<double>(bytes, [&](double element) { values.push_back(element); });
  else
    forEachElement<uint16_t>(bytes, [&](uint16_t element) {
      values.push_back(APFloat(floatType.getFloatSemantics(), APInt(16, element)).convertToDouble());
    });
  return true;
}

bool tt::getConstantFloats(Value value, SmallVectorImpl<double> &values) {
  return getConstantFloats(getConstantAttr(value), values);
}

/// A dense attribute with the given raw bytes (an i1 is one byte).
static DenseElementsAttr getDense(RankedTensorType type, ArrayRef<char> bytes) {
  if (!type.getElementType().isInteger(1))
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  auto bits = llvm::map_to_vector(bytes, [](char byte) { return byte != 0; });
  return DenseElementsAttr::get(type, ArrayRef<bool>(bits));
}

/// The handle of a resource that holds the bytes of `blob`: an existing one with equal contents, or a new one. The key
/// is a hash of the contents.
static DenseResourceElementsHandle getOrInsertBlob(MLIRContext *context, AsmResourceBlob blob) {
  ArrayRef<char> data = blob.getData();
  auto hash = llvm::xxh3_128bits(ArrayRef(reinterpret_cast<const uint8_t *>(data.data()), data.size()));
  std::string base = "tt_" + llvm::utohexstr(hash.high64, /*LowerCase=*/true, /*Width=*/16) +
                     llvm::utohexstr(hash.low64, /*LowerCase=*/true, /*Width=*/16);
  auto &interface = DenseResourceElementsHandle::getManagerInterface(context);
  auto *dialect = context->getOrLoadDialect<BuiltinDialect>();
  // Looking up and inserting must be one step.
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  std::string key = base;
  for (unsigned suffix = 1;; ++suffix) {
    DialectResourceBlobManager::BlobEntry *entry = interface.getBlobManager().lookup(key);
    if (!entry)
      return interface.insert(key, std::move(blob));
    AsmResourceBlob *old = entry->getBlob();
    if (!old || old->getData().empty()) { // released, or declared without contents
      entry->setBlob(std::move(blob));
      return DenseResourceElementsHandle(entry, dialect);
    }
    if (old->getData().size() == data.size() && std::memcmp(old->getData().data(), data.data(), data.size()) == 0)
      return DenseResourceElementsHandle(entry, dialect);
    key = base + "_" + std::to_string(suffix);
  }
}

ElementsAttr tt::createConstantAttr(RankedTensorType type, llvm::function_ref<void(MutableArrayRef<char>)> fill) {
  int64_t bytes = type.getNumElements() * getElementBytes(type.getElementType());
  if (bytes < kResourceBytes) {
    char storage[kResourceBytes] = {};
    fill(MutableArrayRef<char>(storage, bytes));
    return getDense(type, ArrayRef<char>(storage, bytes));
  }
  AsmResourceBlob blob = HeapAsmResourceBlob::allocate(bytes, /*align=*/64, /*dataIsMutable=*/true);
  MutableArrayRef<char> data = blob.getMutableData();
  std::memset(data.data(), 0, data.size());
  fill(data);
  return DenseResourceElementsAttr::get(type, getOrInsertBlob(type.getContext(), std::move(blob)));
}

Value tt::createConstant(OpBuilder &builder, Location loc, RankedTensorType type,
                         llvm::function_ref<void(MutableArrayRef<char>)> fill) {
  return arith::ConstantOp::create(builder, loc, type, createConstantAttr(type, fill));
}

Value tt::createShapeConstant(OpBuilder &builder, Location loc, ArrayRef<int64_t> values) {
  auto type = RankedTensorType::get({static_cast<int64_t>(values.size())}, builder.getI64Type());
  return arith::ConstantOp::create(builder, loc, type, DenseElementsAttr::get(type, values));
}

void tt::releaseIfUnused(arith::ConstantOp op) {
  if (!op->use_empty())
    return;
  auto attr = dyn_cast<DenseResourceElementsAttr>(op.getValue());
  Operation *top = op;
  while (Operation *parent = top->getParentOp())
    top = parent;
  bool isDetached = top == op.getOperation();
  op->erase();
  if (!attr || isDetached || getBlobData(attr).empty())
    return;
  if (auto module = dyn_cast<ModuleOp>(top)) {
    auto bodies = llvm::count_if(*module.getBody(),
                                 [](Operation &child) { return child.getNumRegions() != 0 && !isa<ModuleOp>(child); });
    if (bodies > 1 && module.getContext()->isMultithreadingEnabled())
      return;
  }
  // Another attribute, of another type, may refer to the same blob, so keys are compared.
  WalkResult found = top->walk([&](arith::ConstantOp other) {
    auto otherAttr = dyn_cast<DenseResourceElementsAttr>(other.getValue());
    bool same = otherAttr && otherAttr.getRawHandle().getKey() == attr.getRawHandle().getKey();
    return same ? WalkResult::interrupt() : WalkResult::advance();
  });
  if (!found.wasInterrupted())
    attr.getRawHandle().getResource()->setBlob(AsmResourceBlob());
}
