//===- FakeModel.h - what a compiled model defines, by hand ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_TEST_RUNTIME_FAKEMODEL_H
#define TT_TEST_RUNTIME_FAKEMODEL_H

#include "tt/Runtime/Internal.h"

#include <cstddef>
#include <cstdint>

/// Entry points of the fake model.
enum Entry : uint32_t {
  /// z = x + y; x, y: float [batch, 3]; one chunk for each row. x[i][0] < 0 fails the chunk.
  Add = 0,
  /// state' = state + 1; float [?].
  Next = 1,
  /// Calls `behaviour`; no inputs, one int64 [?] output.
  Call = 2,
};

/// What Call does. It may not own anything that has a destructor: errors unwind by longjmp.
using Behaviour = void (*)(tt_context *ctx, void *user);
extern thread_local Behaviour behaviour;
extern thread_local void *behaviourUser;

/// An allocator that counts, and fails on request.
struct CountingAllocator {
  size_t live = 0, calls = 0, limit = SIZE_MAX;
  tt_session_options options(uint32_t threads = 1);
};

/// A session that frees itself.
struct Session {
  explicit Session(uint32_t threads = 1);
  explicit Session(const tt_session_options &options);
  ~Session() { tt_session_free(session); }
  Session(const Session &) = delete;
  tt_status call(Behaviour what, void *user = nullptr);
  const char *error() const { return tt_session_error(session); }
  tt_session *session = nullptr;
};

/// A float tensor of the given sizes on `data`.
template <size_t Rank> tt_tensor floats(float *data, const int64_t (&dims)[Rank]) {
  return {data, dims, Rank, TT_FLOAT, 0};
}

#endif // TT_TEST_RUNTIME_FAKEMODEL_H
