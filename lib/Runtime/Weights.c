/*===- Weights.c - weights on huge pages ------------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

/* The weights of an artefact are pages of its file. Products with few rows read them once, panel after panel, and small
 * pages of any colour hold them back: they fight for sets of the second-level cache, and prefetchers stop at their ends
 * (ResNet-50: 4 % of the whole, 20 to 30 % of its last stage). So the first session replaces the whole huge pages among
 * them, where they lie, by anonymous memory of the same contents. */

#include "Session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
  HUGE_PAGE = 2 << 20,
  PIECE = 8 * HUGE_PAGE, /* what is copied at a time: the contents are there twice for so many bytes only */
  MAX_MODELS = 64,       /* of one program that are moved; weights of more stay as they are */
};

/* Weights that a session has moved, or is moving. */
static _Atomic(const void *) moved[MAX_MODELS];

static bool claim(const void *weights) {
  for (int i = 0; i < MAX_MODELS; ++i) {
    const void *found = NULL;
    if (atomic_compare_exchange_strong(&moved[i], &found, weights))
      return true;
    if (found == weights)
      return false;
  }
  return false;
}

/* Whether the system gives huge pages to those who ask. */
static bool hasHugePages(void) {
  char text[64] = "";
  FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "re");
  if (!file)
    return false;
  size_t length = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  text[length] = 0;
  return length && !strstr(text, "[never]");
}

static char *alignUp(const char *address) {
  return (char *)(((uintptr_t)address + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1));
}

/* Replaces [at, at + bytes), whole huge pages; readers meanwhile see the same contents at any time. */
static bool movePiece(char *at, size_t bytes) {
  size_t reserved = bytes + HUGE_PAGE;
  char *area = mmap(NULL, reserved, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (area == MAP_FAILED)
    return false;
  char *copy = alignUp(area), *end = area + reserved;
  bool done = madvise(copy, bytes, MADV_HUGEPAGE) == 0;
  if (done) {
    memcpy(copy, at, bytes);
    done = mprotect(copy, bytes, PROT_READ) == 0 &&
           mremap(copy, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, at) != MAP_FAILED;
  }
  if (!done)
    return munmap(area, reserved) != 0;
  if (copy > area)
    munmap(area, (size_t)(copy - area));
  if (copy + bytes < end)
    munmap(copy + bytes, (size_t)(end - copy) - bytes);
  return true;
}

void tt_weights_move(const tt_model_info *model) {
  const char *wish = secure_getenv("TT_HUGE_WEIGHTS");
  if (!model->weights || (wish && !strcmp(wish, "0")))
    return;
  char *at = alignUp(model->weights), *end = (char *)(uintptr_t)model->weights + model->weights_bytes;
  long pageBytes = sysconf(_SC_PAGESIZE), pages = sysconf(_SC_PHYS_PAGES);
  /* Files can leave the memory when it is needed for something else, these copies cannot. */
  bool isLarge = pages <= 0 || model->weights_bytes / 4096 > (uint64_t)pages / 4;
  if (pageBytes != 4096 || isLarge || at + HUGE_PAGE > end || !hasHugePages() || !claim(model->weights))
    return;
  for (; at + HUGE_PAGE <= end; at += PIECE) {
    size_t bytes = (size_t)(end - at) & ~(size_t)(HUGE_PAGE - 1);
    if (!movePiece(at, bytes < PIECE ? bytes : PIECE))
      return; /* advice only: what is not moved works, slower */
  }
}
