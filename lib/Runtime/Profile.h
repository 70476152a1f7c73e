/*===- Profile.h - what a session has measured -----------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#ifndef TT_LIB_RUNTIME_PROFILE_H
#define TT_LIB_RUNTIME_PROFILE_H

#include "Session.h"

/* The events are a ring that stays in the second level cache beside a small model. */
enum {
  TT_PROFILE_EVENTS = 1 << 13,
  TT_PROFILE_LOOPS = 1 << 12, /* parallel loops between two takings of the logs */
};

/* What one probe has measured; times in ticks. One cache line. */
typedef struct {
  _Alignas(64) uint64_t calls;
  uint64_t ticks, min, max;
  int64_t flops, bytes_read, bytes_written;
  uint64_t entered; /* of a container: when */
} tt_probe_counts;

/* What one thread did in the parallel loops of one probe. */
typedef struct {
  uint64_t chunks, ticks;
} tt_busy;

/* What one thread did in one parallel loop: from the beginning of its first chunk to the end of its last one. */
typedef struct {
  uint64_t begin, end;
  uint32_t loop, chunks;
} tt_loop_record;

/* The records of a thread, written by that thread; nobody else reads them before they are taken
 * (tt_profile_take_loops), so that no cache line moves between cores for them. */
typedef struct {
  _Alignas(64) tt_loop_record *records;
  uint32_t count;
} tt_thread_log;

typedef struct {
  uint64_t begin, ticks;
  uint32_t probe, thread;
} tt_event;

typedef struct {
  int64_t offset, bytes;
} tt_buffer_place;

/* One moment on both clocks. */
typedef struct {
  uint64_t ticks;
  int64_t ns;
} tt_moment;

struct tt_profile {
  uint64_t last; /* when the last leaf ended */
  tt_probe_counts *counts;
  tt_event *events;    /* a ring: event i at i & event_mask */
  uint64_t num_events; /* ever recorded, but for `num_dropped` */
  uint64_t num_dropped;
  uint64_t event_mask;
  bool has_work;         /* a loop of more than one chunk ran since the last probe */
  int64_t chunks;        /* of these loops, in a session of one thread */
  tt_thread_log *logs;   /* one per thread */
  uint32_t *loop_probes; /* of each loop in the logs: the probe that it ran in */
  uint32_t num_loops;    /* in the logs */
  uint32_t num_charged;  /* of them have a probe */
  uint32_t threads;

  const tt_profile_info *info;
  tt_busy *busy;           /* of thread t in probe p at p * threads + t */
  bool *parallel;          /* of each probe: whether it ever was */
  tt_buffer_place *places; /* of each buffer in the last run */
  uint64_t calls;
  int64_t wall_ns, run_begin_ns;
  tt_moment start; /* at the first run, for the length of a tick */
};

/* The time stamp counter. Without a fence: a reading may move by the few instructions that are in flight. */
static inline uint64_t tt_ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
#error "no time stamp counter is known for this architecture"
#endif
}

int64_t tt_monotonic_ns(void);
/* Both clocks, as close together as possible. */
tt_moment tt_now(void);
/* Charges what the logs have to probes, as busy time and events. Outside of parallel loops. */
void tt_profile_take_loops(tt_profile *profile);
/* Forgets all that was measured. */
void tt_profile_clear(tt_profile *profile);
/* Writes the file of docs/profiling.md; false and an errno value on failure. */
bool tt_profile_write(tt_session *session, const char *path, int *error);

#endif /* TT_LIB_RUNTIME_PROFILE_H */
