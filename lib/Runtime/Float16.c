/*===- Float16.c - conversions of 16-bit floats in software ---------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 *
 * What LLVM calls on x86-64 where the CPU has no instruction: f16 before F16C, bf16 before AVX512-BF16. The names are
 * those of compiler-rt and libgcc, which an artefact does not need for anything else.
 */
#include "Helpers.h"

#include <string.h>

#if defined(__x86_64__)

/* The nearest number with `mantissa` bits after the point and an exponent of 15 - `mantissa` bits; ties to even. */
static uint16_t narrow(double value, unsigned mantissa) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint16_t sign = (uint16_t)(bits >> 63 << 15);
  uint16_t infinity = (uint16_t)(0x7fff >> mantissa << mantissa);
  int biased = (int)(bits >> 52 & 0x7ff);
  uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
  if (biased == 0x7ff)
    return sign | infinity | (fraction ? (uint16_t)(1 << (mantissa - 1) | fraction >> (52 - mantissa)) : 0);
  int bias = (1 << (14 - mantissa)) - 1;
  int exponent = biased ? biased - 1023 : -1022;
  uint64_t significand = fraction | (biased ? UINT64_C(1) << 52 : 0);
  /* Subnormal results lose more bits; below half of the smallest one everything. */
  int below = exponent < 1 - bias ? 1 - bias - exponent : 0;
  int shift = 52 - (int)mantissa + below;
  if (shift > 54)
    return sign;
  uint64_t kept = significand >> shift, lost = significand & ((UINT64_C(1) << shift) - 1);
  uint64_t half = UINT64_C(1) << (shift - 1);
  kept += lost > half || (lost == half && (kept & 1));
  /* The bit before the point and a carry from rounding go into the exponent. */
  int64_t result = (int64_t)kept + (below ? 0 : (int64_t)(exponent + bias - 1) * (1 << mantissa));
  return sign | (result > infinity ? infinity : (uint16_t)result);
}

static float widenHalf(uint16_t bits) {
  uint32_t exponent = bits >> 10 & 31, fraction = bits & 1023, result;
  float value;
  if (exponent == 0) { /* exact: the fraction counts units of 2^-24 */
    value = (float)fraction * 0x1p-24f;
    return bits >> 15 ? -value : value;
  }
  result = (uint32_t)(bits >> 15) << 31 | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
  memcpy(&value, &result, sizeof value);
  return value;
}

/* In registers these types are passed as LLVM passes half and bfloat. */
static _Float16 asHalf(uint16_t bits) {
  _Float16 value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static __bf16 asBrain(uint16_t bits) {
  __bf16 value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

float __extendhfsf2(_Float16 value);
_Float16 __truncsfhf2(float value);
_Float16 __truncdfhf2(double value);
__bf16 __truncsfbf2(float value);
__bf16 __truncdfbf2(double value);

float __extendhfsf2(_Float16 value) {
  uint16_t bits;
  memcpy(&bits, &value, sizeof bits);
  return widenHalf(bits);
}
_Float16 __truncsfhf2(float value) { return asHalf(narrow(value, 10)); }
_Float16 __truncdfhf2(double value) { return asHalf(narrow(value, 10)); }
__bf16 __truncsfbf2(float value) { return asBrain(narrow(value, 7)); }
__bf16 __truncdfbf2(double value) { return asBrain(narrow(value, 7)); }

#endif
