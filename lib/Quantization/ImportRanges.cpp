//===- ImportRanges.cpp - tt-import-ranges ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Quantization/Passes.h"

#include "RangeAttr.h"
#include "ValueNames.h"
#include "tt/Dialect/IR/TTDialect.h"
#include "tt/Support/RangeMethods.h"
#include "tt/Support/RangesFile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSet.h"

namespace tt {
#define GEN_PASS_DEF_IMPORTRANGESPASS
#include "tt/Quantization/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct ImportRangesPass : tt::impl::ImportRangesPassBase<ImportRangesPass> {
  using ImportRangesPassBase::ImportRangesPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto fail = [&](llvm::Error error) {
      module.emitError(llvm::toString(std::move(error)));
      signalPassFailure();
    };
    llvm::Expected<tt::RangeMethod> chosen = tt::RangeMethod::parse(method);
    if (!chosen)
      return fail(chosen.takeError());
    llvm::Expected<tt::Calibration> calibration = tt::readCalibration(file);
    if (!calibration)
      return fail(calibration.takeError());
    llvm::StringSet<> known;
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isExternal() || !func.isPublic())
        continue;
      for (auto &[value, name] : tt::getNamedValues(func)) {
        const tt::ValueStatistics *statistics = calibration->find(name);
        known.insert(name);
        if (statistics)
          tt::setRange(value, tt::chooseRange(*statistics, *chosen));
      }
    }
    for (const auto &[name, statistics] : calibration->values())
      if (!known.contains(name)) {
        module.emitError("the ranges file '")
            << file << "' of the model '" << calibration->model << "' has the value '" << name
            << "', which this model has not; calibrate this model, with the same --dim";
        return signalPassFailure();
      }
  }
};

} // namespace
