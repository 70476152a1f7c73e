//===- Guard.cpp - work that must not end the process ---------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Guard.h"

#include "llvm/Support/ErrorHandling.h"

#include <condition_variable>
#include <csignal>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <pthread.h>
#include <unistd.h>

namespace {

/// One call of runGuarded, shared by the thread that waits and the one that works.
struct Call {
  std::function<void()> work;
  std::mutex mutex;
  std::condition_variable finished;
  bool over = false;
  std::string failure;

  void finish(std::string text) {
    std::lock_guard<std::mutex> lock(mutex);
    failure = std::move(text);
    over = true;
    finished.notify_one();
  }
};

thread_local Call *currentCall = nullptr;

/// LLVM's handler of fatal errors; it must not return.
void sleepForever(void *, const char *reason, bool) {
  if (!currentCall)
    return; // not ours; LLVM goes on and ends the process
  currentCall->finish(reason);
  while (true)
    pause();
}

void *runCall(void *argument) {
  std::unique_ptr<std::shared_ptr<Call>> owner(static_cast<std::shared_ptr<Call> *>(argument));
  Call &call = **owner;
  currentCall = &call;
  std::string failure;
  try {
    call.work();
  } catch (const std::bad_alloc &) { // of operator new; frames without exceptions let it pass
    failure = "out of memory";
  }
  currentCall = nullptr;
  call.finish(std::move(failure));
  return nullptr;
}

} // namespace

std::string tt::python::runGuarded(std::function<void()> work) {
  static std::once_flag installed;
  std::call_once(installed, [] {
    llvm::install_fatal_error_handler(sleepForever, nullptr);
    llvm::install_bad_alloc_error_handler(sleepForever, nullptr);
  });
  std::shared_ptr<Call> call(new Call{std::move(work), {}, {}, false, {}});
  auto *shared = new std::shared_ptr<Call>(call);

  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 64 << 20);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  // Signals are for the host program's threads.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, runCall, shared);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (error) {
    delete shared;
    return std::string("cannot start a thread: ") + strerror(error);
  }
  std::unique_lock<std::mutex> lock(call->mutex);
  call->finished.wait(lock, [&] { return call->over; });
  return call->failure;
}
