//===- ProbeOps.cpp - verifiers of the ops that measure a run ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/ProbeOps.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;

#define GET_OP_CLASSES
#include "tt/Dialect/IR/ProbeOps.cpp.inc"

LogicalResult tt::ProbeInfoOp::verify() {
  if (getNodes().size() != getKinds().size())
    return emitOpError("needs one kind per node, but has ")
           << getNodes().size() << " nodes and " << getKinds().size() << " kinds";
  if (!llvm::is_contained({"kernel", "op", "prefix"}, getGranularity()))
    return emitOpError("needs granularity \"kernel\", \"op\" or \"prefix\", but found ") << getGranularityAttr();
  return success();
}

LogicalResult tt::ObserveOp::verify() {
  if (getName().empty())
    return emitOpError("needs a name for the observer, but found an empty one");
  return success();
}

/// The probe that `op` means by `symbol`; null after an error.
static tt::ProbeInfoOp findProbe(Operation *op, FlatSymbolRefAttr symbol, SymbolTableCollection &tables) {
  auto info = tables.lookupNearestSymbolFrom<tt::ProbeInfoOp>(op, symbol);
  if (!info)
    op->emitOpError("needs a tt.probe_info, but ") << symbol << " is none";
  return info;
}

static LogicalResult verifyLeaf(Operation *op, FlatSymbolRefAttr symbol, SymbolTableCollection &tables) {
  tt::ProbeInfoOp info = findProbe(op, symbol, tables);
  if (info && info.getContainer())
    return op->emitOpError("needs a leaf, but ") << symbol << " is a container";
  return success(info);
}

static LogicalResult verifyContainer(Operation *op, FlatSymbolRefAttr symbol, SymbolTableCollection &tables) {
  tt::ProbeInfoOp info = findProbe(op, symbol, tables);
  if (info && !info.getContainer())
    return op->emitOpError("needs a container, but ") << symbol << " is a leaf";
  return success(info);
}

LogicalResult tt::ProbeInfoOp::verifySymbolUses(SymbolTableCollection &tables) {
  return getParentAttr() ? verifyContainer(*this, getParentAttr(), tables) : success();
}

LogicalResult tt::ProbeOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyLeaf(*this, getProbeAttr(), tables);
}

LogicalResult tt::ProbeEnterOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyContainer(*this, getProbeAttr(), tables);
}

LogicalResult tt::ProbeLeaveOp::verifySymbolUses(SymbolTableCollection &tables) {
  return verifyContainer(*this, getProbeAttr(), tables);
}

LogicalResult tt::ProbeBufferOp::verifySymbolUses(SymbolTableCollection &tables) {
  return success(findProbe(*this, getFirstAttr(), tables) && findProbe(*this, getLastAttr(), tables));
}
