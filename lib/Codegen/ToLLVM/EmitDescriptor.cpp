//===- EmitDescriptor.cpp - tt-emit-descriptor ----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The structs of include/tt/Runtime/ABI.h as LLVM globals. Field orders here and there must agree.
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "DescriptorBuilder.h"
#include "RuntimeFunctions.h"
#include "tt/Codegen/ToLLVM/Levels.h"
#include "tt/Codegen/ToLLVM/Weights.h"
#include "tt/Dialect/IR/OnnxTypes.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Runtime/Internal.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace tt {
#define GEN_PASS_DEF_EMITDESCRIPTORPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct EmitDescriptorPass : tt::impl::EmitDescriptorPassBase<EmitDescriptorPass> {
  using EmitDescriptorPassBase::EmitDescriptorPassBase;
  using DescriptorBuilder = tt::DescriptorBuilder;
  using Field = DescriptorBuilder::Field;

  /// The entry points of one level, in the order of the module.
  using Entries = SmallVector<LLVM::LLVMFuncOp>;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<SmallVector<tt::Target>> targets = tt::getTargets(module);
    if (!targets) {
      module.emitError(llvm::toString(targets.takeError()));
      return signalPassFailure();
    }
    FailureOr<SmallVector<Entries>> levels = findEntries(*targets);
    if (failed(levels))
      return signalPassFailure();
    DescriptorBuilder d(module, "tt_descriptor_");
    SmallVector<SmallVector<Field>> entries, isas;
    for (LLVM::LLVMFuncOp func : levels->front()) {
      FailureOr<SmallVector<Field>> entry = describeEntry(d, func);
      if (failed(entry))
        return signalPassFailure();
      entries.push_back(std::move(*entry));
    }
    std::string targetText = targets->front().triple;
    for (auto [target, funcs] : llvm::zip(*targets, *levels)) {
      std::string name = tt::getLevelName(target);
      targetText += (isas.empty() ? " " : ",") + name;
      auto runs =
          llvm::map_to_vector(funcs, [&](LLVM::LLVMFuncOp func) { return SmallVector<Field>{d.address(func)}; });
      isas.push_back({d.address(d.text(name)), d.i64(tt::getRequiredFeatures(target)), d.address(d.array(runs))});
    }
    int64_t weightsBytes = tt::getWeightsBytes(module);
    auto modelName = module->getAttrOfType<StringAttr>("tt.model_name");
    d.exported("tt_model_descriptor",
               {d.i32(TT_ABI_VERSION), d.i32(entries.size()), d.address(d.array(entries)),
                d.address(d.text(modelName ? modelName.getValue() : "model")), d.address(d.text("tt " TT_VERSION)),
                d.address(d.text(targetText)), d.i64(weightsBytes), d.i32(isas.size()), d.address(d.array(isas)),
                d.address(weightsBytes ? tt::getWeightsSymbol(module) : LLVM::GlobalOp())});
  }

  /// The entry points of each of `targets`: by their attribute `tt.level`, which they lack where there is one target.
  /// All levels must have the same ones in the same order.
  FailureOr<SmallVector<Entries>> findEntries(ArrayRef<tt::Target> targets) {
    SmallVector<Entries> levels(targets.size());
    for (auto func : llvm::to_vector(getOperation().getOps<LLVM::LLVMFuncOp>())) {
      if (!func->hasAttr("tt.entry_name"))
        continue;
      auto name = func->getAttrOfType<StringAttr>("tt.level");
      size_t level = 0;
      while (name && level < targets.size() && tt::getLevelName(targets[level]) != name)
        ++level;
      if (level == targets.size())
        return func.emitOpError("is for the level '") << name.getValue() << "', which is not in tt.levels";
      levels[level].push_back(func);
    }
    auto nameOf = [](LLVM::LLVMFuncOp func) { return func->getAttr("tt.entry_name"); };
    for (const Entries &level : levels)
      if (!llvm::equal(llvm::map_range(level, nameOf), llvm::map_range(levels[0], nameOf)))
        return getOperation().emitError("needs the same entry points for each of tt.levels");
    return levels;
  }

  FailureOr<SmallVector<Field>> describeEntry(DescriptorBuilder &d, LLVM::LLVMFuncOp func) {
    auto inputs = func->getAttrOfType<ArrayAttr>("tt.inputs"), outputs = func->getAttrOfType<ArrayAttr>("tt.outputs");
    if (!inputs || !outputs)
      return func.emitOpError("needs the attributes tt.inputs and tt.outputs; run tt-bind-outputs");
    FailureOr<Operation *> inputInfos = describeValues(d, func, inputs), outputInfos = describeValues(d, func, outputs);
    if (failed(inputInfos) || failed(outputInfos))
      return failure();
    return SmallVector<Field>{d.address(d.text(func->getAttrOfType<StringAttr>("tt.entry_name"))), d.i32(inputs.size()),
                              d.i32(outputs.size()), d.address(*inputInfos), d.address(*outputInfos)};
  }

  /// The array of tt_value_info for `values` (`tt.inputs` or `tt.outputs`).
  FailureOr<Operation *> describeValues(DescriptorBuilder &d, LLVM::LLVMFuncOp func, ArrayAttr values) {
    SmallVector<SmallVector<Field>> infos;
    for (auto value : values.getAsRange<DictionaryAttr>()) {
      auto name = value.getAs<StringAttr>("name");
      auto dims = value.getAs<ArrayAttr>("dims");
      auto type = value.getAs<TypeAttr>("type");
      auto tensor = type ? dyn_cast<RankedTensorType>(type.getValue()) : nullptr;
      if (!name || !dims || !tensor || dims.size() != static_cast<size_t>(tensor.getRank()))
        return func.emitOpError("needs name, dims and a ranked tensor type for each input and output, but found ")
               << value;
      int64_t dataType = tt::getOnnxType(tensor.getElementType());
      if (!dataType)
        return func.emitOpError("has the value '")
               << name.getValue() << "' of an element type that ONNX does not have: " << tensor;
      SmallVector<SmallVector<Field>> sizes, names;
      bool named = false;
      for (auto [size, dimName] : llvm::zip(tensor.getShape(), dims.getAsRange<StringAttr>())) {
        bool isDynamic = ShapedType::isDynamic(size);
        sizes.push_back({d.i64(isDynamic ? -1 : size)});
        bool hasName = isDynamic && !dimName.empty();
        names.push_back({d.address(hasName ? d.text(dimName.getValue()) : nullptr)});
        named |= hasName;
      }
      infos.push_back({d.address(d.text(name.getValue())), d.i32(dataType), d.i32(tensor.getRank()),
                       d.address(d.array(sizes)), d.address(named ? d.array(names) : nullptr)});
    }
    return d.array(infos);
  }
};

} // namespace
