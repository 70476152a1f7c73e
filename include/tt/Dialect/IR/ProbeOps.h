//===- ProbeOps.h - the ops that measure a run ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_PROBEOPS_H
#define TT_DIALECT_IR_PROBEOPS_H

#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/SymbolTable.h"

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ProbeOps.h.inc"

#endif // TT_DIALECT_IR_PROBEOPS_H
