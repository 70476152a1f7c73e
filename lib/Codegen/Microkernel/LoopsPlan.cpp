//===- LoopsPlan.cpp - loop order and vector dimension --------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LoopsPlan.h"

#include "VectorBody.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using tt::LaneKind;
using tt::LoopAccess;
using tt::LoopNest;
using tt::LoopPlan;
using tt::LoopTarget;
using tt::Product;

/// What a size that is not known is taken for.
static constexpr int64_t guessedSize = 64;
/// Rows and columns of a tile that is transposed in registers.
static constexpr int64_t maxTileSide = 16;
/// Largest distance of lanes at which loading everything between them pays.
static constexpr int64_t maxShortStride = 4;
/// Longest loop that is unrolled and interleaved.
static constexpr int64_t maxPack = 8;

Operation *tt::findCombiner(linalg::GenericOp op, unsigned number) {
  BlockArgument output = op.getRegionOutputArgs()[number];
  if (!output.hasOneUse())
    return nullptr;
  Operation *user = *output.getUsers().begin();
  if (user->getBlock() != op.getBody() || user->getNumOperands() != 2 || user->getNumResults() != 1)
    return nullptr;
  OpOperand &yielded = op.getBody()->getTerminator()->getOpOperand(number);
  if (yielded.get() != user->getResult(0) || !yielded.get().hasOneUse())
    return nullptr;
  if (!isa<arith::AddFOp, arith::AddIOp, arith::MulFOp, arith::MulIOp, arith::MaximumFOp, arith::MinimumFOp,
           arith::MaxNumFOp, arith::MinNumFOp, arith::MaxSIOp, arith::MaxUIOp, arith::MinSIOp, arith::MinUIOp,
           arith::AndIOp, arith::OrIOp, arith::XOrIOp>(user))
    return nullptr;
  return user;
}

int64_t tt::shortStride(const LoopAccess &access, unsigned vectorDim) {
  int64_t stride = access.strides[vectorDim].fixed().value_or(0);
  return access.terms.empty() && stride >= 2 && stride <= maxShortStride ? stride : 0;
}

bool tt::isTransposed(const LoopAccess &access, const LoopPlan &plan) {
  return plan.tileDim && access.view && !access.isWritten && !access.isIndependentOf(*plan.vectorDim) &&
         !access.isContiguousIn(*plan.vectorDim);
}

bool tt::isPacked(const LoopAccess &access, const LoopPlan &plan, const LoopNest &nest) {
  return plan.packDim && access.view && access.strides[*plan.vectorDim] == nest.dims[*plan.packDim].size &&
         access.isContiguousIn(*plan.packDim);
}

bool tt::isContiguousLoad(Operation &op, const LoopPlan &plan) {
  auto load = dyn_cast<memref::LoadOp>(op);
  if (!load || load.getIndices().empty())
    return false;
  auto [strides, offset] = load.getMemRefType().getStridesAndOffset();
  if (strides.back() != 1)
    return false;
  auto kindOf = [&](Value value) {
    auto found = plan.kinds.find(value);
    return found == plan.kinds.end() ? LaneKind::Uniform : found->second;
  };
  return kindOf(load.getIndices().back()) == LaneKind::Step &&
         llvm::all_of(load.getIndices().drop_back(), [&](Value v) { return kindOf(v) == LaneKind::Uniform; });
}

namespace {

/// Evaluates one choice of the vector loop.
class Candidate {
public:
  Candidate(const LoopNest &nest, const LoopTarget &target, std::optional<unsigned> dim);

  LoopPlan plan;
  double cost = 0; ///< per element of the iteration space

private:
  bool classifyBody();
  void chooseTile();
  void choosePack();
  void addAccessCosts();
  void addBodyCosts();

  const LoopNest &nest;
  Block &body;
  double vectorCost = 0; ///< per vector (or scalar) of points

public:
  bool isPossible = true;
};

} // namespace

/// Lanes of the widest element type that the op touches; types of one bit and indices do not count.
static int64_t chooseLanes(linalg::GenericOp op, const LoopTarget &target) {
  int64_t bytes = 1;
  auto see = [&](Type type) {
    type = getElementTypeOrSelf(type);
    if (type.isIntOrFloat())
      bytes = std::max(bytes, tt::elementBytes(type));
  };
  for (Type type : op->getOperandTypes())
    see(type);
  for (Operation &inner : op.getBody()->without_terminator())
    for (Type type : inner.getResultTypes())
      see(type);
  // Sixteen-bit floats are computed as f32.
  for (Type type : op->getOperandTypes())
    if (getElementTypeOrSelf(type).isF16() || getElementTypeOrSelf(type).isBF16())
      bytes = std::max<int64_t>(bytes, 4);
  return target.lanes * 4 / bytes;
}

static bool mayTrap(Operation &op) {
  return isa<arith::DivSIOp, arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::CeilDivSIOp, arith::CeilDivUIOp,
             arith::FloorDivSIOp>(op);
}

/// Fills `plan.kinds`; false if some op cannot run on vectors.
bool Candidate::classifyBody() {
  unsigned dim = *plan.vectorDim;
  for (auto [argument, access] : llvm::zip(body.getArguments(), nest.accesses)) {
    bool uniform = access.isIndependentOf(dim) && !(access.isWritten && plan.isVectorReduction);
    plan.kinds[argument] = uniform ? LaneKind::Uniform : LaneKind::Varying;
    if (!uniform && access.isRead && !access.isContiguousIn(dim) && !access.isWritten)
      plan.scalarTail = true;
  }
  auto kindOf = [&](Value value) {
    auto found = plan.kinds.find(value);
    return found == plan.kinds.end() ? LaneKind::Uniform : found->second;
  };
  for (Operation &op : body.without_terminator()) {
    LaneKind kind = LaneKind::Uniform;
    for (Value operand : op.getOperands())
      kind = std::max(kind, kindOf(operand));
    for (Region &region : op.getRegions())
      region.walk([&](Operation *inner) {
        for (Value operand : inner->getOperands())
          kind = std::max(kind, kindOf(operand) == LaneKind::Uniform ? LaneKind::Uniform : LaneKind::Varying);
      });
    if (auto index = dyn_cast<linalg::IndexOp>(op))
      kind = index.getDim() == dim ? LaneKind::Step : LaneKind::Uniform;
    else if (kind == LaneKind::Step) {
      bool keeps = isa<arith::IndexCastOp>(op);
      if (isa<arith::AddIOp>(op))
        keeps = kindOf(op.getOperand(0)) != kindOf(op.getOperand(1));
      if (isa<arith::SubIOp>(op))
        keeps = kindOf(op.getOperand(1)) == LaneKind::Uniform;
      if (!keeps)
        kind = LaneKind::Varying;
    }
    if (kind != LaneKind::Uniform && isa<memref::LoadOp>(op)) {
      bool contiguous = tt::isContiguousLoad(op, plan);
      vectorCost += contiguous ? 1 : 1.5 * plan.lanes;
      plan.scalarTail |= !contiguous;
      kind = LaneKind::Varying;
    } else if (kind != LaneKind::Uniform && isa<tt::CheckOp>(op)) {
      plan.scalarTail = true;
      vectorCost += 2;
    } else if (kind != LaneKind::Uniform && mayTrap(op)) {
      plan.scalarTail = true;
      vectorCost += 4 * plan.lanes;
    } else if (kind != LaneKind::Uniform && !isa<linalg::IndexOp>(op) &&
               (op.getNumRegions() != 0 || !OpTrait::hasElementwiseMappableTraits(&op))) {
      return false;
    }
    for (Value result : op.getResults())
      plan.kinds[result] = kind;
  }
  return true;
}

/// Looks for a short parallel loop whose elements some operands hold side by side.
void Candidate::choosePack() {
  unsigned dim = *plan.vectorDim;
  if (plan.isVectorReduction || !plan.reductions.empty() || plan.isSequential || plan.tileDim)
    return;
  for (const LoopAccess &access : nest.accesses) {
    std::optional<int64_t> stride = access.strides[dim].fixed();
    if (!access.view || !stride || *stride < 2 || *stride > maxPack || !access.terms.empty())
      continue;
    for (unsigned other : plan.outer)
      if (nest.dims[other].size == access.strides[dim] && access.isContiguousIn(other))
        plan.packDim = other;
  }
  if (plan.packDim)
    llvm::erase(plan.outer, *plan.packDim);
}

/// Looks for one parallel loop along which all inputs lie that do not lie along the vector loop.
void Candidate::chooseTile() {
  unsigned dim = *plan.vectorDim;
  int64_t side = std::min<int64_t>(plan.lanes, maxTileSide);
  if (plan.isVectorReduction || !plan.reductions.empty() || plan.isSequential)
    return;
  auto isLongEnough = [&](unsigned d) { return LoopNest::estimate(nest.dims[d].size, guessedSize) >= side; };
  std::optional<unsigned> tile;
  for (const LoopAccess &access : nest.accesses) {
    if (!access.view || access.isWritten || access.isIndependentOf(dim) || access.isContiguousIn(dim))
      continue;
    auto along = llvm::find_if(plan.outer, [&](unsigned d) { return access.isContiguousIn(d); });
    if (along == plan.outer.end() || (tile && *tile != *along) || !access.terms.empty())
      return;
    tile = *along;
  }
  if (!tile || !isLongEnough(*tile) || !isLongEnough(dim))
    return;
  plan.tileDim = tile;
  plan.lanes = side;
  llvm::erase(plan.outer, *tile);
  plan.outer.push_back(*tile);
}

void Candidate::addAccessCosts() {
  int64_t turns = 1;
  for (const tt::LoopDim &loop : nest.dims)
    if (loop.isReduction)
      turns *= std::max<int64_t>(1, LoopNest::estimate(loop.size, guessedSize));
  for (const LoopAccess &access : nest.accesses) {
    if (!access.view)
      continue;
    double uses = access.isRead + access.isWritten;
    double cost = 1;
    if (plan.vectorDim) {
      unsigned dim = *plan.vectorDim;
      if (access.isIndependentOf(dim))
        cost = 0.3;
      else if (tt::isTransposed(access, plan))
        cost = 1.5 + llvm::Log2_64(plan.lanes);
      else if (tt::isPacked(access, plan, nest))
        cost = static_cast<double>(*nest.dims[*plan.packDim].size.fixed());
      else if (int64_t stride = tt::shortStride(access, dim))
        cost = 2.0 * static_cast<double>(stride) - 1;
      else if (!access.isContiguousIn(dim))
        cost = 1.5 * plan.lanes;
      if (plan.isVectorReduction && access.isWritten)
        cost = 2 * llvm::Log2_64(plan.lanes) + 4;
    }
    if (access.isWritten && turns > 1)
      uses = uses / turns * (plan.isVectorReduction ? plan.lanes : 1);
    vectorCost += uses * cost;
  }
}

void Candidate::addBodyCosts() {
  double work = 1;
  for (Operation &op : body.without_terminator()) {
    if (isa<arith::ConstantOp, linalg::IndexOp>(op))
      continue;
    bool isMath = isa<math::MathDialect>(op.getDialect()) && !isa<math::AbsFOp, math::FmaOp, math::SqrtOp>(op);
    vectorCost += isMath ? (plan.lanes == 1 ? 30 : 12) : 1;
    work += isMath ? 6 : 0.5;
  }
  plan.elementWork = static_cast<int64_t>(work);
}

Candidate::Candidate(const LoopNest &nest, const LoopTarget &target, std::optional<unsigned> dim)
    : nest(nest), body(*LoopNest(nest).op.getBody()) {
  linalg::GenericOp op = nest.op;
  plan.vectorDim = dim;
  plan.isVectorReduction = dim && nest.dims[*dim].isReduction;
  for (unsigned d = 0; d < nest.dims.size(); ++d)
    if (d != dim && nest.dims[d].size != Product::constant(1))
      (nest.dims[d].isReduction ? plan.reductions : plan.outer).push_back(d);
  // Outputs that move along a reduction (a running sum, say) need the op's own order.
  for (const LoopAccess &access : nest.accesses)
    for (unsigned d : plan.reductions)
      plan.isSequential |= access.isWritten && !access.isIndependentOf(d);
  if (plan.isSequential) {
    isPossible = !dim;
    plan.outer.append(plan.reductions);
    llvm::sort(plan.outer);
    plan.reductions.clear();
  }
  if (dim) {
    plan.lanes = chooseLanes(op, target);
    chooseTile();
    choosePack();
    if (plan.isVectorReduction)
      for (unsigned i = 0; i < op.getNumDpsInits(); ++i)
        isPossible &= tt::findCombiner(op, i) != nullptr;
    for (const LoopAccess &access : nest.accesses)
      isPossible &= !access.isWritten || plan.isVectorReduction || access.isContiguousIn(*dim) ||
                    tt::isPacked(access, plan, nest);
    isPossible = isPossible && classifyBody();
    if (!isPossible)
      return;
    for (const LoopAccess &access : nest.accesses)
      if (access.view && !access.isIndependentOf(*dim))
        plan.scalarTail |= !target.hasMaskedAccess(tt::elementBytes(access.element));
  }
  addAccessCosts();
  addBodyCosts();
  if (!dim) {
    cost = vectorCost;
    return;
  }
  int64_t size = LoopNest::estimate(nest.dims[*dim].size, guessedSize);
  int64_t full = size / plan.lanes, rest = size % plan.lanes;
  if (size == 0)
    full = 1;
  // Vectors (or scalar points) that one run through the loop takes, per element.
  double vectors = full + (plan.scalarTail ? rest * 0.7 : rest != 0);
  cost = vectorCost * vectors / std::max<int64_t>(1, size);
  if (plan.tileDim || plan.packDim)
    return;
  // Unroll cheap bodies to save loop overhead, and reductions to hide the latency of the combiner.
  int64_t limit = plan.reductions.empty() && !plan.isVectorReduction ? (vectorCost <= 8    ? 4
                                                                        : vectorCost <= 16 ? 2
                                                                                           : 1)
                                                                     : 4;
  while (limit > 1 && nest.dims[*dim].size.fixed() && limit > full)
    limit /= 2;
  plan.unroll = std::max<int64_t>(1, limit);
}

LoopPlan tt::planNest(const LoopNest &nest, const LoopTarget &target) {
  Candidate best(nest, target, std::nullopt);
  for (unsigned dim = 0; dim < nest.dims.size(); ++dim) {
    if (nest.dims[dim].size == Product::constant(1))
      continue;
    Candidate candidate(nest, target, dim);
    if (candidate.isPossible && candidate.cost <= best.cost)
      best.plan = candidate.plan, best.cost = candidate.cost;
  }
  return best.plan;
}
