/*===- ABI.h - the C interface of a compiled model -------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*
 * Everything a host program needs to run a model that tt compiled, in plain C. A shared library made by `tt-compile -o
 * model.so` exports the seven functions below, and with `--profile` the two of the profiler; docs/abi.md shows a whole
 * program.
 *
 * Rules
 * - A session belongs to one thread at a time; a second run at the same time is TT_BUSY. Any number of sessions of one
 * model may run concurrently: all state is in the session.
 * - No function prints, exits or calls back, except for the allocator of the options. Every failure is a status and a
 * text.
 * - Tensors are dense and row-major. Input and output buffers need the alignment of their element type, no more.
 * - All results are bit-equal for every number of threads.
 *===----------------------------------------------------------------------===*/

#ifndef TT_RUNTIME_ABI_H
#define TT_RUNTIME_ABI_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a struct or function of this header changes its meaning. tt_model()->abi_version tells the version of an
 * artefact. */
#define TT_ABI_VERSION 2

#if defined(__GNUC__)
#define TT_API __attribute__((visibility("default")))
#else
#define TT_API
#endif

typedef enum tt_status {
  TT_OK = 0,
  TT_INVALID_ARGUMENT =
      1, /* a null pointer, wrong count, element type, rank, size; the text says which, what was needed and found */
  TT_OUT_OF_MEMORY = 2,
  TT_UNSUPPORTED_CPU = 3, /* the model, or the code that was asked for, needs instructions that this CPU lacks */
  TT_BUSY = 4,            /* the session is running on another thread */
  TT_RUN_FAILED = 5,      /* the model's own checks failed, e.g. an index out of range; the text names the node */
  TT_SYSTEM_ERROR = 6,    /* the system refused a thread */
  TT_ABI_MISMATCH = 7     /* the model was compiled for another TT_ABI_VERSION */
} tt_status;

/* Element types, with the numbers of ONNX's TensorProto.DataType. TT_BOOL is one byte per element, 0 or 1. */
typedef enum tt_dtype {
  TT_UNDEFINED = 0,
  TT_FLOAT = 1,
  TT_UINT8 = 2,
  TT_INT8 = 3,
  TT_UINT16 = 4,
  TT_INT16 = 5,
  TT_INT32 = 6,
  TT_INT64 = 7,
  TT_BOOL = 9,
  TT_FLOAT16 = 10,
  TT_DOUBLE = 11,
  TT_UINT32 = 12,
  TT_UINT64 = 13,
  TT_BFLOAT16 = 16
} tt_dtype;

typedef struct tt_context tt_context; /* a run in progress, known to compiled code only */
typedef struct tt_session tt_session;

/* An input or output of an entry point. `dims[d]` is -1 where the size is dynamic; `dim_names[d]` is its name ("batch")
 * or NULL. Sizes of one name are equal in all inputs of a run. `dims` and `dim_names` may be NULL when `rank` is 0;
 * `dim_names` also when no size has a name. */
typedef struct tt_value_info {
  const char *name;
  uint32_t dtype;
  uint32_t rank;
  const int64_t *dims;
  const char *const *dim_names;
} tt_value_info;

typedef struct tt_entry_info {
  const char *name;
  uint32_t num_inputs, num_outputs;
  const tt_value_info *inputs, *outputs;
} tt_entry_info;

/* The model's code for one instruction set. `name` is the level or CPU it was compiled for ("x86-64-v3"),
 * `required_features` the set of TT_CPU bits (Internal.h) that a CPU must have to run it. `run[e]` is the code of entry
 * point `e`, for the runtime only. */
typedef struct tt_isa_info {
  const char *name;
  uint64_t required_features;
  void (*const *run)(tt_context *);
} tt_isa_info;

/* `target` is the triple and the CPUs the code was made for, `producer` the compiler and its version, `weights_bytes`
 * the size of the weights section, which is at `weights` (NULL: there is none). `isas` lists the code in the artefact,
 * at least one, the most capable first: a session takes the first that the CPU can run. */
typedef struct tt_model_info {
  uint32_t abi_version, num_entries;
  const tt_entry_info *entries;
  const char *model_name, *producer, *target;
  uint64_t weights_bytes;
  uint32_t num_isas;
  const tt_isa_info *isas;
  const void *weights;
} tt_model_info;

/* Inputs: `data`, `dims` (rank sizes) and `dtype` are the caller's; `bytes` is the size of the buffer, checked when it
 * is not 0. Outputs, one of
 * - `data == NULL`: the run sets all fields; `data` and `dims` belong to the session and are valid until its next run
 * or tt_session_free. They may be inputs of that next run (a state that is fed back).
 * - `data` and `dims` given: the shape must be the one the run makes; `dtype` must match.
 * - `data` given, `dims == NULL`: `bytes` is the capacity; the run sets `dims` (the session's) and `rank`.
 * The struct of an earlier run can be given again as it is: buffers and sizes of the session are recognised. */
typedef struct tt_tensor {
  void *data;
  const int64_t *dims;
  uint32_t rank;
  uint32_t dtype;
  size_t bytes;
} tt_tensor;

typedef struct tt_session_options {
  size_t struct_size; /* sizeof(tt_session_options): a newer header works with an older artefact */
  uint32_t threads;   /* threads of a run, the caller's included; 0: one for each CPU this process may use */
  /* Memory for the arena and the outputs: `allocate` returns NULL or `bytes` bytes aligned to `alignment` (a power of
   * two, 64 or more). Both NULL: the runtime's own. Called by the thread that runs the session only. */
  void *(*allocate)(void *user, size_t bytes, size_t alignment);
  void (*deallocate)(void *user, void *pointer, size_t bytes);
  void *user;
  /* The code to run, a name of tt_model_info.isas. NULL: what the environment variable TT_ISA names, or without it the
   * best that the CPU can run. */
  const char *isa;
} tt_session_options;

/* The model of this artefact; never NULL, never freed. */
TT_API const tt_model_info *tt_model(void);

/* Makes a session; its threads are started here. `options` may be NULL (all defaults). On failure `*session` is NULL
 * and tt_session_error(NULL) is the text. */
TT_API tt_status tt_session_create(const tt_model_info *model, const tt_session_options *options, tt_session **session);

/* Runs entry point `entry` (index into tt_model_info.entries). All inputs and outputs must be given, in the order of
 * the entry's infos. On failure the contents of the output buffers are unspecified and the structs `outputs` are as
 * they were. */
TT_API tt_status tt_session_run(tt_session *session, uint32_t entry, const tt_tensor *inputs, uint32_t num_inputs,
                                tt_tensor *outputs, uint32_t num_outputs);

/* Text of the session's last failed run, or "" ; not to be called while the session runs (after TT_BUSY the text is
 * that of the other run). With NULL: text of the last tt_session_create that failed on this thread. One line, UTF-8. */
TT_API const char *tt_session_error(const tt_session *session);

/* The name of the code that the session runs, one of tt_model_info.isas. */
TT_API const char *tt_session_isa(const tt_session *session);

/* A short text for a status ("out of memory"), never NULL. */
TT_API const char *tt_status_text(tt_status status);

/* Ends the session's threads and frees all it owns, session-owned outputs included. NULL is allowed. */
TT_API void tt_session_free(tt_session *session);

/* The profiler: these two exist only in artefacts of `tt-compile --profile`. docs/profiling.md describes the file. With
 * the environment variable TT_PROFILE_OUT=FILE tt_session_free writes it too; if that fails it says so on stderr, for
 * lack of another place. */

/* Writes what the session's runs have measured since its creation or last reset to the file `path`: under another name
 * first, then renamed. TT_INVALID_ARGUMENT before the first run, TT_SYSTEM_ERROR when the file cannot be written,
 * TT_BUSY while the session runs; tt_session_error has the text. */
TT_API tt_status tt_session_profile_write(tt_session *session, const char *path);

/* Forgets what was measured. TT_BUSY while the session runs. */
TT_API tt_status tt_session_profile_reset(tt_session *session);

/* Observers: exist only in artefacts of `tt-compile --observe`. Called in the middle of a run for each observed value,
 * on the thread that runs the session, in the order of the graph: `values` is the element at index 0, sizes and strides
 * (in elements) are `rank` each; all of it is valid during the call only. It must not use the session. */
typedef void (*tt_observer)(void *user, const char *name, const float *values, uint32_t rank, const int64_t *dims,
                            const int64_t *strides);

/* Sets the observer of the session's next runs, NULL for none. TT_BUSY while the session runs. */
TT_API tt_status tt_session_observe(tt_session *session, tt_observer observer, void *user);

#ifdef __cplusplus
}
#endif

#endif /* TT_RUNTIME_ABI_H */
