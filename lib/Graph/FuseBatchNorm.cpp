//===- FuseBatchNorm.cpp - linear ops around convolutions -----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Everything that is affine per channel goes into the filter and the bias of the convolution before it.
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "Matchers.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"

#include <cmath>

namespace tt {
#define GEN_PASS_DEF_FUSEBATCHNORMPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt::graph;

namespace {

/// `y = factor * x + offset` per channel, in double.
struct ChannelAffine {
  SmallVector<double> factor;
  SmallVector<double> offset;
};

} // namespace

/// The dimension of the channels of a conv.
static int64_t getChannelAxis(tt::ConvOp conv) { return conv.getLayout() == tt::Layout::NCHW ? 1 : 3; }

/// What a batch norm with constant statistics does to each channel.
static std::optional<ChannelAffine> getAffine(tt::BatchNormOp op) {
  SmallVector<double> scale, bias, mean, variance;
  if (!tt::getConstantFloats(op.getScale(), scale) || !tt::getConstantFloats(op.getBias(), bias) ||
      !tt::getConstantFloats(op.getMean(), mean) || !tt::getConstantFloats(op.getVariance(), variance))
    return std::nullopt;
  double epsilon = op.getEpsilon().convertToFloat();
  ChannelAffine affine;
  for (size_t i = 0; i < scale.size(); ++i) {
    double factor = scale[i] / std::sqrt(variance[i] + epsilon);
    affine.factor.push_back(factor);
    affine.offset.push_back(bias[i] - mean[i] * factor);
  }
  return affine;
}

/// What `user`, the only user of the result of `conv`, does to each channel, where that is affine with constants.
static std::optional<ChannelAffine> getAffine(Operation *user, tt::ConvOp conv) {
  Value input = conv.getResult();
  int64_t axis = getChannelAxis(conv);
  int64_t channels = getTensorType(conv.getFilter()).getDimSize(0);
  if (auto norm = dyn_cast<tt::BatchNormOp>(user)) {
    if (norm.getInput() != input || norm.getAxis() != static_cast<uint64_t>(axis))
      return std::nullopt;
    return getAffine(norm);
  }
  if (user->getNumOperands() != 2 || user->getNumResults() != 1 ||
      failed(verifyCompatibleShape(user->getResult(0).getType(), input.getType())))
    return std::nullopt;
  bool isLeft = user->getOperand(0) == input;
  std::optional<SmallVector<double>> other = getChannelValues(user->getOperand(isLeft ? 1 : 0), 4, axis, channels);
  if (!other)
    return std::nullopt;
  SmallVector<double> zeros(channels, 0.0), ones(channels, 1.0);
  if (isa<tt::AddOp>(user))
    return ChannelAffine{ones, *other};
  if (isa<tt::MulOp>(user))
    return ChannelAffine{*other, zeros};
  if (isa<tt::SubOp>(user) && isLeft)
    return ChannelAffine{ones, llvm::map_to_vector(*other, [](double x) { return -x; })};
  if (isa<tt::DivOp>(user) && isLeft)
    return ChannelAffine{llvm::map_to_vector(*other, [](double x) { return 1 / x; }), zeros};
  return std::nullopt;
}

/// conv(x, w, b) then `affine` -> conv(x, factor * w, factor * b + offset). Returns the new conv, null where the
/// weights are no constants.
static tt::ConvOp absorb(IRRewriter &rewriter, tt::ConvOp conv, Operation *user, const ChannelAffine &affine) {
  bool scales = llvm::any_of(affine.factor, [](double factor) { return factor != 1.0; });
  ElementsAttr filterAttr = tt::getConstantAttr(conv.getFilter());
  SmallVector<double> bias(affine.factor.size(), 0.0);
  if ((scales && !filterAttr) || (conv.getBias() && !tt::getConstantFloats(conv.getBias(), bias)))
    return {};

  rewriter.setInsertionPoint(conv);
  RankedTensorType filterType = getTensorType(conv.getFilter());
  Value filter = conv.getFilter();
  if (scales) {
    int64_t perChannel = filterType.getNumElements() / filterType.getDimSize(0);
    filter = mapFloatConstant(rewriter, filter.getLoc(), filterAttr,
                              [&](double weight, int64_t i) { return weight * affine.factor[i / perChannel]; });
  }
  auto biasType = RankedTensorType::get({filterType.getDimSize(0)}, filterType.getElementType());
  Location biasLoc = conv.getBias() ? conv.getBias().getLoc() : user->getLoc();
  Value newBias = createFloatConstant(rewriter, biasLoc, biasType, [&](int64_t channel) {
    return bias[channel] * affine.factor[channel] + affine.offset[channel];
  });
  auto fused =
      tt::ConvOp::create(rewriter, rewriter.getFusedLoc({conv.getLoc(), user->getLoc()}), user->getResult(0).getType(),
                         conv.getInput(), filter, newBias, conv.getStridesAttr(), conv.getPadsAttr(),
                         conv.getDilationsAttr(), conv.getGroupsAttr(), conv.getLayoutAttr());
  SmallVector<Value> operands(conv->getOperands());
  llvm::append_range(operands, user->getOperands());
  llvm::erase(operands, conv.getResult());
  rewriter.replaceOp(user, fused);
  rewriter.eraseOp(conv);
  releaseConstants(operands);
  return fused;
}

/// conv(pad(x)) -> conv(x) with larger pads, for a border of zeros around height and width.
static void absorbPad(IRRewriter &rewriter, tt::ConvOp conv) {
  auto pad = conv.getInput().getDefiningOp<tt::PadOp>();
  SmallVector<int64_t> border;
  if (!pad || pad.getMode() != tt::PadMode::Constant || !tt::getConstantInts(pad.getPads(), border) ||
      border.size() != 8 || (pad.getValue() && getScalar(pad.getValue()) != 0.0))
    return;
  int64_t height = conv.getLayout() == tt::Layout::NCHW ? 2 : 1;
  for (int64_t i = 0; i < 4; ++i) {
    bool isSpatial = i == height || i == height + 1;
    int64_t begin = border[i], end = border[i + 4];
    if (isSpatial ? begin < 0 || end < 0 : begin != 0 || end != 0)
      return;
  }
  SmallVector<int64_t> pads(conv.getPads());
  pads[0] += border[height];
  pads[1] += border[height + 1];
  pads[2] += border[height + 4];
  pads[3] += border[height + 5];
  rewriter.modifyOpInPlace(conv, [&] {
    conv.getInputMutable().assign(pad.getInput());
    conv.setPads(pads);
    conv->setLoc(rewriter.getFusedLoc({conv.getLoc(), pad.getLoc()}));
  });
  if (!pad->use_empty())
    return;
  SmallVector<Value> operands(pad->getOperands());
  rewriter.eraseOp(pad);
  releaseConstants(operands);
}

/// batch_norm(x) -> add(mul(x, factor), offset) with constants of shape Cx1x1...
static void decompose(IRRewriter &rewriter, tt::BatchNormOp norm, const ChannelAffine &affine) {
  RankedTensorType type = getTensorType(norm.getResult());
  SmallVector<int64_t> shape(type.getRank() - norm.getAxis(), 1);
  shape[0] = affine.factor.size();
  auto vectorType = RankedTensorType::get(shape, type.getElementType());
  rewriter.setInsertionPoint(norm);
  Location loc = norm.getLoc();
  Value factor = createFloatConstant(rewriter, loc, vectorType, [&](int64_t i) { return affine.factor[i]; });
  Value offset = createFloatConstant(rewriter, loc, vectorType, [&](int64_t i) { return affine.offset[i]; });
  Value scaled = tt::MulOp::create(rewriter, loc, type, norm.getInput(), factor);
  SmallVector<Value> operands(norm->getOperands());
  rewriter.replaceOpWithNewOp<tt::AddOp>(norm, type, scaled, offset);
  releaseConstants(operands);
}

namespace {
struct FuseBatchNormPass : tt::impl::FuseBatchNormPassBase<FuseBatchNormPass> {
  using FuseBatchNormPassBase::FuseBatchNormPassBase;

  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    SmallVector<tt::ConvOp> convs;
    getOperation().walk([&](tt::ConvOp conv) { convs.push_back(conv); });
    for (tt::ConvOp conv : convs) {
      absorbPad(rewriter, conv);
      while (conv && conv->hasOneUse()) {
        Operation *user = *conv->user_begin();
        std::optional<ChannelAffine> affine = getAffine(user, conv);
        conv = affine ? absorb(rewriter, conv, user, *affine) : tt::ConvOp();
      }
    }
    SmallVector<tt::BatchNormOp> norms;
    getOperation().walk([&](tt::BatchNormOp norm) { norms.push_back(norm); });
    for (tt::BatchNormOp norm : norms) {
      if (std::optional<ChannelAffine> affine = getAffine(norm))
        decompose(rewriter, norm, *affine);
      else
        remark::missed(norm.getLoc(), remark::RemarkOpts::name("batch-norm-kept").category("tt-graph"))
            << remark::reason("scale, bias, mean and variance are not all constants");
    }
  }
};
} // namespace
