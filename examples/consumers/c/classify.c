/*===- classify.c - a program with a compiled model inside -----------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * classify IMAGES.npy LABELS.npy: classifies 28x28 images with the model it is linked with and prints the accuracy.
 * mlp.h is made by tt-compile; see the Makefile.
 *===----------------------------------------------------------------------===*/

#include "mlp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIXELS = MLP_IMAGE_DIM_2 * MLP_IMAGE_DIM_3, CLASSES = MLP_LOGITS_DIM_1 };

static void fail(const char *what, const char *why) {
  fprintf(stderr, "classify: %s: %s\n", what, why);
  exit(1);
}

/* The bytes of a .npy file of uint8; `*count` is how many. */
static unsigned char *readBytes(const char *path, size_t *count) {
  unsigned char head[10];
  FILE *file = fopen(path, "rb");
  if (!file || fread(head, 1, 10, file) != 10 || memcmp(head, "\x93NUMPY\x01", 7) != 0)
    fail(path, "cannot be opened, or is no .npy file of version 1");
  long start = 10 + head[8] + 256L * head[9];
  fseek(file, 0, SEEK_END);
  *count = (size_t)(ftell(file) - start);
  fseek(file, start, SEEK_SET);
  unsigned char *bytes = malloc(*count + 1);
  if (!bytes || fread(bytes, 1, *count, file) != *count)
    fail(path, "cannot be read");
  fclose(file);
  return bytes;
}

int main(int argc, char **argv) {
  if (argc != 3)
    fail("usage", "classify IMAGES.npy LABELS.npy");
  size_t bytes, count;
  unsigned char *images = readBytes(argv[1], &bytes), *labels = readBytes(argv[2], &count);
  if (count == 0 || bytes != count * PIXELS)
    fail(argv[2], "needs one label for each image of 28x28 bytes");

  float *pixels = malloc(bytes * sizeof *pixels);
  float *logits = malloc((size_t)MLP_LOGITS_ELEMENTS(count) * sizeof *logits);
  if (!pixels || !logits)
    fail(argv[1], "out of memory");
  for (size_t i = 0; i < bytes; ++i)
    pixels[i] = (float)images[i] / 255.0f;

  tt_session *session;
  if (mlp_session_create(NULL, &session) != TT_OK)
    fail("mlp", tt_session_error(NULL));
  if (mlp_run(session, (int64_t)count, pixels, logits) != TT_OK)
    fail("mlp", tt_session_error(session));
  tt_session_free(session);

  size_t right = 0;
  for (size_t i = 0; i < count; ++i) {
    int best = 0;
    for (int c = 1; c < CLASSES; ++c)
      if (logits[i * CLASSES + c] > logits[i * CLASSES + best])
        best = c;
    right += best == labels[i];
  }
  printf("mlp: accuracy %.1f %% of %zu images\n", 100.0 * (double)right / (double)count, count);
  free(images);
  free(labels);
  free(pixels);
  free(logits);
  return 0;
}
