//===- OutputFile.cpp - files that appear whole or not at all -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Support/OutputFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"

using namespace llvm;

Error tt::checkOutputPath(StringRef path) {
  sys::fs::file_status status;
  if (sys::fs::status(path, status) || sys::fs::is_regular_file(status))
    return Error::success();
  return createStringError(inconvertibleErrorCode(),
                           "cannot write '" + path + "': it exists and is not a regular file");
}

Error tt::writeFileAtomically(StringRef path, function_ref<Error(raw_fd_ostream &)> write, bool executable) {
  auto fail = [&](const Twine &why) {
    return createStringError(inconvertibleErrorCode(), "cannot write '" + path + "': " + why);
  };
  if (Error error = checkOutputPath(path))
    return error;
  int fd;
  SmallString<128> temporary;
  unsigned mode = executable ? (sys::fs::all_read | sys::fs::all_exe | sys::fs::owner_write)
                             : (sys::fs::all_read | sys::fs::owner_write);
  if (std::error_code ec = sys::fs::createUniqueFile(path + ".tmp-%%%%%%%%", fd, temporary, sys::fs::OF_None, mode))
    return fail(ec.message());
  {
    raw_fd_ostream os(fd, /*shouldClose=*/true);
    Error error = write(os);
    os.close();
    if (os.has_error() && !error) {
      error = fail(os.error().message());
    }
    os.clear_error();
    if (error) {
      sys::fs::remove(temporary);
      return error;
    }
  }
  if (std::error_code ec = sys::fs::rename(temporary, path)) {
    sys::fs::remove(temporary);
    return fail(ec.message());
  }
  return Error::success();
}
