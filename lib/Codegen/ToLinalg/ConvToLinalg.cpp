//===- ConvToLinalg.cpp - conv to kernel ops ------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Contraction.h"

using namespace mlir;
using namespace tt::tolinalg;

Value tt::tolinalg::transposeConstant(Lowering &l, ElementsAttr attr, ArrayRef<int64_t> perm) {
  auto type = cast<RankedTensorType>(attr.getType());
  SmallVector<int64_t> shape, strides(perm.size(), 1), moved;
  for (int64_t dim = int64_t(perm.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * type.getDimSize(dim + 1);
  for (int64_t dim : perm) {
    shape.push_back(type.getDimSize(dim));
    moved.push_back(strides[dim]);
  }
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
  int64_t width = tt::getElementBytes(type.getElementType()), rank = perm.size();
  return tt::createConstant(l.builder, l.loc, type.clone(shape), [&](MutableArrayRef<char> out) {
    SmallVector<int64_t> position(rank, 0);
    int64_t source = 0;
    for (int64_t i = 0, n = type.getNumElements(); i < n; ++i) {
      std::memcpy(out.data() + i * width, bytes.data() + source * width, width);
      for (int64_t dim = rank - 1; dim >= 0; --dim) {
        source += moved[dim];
        if (++position[dim] < shape[dim])
          break;
        source -= moved[dim] * shape[dim];
        position[dim] = 0;
      }
    }
  });
}

namespace {
/// One convolution with NHWC input (lowered, f32, f64, i16 or bytes) and its attributes. Constant floats of 16 bits
/// stay so.
struct Conv {
  Value input, filter, bias; ///< filter is OxIxKHxKW; bias may be null
  DenseI64ArrayAttr strides, dilations;
  int64_t groups;
  int64_t outputs = 0, kernelHeight = 0, kernelWidth = 0, channels = 0;
  Sizes result = {}; ///< NxOHxOWxO

  bool isDepthwise() const { return channels == 1 && groups == outputs && groups > 1; }
};
} // namespace

static Value makeDepthwise(Lowering &l, const Conv &conv, Value input) {
  // CxKHxKW -> KHxKWxC
  OpFoldResult c = l.index(conv.outputs), kh = l.index(conv.kernelHeight), kw = l.index(conv.kernelWidth);
  Value filter = l.makeReshape(conv.filter, {c, kh, kw});
  if (ElementsAttr attr = tt::getConstantAttr(filter))
    filter = transposeConstant(l, attr, {1, 2, 0});
  else
    filter = l.makeTranspose(filter, {1, 2, 0});
  Type sum = getSumType(getElementTypeOrSelf(input));
  Value init = l.makeEmpty(conv.result, sum);
  SmallVector<Value> extras;
  if (conv.bias)
    extras.push_back(conv.bias);
  auto kernel = tt::ConvDepthwiseOp::create(l.builder, l.loc, TypeRange(init.getType()), input, filter, init, extras,
                                            getBiasMaps(l, 4, bool(conv.bias)), conv.strides, conv.dilations,
                                            tt::LoweringConfigAttr());
  buildEpilogue(l, kernel.getEpilogue(), sum, conv.bias);
  return l.setSizes(kernel->getResult(0), conv.result);
}

/// OxIxKHxKW -> panels [groups, ceil(O / groups / 16), KH*KW*I, 16] at run time.
static Value packFilter(Lowering &l, const Conv &conv) {
  int64_t groups = conv.groups;
  Value filter = l.makeTranspose(conv.filter, {0, 2, 3, 1});
  int64_t columns = conv.outputs / groups, depth = conv.kernelHeight * conv.kernelWidth * conv.channels;
  filter = l.makeReshape(filter, {l.index(groups), l.index(columns), l.index(depth)});
  Sizes panels{l.index(groups), l.index((columns + 15) / 16), l.index(depth), l.index(16)};
  Value init = l.makeEmpty(panels, getElementTypeOrSelf(filter));
  auto pack = tt::PackOp::create(l.builder, l.loc, init.getType(), filter, init, l.builder.getUnitAttr());
  return l.setSizes(pack->getResult(0), panels);
}

static Value makeDirect(Lowering &l, const Conv &conv, Value input) {
  bool isPacked = !tt::getConstantAttr(conv.filter);
  Value filter = isPacked ? packFilter(l, conv) : conv.filter;
  Type sum = getSumType(getElementTypeOrSelf(input));
  Value init = l.makeEmpty(conv.result, sum);
  SmallVector<Value> extras;
  if (conv.bias)
    extras.push_back(conv.bias);
  auto kernel = tt::ConvDirectOp::create(l.builder, l.loc, TypeRange(init.getType()), input, filter, init, extras,
                                         getBiasMaps(l, 4, bool(conv.bias)),
                                         l.builder.getDenseI64ArrayAttr({conv.kernelHeight, conv.kernelWidth}),
                                         conv.strides, conv.dilations, l.builder.getI64IntegerAttr(conv.groups),
                                         isPacked ? l.builder.getUnitAttr() : UnitAttr(), tt::LoweringConfigAttr());
  buildEpilogue(l, kernel.getEpilogue(), sum, conv.bias);
  return l.setSizes(kernel->getResult(0), conv.result);
}

/// True when a convolution reads `value` with a border around it, also through up to `depth` ops that keep the type
/// (activations). Such a value is made in the interior of the bordered buffer, which is no matrix of rows.
static bool getsBorder(Value value, int depth) {
  return llvm::any_of(value.getUsers(), [&](Operation *user) {
    if (auto conv = dyn_cast<tt::ConvOp>(user))
      return conv.getInput() == value && llvm::any_of(conv.getPads(), [](int64_t pad) { return pad != 0; });
    return depth > 0 && user->getNumResults() == 1 && user->getResult(0).getType() == value.getType() &&
           getsBorder(user->getResult(0), depth - 1);
  });
}

/// 1x1 with stride 1: the product of all positions with the filter.
static Value makePointwise(Lowering &l, const Conv &conv) {
  Sizes rows(ArrayRef(conv.result).drop_back());
  OpFoldResult one = l.index(1), channels = l.index(conv.channels);
  Value lhs = l.makeReshape(conv.input, {one, l.product(rows), channels});
  Value rhs = l.makeReshape(conv.filter, {one, l.index(conv.outputs), channels});
  return l.makeReshape(makeGemm(l, lhs, rhs, /*transposed=*/true, conv.bias), conv.result);
}

/// Loops (n, oh, ow, g, o, kh, kw, i), for element types without a kernel.
static Value makeGenericConv(Lowering &l, const Conv &conv, Value input) {
  int64_t groups = conv.groups;
  Type element = getElementTypeOrSelf(input);
  Sizes have = l.getSizes(input), split = conv.result;
  input = l.makeReshape(input, {have[0], have[1], have[2], l.index(groups), l.index(conv.channels)});
  Value filter = l.makeReshape(conv.filter, {l.index(groups), l.index(conv.outputs / groups), l.index(conv.channels),
                                             l.index(conv.kernelHeight), l.index(conv.kernelWidth)});
  split.pop_back();
  split.append({l.index(groups), l.index(conv.outputs / groups)});
  Value init = l.makeFilled(split, l.makeScalar(element, 0));
  SmallVector<AffineExpr> d;
  for (int i = 0; i < 8; ++i)
    d.push_back(l.builder.getAffineDimExpr(i));
  MLIRContext *context = l.builder.getContext();
  auto position = [&](int out, int tap, int axis) {
    return d[out] * conv.strides[axis] + d[tap] * conv.dilations[axis];
  };
  SmallVector<utils::IteratorType> iterators(8, utils::IteratorType::parallel);
  iterators[5] = iterators[6] = iterators[7] = utils::IteratorType::reduction;
  Value result =
      l.makeGeneric({input, filter}, init,
                    {AffineMap::get(8, 0, {d[0], position(1, 5, 0), position(2, 6, 1), d[3], d[7]}, context),
                     AffineMap::get(8, 0, {d[3], d[4], d[7], d[5], d[6]}, context),
                     AffineMap::get(8, 0, {d[0], d[1], d[2], d[3], d[4]}, context)},
                    iterators, [](ScalarBuilder &s, ValueRange x) { return s.add(x[2], s.mul(x[0], x[1])); });
  result = l.makeReshape(result, conv.result);
  if (!conv.bias)
    return result;
  return *l.makeElementwise({result, conv.bias}, element,
                            [](ScalarBuilder &s, ValueRange x) { return s.add(x[0], x[1]); });
}

/// The sizes NxOHxOWxO of the result of a convolution of an input NxHxWxC of sizes `have`.
template <typename OpT>
static Sizes getResultSizes(OpT op, Lowering &l, ArrayRef<OpFoldResult> have, ArrayRef<int64_t> filter) {
  ArrayRef<int64_t> pads = op.getPads(), strides = op.getStrides(), dilations = op.getDilations();
  Sizes result{have[0], {}, {}, l.index(filter[0])};
  for (int64_t axis : {0, 1}) {
    int64_t reach = dilations[axis] * (filter[axis + 2] - 1), border = pads[axis] + pads[axis + 2];
    OpFoldResult room = l.add(have[axis + 1], l.index(border - reach - 1));
    result[axis + 1] = l.add(l.div(room, l.index(strides[axis])), l.index(1));
    // A dynamic size that does not change (stride 1, "same" padding) stays the same value: (h + 2 - 2 - 1) / 1 + 1.
    if (strides[axis] == 1 && border == reach)
      result[axis + 1] = have[axis + 1];
  }
  return result;
}

/// Reads the sizes of `conv` from its input, still in the layout of `op`, and from its filter; fails where they do not
/// fit. The input becomes NHWC.
template <typename OpT> static LogicalResult setUp(OpT op, Lowering &l, Conv &conv) {
  auto filterType = cast<RankedTensorType>(conv.filter.getType());
  if (!filterType.hasStaticShape() || filterType.getRank() != 4)
    return l.error() << "needs a filter OxIxKHxKW of static shape, but found " << filterType;
  conv.outputs = filterType.getDimSize(0);
  conv.channels = filterType.getDimSize(1);
  conv.kernelHeight = filterType.getDimSize(2);
  conv.kernelWidth = filterType.getDimSize(3);
  if (op.getLayout() == tt::Layout::NCHW)
    conv.input = l.makeTranspose(conv.input, {0, 2, 3, 1});
  Sizes have = l.getSizes(conv.input);
  OpFoldResult channels = l.index(conv.groups * conv.channels);
  if (failed(l.checkEqual(have[3], channels, "needs as many channels as the filter reads")))
    return failure();
  have[3] = channels;
  conv.input = l.makeStatic(conv.input, have);
  conv.result = getResultSizes(op, l, have, filterType.getShape());
  return success();
}

/// The input with the border that `pads` asks for, and `channels` more channels, of elements `scalar` (null: 0).
static Value makeBorder(Lowering &l, const Conv &conv, ArrayRef<int64_t> pads, Value scalar = {},
                        int64_t channels = 0) {
  OpFoldResult zero = l.index(0);
  return l.makePadding(conv.input, {zero, l.index(pads[0]), l.index(pads[1]), zero},
                       {zero, l.index(pads[2]), l.index(pads[3]), l.index(channels)},
                       scalar ? scalar : l.makeScalar(getElementTypeOrSelf(conv.input), 0));
}

/// Sets the result of `op`, in its layout.
template <typename OpT> static void setResult(OpT op, Lowering &l, Value result) {
  bool isNCHW = op.getLayout() == tt::Layout::NCHW;
  l.set(op.getResult(), isNCHW ? l.makeTranspose(result, {0, 3, 1, 2}) : result);
}

/// Whether a product over all positions gives the result.
static bool isPointwise(const Conv &conv, ArrayRef<int64_t> pads) {
  return conv.kernelHeight == 1 && conv.kernelWidth == 1 && conv.strides[0] == 1 && conv.strides[1] == 1 &&
         conv.groups == 1 && llvm::all_of(pads, [](int64_t pad) { return pad == 0; });
}

static LogicalResult lowerConv(tt::ConvOp op, Lowering &l) {
  Conv conv{l.get(op.getInput()), l.get(op.getFilter()), op.getBias() ? l.get(op.getBias()) : Value(),
            op.getStridesAttr(),  op.getDilationsAttr(), static_cast<int64_t>(op.getGroups())};
  Type element = getElementTypeOrSelf(conv.input);
  bool isKernel = !element.isF64();
  if (isKernel) {
    conv.input = l.makeCast(conv.input, l.builder.getF32Type());
    conv.filter = widenUnlessConstant(l, conv.filter);
    conv.bias = conv.bias ? widenUnlessConstant(l, conv.bias) : Value();
  }
  if (failed(setUp(op, l, conv)))
    return failure();
  Value result;
  if (!isKernel)
    result = makeGenericConv(l, conv, makeBorder(l, conv, op.getPads()));
  else if (isPointwise(conv, op.getPads()) && !getsBorder(op.getInput(), 0) && !getsBorder(op.getResult(), 2))
    result = makePointwise(l, conv);
  else if (conv.isDepthwise())
    result = makeDepthwise(l, conv, makeBorder(l, conv, op.getPads()));
  else
    result = makeDirect(l, conv, makeBorder(l, conv, op.getPads()));
  setResult(op, l, l.makeCast(result, element));
  return success();
}

/// A constant filter with zeros for `more` input channels behind those it has.
static Value addChannels(Lowering &l, Value filter, int64_t more) {
  ElementsAttr attr = tt::getConstantAttr(filter);
  SmallVector<int64_t> shape(cast<RankedTensorType>(filter.getType()).getShape());
  int64_t taps = shape[2] * shape[3], before = shape[1] * taps, after = before + more * taps;
  shape[1] += more;
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
  int64_t width = tt::getElementBytes(attr.getElementType());
  return tt::createConstant(
      l.builder, l.loc, RankedTensorType::get(shape, attr.getElementType()), [&](MutableArrayRef<char> out) {
        for (int64_t o = 0; o < shape[0]; ++o)
          std::memcpy(out.data() + o * after * width, bytes.data() + o * before * width, before * width);
      });
}

/// The border is what stands for 0.
static LogicalResult lowerConvOfBytes(tt::ConvIntegerOp op, Lowering &l, const ByteFactors &factors) {
  Conv conv{factors.lhs,         factors.rhs,           factors.start,
            op.getStridesAttr(), op.getDilationsAttr(), static_cast<int64_t>(op.getGroups())};
  if (failed(setUp(op, l, conv)))
    return failure();
  ArrayRef<int64_t> pads = op.getPads();
  if (isPointwise(conv, pads)) {
    Sizes rows(ArrayRef(conv.result).drop_back());
    OpFoldResult one = l.index(1), channels = l.index(conv.channels);
    Value lhs = l.makeReshape(conv.input, {one, l.product(rows), channels});
    Value rhs = l.makeReshape(conv.filter, {one, l.index(conv.outputs), channels});
    setResult(op, l, l.makeReshape(makeByteGemm(l, factors, lhs, rhs, /*transposed=*/true), conv.result));
    return success();
  }
  if (conv.isDepthwise()) {
    setResult(op, l, makeDepthwise(l, conv, makeBorder(l, conv, pads, factors.lhsZero)));
    return success();
  }
  int64_t more = llvm::alignTo(conv.channels, 4) - conv.channels;
  Value input = makeBorder(l, conv, pads, factors.lhsZero, more);
  if (more)
    conv.filter = addChannels(l, conv.filter, more);
  conv.channels += more;
  setResult(op, l, makeDirect(l, conv, input));
  return success();
}

static LogicalResult lowerConvInteger(tt::ConvIntegerOp op, Lowering &l) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(op.getFilter().getType()).getShape();
  auto groups = static_cast<int64_t>(op.getGroups());
  bool isOneByOne = groups == 1 && shape[2] == 1 && shape[3] == 1 &&
                    llvm::all_of(op.getStrides(), [](int64_t stride) { return stride == 1; }) &&
                    llvm::all_of(op.getPads(), [](int64_t pad) { return pad == 0; });
  // Several groups have no room for more channels.
  bool hasRuns = groups == 1 || shape[1] % 4 == 0 || (shape[1] == 1 && shape[0] == groups);
  IntegerOperands operands{op.getInput(), op.getInputZero(), op.getFilter(), op.getFilterZero(), /*column=*/0};
  if (std::optional<ByteFactors> bytes = hasRuns ? getByteFactors(l, operands, isOneByOne) : std::nullopt)
    return lowerConvOfBytes(op, l, *bytes);
  // The zero points are subtracted first, so that the border is 0 as for floats.
  Value input = l.get(op.getInput()), filter = l.get(op.getFilter());
  filter = subtractZeroPoint(l, filter, getElementTypeOrSelf(op.getFilter()), op.getFilterZero(), 0);
  Conv conv{input, filter, {}, op.getStridesAttr(), op.getDilationsAttr(), static_cast<int64_t>(op.getGroups())};
  if (failed(setUp(op, l, conv)))
    return failure();
  conv.input = subtractZeroPoint(l, conv.input, getElementTypeOrSelf(op.getInput()), op.getInputZero(), -1);
  if (isPointwise(conv, op.getPads()))
    setResult(op, l, makePointwise(l, conv));
  else if (conv.isDepthwise())
    setResult(op, l, makeDepthwise(l, conv, makeBorder(l, conv, op.getPads())));
  else
    setResult(op, l, makeDirect(l, conv, makeBorder(l, conv, op.getPads())));
  return success();
}

void tt::tolinalg::addConvHandlers(HandlerTable &table) {
  table.add(lowerConv);
  table.add(lowerConvInteger);
}
