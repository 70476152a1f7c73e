/*===- Session.h - state of a session, shared by the runtime's files -------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#ifndef TT_LIB_RUNTIME_SESSION_H
#define TT_LIB_RUNTIME_SESSION_H

#include "Helpers.h"
#include "tt/Runtime/Internal.h"

#include <setjmp.h>
#include <stdatomic.h>

enum {
  TT_ERROR_BYTES = 512,
  TT_ALIGNMENT = 64, /* of arena, run allocations and session-owned outputs */
};

typedef struct tt_pool tt_pool;
typedef struct tt_profile tt_profile;

/* What compiled code holds: one for the thread that called tt_session_run, one for each worker. */
struct tt_context {
  _Alignas(64) tt_session *session;
  int32_t thread; /* 0 is the caller */
  int32_t depth;  /* parallel loops around the current point; workers stay at 1 */
};

/* A buffer from the session's allocator. */
typedef struct {
  void *data;
  size_t capacity;
} tt_buffer;

/* The memory of one session-owned output. Two buffers, so that the result of the last run can be an input of the next.
 */
typedef struct {
  tt_buffer buffers[2];
} tt_owned_output;

/* Header of a tt_rt_alloc block, in the 64 bytes before it. */
typedef struct tt_run_block {
  struct tt_run_block *next;
  size_t bytes;
} tt_run_block;

/* Sizes of one entry point's inputs, one after the other (input i starts at starts[i]). */
typedef struct {
  uint32_t *starts;
  /* For each dimension the first one with the same name, or itself. */
  uint32_t *first;
  uint32_t total;
} tt_entry_dims;

struct tt_session {
  const tt_model_info *model;
  const tt_isa_info *isa;
  tt_session_options options;
  uint32_t threads;
  tt_pool *pool;         /* NULL with one thread */
  tt_context *contexts;  /* one per thread */
  tt_entry_dims *layout; /* one per entry */

  /* The run in progress. */
  atomic_flag running;
  const tt_entry_info *entry;
  const tt_entry_dims *entry_layout;
  const tt_tensor *inputs;
  tt_tensor *outputs; /* working copies: the caller's are written when the run has succeeded */
  int64_t *input_dims;
  int64_t *output_dims; /* of output i at output_starts[i], kept until the next run */
  uint32_t *output_starts;
  uint32_t num_output_dims; /* length of output_dims */
  jmp_buf unwind;
  tt_run_block *blocks;

  /* Of code compiled with --profile (Profile.h), from its first run on. The function is a pointer so that other
   * artefacts have nothing of the profiler. */
  tt_profile *profile;
  void (*free_profile)(tt_session *);

  /* Of code compiled with --observe (Observe.c). */
  tt_observer observer;
  void *observer_user;

  tt_buffer arena;
  tt_buffer scratch;
  tt_owned_output *owned; /* max of num_outputs over the entries */
  uint32_t num_owned;

  atomic_bool failed; /* set by the one that writes `status` and `error` */
  tt_status status;
  char error[TT_ERROR_BYTES];
};

/* Error.c */

/* Clears the session's error before a run. */
void tt_error_clear(tt_session *session);
/* Records the first error of a run, from any thread. */
void tt_error_set(tt_session *session, tt_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* tt_error_set, then leaves the run. Only with ctx->depth == 0. */
_Noreturn void tt_error_unwind(tt_context *ctx);
/* The text that tt_session_error(NULL) returns on this thread. */
tt_status tt_creation_error(tt_status status, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *tt_creation_error_text(void);

/* Arena.c */

/* Makes `buffer` hold at least `bytes` bytes; its contents are lost when it grows. False when there is no memory; then
 * it is empty. */
bool tt_buffer_reserve(tt_session *session, tt_buffer *buffer, size_t bytes);
void tt_buffer_free(tt_session *session, tt_buffer *buffer);
/* Frees what tt_rt_alloc gave to the last run. */
void tt_run_blocks_free(tt_session *session);

/* Isa.c */

/* The code named `name`, or where that is NULL what TT_ISA names, or the model's first that this CPU can run. NULL when
 * there is none; *status and the error of the creation say why. */
const tt_isa_info *tt_isa_choose(const tt_model_info *model, const char *name, tt_status *status);

/* Threads.c */

/* Starts threads - 1 workers, which use contexts[1 ..]. NULL when the system refuses; the errno value is in *error. */
tt_pool *tt_pool_create(tt_context *contexts, uint32_t threads, int *error);
void tt_pool_free(tt_pool *pool);

/* Check.c */

/* The size checks' tables of an entry. False when out of memory. */
bool tt_entry_dims_create(const tt_entry_info *entry, tt_entry_dims *layout);
void tt_entry_dims_free(tt_entry_dims *layout);
/* Checks the caller's tensors against the entry's infos and copies the inputs' sizes into session->input_dims. Records
 * an error and returns false when they do not fit. */
bool tt_check_inputs(tt_session *session, const tt_tensor *inputs, uint32_t count);
/* Fills session->outputs with the caller's structs, without the session's own buffers, and output_starts; checks what
 * can be checked before the run. */
bool tt_take_outputs(tt_session *session, const tt_tensor *outputs, uint32_t count);

/* Weights.c */

/* Moves the weights to huge pages, once for each model, where the system has them and TT_HUGE_WEIGHTS is not 0. */
void tt_weights_move(const tt_model_info *model);

#endif /* TT_LIB_RUNTIME_SESSION_H */
