//===- DescriptorBuilder.h - constant structs as LLVM globals ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLLVM_DESCRIPTORBUILDER_H
#define TT_LIB_CODEGEN_TOLLVM_DESCRIPTORBUILDER_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringMap.h"

#include <string>

namespace tt {

/// Makes constant globals of structs, arrays and texts, at the end of a module.
class DescriptorBuilder {
public:
  /// Globals without a name of their own are called `prefix` and a number.
  DescriptorBuilder(mlir::ModuleOp module, llvm::StringRef prefix);

  /// A value inside an initializer: a number, or the address of a symbol (null: a null pointer).
  struct Field {
    mlir::Type type;
    int64_t number = 0;
    mlir::Operation *symbol = nullptr;
  };
  Field i32(int64_t value) { return {b.getI32Type(), value}; }
  Field i64(int64_t value) { return {b.getI64Type(), value}; }
  Field address(mlir::Operation *symbol) { return {pointer, 0, symbol}; }

  /// A zero-terminated text; equal texts are made once.
  mlir::Operation *text(llvm::StringRef text);

  /// An array of structs (of plain values where `rows` have one field each); null when it is empty.
  mlir::Operation *array(llvm::ArrayRef<llvm::SmallVector<Field>> rows);

  /// A struct that other objects see under `name` (hidden: within the artefact only).
  void exported(llvm::StringRef name, llvm::ArrayRef<Field> row);

private:
  std::string uniqueName() { return prefix + std::to_string(count++); }
  mlir::Type getRowType(llvm::ArrayRef<Field> row);
  mlir::Value makeField(mlir::Location loc, const Field &field);
  mlir::Value makeRow(mlir::Location loc, mlir::Type type, llvm::ArrayRef<Field> row);
  mlir::LLVM::GlobalOp global(mlir::Type type, llvm::StringRef name, mlir::LLVM::Linkage linkage,
                              llvm::function_ref<mlir::Value(mlir::Location, mlir::Value)> initialize);

  mlir::ModuleOp module;
  mlir::OpBuilder b;
  mlir::Type pointer;
  std::string prefix;
  llvm::StringMap<mlir::Operation *> texts;
  int64_t count = 0;
};

} // namespace tt

#endif // TT_LIB_CODEGEN_TOLLVM_DESCRIPTORBUILDER_H
