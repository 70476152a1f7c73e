//===- MatMulToLinalg.cpp - matmul to tt.gemm -----------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Contraction.h"

#include "tt/Dialect/IR/Panels.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

void tt::tolinalg::buildEpilogue(Lowering &l, Region &region, Type type, Value bias) {
  OpBuilder::InsertionGuard guard(l.builder);
  SmallVector<Type> types{type};
  if (bias)
    types.push_back(getElementTypeOrSelf(bias));
  SmallVector<Location> locs(types.size(), l.loc);
  Block *block = l.builder.createBlock(&region, region.end(), types, locs);
  Value result = block->getArgument(0);
  if (bias) {
    Value summand = block->getArgument(1);
    if (summand.getType() != type)
      summand = arith::ExtFOp::create(l.builder, l.loc, type, summand);
    result = isa<FloatType>(type) ? arith::AddFOp::create(l.builder, l.loc, result, summand).getResult()
                                  : arith::AddIOp::create(l.builder, l.loc, result, summand).getResult();
  }
  tt::YieldOp::create(l.builder, l.loc, result);
}

Value tt::tolinalg::widenUnlessConstant(Lowering &l, Value tensor) {
  return tt::getConstantAttr(tensor) ? tensor : l.makeCast(tensor, l.builder.getF32Type());
}

ArrayAttr tt::tolinalg::getBiasMaps(Lowering &l, int64_t rank, bool hasBias) {
  SmallVector<AffineMap> maps;
  if (hasBias)
    maps.push_back(AffineMap::get(rank, 0, l.builder.getAffineDimExpr(rank - 1)));
  return l.builder.getAffineMapArrayAttr(maps);
}

Type tt::tolinalg::getSumType(Type element) {
  return isa<IntegerType>(element) ? Type(IntegerType::get(element.getContext(), 32))
                                   : Float32Type::get(element.getContext());
}

/// BxKxN (BxNxK where `transposed`) in panels, at run time; bytes in runs of four.
static Value packAtRunTime(Lowering &l, Value rhs, bool transposed) {
  Sizes right = l.getSizes(rhs);
  Type element = getElementTypeOrSelf(rhs);
  OpFoldResult columns = right[transposed ? 1 : 2], depth = right[transposed ? 2 : 1];
  Sizes panels{right[0], l.ceilDiv(columns, tt::kPanelColumns), depth, l.index(tt::kPanelColumns)};
  if (element.isInteger(8)) {
    int64_t unit = tt::getPanelUnit(element);
    panels[2] = l.ceilDiv(depth, unit);
    panels.push_back(l.index(unit));
  }
  Value init = l.makeEmpty(panels, element);
  auto pack = tt::PackOp::create(l.builder, l.loc, init.getType(), rhs, init,
                                 transposed ? l.builder.getUnitAttr() : UnitAttr());
  return l.setSizes(pack->getResult(0), panels);
}

/// tt.gemm with a right-hand side that is packed, or a constant; `columns` is N.
static Value createGemm(Lowering &l, Value lhs, Value rhs, bool isPacked, bool transposed, OpFoldResult columns,
                        Value bias) {
  Sizes left = l.getSizes(lhs);
  OpFoldResult batch = getConstantIntValue(left[0]) == 1 ? l.getSize(rhs, 0) : left[0];
  Type sum = getSumType(getElementTypeOrSelf(lhs));
  UnitAttr unit = l.builder.getUnitAttr();
  Sizes wanted{batch, left[1], columns};
  Value init = l.makeEmpty(wanted, sum);
  SmallVector<Value> extras;
  if (bias)
    extras.push_back(bias);
  auto gemm = tt::GemmOp::create(l.builder, l.loc, TypeRange(init.getType()), lhs, rhs, init, extras,
                                 getBiasMaps(l, 3, bool(bias)), isPacked ? unit : UnitAttr(),
                                 transposed && !isPacked ? unit : UnitAttr(), tt::LoweringConfigAttr());
  buildEpilogue(l, gemm.getEpilogue(), sum, bias);
  return l.setSizes(gemm->getResult(0), wanted);
}

Value tt::tolinalg::makeGemm(Lowering &l, Value lhs, Value rhs, bool transposed, Value bias) {
  OpFoldResult columns = l.getSize(rhs, transposed ? 1 : 2);
  bool isPacked = !tt::getConstantAttr(rhs);
  return createGemm(l, lhs, isPacked ? packAtRunTime(l, rhs, transposed) : rhs, isPacked, transposed, columns, bias);
}

Value tt::tolinalg::makeByteGemm(Lowering &l, const ByteFactors &factors, Value lhs, Value rhs, bool transposed) {
  Sizes sizes = l.getSizes(lhs);
  OpFoldResult columns = l.getSize(rhs, transposed ? 1 : 2);
  bool isPacked = !tt::getConstantAttr(rhs);
  if (isPacked)
    rhs = packAtRunTime(l, rhs, transposed);
  Value start = factors.start, taken;
  if (factors.hasLhsZero) {
    // A row of left zero points times the right-hand side: the sums of its columns times the zero point.
    OpFoldResult one = l.index(1);
    taken = createGemm(l, l.makeFilled({one, one, sizes[2]}, factors.lhsZero), rhs, isPacked, transposed, columns, {});
  }
  Value sums = createGemm(l, lhs, rhs, isPacked, transposed, columns, start);
  SmallVector<Value> inputs{sums};
  if (taken)
    inputs.push_back(taken);
  if (factors.rhsZero)
    inputs.append({factors.rhsZero, makeRowSums(l, lhs), factors.rowOffset});
  if (inputs.size() == 1)
    return sums;
  bool hasTaken = bool(taken), hasZero = bool(factors.rhsZero);
  return *l.makeElementwise(inputs, l.builder.getI32Type(), [&](ScalarBuilder &s, ValueRange x) {
    Value sum = hasTaken ? s.sub(x[0], x[1]) : x[0];
    if (!hasZero)
      return sum;
    ValueRange rest = x.drop_front(1 + hasTaken);
    return s.sub(sum, s.mul(rest[0], s.sub(rest[1], rest[2])));
  });
}

/// Batched product of BxMxK and BxKxN as loops (b, m, k, n), for element types without a kernel.
static Value makeGenericProduct(Lowering &l, Value lhs, Value rhs) {
  Sizes left = l.getSizes(lhs), right = l.getSizes(rhs);
  Builder &b = l.builder;
  AffineExpr zero = b.getAffineConstantExpr(0), d0 = b.getAffineDimExpr(0), d1 = b.getAffineDimExpr(1),
             d2 = b.getAffineDimExpr(2), d3 = b.getAffineDimExpr(3);
  bool oneLeft = getConstantIntValue(left[0]) == 1, oneRight = getConstantIntValue(right[0]) == 1;
  OpFoldResult batch = oneLeft ? right[0] : left[0];
  bool isBatch = getConstantIntValue(batch) != 1;
  SmallVector<AffineMap> maps{AffineMap::get(4, 0, {oneLeft && isBatch ? zero : d0, d1, d2}, b.getContext()),
                              AffineMap::get(4, 0, {oneRight && isBatch ? zero : d0, d2, d3}, b.getContext()),
                              AffineMap::get(4, 0, {d0, d1, d3}, b.getContext())};
  Value init = l.makeFilled({batch, left[1], right[2]}, l.makeScalar(getElementTypeOrSelf(lhs), 0));
  auto parallel = utils::IteratorType::parallel;
  return l.makeGeneric({lhs, rhs}, init, maps, {parallel, parallel, utils::IteratorType::reduction, parallel},
                       [](ScalarBuilder &s, ValueRange x) { return s.add(x[2], s.mul(x[0], x[1])); });
}

/// Where `rhs` is a transpose whose innermost dimension was second to last before, the product reads the untransposed
/// rows: returns the value with its last two dimensions exchanged.
static Value getTransposed(Lowering &l, Value graphRhs) {
  auto transpose = graphRhs.getDefiningOp<tt::TransposeOp>();
  if (!transpose)
    return {};
  SmallVector<int64_t> perm(transpose.getPerm());
  int64_t rank = perm.size();
  if (rank < 2 || perm[rank - 2] != rank - 1)
    return {};
  std::swap(perm[rank - 1], perm[rank - 2]);
  return l.makeTranspose(l.get(transpose.getInput()), perm);
}

/// Lowers a product with NumPy semantics; `contract` makes that of BxMxK (or 1xMxK) and BxKxN (1xKxN; BxNxK where
/// `transposed`).
static LogicalResult lowerProduct(Lowering &l, Value lhs, Value rhs, bool transposed, Value graphResult,
                                  llvm::function_ref<Value(Value, Value)> contract) {
  Sizes left = l.getSizes(lhs), right = l.getSizes(rhs), wanted;
  bool isRow = left.size() == 1, isColumn = right.size() == 1;
  if (isRow)
    left.insert(left.begin(), l.index(1));
  if (isColumn)
    right.push_back(l.index(1));
  OpFoldResult depth = left.pop_back_val(), rows = left.pop_back_val();
  OpFoldResult columns = right.pop_back_val(), otherDepth = right.pop_back_val();
  if (transposed)
    std::swap(columns, otherDepth);
  if (failed(l.checkEqual(otherDepth, depth, "needs equal contracted sizes")))
    return failure();
  if (getConstantIntValue(otherDepth))
    depth = otherDepth;

  // What is left are the batch dimensions.
  auto areOnes = [](ArrayRef<OpFoldResult> sizes) {
    return llvm::all_of(sizes, [](OpFoldResult size) { return getConstantIntValue(size) == 1; });
  };
  bool oneLeft = areOnes(left), oneRight = areOnes(right);
  int64_t rank = std::max(left.size(), right.size());
  left.insert(left.begin(), rank - left.size(), l.index(1));
  right.insert(right.begin(), rank - right.size(), l.index(1));
  Sizes batches;
  for (auto [x, y] : llvm::zip_equal(left, right)) {
    if (getConstantIntValue(x) == 1 || getConstantIntValue(y) == 1) {
      batches.push_back(getConstantIntValue(x) == 1 ? y : x);
      continue;
    }
    if (failed(l.checkEqual(x, y, "needs equal batch sizes (a size of 1 is repeated only where the model states it)")))
      return failure();
    batches.push_back(getConstantIntValue(x) ? x : y);
  }
  OpFoldResult batch = l.product(batches), one = l.index(1);
  auto flatten = [&](Value tensor, Sizes own, bool isOne, OpFoldResult r, OpFoldResult c) {
    if (isOne)
      return l.makeReshape(tensor, {one, r, c});
    own.append({r, c});
    Value full = l.makeReshape(tensor, own);
    Sizes target = batches;
    target.append({r, c});
    return l.makeReshape(l.makeBroadcast(full, target), {batch, r, c});
  };
  if (oneRight) { // the batch dimensions of the left-hand side are more rows
    Sizes all = batches;
    all.push_back(rows);
    lhs = l.makeReshape(lhs, {one, l.product(all), depth});
  } else {
    lhs = flatten(lhs, left, oneLeft, rows, depth);
  }
  rhs = transposed ? flatten(rhs, right, oneRight, columns, depth) : flatten(rhs, right, oneRight, depth, columns);

  Value result = contract(lhs, rhs);
  wanted = batches;
  if (!isRow)
    wanted.push_back(rows);
  if (!isColumn)
    wanted.push_back(columns);
  l.set(graphResult, l.makeReshape(result, wanted));
  return success();
}

static LogicalResult lowerMatMul(tt::MatMulOp op, Lowering &l) {
  Value lhs = l.get(op.getLhs()), rhs;
  Type element = getElementTypeOrSelf(lhs), f32 = l.builder.getF32Type();
  if (!element.isF32() && !element.isF16() && !element.isBF16())
    return lowerProduct(l, lhs, l.get(op.getRhs()), /*transposed=*/false, op.getResult(),
                        [&](Value x, Value y) { return makeGenericProduct(l, x, y); });
  rhs = getTransposed(l, op.getRhs());
  bool transposed = bool(rhs);
  if (!transposed)
    rhs = l.get(op.getRhs());
  return lowerProduct(l, lhs, rhs, transposed, op.getResult(), [&](Value x, Value y) {
    return l.makeCast(makeGemm(l, l.makeCast(x, f32), widenUnlessConstant(l, y), transposed, {}), element);
  });
}

static LogicalResult lowerMatMulInteger(tt::MatMulIntegerOp op, Lowering &l) {
  int64_t row = cast<RankedTensorType>(op.getLhs().getType()).getRank() - 2;
  auto right = cast<RankedTensorType>(op.getRhs().getType());
  int64_t column = right.getRank() - 1;
  IntegerOperands operands{op.getLhs(), op.getLhsZero(), op.getRhs(), op.getRhsZero(), column};
  bool isMatrix = column > 0 && llvm::all_of(right.getShape().drop_back(2), [](int64_t size) { return size == 1; });
  if (std::optional<ByteFactors> bytes = getRunTimeByteFactors(l, operands))
    return lowerProduct(l, bytes->lhs, bytes->rhs, /*transposed=*/false, op.getResult(),
                        [&](Value x, Value y) { return makeByteGemm(l, *bytes, x, y, /*transposed=*/false); });
  if (std::optional<ByteFactors> bytes = isMatrix ? getByteFactors(l, operands, /*takesRowSums=*/true) : std::nullopt)
    return lowerProduct(l, bytes->lhs, bytes->rhs, /*transposed=*/false, op.getResult(),
                        [&](Value x, Value y) { return makeByteGemm(l, *bytes, x, y, /*transposed=*/false); });
  Value lhs = l.get(op.getLhs()), rhs = l.get(op.getRhs());
  lhs = subtractZeroPoint(l, lhs, getElementTypeOrSelf(op.getLhs()), op.getLhsZero(), std::max<int64_t>(row, -1));
  rhs = subtractZeroPoint(l, rhs, getElementTypeOrSelf(op.getRhs()), op.getRhsZero(), column == 0 ? -1 : column);
  return lowerProduct(l, lhs, rhs, /*transposed=*/false, op.getResult(),
                      [&](Value x, Value y) { return makeGemm(l, x, y, /*transposed=*/false, {}); });
}

void tt::tolinalg::addMatMulHandlers(HandlerTable &table) {
  table.add(lowerMatMul);
  table.add(lowerMatMulInteger);
}
