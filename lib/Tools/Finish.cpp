//===- Finish.cpp - the end of a tool's main ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Tools/Finish.h"

#include "llvm/Support/raw_ostream.h"

using namespace llvm;

int tt::finishTool(StringRef tool, Error error) {
  outs().flush();
  if (!error && outs().error())
    error = createStringError(outs().error(), "cannot write to the standard output: " + outs().error().message());
  outs().clear_error();
  if (!error)
    return 0;
  errs() << tool << ": error: " << toString(std::move(error)) << "\n";
  return 1;
}
