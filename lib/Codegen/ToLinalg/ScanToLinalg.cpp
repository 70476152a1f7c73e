//===- ScanToLinalg.cpp - cumsum and topk as loops ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Lowering.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

//===-- Cumsum --------------------------------------------------------------------------------------------------===//

/// One step per position along the axis: the running sum of all other dimensions is a tensor. The operand is seen as
/// OxAxI. 16-bit floats are summed in f32.
static LogicalResult lowerCumSum(tt::CumSumOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  Sizes have = l.getSizes(input);
  int64_t axis = op.getAxis();
  OpFoldResult outer = l.product(ArrayRef(have).take_front(axis)),
               inner = l.product(ArrayRef(have).drop_front(axis + 1));
  Type element = getElementTypeOrSelf(input);
  Type sum = element.isF16() || element.isBF16() ? Type(l.builder.getF32Type()) : element;
  Value flat = l.makeReshape(input, {outer, have[axis], inner});
  Sizes slab{outer, l.index(1), inner}, ones(3, l.index(1));
  Value running = l.makeFilled(slab, l.makeScalar(sum, 0));
  Value init = l.makeEmpty({outer, have[axis], inner}, element);
  Value zero = l.value(l.index(0)), one = l.value(l.index(1)), count = l.value(have[axis]);
  bool isReverse = op.getReverse(), isExclusive = op.getExclusive();
  auto loop = scf::ForOp::create(
      l.builder, l.loc, zero, count, one, ValueRange{init, running},
      [&](OpBuilder &b, Location loc, Value i, ValueRange state) {
        ScalarBuilder s(b, loc);
        Value place = isReverse ? s.sub(s.sub(count, one), i) : i;
        Sizes offsets{b.getIndexAttr(0), place, b.getIndexAttr(0)};
        Value here = tensor::ExtractSliceOp::create(b, loc, flat, offsets, slab, ones);
        Value target = tensor::ExtractSliceOp::create(b, loc, state[0], offsets, slab, ones);
        AffineMap identity = b.getMultiDimIdentityMap(3);
        SmallVector<utils::IteratorType> iterators(3, utils::IteratorType::parallel);
        auto step = linalg::GenericOp::create(b, loc, TypeRange{target.getType(), state[1].getType()}, here,
                                              ValueRange{target, state[1]}, ArrayRef{identity, identity, identity},
                                              iterators, [&](OpBuilder &inside, Location where, ValueRange x) {
                                                ScalarBuilder body(inside, where);
                                                Value next = body.add(x[2], body.widen(x[0]));
                                                Value written = body.narrow(isExclusive ? x[2] : next, element);
                                                linalg::YieldOp::create(inside, where, ValueRange{written, next});
                                              });
        Value out = tensor::InsertSliceOp::create(b, loc, step.getResult(0), state[0], offsets, slab, ones);
        scf::YieldOp::create(b, loc, ValueRange{out, step.getResult(1)});
      });
  Value result = l.setSizes(loop.getResult(0), {outer, have[axis], inner});
  l.set(op.getResult(), l.makeReshape(result, have));
  return success();
}

//===-- Top k ---------------------------------------------------------------------------------------------------===//

/// Selection in k passes per row: each pass finds the best element that comes after the one chosen before in the order
/// (value, position). No scratch, any element type, stable.
static LogicalResult lowerTopK(tt::TopKOp op, Lowering &l) {
  Value input = l.get(op.getInput());
  int64_t axis = op.getAxis(), rank = cast<RankedTensorType>(input.getType()).getRank();
  auto declared = cast<RankedTensorType>(op.getValues().getType());
  OpFoldResult k = l.index(0);
  if (declared.isDynamicDim(axis)) {
    FailureOr<Sizes> given = l.getIndices(op.getK());
    if (failed(given))
      return failure();
    k = given->front();
  } else {
    k = l.index(declared.getDimSize(axis));
  }
  SmallVector<int64_t> perm = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  std::swap(perm[axis], perm[rank - 1]);
  Value moved = l.makeTranspose(input, perm);
  Sizes movedSizes = l.getSizes(moved);
  OpFoldResult size = movedSizes.back(), rows = l.product(ArrayRef(movedSizes).drop_back());
  std::optional<int64_t> knownK = getConstantIntValue(k), knownSize = getConstantIntValue(size);
  if (knownK && knownSize && *knownK > *knownSize)
    return l.error() << "needs k of at most the size of the dimension, but found " << *knownK << " and " << *knownSize;
  if (!knownK || !knownSize)
    // As unsigned numbers: a negative k is too large as well.
    l.check(arith::CmpIOp::create(l.builder, l.loc, arith::CmpIPredicate::ule, l.value(k), l.value(size)),
            "needs k from 0 to the size of the dimension");
  Value flat = l.makeReshape(moved, {rows, size});
  Type element = getElementTypeOrSelf(input), i64 = l.builder.getI64Type();
  bool isUnsigned = getElementTypeOrSelf(op.getInput().getType()).isUnsignedInteger(), isLargest = op.getLargest();
  Value values = l.makeEmpty({rows, k}, element), positions = l.makeEmpty({rows, k}, i64);
  Value zero = l.value(l.index(0)), one = l.value(l.index(1)), width = l.value(size), count = l.value(k);
  Value none = ScalarBuilder(l.builder, l.loc).makeIntConstant(l.builder.getIndexType(), -1);

  auto perRow = [&](OpBuilder &b, Location loc, Value row, ValueRange rowState) {
    Value first = tensor::ExtractOp::create(b, loc, flat, ValueRange{row, zero});
    auto perRank = [&](OpBuilder &b1, Location loc1, Value j, ValueRange state) {
      // state: values, positions, last value, last position (-1 before the first).
      auto scan = scf::ForOp::create(
          b1, loc1, zero, width, one, ValueRange{state[2], none},
          [&](OpBuilder &b2, Location loc2, Value i, ValueRange best) {
            ScalarBuilder s(b2, loc2, isUnsigned);
            Value here = tensor::ExtractOp::create(b2, loc2, flat, ValueRange{row, i});
            auto isBefore = [&](Value x, Value y) {
              return isLargest ? s.less(s.widen(y), s.widen(x)) : s.less(s.widen(x), s.widen(y));
            };
            auto isIndexLess = [&](Value x, Value y) { return s.make<arith::CmpIOp>(arith::CmpIPredicate::slt, x, y); };
            Value isFirst = isIndexLess(state[3], zero), isNone = isIndexLess(best[1], zero);
            Value follows = s.make<arith::OrIOp>(
                isBefore(state[2], here),
                s.make<arith::AndIOp>(s.equal(s.widen(here), s.widen(state[2])), isIndexLess(state[3], i)));
            Value isCandidate = s.make<arith::OrIOp>(isFirst, follows);
            Value isBetter = s.make<arith::OrIOp>(isNone, isBefore(here, best[0]));
            Value take = s.make<arith::AndIOp>(isCandidate, isBetter);
            scf::YieldOp::create(b2, loc2, ValueRange{s.select(take, here, best[0]), s.select(take, i, best[1])});
          });
      ScalarBuilder s(b1, loc1);
      Value bestValue = scan.getResult(0), bestPosition = scan.getResult(1);
      Value nextValues = tensor::InsertOp::create(b1, loc1, bestValue, state[0], ValueRange{row, j});
      Value position = s.make<arith::IndexCastOp>(i64, bestPosition);
      Value nextPositions = tensor::InsertOp::create(b1, loc1, position, state[1], ValueRange{row, j});
      scf::YieldOp::create(b1, loc1, ValueRange{nextValues, nextPositions, bestValue, bestPosition});
    };
    auto ranks =
        scf::ForOp::create(b, loc, zero, count, one, ValueRange{rowState[0], rowState[1], first, none}, perRank);
    scf::YieldOp::create(b, loc, ValueRange{ranks.getResult(0), ranks.getResult(1)});
  };
  auto loop = scf::ForOp::create(l.builder, l.loc, zero, l.value(rows), one, ValueRange{values, positions}, perRow);
  Sizes wanted = movedSizes;
  wanted.back() = k;
  for (auto [result, lowered] : llvm::zip(op->getResults(), loop.getResults())) {
    Value flatResult = l.setSizes(lowered, {rows, k});
    l.set(result, l.makeTranspose(l.makeReshape(flatResult, wanted), perm));
  }
  return success();
}

void tt::tolinalg::addScanHandlers(HandlerTable &table) {
  table.add(lowerCumSum);
  table.add(lowerTopK);
}
