//===- LowerProbes.cpp - tt-lower-probes ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The structs tt_profile_info and so on of include/tt/Runtime/Internal.h as LLVM globals. Field orders here and there
// must agree.
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLLVM/Passes.h"

#include "DescriptorBuilder.h"
#include "RuntimeFunctions.h"
#include "tt/Dialect/IR/ProbeOps.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace tt {
#define GEN_PASS_DEF_LOWERPROBESPASS
#include "tt/Codegen/ToLLVM/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

struct LowerProbesPass : tt::impl::LowerProbesPassBase<LowerProbesPass> {
  using LowerProbesPassBase::LowerProbesPassBase;
  using Field = tt::DescriptorBuilder::Field;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<tt::ProbeInfoOp> probes(module.getOps<tt::ProbeInfoOp>());
    llvm::DenseMap<Attribute, int64_t> numbers;
    for (tt::ProbeInfoOp probe : probes)
      numbers.try_emplace(probe.getSymNameAttr(), numbers.size());
    auto getNumber = [&](FlatSymbolRefAttr symbol) { return numbers.lookup(symbol.getAttr()); };
    SmallVector<tt::ProbeBufferOp> buffers;
    SmallVector<Operation *> users;
    module.walk([&](Operation *op) {
      if (auto buffer = dyn_cast<tt::ProbeBufferOp>(op))
        buffers.push_back(buffer);
      if (isa<tt::ProfileBeginOp, tt::ProfileEndOp, tt::ProbeOp, tt::ProbeEnterOp, tt::ProbeLeaveOp, tt::ProbeBufferOp>(
              op))
        users.push_back(op);
    });
    if (users.empty() && probes.empty())
      return markAllAnalysesPreserved();

    tt::DescriptorBuilder d(module, "tt_profile_");
    SmallVector<SmallVector<Field>> probeRows, bufferRows;
    for (tt::ProbeInfoOp probe : probes) {
      SmallVector<SmallVector<Field>> nodes;
      for (auto [node, kind] :
           llvm::zip(probe.getNodes().getAsRange<StringAttr>(), probe.getKinds().getAsRange<StringAttr>()))
        nodes.push_back({d.address(d.text(node)), d.address(d.text(kind))});
      probeRows.push_back({d.address(d.text(probe.getLabel())), d.address(d.text(probe.getKernel())),
                           d.address(d.text(probe.getGranularity())), d.i32(nodes.size()), d.address(d.array(nodes)),
                           d.i32(probe.getParentAttr() ? getNumber(probe.getParentAttr()) : -1),
                           d.i32(probe.getContainer())});
    }
    for (tt::ProbeBufferOp buffer : buffers)
      bufferRows.push_back({d.address(d.text(buffer.getLabel())), d.i32(getNumber(buffer.getFirstAttr())),
                            d.i32(getNumber(buffer.getLastAttr()))});
    auto options = module->getAttrOfType<StringAttr>("tt.profile");
    SmallVector<Field> profile = {d.address(d.text(options ? options.getValue() : "")),
                                  d.address(d.text(getSource())),
                                  d.i32(probes.size()),
                                  d.i32(buffers.size()),
                                  d.address(d.array(probeRows)),
                                  d.address(d.array(bufferRows))};
    auto table = cast<LLVM::GlobalOp>(d.array({profile}));

    int64_t numBuffers = 0;
    for (Operation *op : users) {
      OpBuilder b(op);
      Location loc = op->getLoc();
      auto number = [&](int64_t value) -> Value {
        return LLVM::ConstantOp::create(b, loc, b.getI64Type(), b.getI64IntegerAttr(value));
      };
      auto cast = [&](Value index) {
        return UnrealizedConversionCastOp::create(b, loc, b.getI64Type(), index).getResult(0);
      };
      auto replace = [&](tt::RuntimeFunction function, ArrayRef<Value> arguments) {
        SmallVector<Value> all{op->getOperand(0)};
        all.append(arguments.begin(), arguments.end());
        LLVM::CallOp::create(b, loc, tt::getRuntimeFunction(module, function), all);
        op->erase();
      };
      if (isa<tt::ProfileBeginOp>(op))
        replace(tt::RuntimeFunction::ProfileBegin, LLVM::AddressOfOp::create(b, loc, table).getResult());
      else if (isa<tt::ProfileEndOp>(op))
        replace(tt::RuntimeFunction::ProfileEnd, {});
      else if (auto probe = dyn_cast<tt::ProbeOp>(op))
        replace(tt::RuntimeFunction::Probe, {number(getNumber(probe.getProbeAttr())), cast(probe.getFlops()),
                                             cast(probe.getBytesRead()), cast(probe.getBytesWritten())});
      else if (auto enter = dyn_cast<tt::ProbeEnterOp>(op))
        replace(tt::RuntimeFunction::ProbeEnter, number(getNumber(enter.getProbeAttr())));
      else if (auto leave = dyn_cast<tt::ProbeLeaveOp>(op))
        replace(tt::RuntimeFunction::ProbeLeave, number(getNumber(leave.getProbeAttr())));
      else if (auto buffer = dyn_cast<tt::ProbeBufferOp>(op))
        replace(tt::RuntimeFunction::ProbeBuffer,
                {number(numBuffers++), cast(buffer.getOffset()), cast(buffer.getBytes())});
    }
    for (tt::ProbeInfoOp probe : probes)
      probe.erase();
  }

  /// The tool that made the model, which is written on the outermost module.
  StringRef getSource() {
    for (Operation *op = getOperation(); op; op = op->getParentOp())
      if (auto producer = op->getAttrOfType<StringAttr>("tt.producer"))
        return producer;
    return "";
  }
};

} // namespace
