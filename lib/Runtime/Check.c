/*===- Check.c - element types, sizes, and the checks of a run's tensors ---===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIMS_TEXT = 128 };

static const struct {
  const char *name;
  uint8_t bytes; /* 0: compiled models have no such tensors */
} dtypes[] = {{"undefined", 0}, {"float", 4},  {"uint8", 1},     {"int8", 1},       {"uint16", 2},  {"int16", 2},
              {"int32", 4},     {"int64", 8},  {"string", 0},    {"bool", 1},       {"float16", 2}, {"double", 8},
              {"uint32", 4},    {"uint64", 8}, {"complex64", 0}, {"complex128", 0}, {"bfloat16", 2}};

static const uint32_t numDtypes = sizeof dtypes / sizeof *dtypes;

size_t tt_dtype_bytes(uint32_t dtype) { return dtype < numDtypes ? dtypes[dtype].bytes : 0; }

const char *tt_dtype_name(uint32_t dtype) { return dtype < numDtypes ? dtypes[dtype].name : "unknown"; }

bool tt_tensor_bytes(uint32_t dtype, uint32_t rank, const int64_t *dims, size_t *bytes) {
  bool empty = false;
  for (uint32_t d = 0; d < rank; ++d) {
    if (dims[d] < 0)
      return false;
    empty |= dims[d] == 0;
  }
  *bytes = empty ? 0 : tt_dtype_bytes(dtype);
  for (uint32_t d = 0; d < rank && !empty; ++d)
    if (__builtin_mul_overflow(*bytes, (size_t)dims[d], bytes))
      return false;
  return *bytes <= PTRDIFF_MAX;
}

const char *tt_format_dims(char *text, size_t size, uint32_t rank, const int64_t *dims) {
  if (rank == 0)
    snprintf(text, size, "scalar");
  size_t used = 0;
  for (uint32_t d = 0; d < rank && used < size; ++d) {
    const char *separator = d ? "x" : "";
    used += dims[d] < 0 ? snprintf(text + used, size - used, "%s?", separator)
                        : snprintf(text + used, size - used, "%s%lld", separator, (long long)dims[d]);
  }
  return text;
}

static const char *dimName(const tt_value_info *info, uint32_t d) {
  const char *name = info->dim_names ? info->dim_names[d] : NULL;
  return name && *name ? name : NULL;
}

/* The first dimension before (`input`, `dim`) of the same name, or `self`. */
static uint32_t firstOfName(const tt_entry_info *entry, uint32_t input, uint32_t dim, uint32_t self) {
  const char *name = dimName(&entry->inputs[input], dim);
  uint32_t flat = 0;
  for (uint32_t i = 0; name && i <= input; ++i)
    for (uint32_t d = 0; d < entry->inputs[i].rank && flat < self; ++d, ++flat) {
      const char *other = dimName(&entry->inputs[i], d);
      if (other && strcmp(name, other) == 0)
        return flat;
    }
  return self;
}

bool tt_entry_dims_create(const tt_entry_info *entry, tt_entry_dims *layout) {
  layout->total = 0;
  for (uint32_t i = 0; i < entry->num_inputs; ++i)
    layout->total += entry->inputs[i].rank;
  layout->starts = calloc((size_t)entry->num_inputs + 1, sizeof *layout->starts);
  layout->first = calloc((size_t)layout->total + 1, sizeof *layout->first);
  if (!layout->starts || !layout->first)
    return false;
  uint32_t flat = 0;
  for (uint32_t i = 0; i < entry->num_inputs; ++i) {
    layout->starts[i] = flat;
    for (uint32_t d = 0; d < entry->inputs[i].rank; ++d, ++flat)
      layout->first[flat] = firstOfName(entry, i, d, flat);
  }
  return true;
}

void tt_entry_dims_free(tt_entry_dims *layout) {
  free(layout->starts);
  free(layout->first);
}

#define TT_REJECT(...) (tt_error_set(session, TT_INVALID_ARGUMENT, __VA_ARGS__), false)

static bool checkCount(tt_session *session, const char *what, uint32_t needed, uint32_t found, const void *pointer) {
  if (needed != found)
    return TT_REJECT("entry '%s' has %u %ss, but %u were given", session->entry->name, needed, what, found);
  if (needed && !pointer)
    return TT_REJECT("entry '%s' needs %u %ss, but the array is a null pointer", session->entry->name, needed, what);
  return true;
}

static bool checkPointer(tt_session *session, const char *what, const tt_value_info *info, const tt_tensor *tensor,
                         size_t bytes) {
  size_t element = tt_dtype_bytes(info->dtype);
  if (!tensor->data && bytes)
    return TT_REJECT("%s '%s': data is a null pointer", what, info->name);
  if (tensor->bytes && tensor->bytes < bytes)
    return TT_REJECT("%s '%s' needs %zu bytes, but its buffer has %zu", what, info->name, bytes, tensor->bytes);
  if (element && (uintptr_t)tensor->data % element)
    return TT_REJECT("%s '%s': data must be aligned to %zu bytes, the size of %s", what, info->name, element,
                     tt_dtype_name(info->dtype));
  return true;
}

static bool checkInput(tt_session *session, uint32_t index, const tt_tensor *tensor) {
  const tt_value_info *info = &session->entry->inputs[index];
  char needed[DIMS_TEXT], found[DIMS_TEXT];
  if (tensor->dtype != info->dtype)
    return TT_REJECT("input '%s' needs element type %s, but has %s", info->name, tt_dtype_name(info->dtype),
                     tt_dtype_name(tensor->dtype));
  if (tensor->rank && !tensor->dims)
    return TT_REJECT("input '%s': dims is a null pointer", info->name);
  if (tensor->rank != info->rank)
    return TT_REJECT("input '%s' needs rank %u (%s), but has rank %u (%s)", info->name, info->rank,
                     tt_format_dims(needed, sizeof needed, info->rank, info->dims), tensor->rank,
                     tt_format_dims(found, sizeof found, tensor->rank, tensor->dims));
  uint32_t start = session->entry_layout->starts[index];
  for (uint32_t d = 0; d < info->rank; ++d) {
    if (tensor->dims[d] < 0)
      return TT_REJECT("input '%s': size %lld of dimension %u is negative", info->name, (long long)tensor->dims[d], d);
    if (info->dims[d] >= 0 && tensor->dims[d] != info->dims[d])
      return TT_REJECT("input '%s' needs shape %s, but has %s", info->name,
                       tt_format_dims(needed, sizeof needed, info->rank, info->dims),
                       tt_format_dims(found, sizeof found, tensor->rank, tensor->dims));
    session->input_dims[start + d] = tensor->dims[d];
    uint32_t first = session->entry_layout->first[start + d];
    if (session->input_dims[first] != tensor->dims[d]) {
      uint32_t other = 0;
      while (other < index && session->entry_layout->starts[other + 1] <= first)
        ++other;
      return TT_REJECT("input '%s' has %s = %lld, but input '%s' has %s = %lld; sizes of one name must be equal",
                       info->name, info->dim_names[d], (long long)tensor->dims[d], session->entry->inputs[other].name,
                       info->dim_names[d], (long long)session->input_dims[first]);
    }
  }
  size_t bytes;
  if (!tt_tensor_bytes(tensor->dtype, tensor->rank, tensor->dims, &bytes))
    return TT_REJECT("input '%s': shape %s is larger than the address space", info->name,
                     tt_format_dims(found, sizeof found, tensor->rank, tensor->dims));
  return checkPointer(session, "input", info, tensor, bytes);
}

bool tt_check_inputs(tt_session *session, const tt_tensor *inputs, uint32_t count) {
  if (!checkCount(session, "input", session->entry->num_inputs, count, inputs))
    return false;
  for (uint32_t i = 0; i < count; ++i)
    if (!checkInput(session, i, &inputs[i]))
      return false;
  return true;
}

static bool checkOutput(tt_session *session, const tt_value_info *info, const tt_tensor *tensor) {
  char needed[DIMS_TEXT], found[DIMS_TEXT];
  if (tensor->dtype != info->dtype)
    return TT_REJECT("output '%s' has element type %s, but the buffer is for %s", info->name,
                     tt_dtype_name(info->dtype), tt_dtype_name(tensor->dtype));
  if (!tensor->dims)
    return checkPointer(session, "output", info, tensor, 0);
  if (tensor->rank != info->rank)
    return TT_REJECT("output '%s' has rank %u (%s), but the buffer is for rank %u (%s)", info->name, info->rank,
                     tt_format_dims(needed, sizeof needed, info->rank, info->dims), tensor->rank,
                     tt_format_dims(found, sizeof found, tensor->rank, tensor->dims));
  size_t bytes;
  if (!tt_tensor_bytes(tensor->dtype, tensor->rank, tensor->dims, &bytes))
    return TT_REJECT("output '%s': shape %s of the buffer is not a shape", info->name,
                     tt_format_dims(found, sizeof found, tensor->rank, tensor->dims));
  return checkPointer(session, "output", info, tensor, bytes);
}

/* The caller's struct without what an earlier run of the session put there. */
static tt_tensor takeOutput(const tt_session *session, uint32_t index, const tt_tensor *given) {
  tt_tensor tensor = *given;
  const tt_owned_output *owned = &session->owned[index];
  bool fromSession = tensor.data == owned->buffers[0].data || tensor.data == owned->buffers[1].data;
  if (!tensor.data || fromSession)
    return (tt_tensor){0};
  uintptr_t dims = (uintptr_t)tensor.dims, start = (uintptr_t)session->output_dims;
  if (dims >= start && dims < start + session->num_output_dims * sizeof *tensor.dims)
    tensor.dims = NULL;
  return tensor;
}

bool tt_take_outputs(tt_session *session, const tt_tensor *outputs, uint32_t count) {
  if (!checkCount(session, "output", session->entry->num_outputs, count, outputs))
    return false;
  uint32_t start = 0;
  for (uint32_t i = 0; i < count; ++i) {
    session->outputs[i] = takeOutput(session, i, &outputs[i]);
    session->output_starts[i] = start;
    start += session->entry->outputs[i].rank;
    if (session->outputs[i].data && !checkOutput(session, &session->entry->outputs[i], &session->outputs[i]))
      return false;
  }
  return true;
}
