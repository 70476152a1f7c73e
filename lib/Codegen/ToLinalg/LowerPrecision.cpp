//===- LowerPrecision.cpp - multiply 16-bit floats ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/ToLinalg/Passes.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Panels.h"
#include "tt/Dialect/IR/TTOps.h"
#include "tt/Support/Half.h"
#include "tt/Support/Target.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

#include <cstring>

using namespace mlir;

namespace tt {
#define GEN_PASS_DEF_LOWERPRECISIONPASS
#include "tt/Codegen/ToLinalg/Passes.h.inc"
} // namespace tt

namespace {

/// What `--fast-math=NAME` multiplies and what it needs.
struct Precision {
  StringRef name, feature, cpus;
  StringRef bound; ///< of the error of one element of a product
};

constexpr Precision kPrecisions[] = {
    {"bf16", "avx512bf16", "avx512bf16, sapphirerapids or znver4",
     "2^-8 times the sum of |lhs * rhs| from rounding both factors to bf16; sums are f32"},
    {"f16", "avx512fp16", "sapphirerapids or graniterapids",
     "2^-10 times the sum of |lhs * rhs| from rounding both factors to f16, and 2^-5 times it from sums of up to 64 "
     "products in f16; values beyond 65504 overflow"},
};

/// The constant behind ops that change the shape only, or null.
arith::ConstantOp findConstant(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      return constant;
    if (!isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(op))
      break;
    value = op->getOperand(0);
  }
  return {};
}

/// Why `weights` cannot be rounded, or nothing.
std::string explainWeights(Value weights, Type narrow) {
  std::string text;
  llvm::raw_string_ostream os(text);
  arith::ConstantOp constant = findConstant(weights);
  ElementsAttr attr = constant ? tt::getConstantAttr(constant) : ElementsAttr();
  if (!attr) {
    os << "its right-hand side is no constant";
  } else if (!attr.getElementType().isF32()) {
    os << "its weights are " << attr.getElementType();
  } else if (narrow.isF16()) {
    std::vector<char> storage;
    ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
    for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
      float value;
      std::memcpy(&value, bytes.data() + i, sizeof(float));
      if (!(value > -65504.f && value < 65504.f)) {
        os << "it has a weight of " << value << ", beyond the range of f16";
        break;
      }
    }
  }
  return text;
}

class Narrower {
public:
  Narrower(func::FuncOp func, Type narrow) : func(func), narrow(narrow) {}

  Value get(Value value);
  /// Erases what the rounded ops replaced and nobody reads any more.
  void eraseUnused();
  /// Where a value now exists in 16 bits, lets its elementwise readers read that, so that it is stored once.
  void shareRounded();

private:
  Value getConstant(arith::ConstantOp constant);
  Value round(Value value);
  Type narrowed(Type type) { return cast<RankedTensorType>(type).clone(narrow); }
  Value makeCast(OpBuilder &builder, Location loc, Value from, ArrayRef<OpFoldResult> sizes, Type element);

  func::FuncOp func;
  Type narrow;
  llvm::DenseMap<Value, Value> done;
  SmallVector<Operation *> replaced;     ///< producers before their readers
  llvm::MapVector<Value, Value> rounded; ///< wide values and what `round` made of them
};

} // namespace

Value Narrower::getConstant(arith::ConstantOp constant) {
  ElementsAttr attr = tt::getConstantAttr(constant);
  std::vector<char> storage;
  ArrayRef<char> bytes = tt::getConstantBytes(attr, storage);
  OpBuilder builder(constant);
  auto type = cast<RankedTensorType>(narrowed(constant.getType()));
  return tt::createConstant(builder, constant.getLoc(), type, [&](MutableArrayRef<char> out) {
    for (int64_t i = 0, n = type.getNumElements(); i < n; ++i) {
      float value;
      std::memcpy(&value, bytes.data() + i * sizeof(float), sizeof(float));
      uint16_t bits = narrow.isBF16() ? tt::toBF16(value) : tt::toF16(value);
      std::memcpy(out.data() + i * sizeof(bits), &bits, sizeof(bits));
    }
  });
}

/// The sizes of `value` without a use of it where an op of the function made it: a further reader would be in the way
/// of fusion.
static SmallVector<OpFoldResult> getSizes(OpBuilder &builder, Location loc, Value value) {
  Value source = value;
  while (auto dps = source.getDefiningOp<DestinationStyleOpInterface>())
    source = dps.getTiedOpOperand(cast<OpResult>(source))->get();
  if (auto empty = source.getDefiningOp<tensor::EmptyOp>())
    return empty.getMixedSizes();
  return tensor::getMixedSizes(builder, loc, value);
}

Value Narrower::makeCast(OpBuilder &builder, Location loc, Value from, ArrayRef<OpFoldResult> sizes, Type element) {
  int64_t rank = sizes.size();
  Value init = tensor::EmptyOp::create(builder, loc, sizes, element);
  AffineMap identity = builder.getMultiDimIdentityMap(rank);
  SmallVector<utils::IteratorType> iterators(rank, utils::IteratorType::parallel);
  auto op = linalg::GenericOp::create(builder, loc, init.getType(), from, init, {identity, identity}, iterators,
                                      [&](OpBuilder &b, Location l, ValueRange x) {
                                        Value value = element == narrow
                                                          ? arith::TruncFOp::create(b, l, element, x[0]).getResult()
                                                          : arith::ExtFOp::create(b, l, element, x[0]).getResult();
                                        linalg::YieldOp::create(b, l, value);
                                      });
  return op->getResult(0);
}

Value Narrower::round(Value value) {
  OpBuilder builder(func.getContext());
  builder.setInsertionPointAfterValue(value);
  Location loc = value.getLoc();
  Value result = makeCast(builder, loc, value, getSizes(builder, loc, value), narrow);
  rounded[value] = result;
  return result;
}

Value Narrower::get(Value value) {
  if (Value known = done.lookup(value))
    return known;
  Operation *op = value.getDefiningOp();
  OpBuilder builder(func.getContext());
  builder.setInsertionPointAfterValue(value);
  Location loc = value.getLoc();
  Value result;
  // Moving elements and rounding them commute: round before, where it can become part of the op that makes them.
  if (auto constant = dyn_cast_if_present<arith::ConstantOp>(op)) {
    result = getConstant(constant);
  } else if (isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::CastOp>(op)) {
    IRMapping mapping;
    mapping.map(op->getOperand(0), get(op->getOperand(0)));
    Operation *clone = builder.clone(*op, mapping);
    clone->getResult(0).setType(narrowed(value.getType()));
    result = clone->getResult(0);
  } else if (auto pad = dyn_cast_if_present<tensor::PadOp>(op);
             pad && pad.getConstantPaddingValue() && matchPattern(pad.getConstantPaddingValue(), m_AnyZeroFloat())) {
    Value source = get(pad.getSource());
    Value zero = arith::ConstantOp::create(builder, loc, builder.getFloatAttr(narrow, 0));
    result = tensor::PadOp::create(builder, loc, narrowed(value.getType()), source, pad.getMixedLowPad(),
                                   pad.getMixedHighPad(), zero);
  } else if (auto transpose = dyn_cast_if_present<linalg::TransposeOp>(op)) {
    Value source = get(transpose.getInput());
    Value init = tensor::EmptyOp::create(builder, loc, getSizes(builder, loc, value), narrow);
    result = linalg::TransposeOp::create(builder, loc, source, init, transpose.getPermutation()).getResult()[0];
  } else {
    result = round(value);
  }
  if (op && !rounded.contains(value))
    replaced.push_back(op);
  return done[value] = result;
}

void Narrower::eraseUnused() {
  for (Operation *op : llvm::reverse(replaced)) {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      tt::releaseIfUnused(constant);
    else if (op->use_empty())
      op->erase();
  }
  replaced.clear();
}

void Narrower::shareRounded() {
  for (auto [wide, narrowValue] : rounded) {
    Operation *rounding = narrowValue.getDefiningOp();
    SmallVector<Operation *> others;
    for (Operation *user : wide.getUsers())
      if (user != rounding)
        others.push_back(user);
    bool isElementwise = llvm::all_of(others, [](Operation *user) {
      auto generic = dyn_cast<linalg::GenericOp>(user);
      return generic && generic.getNumLoops() == generic.getNumParallelLoops();
    });
    if (!isElementwise)
      continue;
    if (!others.empty()) {
      OpBuilder builder(func.getContext());
      builder.setInsertionPointAfter(rounding);
      Location loc = wide.getLoc();
      Value widened = makeCast(builder, loc, narrowValue, getSizes(builder, loc, narrowValue), builder.getF32Type());
      wide.replaceUsesWithIf(widened, [&](OpOperand &use) { return llvm::is_contained(others, use.getOwner()); });
    }
    // A row normalization stores 16 bits itself.
    auto norm = wide.getDefiningOp<tt::NormRowsOp>();
    auto empty = norm ? norm.getInit().getDefiningOp<tensor::EmptyOp>() : tensor::EmptyOp();
    if (!empty)
      continue;
    OpBuilder builder(norm);
    norm.getInitMutable().assign(
        tensor::EmptyOp::create(builder, norm.getLoc(), empty.getMixedSizes(), narrow).getResult());
    norm->getResult(0).setType(cast<RankedTensorType>(narrowed(wide.getType())));
    narrowValue.replaceAllUsesWith(wide);
    rounding->erase();
  }
}

namespace {

struct LowerPrecisionPass : tt::impl::LowerPrecisionPassBase<LowerPrecisionPass> {
  using LowerPrecisionPassBase::LowerPrecisionPassBase;

  void runOnOperation() override {
    func::FuncOp func = getOperation();
    auto module = func->getParentOfType<ModuleOp>();
    std::string name = type;
    if (auto attr = module ? module->getAttrOfType<StringAttr>("tt.fast_math") : StringAttr(); attr && name.empty())
      name = attr.str();
    if (name.empty() || func.isDeclaration())
      return;
    const Precision *precision = llvm::find_if(kPrecisions, [&](const Precision &p) { return p.name == name; });
    if (precision == std::end(kPrecisions)) {
      func.emitError() << "needs fast math bf16 or f16, but found '" << name << "'";
      return signalPassFailure();
    }
    SmallVector<Attribute> targets;
    if (auto levels = module ? module->getAttrOfType<ArrayAttr>("tt.levels") : ArrayAttr())
      llvm::append_range(targets, levels);
    else if (Attribute target = module ? module->getAttr("tt.target") : Attribute())
      targets.push_back(target);
    if (targets.empty()) {
      func.emitError() << "needs a module with a tt.target; run tt-set-target first";
      return signalPassFailure();
    }
    bool hasF16 = true;
    for (Attribute each : targets) {
      auto attr = cast<tt::TargetAttr>(each);
      tt::Target target{attr.getTriple().str(), attr.getCpu().str(), attr.getFeatures().str(), attr.getLanes(),
                        attr.getRegisters()};
      hasF16 &= tt::hasFeature(target, "avx512fp16");
      if (target.lanes == 16 && tt::hasFeature(target, precision->feature))
        continue;
      func.emitError() << "fast math " << precision->name << " needs a CPU with " << precision->feature
                       << " (--cpu=" << precision->cpus << "), but the code is for '" << target.cpu << "'";
      return signalPassFailure();
    }
    lower(func, *precision, hasF16);
  }

private:
  /// Why `op` must stay f32, or nothing.
  static std::string explain(Operation *op, Type narrow) {
    if (isa<tt::ConvDepthwiseOp>(op))
      return "a depthwise convolution has no sums over channels";
    Value left = op->getOperand(0), right = op->getOperand(1);
    if (!getElementTypeOrSelf(left).isF32())
      return "its left-hand side is no f32";
    if (auto conv = dyn_cast<tt::ConvDirectOp>(op)) {
      int64_t channels = cast<RankedTensorType>(left.getType()).getDimSize(3);
      if (ShapedType::isDynamic(channels) || channels / int64_t(conv.getGroups()) % tt::getPanelUnit(narrow) != 0)
        return "it has an odd number of input channels per group";
    }
    return explainWeights(right, narrow);
  }

  void lower(func::FuncOp func, const Precision &precision, bool hasF16) {
    Type narrow = precision.name == "bf16" ? Type(BFloat16Type::get(&getContext())) : Float16Type::get(&getContext());
    SmallVector<Operation *> chosen;
    int64_t all = 0;
    func.walk([&](Operation *op) {
      if (!isa<tt::GemmOp, tt::ConvDirectOp, tt::ConvDepthwiseOp>(op) || op->getNumResults() != 1)
        return;
      ++all;
      std::string reason = explain(op, narrow);
      if (reason.empty())
        chosen.push_back(op);
      else
        op->emitRemark() << "stays f32 under fast math " << precision.name << ": " << reason;
    });
    Narrower narrower(func, narrow);
    for (Operation *op : chosen) {
      Value weights = op->getOperand(1);
      op->setOperand(0, narrower.get(op->getOperand(0)));
      op->setOperand(1, narrower.get(weights));
    }
    narrower.eraseUnused();
    narrower.shareRounded();
    if (chosen.empty())
      return;
    // Where both exist f16 is the better one: it is on Intel's CPUs, whose vdpbf16ps runs once in two cycles.
    if (precision.name == "bf16" && hasF16)
      func.emitWarning() << "fast math bf16 is slower than f32 on this CPU; fast math f16 is faster and rounds less";
    func.emitRemark() << "fast math " << precision.name << ": " << chosen.size() << " of " << all
                      << " products and convolutions; error of each element at most " << precision.bound;
  }
};

} // namespace
