/*===- Arena.c - memory of a session: arena, outputs, blocks of a run -----===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

/* Huge pages save up to 15 % on large arenas (MEASURED.md); below two of them the rounding would waste more than it
 * gains. */
static const size_t hugeThreshold = 2 * (size_t)HUGE_PAGE;

static bool roundUp(size_t bytes, size_t multiple, size_t *result) {
  if (__builtin_add_overflow(bytes, multiple - 1, result))
    return false;
  *result &= ~(multiple - 1);
  return true;
}

static void *allocate(tt_session *session, size_t bytes, size_t alignment) {
  if (session->options.allocate)
    return session->options.allocate(session->options.user, bytes, alignment);
  void *data;
  if (posix_memalign(&data, alignment, bytes))
    return NULL;
  if (alignment == HUGE_PAGE)
    madvise(data, bytes, MADV_HUGEPAGE); /* advice only: without huge pages everything works, slower */
  return data;
}

static void deallocate(tt_session *session, void *data, size_t bytes) {
  if (session->options.allocate)
    session->options.deallocate(session->options.user, data, bytes);
  else
    free(data);
}

bool tt_buffer_reserve(tt_session *session, tt_buffer *buffer, size_t bytes) {
  if (buffer->data && buffer->capacity >= bytes)
    return true;
  tt_buffer_free(session, buffer);
  size_t alignment = bytes >= hugeThreshold ? HUGE_PAGE : TT_ALIGNMENT, rounded;
  if (!roundUp(bytes ? bytes : 1, alignment, &rounded))
    return false;
  buffer->data = allocate(session, rounded, alignment);
  buffer->capacity = buffer->data ? rounded : 0;
  return buffer->data != NULL;
}

void tt_buffer_free(tt_session *session, tt_buffer *buffer) {
  if (buffer->data)
    deallocate(session, buffer->data, buffer->capacity);
  buffer->data = NULL;
  buffer->capacity = 0;
}

void tt_run_blocks_free(tt_session *session) {
  while (session->blocks) {
    tt_run_block *block = session->blocks;
    session->blocks = block->next;
    deallocate(session, block, block->bytes);
  }
}

static _Noreturn void failMemory(tt_context *ctx, const char *what, int64_t bytes) {
  tt_error_set(ctx->session, TT_OUT_OF_MEMORY, "out of memory: %s needs %lld bytes", what, (long long)bytes);
  tt_error_unwind(ctx);
}

void *tt_rt_arena(tt_context *ctx, int64_t bytes) {
  tt_session *session = ctx->session;
  if (bytes < 0 || !tt_buffer_reserve(session, &session->arena, (size_t)bytes))
    failMemory(ctx, "the arena", bytes);
  return session->arena.data;
}

void *tt_rt_scratch(tt_context *ctx, int64_t bytes) {
  tt_session *session = ctx->session;
  size_t total;
  if (bytes < 0 || __builtin_mul_overflow((size_t)bytes, (size_t)tt_rt_threads(ctx), &total) ||
      !tt_buffer_reserve(session, &session->scratch, total))
    failMemory(ctx, "the scratch memory of a thread", bytes);
  return session->scratch.data;
}

void *tt_rt_alloc(tt_context *ctx, int64_t bytes) {
  tt_session *session = ctx->session;
  size_t total;
  tt_run_block *block = NULL;
  if (bytes >= 0 && !__builtin_add_overflow((size_t)bytes, TT_ALIGNMENT, &total) &&
      roundUp(total, TT_ALIGNMENT, &total))
    block = allocate(session, total, TT_ALIGNMENT);
  if (!block)
    failMemory(ctx, "a buffer of this run", bytes);
  block->bytes = total;
  block->next = session->blocks;
  session->blocks = block;
  return (char *)block + TT_ALIGNMENT;
}
