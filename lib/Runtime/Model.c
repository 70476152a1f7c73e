/*===- Model.c - the model of an artefact ----------------------------------===*
 * Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
 * LLVM-exception
 *===----------------------------------------------------------------------===*/

/* Apart from the rest of the runtime, which serves any number of models in one program: tt-compile links this file as
 * it is into shared libraries and executables, and as `tt_model_NAME` beside the code of every model. */

#include "tt/Runtime/Internal.h"

const tt_model_info *tt_model(void) { return &tt_model_descriptor; }
