/*===- classify.c - a host program for the example models ------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * classify MODEL.so IMAGES.npy LABELS.npy: classifies every 28x28 image with a model compiled by tt and prints the
 * accuracy, the median time of one call for one image and the size of the library. Needs libc and
 * include/tt/Runtime/ABI.h, nothing else.
 *===----------------------------------------------------------------------===*/

#define _GNU_SOURCE
#include "tt/Runtime/ABI.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { SIDE = 28, PIXELS = SIDE * SIDE, CLASSES = 10 };

static void die(const char *what, const char *why) {
  fprintf(stderr, "classify: %s: %s\n", what, why);
  exit(1);
}

/* The bytes of a .npy file of uint8 with `item` bytes per entry; `*count` is the number of entries. */
static unsigned char *readBytes(const char *path, size_t item, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file)
    die(path, "cannot open");
  unsigned char head[10];
  if (fread(head, 1, 10, file) != 10 || memcmp(head, "\x93NUMPY\x01", 7) != 0)
    die(path, "is no .npy file of version 1");
  size_t skip = head[8] + 256u * head[9];
  char *text = malloc(skip + 1);
  if (!text || fread(text, 1, skip, file) != skip)
    die(path, "is cut short");
  text[skip] = 0;
  if (!strstr(text, "'|u1'"))
    die(path, "holds no uint8 values");
  free(text);
  long start = (long)(10 + skip);
  fseek(file, 0, SEEK_END);
  size_t bytes = (size_t)(ftell(file) - start);
  fseek(file, start, SEEK_SET);
  unsigned char *data = malloc(bytes);
  if (!data || fread(data, 1, bytes, file) != bytes || bytes % item != 0)
    die(path, "is cut short");
  fclose(file);
  *count = bytes / item;
  return data;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compareDoubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: classify MODEL.so IMAGES.npy LABELS.npy\n");
    return 1;
  }
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
  if (!library)
    die(argv[1], dlerror());
  /* A host that links the model calls these directly. */
  const tt_model_info *(*model)(void) = (const tt_model_info *(*)(void))dlsym(library, "tt_model");
  tt_status (*create)(const tt_model_info *, const tt_session_options *, tt_session **) =
      (tt_status (*)(const tt_model_info *, const tt_session_options *, tt_session **))dlsym(library,
                                                                                             "tt_session_create");
  tt_status (*run)(tt_session *, uint32_t, const tt_tensor *, uint32_t, tt_tensor *, uint32_t) = (tt_status (*)(
      tt_session *, uint32_t, const tt_tensor *, uint32_t, tt_tensor *, uint32_t))dlsym(library, "tt_session_run");
  const char *(*error)(const tt_session *) = (const char *(*)(const tt_session *))dlsym(library, "tt_session_error");
  void (*release)(tt_session *) = (void (*)(tt_session *))dlsym(library, "tt_session_free");
  if (!model || !create || !run || !error || !release)
    die(argv[1], "was not made by tt-compile");

  size_t count, labelCount;
  unsigned char *images = readBytes(argv[2], PIXELS, &count);
  unsigned char *labels = readBytes(argv[3], 1, &labelCount);
  if (count == 0 || labelCount != count)
    die(argv[3], "needs one label for each image");

  tt_session_options options = {.struct_size = sizeof options, .threads = 1};
  tt_session *session;
  if (create(model(), &options, &session) != TT_OK)
    die(argv[1], error(NULL));

  float pixels[PIXELS], logits[CLASSES];
  const int64_t imageDims[] = {1, 1, SIDE, SIDE}, logitDims[] = {1, CLASSES};
  tt_tensor input = {.data = pixels, .dims = imageDims, .rank = 4, .dtype = TT_FLOAT, .bytes = sizeof pixels};
  tt_tensor output = {.data = logits, .dims = logitDims, .rank = 2, .dtype = TT_FLOAT, .bytes = sizeof logits};
  double *times = malloc(count * sizeof *times);
  if (!times)
    die(argv[2], "out of memory");
  size_t right = 0;
  for (size_t i = 0; i < count; ++i) {
    for (int p = 0; p < PIXELS; ++p)
      pixels[p] = (float)images[i * PIXELS + (size_t)p] / 255.0f;
    double start = now();
    if (run(session, 0, &input, 1, &output, 1) != TT_OK)
      die(argv[1], error(session));
    times[i] = now() - start;
    int best = 0;
    for (int c = 1; c < CLASSES; ++c)
      if (logits[c] > logits[best])
        best = c;
    right += best == labels[i];
  }
  qsort(times, count, sizeof *times, compareDoubles);
  struct stat info;
  stat(argv[1], &info);
  printf("%-11s accuracy %.1f %% of %zu images, median %.1f us per image on one thread, %.0f KB\n", basename(argv[1]),
         100.0 * (double)right / (double)count, count, 1e6 * times[count / 2], (double)info.st_size / 1000.0);
  release(session);
  free(times);
  free(images);
  free(labels);
  return 0;
}
