//===- FakeModel.cpp - what a compiled model defines, by hand -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "FakeModel.h"

#include <cstdlib>

thread_local Behaviour behaviour;
thread_local void *behaviourUser;

namespace {

struct AddArguments {
  const float *x, *y;
  float *z;
};

void addRow(tt_context *ctx, void *args, int64_t chunk, int64_t) {
  auto *a = static_cast<AddArguments *>(args);
  if (a->x[3 * chunk] < 0)
    tt_rt_fail(ctx, "onnx node 'add': the first element of a row is negative");
  for (int64_t i = 3 * chunk; i < 3 * chunk + 3; ++i)
    a->z[i] = a->x[i] + a->y[i];
}

void add(tt_context *ctx) {
  int64_t dims[2];
  AddArguments a;
  a.x = static_cast<const float *>(tt_rt_input(ctx, 0, dims));
  a.y = static_cast<const float *>(tt_rt_input(ctx, 1, dims));
  a.z = static_cast<float *>(tt_rt_output(ctx, 0, 2, dims));
  tt_rt_parallel_for(ctx, addRow, &a, dims[0]);
}

void next(tt_context *ctx) {
  int64_t size;
  auto *in = static_cast<const float *>(tt_rt_input(ctx, 0, &size));
  auto *out = static_cast<float *>(tt_rt_output(ctx, 0, 1, &size));
  // Backwards and one ahead: wrong when both are the same buffer.
  for (int64_t i = size - 1; i >= 0; --i)
    out[i] = in[size - 1 - i] + 1;
}

void call(tt_context *ctx) { behaviour(ctx, behaviourUser); }

const int64_t rowDims[] = {-1, 3}, anyDims[] = {-1};
const char *const rowNames[] = {"batch", nullptr};
const tt_value_info addInputs[] = {{"x", TT_FLOAT, 2, rowDims, rowNames}, {"y", TT_FLOAT, 2, rowDims, rowNames}};
const tt_value_info addOutputs[] = {{"z", TT_FLOAT, 2, rowDims, rowNames}};
const tt_value_info state[] = {{"state", TT_FLOAT, 1, anyDims, nullptr}};
const tt_value_info out[] = {{"out", TT_INT64, 1, anyDims, nullptr}};
const tt_entry_info entries[] = {
    {"add", 2, 1, addInputs, addOutputs}, {"next", 1, 1, state, state}, {"call", 0, 1, nullptr, out}};
void (*const runs[])(tt_context *) = {add, next, call};
const tt_isa_info isas[] = {{"x86-64", 0, runs}};

void *allocate(void *user, size_t bytes, size_t alignment) {
  auto *self = static_cast<CountingAllocator *>(user);
  if (bytes > self->limit)
    return nullptr;
  self->calls++;
  self->live += bytes;
  return aligned_alloc(alignment, bytes);
}

void deallocate(void *user, void *pointer, size_t bytes) {
  static_cast<CountingAllocator *>(user)->live -= bytes;
  free(pointer);
}

} // namespace

extern "C" const tt_model_info tt_model_descriptor = {
    TT_ABI_VERSION, 3, entries, "fake", "a test", "x86_64-linux-gnu x86-64", 0, 1, isas, nullptr};

tt_session_options CountingAllocator::options(uint32_t threads) {
  return {sizeof(tt_session_options), threads, allocate, deallocate, this, nullptr};
}

Session::Session(uint32_t threads) {
  tt_session_options options = {};
  options.struct_size = sizeof options;
  options.threads = threads;
  tt_session_create(tt_model(), &options, &session);
}

Session::Session(const tt_session_options &options) { tt_session_create(tt_model(), &options, &session); }

tt_status Session::call(Behaviour what, void *user) {
  behaviour = what;
  behaviourUser = user;
  tt_tensor output = {};
  return tt_session_run(session, Call, nullptr, 0, &output, 1);
}
