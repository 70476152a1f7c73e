//===- Tensors.cpp - makers of linalg and tensor ops ----------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Lowering.h"

#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace tt::tolinalg;

namespace arith = mlir::arith;

RankedTensorType Lowering::getType(ArrayRef<OpFoldResult> wanted, Type elementType) {
  SmallVector<int64_t> shape;
  for (OpFoldResult size : wanted)
    shape.push_back(getConstantIntValue(size).value_or(ShapedType::kDynamic));
  return RankedTensorType::get(shape, elementType);
}

Value Lowering::makeEmpty(ArrayRef<OpFoldResult> wanted, Type elementType) {
  checkSizes(wanted);
  Value empty = tensor::EmptyOp::create(builder, loc, wanted, elementType);
  return setSizes(empty, wanted);
}

Value Lowering::makeFilled(ArrayRef<OpFoldResult> wanted, Value scalar) {
  Value empty = makeEmpty(wanted, scalar.getType());
  return setSizes(linalg::FillOp::create(builder, loc, scalar, empty).getResult(0), wanted);
}

Value Lowering::makeScalar(Type type, double constant) {
  return ScalarBuilder(builder, loc).makeConstant(type, constant);
}

Value Lowering::makeGeneric(ValueRange inputs, Value init, ArrayRef<AffineMap> maps,
                            ArrayRef<utils::IteratorType> iterators, BodyFn body) {
  auto generic = linalg::GenericOp::create(builder, loc, init.getType(), inputs, init, maps, iterators,
                                           [&](OpBuilder &inner, Location innerLoc, ValueRange arguments) {
                                             ScalarBuilder s(inner, innerLoc);
                                             Value result = body(s, arguments);
                                             linalg::YieldOp::create(inner, innerLoc, result);
                                           });
  return setSizes(generic.getResult(0), getSizes(init));
}

Value Lowering::makeParallel(ValueRange inputs, ArrayRef<AffineMap> maps, ArrayRef<OpFoldResult> wanted,
                             Type elementType, BodyFn body) {
  SmallVector<AffineMap> all(maps);
  all.push_back(builder.getMultiDimIdentityMap(wanted.size()));
  SmallVector<utils::IteratorType> iterators(wanted.size(), utils::IteratorType::parallel);
  return makeGeneric(inputs, makeEmpty(wanted, elementType), all, iterators, body);
}

/// The scalar of a constant all of whose elements are equal, or null.
static TypedAttr getSplat(Value tensor) {
  ElementsAttr attr = tt::getConstantAttr(tensor);
  if (!attr)
    return {};
  if (auto dense = dyn_cast<DenseElementsAttr>(attr); dense && dense.isSplat())
    return dense.getSplatValue<TypedAttr>();
  return {};
}

/// The only dimension of a tensor that has a size other than 1, where that size is not known; -1 where there is none.
static int64_t getUnknownVectorDim(ArrayRef<OpFoldResult> sizes) {
  int64_t found = -1;
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    if (getConstantIntValue(size) == 1)
      continue;
    if (found >= 0 || getConstantIntValue(size))
      return -1;
    found = dim;
  }
  return found;
}

FailureOr<Value> Lowering::makeElementwise(ValueRange operandRange, Type elementType, BodyFn body, bool isUnsigned) {
  SmallVector<Value> inputs(operandRange);
  int64_t rank = 0;
  for (Value input : inputs)
    rank = std::max(rank, cast<RankedTensorType>(input.getType()).getRank());

  // The size of each result dimension: a constant other than 1 wins, then an unknown size, then 1.
  Sizes result(rank, index(1));
  auto forEachSize = [&](auto visit) {
    for (Value input : inputs) {
      Sizes have = getSizes(input);
      for (auto [i, size] : llvm::enumerate(have))
        if (failed(visit(result[rank - have.size() + i], size)))
          return failure();
    }
    return success();
  };
  (void)forEachSize([&](OpFoldResult &chosen, OpFoldResult size) {
    std::optional<int64_t> have = getConstantIntValue(chosen), found = getConstantIntValue(size);
    if ((found && *found != 1 && (!have || *have == 1)) || (!found && have && *have == 1))
      chosen = size;
    return success();
  });
  // A vector of unknown size may turn out to have one element: that it is repeated costs a small copy. For other
  // tensors the model must say so.
  for (Value &input : inputs) {
    Sizes have = getSizes(input);
    int64_t dim = getUnknownVectorDim(have);
    if (dim >= 0 && getConstantIntValue(result[rank - have.size() + dim]))
      input = makeStretched(input, dim, result[rank - have.size() + dim]);
  }
  if (failed(forEachSize([&](OpFoldResult &chosen, OpFoldResult size) -> LogicalResult {
        if (getConstantIntValue(size) == 1)
          return success();
        return checkEqual(size, chosen, "needs equal sizes (a size of 1 is repeated only where the model states it)");
      })))
    return failure();

  // Scalars and splats go into the body; other inputs lose the dimensions along which they are repeated, so that
  // every map is a projected permutation.
  SmallVector<Value> operands;
  SmallVector<AffineMap> maps;
  SmallVector<TypedAttr> splats;
  for (Value input : inputs) {
    TypedAttr splat = getSplat(input);
    splats.push_back(splat);
    if (splat)
      continue;
    Sizes have = getSizes(input), kept;
    SmallVector<AffineExpr> exprs;
    for (auto [i, size] : llvm::enumerate(have)) {
      int64_t dim = rank - have.size() + i;
      if (getConstantIntValue(size) == 1 && getConstantIntValue(result[dim]) != 1)
        continue;
      kept.push_back(result[dim]);
      exprs.push_back(builder.getAffineDimExpr(dim));
    }
    if (kept.size() != have.size())
      input = makeReshape(input, kept);
    operands.push_back(makeStatic(input, kept));
    maps.push_back(AffineMap::get(rank, 0, exprs, builder.getContext()));
  }
  return makeParallel(operands, maps, result, elementType, [&](ScalarBuilder &s, ValueRange arguments) {
    s.isUnsigned = isUnsigned;
    SmallVector<Value> elements;
    unsigned next = 0;
    for (TypedAttr splat : splats)
      elements.push_back(splat ? arith::ConstantOp::create(s.builder, s.loc, splat) : arguments[next++]);
    return body(s, elements);
  });
}

Value Lowering::makeCast(Value tensor, Type elementType) {
  Type have = getElementTypeOrSelf(tensor);
  if (have == elementType)
    return tensor;
  SmallVector<double> floats; // weights of 16 bits are widened at compile time
  if (elementType.isF32() && (have.isF16() || have.isBF16()) && getConstantFloats(tensor, floats))
    return createConstant(builder, loc, cast<RankedTensorType>(tensor.getType()).clone(elementType),
                          [&](MutableArrayRef<char> bytes) {
                            for (auto [i, value] : llvm::enumerate(floats)) {
                              float narrow = float(value);
                              std::memcpy(bytes.data() + i * sizeof(float), &narrow, sizeof(float));
                            }
                          });
  return *makeElementwise(tensor, elementType,
                          [&](ScalarBuilder &s, ValueRange x) { return s.cast(x[0], have, elementType); });
}

Value Lowering::makeTranspose(Value tensor, ArrayRef<int64_t> perm) {
  if (llvm::equal(perm, llvm::seq<int64_t>(0, perm.size())))
    return tensor;
  Sizes have = getSizes(tensor), wanted;
  for (int64_t dim : perm)
    wanted.push_back(have[dim]);
  // Moving dimensions of size 1 only does not move elements.
  SmallVector<int64_t> moving;
  for (int64_t dim : perm)
    if (getConstantIntValue(have[dim]) != 1)
      moving.push_back(dim);
  if (llvm::is_sorted(moving))
    return makeReshape(tensor, wanted);
  Value init = makeEmpty(wanted, getElementTypeOrSelf(tensor));
  return setSizes(linalg::TransposeOp::create(builder, loc, tensor, init, perm).getResult()[0], wanted);
}

Value Lowering::makeStatic(Value tensor, ArrayRef<OpFoldResult> wanted) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  for (auto [dim, size] : llvm::enumerate(wanted))
    if (std::optional<int64_t> known = getConstantIntValue(size); known && ShapedType::isDynamic(shape[dim]))
      shape[dim] = *known;
  if (type.getShape() == ArrayRef(shape))
    return tensor;
  Value cast = tensor::CastOp::create(builder, loc, type.clone(shape), tensor);
  return setSizes(cast, wanted);
}

//===-- Reshape -------------------------------------------------------------------------------------------------===//

namespace {
/// Dimensions [from, fromEnd) of the operand hold the same elements as [to, toEnd) of the result.
struct Segment {
  SmallVector<int64_t> from, to;
};
} // namespace

/// The finest segments whose element counts are provably equal; the last one takes what cannot be split.
static SmallVector<Segment> getSegments(Lowering &l, ArrayRef<OpFoldResult> from, ArrayRef<OpFoldResult> to) {
  SmallVector<Segment> segments;
  size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    Segment segment;
    segment.from.push_back(i++);
    segment.to.push_back(j++);
    auto counts = [&](ArrayRef<OpFoldResult> all, ArrayRef<int64_t> dims) {
      Sizes chosen;
      for (int64_t dim : dims)
        chosen.push_back(all[dim]);
      return chosen;
    };
    while (true) {
      Sizes have = counts(from, segment.from), want = counts(to, segment.to);
      if (l.areEqual(have, want) || (i == from.size() && j == to.size()))
        break;
      // The side whose elements are a fraction of the other's grows.
      bool growTo = !l.divides(have, want);
      if ((growTo && j < to.size()) || i == from.size())
        segment.to.push_back(j++);
      else
        segment.from.push_back(i++);
    }
    segments.push_back(segment);
  }
  if (!segments.empty()) { // what is left has size 1
    while (i < from.size())
      segments.back().from.push_back(i++);
    while (j < to.size())
      segments.back().to.push_back(j++);
  }
  return segments;
}

/// A constant of the same bytes under another static shape.
static Value reshapeConstant(OpBuilder &builder, Location loc, ElementsAttr attr, RankedTensorType type) {
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(attr))
    return arith::ConstantOp::create(builder, loc, DenseResourceElementsAttr::get(type, resource.getRawHandle()));
  return arith::ConstantOp::create(builder, loc, cast<DenseElementsAttr>(attr).reshape(type));
}

static Value castShape(OpBuilder &builder, Location loc, Value tensor, RankedTensorType type) {
  return tensor.getType() == type ? tensor : tensor::CastOp::create(builder, loc, type, tensor);
}

/// Joins each group of dimensions, of the sizes `have`, into one. A slice that only loses dimensions of 1, and all of
/// them, is taken without them: of the joined one the strides would not be known where a size is dynamic. Where it
/// keeps some, MLIR cannot tell from dynamic strides which ones were lost.
static Value makeCollapsed(Lowering &l, Value tensor, ArrayRef<OpFoldResult> have,
                           ArrayRef<ReassociationIndices> groups) {
  auto slice = tensor.getDefiningOp<tensor::ExtractSliceOp>();
  auto isOne = [&](int64_t dim) { return getConstantIntValue(have[dim]) == 1; };
  auto losesOnes = [&](const ReassociationIndices &group) {
    return llvm::count_if(group, isOne) + 1 == static_cast<int64_t>(group.size());
  };
  if (!slice || !llvm::all_of(groups, losesOnes))
    return tensor::CollapseShapeOp::create(l.builder, l.loc, tensor, groups);
  RankedTensorType type = tensor::CollapseShapeOp::inferCollapsedType(slice.getType(), groups);
  return tensor::ExtractSliceOp::create(l.builder, l.loc, type, slice.getSource(), slice.getMixedOffsets(),
                                        slice.getMixedSizes(), slice.getMixedStrides());
}

Value Lowering::makeReshape(Value tensor, ArrayRef<OpFoldResult> wanted) {
  Sizes have = getSizes(tensor);
  Type element = getElementTypeOrSelf(tensor);
  RankedTensorType type = getType(wanted, element);
  if (have.size() == wanted.size() && llvm::equal(have, wanted))
    return tensor;
  if (ElementsAttr attr = getConstantAttr(tensor); attr && type.hasStaticShape())
    return reshapeConstant(builder, loc, attr, type);
  // Products with a size of 0 are all equal, which tells nothing about segments.
  if (llvm::any_of(wanted, [](OpFoldResult size) { return getConstantIntValue(size) == 0; }))
    return setSizes(makeEmpty(wanted, element), wanted);
  tensor = makeStatic(tensor, have);

  SmallVector<Segment> segments = getSegments(*this, have, wanted);
  if (have.size() == wanted.size() &&
      llvm::all_of(segments, [](const Segment &s) { return s.from.size() == 1 && s.to.size() == 1; })) {
    return setSizes(castShape(builder, loc, tensor, type), wanted);
  }
  if (segments.empty()) { // from or to rank 0
    if (wanted.empty()) {
      tensor = castShape(builder, loc, tensor, RankedTensorType::get(SmallVector<int64_t>(have.size(), 1), element));
      return tensor::CollapseShapeOp::create(builder, loc, tensor, ArrayRef<ReassociationIndices>());
    }
    Sizes ones(wanted.size(), index(1));
    Value expanded = tensor::ExpandShapeOp::create(builder, loc, getType(ones, element), tensor,
                                                   ArrayRef<ReassociationIndices>(), ones);
    return setSizes(castShape(builder, loc, expanded, type), wanted);
  }

  SmallVector<ReassociationIndices> collapse, expand;
  Sizes middle;
  for (const Segment &segment : segments) {
    collapse.emplace_back(segment.from.begin(), segment.from.end());
    expand.emplace_back(segment.to.begin(), segment.to.end());
    Sizes from, to;
    for (int64_t dim : segment.from)
      from.push_back(have[dim]);
    for (int64_t dim : segment.to)
      to.push_back(wanted[dim]);
    OpFoldResult size = segment.to.size() == 1 ? to[0] : product(from);
    if (OpFoldResult other = product(to); getConstantIntValue(other))
      size = other;
    middle.push_back(size);
  }
  if (llvm::any_of(collapse, [](const ReassociationIndices &group) { return group.size() > 1; })) {
    tensor = makeCollapsed(*this, tensor, have, collapse);
    setSizes(tensor, middle);
  }
  if (llvm::all_of(expand, [](const ReassociationIndices &group) { return group.size() == 1; }))
    return setSizes(castShape(builder, loc, tensor, type), wanted);
  // A collapsed dimension is static exactly where all its parts are.
  SmallVector<int64_t> shape;
  for (const ReassociationIndices &group : expand) {
    int64_t size = 1;
    for (int64_t dim : group)
      size = type.isDynamicDim(dim) || ShapedType::isDynamic(size) ? ShapedType::kDynamic : size * type.getDimSize(dim);
    shape.push_back(size);
  }
  tensor = castShape(builder, loc, tensor, RankedTensorType::get(shape, element));
  Value expanded = tensor::ExpandShapeOp::create(builder, loc, type, tensor, expand, wanted);
  return setSizes(expanded, wanted);
}

//===-- Parts ---------------------------------------------------------------------------------------------------===//

Value Lowering::makeSlice(Value tensor, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> wanted,
                          ArrayRef<OpFoldResult> strides) {
  Sizes ones(wanted.size(), index(1));
  Value slice = tensor::ExtractSliceOp::create(builder, loc, tensor, offsets, wanted, strides.empty() ? ones : strides);
  return setSizes(slice, wanted);
}

Value Lowering::makeInsert(Value part, Value whole, ArrayRef<OpFoldResult> offsets, ArrayRef<OpFoldResult> strides) {
  Sizes ones(offsets.size(), index(1));
  Value inserted = tensor::InsertSliceOp::create(builder, loc, part, whole, offsets, getSizes(part),
                                                 strides.empty() ? ones : strides);
  return setSizes(inserted, getSizes(whole));
}

Value Lowering::makePadding(Value tensor, ArrayRef<OpFoldResult> low, ArrayRef<OpFoldResult> high, Value scalar) {
  Sizes have = getSizes(tensor), wanted;
  bool isPadded = false;
  for (auto [size, before, behind] : llvm::zip_equal(have, low, high)) {
    wanted.push_back(add(add(size, before), behind));
    isPadded |= getConstantIntValue(before) != 0 || getConstantIntValue(behind) != 0;
  }
  if (!isPadded)
    return tensor;
  auto pad =
      tensor::PadOp::create(builder, loc, getType(wanted, getElementTypeOrSelf(tensor)), tensor, low, high, scalar);
  return setSizes(pad, wanted);
}

Value Lowering::makeBroadcast(Value tensor, ArrayRef<OpFoldResult> wanted) {
  Sizes have = getSizes(tensor), kept;
  SmallVector<AffineExpr> exprs;
  bool changes = false;
  for (auto [dim, size] : llvm::enumerate(have)) {
    if (getConstantIntValue(size) == 1 && getConstantIntValue(wanted[dim]) != 1) {
      changes = true;
      continue;
    }
    kept.push_back(size);
    exprs.push_back(builder.getAffineDimExpr(dim));
  }
  if (!changes)
    return tensor;
  Value source = makeReshape(tensor, kept);
  return makeParallel(source, AffineMap::get(wanted.size(), 0, exprs, builder.getContext()), wanted,
                      getElementTypeOrSelf(tensor), [](ScalarBuilder &, ValueRange x) { return x[0]; });
}

Value Lowering::makeStretched(Value tensor, int64_t dim, OpFoldResult wanted) {
  Sizes have = getSizes(tensor), sizes = have;
  if (have[dim] == wanted)
    return tensor;
  Value size = value(have[dim]);
  Value isOne = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, size, value(index(1)));
  Value isEqual = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq, size, value(wanted));
  check(arith::OrIOp::create(builder, loc, isOne, isEqual), "needs sizes that are equal or 1");
  sizes[dim] = wanted;
  return makeParallel({}, {}, sizes, getElementTypeOrSelf(tensor), [&](ScalarBuilder &s, ValueRange) {
    SmallVector<Value> position;
    for (int64_t d = 0; d < static_cast<int64_t>(sizes.size()); ++d)
      position.push_back(linalg::IndexOp::create(s.builder, s.loc, d));
    position[dim] = s.select(isOne, s.makeIntConstant(s.builder.getIndexType(), 0), position[dim]);
    return Value(tensor::ExtractOp::create(s.builder, s.loc, tensor, position));
  });
}

Value Lowering::extractOnly(Value tensor) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  SmallVector<Value> zeros;
  if (rank > 0)
    zeros.assign(rank, value(index(0)));
  return builder.createOrFold<tensor::ExtractOp>(loc, tensor, zeros);
}
