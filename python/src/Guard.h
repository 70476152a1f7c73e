//===- Guard.h - work that must not end the process -----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_PYTHON_GUARD_H
#define TT_PYTHON_GUARD_H

#include <functional>
#include <string>

namespace tt::python {

/// Calls `work` on a thread of its own and waits for it. Returns "", or what went wrong when LLVM met a fatal error or
/// had no memory there: LLVM would end the process. Such a thread cannot go on and cannot be ended; it sleeps, with all
/// that it owns and `work` itself, until the process ends. Fatal errors of other threads end the process as ever.
///
/// The thread has a stack of 64 MB, of which only what is used takes memory: passes recurse over long chains of values.
std::string runGuarded(std::function<void()> work);

} // namespace tt::python

#endif // TT_PYTHON_GUARD_H
