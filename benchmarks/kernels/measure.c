// Times one kernel against this core's peak of f32 multiply-adds, alternating, so that both see the same clock.
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
#include <immintrin.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __AVX512F__
typedef __m512 vec;
#define VEC(x) _mm512_set1_ps(x)
#define ADD(a, b) _mm512_add_ps(a, b)
#else
typedef __m256 vec;
#define VEC(x) _mm256_set1_ps(x)
#define ADD(a, b) _mm256_add_ps(a, b)
#endif
enum { LANES = sizeof(vec) / 4, CHAINS = 12 };

// Processor time of this thread: other work on the machine disturbs the caches, but is not counted.
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

static volatile float sink;

// Twelve independent chains hide the latency of the multiply-adds; the asm keeps the compiler from folding them.
static double peak_flops(int64_t steps) {
  vec sum[CHAINS], b = VEC(0.999f), c = VEC(1e-3f);
  for (int i = 0; i < CHAINS; ++i)
    sum[i] = VEC((float)i);
  double start = now();
  for (int64_t k = 0; k < steps; ++k)
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; ++i)
      __asm__ volatile("vfmadd213ps %2, %1, %0" : "+v"(sum[i]) : "v"(b), "v"(c));
  double seconds = now() - start;
  for (int i = 1; i < CHAINS; ++i)
    sum[0] = ADD(sum[0], sum[i]);
  sink = ((float *)&sum[0])[0];
  return 2.0 * LANES * CHAINS * steps / seconds;
}

#ifdef __AVX512VNNI__
typedef __m512i ints;
#define INTS(x) _mm512_set1_epi32(x)
#else
typedef __m256i ints;
#define INTS(x) _mm256_set1_epi32(x)
#endif

// As peak_flops, of unsigned by signed bytes: four multiply-adds in each i32.
static double peak_bytes(int64_t steps) {
#if defined(__AVX512VNNI__) || defined(__AVXVNNI__)
  ints sum[CHAINS], b = INTS(0x01020301), c = INTS(0x00010001);
  for (int i = 0; i < CHAINS; ++i)
    sum[i] = INTS(i);
  double start = now();
  for (int64_t k = 0; k < steps; ++k)
#pragma clang loop unroll(full)
    for (int i = 0; i < CHAINS; ++i)
      __asm__ volatile("vpdpbusd %2, %1, %0" : "+v"(sum[i]) : "v"(b), "v"(c));
  double seconds = now() - start;
  int32_t all = 0;
  for (int i = 0; i < CHAINS; ++i)
    all += ((int32_t *)&sum[i])[0];
  sink = (float)all;
  return 2.0 * sizeof(ints) * CHAINS * steps / seconds;
#else
  return 4 * peak_flops(steps); // as many multiply-adds as with VNNI, which this CPU lacks
#endif
}

// The sum of `bytes` bytes at `data`, eight lines at a time.
static void read_all(const char *data, int64_t bytes) {
  ints sum[8];
  memset(sum, 0, sizeof sum);
  for (int64_t at = 0; at + (int64_t)sizeof sum <= bytes; at += sizeof sum)
    for (int i = 0; i < 8; ++i)
      sum[i] += *(const ints *)(data + at + i * sizeof(ints));
  for (int i = 1; i < 8; ++i)
    sum[0] += sum[i];
  sink = (float)((int32_t *)&sum[0])[0];
}

// Calls kernel(args[0], .., args[count - 1]) (at most 6 arguments): `samples` times `repeats` calls, each beside a
// measurement of the peak. seconds[i] is the time of one call, peak[i] the peak in operations per second.
void tt_measure(void *kernel, void **args, int64_t count, int64_t repeats, int64_t samples, double *seconds,
                double *peak) {
  typedef void (*function)(void *, void *, void *, void *, void *, void *);
  void *a[6] = {0};
  for (int64_t i = 0; i < count; ++i)
    a[i] = args[i];
  for (int64_t s = 0; s < samples; ++s) {
    peak[s] = peak_flops(30000);
    double start = now();
    for (int64_t r = 0; r < repeats; ++r)
      ((function)kernel)(a[0], a[1], a[2], a[3], a[4], a[5]);
    seconds[s] = (now() - start) / repeats;
  }
}

// As tt_measure, against the peak of products of bytes, or, where `readBytes` is not 0, against a read of so many bytes
// (in bytes per second). `coldBytes` bytes are read before every call of the kernel and before that read, so that
// neither finds its data in the caches.
void tt_measure_bytes(void *kernel, void **args, int64_t count, int64_t repeats, int64_t samples, int64_t coldBytes,
                      int64_t readBytes, double *seconds, double *peak) {
  typedef void (*function)(void *, void *, void *, void *, void *, void *);
  void *a[6] = {0};
  for (int64_t i = 0; i < count; ++i)
    a[i] = args[i];
  char *data = aligned_alloc(4096, (readBytes + 4095) / 4096 * 4096 + 4096);
  char *other = aligned_alloc(4096, coldBytes + 4096);
  memset(data, 1, readBytes);
  memset(other, 1, coldBytes);
  for (int64_t s = 0; s < samples; ++s) {
    read_all(other, coldBytes);
    if (readBytes) {
      double start = now();
      read_all(data, readBytes);
      peak[s] = readBytes / (now() - start);
    } else {
      peak[s] = peak_bytes(30000);
    }
    double total = 0;
    for (int64_t r = 0; r < repeats; ++r) {
      if (coldBytes)
        read_all(other, coldBytes);
      double start = now();
      ((function)kernel)(a[0], a[1], a[2], a[3], a[4], a[5]);
      total += now() - start;
    }
    seconds[s] = total / repeats;
  }
  free(data);
  free(other);
}
