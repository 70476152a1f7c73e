//===- WorkCount.cpp - FLOPs, bytes and parameters of single ops ----------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/WorkCount.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace tt;

//===-- numbers ---------------------------------------------------------------------------------------------------===//

WorkExpr::WorkExpr(int64_t constant) {
  if (constant)
    terms.push_back({constant, {}});
}

WorkExpr WorkExpr::unknown() {
  WorkExpr result;
  result.known = false;
  return result;
}

WorkExpr WorkExpr::size(Value shaped, int64_t dim) {
  auto type = cast<ShapedType>(shaped.getType());
  if (!type.isDynamicDim(dim))
    return type.getDimSize(dim);
  WorkExpr result;
  result.terms.push_back({1, {{shaped, dim}}});
  return result;
}

WorkExpr WorkExpr::elements(Value shaped) {
  auto type = dyn_cast<ShapedType>(shaped.getType());
  WorkExpr result = 1;
  for (int64_t dim = 0, rank = type ? type.getRank() : 0; dim < rank; ++dim)
    result *= size(shaped, dim);
  return result;
}

WorkExpr WorkExpr::bytes(Value shaped) {
  return elements(shaped) * WorkExpr(getElementBytes(getElementTypeOrSelf(shaped.getType())));
}

WorkExpr WorkExpr::operator+(const WorkExpr &other) const {
  if (!known || !other.known)
    return unknown();
  WorkExpr result = *this;
  for (const Term &term : other.terms) {
    auto *same = llvm::find_if(result.terms, [&](const Term &mine) { return mine.sizes == term.sizes; });
    if (same == result.terms.end())
      result.terms.push_back(term);
    else if (llvm::AddOverflow(same->factor, term.factor, same->factor))
      return unknown();
  }
  llvm::erase_if(result.terms, [](const Term &term) { return term.factor == 0; });
  return result;
}

WorkExpr WorkExpr::operator*(const WorkExpr &other) const {
  if (!known || !other.known)
    return unknown();
  WorkExpr result;
  for (const Term &a : terms)
    for (const Term &b : other.terms) {
      WorkExpr product;
      Term &term = product.terms.emplace_back(a);
      if (llvm::MulOverflow(a.factor, b.factor, term.factor))
        return unknown();
      llvm::append_range(term.sizes, b.sizes);
      result += product;
      if (!result.known)
        return result;
    }
  return result;
}

std::optional<int64_t> WorkExpr::getConstant() const {
  if (!known || terms.size() > 1 || (terms.size() == 1 && !terms[0].sizes.empty()))
    return std::nullopt;
  return terms.empty() ? 0 : terms[0].factor;
}

//===-- graph ops -------------------------------------------------------------------------------------------------===//

/// Operations of a normalization for each element: sums for the statistics, the normalization, scale, bias.
static int64_t normOperations(NormKind kind, bool hasBias) { return (kind == NormKind::Layer ? 6 : 4) + hasBias; }

/// Softmax, for each element: maximum, difference, exponential, sum, quotient (log softmax: difference).
static constexpr int64_t kSoftmaxOperations = 5;

/// Multiply-adds of a convolution for each element of its result; `filter` is OxIxKHxKW.
static WorkExpr filterElements(Value filter) {
  return WorkExpr::size(filter, 1) * WorkExpr::size(filter, 2) * WorkExpr::size(filter, 3);
}

/// 2^d or 4^d input elements are weighed for each element of a resize along d dimensions.
static WorkExpr resizeOperations(ResizeOp op) {
  if (op.getMode() == ResizeMode::Nearest)
    return 0;
  auto input = cast<ShapedType>(op.getInput().getType()), result = cast<ShapedType>(op.getResult().getType());
  int64_t taps = 1, perDimension = op.getMode() == ResizeMode::Linear ? 2 : 4;
  for (auto [from, to] : llvm::zip(input.getShape(), result.getShape())) {
    if (ShapedType::isDynamic(from) != ShapedType::isDynamic(to))
      return WorkExpr::unknown();
    taps *= from == to && !ShapedType::isDynamic(from) ? 1 : perDimension;
  }
  return WorkExpr::elements(op.getResult()) * WorkExpr(2 * taps);
}

/// Scalar steps of an elementwise op on floats, for each element of its result.
static int64_t countSteps(Operation *op) {
  return llvm::TypeSwitch<Operation *, int64_t>(op)
      .Case<SignOp, IsNaNOp, IsInfOp, EqualOp, LessOp, LessEqualOp, WhereOp, CastOp, BitcastOp>([](auto) { return 0; })
      .Case([](SigmoidOp) { return 4; })                                         // neg, exp, add, div
      .Case([](SiluOp) { return 5; })                                            // sigmoid, mul
      .Case([](GeluOp gelu) { return gelu.getKind() == GeluKind::Erf ? 5 : 9; }) // tanh: the cube takes 3, its sum 1
      .Case([](SoftplusOp) { return 3; })                                        // exp, add, log
      .Case([](EluOp) { return 3; })                                             // exp, sub, mul
      .Case([](HardSigmoidOp) { return 4; })                                     // mul, add, max, min
      .Case([](ClipOp clip) { return static_cast<int64_t>(clip->getNumOperands()) - 1; }) // one for each bound
      .Case([](ModOp) { return 4; })                                                      // div, floor, mul, sub
      .Case([](QuantizeOp) { return 5; })                                                 // div, round, add, max, min
      .Default([](Operation *) { return 1; });
}

static WorkExpr countGraphFlops(Operation *op) {
  auto results = [&] { return WorkExpr::elements(op->getResult(0)); };
  auto inputs = [&] { return WorkExpr::elements(op->getOperand(0)); };
  // Integer products are the work that int8 models are made of; all else on integers is bookkeeping.
  if (!isa<FloatType>(getElementTypeOrSelf(op->getOperand(0).getType())) &&
      !isa<MatMulOp, MatMulIntegerOp, ConvIntegerOp, DequantizeOp>(op))
    return 0;
  return llvm::TypeSwitch<Operation *, WorkExpr>(op)
      .Case<MatMulOp, MatMulIntegerOp>([&](auto matmul) {
        Value lhs = matmul.getLhs();
        return results() * WorkExpr::size(lhs, cast<ShapedType>(lhs.getType()).getRank() - 1) * WorkExpr(2);
      })
      .Case([&](ConvOp conv) {
        return results() * (filterElements(conv.getFilter()) * WorkExpr(2) + WorkExpr(conv.getBias() ? 1 : 0));
      })
      .Case([&](ConvIntegerOp conv) { return results() * filterElements(conv.getFilter()) * WorkExpr(2); })
      .Case([&](PoolOp pool) {
        int64_t window = pool.getKernel()[0] * pool.getKernel()[1];
        return results() * WorkExpr(window + (pool.getKind() == PoolKind::Average));
      })
      .Case([&](ReduceOp reduce) {
        return inputs() + results() * WorkExpr(reduce.getKind() == ReduceKind::Mean ? 1 : 0);
      })
      .Case([&](CumSumOp) { return inputs(); })
      .Case([&](SoftmaxOp) { return inputs() * WorkExpr(kSoftmaxOperations); })
      .Case([&](LogSoftmaxOp) { return inputs() * WorkExpr(kSoftmaxOperations); })
      .Case([&](NormOp norm) { return inputs() * WorkExpr(normOperations(norm.getKind(), !!norm.getBias())); })
      .Case([&](BatchNormOp) { return inputs() * WorkExpr(2); })
      .Case([&](LrnOp lrn) { return inputs() * WorkExpr(2 * static_cast<int64_t>(lrn.getSize()) + 4); })
      .Case([&](ResizeOp resize) { return resizeOperations(resize); })
      .Case([&](AttentionOp attention) {
        Value query = attention.getQuery(), key = attention.getKey(), value = attention.getValue();
        WorkExpr scores =
            WorkExpr::size(query, 0) * WorkExpr::size(query, 1) * WorkExpr::size(query, 2) * WorkExpr::size(key, 2);
        WorkExpr each = (WorkExpr::size(query, 3) + WorkExpr::size(value, 3)) * WorkExpr(2);
        return scores * (each + WorkExpr(kSoftmaxOperations + 1 + (attention.getMask() ? 1 : 0)));
      })
      .Case<ScatterElementsOp, ScatterNDOp>([&](auto scatter) {
        return scatter.getKind() == ScatterKind::None ? WorkExpr(0) : WorkExpr::elements(scatter.getUpdates());
      })
      .Default([&](Operation *other) {
        return other->hasTrait<ElementwiseTrait>() ? results() * WorkExpr(countSteps(other)) : WorkExpr(0);
      });
}

static WorkExpr sumBytes(ValueRange values) {
  WorkExpr sum;
  for (auto [i, value] : llvm::enumerate(values))
    if (isa<ShapedType>(value.getType()) && !llvm::is_contained(values.take_front(i), value))
      sum += WorkExpr::bytes(value);
  return sum;
}

/// What an op reads where that is not all of its operands.
static WorkExpr countGraphReads(Operation *op) {
  return llvm::TypeSwitch<Operation *, WorkExpr>(op)
      .Case([](SliceOp slice) { return WorkExpr::bytes(slice.getResult()); })
      .Case<GatherOp, GatherElementsOp, GatherNDOp>(
          [](auto gather) { return WorkExpr::bytes(gather.getResult()) + WorkExpr::bytes(gather.getIndices()); })
      .Default([](Operation *other) { return sumBytes(other->getOperands()); });
}

std::optional<OpWork> tt::countWork(Operation *op) {
  if (!isa_and_nonnull<TTDialect>(op->getDialect()) || isa<IfOp, LoopOp>(op) || !isPure(op) ||
      op->getNumResults() == 0 || !isa<RankedTensorType>(op->getResult(0).getType()))
    return std::nullopt;
  // None of these moves a byte: a shape is known without looking at the data.
  if (isa<ReshapeOp, ShapeOp, RequireOp>(op))
    return OpWork{};
  return OpWork{countGraphFlops(op), countGraphReads(op), sumBytes(op->getResults())};
}

int64_t tt::countParameters(OpOperand &operand, Value source) {
  auto type = dyn_cast<RankedTensorType>(source.getType());
  if (!type || !type.hasStaticShape() || !source.getDefiningOp<arith::ConstantOp>())
    return 0;
  if (isa<ResizeOp>(operand.getOwner()) && operand.getOperandNumber() > 0)
    return 0; // scales and region
  Type element = type.getElementType();
  return element.isInteger(64) || element.isInteger(1) ? 0 : type.getNumElements();
}
