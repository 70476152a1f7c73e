/*===- ProfileFile.c - the file of docs/profiling.md -----------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Profile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

enum {
  LEAST_CLOCK_NS =
      20 * 1000 * 1000, /* between the two moments that give the length of a tick: 50 ns are 3 millionths */
  COST_PASSES = 2000,   /* probes passed to measure what one costs */
};

static void writeText(FILE *file, const char *text) {
  putc('"', file);
  for (; *text; ++text) {
    if (*text == '"' || *text == '\\')
      fprintf(file, "\\%c", *text);
    else if ((unsigned char)*text < 0x20)
      fprintf(file, "\\u%04x", *text);
    else
      putc(*text, file);
  }
  putc('"', file);
}

static void writeKey(FILE *file, const char *separator, const char *key, const char *text) {
  fprintf(file, "%s\"%s\":", separator, key);
  writeText(file, text);
}

/* The CPU as it names itself, 48 characters on x86-64; nothing on other architectures. */
static const char *cpuName(char name[49]) {
  name[0] = name[48] = 0;
#if defined(__x86_64__)
  unsigned registers[12], a, b, c, d;
  if (__get_cpuid(0x80000000u, &a, &b, &c, &d) && a >= 0x80000004u) {
    for (unsigned i = 0; i < 3; ++i)
      __get_cpuid(0x80000002u + i, &registers[4 * i], &registers[4 * i + 1], &registers[4 * i + 2],
                  &registers[4 * i + 3]);
    memcpy(name, registers, 48);
  }
#endif
  size_t length = strlen(name);
  while (length && name[length - 1] == ' ')
    name[--length] = 0;
  return name + strspn(name, " ");
}

static double nanosecondsPerTick(const tt_profile *profile) {
  tt_moment end = tt_now();
  int64_t missing = LEAST_CLOCK_NS - (end.ns - profile->start.ns);
  if (missing > 0) {
    struct timespec pause = {0, (long)missing};
    nanosleep(&pause, NULL);
    end = tt_now();
  }
  return end.ticks > profile->start.ticks
             ? (double)(end.ns - profile->start.ns) / (double)(end.ticks - profile->start.ticks)
             : 0;
}

/* What passing a leaf probe costs, in ticks: the second of two rounds on tables of its own. 0 without memory. */
static double probeCost(tt_session *session) {
  tt_probe_counts counts = {.min = UINT64_MAX};
  tt_event events[16];
  tt_profile scratch = {.counts = &counts, .events = events, .event_mask = 15, .info = session->profile->info};
  tt_profile *real = session->profile;
  tt_context *ctx = &session->contexts[0];
  uint64_t begin = 0;
  session->profile = &scratch;
  for (int round = 0; round < 2; ++round) {
    begin = tt_ticks();
    for (int i = 0; i < COST_PASSES; ++i)
      tt_rt_probe(ctx, 0, 1, 1, 1);
  }
  uint64_t end = tt_ticks();
  session->profile = real;
  return (double)(end - begin) / COST_PASSES;
}

/* Adds the work of the leaves to the containers around them. A container stands before what is in it. */
static void sumContainers(const tt_profile *profile, tt_probe_counts *totals) {
  const tt_profile_info *info = profile->info;
  memcpy(totals, profile->counts, info->num_probes * sizeof *totals);
  for (uint32_t i = info->num_probes; i-- > 0;) {
    if (info->probes[i].parent < 0)
      continue;
    tt_probe_counts *parent = &totals[info->probes[i].parent];
    parent->flops += totals[i].flops;
    parent->bytes_read += totals[i].bytes_read;
    parent->bytes_written += totals[i].bytes_written;
  }
}

static void writeProbe(FILE *file, const tt_session *session, uint32_t index, const tt_probe_counts *counts,
                       double scale) {
  const tt_profile *profile = session->profile;
  const tt_probe_info *probe = &profile->info->probes[index];
  bool parallel = profile->parallel[index];
  fprintf(file, "%s\n  {\"id\":%u", index ? "," : "", index);
  writeKey(file, ",", "name", probe->name);
  fprintf(file, ",\"ops\":[");
  for (uint32_t i = 0; i < probe->num_nodes; ++i) {
    writeKey(file, i ? ",{" : "{", "name", probe->nodes[i].name);
    writeKey(file, ",", "kind", probe->nodes[i].kind);
    fprintf(file, "}");
  }
  writeKey(file, "],", "granularity", probe->granularity);
  writeKey(file, ",", "kernel", probe->kernel);
  writeKey(file, ",", "isa", session->isa->name);
  if (probe->parent >= 0)
    fprintf(file, ",\"parent\":%d", probe->parent);
  else
    fprintf(file, ",\"parent\":null");
  fprintf(file, ",\"leaf\":%s,\"parallel\":%s", probe->is_container ? "false" : "true", parallel ? "true" : "false");
  fprintf(file, ",\"flops\":%" PRId64 ",\"bytes_read\":%" PRId64 ",\"bytes_written\":%" PRId64, counts->flops,
          counts->bytes_read, counts->bytes_written);
  fprintf(file, ",\"calls\":%" PRIu64 ",\"ns\":%.1f,\"min_ns\":%.1f,\"max_ns\":%.1f,\"threads\":[", counts->calls,
          (double)counts->ticks * scale, counts->calls ? (double)counts->min * scale : 0, (double)counts->max * scale);
  const char *separator = "";
  for (uint32_t t = 0; t < profile->threads; ++t) {
    const tt_busy *busy = &profile->busy[(size_t)index * profile->threads + t];
    tt_busy serial = {counts->calls, counts->ticks};
    if (!parallel)
      busy = t ? &(tt_busy){0} : &serial;
    if (!busy->chunks)
      continue;
    fprintf(file, "%s{\"thread\":%u,\"calls\":%" PRIu64 ",\"ns\":%.1f}", separator, t, busy->chunks,
            (double)busy->ticks * scale);
    separator = ",";
  }
  fprintf(file, "]}");
}

static int compareEvents(const void *l, const void *r) {
  const tt_event *a = l, *b = r;
  return (a->begin > b->begin) - (a->begin < b->begin);
}

/* In the order of time: those of workers came to the ring when their logs were taken. */
static void writeEvents(FILE *file, tt_profile *profile, double scale) {
  uint64_t size = profile->event_mask + 1, count = profile->num_events < size ? profile->num_events : size;
  profile->num_dropped += profile->num_events - count;
  profile->num_events = count; /* the oldest is the first to be overwritten, as before the sort */
  qsort(profile->events, count, sizeof *profile->events, compareEvents);
  fprintf(file, " \"events\":[");
  for (uint64_t i = 0; i < count; ++i) {
    const tt_event *event = &profile->events[i];
    fprintf(file, "%s\n  {\"probe\":%u,\"thread\":%u,\"begin_ns\":%.1f,\"ns\":%.1f}", i ? "," : "", event->probe,
            event->thread, (double)(event->begin - profile->events[0].begin) * scale, (double)event->ticks * scale);
  }
  fprintf(file, "],\n \"events_dropped\":%" PRIu64 ",\n", profile->num_dropped);
}

static void writeMemory(FILE *file, const tt_session *session) {
  const tt_profile *profile = session->profile;
  fprintf(file, " \"memory\":{\"arena_bytes\":%zu,\"weights_bytes\":%" PRIu64 ",\"buffers\":[", session->arena.capacity,
          session->model->weights_bytes);
  for (uint32_t i = 0; i < profile->info->num_buffers; ++i) {
    const tt_probe_buffer *buffer = &profile->info->buffers[i];
    writeKey(file, i ? ",\n  {" : "\n  {", "name", buffer->name);
    fprintf(file, ",\"offset\":%" PRId64 ",\"bytes\":%" PRId64 ",\"first_probe\":%u,\"last_probe\":%u}",
            profile->places[i].offset, profile->places[i].bytes, buffer->first, buffer->last);
  }
  fprintf(file, "]}}\n");
}

static bool writeProfile(FILE *file, tt_session *session) {
  tt_profile *profile = session->profile;
  tt_profile_take_loops(profile);
  const tt_model_info *model = session->model;
  char name[49];
  tt_probe_counts *totals;
  if (posix_memalign((void **)&totals, _Alignof(tt_probe_counts), (profile->info->num_probes + 1) * sizeof *totals)) {
    errno = ENOMEM;
    return false;
  }
  double scale = nanosecondsPerTick(profile);
  sumContainers(profile, totals);
  fprintf(file, "{\"tt_profile\":1,\n \"model\":{");
  writeKey(file, "", "name", model->model_name);
  writeKey(file, ",", "source", profile->info->source);
  writeKey(file, ",", "cpu", model->target);
  writeKey(file, ",", "options", profile->info->options);
  const char *version = strrchr(model->producer, ' ');
  writeKey(file, ",", "version", version ? version + 1 : model->producer);
  writeKey(file, "},\n \"run\":{", "cpu", cpuName(name));
  writeKey(file, ",", "isa", session->isa->name);
  fprintf(file, ",\"threads\":%u,\"calls\":%" PRIu64 ",\"wall_ns\":%" PRId64 ",\"probe_cost_ns\":%.1f},\n \"probes\":[",
          session->threads, profile->calls, profile->wall_ns, probeCost(session) * scale);
  for (uint32_t i = 0; i < profile->info->num_probes; ++i)
    writeProbe(file, session, i, &totals[i], scale);
  fprintf(file, "],\n");
  writeEvents(file, profile, scale);
  writeMemory(file, session);
  free(totals);
  return true;
}

bool tt_profile_write(tt_session *session, const char *path, int *error) {
  size_t bytes = strlen(path) + 32;
  char *temporary = malloc(bytes);
  FILE *file = NULL;
  if (temporary) {
    snprintf(temporary, bytes, "%s.%ld.%p", path, (long)getpid(), (void *)session);
    file = fopen(temporary, "wxe");
  }
  bool good = file && writeProfile(file, session);
  *error = errno;
  if (file) {
    errno = 0;
    bool written = fflush(file) == 0 && !ferror(file);
    if (fclose(file) != 0 || !written || (good && rename(temporary, path) != 0)) {
      *error = good ? errno : *error;
      good = false;
    }
    if (!good)
      unlink(temporary);
  }
  free(temporary);
  return good;
}
