/*===- Error.c - errors of a run and of session creation ------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

#include <stdarg.h>
#include <stdio.h>

static _Thread_local char creationError[TT_ERROR_BYTES];

void tt_error_clear(tt_session *session) {
  session->status = TT_OK;
  session->error[0] = 0;
  atomic_store_explicit(&session->failed, false, memory_order_relaxed);
}

void tt_error_set(tt_session *session, tt_status status, const char *format, ...) {
  if (atomic_exchange(&session->failed, true))
    return; /* the first error is the one to tell */
  session->status = status;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(session->error, sizeof session->error, format, arguments);
  va_end(arguments);
}

void tt_error_unwind(tt_context *ctx) { longjmp(ctx->session->unwind, 1); }

void tt_rt_fail(tt_context *ctx, const char *message) {
  tt_error_set(ctx->session, TT_RUN_FAILED, "%s", message);
  if (ctx->depth == 0)
    tt_error_unwind(ctx);
}

void tt_rt_fail_found(tt_context *ctx, const char *message, int64_t a, int64_t b) {
  tt_error_set(ctx->session, TT_RUN_FAILED, "%s, but found %lld and %lld", message, (long long)a, (long long)b);
  if (ctx->depth == 0)
    tt_error_unwind(ctx);
}

tt_status tt_creation_error(tt_status status, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(creationError, sizeof creationError, format, arguments);
  va_end(arguments);
  return status;
}

const char *tt_creation_error_text(void) { return creationError; }

const char *tt_session_error(const tt_session *session) { return session ? session->error : creationError; }

const char *tt_status_text(tt_status status) {
  switch (status) {
  case TT_OK:
    return "success";
  case TT_INVALID_ARGUMENT:
    return "invalid argument";
  case TT_OUT_OF_MEMORY:
    return "out of memory";
  case TT_UNSUPPORTED_CPU:
    return "the model needs instructions that this CPU does not have";
  case TT_BUSY:
    return "the session is running on another thread";
  case TT_RUN_FAILED:
    return "the run failed";
  case TT_SYSTEM_ERROR:
    return "the system refused a thread";
  case TT_ABI_MISMATCH:
    return "the model was compiled for another version of the interface";
  }
  return "unknown status";
}
