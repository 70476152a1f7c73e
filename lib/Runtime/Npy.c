/*===- Npy.c - NumPy's .npy files ------------------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

/* Format: numpy/lib/format.py. "\x93NUMPY", version (2 bytes), length of the header (2 bytes, 4 from version 2 on,
 * little-endian), header: a Python dict
 * {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), } padded so that the data starts at a multiple of 64. */

#include "tt/Runtime/Npy.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char magic[] = "\x93NUMPY";

enum { MAGIC_BYTES = 6, MAX_HEADER_BYTES = 1 << 20 };

/* NumPy's `descr` without its byte order. */
static const struct {
  const char *descr;
  const char *name;
  uint32_t dtype;
  uint32_t bytes;
} types[] = {{"f4", "float", TT_FLOAT, 4},       {"f8", "double", TT_DOUBLE, 8}, {"f2", "float16", TT_FLOAT16, 2},
             {"V2", "bfloat16", TT_BFLOAT16, 2}, {"b1", "bool", TT_BOOL, 1},     {"i1", "int8", TT_INT8, 1},
             {"i2", "int16", TT_INT16, 2},       {"i4", "int32", TT_INT32, 4},   {"i8", "int64", TT_INT64, 8},
             {"u1", "uint8", TT_UINT8, 1},       {"u2", "uint16", TT_UINT16, 2}, {"u4", "uint32", TT_UINT32, 4},
             {"u8", "uint64", TT_UINT64, 8}};

enum { NUM_TYPES = sizeof types / sizeof *types };

static int typeIndex(uint32_t dtype) {
  for (int i = 0; i < NUM_TYPES; ++i)
    if (types[i].dtype == dtype)
      return i;
  return -1;
}

size_t tt_npy_dtype_bytes(uint32_t dtype) { return typeIndex(dtype) < 0 ? 0 : types[typeIndex(dtype)].bytes; }

const char *tt_npy_dtype_name(uint32_t dtype) {
  return typeIndex(dtype) < 0 ? "unknown" : types[typeIndex(dtype)].name;
}

static bool fail(char *error, const char *path, const char *format, ...) {
  int used = snprintf(error, TT_NPY_ERROR_BYTES, "%s: ", path);
  va_list arguments;
  va_start(arguments, format);
  if (used >= 0 && used < TT_NPY_ERROR_BYTES)
    vsnprintf(error + used, TT_NPY_ERROR_BYTES - used, format, arguments);
  va_end(arguments);
  return false;
}

/* The text behind 'key': in the header's dict, or NULL. */
static const char *valueOf(const char *header, const char *key) {
  char quoted[32];
  snprintf(quoted, sizeof quoted, "'%s'", key);
  const char *at = strstr(header, quoted);
  if (!at)
    return NULL;
  at += strlen(quoted);
  at += strspn(at, " ");
  return *at == ':' ? at + 1 + strspn(at + 1, " ") : NULL;
}

static bool parseType(const char *path, const char *header, tt_tensor *tensor, char *error) {
  const char *descr = valueOf(header, "descr");
  size_t length = descr && *descr == '\'' ? strcspn(descr + 1, "'") : 0;
  if (length < 2)
    return fail(error, path, "the element type is not a simple one (structured arrays are not supported)");
  for (int i = 0; i < NUM_TYPES; ++i)
    if (length == 3 && strncmp(descr + 2, types[i].descr, 2) == 0) {
      if (descr[1] == '>' && types[i].bytes > 1)
        return fail(error, path, "big-endian data is not supported; convert it with array.astype('<%s')",
                    types[i].descr);
      tensor->dtype = types[i].dtype;
      return true;
    }
  return fail(error, path, "element type '%.*s' is not supported", (int)(length > 32 ? 32 : length), descr + 1);
}

static bool parseShape(const char *path, const char *header, tt_tensor *tensor, int64_t *dims, char *error) {
  const char *order = valueOf(header, "fortran_order"), *at = valueOf(header, "shape");
  if (!order || !at || *at != '(')
    return fail(error, path, "the header of the .npy file is damaged");
  if (strncmp(order, "True", 4) == 0)
    return fail(error, path, "column-major data is not supported; save numpy.ascontiguousarray(array)");
  for (++at; at += strspn(at, ", "), *at != ')';) {
    char *end;
    errno = 0;
    long long size = strtoll(at, &end, 10);
    if (end == at || errno || size < 0)
      return fail(error, path, "the shape in the header of the .npy file is damaged");
    if (tensor->rank == TT_NPY_MAX_RANK)
      return fail(error, path, "more than %d dimensions are not supported", TT_NPY_MAX_RANK);
    dims[tensor->rank++] = size;
    at = end;
  }
  bool empty = false;
  for (uint32_t d = 0; d < tensor->rank; ++d)
    empty |= dims[d] == 0;
  tensor->bytes = empty ? 0 : tt_npy_dtype_bytes(tensor->dtype);
  for (uint32_t d = 0; d < tensor->rank && !empty; ++d)
    if (__builtin_mul_overflow(tensor->bytes, (size_t)dims[d], &tensor->bytes) || tensor->bytes > PTRDIFF_MAX)
      return fail(error, path, "the shape in the header of the .npy file is larger than the address space");
  return true;
}

/* Reads the header as a string from malloc. */
static char *readHeader(const char *path, FILE *file, char *error) {
  unsigned char start[MAGIC_BYTES + 2], length[4] = {0};
  if (fread(start, 1, sizeof start, file) != sizeof start || memcmp(start, magic, MAGIC_BYTES) != 0)
    return fail(error, path, "this is not a .npy file"), NULL;
  if (start[MAGIC_BYTES] < 1 || start[MAGIC_BYTES] > 3)
    return fail(error, path, "version %d of .npy is not supported; 1 to 3 are", start[MAGIC_BYTES]), NULL;
  size_t lengthBytes = start[MAGIC_BYTES] == 1 ? 2 : 4;
  if (fread(length, 1, lengthBytes, file) != lengthBytes)
    return fail(error, path, "the .npy file is cut off in its header"), NULL;
  size_t size = length[0] | length[1] << 8 | length[2] << 16 | (size_t)length[3] << 24;
  if (size > MAX_HEADER_BYTES)
    return fail(error, path, "the header of the .npy file is damaged"), NULL;
  char *header = calloc(size + 1, 1);
  if (!header)
    return fail(error, path, "out of memory"), NULL;
  if (fread(header, 1, size, file) == size)
    return header;
  free(header);
  return fail(error, path, "the .npy file is cut off in its header"), NULL;
}

static bool readData(const char *path, FILE *file, tt_tensor *tensor, char *error) {
  size_t size = tensor->bytes;
  /* A header that promises more than the file holds must not make a huge allocation. */
  long here = ftell(file);
  if (here < 0 || fseek(file, 0, SEEK_END) || (size_t)(ftell(file) - here) < size || fseek(file, here, SEEK_SET))
    return fail(error, path, "the .npy file is cut off: its shape needs %zu bytes of data", size);
  if (posix_memalign(&tensor->data, 64, size ? size : 1))
    return tensor->data = NULL, fail(error, path, "out of memory: %zu bytes", size);
  if (fread(tensor->data, 1, size, file) != size)
    return fail(error, path, "cannot read: %s", strerror(errno));
  return true;
}

bool tt_npy_read_header(FILE *file, const char *name, tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]) {
  memset(tensor, 0, sizeof *tensor);
  int64_t *dims = calloc(TT_NPY_MAX_RANK, sizeof *dims);
  char *header = dims ? readHeader(name, file, error) : (fail(error, name, "out of memory"), NULL);
  tensor->dims = dims;
  bool good = header && parseType(name, header, tensor, error) && parseShape(name, header, tensor, dims, error);
  free(header);
  if (!good)
    tt_npy_free(tensor);
  return good;
}

bool tt_npy_read_stream(FILE *file, const char *name, tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]) {
  if (!tt_npy_read_header(file, name, tensor, error))
    return false;
  bool good = readData(name, file, tensor, error);
  if (!good)
    tt_npy_free(tensor);
  return good;
}

bool tt_npy_read(const char *path, tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]) {
  memset(tensor, 0, sizeof *tensor);
  FILE *file = fopen(path, "rb");
  if (!file)
    return fail(error, path, "%s", strerror(errno));
  bool good = tt_npy_read_stream(file, path, tensor, error);
  fclose(file);
  return good;
}

void tt_npy_free(tt_tensor *tensor) {
  free((void *)tensor->dims);
  free(tensor->data);
  memset(tensor, 0, sizeof *tensor);
}

static bool writeTo(FILE *file, const tt_tensor *tensor, const char *descr, size_t bytes) {
  char header[1024];
  int used = snprintf(header, sizeof header, "{'descr': '%s%s', 'fortran_order': False, 'shape': (",
                      descr[1] == '1' || descr[0] == 'V' ? "|" : "<", descr);
  for (uint32_t d = 0; d < tensor->rank; ++d)
    used += snprintf(header + used, sizeof header - used, d ? " %lld," : "%lld,", (long long)tensor->dims[d]);
  used += snprintf(header + used, sizeof header - used, "), }");
  int prefix = MAGIC_BYTES + 2 + 2, total = (prefix + used + 1 + 63) / 64 * 64, length = total - prefix;
  unsigned char start[4] = {1, 0, (unsigned char)(length & 255), (unsigned char)(length >> 8)};
  memset(header + used, ' ', length - 1 - used);
  header[length - 1] = '\n';
  return fwrite(magic, 1, MAGIC_BYTES, file) == MAGIC_BYTES && fwrite(start, 1, 4, file) == 4 &&
         fwrite(header, 1, length, file) == (size_t)length && fwrite(tensor->data, 1, bytes, file) == bytes;
}

bool tt_npy_write(const char *path, const tt_tensor *tensor, char error[TT_NPY_ERROR_BYTES]) {
  int type = typeIndex(tensor->dtype);
  if (type < 0 || tensor->rank > TT_NPY_MAX_RANK)
    return fail(error, path, "a tensor of this type or rank cannot be written as .npy");
  size_t bytes = types[type].bytes, length = strlen(path);
  for (uint32_t d = 0; d < tensor->rank; ++d)
    bytes *= (size_t)tensor->dims[d];
  char *temporary = malloc(length + 32);
  if (!temporary)
    return fail(error, path, "out of memory");
  snprintf(temporary, length + 32, "%s.tmp-%ld", path, (long)getpid());
  FILE *file = fopen(temporary, "wb");
  bool good = file && writeTo(file, tensor, types[type].descr, bytes);
  int reason = errno;
  if (file && fclose(file) && good) {
    good = false;
    reason = errno;
  }
  if (good && rename(temporary, path)) {
    good = false;
    reason = errno;
  }
  if (!good) {
    unlink(temporary);
    fail(error, path, "cannot write: %s", strerror(reason));
  }
  free(temporary);
  return good;
}
