//===- TTOps.h - the ops of the tt dialect --------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_TTOPS_H
#define TT_DIALECT_IR_TTOPS_H

#include "tt/Dialect/IR/TTDialect.h"

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ElementwiseOps.h.inc"
#define GET_OP_CLASSES
#include "tt/Dialect/IR/ShapeOps.h.inc"
#define GET_OP_CLASSES
#include "tt/Dialect/IR/ReductionOps.h.inc"
#define GET_OP_CLASSES
#include "tt/Dialect/IR/NNOps.h.inc"
#define GET_OP_CLASSES
#include "tt/Dialect/IR/ControlOps.h.inc"
#define GET_OP_CLASSES
#include "tt/Dialect/IR/KernelOps.h.inc"
#define GET_OP_CLASSES
#include "tt/Dialect/IR/RuntimeOps.h.inc"

#endif // TT_DIALECT_IR_TTOPS_H
