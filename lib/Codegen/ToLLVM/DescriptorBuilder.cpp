//===- DescriptorBuilder.cpp - constant structs as LLVM globals -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "DescriptorBuilder.h"

using namespace mlir;
using tt::DescriptorBuilder;

DescriptorBuilder::DescriptorBuilder(ModuleOp module, StringRef prefix)
    : module(module), b(OpBuilder::atBlockEnd(module.getBody())), pointer(LLVM::LLVMPointerType::get(b.getContext())),
      prefix(prefix) {}

Operation *DescriptorBuilder::text(StringRef text) {
  Operation *&global = texts[text];
  if (!global) {
    std::string bytes = text.str() + '\0';
    global = LLVM::GlobalOp::create(b, module.getLoc(), LLVM::LLVMArrayType::get(b.getI8Type(), bytes.size()), true,
                                    LLVM::Linkage::Internal, uniqueName(), b.getStringAttr(bytes));
  }
  return global;
}

Operation *DescriptorBuilder::array(ArrayRef<SmallVector<Field>> rows) {
  if (rows.empty())
    return nullptr;
  Type element = getRowType(rows[0]);
  return global(LLVM::LLVMArrayType::get(element, rows.size()), uniqueName(), LLVM::Linkage::Internal,
                [&](Location loc, Value value) {
                  for (auto [i, row] : llvm::enumerate(rows))
                    value = LLVM::InsertValueOp::create(b, loc, value, makeRow(loc, element, row),
                                                        ArrayRef<int64_t>{static_cast<int64_t>(i)});
                  return value;
                });
}

void DescriptorBuilder::exported(StringRef name, ArrayRef<Field> row) {
  Type type =
      LLVM::LLVMStructType::getLiteral(b.getContext(), llvm::map_to_vector(row, [](const Field &f) { return f.type; }));
  auto result =
      global(type, name, LLVM::Linkage::External, [&](Location loc, Value) { return makeRow(loc, type, row); });
  result.setVisibility_(LLVM::Visibility::Hidden);
}

Type DescriptorBuilder::getRowType(ArrayRef<Field> row) {
  if (row.size() == 1)
    return row[0].type;
  return LLVM::LLVMStructType::getLiteral(b.getContext(),
                                          llvm::map_to_vector(row, [](const Field &f) { return f.type; }));
}

Value DescriptorBuilder::makeField(Location loc, const Field &field) {
  if (auto global = dyn_cast_or_null<LLVM::GlobalOp>(field.symbol))
    return LLVM::AddressOfOp::create(b, loc, global);
  if (auto func = dyn_cast_or_null<LLVM::LLVMFuncOp>(field.symbol))
    return LLVM::AddressOfOp::create(b, loc, func);
  if (field.type == pointer)
    return LLVM::ZeroOp::create(b, loc, pointer);
  return LLVM::ConstantOp::create(b, loc, field.type, b.getIntegerAttr(field.type, field.number));
}

Value DescriptorBuilder::makeRow(Location loc, Type type, ArrayRef<Field> row) {
  if (!isa<LLVM::LLVMStructType>(type))
    return makeField(loc, row[0]);
  Value value = LLVM::UndefOp::create(b, loc, type);
  for (auto [i, field] : llvm::enumerate(row))
    value =
        LLVM::InsertValueOp::create(b, loc, value, makeField(loc, field), ArrayRef<int64_t>{static_cast<int64_t>(i)});
  return value;
}

LLVM::GlobalOp DescriptorBuilder::global(Type type, StringRef name, LLVM::Linkage linkage,
                                         llvm::function_ref<Value(Location, Value)> initialize) {
  Location loc = module.getLoc();
  auto global = LLVM::GlobalOp::create(b, loc, type, /*isConstant=*/true, linkage, name, Attribute());
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(b.createBlock(&global.getInitializerRegion()));
  Value start = LLVM::UndefOp::create(b, loc, type);
  LLVM::ReturnOp::create(b, loc, initialize(loc, start));
  return global;
}
