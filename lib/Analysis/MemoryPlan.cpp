//===- MemoryPlan.cpp - which buffer of the arena lives when --------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/MemoryPlan.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Places.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tt;

namespace {

/// Values of index arithmetic at the start of an entry point, with every dynamic size of an input as 1.
class Evaluator {
public:
  std::optional<int64_t> get(Value value) {
    IntegerAttr constant;
    if (matchPattern(value, m_Constant(&constant)))
      return constant.getInt();
    if (auto known = values.find(value); known != values.end())
      return known->second;
    std::optional<int64_t> result = compute(value.getDefiningOp());
    values[value] = result;
    return result;
  }

  /// The inputs' dimensions that were asked for.
  const llvm::SetVector<std::pair<int64_t, int64_t>> &getAssumed() const { return assumed; }

private:
  std::optional<int64_t> compute(Operation *op) {
    if (auto dim = dyn_cast_or_null<memref::DimOp>(op)) {
      auto input = dim.getSource().getDefiningOp<InputOp>();
      std::optional<int64_t> index = dim.getConstantIndex();
      if (!input || !index)
        return std::nullopt;
      assumed.insert({static_cast<int64_t>(input.getIndex()), *index});
      return 1;
    }
    if (!op || op->getNumOperands() != 2)
      return std::nullopt;
    std::optional<int64_t> l = get(op->getOperand(0)), r = get(op->getOperand(1));
    if (!l || !r)
      return std::nullopt;
    bool canDivide = *r != 0 && *r != -1;
    return llvm::TypeSwitch<Operation *, std::optional<int64_t>>(op)
        .Case([&](arith::AddIOp) { return *l + *r; })
        .Case([&](arith::SubIOp) { return *l - *r; })
        .Case([&](arith::MulIOp) { return *l * *r; })
        .Case([&](arith::AndIOp) { return *l & *r; })
        .Case([&](arith::MaxSIOp) { return std::max(*l, *r); })
        .Case([&](arith::MinSIOp) { return std::min(*l, *r); })
        .Case([&](arith::DivSIOp) { return canDivide ? std::optional(*l / *r) : std::nullopt; })
        .Case([&](arith::RemSIOp) { return canDivide ? std::optional(*l % *r) : std::nullopt; })
        .Case([&](arith::FloorDivSIOp) {
          return canDivide ? std::optional(llvm::divideFloorSigned(*l, *r)) : std::nullopt;
        })
        .Case([&](arith::CeilDivSIOp) {
          return canDivide ? std::optional(llvm::divideCeilSigned(*l, *r)) : std::nullopt;
        })
        .Default([](Operation *) { return std::nullopt; });
  }

  DenseMap<Value, std::optional<int64_t>> values;
  llvm::SetVector<std::pair<int64_t, int64_t>> assumed;
};

/// "batch=1", or "x[0]=1" where the dimension has no name.
std::string getAssumption(func::FuncOp entry, std::pair<int64_t, int64_t> dimension) {
  auto [input, dim] = dimension;
  std::string name = "input " + std::to_string(input);
  if (auto inputs = entry->getAttrOfType<ArrayAttr>("tt.inputs"); inputs && input < int64_t(inputs.size())) {
    auto signature = cast<DictionaryAttr>(inputs[input]);
    if (auto found = signature.getAs<StringAttr>("name"))
      name = found.str();
    auto dims = signature.getAs<ArrayAttr>("dims");
    if (auto found = dims && dim < int64_t(dims.size()) ? dyn_cast<StringAttr>(dims[dim]) : nullptr;
        found && !found.empty())
      return found.str() + "=1";
  }
  return name + "[" + std::to_string(dim) + "]=1";
}

std::string getNodeName(Location loc) {
  std::string name = getOnnxNames(loc).node;
  return name.empty() ? getPlace(loc) : name;
}

std::string getShapeText(MemRefType type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (int64_t size : type.getShape())
    os << (ShapedType::isDynamic(size) ? std::string("?") : std::to_string(size)) << "x";
  os << type.getElementType();
  return text;
}

/// Ops that take a place in the order of the run: they may read or write buffers.
bool isStep(Operation &op) {
  return !isPure(&op) && !isa<InputOp, OutputOp, ArenaOp, RunAllocOp, CheckOp>(op) &&
         !op.hasTrait<OpTrait::IsTerminator>();
}

/// Whether the op that has `use` writes the buffer: itself, by a view, or in the kernel that it calls.
bool isWrite(OpOperand &use) {
  Operation *op = use.getOwner();
  if (auto call = dyn_cast<func::CallOp>(op)) {
    auto callee = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(op, call.getCalleeAttr());
    return callee && !callee.isDeclaration() &&
           llvm::any_of(callee.getArgument(use.getOperandNumber()).getUses(), isWrite);
  }
  if (auto kernel = dyn_cast<DestinationStyleOpInterface>(op))
    return kernel.isDpsInit(&use);
  if (auto copy = dyn_cast<memref::CopyOp>(op))
    return copy.getTarget() == use.get();
  if (isa<memref::StoreOp>(op))
    return true;
  return isPure(op) && llvm::any_of(op->getResults(), [](Value view) { return llvm::any_of(view.getUses(), isWrite); });
}

} // namespace

int64_t MemoryPlan::getLiveBytes(int64_t step) const {
  int64_t bytes = 0;
  for (const PlannedBuffer &buffer : buffers)
    bytes += buffer.first <= step && step <= buffer.last ? buffer.bytes : 0;
  return bytes;
}

int64_t MemoryPlan::getPeakStep() const {
  int64_t peak = 0, most = -1;
  for (int64_t step = 0; step < int64_t(steps.size()); ++step)
    if (int64_t bytes = getLiveBytes(step); bytes > most)
      peak = step, most = bytes;
  return peak;
}

FailureOr<MemoryPlan> tt::readMemoryPlan(func::FuncOp entry) {
  MemoryPlan plan;
  plan.function = entry.getName().str();
  if (auto target = entry->getParentOfType<ModuleOp>()->getAttrOfType<TargetAttr>("tt.target"))
    plan.cpu = target.getCpu().str();
  Block *block = &entry.front();
  DenseMap<Operation *, int64_t> numbers;
  for (Operation &op : *block) {
    if (!isStep(op))
      continue;
    auto call = dyn_cast<func::CallOp>(op);
    numbers[&op] = plan.steps.size();
    plan.steps.push_back(
        {getNodeName(op.getLoc()), (call ? call.getCallee() : op.getName().getStringRef()).str(), &op});
  }
  entry.walk([&](RunAllocOp) { ++plan.numUnplanned; });

  Evaluator evaluator;
  auto fail = [](Operation *op) {
    op->emitError("the memory plan needs sizes that are arithmetic on sizes of inputs; fix them with --dim name=value");
    return failure();
  };
  BufferViewFlowAnalysis aliases(entry);
  for (ArenaOp arena : block->getOps<ArenaOp>()) {
    std::optional<int64_t> size = evaluator.get(arena.getSize());
    if (!size)
      return fail(arena);
    plan.arenaBytes = std::max(plan.arenaBytes, *size);
    for (Operation *user : arena.getResult().getUsers()) {
      auto view = dyn_cast<memref::ViewOp>(user);
      if (!view)
        continue;
      PlannedBuffer buffer{"", getShapeText(view.getType()), 0, 0, INT64_MAX, -1, view};
      std::optional<int64_t> offset = evaluator.get(view.getByteShift());
      std::optional<int64_t> bytes = getElementBytes(view.getType().getElementType());
      for (int64_t fixed : view.getType().getShape())
        *bytes *= ShapedType::isDynamic(fixed) ? 1 : fixed;
      for (Value dynamic : view.getSizes()) {
        std::optional<int64_t> value = evaluator.get(dynamic);
        bytes = bytes && value ? std::optional(*bytes * *value) : std::nullopt;
      }
      if (!offset || !bytes)
        return fail(view);
      buffer.offset = *offset, buffer.bytes = *bytes;
      int64_t writer = -1;
      for (Value alias : aliases.resolve(view.getResult()))
        for (OpOperand &use : alias.getUses()) {
          auto step = numbers.find(block->findAncestorOpInBlock(*use.getOwner()));
          if (step == numbers.end())
            continue;
          buffer.first = std::min(buffer.first, step->second);
          buffer.last = std::max(buffer.last, step->second);
          if (step->second > writer && isWrite(use))
            writer = step->second;
        }
      if (buffer.last < 0)
        continue;
      // The allocation's own location is that of any op of this shape: equal ones were merged.
      Location loc = writer < 0 ? view.getLoc() : plan.steps[writer].op->getLoc();
      buffer.name = getOnnxNames(loc).value;
      if (buffer.name.empty())
        buffer.name = getPlace(loc);
      plan.buffers.push_back(std::move(buffer));
    }
  }
  llvm::sort(plan.buffers, [](const PlannedBuffer &l, const PlannedBuffer &r) {
    return std::pair(l.offset, l.first) < std::pair(r.offset, r.first);
  });
  for (std::pair<int64_t, int64_t> dimension : evaluator.getAssumed()) {
    std::string text = getAssumption(entry, dimension);
    if (!llvm::is_contained(plan.assumed, text))
      plan.assumed.push_back(text);
  }
  return plan;
}
