//===- TTDialect.h - the tt dialect ---------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The dialect with its attributes and interfaces. The ops are in TTOps.h.
//===----------------------------------------------------------------------===//

#ifndef TT_DIALECT_IR_TTDIALECT_H
#define TT_DIALECT_IR_TTDIALECT_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "tt/Dialect/IR/TTEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "tt/Dialect/IR/TTAttrs.h.inc"

#include "tt/Dialect/IR/TTDialect.h.inc"

namespace tt {
/// Marks ops each of whose result elements depends on one element of each operand, under NumPy broadcasting.
template <typename ConcreteType>
class ElementwiseTrait : public mlir::OpTrait::TraitBase<ConcreteType, ElementwiseTrait> {};
} // namespace tt

namespace tt::detail {
// Shared by the definitions that ODS generates; not for other use.
llvm::LogicalResult verifyEpilogue(mlir::Operation *op);
bool areCompatibleTypes(mlir::TypeRange l, mlir::TypeRange r);
llvm::LogicalResult inferUnary(llvm::StringRef name, std::optional<mlir::Location> loc, mlir::ValueRange operands,
                               llvm::SmallVectorImpl<mlir::Type> &types);
llvm::LogicalResult inferBroadcast(llvm::StringRef name, std::optional<mlir::Location> loc, mlir::ValueRange operands,
                                   llvm::SmallVectorImpl<mlir::Type> &types);
llvm::LogicalResult inferCompare(llvm::StringRef name, std::optional<mlir::Location> loc, mlir::ValueRange operands,
                                 llvm::SmallVectorImpl<mlir::Type> &types);
mlir::OpFoldResult foldElementwise(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands);
void getKernelEffects(mlir::Operation *op,
                      llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>> &effects);
} // namespace tt::detail

#include "tt/Dialect/IR/TTInterfaces.h.inc"

#endif // TT_DIALECT_IR_TTDIALECT_H
