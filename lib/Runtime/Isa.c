/*===- Isa.c - which code of the model a session runs ----------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

#include "Session.h"

#include <stdlib.h>
#include <string.h>

enum { LIST_BYTES = 256 };

void tt_text_append(tt_text *list, const char *name) {
  const char *parts[] = {list->length ? ", " : "", name};
  for (int p = 0; p < 2; ++p)
    for (const char *c = parts[p]; *c && list->length + 1 < list->size; ++c)
      list->text[list->length++] = *c;
  list->text[list->length] = 0;
}

/* The names of the model's codes that a CPU with `features` can run, or "none". */
static const char *formatIsas(char *text, size_t size, const tt_model_info *model, uint64_t features) {
  tt_text list = {text, size, 0};
  for (uint32_t i = 0; i < model->num_isas; ++i)
    if (!(model->isas[i].required_features & ~features))
      tt_text_append(&list, model->isas[i].name);
  if (!list.length)
    tt_text_append(&list, "none");
  return text;
}

static const tt_isa_info *findIsa(const tt_model_info *model, const char *name) {
  for (uint32_t i = 0; i < model->num_isas; ++i)
    if (!strcmp(model->isas[i].name, name))
      return &model->isas[i];
  return NULL;
}

/* The code named `name`, if there is one and the CPU can run it. */
static const tt_isa_info *takeNamed(const tt_model_info *model, const char *name, uint64_t features,
                                    tt_status *status) {
  char all[LIST_BYTES], here[LIST_BYTES], missing[LIST_BYTES];
  const tt_isa_info *isa = findIsa(model, name);
  if (isa && !(isa->required_features & ~features))
    return isa;
  formatIsas(all, sizeof all, model, ~UINT64_C(0));
  formatIsas(here, sizeof here, model, features);
  if (!isa)
    *status =
        tt_creation_error(TT_INVALID_ARGUMENT,
                          "the model has no code for '%s'; it has %s, of which this CPU can run %s", name, all, here);
  else
    *status = tt_creation_error(
        TT_UNSUPPORTED_CPU,
        "the code for '%s' needs a CPU with %s, which this one lacks; the model has %s, of which this CPU can run %s",
        name, tt_format_features(missing, sizeof missing, isa->required_features & ~features), all, here);
  return NULL;
}

const tt_isa_info *tt_isa_choose(const tt_model_info *model, const char *name, tt_status *status) {
  uint64_t features = tt_cpu_features();
  const char *removed = secure_getenv("TT_CPU_FEATURES");
  if (removed && !tt_cpu_features_remove(&features, removed)) {
    *status = tt_creation_error(
        TT_INVALID_ARGUMENT, "TT_CPU_FEATURES needs features to remove, such as '-avx2,-fma', but has '%s'", removed);
    return NULL;
  }
  if (!name)
    name = secure_getenv("TT_ISA");
  if (name && *name)
    return takeNamed(model, name, features, status);
  uint64_t missing = 0; /* of the code that lacks the fewest features */
  for (uint32_t i = 0; i < model->num_isas; ++i) {
    uint64_t lacking = model->isas[i].required_features & ~features;
    if (!lacking)
      return &model->isas[i];
    if (!missing || __builtin_popcountll(lacking) < __builtin_popcountll(missing))
      missing = lacking;
  }
  char text[LIST_BYTES];
  *status = tt_creation_error(
      TT_UNSUPPORTED_CPU,
      "the model was compiled for %s and needs a CPU with %s%s, which this one lacks; compile it with another --cpu",
      model->target, tt_format_features(text, sizeof text, missing), model->num_isas > 1 ? " at least" : "");
  return NULL;
}
