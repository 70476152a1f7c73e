/*===- Helpers.h - functions without state ---------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#ifndef TT_LIB_RUNTIME_HELPERS_H
#define TT_LIB_RUNTIME_HELPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TT_MAX_THREADS = 1024 };

/* A list under construction: "a, b", cut to `size` bytes. */
typedef struct {
  char *text;
  size_t size, length;
} tt_text;

/* Appends one name to `list`, after a comma where it is not the first. */
void tt_text_append(tt_text *list, const char *name);

/* The TT_CPU bits of this CPU that the operating system lets programs use. */
uint64_t tt_cpu_features(void);
/* Takes the features that `text`, the value of the environment variable TT_CPU_FEATURES, names from `features`:
 * "-avx2,-fma". It can only remove, so that a test plays an older CPU and nothing else. False when `text` is anything
 * else; `features` is then unspecified. */
bool tt_cpu_features_remove(uint64_t *features, const char *text);
/* Writes LLVM's names of `features` to `text`, "avx2, fma", cut to its size. Returns `text`. */
const char *tt_format_features(char *text, size_t size, uint64_t features);

/* CPUs this process may use, at least 1. */
uint32_t tt_available_threads(void);
/* Bytes of an element, 0 for a type that tensors of compiled models cannot have. */
size_t tt_dtype_bytes(uint32_t dtype);
/* ONNX name in lower case ("float", "int64"), "unknown" for other numbers. */
const char *tt_dtype_name(uint32_t dtype);
/* Bytes of a dense tensor; false when a size is negative or the product does not fit. */
bool tt_tensor_bytes(uint32_t dtype, uint32_t rank, const int64_t *dims, size_t *bytes);
/* Writes "2x3x?" (or "scalar") to `text`, cut to its size; a negative size prints as `?`. Returns `text`. */
const char *tt_format_dims(char *text, size_t size, uint32_t rank, const int64_t *dims);

#ifdef __cplusplus
}
#endif

#endif /* TT_LIB_RUNTIME_HELPERS_H */
