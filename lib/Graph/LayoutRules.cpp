//===- LayoutRules.cpp - graph ops on permuted tensors --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LayoutRules.h"

#include "Matchers.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cstring>
#include <numeric>

using namespace mlir;
using namespace tt::graph;

//===-- Permutations ------------------------------------------------------===//

Perm tt::graph::getIdentity(int64_t rank) {
  Perm perm(rank);
  std::iota(perm.begin(), perm.end(), 0);
  return perm;
}

bool tt::graph::isIdentity(ArrayRef<int64_t> perm) {
  for (auto [i, dim] : llvm::enumerate(perm))
    if (dim != static_cast<int64_t>(i))
      return false;
  return true;
}

Perm tt::graph::getInverse(ArrayRef<int64_t> perm) {
  Perm inverse(perm.size());
  for (auto [i, dim] : llvm::enumerate(perm))
    inverse[dim] = i;
  return inverse;
}

Perm tt::graph::compose(ArrayRef<int64_t> first, ArrayRef<int64_t> second) {
  Perm result;
  for (int64_t dim : second)
    result.push_back(first[dim]);
  return result;
}

SmallVector<int64_t> tt::graph::permute(ArrayRef<int64_t> values, ArrayRef<int64_t> perm) {
  return llvm::map_to_vector(perm, [&](int64_t dim) { return values[dim]; });
}

RankedTensorType tt::graph::permute(RankedTensorType type, ArrayRef<int64_t> perm) {
  return type.clone(permute(type.getShape(), perm));
}

/// The dimensions of size other than 1, in the order `perm`.
static SmallVector<int64_t> getMovedDims(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) {
  SmallVector<int64_t> dims;
  for (int64_t dim : perm)
    if (shape[dim] != 1)
      dims.push_back(dim);
  return dims;
}

bool tt::graph::movesOnlyUnits(ArrayRef<int64_t> shape, ArrayRef<int64_t> perm) {
  return llvm::is_sorted(getMovedDims(shape, perm));
}

bool tt::graph::areEquivalent(ArrayRef<int64_t> shape, ArrayRef<int64_t> a, ArrayRef<int64_t> b) {
  return getMovedDims(shape, a) == getMovedDims(shape, b);
}

std::optional<SmallVector<int64_t>> tt::graph::getUnitReshape(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<int64_t> fromDims = getMovedDims(from, getIdentity(from.size()));
  SmallVector<int64_t> toDims = getMovedDims(to, getIdentity(to.size()));
  SmallVector<int64_t> shape(to);
  // A size of 0 cannot be written: it means a copy.
  if (fromDims.size() != toDims.size() || llvm::is_contained(to, 0))
    return std::nullopt;
  bool hasInferred = false;
  for (auto [fromDim, toDim] : llvm::zip_equal(fromDims, toDims)) {
    if (!ShapedType::isDynamic(to[toDim]))
      continue;
    bool inPlace = fromDim == toDim;
    if (!inPlace && hasInferred)
      return std::nullopt;
    hasInferred |= !inPlace;
    shape[toDim] = inPlace ? 0 : -1;
  }
  return shape;
}

//===-- Reshapes ----------------------------------------------------------===//

std::optional<SmallVector<ReshapeGroup>> tt::graph::getReshapeGroups(tt::ReshapeOp op) {
  ArrayRef<int64_t> from = getTensorType(op.getInput()).getShape(), to = getTensorType(op.getResult()).getShape();
  if (llvm::is_contained(from, 0) || llvm::is_contained(to, 0))
    return std::nullopt;
  SmallVector<int64_t> target;
  tt::getConstantInts(op.getShape(), target);
  SmallVector<int64_t> fromDims = getMovedDims(from, getIdentity(from.size()));
  SmallVector<int64_t> toDims = getMovedDims(to, getIdentity(to.size()));
  SmallVector<ReshapeGroup> groups;
  int64_t uncertain = 0;
  size_t i = 0, j = 0;
  while (i < fromDims.size() && j < toDims.size()) {
    ReshapeGroup group{{fromDims[i]}, {toDims[j]}};
    int64_t fromSize = from[fromDims[i++]], toSize = to[toDims[j++]];
    if (ShapedType::isDynamic(fromSize) || ShapedType::isDynamic(toSize)) {
      if (fromSize != toSize)
        return std::nullopt;
      bool isCopied = !target.empty() && !op.getAllowZero() && group.from[0] == group.to[0] && target[group.to[0]] == 0;
      uncertain += !isCopied;
    }
    while (fromSize != toSize) {
      bool takesFrom = fromSize < toSize;
      if (takesFrom ? i == fromDims.size() : j == toDims.size())
        return std::nullopt;
      int64_t dim = takesFrom ? fromDims[i++] : toDims[j++];
      int64_t size = takesFrom ? from[dim] : to[dim];
      if (ShapedType::isDynamic(size))
        return std::nullopt;
      (takesFrom ? fromSize : toSize) *= size;
      (takesFrom ? group.from : group.to).push_back(dim);
    }
    groups.push_back(std::move(group));
  }
  if (i < fromDims.size() || j < toDims.size() || uncertain > 1)
    return std::nullopt;
  return groups;
}

/// Adds the dimensions of size 1 to an order of the others: those before the first of the others in `shape` come first,
/// the rest stay before the dimension they stand before in `shape`, or after the last one.
static Perm insertUnits(ArrayRef<int64_t> shape, ArrayRef<int64_t> moved) {
  int64_t rank = shape.size();
  Perm imagePerm{0, 2, 3, 1};
  if (rank == 4 && getMovedDims(shape, imagePerm) == SmallVector<int64_t>(moved))
    return imagePerm;
  Perm perm;
  int64_t first = 0;
  while (first < rank && shape[first] == 1)
    perm.push_back(first++);
  int64_t last = rank - 1;
  while (last >= 0 && shape[last] == 1)
    --last;
  for (int64_t dim : moved) {
    int64_t begin = dim;
    while (begin > first && shape[begin - 1] == 1)
      --begin;
    for (int64_t i = begin; i <= dim; ++i)
      perm.push_back(i);
    for (int64_t i = dim + 1; dim == last && i < rank; ++i)
      perm.push_back(i);
  }
  return perm;
}

/// The order of the other side of a reshape where one side has the order `perm`.
static std::optional<Perm> getReshapePerm(ArrayRef<ReshapeGroup> groups, bool forward, ArrayRef<int64_t> knownShape,
                                          ArrayRef<int64_t> otherShape, ArrayRef<int64_t> perm) {
  SmallVector<int64_t> order = getMovedDims(knownShape, perm);
  SmallVector<int64_t> other;
  for (ArrayRef<int64_t> rest = order; !rest.empty();) {
    const ReshapeGroup *group =
        llvm::find_if(groups, [&](const ReshapeGroup &g) { return (forward ? g.from : g.to).front() == rest.front(); });
    if (group == groups.end())
      return std::nullopt;
    ArrayRef<int64_t> known = forward ? group->from : group->to;
    if (rest.take_front(known.size()) != known)
      return std::nullopt;
    rest = rest.drop_front(known.size());
    llvm::append_range(other, forward ? group->to : group->from);
  }
  return insertUnits(otherShape, other);
}

static std::optional<PermutedForm> getReshapeForm(tt::ReshapeOp op, bool forward, ArrayRef<int64_t> perm) {
  std::optional<SmallVector<ReshapeGroup>> groups = getReshapeGroups(op);
  if (!groups)
    return std::nullopt;
  ArrayRef<int64_t> from = getTensorType(op.getInput()).getShape(), to = getTensorType(op.getResult()).getShape();
  std::optional<Perm> other = getReshapePerm(*groups, forward, forward ? from : to, forward ? to : from, perm);
  if (!other)
    return std::nullopt;
  PermutedForm form;
  Perm known(perm);
  form.operands = {{OperandForm::Permute, forward ? known : *other}, {}};
  form.results = {forward ? *other : known};
  Perm fromPlaces = getInverse(form.operands[0].perm), toPlaces = getInverse(form.results[0]);
  form.shape = permute(to, form.results[0]);
  bool hasInferred = false;
  for (const ReshapeGroup &group : *groups) {
    if (!ShapedType::isDynamic(to[group.to[0]]))
      continue;
    bool inPlace = fromPlaces[group.from[0]] == toPlaces[group.to[0]];
    if (!inPlace && hasInferred)
      return std::nullopt;
    hasInferred |= !inPlace;
    form.shape[toPlaces[group.to[0]]] = inPlace ? 0 : -1;
  }
  return form;
}

//===-- Forms -------------------------------------------------------------===//

static bool isElementwise(Operation *op) {
  return isa<tt::AbsOp, tt::NegOp, tt::SignOp, tt::FloorOp, tt::CeilOp, tt::RoundOp, tt::ExpOp, tt::LogOp, tt::SqrtOp,
             tt::ReciprocalOp, tt::SinOp, tt::CosOp, tt::TanOp, tt::AsinOp, tt::AcosOp, tt::AtanOp, tt::SinhOp,
             tt::CoshOp, tt::AsinhOp, tt::AcoshOp, tt::AtanhOp, tt::TanhOp, tt::ErfOp, tt::SigmoidOp, tt::SoftplusOp,
             tt::ReluOp, tt::SiluOp, tt::NotOp, tt::BitwiseNotOp, tt::GeluOp, tt::LeakyReluOp, tt::EluOp,
             tt::HardSigmoidOp, tt::IsNaNOp, tt::IsInfOp, tt::CastOp, tt::ClipOp, tt::AddOp, tt::SubOp, tt::MulOp,
             tt::DivOp, tt::PowOp, tt::ModOp, tt::FmodOp, tt::MinOp, tt::MaxOp, tt::PReluOp, tt::AndOp, tt::OrOp,
             tt::XorOp, tt::BitwiseAndOp, tt::BitwiseOrOp, tt::BitwiseXorOp, tt::ShiftLeftOp, tt::ShiftRightOp,
             tt::EqualOp, tt::LessOp, tt::LessEqualOp, tt::WhereOp, tt::QuantizeOp, tt::DequantizeOp, tt::BitcastOp>(
      op);
}

/// How an op reads an operand that broadcasts to a tensor in the order `perm`.
static std::optional<OperandForm> getBroadcastForm(Value operand, ArrayRef<int64_t> perm) {
  RankedTensorType type = getTensorType(operand);
  if (llvm::all_of(type.getShape(), [](int64_t size) { return size == 1; }))
    return OperandForm();
  if (type.getRank() == static_cast<int64_t>(perm.size()))
    return OperandForm{OperandForm::Permute, Perm(perm)};
  // Leading unit dimensions are added by a reshape, which can infer one size.
  if (type.getNumDynamicDims() > 1 || llvm::is_contained(type.getShape(), 0))
    return std::nullopt;
  return OperandForm{OperandForm::Broadcast, Perm(perm)};
}

static std::optional<PermutedForm> getElementwiseForm(Operation *op, ArrayRef<int64_t> perm) {
  PermutedForm form;
  for (Value operand : op->getOperands()) {
    std::optional<OperandForm> operandForm = getBroadcastForm(operand, perm);
    if (!operandForm)
      return std::nullopt;
    form.operands.push_back(*operandForm);
  }
  form.results = {Perm(perm)};
  return form;
}

/// Operand 0 and all results in the order `perm`, the other operands as they were.
static PermutedForm getSameForm(Operation *op, ArrayRef<int64_t> perm) {
  PermutedForm form;
  form.operands.resize(op->getNumOperands());
  form.operands[0] = {OperandForm::Permute, Perm(perm)};
  form.results.assign(op->getNumResults(), Perm(perm));
  return form;
}

/// `perm` without the dimensions `dropped`, the others renumbered.
static Perm dropDims(ArrayRef<int64_t> perm, ArrayRef<int64_t> dropped) {
  Perm result;
  for (int64_t dim : perm)
    if (!llvm::is_contained(dropped, dim))
      result.push_back(dim - llvm::count_if(dropped, [&](int64_t other) { return other < dim; }));
  return result;
}

static bool areConstantInts(Value value, size_t count) {
  SmallVector<int64_t> values;
  return tt::getConstantInts(value, values) && values.size() == count;
}

/// The form in which the tensor that all others of the op follow has the order `perm`: the result of an elementwise op
/// or expand, else operand 0.
static std::optional<PermutedForm> getForm(Operation *op, ArrayRef<int64_t> perm) {
  using Result = std::optional<PermutedForm>;
  size_t rank = perm.size();
  if (isElementwise(op))
    return getElementwiseForm(op, perm);
  return TypeSwitch<Operation *, Result>(op)
      .Case<tt::SoftmaxOp, tt::LogSoftmaxOp, tt::CumSumOp, tt::LrnOp, tt::BatchNormOp, tt::SliceOp, tt::TopKOp>(
          [&](auto) { return getSameForm(op, perm); })
      .Case([&](tt::NormOp norm) -> Result {
        for (size_t i = norm.getAxis(); i < rank; ++i)
          if (perm[i] != static_cast<int64_t>(i))
            return std::nullopt;
        return getSameForm(op, perm);
      })
      .Case([&](tt::ConcatOp) -> Result {
        PermutedForm form = getSameForm(op, perm);
        form.operands.assign(op->getNumOperands(), form.operands[0]);
        return form;
      })
      .Case([&](tt::PadOp pad) -> Result {
        return areConstantInts(pad.getPads(), 2 * rank) ? Result(getSameForm(op, perm)) : std::nullopt;
      })
      .Case([&](tt::TileOp tile) -> Result {
        return areConstantInts(tile.getRepeats(), rank) ? Result(getSameForm(op, perm)) : std::nullopt;
      })
      .Case([&](tt::ResizeOp resize) -> Result {
        SmallVector<double> values;
        for (Value parameter : {resize.getRoi(), resize.getScales(), resize.getSizes()})
          if (parameter && !tt::getConstantFloats(parameter, values))
            return std::nullopt;
        return getSameForm(op, perm);
      })
      .Case([&](tt::ReduceOp reduce) -> Result {
        PermutedForm form = getSameForm(op, perm);
        if (!reduce.getKeepDims())
          form.results[0] = dropDims(perm, reduce.getAxes());
        return form;
      })
      .Case([&](tt::ArgReduceOp reduce) -> Result {
        PermutedForm form = getSameForm(op, perm);
        if (!reduce.getKeepDims())
          form.results[0] = dropDims(perm, {static_cast<int64_t>(reduce.getAxis())});
        return form;
      })
      .Case([&](tt::GatherOp gather) -> Result {
        PermutedForm form = getSameForm(op, perm);
        int64_t indexRank = getTensorType(gather.getIndices()).getRank();
        if (indexRank > 1)
          return std::nullopt;
        if (indexRank == 0)
          form.results[0] = dropDims(perm, {static_cast<int64_t>(gather.getAxis())});
        return form;
      })
      .Case([&](tt::ExpandOp expand) -> Result {
        SmallVector<int64_t> shape;
        std::optional<OperandForm> input = getBroadcastForm(expand.getInput(), perm);
        if (!input || !tt::getConstantInts(expand.getShape(), shape) || shape.size() > rank)
          return std::nullopt;
        PermutedForm form;
        form.operands = {*input, {}};
        form.results = {Perm(perm)};
        return form;
      })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<PermutedForm> tt::graph::getFormForOperand(Operation *op, unsigned index, ArrayRef<int64_t> perm) {
  if (auto reshape = dyn_cast<tt::ReshapeOp>(op))
    return index == 0 ? getReshapeForm(reshape, /*forward=*/true, perm) : std::nullopt;
  if (op->getNumResults() == 0)
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  bool followsResult = isElementwise(op) || isa<tt::ExpandOp>(op);
  if (!type || (followsResult && type.getRank() != static_cast<int64_t>(perm.size())))
    return std::nullopt;
  std::optional<PermutedForm> form = getForm(op, perm);
  // An operand that the form reads in another way (a bound of a clip, indices) has its own order.
  if (form && form->operands[index].kind != OperandForm::Permute)
    return std::nullopt;
  return form;
}

std::optional<PermutedForm> tt::graph::getFormForResult(Operation *op, unsigned index, ArrayRef<int64_t> perm) {
  if (auto reshape = dyn_cast<tt::ReshapeOp>(op))
    return getReshapeForm(reshape, /*forward=*/false, perm);
  if (op->getNumOperands() == 0)
    return std::nullopt;
  // Ops that drop dimensions do not say where these were.
  bool followsResult = isElementwise(op) || isa<tt::ExpandOp>(op);
  auto type = dyn_cast<RankedTensorType>(op->getOperand(0).getType());
  if (!type || (!followsResult && type.getRank() != static_cast<int64_t>(perm.size())))
    return std::nullopt;
  std::optional<PermutedForm> form = getForm(op, perm);
  if (form && form->results[index] != perm)
    return std::nullopt;
  return form;
}

//===-- Changes -----------------------------------------------------------===//

/// A constant operand of groups of one element per dimension (a shape, pads, a region) in the order `perm`.
static Value permuteParameter(RewriterBase &rewriter, Value value, ArrayRef<int64_t> perm) {
  RankedTensorType type = getTensorType(value);
  std::vector<char> storage;
  ArrayRef<char> from = tt::getConstantBytes(tt::getConstantAttr(value), storage);
  int64_t bytes = tt::getElementBytes(type.getElementType()), rank = perm.size();
  return tt::createConstant(rewriter, value.getLoc(), type, [&](MutableArrayRef<char> to) {
    for (int64_t i = 0, e = type.getNumElements(); i < e; ++i)
      std::memcpy(to.data() + i * bytes, from.data() + (i / rank * rank + perm[i % rank]) * bytes, bytes);
  });
}

/// The places of `dims` in the order `perm`.
static SmallVector<int64_t> getPlaces(ArrayRef<int64_t> dims, ArrayRef<int64_t> perm) {
  Perm inverse = getInverse(perm);
  return llvm::map_to_vector(dims, [&](int64_t dim) { return inverse[dim]; });
}

void tt::graph::applyForm(RewriterBase &rewriter, Operation *op, const PermutedForm &form, ArrayRef<Value> operands) {
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPoint(op);
  ArrayRef<int64_t> perm = isElementwise(op) || isa<tt::ExpandOp>(op) ? form.results[0] : form.operands[0].perm;
  rewriter.modifyOpInPlace(op, [&] {
    op->setOperands(operands);
    auto setAxis = [&](auto axisOp) { axisOp.setAxis(getInverse(perm)[axisOp.getAxis()]); };
    auto setAxes = [&](auto axesOp) { axesOp.setAxes(getPlaces(axesOp.getAxes(), perm)); };
    auto permuteOperand = [&](MutableOperandRange operand) {
      if (!operand.empty())
        operand.assign(permuteParameter(rewriter, operand[0].get(), perm));
    };
    TypeSwitch<Operation *>(op)
        .Case<tt::SoftmaxOp, tt::LogSoftmaxOp, tt::CumSumOp, tt::LrnOp, tt::BatchNormOp, tt::TopKOp, tt::ConcatOp,
              tt::ArgReduceOp, tt::GatherOp>(setAxis)
        .Case<tt::SliceOp>(setAxes)
        .Case([&](tt::ReduceOp reduce) {
          SmallVector<int64_t> axes = getPlaces(reduce.getAxes(), perm);
          llvm::sort(axes);
          reduce.setAxes(axes);
        })
        .Case([&](tt::PadOp pad) { pad.getPadsMutable().assign(permuteParameter(rewriter, pad.getPads(), perm)); })
        .Case([&](tt::TileOp tile) {
          tile.getRepeatsMutable().assign(permuteParameter(rewriter, tile.getRepeats(), perm));
        })
        .Case([&](tt::ResizeOp resize) {
          permuteOperand(resize.getRoiMutable());
          permuteOperand(resize.getScalesMutable());
          permuteOperand(resize.getSizesMutable());
        })
        .Case([&](tt::ExpandOp expand) {
          SmallVector<int64_t> shape;
          tt::getConstantInts(expand.getShape(), shape);
          shape.insert(shape.begin(), perm.size() - shape.size(), 1);
          Value newShape = tt::createShapeConstant(rewriter, expand.getShape().getLoc(), permute(shape, perm));
          expand.getShapeMutable().assign(newShape);
        })
        .Case([&](tt::ReshapeOp reshape) {
          Value newShape = tt::createShapeConstant(rewriter, reshape.getShape().getLoc(), form.shape);
          reshape.getShapeMutable().assign(newShape);
          reshape.setAllowZero(false);
        });
    for (auto [result, resultPerm] : llvm::zip_equal(op->getResults(), form.results))
      result.setType(permute(getTensorType(result), resultPerm));
  });
}

Value tt::graph::permuteConstant(RewriterBase &rewriter, Value value, ArrayRef<int64_t> perm) {
  ElementsAttr attr = tt::getConstantAttr(value);
  if (!attr)
    return {};
  OpBuilder::InsertionGuard guard(rewriter);
  rewriter.setInsertionPointAfterValue(value);
  RankedTensorType type = getTensorType(value);
  SmallVector<int64_t> shape(perm.size() - type.getRank(), 1);
  llvm::append_range(shape, type.getShape());
  RankedTensorType newType = permute(type.clone(shape), perm);
  if (auto splat = dyn_cast<SplatElementsAttr>(attr))
    return arith::ConstantOp::create(rewriter, value.getLoc(), newType, splat.resizeSplat(newType));

  int64_t bytes = tt::getElementBytes(type.getElementType()), rank = perm.size();
  SmallVector<int64_t> strides(rank, bytes);
  for (int64_t i = rank - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  strides = permute(strides, perm);
  std::vector<char> storage;
  ArrayRef<char> from = tt::getConstantBytes(attr, storage);
  return tt::createConstant(rewriter, value.getLoc(), newType, [&](MutableArrayRef<char> to) {
    SmallVector<int64_t> index(rank, 0);
    int64_t at = 0;
    for (int64_t i = 0, e = newType.getNumElements(); i < e; ++i) {
      std::memcpy(to.data() + i * bytes, from.data() + at, bytes);
      for (int64_t d = rank - 1; d >= 0; --d) {
        at += strides[d];
        if (++index[d] < newType.getDimSize(d))
          break;
        at -= strides[d] * index[d];
        index[d] = 0;
      }
    }
  });
}
