/*===- Internal.h - between compiled code and the runtime ------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * What the code generator calls and what it must define. Both sides are made by the same tt-compile, so nothing here is
 * stable between versions. All symbols are hidden in the artefact.
 *===----------------------------------------------------------------------===*/

#ifndef TT_RUNTIME_INTERNAL_H
#define TT_RUNTIME_INTERNAL_H

#include "tt/Runtime/ABI.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TT_HIDDEN __attribute__((visibility("hidden")))
#else
#define TT_HIDDEN
#endif

/* Instruction set extensions: TT_CPU_FEATURE(identifier, bit, name in LLVM). A feature of the target that is not in
 * this list must not be relied on by compiled code; all that are in the list and are enabled go into
 * tt_isa_info.required_features. Bits 0..47 belong to x86-64, 48..63 to AArch64. */
#define TT_CPU_FEATURES(TT_CPU_FEATURE)                                                                                \
  TT_CPU_FEATURE(SSE3, 0, "sse3")                                                                                      \
  TT_CPU_FEATURE(SSSE3, 1, "ssse3")                                                                                    \
  TT_CPU_FEATURE(SSE41, 2, "sse4.1")                                                                                   \
  TT_CPU_FEATURE(SSE42, 3, "sse4.2")                                                                                   \
  TT_CPU_FEATURE(POPCNT, 4, "popcnt")                                                                                  \
  TT_CPU_FEATURE(LZCNT, 5, "lzcnt")                                                                                    \
  TT_CPU_FEATURE(MOVBE, 6, "movbe")                                                                                    \
  TT_CPU_FEATURE(BMI, 7, "bmi")                                                                                        \
  TT_CPU_FEATURE(BMI2, 8, "bmi2")                                                                                      \
  TT_CPU_FEATURE(AVX, 9, "avx")                                                                                        \
  TT_CPU_FEATURE(F16C, 10, "f16c")                                                                                     \
  TT_CPU_FEATURE(FMA, 11, "fma")                                                                                       \
  TT_CPU_FEATURE(AVX2, 12, "avx2")                                                                                     \
  TT_CPU_FEATURE(AVXVNNI, 13, "avxvnni")                                                                               \
  TT_CPU_FEATURE(AVX512F, 14, "avx512f")                                                                               \
  TT_CPU_FEATURE(AVX512CD, 15, "avx512cd")                                                                             \
  TT_CPU_FEATURE(AVX512BW, 16, "avx512bw")                                                                             \
  TT_CPU_FEATURE(AVX512DQ, 17, "avx512dq")                                                                             \
  TT_CPU_FEATURE(AVX512VL, 18, "avx512vl")                                                                             \
  TT_CPU_FEATURE(AVX512VNNI, 19, "avx512vnni")                                                                         \
  TT_CPU_FEATURE(AVX512VBMI, 20, "avx512vbmi")                                                                         \
  TT_CPU_FEATURE(AVX512VBMI2, 21, "avx512vbmi2")                                                                       \
  TT_CPU_FEATURE(AVX512IFMA, 22, "avx512ifma")                                                                         \
  TT_CPU_FEATURE(AVX512BITALG, 23, "avx512bitalg")                                                                     \
  TT_CPU_FEATURE(AVX512VPOPCNTDQ, 24, "avx512vpopcntdq")                                                               \
  TT_CPU_FEATURE(AVX512BF16, 25, "avx512bf16")                                                                         \
  TT_CPU_FEATURE(AVX512FP16, 26, "avx512fp16")                                                                         \
  TT_CPU_FEATURE(GFNI, 27, "gfni")                                                                                     \
  TT_CPU_FEATURE(AVXIFMA, 28, "avxifma")                                                                               \
  TT_CPU_FEATURE(AVXVNNIINT8, 29, "avxvnniint8")                                                                       \
  TT_CPU_FEATURE(AVXNECONVERT, 30, "avxneconvert")                                                                     \
  TT_CPU_FEATURE(NEON, 48, "neon")                                                                                     \
  TT_CPU_FEATURE(DOTPROD, 49, "dotprod")                                                                               \
  TT_CPU_FEATURE(I8MM, 50, "i8mm")                                                                                     \
  TT_CPU_FEATURE(FULLFP16, 51, "fullfp16")                                                                             \
  TT_CPU_FEATURE(BF16, 52, "bf16")                                                                                     \
  TT_CPU_FEATURE(LSE, 53, "lse")                                                                                       \
  TT_CPU_FEATURE(RDM, 54, "rdm")                                                                                       \
  TT_CPU_FEATURE(COMPLXNUM, 55, "complxnum")                                                                           \
  TT_CPU_FEATURE(SHA3, 56, "sha3")                                                                                     \
  TT_CPU_FEATURE(FP16FML, 57, "fp16fml")                                                                               \
  TT_CPU_FEATURE(FPTOINT, 58, "fptoint")                                                                               \
  TT_CPU_FEATURE(CSSC, 59, "cssc")                                                                                     \
  TT_CPU_FEATURE(MOPS, 60, "mops")

#define TT_CPU_MASK(identifier, bit, name) static const uint64_t TT_CPU_##identifier = UINT64_C(1) << (bit);
TT_CPU_FEATURES(TT_CPU_MASK)
#undef TT_CPU_MASK

/* Defined by every artefact: the model, and its weights (read-only, aligned to a page). */
extern TT_HIDDEN const tt_model_info tt_model_descriptor;
extern TT_HIDDEN const char tt_model_weights[];

/* Data of input `index`; writes its sizes (rank values) to `dims`, which may be NULL when the rank is 0. Never NULL. */
TT_HIDDEN void *tt_rt_input(tt_context *ctx, int64_t index, int64_t *dims);

/* Buffer for output `index` of the given shape: the caller's, whose shape or capacity is checked here, or one owned by
 * the session. Never NULL; at most one call for each output of a run. The rank is the one in the output's
 * tt_value_info. */
TT_HIDDEN void *tt_rt_output(tt_context *ctx, int64_t index, int64_t rank, const int64_t *dims);

/* The session's arena: at least `bytes` bytes, 64-byte aligned, kept between runs. Growing loses its contents, so call
 * it once, before its first use. */
TT_HIDDEN void *tt_rt_arena(tt_context *ctx, int64_t bytes);

/* `bytes` bytes, 64-byte aligned, until the end of the run. Outside parallel loops only. */
TT_HIDDEN void *tt_rt_alloc(tt_context *ctx, int64_t bytes);

/* `bytes` bytes for each thread of the session, one part behind the other, 64-byte aligned, until the next call: all
 * kernels share them, and they are kept between runs. Outside parallel loops only. */
TT_HIDDEN void *tt_rt_scratch(tt_context *ctx, int64_t bytes);

/* Calls `body` for chunks 0 .. count-1, each once, in any order, on the session's threads. `thread` is in [0,
 * tt_rt_threads). `body` must use the context it is given. A loop inside `body` runs serially on the thread that meets
 * it. Unwinds when a chunk has failed. */
TT_HIDDEN void tt_rt_parallel_for(tt_context *ctx,
                                  void (*body)(tt_context *, void *args, int64_t chunk, int64_t thread), void *args,
                                  int64_t count);

/* Number of threads of the session, for per-thread scratch. */
TT_HIDDEN int64_t tt_rt_threads(tt_context *ctx);

/* Fails the run with `message`. Outside parallel loops it does not return. Inside it records the first message and
 * returns: the chunk goes on with harmless values and the run unwinds at the end of the loop. */
TT_HIDDEN void tt_rt_fail(tt_context *ctx, const char *message);
/* The same with ", but found A and B" behind the message. */
TT_HIDDEN void tt_rt_fail_found(tt_context *ctx, const char *message, int64_t a, int64_t b);

/* Code compiled with --profile (docs/profiling.md) has the tables below and calls the functions below; the object that
 * has them (lib/Runtime/Profile*.c) is linked to such code only. */

/* An ONNX node and the op of the tt dialect that it became. */
typedef struct tt_probe_node {
  const char *name, *kind;
} tt_probe_node;

/* A tt.probe_info. `parent` is the index of the container around it, -1 without one. */
typedef struct tt_probe_info {
  const char *name, *kernel, *granularity;
  uint32_t num_nodes;
  const tt_probe_node *nodes;
  int32_t parent;
  uint32_t is_container;
} tt_probe_info;

/* A tt.probe_buffer: its probes by index. */
typedef struct tt_probe_buffer {
  const char *name;
  uint32_t first, last;
} tt_probe_buffer;

/* What the code of one level measures. `options` is the value of --profile, `source` the maker of the model file. */
typedef struct tt_profile_info {
  const char *options, *source;
  uint32_t num_probes, num_buffers;
  const tt_probe_info *probes;
  const tt_probe_buffer *buffers;
} tt_profile_info;

/* Around the code of an entry point. The first run of a session allocates what it measures into. */
TT_HIDDEN void tt_rt_profile_begin(tt_context *ctx, const tt_profile_info *info);
TT_HIDDEN void tt_rt_profile_end(tt_context *ctx);

/* tt.probe, tt.probe_enter, tt.probe_leave, tt.probe_buffer. Outside of parallel loops only. */
TT_HIDDEN void tt_rt_probe(tt_context *ctx, int64_t probe, int64_t flops, int64_t bytes_read, int64_t bytes_written);
TT_HIDDEN void tt_rt_probe_enter(tt_context *ctx, int64_t probe);
TT_HIDDEN void tt_rt_probe_leave(tt_context *ctx, int64_t probe);
TT_HIDDEN void tt_rt_probe_buffer(tt_context *ctx, int64_t buffer, int64_t offset, int64_t bytes);

/* tt_rt_parallel_for that measures how long each thread is in `body`. */
TT_HIDDEN void tt_rt_profile_parallel_for(tt_context *ctx,
                                          void (*body)(tt_context *, void *args, int64_t chunk, int64_t thread),
                                          void *args, int64_t count);

/* tt.observe: calls the session's observer (tt_session_observe), if there is one. `dims` holds the sizes, then the
 * strides. In lib/Runtime/Observe.c, an object that is linked to code with observers only. */
TT_HIDDEN void tt_rt_observe(tt_context *ctx, const char *name, const float *values, int64_t rank, const int64_t *dims);

#ifdef __cplusplus
}
#endif

#endif /* TT_RUNTIME_INTERNAL_H */
