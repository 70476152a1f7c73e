/*===- Session.c - sessions and runs ---------------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

#include <stdlib.h>
#include <string.h>

enum { DIMS_TEXT = 128 };

/* Allocates what depends on the model and the number of threads. */
static bool createTables(tt_session *session) {
  const tt_model_info *model = session->model;
  uint32_t maxInputDims = 0, maxOutputDims = 0;
  session->layout = calloc((size_t)model->num_entries + 1, sizeof *session->layout);
  if (!session->layout)
    return false;
  for (uint32_t e = 0; e < model->num_entries; ++e) {
    const tt_entry_info *entry = &model->entries[e];
    if (!tt_entry_dims_create(entry, &session->layout[e]))
      return false;
    uint32_t outputDims = 0;
    for (uint32_t i = 0; i < entry->num_outputs; ++i)
      outputDims += entry->outputs[i].rank;
    if (session->layout[e].total > maxInputDims)
      maxInputDims = session->layout[e].total;
    if (outputDims > maxOutputDims)
      maxOutputDims = outputDims;
    if (entry->num_outputs > session->num_owned)
      session->num_owned = entry->num_outputs;
  }
  session->input_dims = calloc((size_t)maxInputDims + 1, sizeof *session->input_dims);
  session->output_dims = calloc((size_t)maxOutputDims + 1, sizeof *session->output_dims);
  session->num_output_dims = maxOutputDims;
  session->output_starts = calloc((size_t)session->num_owned + 1, sizeof *session->output_starts);
  session->owned = calloc((size_t)session->num_owned + 1, sizeof *session->owned);
  session->outputs = calloc((size_t)session->num_owned + 1, sizeof *session->outputs);
  if (posix_memalign((void **)&session->contexts, _Alignof(tt_context), session->threads * sizeof(tt_context)))
    session->contexts = NULL;
  if (!session->input_dims || !session->output_dims || !session->output_starts || !session->owned ||
      !session->outputs || !session->contexts)
    return false;
  for (uint32_t i = 0; i < session->threads; ++i)
    session->contexts[i] = (tt_context){.session = session, .thread = (int32_t)i, .depth = i ? 1 : 0};
  return true;
}

static tt_status checkVersion(const tt_model_info *model) {
  if (model->abi_version != TT_ABI_VERSION)
    return tt_creation_error(TT_ABI_MISMATCH,
                             "the model was compiled for version %u of the interface, this runtime has version %u",
                             model->abi_version, TT_ABI_VERSION);
  return TT_OK;
}

tt_status tt_session_create(const tt_model_info *model, const tt_session_options *options, tt_session **result) {
  if (!result)
    return tt_creation_error(TT_INVALID_ARGUMENT, "the place for the session is a null pointer");
  *result = NULL;
  if (!model)
    return tt_creation_error(TT_INVALID_ARGUMENT, "the model is a null pointer");
  tt_status status = checkVersion(model);
  if (status != TT_OK)
    return status;

  tt_session_options used = {.struct_size = sizeof used};
  if (options) {
    if (options->struct_size < sizeof options->struct_size)
      return tt_creation_error(TT_INVALID_ARGUMENT, "struct_size of the options is not set");
    memcpy(&used, options, options->struct_size < sizeof used ? options->struct_size : sizeof used);
  }
  if (!used.allocate != !used.deallocate)
    return tt_creation_error(TT_INVALID_ARGUMENT, "the options need both allocate and deallocate, or neither");
  if (used.threads > TT_MAX_THREADS)
    return tt_creation_error(TT_INVALID_ARGUMENT, "%u threads were asked for; at most %d are possible", used.threads,
                             TT_MAX_THREADS);
  const tt_isa_info *isa = tt_isa_choose(model, used.isa, &status);
  if (!isa)
    return status;

  tt_session *session = NULL;
  if (posix_memalign((void **)&session, 64, sizeof *session))
    return tt_creation_error(TT_OUT_OF_MEMORY, "out of memory: no memory for a session");
  memset(session, 0, sizeof *session);
  session->model = model;
  session->isa = isa;
  session->options = used;
  session->threads = used.threads ? used.threads : tt_available_threads();
  atomic_flag_clear(&session->running);
  atomic_init(&session->failed, false);
  if (!createTables(session)) {
    tt_session_free(session);
    return tt_creation_error(TT_OUT_OF_MEMORY, "out of memory: no memory for a session");
  }
  if (session->threads > 1) {
    int error;
    session->pool = tt_pool_create(session->contexts, session->threads, &error);
    if (!session->pool) {
      tt_creation_error(TT_SYSTEM_ERROR, "cannot start %u threads: %s", session->threads, strerror(error));
      tt_session_free(session);
      return TT_SYSTEM_ERROR;
    }
  }
  tt_weights_move(model);
  *result = session;
  return TT_OK;
}

void tt_session_free(tt_session *session) {
  if (!session)
    return;
  tt_pool_free(session->pool);
  if (session->profile)
    session->free_profile(session);
  tt_buffer_free(session, &session->arena);
  tt_buffer_free(session, &session->scratch);
  for (uint32_t i = 0; session->owned && i < session->num_owned; ++i)
    for (int b = 0; b < 2; ++b)
      tt_buffer_free(session, &session->owned[i].buffers[b]);
  for (uint32_t e = 0; session->layout && e < session->model->num_entries; ++e)
    tt_entry_dims_free(&session->layout[e]);
  free(session->layout);
  free(session->input_dims);
  free(session->output_dims);
  free(session->output_starts);
  free(session->owned);
  free(session->outputs);
  free(session->contexts);
  free(session);
}

const char *tt_session_isa(const tt_session *session) { return session->isa->name; }

tt_status tt_session_run(tt_session *session, uint32_t entry, const tt_tensor *inputs, uint32_t num_inputs,
                         tt_tensor *outputs, uint32_t num_outputs) {
  if (!session)
    return TT_INVALID_ARGUMENT;
  if (atomic_flag_test_and_set_explicit(&session->running, memory_order_acquire))
    return TT_BUSY;
  tt_error_clear(session);
  if (entry >= session->model->num_entries) {
    tt_error_set(session, TT_INVALID_ARGUMENT, "entry %u does not exist: the model has %u", entry,
                 session->model->num_entries);
  } else {
    session->entry = &session->model->entries[entry];
    session->entry_layout = &session->layout[entry];
    session->inputs = inputs;
    tt_context *context = &session->contexts[0];
    if (tt_check_inputs(session, inputs, num_inputs) && tt_take_outputs(session, outputs, num_outputs)) {
      context->depth = 0;
      if (_setjmp(session->unwind) == 0)
        session->isa->run[entry](context);
    }
    tt_run_blocks_free(session);
    for (uint32_t i = 0; session->status == TT_OK && i < num_outputs; ++i)
      outputs[i] = session->outputs[i];
  }
  tt_status status = session->status;
  atomic_flag_clear_explicit(&session->running, memory_order_release);
  return status;
}

/* What the context's users read when there is nothing to read: a valid, aligned address for tensors without elements.
 */
static _Alignas(TT_ALIGNMENT) char nothing[TT_ALIGNMENT];

void *tt_rt_input(tt_context *ctx, int64_t index, int64_t *dims) {
  tt_session *session = ctx->session;
  uint32_t rank = session->entry->inputs[index].rank;
  if (rank)
    memcpy(dims, session->input_dims + session->entry_layout->starts[index], rank * sizeof *dims);
  void *data = session->inputs[index].data;
  return data ? data : nothing;
}

/* The buffer of a session-owned output that no input of this run lies in. */
static tt_buffer *chooseOwned(tt_session *session, int64_t index) {
  tt_buffer *first = &session->owned[index].buffers[0];
  for (uint32_t i = 0; first->data && i < session->entry->num_inputs; ++i) {
    uintptr_t data = (uintptr_t)session->inputs[i].data, start = (uintptr_t)first->data;
    if (data >= start && data < start + first->capacity)
      return &session->owned[index].buffers[1];
  }
  return first;
}

static void rejectOutput(tt_context *ctx, const tt_value_info *info, const int64_t *dims, const tt_tensor *tensor) {
  char made[DIMS_TEXT], given[DIMS_TEXT];
  tt_error_set(ctx->session, TT_INVALID_ARGUMENT, "output '%s' has shape %s in this run, but the buffer is for %s",
               info->name, tt_format_dims(made, sizeof made, info->rank, dims),
               tt_format_dims(given, sizeof given, tensor->rank, tensor->dims));
  tt_error_unwind(ctx);
}

void *tt_rt_output(tt_context *ctx, int64_t index, int64_t rank, const int64_t *dims) {
  tt_session *session = ctx->session;
  const tt_value_info *info = &session->entry->outputs[index];
  tt_tensor *tensor = &session->outputs[index];
  char text[DIMS_TEXT];
  size_t bytes;
  if (!tt_tensor_bytes(info->dtype, info->rank, dims, &bytes)) {
    tt_error_set(session, TT_RUN_FAILED, "output '%s': %s is not a possible shape", info->name,
                 tt_format_dims(text, sizeof text, info->rank, dims));
    tt_error_unwind(ctx);
  }
  if (tensor->data && tensor->dims) {
    if (rank && memcmp(tensor->dims, dims, (size_t)rank * sizeof *dims) != 0)
      rejectOutput(ctx, info, dims, tensor);
    return tensor->data;
  }
  if (tensor->data && tensor->bytes < bytes) {
    tt_error_set(session, TT_INVALID_ARGUMENT,
                 "output '%s' has shape %s in this run and needs %zu bytes, but its buffer has %zu", info->name,
                 tt_format_dims(text, sizeof text, info->rank, dims), bytes, tensor->bytes);
    tt_error_unwind(ctx);
  }
  if (!tensor->data) {
    tt_buffer *buffer = chooseOwned(session, index);
    if (!tt_buffer_reserve(session, buffer, bytes)) {
      tt_error_set(session, TT_OUT_OF_MEMORY, "out of memory: output '%s' needs %zu bytes", info->name, bytes);
      tt_error_unwind(ctx);
    }
    tensor->data = buffer->data;
    tensor->bytes = bytes;
  }
  int64_t *owned = session->output_dims + session->output_starts[index];
  if (rank)
    memcpy(owned, dims, (size_t)rank * sizeof *dims);
  *tensor = (tt_tensor){tensor->data, owned, info->rank, info->dtype, tensor->bytes};
  return tensor->data;
}
