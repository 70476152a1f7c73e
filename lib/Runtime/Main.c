/*===- Main.c - the main function of executables ---------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

/* Uses nothing but the public interface and .npy files. Exit status: 0 success, 1 any error (one line on stderr). */

#include "tt/Runtime/Npy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Null in executables without --profile. */
#pragma weak tt_session_profile_write

enum { SHOWN_ELEMENTS = 8, WARM_UP_RUNS = 3 };

typedef struct {
  const char *program;
  const tt_model_info *model;
  const tt_entry_info *entry;
  uint32_t entry_index;
  uint32_t threads;
  long repeat;
  const char *out, *isa, *profile;
  bool json, list;
  const char **files; /* one per input of the entry */
} tt_main_options;

static const char help[] =
    "usage: %s [options] [name=]file.npy ...\n"
    "Runs the compiled model '%s' on .npy files, given by input name or in order, and prints its outputs.\n"
    "  --list         show the inputs and outputs of the model\n"
    "  --out DIR      write the outputs to DIR/output_0.npy, DIR/output_1.npy ...\n"
    "  --threads N    threads, this one included (default: one for each CPU)\n"
    "  --isa NAME     run the code for this CPU or level (default: $TT_ISA, or the best that this CPU can run)\n"
    "  --repeat N     run N times and print the latency\n"
    "  --entry NAME   entry point to run (default: %s)\n"
    "  --profile-out FILE  write the profile of a model compiled with --profile\n"
    "  --json         print one line of JSON instead of text\n";

static int failWith(const char *program, const char *what, const char *detail) {
  fprintf(stderr, "%s: error: %s%s%s\n", program, what, detail ? ": " : "", detail ? detail : "");
  return 1;
}

static void printType(FILE *file, const tt_value_info *info) {
  fprintf(file, "%s [", tt_npy_dtype_name(info->dtype));
  for (uint32_t d = 0; d < info->rank; ++d) {
    const char *name = info->dim_names ? info->dim_names[d] : NULL;
    fputs(d ? ", " : "", file);
    if (info->dims[d] >= 0)
      fprintf(file, "%" PRId64, info->dims[d]);
    else
      fputs(name && *name ? name : "?", file);
  }
  fputs("]", file);
}

static void listModel(const tt_model_info *model) {
  printf("model %s, compiled by %s for %s, %.1f MB of weights\n", model->model_name, model->producer, model->target,
         (double)model->weights_bytes * 1e-6);
  for (uint32_t e = 0; e < model->num_entries; ++e) {
    const tt_entry_info *entry = &model->entries[e];
    printf("entry %s\n", entry->name);
    for (uint32_t i = 0; i < entry->num_inputs + entry->num_outputs; ++i) {
      bool input = i < entry->num_inputs;
      const tt_value_info *info = input ? &entry->inputs[i] : &entry->outputs[i - entry->num_inputs];
      printf("  %s %s: ", input ? "input" : "output", info->name);
      printType(stdout, info);
      printf("\n");
    }
  }
}

static bool parseCount(const char *text, long least, long most, long *value) {
  char *end;
  errno = 0;
  *value = strtol(text, &end, 10);
  return !errno && *text && !*end && *value >= least && *value <= most;
}

/* Puts `argument`, name=file or file, to the input it is for. */
static int takeInput(tt_main_options *options, const char *argument, uint32_t *position) {
  const tt_entry_info *entry = options->entry;
  for (uint32_t i = 0; i < entry->num_inputs; ++i) {
    size_t length = strlen(entry->inputs[i].name);
    if (strncmp(argument, entry->inputs[i].name, length) || argument[length] != '=')
      continue;
    if (options->files[i])
      return failWith(options->program, "input is given twice", entry->inputs[i].name);
    options->files[i] = argument + length + 1;
    return 0;
  }
  while (*position < entry->num_inputs && options->files[*position])
    ++*position;
  if (*position == entry->num_inputs)
    return failWith(options->program, "no input of the model is left for this argument (--list shows them)", argument);
  options->files[*position] = argument;
  return 0;
}

static int chooseEntry(tt_main_options *options, const char *name) {
  for (uint32_t e = 0; e < options->model->num_entries; ++e)
    if (strcmp(options->model->entries[e].name, name) == 0) {
      options->entry_index = e;
      options->entry = &options->model->entries[e];
      return 0;
    }
  return failWith(options->program, "the model has no such entry point (--list shows them)", name);
}

/* Two passes: the entry point decides what the files are for. */
static int parseArguments(int argc, char **argv, tt_main_options *options) {
  uint32_t position = 0;
  for (int pass = 0; pass < 2; ++pass) {
    if (pass == 1) {
      options->files = calloc((size_t)options->entry->num_inputs + 1, sizeof *options->files);
      if (!options->files)
        return failWith(options->program, "out of memory", NULL);
    }
    for (int i = 1; i < argc; ++i) {
      const char *argument = argv[i];
      bool takesValue = !strcmp(argument, "--threads") || !strcmp(argument, "--repeat") || !strcmp(argument, "--out") ||
                        !strcmp(argument, "--entry") || !strcmp(argument, "--isa") ||
                        !strcmp(argument, "--profile-out");
      if (takesValue && ++i == argc)
        return failWith(options->program, "a value must follow", argument);
      const char *value = takesValue ? argv[i] : NULL;
      if (strncmp(argument, "--", 2) != 0) {
        if (pass == 1 && takeInput(options, argument, &position))
          return 1;
      } else if (!strcmp(argument, "--entry")) {
        if (chooseEntry(options, value))
          return 1;
      } else if (!strcmp(argument, "--threads")) {
        long threads;
        if (!parseCount(value, 1, 1024, &threads))
          return failWith(options->program, "--threads needs a number from 1 to 1024, but found", value);
        options->threads = (uint32_t)threads;
      } else if (!strcmp(argument, "--repeat")) {
        if (!parseCount(value, 1, 1000000000, &options->repeat))
          return failWith(options->program, "--repeat needs a number from 1 on, but found", value);
      } else if (!strcmp(argument, "--out")) {
        options->out = value;
      } else if (!strcmp(argument, "--isa")) {
        options->isa = value;
      } else if (!strcmp(argument, "--profile-out")) {
        if (!tt_session_profile_write)
          return failWith(options->program, "--profile-out needs a model that was compiled with --profile", NULL);
        options->profile = value;
      } else if (!strcmp(argument, "--json")) {
        options->json = true;
      } else if (!strcmp(argument, "--list")) {
        options->list = true;
      } else {
        return failWith(options->program, "unknown option (run without arguments for help)", argument);
      }
    }
  }
  return 0;
}

static int readInputs(const tt_main_options *options, tt_tensor *inputs) {
  char error[TT_NPY_ERROR_BYTES];
  for (uint32_t i = 0; i < options->entry->num_inputs; ++i) {
    const tt_value_info *info = &options->entry->inputs[i];
    if (!options->files[i]) {
      fprintf(stderr, "%s: error: input '%s' is missing; it is ", options->program, info->name);
      printType(stderr, info);
      fputs("\n", stderr);
      return 1;
    }
    if (!tt_npy_read(options->files[i], &inputs[i], error))
      return failWith(options->program, error, NULL);
  }
  return 0;
}

static double milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int compareDoubles(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double halfToDouble(uint16_t bits) {
  int exponent = bits >> 10 & 31, mantissa = bits & 1023;
  double value = exponent == 31 ? (mantissa ? __builtin_nan("") : __builtin_inf())
                 : exponent     ? (1024 + mantissa) * __builtin_ldexp(1.0, exponent - 25)
                                : mantissa * 0x1p-24;
  return bits >> 15 ? -value : value;
}

static void printElement(const tt_tensor *tensor, size_t index) {
  const char *at = (const char *)tensor->data + index * tt_npy_dtype_bytes(tensor->dtype);
#define TT_PRINT(dtype, type, format, ...)                                                                             \
  case dtype: {                                                                                                        \
    type v;                                                                                                            \
    memcpy(&v, at, sizeof v);                                                                                          \
    printf(format, __VA_ARGS__);                                                                                       \
    break;                                                                                                             \
  }
  switch (tensor->dtype) {
    TT_PRINT(TT_FLOAT, float, "%.7g", v)
    TT_PRINT(TT_DOUBLE, double, "%.15g", v)
    TT_PRINT(TT_FLOAT16, uint16_t, "%.4g", halfToDouble(v))
    TT_PRINT(TT_BFLOAT16, uint16_t, "%.3g",
             (double)((union {
               uint32_t bits;
               float value;
             }){(uint32_t)v << 16})
                 .value)
    TT_PRINT(TT_INT8, int8_t, "%d", v)
    TT_PRINT(TT_INT16, int16_t, "%d", v)
    TT_PRINT(TT_INT32, int32_t, "%d", v)
    TT_PRINT(TT_INT64, int64_t, "%" PRId64, v)
    TT_PRINT(TT_UINT8, uint8_t, "%u", v)
    TT_PRINT(TT_UINT16, uint16_t, "%u", v)
    TT_PRINT(TT_UINT32, uint32_t, "%u", v)
    TT_PRINT(TT_UINT64, uint64_t, "%" PRIu64, v)
    TT_PRINT(TT_BOOL, uint8_t, "%s", v ? "true" : "false")
  }
#undef TT_PRINT
}

static void printString(const char *text) {
  putchar('"');
  for (; *text; ++text) {
    if (*text == '"' || *text == '\\')
      printf("\\%c", *text);
    else if ((unsigned char)*text < 0x20)
      printf("\\u%04x", *text);
    else
      putchar(*text);
  }
  putchar('"');
}

static void printJson(const tt_main_options *options, const char *isa, const tt_tensor *outputs, const double *times) {
  printf("{\"model\": ");
  printString(options->model->model_name);
  printf(", \"isa\": ");
  printString(isa);
  if (options->repeat)
    printf(", \"runs\": %ld, \"latency_ms\": {\"median\": %.6f, \"min\": %.6f, \"p90\": %.6f}", options->repeat,
           times[options->repeat / 2], times[0], times[options->repeat * 9 / 10]);
  printf(", \"outputs\": [");
  for (uint32_t i = 0; i < options->entry->num_outputs; ++i) {
    printf("%s{\"name\": ", i ? ", " : "");
    printString(options->entry->outputs[i].name);
    printf(", \"type\": \"%s\", \"dims\": [", tt_npy_dtype_name(outputs[i].dtype));
    for (uint32_t d = 0; d < outputs[i].rank; ++d)
      printf(d ? ", %" PRId64 : "%" PRId64, outputs[i].dims[d]);
    printf("]}");
  }
  printf("]}\n");
}

static void printText(const tt_main_options *options, const char *isa, const tt_tensor *outputs, const double *times) {
  for (uint32_t i = 0; i < options->entry->num_outputs; ++i) {
    size_t count = 1;
    printf("%s: %s [", options->entry->outputs[i].name, tt_npy_dtype_name(outputs[i].dtype));
    for (uint32_t d = 0; d < outputs[i].rank; ++d) {
      printf(d ? ", %" PRId64 : "%" PRId64, outputs[i].dims[d]);
      count *= (size_t)outputs[i].dims[d];
    }
    printf("]");
    for (size_t e = 0; e < count && e < SHOWN_ELEMENTS; ++e) {
      printf(" ");
      printElement(&outputs[i], e);
    }
    printf(count > SHOWN_ELEMENTS ? " ...\n" : "\n");
  }
  if (options->repeat)
    printf("latency: median %.4f ms, min %.4f ms, p90 %.4f ms (%ld runs, %s)\n", times[options->repeat / 2], times[0],
           times[options->repeat * 9 / 10], options->repeat, isa);
}

static int writeOutputs(const tt_main_options *options, const tt_tensor *outputs) {
  char path[4096], error[TT_NPY_ERROR_BYTES];
  if (mkdir(options->out, 0777) && errno != EEXIST)
    return failWith(options->program, options->out, strerror(errno));
  for (uint32_t i = 0; i < options->entry->num_outputs; ++i) {
    if (snprintf(path, sizeof path, "%s/output_%u.npy", options->out, i) >= (int)sizeof path)
      return failWith(options->program, "the path is too long", options->out);
    if (!tt_npy_write(path, &outputs[i], error))
      return failWith(options->program, error, NULL);
  }
  return 0;
}

static int runModel(const tt_main_options *options, tt_session *session, const tt_tensor *inputs, tt_tensor *outputs,
                    double *times) {
  const tt_entry_info *entry = options->entry;
  long warmUp = options->repeat ? WARM_UP_RUNS : 0, runs = options->repeat ? options->repeat : 1;
  for (long run = -warmUp; run < runs; ++run) {
    double start = milliseconds();
    if (tt_session_run(session, options->entry_index, inputs, entry->num_inputs, outputs, entry->num_outputs))
      return failWith(options->program, tt_session_error(session), NULL);
    if (run >= 0)
      times[run] = milliseconds() - start;
  }
  qsort(times, (size_t)runs, sizeof *times, compareDoubles);
  if (options->profile && tt_session_profile_write(session, options->profile))
    return failWith(options->program, tt_session_error(session), NULL);
  if (options->out && writeOutputs(options, outputs))
    return 1;
  (options->json ? printJson : printText)(options, tt_session_isa(session), outputs, times);
  if (fflush(stdout) || ferror(stdout))
    return failWith(options->program, "cannot write to the standard output", strerror(errno));
  return 0;
}

int main(int argc, char **argv) {
  const tt_model_info *model = tt_model();
  tt_main_options options = {.program = argv[0], .model = model, .entry = &model->entries[0]};
  if (argc <= 1 || !strcmp(argv[1], "--help")) {
    printf(help, argv[0], model->model_name, options.entry->name);
    return 0;
  }
  if (parseArguments(argc, argv, &options))
    return 1;
  if (options.list) {
    listModel(model);
    return 0;
  }
  tt_tensor *inputs = calloc((size_t)options.entry->num_inputs + 1, sizeof *inputs);
  tt_tensor *outputs = calloc((size_t)options.entry->num_outputs + 1, sizeof *outputs);
  double *times = calloc((size_t)options.repeat + 1, sizeof *times);
  if (!inputs || !outputs || !times)
    return failWith(options.program, "out of memory", NULL);
  if (readInputs(&options, inputs))
    return 1;
  tt_session_options sessionOptions = {
      .struct_size = sizeof sessionOptions, .threads = options.threads, .isa = options.isa};
  tt_session *session;
  if (tt_session_create(model, &sessionOptions, &session))
    return failWith(options.program, tt_session_error(NULL), NULL);
  int status = runModel(&options, session, inputs, outputs, times);
  tt_session_free(session);
  for (uint32_t i = 0; i < options.entry->num_inputs; ++i)
    tt_npy_free(&inputs[i]);
  free(inputs);
  free(outputs);
  free(times);
  free(options.files);
  return status;
}
