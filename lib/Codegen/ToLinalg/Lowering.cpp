//===- Lowering.cpp - values, sizes and index arithmetic ------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Lowering.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

std::string tt::tolinalg::getNodeName(Location loc) {
  std::string name;
  loc->walk([&](Location part) {
    if (auto named = dyn_cast<NameLoc>(part)) {
      name = ("onnx node '" + named.getName().getValue() + "'").str();
      return WalkResult::interrupt();
    }
    if (auto file = dyn_cast<FileLineColLoc>(part); file && name.empty())
      name = ("op at line " + Twine(file.getLine())).str();
    return WalkResult::advance();
  });
  return name.empty() ? "op without a name" : name;
}

LogicalResult HandlerTable::lower(Operation *op, Lowering &lowering) const {
  auto it = handlers.find(op->getName().getStringRef());
  if (it == handlers.end())
    return op->emitOpError("cannot be lowered to linalg; it needs a graph pass that decomposes it first");
  return it->second(op, lowering);
}

/// The argument attribute `tt.dims` of `func`'s argument `index`: a name per dimension, empty where there is none.
static SmallVector<StringRef> getDimNames(func::FuncOp func, unsigned index) {
  SmallVector<StringRef> names;
  if (auto dims = func.getArgAttrOfType<ArrayAttr>(index, "tt.dims"))
    for (Attribute dim : dims)
      names.push_back(isa<StringAttr>(dim) ? cast<StringAttr>(dim).getValue() : StringRef());
  return names;
}

Lowering::Lowering(func::FuncOp func, LowerOp lowerOp)
    : builder(func.getContext()), loc(func.getLoc()), lowerOp(std::move(lowerOp)) {
  builder.setInsertionPointToStart(&func.getBody().front());
  llvm::StringMap<Value> named;
  for (BlockArgument argument : func.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    SmallVector<StringRef> names = getDimNames(func, argument.getArgNumber());
    Sizes argumentSizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      if (!type.isDynamicDim(dim)) {
        argumentSizes.push_back(index(type.getDimSize(dim)));
        continue;
      }
      Value size = tensor::DimOp::create(builder, loc, argument, dim);
      if (dim < int64_t(names.size()) && !names[dim].empty()) {
        auto [it, isNew] = named.try_emplace(names[dim], size);
        if (!isNew) {
          Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, size, it->second);
          tt::CheckOp::create(builder, loc, equal,
                              ("dimension '" + names[dim] + "' of input " + Twine(argument.getArgNumber()) +
                               " differs from its size in an earlier input")
                                  .str());
          size = it->second;
        }
      }
      argumentSizes.push_back(size);
    }
    sizes[argument] = argumentSizes;
  }
}

//===-- Regions -------------------------------------------------------------------------------------------------===//

LogicalResult Lowering::lowerBlock(Block &block, llvm::function_ref<void()> bindArguments,
                                   llvm::function_ref<LogicalResult(Operation *)> finish) {
  // Ops that are made inside must not serve the ops behind the region.
  auto outerValues = values;
  auto outerScalars = scalars;
  auto outerSizes = sizes;
  auto outerComputed = computed;
  auto outerCheckedSizes = checkedSizes;
  Location outerLoc = loc;
  bindArguments();
  LogicalResult result = success();
  for (Operation &op : block.without_terminator()) {
    loc = op.getLoc();
    if (failed(result = lowerOp(&op, *this)))
      break;
  }
  loc = outerLoc;
  if (succeeded(result))
    result = finish(block.getTerminator());
  values = std::move(outerValues);
  scalars = std::move(outerScalars);
  sizes = std::move(outerSizes);
  computed = std::move(outerComputed);
  checkedSizes = std::move(outerCheckedSizes);
  return result;
}

void Lowering::setCaptured(Value argument, Value outer) {
  if (const SmallVector<Value> *elements = getScalars(outer))
    setScalars(argument, SmallVector<Value>(*elements));
  else
    set(argument, get(outer));
}

//===-- Values --------------------------------------------------------------------------------------------------===//

Value Lowering::get(Value graphValue) {
  auto it = values.find(graphValue);
  if (it != values.end())
    return it->second;
  auto known = scalars.find(graphValue);
  if (known == scalars.end())
    return graphValue;
  auto type = cast<RankedTensorType>(getSignless(graphValue.getType()));
  type = RankedTensorType::get(type.getRank() == 0 ? ArrayRef<int64_t>() : ArrayRef<int64_t>(known->second.size()),
                               type.getElementType());
  Value tensor = builder.createOrFold<tensor::FromElementsOp>(loc, type, known->second);
  values[graphValue] = tensor;
  return tensor;
}

void Lowering::setScalars(Value graphValue, ArrayRef<Value> elements) {
  scalars[graphValue] = SmallVector<Value>(elements);
}

const SmallVector<Value> *Lowering::getScalars(Value graphValue) {
  auto it = scalars.find(graphValue);
  if (it != scalars.end())
    return &it->second;
  auto type = dyn_cast<RankedTensorType>(graphValue.getType());
  if (!type || !type.hasStaticShape() || type.getRank() > 1 || type.getNumElements() > kMaxScalars)
    return nullptr;
  Type element = getSignless(type.getElementType());
  ScalarBuilder s(builder, loc);
  SmallVector<Value> elements;
  SmallVector<double> floats;
  SmallVector<int64_t> ints;
  if (isa<FloatType>(element)) {
    if (!getConstantFloats(graphValue, floats))
      return nullptr;
    for (double value : floats)
      elements.push_back(s.makeConstant(element, value));
  } else {
    if (!getConstantInts(graphValue, ints))
      return nullptr;
    for (int64_t value : ints)
      elements.push_back(s.makeIntConstant(element, value));
  }
  SmallVector<Value> &kept = scalars[graphValue];
  kept = std::move(elements);
  return &kept;
}

/// A size behind an integer scalar: looks through the casts between index and i64 or i32 that shape computations make
/// (a dimension fits in 31 bits wherever a model casts it to i32).
static OpFoldResult getAsIndex(OpBuilder &builder, Location loc, Value scalar) {
  APInt constant;
  if (matchPattern(scalar, m_ConstantInt(&constant)))
    return builder.getIndexAttr(constant.getSExtValue());
  Value source = scalar;
  while (Operation *op = source.getDefiningOp()) {
    if (!isa<arith::TruncIOp, arith::ExtSIOp, arith::IndexCastOp>(op))
      break;
    source = op->getOperand(0);
    if (source.getType().isIndex())
      return source;
  }
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(), scalar).getResult();
}

FailureOr<Sizes> Lowering::getIndices(Value graphValue) {
  Sizes indices;
  if (const SmallVector<Value> *elements = getScalars(graphValue)) {
    for (Value element : *elements)
      indices.push_back(getAsIndex(builder, loc, element));
    return indices;
  }
  SmallVector<int64_t> ints;
  if (getConstantInts(graphValue, ints)) {
    for (int64_t value : ints)
      indices.push_back(index(value));
    return indices;
  }
  Value tensor = get(graphValue);
  auto type = cast<RankedTensorType>(tensor.getType());
  if (!type.hasStaticShape() || type.getRank() > 1)
    return error() << "needs an operand of static shape and rank 0 or 1 for sizes or positions, but found " << type;
  for (int64_t i = 0, n = type.getNumElements(); i < n; ++i) {
    SmallVector<Value> position;
    if (type.getRank() == 1)
      position.push_back(value(index(i)));
    Value element = tensor::ExtractOp::create(builder, loc, tensor, position);
    indices.push_back(arith::IndexCastOp::create(builder, loc, builder.getIndexType(), element).getResult());
  }
  return indices;
}

Value Lowering::getElement(Value graphValue) {
  if (const SmallVector<Value> *elements = getScalars(graphValue))
    return elements->front();
  return extractOnly(get(graphValue));
}

//===-- Sizes ---------------------------------------------------------------------------------------------------===//

OpFoldResult Lowering::getSize(Value tensor, int64_t dim) { return getSizes(tensor)[dim]; }

Sizes Lowering::getSizes(Value tensor) {
  auto it = sizes.find(tensor);
  if (it != sizes.end())
    return it->second;
  auto type = cast<RankedTensorType>(tensor.getType());
  Sizes result;
  for (int64_t dim = 0; dim < type.getRank(); ++dim) {
    if (type.isDynamicDim(dim))
      result.push_back(builder.createOrFold<tensor::DimOp>(loc, tensor, dim));
    else
      result.push_back(index(type.getDimSize(dim)));
  }
  return sizes[tensor] = result;
}

Value Lowering::setSizes(Value tensor, ArrayRef<OpFoldResult> known) {
  auto type = cast<RankedTensorType>(tensor.getType());
  Sizes merged;
  for (auto [dim, size] : llvm::enumerate(known))
    merged.push_back(type.isDynamicDim(dim) ? size : index(type.getDimSize(dim)));
  sizes[tensor] = merged;
  return tensor;
}

Value Lowering::value(OpFoldResult size) {
  if (auto known = dyn_cast<Value>(size))
    return known;
  return arith::ConstantIndexOp::create(builder, loc, *getConstantIntValue(size));
}

namespace {
enum Arithmetic { Add, Sub, Mul, Div, Min, Max };
} // namespace

OpFoldResult Lowering::fold(int kind, OpFoldResult x, OpFoldResult y) {
  std::optional<int64_t> a = getConstantIntValue(x), b = getConstantIntValue(y);
  if (a && b) {
    switch (kind) {
    case Add:
      return index(*a + *b);
    case Sub:
      return index(*a - *b);
    case Mul:
      return index(*a * *b);
    case Div:
      return index(*b == 0 ? 0 : *a / *b);
    case Min:
      return index(std::min(*a, *b));
    case Max:
      return index(std::max(*a, *b));
    }
  }
  if ((kind == Min || kind == Max) && x == y)
    return x;
  if (kind == Sub && x == y)
    return index(0);
  if (a && (kind == Add || kind == Mul || kind == Min || kind == Max))
    std::swap(x, y), std::swap(a, b);
  if (b && ((*b == 0 && (kind == Add || kind == Sub)) || (*b == 1 && (kind == Mul || kind == Div))))
    return x;
  if (b && *b == 0 && kind == Mul)
    return index(0);
  void *left = x.getOpaqueValue(), *right = y.getOpaqueValue();
  auto [it, isNew] = computed.try_emplace({kind, left, right});
  if (!isNew)
    return getAsOpFoldResult(it->second);
  Value l = value(x), r = value(y), result;
  switch (kind) {
  case Add:
    result = builder.createOrFold<arith::AddIOp>(loc, l, r);
    break;
  case Sub:
    result = builder.createOrFold<arith::SubIOp>(loc, l, r);
    break;
  case Mul:
    result = builder.createOrFold<arith::MulIOp>(loc, l, r);
    break;
  case Div: // the divisor of a size may be 0 only where the size is meaningless, and must not trap
    if (!b)
      r = builder.createOrFold<arith::MaxSIOp>(loc, r, value(index(1)));
    result = builder.createOrFold<arith::DivSIOp>(loc, l, r);
    break;
  case Min:
    result = builder.createOrFold<arith::MinSIOp>(loc, l, r);
    break;
  case Max:
    result = builder.createOrFold<arith::MaxSIOp>(loc, l, r);
    break;
  }
  computed[{kind, left, right}] = result;
  return getAsOpFoldResult(result);
}

OpFoldResult Lowering::add(OpFoldResult x, OpFoldResult y) { return fold(Add, x, y); }
OpFoldResult Lowering::sub(OpFoldResult x, OpFoldResult y) { return fold(Sub, x, y); }
OpFoldResult Lowering::mul(OpFoldResult x, OpFoldResult y) { return fold(Mul, x, y); }
OpFoldResult Lowering::div(OpFoldResult x, OpFoldResult y) { return fold(Div, x, y); }
OpFoldResult Lowering::min(OpFoldResult x, OpFoldResult y) { return fold(Min, x, y); }
OpFoldResult Lowering::max(OpFoldResult x, OpFoldResult y) { return fold(Max, x, y); }
OpFoldResult Lowering::ceilDiv(OpFoldResult x, int64_t y) { return div(add(x, index(y - 1)), index(y)); }

OpFoldResult Lowering::product(ArrayRef<OpFoldResult> factors) {
  OpFoldResult constant = index(1), rest = index(1);
  for (OpFoldResult factor : factors) {
    OpFoldResult &part = getConstantIntValue(factor) ? constant : rest;
    part = mul(part, factor);
  }
  return mul(rest, constant);
}

/// Splits `size` into a constant and index values, through multiplications.
static void addFactors(OpFoldResult size, int64_t &constant, SmallVectorImpl<Value> &factors) {
  if (std::optional<int64_t> known = getConstantIntValue(size)) {
    constant *= *known;
    return;
  }
  Value value = cast<Value>(size);
  if (auto product = value.getDefiningOp<arith::MulIOp>()) {
    addFactors(getAsOpFoldResult(product.getLhs()), constant, factors);
    addFactors(getAsOpFoldResult(product.getRhs()), constant, factors);
    return;
  }
  factors.push_back(value);
}

OpFoldResult Lowering::quotient(ArrayRef<OpFoldResult> x, ArrayRef<OpFoldResult> y) {
  int64_t top = 1, bottom = 1;
  SmallVector<Value> above, below;
  for (OpFoldResult size : x)
    addFactors(size, top, above);
  for (OpFoldResult size : y)
    addFactors(size, bottom, below);
  for (Value &factor : below) {
    auto *it = llvm::find(above, factor);
    if (it == above.end())
      continue;
    above.erase(it);
    factor = {};
  }
  llvm::erase(below, Value());
  int64_t common = std::gcd(top, bottom);
  if (common > 1) {
    top /= common;
    bottom /= common;
  }
  Sizes dividend(above.begin(), above.end()), divisor(below.begin(), below.end());
  dividend.push_back(index(top));
  divisor.push_back(index(bottom));
  return div(product(dividend), product(divisor));
}

bool Lowering::areEqual(ArrayRef<OpFoldResult> x, ArrayRef<OpFoldResult> y) {
  int64_t top = 1, bottom = 1;
  SmallVector<Value> above, below;
  for (OpFoldResult size : x)
    addFactors(size, top, above);
  for (OpFoldResult size : y)
    addFactors(size, bottom, below);
  auto byAddress = [](Value a, Value b) { return a.getAsOpaquePointer() < b.getAsOpaquePointer(); };
  llvm::sort(above, byAddress);
  llvm::sort(below, byAddress);
  return top == bottom && above == below;
}

bool Lowering::divides(ArrayRef<OpFoldResult> x, ArrayRef<OpFoldResult> y) {
  int64_t bottom = 1, top = 1;
  SmallVector<Value> below, above;
  for (OpFoldResult size : x)
    addFactors(size, bottom, below);
  for (OpFoldResult size : y)
    addFactors(size, top, above);
  for (Value factor : below) {
    auto *it = llvm::find(above, factor);
    if (it == above.end())
      return false;
    above.erase(it);
  }
  return bottom != 0 && top % bottom == 0;
}

bool Lowering::isSize(OpFoldResult size, int depth) {
  if (std::optional<int64_t> known = getConstantIntValue(size))
    return *known >= 0;
  Operation *op = cast<Value>(size).getDefiningOp();
  if (isa_and_nonnull<tensor::DimOp>(op))
    return true;
  if (!op || depth == 0 ||
      !isa<arith::AddIOp, arith::MulIOp, arith::DivSIOp, arith::MinSIOp, arith::MaxSIOp, arith::SelectOp>(op))
    return false;
  auto operands = isa<arith::SelectOp>(op) ? op->getOperands().drop_front() : op->getOperands();
  if (isa<arith::MaxSIOp>(op) &&
      llvm::any_of(operands, [&](Value operand) { return isSize(getAsOpFoldResult(operand), depth - 1); }))
    return true;
  return llvm::all_of(operands, [&](Value operand) { return isSize(getAsOpFoldResult(operand), depth - 1); });
}

void Lowering::check(Value condition, const Twine &message) {
  tt::CheckOp::create(builder, loc, condition, (getNodeName(loc) + ": " + message).str());
}

void Lowering::checkSizes(ArrayRef<OpFoldResult> tensorSizes) {
  if (llvm::all_of(tensorSizes, [](OpFoldResult size) { return isSize(size); }))
    return;
  SmallVector<void *> key;
  for (OpFoldResult size : tensorSizes)
    key.push_back(size.getOpaqueValue());
  if (!checkedSizes.insert(key).second)
    return;
  ScalarBuilder s(builder, loc);
  Type f64 = builder.getF64Type(), i64 = builder.getI64Type();
  Value fits = s.makeIntConstant(builder.getI1Type(), 1), elements = s.makeConstant(f64, 1), zero = value(index(0));
  for (OpFoldResult size : tensorSizes) {
    Value v = value(size);
    if (!isSize(size))
      fits = s.make<arith::AndIOp>(fits, s.make<arith::CmpIOp>(arith::CmpIPredicate::sge, v, zero));
    elements = s.mul(elements, s.make<arith::SIToFPOp>(f64, s.make<arith::IndexCastOp>(i64, v)));
  }
  check(fits, "needs sizes of 0 or more");
  check(s.make<arith::CmpFOp>(arith::CmpFPredicate::OLT, elements, s.makeConstant(f64, 0x1p56)),
        "needs a result of fewer than 2^56 elements");
}

LogicalResult Lowering::checkEqual(OpFoldResult x, OpFoldResult y, const Twine &what) {
  if (areEqual({x}, {y}))
    return success();
  std::optional<int64_t> a = getConstantIntValue(x), b = getConstantIntValue(y);
  if (a && b)
    return error() << what << ", but they are " << *a << " and " << *b;
  check(builder.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, value(x), value(y)), what);
  return success();
}
