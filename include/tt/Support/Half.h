//===- Half.h - 16-bit floats as bits ---------------------------*- C++ -*-===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_SUPPORT_HALF_H
#define TT_SUPPORT_HALF_H

#include <bit>
#include <cstdint>

namespace tt {

/// `value` as bf16, rounded to the nearest, ties to even; NaN stays NaN.
inline uint16_t toBF16(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  if ((bits & 0x7fffffff) > 0x7f800000)
    return static_cast<uint16_t>((bits >> 16) | 0x40);
  return static_cast<uint16_t>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

/// `value` as f16, rounded to the nearest, ties to even; beyond 65520 infinite; NaN stays NaN.
inline uint16_t toF16(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value), magnitude = bits & 0x7fffffff;
  uint16_t sign = static_cast<uint16_t>((bits >> 16) & 0x8000);
  if (magnitude >= (127 + 16) << 23)
    return sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
  // Adding 0.5, whose last bit is 2^-24, rounds to the last bit of a denormal f16.
  if (magnitude < (127 - 14) << 23)
    return sign | static_cast<uint16_t>(std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000);
  uint32_t rebased = magnitude - ((127 - 15) << 23);
  return sign | static_cast<uint16_t>((rebased + 0xfff + ((rebased >> 13) & 1)) >> 13);
}

} // namespace tt

#endif // TT_SUPPORT_HALF_H
