/*===- Profile.c - probes of code compiled with --profile ------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

/* A leaf probe reads the clock once: what has passed since the last leaf is its time. All tables belong to the thread
 * that runs the session; a worker writes its own log inside a parallel loop only, and the end of the loop orders that
 * before the logs are taken. */

#include "Profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef void (*tt_body)(tt_context *, void *, int64_t, int64_t);

enum { CLOCK_TRIES = 8 };

int64_t tt_monotonic_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

tt_moment tt_now(void) {
  tt_moment best = {0};
  uint64_t shortest = UINT64_MAX;
  for (int i = 0; i < CLOCK_TRIES; ++i) {
    uint64_t before = tt_ticks();
    int64_t ns = tt_monotonic_ns();
    uint64_t width = tt_ticks() - before;
    if (width >= shortest)
      continue;
    shortest = width;
    best = (tt_moment){before + width / 2, ns};
  }
  return best;
}

void tt_profile_clear(tt_profile *profile) {
  memset(profile->counts, 0, profile->info->num_probes * sizeof *profile->counts);
  memset(profile->busy, 0, (size_t)profile->info->num_probes * profile->threads * sizeof *profile->busy);
  memset(profile->parallel, 0, profile->info->num_probes * sizeof *profile->parallel);
  memset(profile->places, 0, profile->info->num_buffers * sizeof *profile->places);
  for (uint32_t t = 0; t < profile->threads; ++t)
    profile->logs[t].count = 0;
  profile->num_loops = profile->num_charged = 0;
  for (uint32_t i = 0; i < profile->info->num_probes; ++i)
    profile->counts[i].min = UINT64_MAX;
  profile->has_work = false;
  profile->chunks = 0;
  profile->num_events = profile->num_dropped = profile->calls = 0;
  profile->wall_ns = 0;
}

static void freeProfile(tt_profile *profile) {
  if (!profile)
    return;
  free(profile->counts);
  free(profile->events);
  for (uint32_t t = 0; profile->logs && t < profile->threads; ++t)
    free(profile->logs[t].records);
  free(profile->logs);
  free(profile->loop_probes);
  free(profile->busy);
  free(profile->parallel);
  free(profile->places);
  free(profile);
}

static void *allocateLines(size_t count, size_t bytes) {
  void *lines;
  return posix_memalign(&lines, 64, (count + 1) * bytes) ? NULL : lines;
}

static tt_profile *createProfile(const tt_profile_info *info, uint32_t threads) {
  tt_profile *profile = calloc(1, sizeof *profile);
  if (!profile)
    return NULL;
  profile->info = info;
  profile->threads = threads;
  profile->event_mask = TT_PROFILE_EVENTS - 1;
  profile->counts = allocateLines(info->num_probes, sizeof *profile->counts);
  profile->logs = allocateLines(threads, sizeof *profile->logs);
  profile->loop_probes = malloc(TT_PROFILE_LOOPS * sizeof *profile->loop_probes);
  bool hasLogs = profile->logs && profile->loop_probes;
  for (uint32_t t = 0; profile->logs && t < threads; ++t) {
    profile->logs[t].records = allocateLines(threads > 1 ? TT_PROFILE_LOOPS : 0, sizeof(tt_loop_record));
    hasLogs &= profile->logs[t].records != NULL;
  }
  profile->events = malloc(TT_PROFILE_EVENTS * sizeof *profile->events);
  profile->busy = malloc(((size_t)info->num_probes * threads + 1) * sizeof *profile->busy);
  profile->parallel = malloc((info->num_probes + 1) * sizeof *profile->parallel);
  profile->places = malloc((info->num_buffers + 1) * sizeof *profile->places);
  if (!hasLogs || !profile->counts || !profile->events || !profile->busy || !profile->parallel || !profile->places) {
    freeProfile(profile);
    return NULL;
  }
  tt_profile_clear(profile);
  profile->start = tt_now();
  return profile;
}

/* Called by tt_session_free, after the workers have ended. */
static void endProfile(tt_session *session) {
  const char *path = secure_getenv("TT_PROFILE_OUT");
  int error;
  if (path && *path && !tt_profile_write(session, path, &error))
    fprintf(stderr, "tt: cannot write the profile '%s' that TT_PROFILE_OUT names: %s\n", path, strerror(error));
  freeProfile(session->profile);
  session->profile = NULL;
}

void tt_rt_profile_begin(tt_context *ctx, const tt_profile_info *info) {
  tt_session *session = ctx->session;
  if (!session->profile) {
    session->profile = createProfile(info, session->threads);
    session->free_profile = endProfile;
    if (!session->profile) {
      tt_error_set(session, TT_OUT_OF_MEMORY, "out of memory: no memory for the profile");
      tt_error_unwind(ctx);
    }
  }
  tt_profile *profile = session->profile;
  if (profile->has_work) { /* of a run that failed: its last loops belong to no probe */
    tt_profile_take_loops(profile);
    profile->has_work = false;
    profile->chunks = 0;
  }
  profile->run_begin_ns = tt_monotonic_ns();
  profile->last = tt_ticks();
}

void tt_rt_profile_end(tt_context *ctx) {
  tt_profile *profile = ctx->session->profile;
  profile->wall_ns += tt_monotonic_ns() - profile->run_begin_ns;
  profile->calls++;
}

static void addEvent(tt_profile *profile, uint64_t begin, uint64_t end, uint32_t probe, uint32_t thread) {
  profile->events[profile->num_events++ & profile->event_mask] = (tt_event){begin, end - begin, probe, thread};
}

void tt_profile_take_loops(tt_profile *profile) {
  for (uint32_t t = 0; t < profile->threads; ++t) {
    tt_thread_log *log = &profile->logs[t];
    for (uint32_t i = 0; i < log->count; ++i) {
      const tt_loop_record *record = &log->records[i];
      if (record->loop >= profile->num_charged)
        continue;
      uint32_t probe = profile->loop_probes[record->loop];
      tt_busy *busy = &profile->busy[(size_t)probe * profile->threads + t];
      busy->chunks += record->chunks;
      busy->ticks += record->end - record->begin;
      if (t)
        addEvent(profile, record->begin, record->end, probe, t);
    }
    log->count = 0;
  }
  profile->num_loops = profile->num_charged = 0;
}

/* Charges the parallel loops since the last probe to `probe`, whose pass took `ticks`. */
static __attribute__((noinline)) void chargeLoops(tt_profile *profile, uint32_t probe, uint64_t ticks) {
  profile->has_work = false;
  profile->parallel[probe] = true;
  if (profile->chunks) {
    tt_busy *busy = &profile->busy[(size_t)probe * profile->threads];
    busy->chunks += (uint64_t)profile->chunks;
    busy->ticks += ticks;
    profile->chunks = 0;
  }
  while (profile->num_charged < profile->num_loops)
    profile->loop_probes[profile->num_charged++] = probe;
  if (profile->num_loops > TT_PROFILE_LOOPS / 2)
    tt_profile_take_loops(profile);
}

static void count(tt_probe_counts *counts, uint64_t ticks) {
  counts->calls++;
  counts->ticks += ticks;
  if (ticks < counts->min)
    counts->min = ticks;
  if (ticks > counts->max)
    counts->max = ticks;
}

void tt_rt_probe(tt_context *ctx, int64_t probe, int64_t flops, int64_t bytes_read, int64_t bytes_written) {
  tt_profile *profile = ctx->session->profile;
  uint64_t now = tt_ticks(), begin = profile->last;
  if (now < begin)
    now = begin; /* the thread has moved to a CPU whose counter is a little behind */
  profile->last = now;
  tt_probe_counts *counts = &profile->counts[probe];
  count(counts, now - begin);
  counts->flops += flops;
  counts->bytes_read += bytes_read;
  counts->bytes_written += bytes_written;
  addEvent(profile, begin, now, (uint32_t)probe, 0);
  if (profile->has_work)
    chargeLoops(profile, (uint32_t)probe, now - begin);
}

void tt_rt_probe_enter(tt_context *ctx, int64_t probe) { ctx->session->profile->counts[probe].entered = tt_ticks(); }

void tt_rt_probe_leave(tt_context *ctx, int64_t probe) {
  tt_probe_counts *counts = &ctx->session->profile->counts[probe];
  uint64_t now = tt_ticks();
  count(counts, now > counts->entered ? now - counts->entered : 0);
}

void tt_rt_probe_buffer(tt_context *ctx, int64_t buffer, int64_t offset, int64_t bytes) {
  ctx->session->profile->places[buffer] = (tt_buffer_place){offset, bytes};
}

typedef struct {
  tt_body body;
  void *args;
  tt_thread_log *logs;
  uint32_t loop;
} tt_timed_loop;

static void runTimed(tt_context *ctx, void *args, int64_t chunk, int64_t thread) {
  const tt_timed_loop *timed = args;
  tt_thread_log *log = &timed->logs[ctx->thread];
  if (!log->count || log->records[log->count - 1].loop != timed->loop) { /* the thread's first chunk of this loop */
    uint64_t now = tt_ticks();
    log->records[log->count++] = (tt_loop_record){now, now, timed->loop, 0};
  }
  timed->body(ctx, timed->args, chunk, thread);
  tt_loop_record *record = &log->records[log->count - 1];
  uint64_t now = tt_ticks();
  record->end = now > record->begin ? now : record->begin;
  record->chunks++;
}

void tt_rt_profile_parallel_for(tt_context *ctx, tt_body body, void *args, int64_t count) {
  tt_session *session = ctx->session;
  tt_profile *profile = session->profile;
  if (ctx->depth > 0 || count < 2) { /* a loop in a loop runs on the thread that meets it, and is timed there */
    tt_rt_parallel_for(ctx, body, args, count);
    return;
  }
  profile->has_work = true;
  if (!session->pool) { /* one thread is busy all the time */
    profile->chunks += count;
    tt_rt_parallel_for(ctx, body, args, count);
    return;
  }
  if (profile->num_loops == TT_PROFILE_LOOPS) { /* in one leaf; the rest of its loops is not told by thread */
    tt_rt_parallel_for(ctx, body, args, count);
    return;
  }
  tt_timed_loop loop = {body, args, profile->logs, profile->num_loops++};
  tt_rt_parallel_for(ctx, runTimed, &loop, count);
}

/* Takes the session as a run does, for `work`. */
static tt_status whileIdle(tt_session *session, tt_status (*work)(tt_session *, const char *), const char *argument) {
  if (!session)
    return TT_INVALID_ARGUMENT;
  if (atomic_flag_test_and_set_explicit(&session->running, memory_order_acquire))
    return TT_BUSY;
  tt_error_clear(session);
  tt_status status = work(session, argument);
  atomic_flag_clear_explicit(&session->running, memory_order_release);
  return status;
}

static tt_status writeIdle(tt_session *session, const char *path) {
  int error;
  if (!path || !session->profile) {
    tt_error_set(session, TT_INVALID_ARGUMENT, "%s",
                 path ? "a profile needs a run, but the session has not run" : "the path of the profile is missing");
    return TT_INVALID_ARGUMENT;
  }
  if (tt_profile_write(session, path, &error))
    return TT_OK;
  tt_error_set(session, TT_SYSTEM_ERROR, "cannot write the profile '%s': %s", path, strerror(error));
  return TT_SYSTEM_ERROR;
}

static tt_status resetIdle(tt_session *session, const char *unused) {
  (void)unused;
  if (session->profile)
    tt_profile_clear(session->profile);
  return TT_OK;
}

tt_status tt_session_profile_write(tt_session *session, const char *path) {
  return whileIdle(session, writeIdle, path);
}

tt_status tt_session_profile_reset(tt_session *session) { return whileIdle(session, resetIdle, NULL); }
