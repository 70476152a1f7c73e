//===- TTDialect.cpp - registration, attributes, shared helpers -----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#include "tt/Dialect/IR/TTDialect.cpp.inc"
#include "tt/Dialect/IR/TTEnums.cpp.inc"
#include "tt/Dialect/IR/TTInterfaces.cpp.inc"
#define GET_ATTRDEF_CLASSES
#include "tt/Dialect/IR/TTAttrs.cpp.inc"

void tt::TTDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "tt/Dialect/IR/TTAttrs.cpp.inc"
      >();
  registerElementwiseOps();
  registerShapeOps();
  registerReductionOps();
  registerNNOps();
  registerControlOps();
  registerKernelOps();
  registerRuntimeOps();
}

Operation *tt::TTDialect::materializeConstant(OpBuilder &builder, Attribute value, Type type, Location loc) {
  return arith::ConstantOp::materialize(builder, value, type, loc);
}

LogicalResult tt::LoweringConfigAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t rows,
                                             int64_t vectors, int64_t lanes, StringRef order, int64_t kBlock,
                                             int64_t chunk) {
  if (rows < 1 || vectors < 1 || lanes < 1)
    return emitError() << "needs at least one row, vector and lane, but has rows = " << rows
                       << ", vectors = " << vectors << ", lanes = " << lanes;
  if (order != "nm" && order != "mn")
    return emitError() << "needs order \"nm\" or \"mn\", but found \"" << order << "\"";
  if (kBlock < 0 || chunk < 0)
    return emitError() << "needs k_block and chunk of 0 or more, but found " << kBlock << " and " << chunk;
  return success();
}

bool tt::detail::areCompatibleTypes(TypeRange l, TypeRange r) {
  if (l.size() != r.size())
    return false;
  return llvm::all_of(llvm::zip_equal(l, r), [](auto pair) {
    auto [a, b] = pair;
    return getElementTypeOrSelf(a) == getElementTypeOrSelf(b) && succeeded(verifyCompatibleShape(a, b));
  });
}
