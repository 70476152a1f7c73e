/*===- Cpu.c - what the CPU can do ----------------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

#include <stdio.h>
#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

typedef struct {
  unsigned eax, ebx, ecx, edx;
} tt_cpuid;

static tt_cpuid readCpuid(unsigned leaf, unsigned subleaf) {
  tt_cpuid result = {0, 0, 0, 0};
  /* Returns 0 and leaves the registers alone when the CPU does not know the leaf. */
  __get_cpuid_count(leaf, subleaf, &result.eax, &result.ebx, &result.ecx, &result.edx);
  return result;
}

/* Bit numbers: Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E. */
uint64_t tt_cpu_features(void) {
  uint64_t set = 0;
#define TT_HAS(feature, reg, bit) set |= ((reg) >> (bit) & 1) ? TT_CPU_##feature : 0
  tt_cpuid one = readCpuid(1, 0), seven = readCpuid(7, 0), sevenOne = readCpuid(7, 1),
           extended = readCpuid(0x80000001u, 0);
  TT_HAS(SSE3, one.ecx, 0);
  TT_HAS(SSSE3, one.ecx, 9);
  TT_HAS(SSE41, one.ecx, 19);
  TT_HAS(SSE42, one.ecx, 20);
  TT_HAS(MOVBE, one.ecx, 22);
  TT_HAS(POPCNT, one.ecx, 23);
  TT_HAS(LZCNT, extended.ecx, 5);
  TT_HAS(BMI, seven.ebx, 3);
  TT_HAS(BMI2, seven.ebx, 8);
  TT_HAS(GFNI, seven.ecx, 8);

  /* Wide registers count only when the operating system saves them: XCR0 bits 1, 2 (xmm, ymm) and 5, 6, 7 (masks, zmm).
   */
  unsigned saved = 0;
  if (one.ecx >> 27 & 1) { /* OSXSAVE */
    unsigned high;
    __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  }
  if ((saved & 0x06) == 0x06) {
    TT_HAS(FMA, one.ecx, 12);
    TT_HAS(AVX, one.ecx, 28);
    TT_HAS(F16C, one.ecx, 29);
    TT_HAS(AVX2, seven.ebx, 5);
    TT_HAS(AVXVNNI, sevenOne.eax, 4);
    TT_HAS(AVXIFMA, sevenOne.eax, 23);
    TT_HAS(AVXVNNIINT8, sevenOne.edx, 4);
    TT_HAS(AVXNECONVERT, sevenOne.edx, 5);
  }
  if ((saved & 0xe6) == 0xe6) {
    TT_HAS(AVX512F, seven.ebx, 16);
    TT_HAS(AVX512DQ, seven.ebx, 17);
    TT_HAS(AVX512IFMA, seven.ebx, 21);
    TT_HAS(AVX512CD, seven.ebx, 28);
    TT_HAS(AVX512BW, seven.ebx, 30);
    TT_HAS(AVX512VL, seven.ebx, 31);
    TT_HAS(AVX512VBMI, seven.ecx, 1);
    TT_HAS(AVX512VBMI2, seven.ecx, 6);
    TT_HAS(AVX512VNNI, seven.ecx, 11);
    TT_HAS(AVX512BITALG, seven.ecx, 12);
    TT_HAS(AVX512VPOPCNTDQ, seven.ecx, 14);
    TT_HAS(AVX512FP16, seven.edx, 23);
    TT_HAS(AVX512BF16, sevenOne.eax, 5);
  }
#undef TT_HAS
  return set;
}

#elif defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>

/* Younger than the headers of Debian 12; Documentation/arch/arm64/elf_hwcaps.rst of Linux. */
#ifndef HWCAP2_CSSC
#define HWCAP2_CSSC (1UL << 34)
#endif
#ifndef HWCAP2_MOPS
#define HWCAP2_MOPS (1UL << 43)
#endif

uint64_t tt_cpu_features(void) {
  unsigned long one = getauxval(AT_HWCAP), two = getauxval(AT_HWCAP2);
  uint64_t set = 0;
  set |= one & HWCAP_ASIMD ? TT_CPU_NEON : 0;
  set |= one & HWCAP_ASIMDDP ? TT_CPU_DOTPROD : 0;
  set |= one & HWCAP_ASIMDHP ? TT_CPU_FULLFP16 : 0;
  set |= one & HWCAP_ATOMICS ? TT_CPU_LSE : 0;
  set |= one & HWCAP_ASIMDRDM ? TT_CPU_RDM : 0;
  set |= one & HWCAP_FCMA ? TT_CPU_COMPLXNUM : 0;
  set |= one & HWCAP_SHA3 ? TT_CPU_SHA3 : 0;
  set |= one & HWCAP_ASIMDFHM ? TT_CPU_FP16FML : 0;
  set |= two & HWCAP2_I8MM ? TT_CPU_I8MM : 0;
  set |= two & HWCAP2_BF16 ? TT_CPU_BF16 : 0;
  set |= two & HWCAP2_FRINT ? TT_CPU_FPTOINT : 0;
  set |= two & HWCAP2_CSSC ? TT_CPU_CSSC : 0;
  set |= two & HWCAP2_MOPS ? TT_CPU_MOPS : 0;
  return set;
}

#else
#error "the runtime supports x86-64 and AArch64"
#endif

static const struct {
  uint64_t bit;
  const char *name;
} features[] = {
#define TT_NAME(identifier, bit, name) {UINT64_C(1) << (bit), name},
    TT_CPU_FEATURES(TT_NAME)
#undef TT_NAME
};

enum { NUM_FEATURES = sizeof features / sizeof *features };

bool tt_cpu_features_remove(uint64_t *set, const char *text) {
  while (*text) {
    size_t length = strcspn(text, ",");
    int f = 0;
    while (f < NUM_FEATURES && !(*text == '-' && strlen(features[f].name) == length - 1 &&
                                 !strncmp(features[f].name, text + 1, length - 1)))
      ++f;
    if (f == NUM_FEATURES)
      return false;
    *set &= ~features[f].bit;
    text += length;
    text += *text == ',';
  }
  return true;
}

const char *tt_format_features(char *text, size_t size, uint64_t set) {
  tt_text list = {text, size, 0};
  for (int f = 0; f < NUM_FEATURES; ++f) {
    if (set & features[f].bit)
      tt_text_append(&list, features[f].name);
    set &= ~features[f].bit;
  }
  if (set)
    tt_text_append(&list, "features unknown to this runtime");
  return text;
}
