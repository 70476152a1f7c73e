//===- Inference.cpp - shared by the type inference of the ops ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Inference.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ShapeRules.h"

#include "llvm/Support/MathExtras.h"

#include <algorithm>

using namespace mlir;

std::string tt::describeSizes(ArrayRef<int64_t> sizes) {
  if (sizes.empty())
    return "scalar";
  std::string text;
  for (auto [i, size] : llvm::enumerate(sizes)) {
    if (i)
      text += 'x';
    text += ShapedType::isDynamic(size) ? std::string("?") : std::to_string(size);
  }
  return text;
}

std::optional<int64_t> tt::staticProduct(ArrayRef<int64_t> sizes) {
  int64_t product = 1;
  for (int64_t size : sizes)
    if (ShapedType::isDynamic(size) || llvm::MulOverflow(product, size, product))
      return std::nullopt;
  return product;
}

std::optional<SmallVector<int64_t>> tt::broadcastSizes(ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  SmallVector<int64_t> sizes(a);
  for (size_t i = 0; i < b.size(); ++i) {
    int64_t &size = sizes[a.size() - b.size() + i];
    std::optional<int64_t> common = broadcastSize(size, b[i]);
    if (!common)
      return std::nullopt;
    size = *common;
  }
  return sizes;
}

std::optional<SmallVector<int64_t>> tt::getInts(Value value) {
  SmallVector<int64_t> values;
  if (!getConstantInts(value, values))
    return std::nullopt;
  return values;
}

tt::SliceRange tt::getSliceRange(int64_t size, int64_t start, int64_t end, int64_t step) {
  // INT64_MIN and INT64_MAX stand for "from the very end" and "to the very end" in exported models.
  auto position = [&](int64_t at, int64_t low, int64_t high) { return std::clamp(at < 0 ? at + size : at, low, high); };
  int64_t low = step > 0 ? 0 : -1, high = step > 0 ? size : size - 1;
  int64_t first = position(start, step > 0 ? 0 : std::min<int64_t>(0, high), high);
  int64_t last = position(end, low, high);
  int64_t distance = step > 0 ? last - first : first - last;
  if (size == 0 || distance <= 0)
    return {0, 0};
  uint64_t stride = step > 0 ? static_cast<uint64_t>(step) : -static_cast<uint64_t>(step);
  return {first, static_cast<int64_t>((static_cast<uint64_t>(distance) - 1) / stride) + 1};
}

int64_t tt::getWindowCount(int64_t size, int64_t kernel, int64_t stride, int64_t dilation, int64_t before,
                           int64_t after, bool ceilMode) {
  int64_t last = size + before + after - dilation * (kernel - 1) - 1; // the last position where a window fits
  if (last < 0)
    return 0;
  if (!ceilMode)
    return last / stride + 1;
  int64_t count = llvm::divideCeil(last, stride) + 1;
  return (count - 1) * stride >= size + before ? count - 1 : count;
}

int64_t tt::getRangeCount(int64_t start, int64_t limit, int64_t delta) {
  if (delta > 0 ? limit <= start : limit >= start)
    return 0;
  uint64_t distance = delta > 0 ? static_cast<uint64_t>(limit) - start : static_cast<uint64_t>(start) - limit;
  uint64_t stride = delta > 0 ? static_cast<uint64_t>(delta) : -static_cast<uint64_t>(delta);
  return static_cast<int64_t>((distance - 1) / stride) + 1;
}
