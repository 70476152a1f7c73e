//===- PlanArena.cpp - tt-plan-arena --------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Memory/Passes.h"

#include "ArenaPlan.h"
#include "Utils.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace tt {
#define GEN_PASS_DEF_PLANARENAPASS
#include "tt/Codegen/Memory/Passes.h.inc"
} // namespace tt

using namespace mlir;

namespace {

/// The allocations that get a place in the arena, with their lifetimes.
struct Buffers {
  SmallVector<memref::AllocOp> allocs;
  SmallVector<tt::Lifetime> lifetimes;
  bool empty() const { return allocs.empty(); }
};

/// Creates index arithmetic at the start of a function and keeps equal values equal: `(x * y)` of the same x and y is
/// made once.
class SizeBuilder {
public:
  SizeBuilder(OpBuilder &builder, Location loc) : b(builder), loc(loc) {}

  Value constant(int64_t value) {
    Value &entry = constants[value];
    if (!entry)
      entry = arith::ConstantIndexOp::create(b, loc, value);
    return entry;
  }
  Value mul(Value l, Value r) {
    Value &entry = products[{l, r}];
    if (!entry)
      entry = arith::MulIOp::create(b, loc, l, r);
    return entry;
  }
  Value add(Value l, Value r) { return arith::AddIOp::create(b, loc, l, r); }
  /// `value` rounded up to a multiple of 64.
  Value align(Value value) {
    Value &entry = aligned[value];
    if (!entry)
      entry = arith::AndIOp::create(b, loc, add(value, constant(63)), constant(-64));
    return entry;
  }

  /// Bytes of the buffer of `alloc`, rounded up to a multiple of 64.
  Value bytes(memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    int64_t fixed = tt::getElementBytes(type.getElementType());
    for (int64_t size : type.getShape())
      fixed *= ShapedType::isDynamic(size) ? 1 : size;
    Value value = constant(fixed);
    for (Value size : alloc.getDynamicSizes())
      value = mul(value, size);
    return align(value);
  }

private:
  OpBuilder &b;
  Location loc;
  DenseMap<int64_t, Value> constants;
  DenseMap<std::pair<Value, Value>, Value> products;
  DenseMap<Value, Value> aligned;
};

int64_t getStaticBytes(MemRefType type) { return type.getNumElements() * tt::getElementBytes(type.getElementType()); }

struct PlanArenaPass : tt::impl::PlanArenaPassBase<PlanArenaPass> {
  using PlanArenaPassBase::PlanArenaPassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    if (!func->hasAttr("tt.entry"))
      return;
    if (!func.getBody().hasOneBlock()) {
      func.emitOpError("needs a body of one block to plan its arena");
      return signalPassFailure();
    }
    Block *block = &func.front();
    Value context = block->getArgument(0);

    SmallVector<memref::AllocOp> allocs;
    WalkResult walked = func.walk([&](memref::AllocOp alloc) {
      if (!alloc.getType().getLayout().isIdentity()) {
        alloc.emitOpError("needs a dense layout, but found ") << alloc.getType();
        return WalkResult::interrupt();
      }
      allocs.push_back(alloc);
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return signalPassFailure();

    // Inputs first, then what the arena's size is computed from, before `anchor`.
    SmallVector<Operation *> inputs(block->getOps<tt::InputOp>());
    for (Operation *input : llvm::reverse(inputs))
      input->moveBefore(block, block->begin());
    OpBuilder start(block, std::next(block->begin(), inputs.size()));
    Operation *anchor = arith::ConstantIndexOp::create(start, func.getLoc(), 0);
    DominanceInfo dominance(func);
    BufferViewFlowAnalysis aliases(func);
    DenseMap<Operation *, int64_t> steps;
    for (auto [step, op] : llvm::enumerate(*block))
      steps[&op] = step;
    Buffers fixed, dynamic;
    SmallVector<memref::AllocOp> unknown;
    for (memref::AllocOp alloc : allocs) {
      tt::Lifetime lifetime = getLifetime(alloc, block, aliases, steps);
      if (lifetime.first > lifetime.last) {
        eraseUnused(alloc, aliases);
        continue;
      }
      bool known = llvm::all_of(alloc.getDynamicSizes(),
                                [&](Value size) { return tt::hoistComputation(size, anchor, dominance); });
      Buffers &buffers = alloc.getType().hasStaticShape() ? fixed : dynamic;
      if (!known) {
        unknown.push_back(alloc);
        continue;
      }
      buffers.allocs.push_back(alloc);
      buffers.lifetimes.push_back(lifetime);
    }
    for (memref::AllocOp alloc : unknown) {
      OpBuilder b(alloc);
      auto run = tt::RunAllocOp::create(b, alloc.getLoc(), alloc.getType(), context, alloc.getDynamicSizes());
      alloc.replaceAllUsesWith(run.getResult());
      alloc.erase();
    }
    if (!fixed.empty() || !dynamic.empty())
      place(fixed, dynamic, context, anchor);
    anchor->erase();
  }

  /// Steps of the first block in which `alloc` or a view of it is used; first > last when it never is. A use inside a
  /// loop counts as the whole loop.
  tt::Lifetime getLifetime(memref::AllocOp alloc, Block *block, const BufferViewFlowAnalysis &aliases,
                           const DenseMap<Operation *, int64_t> &steps) {
    tt::Lifetime lifetime{INT64_MAX, -1};
    for (Value alias : aliases.resolve(alloc.getResult()))
      for (Operation *user : alias.getUsers()) {
        if (isPure(user) && user->getBlock() == block)
          continue; // makes another alias, touches no memory
        int64_t step = steps.lookup(block->findAncestorOpInBlock(*user));
        lifetime.first = std::min(lifetime.first, step);
        lifetime.last = std::max(lifetime.last, step);
      }
    return lifetime;
  }

  /// Erases `alloc` and its views, which nothing reads or writes.
  void eraseUnused(memref::AllocOp alloc, const BufferViewFlowAnalysis &aliases) {
    SmallVector<Operation *> dead{alloc};
    for (size_t i = 0; i < dead.size(); ++i)
      for (Operation *user : dead[i]->getUsers())
        if (!llvm::is_contained(dead, user))
          dead.push_back(user);
    for (Operation *op : dead)
      op->dropAllUses();
    for (Operation *op : llvm::reverse(dead))
      op->erase();
  }

  void place(const Buffers &fixed, const Buffers &dynamic, Value context, Operation *anchor) {
    int64_t fixedBytes = 0, numSlots = 0;
    SmallVector<int64_t> sizes =
        llvm::map_to_vector(fixed.allocs, [](memref::AllocOp alloc) { return getStaticBytes(alloc.getType()); });
    SmallVector<int64_t> offsets = tt::planOffsets(sizes, fixed.lifetimes, fixedBytes);

    OpBuilder b(anchor);
    Location loc = anchor->getParentOp()->getLoc();
    SizeBuilder size(b, loc);
    SmallVector<Value> bytes;
    SmallVector<int64_t> kinds;
    DenseMap<Value, int64_t> kindOf;
    for (memref::AllocOp alloc : dynamic.allocs) {
      bytes.push_back(size.bytes(alloc));
      kinds.push_back(kindOf.try_emplace(bytes.back(), kindOf.size()).first->second);
    }
    SmallVector<int64_t> slots = tt::planSlots(kinds, dynamic.lifetimes, numSlots);
    SmallVector<Value> slotBytes(numSlots), slotOffsets(numSlots);
    for (auto [slot, value] : llvm::zip(slots, bytes))
      slotBytes[slot] = value;
    Value end = size.constant(fixedBytes);
    for (int64_t slot = 0; slot < numSlots; ++slot) {
      slotOffsets[slot] = end;
      end = size.add(end, slotBytes[slot]);
    }
    SmallVector<Value> fixedOffsets =
        llvm::map_to_vector(offsets, [&](int64_t offset) { return size.constant(offset); });
    auto arenaType = MemRefType::get({ShapedType::kDynamic}, b.getI8Type());
    Value arena = tt::ArenaOp::create(b, loc, arenaType, context, end);
    // The number keeps buffers that follow each other in one place apart, for readers of the plan.
    int64_t numBuffers = 0;
    auto replace = [&](memref::AllocOp alloc, Value offset) {
      b.setInsertionPoint(alloc);
      auto view = memref::ViewOp::create(b, alloc.getLoc(), alloc.getType(), arena, offset, alloc.getDynamicSizes());
      view->setAttr("tt.buffer", b.getI64IntegerAttr(numBuffers++));
      alloc.replaceAllUsesWith(view.getResult());
      alloc.erase();
    };
    for (auto [alloc, offset] : llvm::zip(fixed.allocs, fixedOffsets))
      replace(alloc, offset);
    for (auto [alloc, slot] : llvm::zip(dynamic.allocs, slots))
      replace(alloc, slotOffsets[slot]);
  }
};

} // namespace
