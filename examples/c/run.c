/*===- run.c - the smallest host program -----------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * Runs a model that it is linked with, once, on inputs of ones, with every dynamic size 1, and prints the start of each
 * output. Works for every model whose inputs are float:
 *   tt-compile model.onnx -o libmodel.so
 *   cc -I tt/include run.c ./libmodel.so -o run
 *===----------------------------------------------------------------------===*/

#include "tt/Runtime/ABI.h"

#include <stdio.h>
#include <stdlib.h>

static int fail(const char *why) {
  fprintf(stderr, "run: %s\n", why);
  return 1;
}

/* A tensor of ones that fits to `info`. */
static tt_tensor makeOnes(const tt_value_info *info) {
  size_t count = 1;
  int64_t *dims = malloc((info->rank + 1) * sizeof *dims);
  for (uint32_t d = 0; d < info->rank; ++d) {
    dims[d] = info->dims[d] < 0 ? 1 : info->dims[d];
    count *= (size_t)dims[d];
  }
  float *data = malloc((count + 1) * sizeof *data);
  for (size_t i = 0; i < count; ++i)
    data[i] = 1;
  return (tt_tensor){.data = data, .dims = dims, .rank = info->rank, .dtype = TT_FLOAT, .bytes = count * sizeof *data};
}

int main(void) {
  const tt_model_info *model = tt_model();
  const tt_entry_info *entry = &model->entries[0];
  tt_session *session;
  if (tt_session_create(model, NULL, &session) != TT_OK)
    return fail(tt_session_error(NULL));

  tt_tensor *inputs = calloc(entry->num_inputs + 1, sizeof *inputs);
  tt_tensor *outputs = calloc(entry->num_outputs + 1, sizeof *outputs); /* data == NULL: the session provides memory */
  for (uint32_t i = 0; i < entry->num_inputs; ++i)
    inputs[i] = makeOnes(&entry->inputs[i]);
  if (tt_session_run(session, 0, inputs, entry->num_inputs, outputs, entry->num_outputs) != TT_OK)
    return fail(tt_session_error(session));

  for (uint32_t i = 0; i < entry->num_outputs; ++i) {
    printf("%s:", entry->outputs[i].name);
    for (size_t e = 0; outputs[i].dtype == TT_FLOAT && e < outputs[i].bytes / sizeof(float) && e < 4; ++e)
      printf(" %g", ((const float *)outputs[i].data)[e]);
    printf("\n");
  }
  tt_session_free(session); /* the outputs end with it */
  for (uint32_t i = 0; i < entry->num_inputs; ++i) {
    free((void *)inputs[i].dims);
    free(inputs[i].data);
  }
  free(inputs);
  free(outputs);
  return 0;
}
