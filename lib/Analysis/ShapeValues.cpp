//===- ShapeValues.cpp - symbolic sizes and small integer tensors ---------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Symbols, arithmetic, and the elements of shape computations. The sizes of op results are in SymbolicSizes.cpp.
//===----------------------------------------------------------------------===//

#include "tt/Analysis/ShapeValues.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/ShapeRules.h"
#include "tt/Dialect/IR/TTOps.h"

#include "llvm/ADT/TypeSwitch.h"

#include <limits>

using namespace mlir;
using namespace tt;

//===-- symbols ---------------------------------------------------------------------------------------------------===//

SizeExpr ShapeAnalysis::addSymbol(bool isNonNegative, StringRef name) {
  symbols.push_back({name.str(), isNonNegative});
  return SizeExpr::symbol(symbols.size() - 1);
}

SizeExpr ShapeAnalysis::getOpaque(StringRef function, ArrayRef<SizeExpr> arguments, bool isNonNegative) {
  auto [it, inserted] = opaque.try_emplace({function.str(), arguments.vec()}, symbols.size());
  return inserted ? addSymbol(isNonNegative) : SizeExpr::symbol(it->second);
}

SizeExpr ShapeAnalysis::getUnknownSize() { return addSymbol(/*isNonNegative=*/true); }

StringRef ShapeAnalysis::getName(const SizeExpr &expr) const {
  std::optional<unsigned> symbol = expr.getSymbol();
  return symbol ? StringRef(symbols[*symbol].name) : StringRef();
}

bool ShapeAnalysis::isNonNegative(const SizeExpr &expr) const {
  return llvm::all_of(expr.getTerms(), [&](const auto &term) {
    return term.second > 0 && llvm::all_of(term.first, [&](unsigned symbol) { return symbols[symbol].isNonNegative; });
  });
}

//===-- arithmetic ------------------------------------------------------------------------------------------------===//

SizeExpr ShapeAnalysis::add(const SizeExpr &a, const SizeExpr &b) {
  if (std::optional<SizeExpr> sum = SizeExpr::add(a, b))
    return *sum;
  return getOpaque("add", {std::min(a, b), std::max(a, b)}, isNonNegative(a) && isNonNegative(b));
}

SizeExpr ShapeAnalysis::subtract(const SizeExpr &a, const SizeExpr &b) {
  if (std::optional<SizeExpr> difference = SizeExpr::subtract(a, b))
    return *difference;
  return getOpaque("subtract", {a, b}, /*isNonNegative=*/false);
}

SizeExpr ShapeAnalysis::multiply(const SizeExpr &a, const SizeExpr &b) {
  if (std::optional<SizeExpr> result = SizeExpr::multiply(a, b))
    return *result;
  return getOpaque("multiply", {std::min(a, b), std::max(a, b)}, isNonNegative(a) && isNonNegative(b));
}

SizeExpr ShapeAnalysis::divide(const SizeExpr &a, const SizeExpr &b) {
  std::optional<int64_t> x = a.getConstant(), y = b.getConstant();
  if (x && y && *y != 0 && *y != -1)
    return SizeExpr(*x / *y);
  if (std::optional<SizeExpr> quotient = SizeExpr::divide(a, b))
    return *quotient;
  return getOpaque("divide", {a, b}, isNonNegative(a) && isNonNegative(b));
}

SizeExpr ShapeAnalysis::minimum(const SizeExpr &a, const SizeExpr &b) {
  if (isNonNegative(subtract(a, b)))
    return b;
  if (isNonNegative(subtract(b, a)))
    return a;
  return getOpaque("minimum", {std::min(a, b), std::max(a, b)}, isNonNegative(a) && isNonNegative(b));
}

SizeExpr ShapeAnalysis::maximum(const SizeExpr &a, const SizeExpr &b) {
  if (isNonNegative(subtract(a, b)))
    return a;
  if (isNonNegative(subtract(b, a)))
    return b;
  return getOpaque("maximum", {std::min(a, b), std::max(a, b)}, isNonNegative(a) || isNonNegative(b));
}

SizeExpr ShapeAnalysis::product(ArrayRef<SizeExpr> factors) {
  SizeExpr result = 1;
  for (const SizeExpr &factor : factors)
    result = multiply(result, factor);
  return result;
}

SizeExpr ShapeAnalysis::broadcast(const SizeExpr &a, const SizeExpr &b) {
  if (a == b || b.isConstant(1))
    return a;
  if (a.isConstant(1))
    return b;
  // A constant other than 1 decides; the other size is equal to it or 1.
  if (a.getConstant())
    return a;
  if (b.getConstant())
    return b;
  // Sizes n and min(n, c) with c > 1 are equal, or one is 1 and so is the other (a mask cut out of a larger one).
  if (isCapped(a, b))
    return b;
  if (isCapped(b, a))
    return a;
  return getOpaque("broadcast", {std::min(a, b), std::max(a, b)}, /*isNonNegative=*/true);
}

bool ShapeAnalysis::isCapped(const SizeExpr &capped, const SizeExpr &size) const {
  std::optional<unsigned> symbol = capped.getSymbol();
  return symbol && llvm::any_of(opaque, [&](const auto &entry) {
           const auto &[function, arguments] = entry.first;
           if (entry.second != *symbol || function != "minimum" || !llvm::is_contained(arguments, size))
             return false;
           const SizeExpr &other = arguments[arguments[0] == size];
           return other.getConstant() && *other.getConstant() > 1;
         });
}

std::vector<SizeExpr> ShapeAnalysis::broadcastShapes(ArrayRef<SizeExpr> a, ArrayRef<SizeExpr> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  std::vector<SizeExpr> result = a.vec();
  for (size_t i = 0; i < b.size(); ++i)
    result[a.size() - b.size() + i] = broadcast(a[a.size() - b.size() + i], b[i]);
  return result;
}

SizeExpr ShapeAnalysis::sliceCount(const SizeExpr &size, const SizeExpr &start, const SizeExpr &end, int64_t step) {
  std::optional<int64_t> s = size.getConstant(), first = start.getConstant(), last = end.getConstant();
  if (s && first && last)
    return SizeExpr(getSliceRange(*s, *first, *last, step).count);
  bool isToEnd = end == size || (last && *last >= kToEnd);
  if (step == 1 && isToEnd && first && *first < 0 && *first != std::numeric_limits<int64_t>::min())
    return minimum(size, -*first);
  if (step == 1 && isNonNegative(start) && (isToEnd || isNonNegative(end)))
    return maximum(0, subtract(isToEnd ? size : minimum(end, size), minimum(start, size)));
  return getOpaque("slice", {size, start, end, step}, /*isNonNegative=*/true);
}

//===-- regions ---------------------------------------------------------------------------------------------------===//

Value tt::getCaptured(BlockArgument argument) {
  Operation *op = argument.getOwner()->getParentOp();
  int64_t number = argument.getArgNumber();
  if (auto branch = dyn_cast_if_present<IfOp>(op))
    return branch.getCaptures()[number];
  if (auto loop = dyn_cast_if_present<LoopOp>(op)) {
    int64_t first = 1 + loop.getInits().size();
    return number >= first ? loop.getCaptures()[number - first] : Value();
  }
  return {};
}

//===-- elements --------------------------------------------------------------------------------------------------===//

std::optional<ArrayRef<SizeExpr>> ShapeAnalysis::getElements(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || type.getRank() > 1 || !type.hasStaticShape() || !type.getElementType().isInteger() ||
      type.getNumElements() > kMaxElements)
    return std::nullopt;
  if (auto it = elements.find(value.getAsOpaquePointer()); it != elements.end())
    return ArrayRef(it->second);
  std::optional<std::vector<SizeExpr>> result;
  SmallVector<int64_t> constant;
  if (getConstantInts(value, constant))
    result.emplace(constant.begin(), constant.end());
  else if (auto opResult = dyn_cast<OpResult>(value))
    result = computeElements(opResult, type.getNumElements());
  else if (Value captured = getCaptured(cast<BlockArgument>(value)))
    if (auto known = getElements(captured))
      result = known->vec();
  if (!result) {
    result.emplace();
    for (int64_t i = 0; i < type.getNumElements(); ++i)
      result->push_back(addSymbol(/*isNonNegative=*/type.getElementType().isInteger(1)));
  }
  return ArrayRef(elements.try_emplace(value.getAsOpaquePointer(), std::move(*result)).first->second);
}

/// 0 or 1 where both are constant.
static std::optional<SizeExpr> compareConstants(const SizeExpr &a, const SizeExpr &b, bool (*holds)(int64_t, int64_t)) {
  std::optional<int64_t> x = a.getConstant(), y = b.getConstant();
  if (!x || !y)
    return std::nullopt;
  return SizeExpr(holds(*x, *y));
}

std::optional<SizeExpr> ShapeAnalysis::computeBinary(Operation *op, const SizeExpr &a, const SizeExpr &b) {
  return TypeSwitch<Operation *, std::optional<SizeExpr>>(op)
      .Case<AddOp>([&](auto) { return add(a, b); })
      .Case<SubOp>([&](auto) { return subtract(a, b); })
      .Case<MulOp>([&](auto) { return multiply(a, b); })
      .Case<DivOp>([&](auto) { return divide(a, b); })
      .Case<MinOp>([&](auto) { return minimum(a, b); })
      .Case<MaxOp>([&](auto) { return maximum(a, b); })
      .Case<EqualOp>([&](auto) -> std::optional<SizeExpr> {
        if (a == b)
          return SizeExpr(1);
        // Different constants, or a size and a negative number: `shape == -1` in exported broadcasts.
        SizeExpr ab = subtract(subtract(a, b), 1), ba = subtract(subtract(b, a), 1);
        if (isNonNegative(ab) || isNonNegative(ba))
          return SizeExpr(0);
        return std::nullopt;
      })
      .Case<LessOp>([&](auto) { return compareConstants(a, b, [](int64_t x, int64_t y) { return x < y; }); })
      .Case<LessEqualOp>([&](auto) { return compareConstants(a, b, [](int64_t x, int64_t y) { return x <= y; }); })
      .Case<AndOp>([&](auto) { return compareConstants(a, b, [](int64_t x, int64_t y) { return x && y; }); })
      .Case<OrOp>([&](auto) { return compareConstants(a, b, [](int64_t x, int64_t y) { return x || y; }); })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<std::vector<SizeExpr>> ShapeAnalysis::computeElements(OpResult result, int64_t count) {
  using Elements = std::optional<std::vector<SizeExpr>>;
  Operation *op = result.getOwner();
  // The element of an operand that meets element i of the result; single elements are broadcast.
  auto at = [&](ArrayRef<SizeExpr> operand, int64_t i) { return operand.size() == 1 ? operand[0] : operand[i]; };
  return TypeSwitch<Operation *, Elements>(op)
      .Case<tt::ShapeOp>([&](auto shape) -> Elements {
        ArrayRef<SizeExpr> all = getSizes(shape.getInput());
        return all.slice(shape.getStart(), count).vec();
      })
      .Case<ReshapeOp, CastOp>([&](auto reshape) -> Elements {
        // A cast between integers of 32 and 64 bits keeps sizes; to i1 only constants are followed.
        auto operand = getElements(reshape.getInput());
        if (!operand || static_cast<int64_t>(operand->size()) != count)
          return std::nullopt;
        Type element = cast<RankedTensorType>(result.getType()).getElementType();
        std::vector<SizeExpr> values = operand->vec();
        if (element.isInteger(1)) {
          for (SizeExpr &value : values) {
            if (!value.getConstant())
              return std::nullopt;
            value = *value.getConstant() != 0;
          }
        } else if (element.getIntOrFloatBitWidth() < 32) {
          return std::nullopt;
        } else if (!element.isInteger(64)) {
          for (const SizeExpr &value : values)
            if (std::optional<int64_t> constant = value.getConstant())
              if (*constant != static_cast<int32_t>(*constant))
                return std::nullopt;
        }
        return values;
      })
      .Case<ConcatOp>([&](ConcatOp concat) -> Elements {
        std::vector<SizeExpr> values;
        for (Value input : concat.getInputs()) {
          auto operand = getElements(input);
          if (!operand)
            return std::nullopt;
          values.insert(values.end(), operand->begin(), operand->end());
        }
        return values;
      })
      .Case<GatherOp>([&](GatherOp gather) -> Elements {
        auto operand = getElements(gather.getInput()), indices = getElements(gather.getIndices());
        if (!operand || !indices)
          return std::nullopt;
        std::vector<SizeExpr> values;
        for (const SizeExpr &index : *indices) {
          std::optional<int64_t> i = index.getConstant();
          if (i && *i < 0)
            *i += operand->size();
          if (!i || *i < 0 || *i >= static_cast<int64_t>(operand->size()))
            return std::nullopt;
          values.push_back((*operand)[*i]);
        }
        return values;
      })
      .Case<SliceOp>([&](SliceOp slice) -> Elements {
        auto operand = getElements(slice.getInput());
        auto starts = getElements(slice.getStarts()), ends = getElements(slice.getEnds());
        if (!operand || !starts || !ends || slice.getAxes().size() != 1)
          return std::nullopt;
        std::optional<int64_t> start = (*starts)[0].getConstant(), end = (*ends)[0].getConstant();
        if (!start || !end)
          return std::nullopt;
        int64_t step = slice.getSteps()[0];
        SliceRange range = getSliceRange(operand->size(), *start, *end, step);
        std::vector<SizeExpr> values;
        for (int64_t i = 0; i < range.count; ++i)
          values.push_back((*operand)[range.first + i * step]);
        return values;
      })
      .Case<ExpandOp>([&](ExpandOp expand) -> Elements {
        auto operand = getElements(expand.getInput());
        if (!operand || (operand->size() != 1 && static_cast<int64_t>(operand->size()) != count))
          return std::nullopt;
        std::vector<SizeExpr> values;
        for (int64_t i = 0; i < count; ++i)
          values.push_back(at(*operand, i));
        return values;
      })
      .Case<ReduceOp>([&](ReduceOp reduce) -> Elements {
        auto operand = getElements(reduce.getInput());
        if (!operand || reduce.getAxes().size() != 1)
          return std::nullopt;
        if (reduce.getKind() == ReduceKind::Prod)
          return std::vector<SizeExpr>{product(*operand)};
        if (reduce.getKind() != ReduceKind::Sum)
          return std::nullopt;
        SizeExpr sum = 0;
        for (const SizeExpr &value : *operand)
          sum = add(sum, value);
        return std::vector<SizeExpr>{sum};
      })
      .Case<WhereOp>([&](WhereOp where) -> Elements {
        auto condition = getElements(where.getCondition());
        auto lhs = getElements(where.getLhs()), rhs = getElements(where.getRhs());
        if (!condition || !lhs || !rhs)
          return std::nullopt;
        std::vector<SizeExpr> values;
        for (int64_t i = 0; i < count; ++i) {
          std::optional<int64_t> choice = at(*condition, i).getConstant();
          if (!choice)
            return std::nullopt;
          values.push_back(*choice ? at(*lhs, i) : at(*rhs, i));
        }
        return values;
      })
      .Case<NegOp>([&](NegOp neg) -> Elements {
        auto operand = getElements(neg.getInput());
        if (!operand)
          return std::nullopt;
        std::vector<SizeExpr> values;
        for (const SizeExpr &value : *operand)
          values.push_back(subtract(0, value));
        return values;
      })
      .Case<NotOp>([&](NotOp no) -> Elements {
        auto operand = getElements(no.getInput());
        if (!operand || llvm::any_of(*operand, [](const SizeExpr &value) { return !value.getConstant(); }))
          return std::nullopt;
        std::vector<SizeExpr> values;
        for (const SizeExpr &value : *operand)
          values.push_back(value.isConstant(0));
        return values;
      })
      .Default([&](Operation *) -> Elements {
        if (!op->hasTrait<ElementwiseTrait>() || op->getNumOperands() != 2)
          return std::nullopt;
        auto lhs = getElements(op->getOperand(0)), rhs = getElements(op->getOperand(1));
        // The arithmetic is that of 64 signed bits.
        Type element = cast<RankedTensorType>(op->getOperand(0).getType()).getElementType();
        if (!lhs || !rhs || element.isUnsignedInteger())
          return std::nullopt;
        std::vector<SizeExpr> values;
        for (int64_t i = 0; i < count; ++i) {
          std::optional<SizeExpr> value = computeBinary(op, at(*lhs, i), at(*rhs, i));
          if (!value)
            return std::nullopt;
          if (std::optional<int64_t> constant = value->getConstant())
            if (element.getIntOrFloatBitWidth() < 64 && *constant != static_cast<int32_t>(*constant))
              return std::nullopt;
          values.push_back(std::move(*value));
        }
        return values;
      });
}

void ShapeAnalysis::setEqualShape(Value argument, Value value) {
  std::vector<SizeExpr> known = getSizes(value).vec();
  sizes[argument.getAsOpaquePointer()] = std::move(known);
}

void ShapeAnalysis::setEqual(Value argument, Value value) {
  setEqualShape(argument, value);
  if (auto known = getElements(value))
    elements[argument.getAsOpaquePointer()] = known->vec();
}

//===-- questions -------------------------------------------------------------------------------------------------===//

bool ShapeAnalysis::haveEqualSizes(Value a, int64_t i, Value b, int64_t j) { return getSizes(a)[i] == getSizes(b)[j]; }

bool ShapeAnalysis::haveEqualShapes(Value a, Value b) { return getSizes(a) == getSizes(b); }

SmallVector<std::string> ShapeAnalysis::getDimNames(Value value) {
  return llvm::map_to_vector(getSizes(value), [&](const SizeExpr &expr) { return getName(expr).str(); });
}
