/*===- Threads.c - parallel loops: a pool that spins, then sleeps ---------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

/* A loop is published in the pool's fields and opened by making `epoch` odd. The caller and the workers claim chunks:
 * each from a range of its own while there are any, then from those of others. So a thread goes over neighbouring
 * chunks, whose operands it prefetches (products of two threads: 10 % faster than by turns), and over the same ones in
 * the next loop. The caller closes the loop by making `epoch` even and waits for the workers that are inside. A worker
 * enters by raising `inside` and then looks whether the loop is still open; the caller closes and then looks at
 * `inside`. Both orders are sequentially consistent, so a worker that finds the loop open is always waited for, and one
 * that comes late never delays the caller (waking a sleeping thread takes about 40 us, a loop often less). */

#include "Session.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

typedef void (*tt_body)(tt_context *, void *, int64_t, int64_t);

enum {
  SPIN_NANOSECONDS = 200 * 1000, /* how long a worker waits for the next loop before it sleeps */
  PAUSES_PER_LOOK = 32,          /* between two looks at the clock */
  MAX_RANGES = 16,               /* the caller writes one line of the caches for each, before every loop */
};

/* The chunks [next, end) are still to claim. */
typedef struct {
  _Alignas(64) _Atomic int64_t next;
  int64_t end;
} tt_range;

struct tt_pool {
  _Alignas(64) atomic_uint epoch; /* odd: a loop is open; workers sleep on it */
  atomic_bool stop;
  _Alignas(64) atomic_uint inside; /* workers between entering and leaving; the caller sleeps on it */
  atomic_bool callerSleeps;
  _Alignas(64) atomic_uint sleeping; /* workers asleep or about to */
  tt_range ranges[MAX_RANGES];

  _Alignas(64) tt_body body;
  void *args;
  int num_ranges;

  uint32_t workers;
  pthread_t *handles;
};

typedef struct {
  tt_pool *pool;
  tt_context *context;
} tt_worker_start;

static void pauseCpu(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void futexWait(atomic_uint *word, unsigned value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futexWake(atomic_uint *word, int count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

/* Spins until `*word` differs from `value` or the spinning time is over; true when it differs. */
static bool spinWhile(atomic_uint *word, unsigned value) {
  int64_t end = 0;
  for (;;) {
    for (int i = 0; i < PAUSES_PER_LOOK; ++i) {
      if (atomic_load_explicit(word, memory_order_acquire) != value)
        return true;
      pauseCpu();
    }
    int64_t time = now();
    if (end == 0)
      end = time + SPIN_NANOSECONDS;
    else if (time > end)
      return false;
  }
}

static void claimChunks(tt_pool *pool, tt_context *context) {
  for (int i = 0; i < pool->num_ranges; ++i) {
    tt_range *range = &pool->ranges[(context->thread + i) % pool->num_ranges];
    for (;;) {
      int64_t chunk = atomic_fetch_add_explicit(&range->next, 1, memory_order_relaxed);
      if (chunk >= range->end)
        break;
      pool->body(context, pool->args, chunk, context->thread);
    }
  }
}

static void *workerMain(void *argument) {
  tt_worker_start start = *(tt_worker_start *)argument;
  free(argument);
  tt_pool *pool = start.pool;
  unsigned seen = 0; /* even: no loop, odd: a loop in which this worker has done its part */
  while (!atomic_load_explicit(&pool->stop, memory_order_acquire)) {
    if (!spinWhile(&pool->epoch, seen)) {
      atomic_fetch_add(&pool->sleeping, 1);
      futexWait(&pool->epoch, seen);
      atomic_fetch_sub(&pool->sleeping, 1);
    }
    atomic_fetch_add(&pool->inside, 1);
    unsigned epoch = atomic_load(&pool->epoch);
    if ((epoch & 1) && epoch != seen)
      claimChunks(pool, start.context);
    seen = epoch;
    if (atomic_fetch_sub(&pool->inside, 1) == 1 && atomic_load(&pool->callerSleeps))
      futexWake(&pool->inside, 1);
  }
  return NULL;
}

/* Waits until no worker is in the closed loop. */
static void waitForWorkers(tt_pool *pool) {
  unsigned inside;
  while ((inside = atomic_load(&pool->inside))) {
    if (spinWhile(&pool->inside, inside))
      continue;
    atomic_store(&pool->callerSleeps, true);
    futexWait(&pool->inside, inside);
    atomic_store(&pool->callerSleeps, false);
  }
}

static void runOnPool(tt_pool *pool, tt_context *context, tt_body body, void *args, int64_t count) {
  pool->body = body;
  pool->args = args;
  int64_t threads = (int64_t)pool->workers + 1, ranges = threads < MAX_RANGES ? threads : MAX_RANGES;
  pool->num_ranges = (int)(ranges < count ? ranges : count);
  for (int64_t i = 0, begin = 0; i < pool->num_ranges; ++i) {
    /* The first ones get what does not divide. */
    int64_t length = count / pool->num_ranges + (i < count % pool->num_ranges);
    atomic_store_explicit(&pool->ranges[i].next, begin, memory_order_relaxed);
    pool->ranges[i].end = begin += length;
  }
  atomic_fetch_add(&pool->epoch, 1);
  if (atomic_load(&pool->sleeping))
    futexWake(&pool->epoch, count - 1 < pool->workers ? (int)(count - 1) : (int)pool->workers);
  claimChunks(pool, context);
  atomic_fetch_add(&pool->epoch, 1);
  waitForWorkers(pool);
}

void tt_rt_parallel_for(tt_context *ctx, tt_body body, void *args, int64_t count) {
  tt_session *session = ctx->session;
  ctx->depth++;
  if (session->pool && ctx->depth == 1 && count > 1)
    runOnPool(session->pool, ctx, body, args, count);
  else
    for (int64_t chunk = 0; chunk < count; ++chunk)
      body(ctx, args, chunk, ctx->thread);
  ctx->depth--;
  if (ctx->depth == 0 && atomic_load_explicit(&session->failed, memory_order_relaxed))
    tt_error_unwind(ctx);
}

int64_t tt_rt_threads(tt_context *ctx) { return ctx->session->threads; }

uint32_t tt_available_threads(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
    return (uint32_t)CPU_COUNT(&set);
  long online = sysconf(_SC_NPROCESSORS_ONLN); /* more CPUs than a cpu_set_t holds */
  return online < 1 ? 1 : online > TT_MAX_THREADS ? TT_MAX_THREADS : (uint32_t)online;
}

tt_pool *tt_pool_create(tt_context *contexts, uint32_t threads, int *error) {
  tt_pool *pool = NULL;
  *error = posix_memalign((void **)&pool, _Alignof(tt_pool), sizeof *pool);
  if (*error)
    return NULL;
  *pool = (tt_pool){.handles = calloc(threads, sizeof(pthread_t))};
  if (!pool->handles)
    *error = ENOMEM;
  /* Signals are the host's: its own threads take them. */
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  for (uint32_t i = 1; i < threads && !*error; ++i) {
    tt_worker_start *start = malloc(sizeof *start);
    if (!start) {
      *error = ENOMEM;
      break;
    }
    *start = (tt_worker_start){pool, &contexts[i]};
    *error = pthread_create(&pool->handles[pool->workers], NULL, workerMain, start);
    if (*error)
      free(start);
    else
      pool->workers++;
  }
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  if (!*error)
    return pool;
  tt_pool_free(pool);
  return NULL;
}

void tt_pool_free(tt_pool *pool) {
  if (!pool)
    return;
  atomic_store(&pool->stop, true);
  atomic_fetch_add(&pool->epoch, 2);
  futexWake(&pool->epoch, TT_MAX_THREADS);
  for (uint32_t i = 0; i < pool->workers; ++i)
    pthread_join(pool->handles[i], NULL);
  free(pool->handles);
  free(pool);
}
