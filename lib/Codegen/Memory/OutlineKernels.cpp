//===- OutlineKernels.cpp - tt-outline-kernels ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "Utils.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"

namespace tt {
#define GEN_PASS_DEF_OUTLINEKERNELSPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

bool isKernel(Operation *op) {
  return isa<linalg::LinalgOp, memref::CopyOp, LoopLikeOpInterface, scf::IfOp>(op) ||
         (isa<DestinationStyleOpInterface>(op) && isa_and_nonnull<tt::TTDialect>(op->getDialect()));
}

/// `type` with a dynamic offset where it has an offset other than 0, so that slices at different places share a kernel.
Type getArgumentType(Type type) {
  auto memref = dyn_cast<MemRefType>(type);
  auto layout = memref ? dyn_cast<StridedLayoutAttr>(memref.getLayout()) : nullptr;
  if (!layout || layout.getOffset() == 0 || ShapedType::isDynamic(layout.getOffset()))
    return type;
  return MemRefType::get(memref.getShape(), memref.getElementType(),
                         StridedLayoutAttr::get(type.getContext(), ShapedType::kDynamic, layout.getStrides()),
                         memref.getMemorySpace());
}

/// A readable name: the op and the shape of what it writes, e.g. `k_gemm_1x128x768`. The prefix keeps it apart
/// from the functions of the C library.
std::string getKernelName(Operation *op) {
  std::string name = ("k_" + op->getName().stripDialect()).str();
  llvm::replace(name, '.', '_');
  Value written;
  if (auto dps = dyn_cast<DestinationStyleOpInterface>(op); dps && dps.getNumDpsInits())
    written = dps.getDpsInitOperand(0)->get();
  else if (auto copy = dyn_cast<memref::CopyOp>(op))
    written = copy.getTarget();
  if (auto type = written ? dyn_cast<MemRefType>(written.getType()) : nullptr)
    for (auto [d, size] : llvm::enumerate(type.getShape()))
      name += (d ? "x" : "_") + (ShapedType::isDynamic(size) ? std::string("d") : std::to_string(size));
  return name;
}

/// The text of a function without its name and locations: equal for functions that do the same.
std::string getBodyText(func::FuncOp func) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << func.getFunctionType();
  for (Operation &op : func.front())
    op.print(os, OpPrintingFlags().useLocalScope().printGenericOpForm());
  return text;
}

struct OutlineKernelsPass : tt::impl::OutlineKernelsPassBase<OutlineKernelsPass> {
  using OutlineKernelsPassBase::OutlineKernelsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SymbolTable symbols(module);
    llvm::StringMap<func::FuncOp> known;
    for (auto func : llvm::to_vector(module.getOps<func::FuncOp>())) {
      if (!func->hasAttr("tt.entry"))
        continue;
      for (Operation &op : llvm::make_early_inc_range(func.front()))
        if (isKernel(&op))
          outline(&op, func, symbols, known);
    }
  }

  void outline(Operation *op, func::FuncOp entry, SymbolTable &symbols, llvm::StringMap<func::FuncOp> &known) {
    Location loc = op->getLoc();
    Value context = entry.getArgument(0);
    llvm::SetVector<Value> used;
    for (Value operand : op->getOperands())
      used.insert(operand);
    getUsedValuesDefinedAbove(op->getRegions(), used);

    OpBuilder b(op);
    SmallVector<Value> arguments{context}, inner{context};
    SmallVector<Operation *> constants;
    for (Value value : used) {
      Operation *definition = value.getDefiningOp();
      if (value == context)
        continue;
      if (definition && definition->hasTrait<OpTrait::ConstantLike>()) {
        constants.push_back(definition);
        continue;
      }
      inner.push_back(value);
      Type type = getArgumentType(value.getType());
      arguments.push_back(type == value.getType() ? value : memref::CastOp::create(b, loc, type, value).getResult());
    }
    auto type = FunctionType::get(&getContext(), TypeRange(ValueRange(arguments)), op->getResultTypes());
    auto kernel = func::FuncOp::create(loc, getKernelName(op), type);
    kernel.setPrivate();
    kernel->setAttr("tt.kernel", b.getUnitAttr());
    Block *body = kernel.addEntryBlock();
    IRMapping mapping;
    mapping.map(inner, body->getArguments());
    OpBuilder inside = OpBuilder::atBlockBegin(body);
    for (Operation *constant : constants)
      inside.clone(*constant, mapping);
    Operation *moved = inside.clone(*op, mapping);
    func::ReturnOp::create(inside, loc, moved->getResults());

    auto [it, inserted] = known.try_emplace(getBodyText(kernel), kernel);
    if (inserted)
      symbols.insert(kernel);
    else
      kernel.erase();
    auto call = func::CallOp::create(b, loc, it->second, arguments);
    op->replaceAllUsesWith(call.getResults());
    op->erase();
  }
};

} // namespace
