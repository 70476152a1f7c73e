//===- ZeroPoints.cpp - factors of integer contractions -------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//
//
// A number of 8 bits minus its zero point lies in [-255, 255]: the kernels multiply i16 and add in i32.
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"

#include <cstring>

using namespace mlir;
using namespace tt::tolinalg;

/// The difference of constants. `zeros` has one element, or one for each index along `dim`.
static Value subtractConstants(Lowering &l, Value tensor, Type graphElement, ArrayRef<int64_t> zeros, int64_t dim) {
  ElementsAttr attr = tt::getConstantAttr(tensor);
  auto type = cast<RankedTensorType>(tensor.getType());
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
  int64_t inner = 1;
  for (int64_t d = dim + 1; d < type.getRank(); ++d)
    inner *= type.getDimSize(d);
  return tt::createConstant(l.builder, l.loc, type.clone(l.builder.getI16Type()), [&](MutableArrayRef<char> out) {
    for (int64_t i = 0, n = type.getNumElements(); i < n; ++i) {
      int value = graphElement.isUnsignedInteger() ? static_cast<uint8_t>(bytes[i]) : static_cast<int8_t>(bytes[i]);
      auto difference = static_cast<int16_t>(value - (zeros.size() == 1 ? zeros[0] : zeros[i / inner % zeros.size()]));
      std::memcpy(out.data() + i * sizeof difference, &difference, sizeof difference);
    }
  });
}

Value tt::tolinalg::subtractZeroPoint(Lowering &l, Value tensor, Type graphElement, Value graphZero, int64_t dim) {
  SmallVector<int64_t> known{0};
  bool isKnown = !graphZero || tt::getConstantInts(graphZero, known);
  auto type = cast<RankedTensorType>(tensor.getType());
  bool fits = known.size() == 1 || (dim >= 0 && type.getDimSize(dim) == static_cast<int64_t>(known.size()));
  if (isKnown && fits && tt::getConstantAttr(tensor))
    return subtractConstants(l, tensor, graphElement, known, dim);
  Type i16 = l.builder.getI16Type();
  if (isKnown && llvm::all_of(known, [](int64_t zero) { return zero == 0; }))
    return *l.makeElementwise(tensor, i16,
                              [&](ScalarBuilder &s, ValueRange x) { return s.cast(x[0], graphElement, i16); });
  Value zero = l.get(graphZero);
  if (cast<RankedTensorType>(zero.getType()).getRank() != 0) {
    OpFoldResult count = l.product(l.getSizes(zero));
    if (dim < 0) {
      zero = l.makeReshape(zero, {});
    } else {
      OpFoldResult wanted = l.getSizes(tensor)[dim];
      Sizes sizes(type.getRank() - dim, l.index(1));
      sizes[0] = wanted;
      zero = l.makeReshape(l.makeStretched(l.makeReshape(zero, {count}), 0, wanted), sizes);
    }
  }
  return *l.makeElementwise({tensor, zero}, i16, [&](ScalarBuilder &s, ValueRange x) {
    return s.sub(s.cast(x[0], graphElement, i16), s.cast(x[1], graphElement, i16));
  });
}
