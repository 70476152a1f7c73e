/*===- thread-safety.c - host threads and sessions, for ThreadSanitizer ----===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * Usage: thread-safety own|shared|life|race. Linked with a compiled model (TT_MODEL is its tt_model function) of float
 * inputs and outputs; dynamic sizes are 2. Prints what it saw; exit status 1 when a result or a status is wrong.
 *===----------------------------------------------------------------------===*/

#include "tt/Runtime/ABI.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tt_model_info *TT_MODEL(void);

enum { MAX_TENSORS = 4, MAX_RANK = 8, OWN_THREADS = 8, OWN_RUNS = 3, SHARED_OK = 5, LIVES = 10 };

/* The tensors of one thread, with their sizes. */
typedef struct {
  tt_tensor in[MAX_TENSORS], out[MAX_TENSORS];
  int64_t inDims[MAX_TENSORS][MAX_RANK], outDims[MAX_TENSORS][MAX_RANK];
} tensors;

static const tt_entry_info *entry;
static tensors reference; /* read-only once it is made */
static atomic_int wrong;

static void check(int good, const char *what) {
  if (!good) {
    fprintf(stderr, "wrong: %s\n", what);
    atomic_fetch_add(&wrong, 1);
  }
}

static void make(tt_tensor *list, int64_t (*dims)[MAX_RANK], const tt_value_info *infos, uint32_t count) {
  for (uint32_t t = 0; t < count; ++t) {
    size_t elements = 1;
    for (uint32_t d = 0; d < infos[t].rank; ++d) {
      dims[t][d] = infos[t].dims[d] < 0 ? 2 : infos[t].dims[d];
      elements *= (size_t)dims[t][d];
    }
    float *data = malloc(elements * sizeof *data);
    for (size_t i = 0; i < elements; ++i)
      data[i] = (float)((i * 37 + t * 11) % 101) / 101.0f;
    list[t] = (tt_tensor){data, dims[t], infos[t].rank, infos[t].dtype, elements * sizeof *data};
  }
}

static void makeTensors(tensors *all) {
  make(all->in, all->inDims, entry->inputs, entry->num_inputs);
  make(all->out, all->outDims, entry->outputs, entry->num_outputs);
}

static void freeTensors(tensors *all) {
  for (uint32_t t = 0; t < entry->num_inputs; ++t)
    free(all->in[t].data);
  for (uint32_t t = 0; t < entry->num_outputs; ++t)
    free(all->out[t].data);
}

static tt_session *createSession(uint32_t threads) {
  tt_session_options options = {.struct_size = sizeof options, .threads = threads};
  tt_session *session;
  check(tt_session_create(TT_MODEL(), &options, &session) == TT_OK, tt_session_error(NULL));
  return session;
}

static tt_status run(tt_session *session, tensors *all) {
  return tt_session_run(session, 0, all->in, entry->num_inputs, all->out, entry->num_outputs);
}

static void compare(const tensors *all) {
  for (uint32_t t = 0; t < entry->num_outputs; ++t)
    check(!memcmp(all->out[t].data, reference.out[t].data, reference.out[t].bytes), "a result differs");
}

static void startAll(int count, void *(*body)(void *), void *argument) {
  pthread_t threads[OWN_THREADS];
  for (int i = 0; i < count; ++i)
    pthread_create(&threads[i], NULL, body, argument);
  for (int i = 0; i < count; ++i)
    pthread_join(threads[i], NULL);
}

/* A session of its own for each host thread, with 1, 2 or 3 threads: more than the machine has CPUs in all. */
static atomic_uint nextThreads;

static void *runOwn(void *unused) {
  (void)unused;
  tensors all;
  makeTensors(&all);
  tt_session *session = createSession(1 + atomic_fetch_add(&nextThreads, 1) % 3);
  for (int i = 0; i < OWN_RUNS; ++i) {
    for (uint32_t t = 0; t < entry->num_outputs; ++t)
      memset(all.out[t].data, 0xff, all.out[t].bytes);
    check(run(session, &all) == TT_OK, tt_session_error(session));
    compare(&all);
  }
  tt_session_free(session);
  freeTensors(&all);
  return NULL;
}

/* One session in two host threads: TT_BUSY, and nothing else, while the other one runs. */
static atomic_int busy;

static void *runShared(void *session) {
  tensors all;
  makeTensors(&all);
  for (int good = 0; good < SHARED_OK || !atomic_load(&busy);) {
    tt_status status = run(session, &all);
    if (status == TT_OK) {
      compare(&all);
      ++good;
    } else {
      check(status == TT_BUSY, tt_status_text(status));
      atomic_fetch_add(&busy, 1);
    }
  }
  freeTensors(&all);
  return NULL;
}

/* Sessions that come and go in several threads at once, used and freed by other threads than the one that made them;
 * some have workers that never run, some fail. */
static void *useAndFree(void *argument) {
  tt_session *session = argument;
  tensors all;
  makeTensors(&all);
  check(run(session, &all) == TT_OK, tt_session_error(session));
  compare(&all);
  tt_tensor saved = all.in[0];
  all.in[0].rank += 1;
  check(run(session, &all) == TT_INVALID_ARGUMENT, "a wrong rank is accepted");
  check(tt_session_error(session)[0] != 0, "an error has no text");
  all.in[0] = saved;
  tt_session_free(session);
  freeTensors(&all);
  return NULL;
}

static void *live(void *unused) {
  (void)unused;
  for (uint32_t i = 0; i < LIVES; ++i) {
    tt_session *session = createSession(1 + i % 4);
    if (i % 2) {
      tt_session_free(session);
      continue;
    }
    pthread_t other;
    pthread_create(&other, NULL, useAndFree, session);
    tt_session_options options = {.struct_size = sizeof options, .threads = 5000};
    tt_session *none;
    check(tt_session_create(TT_MODEL(), &options, &none) == TT_INVALID_ARGUMENT, "5000 threads are accepted");
    check(strstr(tt_session_error(NULL), "5000 threads") != NULL, "the error is that of another thread");
    pthread_join(other, NULL);
  }
  return NULL;
}

/* What ThreadSanitizer must find: shows that it looks. */
static int unguarded;

static void *race(void *unused) {
  (void)unused;
  unguarded++;
  return NULL;
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  entry = &TT_MODEL()->entries[0];
  makeTensors(&reference);
  tt_session *session = createSession(1);
  check(run(session, &reference) == TT_OK, tt_session_error(session));
  tt_session_free(session);
  if (!strcmp(what, "own")) {
    startAll(OWN_THREADS, runOwn, NULL);
  } else if (!strcmp(what, "shared")) {
    session = createSession(2);
    startAll(2, runShared, session);
    printf("%s: %s\n", atomic_load(&busy) ? "busy" : "never busy", tt_status_text(TT_BUSY));
    tt_session_free(session);
  } else if (!strcmp(what, "life")) {
    startAll(4, live, NULL);
  } else if (!strcmp(what, "race")) {
    startAll(2, race, NULL);
  } else {
    check(0, "own, shared, life or race is needed");
  }
  freeTensors(&reference);
  printf("%s: %d wrong\n", what, atomic_load(&wrong));
  return atomic_load(&wrong) != 0;
}
