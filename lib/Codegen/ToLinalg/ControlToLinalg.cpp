//===- ControlToLinalg.cpp - branches and loops to scf --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// What a branch yields is copied to a buffer of its own, what a loop carries to the buffer of its argument: so buffers
// are dense, and no iteration writes where another one's value still lies.
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

//===-- require -------------------------------------------------------------------------------------------------===//

static LogicalResult lowerRequire(tt::RequireOp op, Lowering &l) {
  l.check(l.getElement(op.getCondition()), op.getMessage());
  l.setCaptured(op.getResult(), op.getInput());
  return success();
}

//===-- if ------------------------------------------------------------------------------------------------------===//

/// `tensor` with the sizes that `type` states, and no others.
static Value castTo(Lowering &l, Value tensor, RankedTensorType type) {
  return tensor.getType() == type ? tensor : Value(tensor::CastOp::create(l.builder, l.loc, type, tensor));
}

static LogicalResult lowerIf(tt::IfOp op, Lowering &l) {
  Value condition = l.getElement(op.getCondition());
  SmallVector<Type> types;
  for (Type type : op.getResultTypes())
    types.push_back(getSignless(type));
  for (Value capture : op.getCaptures())
    if (!l.getScalars(capture))
      (void)l.get(capture); // made here, where both branches see it
  auto branch = scf::IfOp::create(l.builder, l.loc, types, condition, /*withElseRegion=*/true);
  auto lower = [&](Region &from, Block *to) {
    OpBuilder::InsertionGuard guard(l.builder);
    l.builder.setInsertionPointToStart(to);
    auto bindArguments = [&] {
      for (auto [argument, capture] : llvm::zip_equal(from.getArguments(), op.getCaptures()))
        l.setCaptured(argument, capture);
    };
    return l.lowerBlock(from.front(), bindArguments, [&](Operation *yield) {
      SmallVector<Value> values;
      for (auto [value, type] : llvm::zip_equal(yield->getOperands(), types)) {
        Value lowered = l.get(value);
        Value copy = bufferization::AllocTensorOp::create(l.builder, l.loc, cast<RankedTensorType>(lowered.getType()),
                                                          ValueRange(), lowered);
        values.push_back(castTo(l, copy, cast<RankedTensorType>(type)));
      }
      scf::YieldOp::create(l.builder, l.loc, values);
      return success();
    });
  };
  if (failed(lower(op.getThenRegion(), branch.thenBlock())) || failed(lower(op.getElseRegion(), branch.elseBlock())))
    return failure();
  for (auto [result, lowered] : llvm::zip_equal(op.getResults(), branch.getResults()))
    l.set(result, lowered);
  return success();
}

//===-- loop ----------------------------------------------------------------------------------------------------===//

namespace {

/// The parts of a loop that is being lowered.
struct Loop {
  tt::LoopOp op;
  Lowering &l;
  SmallVector<Value> inits; ///< of the result types
  SmallVector<Sizes> sizes; ///< of the inits

  void addInits();
  /// Binds the block's arguments to the iteration and the carried tensors.
  void bindArguments(Value iteration, ValueRange carried);
  /// Copies yielded values that may lie in the buffers of old ones, before these are written.
  void keepOldValues(Operation *yield);
  /// Writes a new carried value over the old one.
  FailureOr<Value> carry(Value graphValue, Value old, unsigned number);
  FailureOr<Value> insertRow(Value graphRow, Value rows, Value iteration);
  /// The sizes of a row where they are static or those of the carried value that it also is; else nothing.
  std::optional<Sizes> getKnownSizes(Operation *yield, Value graphRow);
  OperandRange getCarried(Operation *yield) {
    return yield->getOperands().slice(op.getCondition() ? 1 : 0, op.getInits().size());
  }
  OperandRange getRows(Operation *yield) {
    return yield->getOperands().drop_front((op.getCondition() ? 1 : 0) + op.getInits().size());
  }
};

} // namespace

void Loop::addInits() {
  for (auto [init, result] : llvm::zip(op.getInits(), op.getResults())) {
    Value lowered = l.get(init);
    Sizes have = l.getSizes(lowered);
    auto type = cast<RankedTensorType>(getSignless(result.getType()));
    // The loop writes over its state, which an input or a constant must not lose.
    auto own = bufferization::AllocTensorOp::create(l.builder, l.loc, cast<RankedTensorType>(lowered.getType()),
                                                    ValueRange(), lowered);
    inits.push_back(l.setSizes(castTo(l, own, type), have));
    sizes.push_back(have);
  }
  for (Value capture : op.getCaptures())
    if (!l.getScalars(capture))
      (void)l.get(capture);
}

void Loop::bindArguments(Value iteration, ValueRange carried) {
  Block &block = op.getBody().front();
  Value number = arith::IndexCastOp::create(l.builder, l.loc, l.builder.getI64Type(), iteration);
  l.setScalars(block.getArgument(0), number);
  for (auto [argument, tensor, have] : llvm::zip(block.getArguments().drop_front(), carried, sizes))
    l.set(argument, l.setSizes(tensor, have));
  for (auto [argument, capture] :
       llvm::zip_equal(block.getArguments().drop_front(1 + carried.size()), op.getCaptures()))
    l.setCaptured(argument, capture);
}

void Loop::keepOldValues(Operation *yield) {
  for (Value value : getCarried(yield)) {
    Operation *op = value.getDefiningOp();
    if (op && !isa<tt::ReshapeOp, tt::SliceOp, tt::RequireOp>(op))
      continue;
    Value lowered = l.get(value);
    Sizes have = l.getSizes(lowered);
    Value copy = bufferization::AllocTensorOp::create(l.builder, l.loc, cast<RankedTensorType>(lowered.getType()),
                                                      ValueRange(), lowered);
    l.set(value, l.setSizes(copy, have));
  }
}

FailureOr<Value> Loop::carry(Value graphValue, Value old, unsigned number) {
  Value next = l.get(graphValue);
  for (auto [have, wanted] : llvm::zip_equal(l.getSizes(next), sizes[number]))
    if (failed(l.checkEqual(have, wanted, "needs a loop-carried value that keeps its shape")))
      return failure();
  next = castTo(l, next, cast<RankedTensorType>(old.getType()));
  return Value(bufferization::MaterializeInDestinationOp::create(l.builder, l.loc, next, old).getResult());
}

FailureOr<Value> Loop::insertRow(Value graphRow, Value rows, Value iteration) {
  Value row = l.get(graphRow);
  Sizes offsets{iteration}, have{l.index(1)}, wanted = l.getSizes(rows);
  for (auto [size, limit] : llvm::zip_equal(l.getSizes(row), ArrayRef(wanted).drop_front())) {
    if (failed(l.checkEqual(size, limit, "needs rows of one shape")))
      return failure();
    have.push_back(limit);
  }
  offsets.append(have.size() - 1, l.index(0));
  row = l.makeStatic(row, ArrayRef(have).drop_front());
  Sizes ones(have.size(), l.index(1));
  return Value(tensor::InsertSliceOp::create(l.builder, l.loc, row, rows, offsets, have, ones));
}

std::optional<Sizes> Loop::getKnownSizes(Operation *yield, Value graphRow) {
  auto type = cast<RankedTensorType>(graphRow.getType());
  std::optional<Sizes> known;
  for (auto [carried, have] : llvm::zip(getCarried(yield), sizes))
    if (carried == graphRow)
      known = have;
  if (!known && type.hasStaticShape())
    known = Sizes(type.getRank());
  // What the row's type states holds for its lowered value too, also where the initial value has an open size.
  if (known)
    for (auto [dim, size] : llvm::enumerate(*known))
      if (!type.isDynamicDim(dim))
        size = l.index(type.getDimSize(dim));
  return known;
}

/// Moves what `value` is computed from before `op`; false where something cannot move.
static bool moveBefore(Value value, Operation *op) {
  Operation *definition = value.getDefiningOp();
  if (!op->isAncestor(value.getParentBlock()->getParentOp()))
    return true;
  if (!definition || !isPure(definition) || definition->getNumRegions())
    return false;
  for (Value operand : definition->getOperands())
    if (!moveBefore(operand, op))
      return false;
  definition->moveBefore(op);
  return true;
}

static OpFoldResult getTripCount(tt::LoopOp op, Lowering &l) {
  FailureOr<Sizes> trip = l.getIndices(op.getTrip());
  return Lowering::isSize(trip->front()) ? trip->front() : l.max(trip->front(), l.index(0));
}

/// A loop whose number of iterations is known before it.
static LogicalResult lowerCounted(Loop &loop) {
  Lowering &l = loop.l;
  OpFoldResult trip = getTripCount(loop.op, l);
  Value zero = l.value(l.index(0)), one = l.value(l.index(1));
  auto lowered = scf::ForOp::create(l.builder, l.loc, zero, l.value(trip), one, loop.inits);
  Block *body = lowered.getBody();
  if (body->mightHaveTerminator())
    body->getTerminator()->erase();
  SmallVector<Value> rows;
  SmallVector<Sizes> rowSizes;
  {
    OpBuilder::InsertionGuard guard(l.builder);
    l.builder.setInsertionPointToStart(body);
    auto bindArguments = [&] { loop.bindArguments(lowered.getInductionVar(), lowered.getRegionIterArgs()); };
    if (failed(l.lowerBlock(loop.op.getBody().front(), bindArguments, [&](Operation *yield) {
          // Rows first: they may be old carried values.
          for (Value row : loop.getRows(yield)) {
            rows.push_back(l.get(row));
            std::optional<Sizes> known = loop.getKnownSizes(yield, row);
            rowSizes.push_back(known ? *known : l.getSizes(rows.back()));
            rows.back() = l.makeStatic(rows.back(), rowSizes.back());
          }
          loop.keepOldValues(yield);
          SmallVector<Value> carried;
          for (auto [i, value] : llvm::enumerate(loop.getCarried(yield))) {
            FailureOr<Value> next = loop.carry(value, lowered.getRegionIterArgs()[i], i);
            if (failed(next))
              return failure();
            carried.push_back(*next);
          }
          scf::YieldOp::create(l.builder, l.loc, carried);
          return success();
        })))
      return failure();
  }
  SmallVector<Value> buffers;
  for (auto [row, sizes] : llvm::zip_equal(rows, rowSizes)) {
    for (OpFoldResult size : sizes)
      if (auto value = dyn_cast<Value>(size); value && !moveBefore(value, lowered))
        return l.error() << "needs rows whose sizes are known before the loop";
    sizes.insert(sizes.begin(), trip);
    OpBuilder::InsertionGuard guard(l.builder);
    l.builder.setInsertionPoint(lowered);
    buffers.push_back(l.makeEmpty(sizes, getElementTypeOrSelf(row)));
  }
  if (!buffers.empty()) {
    IRRewriter rewriter(l.builder);
    auto makeRows = [&](OpBuilder &b, Location loc, ArrayRef<BlockArgument> arguments) {
      SmallVector<Value> results;
      for (auto [argument, row, sizes] : llvm::zip_equal(arguments, rows, rowSizes)) {
        Sizes offsets(sizes.size(), b.getIndexAttr(0)), part(sizes), ones(sizes.size(), b.getIndexAttr(1));
        offsets[0] = lowered.getInductionVar();
        part[0] = b.getIndexAttr(1);
        results.push_back(tensor::InsertSliceOp::create(b, loc, row, argument, offsets, part, ones));
      }
      return results;
    };
    auto replaced =
        cast<LoopLikeOpInterface>(lowered.getOperation())
            .replaceWithAdditionalYields(rewriter, buffers, /*replaceInitOperandUsesInLoop=*/false, makeRows);
    if (failed(replaced))
      return l.error() << "cannot add the rows of the loop";
    lowered = cast<scf::ForOp>(replaced->getOperation());
    // The rows are read before the carried values are overwritten: a row may be an old one.
    Operation *end = lowered.getBody()->getTerminator();
    for (Value carried : end->getOperands().take_front(loop.inits.size()))
      carried.getDefiningOp()->moveBefore(end);
    l.builder.setInsertionPointAfter(lowered);
  }
  for (auto [i, result] : llvm::enumerate(loop.op.getResults())) {
    bool isCarried = i < loop.inits.size();
    l.set(result, l.setSizes(lowered.getResult(i), isCarried ? loop.sizes[i] : rowSizes[i - loop.inits.size()]));
  }
  return success();
}

/// A loop that goes on while a condition holds. Its state: whether it goes on, the iteration, carried values, rows.
static LogicalResult lowerConditional(Loop &loop) {
  Lowering &l = loop.l;
  tt::LoopOp op = loop.op;
  Operation *yield = op.getBody().front().getTerminator();
  OpFoldResult trip = op.getTrip() ? getTripCount(op, l) : l.index(INT64_MAX);
  SmallVector<Value> state{l.getElement(op.getCondition()), l.value(l.index(0))};
  llvm::append_range(state, loop.inits);
  for (Value row : loop.getRows(yield)) {
    std::optional<Sizes> sizes = loop.getKnownSizes(yield, row);
    if (!sizes)
      return l.error() << "needs rows of static shape where the loop ends by a condition, but found " << row.getType();
    sizes->insert(sizes->begin(), trip);
    state.push_back(l.makeEmpty(*sizes, getElementTypeOrSelf(getSignless(row.getType()))));
  }
  Value limit = l.value(trip), one = l.value(l.index(1));
  size_t numCarried = loop.inits.size();
  bool isGood = true;
  SmallVector<Type> types(ValueRange(state).getTypes());
  auto lowered = scf::WhileOp::create(
      l.builder, l.loc, types, state,
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        Value isLess = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::slt, arguments[1], limit);
        Value goesOn = arith::AndIOp::create(b, loc, arguments[0], isLess);
        scf::ConditionOp::create(b, loc, goesOn, arguments);
      },
      [&](OpBuilder &b, Location loc, ValueRange arguments) {
        OpBuilder::InsertionGuard guard(l.builder);
        l.builder.setInsertionPoint(b.getInsertionBlock(), b.getInsertionPoint());
        ValueRange carried = arguments.slice(2, numCarried);
        auto bindArguments = [&] { loop.bindArguments(arguments[1], carried); };
        isGood = succeeded(l.lowerBlock(op.getBody().front(), bindArguments, [&](Operation *last) {
          SmallVector<Value> next{l.getElement(last->getOperand(0)),
                                  arith::AddIOp::create(l.builder, l.loc, arguments[1], one)};
          SmallVector<Value> rows;
          for (auto [i, row] : llvm::enumerate(loop.getRows(last))) {
            Value buffer = arguments[2 + numCarried + i];
            l.copyKnowledge(state[2 + numCarried + i], buffer);
            FailureOr<Value> inserted = loop.insertRow(row, buffer, arguments[1]);
            if (failed(inserted))
              return failure();
            rows.push_back(*inserted);
          }
          loop.keepOldValues(last);
          for (auto [i, value] : llvm::enumerate(loop.getCarried(last))) {
            FailureOr<Value> made = loop.carry(value, carried[i], i);
            if (failed(made))
              return failure();
            next.push_back(*made);
          }
          llvm::append_range(next, rows);
          scf::YieldOp::create(l.builder, l.loc, next);
          return success();
        }));
      });
  if (!isGood)
    return failure();
  Value count = lowered.getResult(1);
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    Value tensor = lowered.getResult(2 + i);
    if (i < numCarried) {
      l.set(result, l.setSizes(tensor, loop.sizes[i]));
      continue;
    }
    Sizes sizes = l.getSizes(tensor), offsets(sizes.size(), l.index(0));
    sizes[0] = count;
    l.set(result, l.makeSlice(tensor, offsets, sizes));
  }
  return success();
}

static LogicalResult lowerLoop(tt::LoopOp op, Lowering &l) {
  Loop loop{op, l, {}, {}};
  loop.addInits();
  return op.getCondition() ? lowerConditional(loop) : lowerCounted(loop);
}

void tt::tolinalg::addControlHandlers(HandlerTable &table) {
  table.add(lowerRequire);
  table.add(lowerIf);
  table.add(lowerLoop);
}
