/*===- Observe.c - values of a run, shown to the host ----------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

void tt_rt_observe(tt_context *ctx, const char *name, const float *values, int64_t rank, const int64_t *dims) {
  tt_session *session = ctx->session;
  if (session->observer)
    session->observer(session->observer_user, name, values, (uint32_t)rank, dims, dims + rank);
}

tt_status tt_session_observe(tt_session *session, tt_observer observer, void *user) {
  if (!session)
    return TT_INVALID_ARGUMENT;
  if (atomic_flag_test_and_set_explicit(&session->running, memory_order_acquire))
    return TT_BUSY;
  session->observer = observer;
  session->observer_user = user;
  atomic_flag_clear_explicit(&session->running, memory_order_release);
  return TT_OK;
}
