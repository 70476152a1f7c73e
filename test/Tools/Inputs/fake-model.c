/*===- fake-model.c - what a compiled model defines, by hand ---------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * z = x + y and count = number of rows; x, y: float [batch, 3]. Negative numbers at the start of a row of x fail the
 * run.
 *===----------------------------------------------------------------------===*/

#include "tt/Runtime/Internal.h"

#include <stddef.h>

typedef struct {
  const float *x, *y;
  float *z;
} arguments;

static void addRow(tt_context *ctx, void *args, int64_t chunk, int64_t thread) {
  (void)thread;
  arguments *a = args;
  if (a->x[3 * chunk] < 0)
    tt_rt_fail(ctx, "onnx node 'add': the first element of a row is negative");
  for (int64_t i = 3 * chunk; i < 3 * chunk + 3; ++i)
    a->z[i] = a->x[i] + a->y[i];
}

static void run(tt_context *ctx) {
  int64_t dims[2];
  arguments a;
  a.x = tt_rt_input(ctx, 0, dims);
  a.y = tt_rt_input(ctx, 1, dims);
  a.z = tt_rt_output(ctx, 0, 2, dims);
  *(int64_t *)tt_rt_output(ctx, 1, 0, NULL) = dims[0];
  tt_rt_parallel_for(ctx, addRow, &a, dims[0]);
}

static const int64_t dims[] = {-1, 3};
static const char *const names[] = {"batch", NULL};
static const tt_value_info inputs[] = {{"x", TT_FLOAT, 2, dims, names}, {"in/y", TT_FLOAT, 2, dims, names}};
static const tt_value_info outputs[] = {{"z", TT_FLOAT, 2, dims, names}, {"count", TT_INT64, 0, NULL, NULL}};
static const tt_entry_info entries[] = {{"main", 2, 2, inputs, outputs}};
static void (*const runs[])(tt_context *) = {run};
static const tt_isa_info isas[] = {{"x86-64", FEATURES, runs}};

const char tt_model_weights[4096] __attribute__((aligned(4096))) = {1};
const tt_model_info tt_model_descriptor = {
    TT_ABI_VERSION,          1, entries, "fake",          "a test", "x86_64-linux-gnu x86-64",
    sizeof tt_model_weights, 1, isas,    tt_model_weights};
