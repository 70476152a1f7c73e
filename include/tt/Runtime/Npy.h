/*===- Npy.h - NumPy's .npy files ------------------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#ifndef TT_RUNTIME_NPY_H
#define TT_RUNTIME_NPY_H

#include "tt/Runtime/ABI.h"

#include <stdbool.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TT_NPY_MAX_RANK = 32, TT_NPY_ERROR_BYTES = 512 };

/* Reads version 1 to 3 files with dense row-major data in this machine's byte order. bfloat16 is NumPy's two-byte void
 * type (V2). On failure `error` is one line that names the file. `data` and `dims` are from malloc; tt_npy_free frees
 * them. */
bool tt_npy_read(const char *path, tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]);
/* The same from an open, seekable file, which stays open; `name` is for the errors. */
bool tt_npy_read_stream(FILE *file, const char *name, tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]);
/* Reads up to the data of an open file, which need not be seekable: `tensor` gets all but `data`. */
bool tt_npy_read_header(FILE *file, const char *name, tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]);
void tt_npy_free(tt_tensor *tensor);

/* Writes `tensor` to `path`; the file appears whole or not at all. */
bool tt_npy_write(const char *path, const tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]);

/* Bytes of an element, 0 for a type without a NumPy counterpart; its ONNX name in lower case. */
size_t tt_npy_dtype_bytes(uint32_t dtype);
const char *tt_npy_dtype_name(uint32_t dtype);

#ifdef __cplusplus
}
#endif

#endif /* TT_RUNTIME_NPY_H */
