//===- KernelWork.cpp - what a statement on buffers computes and moves ------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "KernelWork.h"

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/WinogradOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

void tt::WorkSum::add(int64_t factor, ArrayRef<Value> sizes) {
  SmallVector<Value> key(sizes);
  llvm::sort(key, [](Value l, Value r) { return l.getAsOpaquePointer() < r.getAsOpaquePointer(); });
  auto *same = llvm::find_if(products, [&](const Product &product) { return product.sizes == key; });
  if (same != products.end())
    same->factor += factor;
  else if (factor)
    products.push_back({std::move(key), factor});
}

void tt::WorkSum::add(const WorkSum &other) {
  for (const Product &product : other.products)
    add(product.factor, product.sizes);
}

Value tt::WorkSum::build(OpBuilder &b, Location loc) const {
  Value sum;
  for (const Product &product : products) {
    Value value = arith::ConstantIndexOp::create(b, loc, product.factor);
    for (Value size : product.sizes)
      value = arith::MulIOp::create(b, loc, value, size);
    sum = sum ? arith::AddIOp::create(b, loc, sum, value).getResult() : value;
  }
  return sum ? sum : arith::ConstantIndexOp::create(b, loc, 0).getResult();
}

void tt::Work::add(const Work &other) {
  flops.add(other.flops);
  read.add(other.read);
  written.add(other.written);
}

namespace {

/// A product of a constant and sizes: how often something happens.
struct Times {
  int64_t factor = 1;
  SmallVector<Value> sizes;

  Times operator*(int64_t other) const { return {factor * other, sizes}; }
  Times operator*(const Times &other) const {
    Times product{factor * other.factor, sizes};
    product.sizes.append(other.sizes);
    return product;
  }
};

/// Whether `op` is one floating-point operation on scalars; a multiply-add is two.
int64_t getFlops(Operation *op) {
  if (!isa_and_nonnull<arith::ArithDialect, math::MathDialect>(op->getDialect()) || op->getNumResults() != 1 ||
      !isa<FloatType>(op->getResult(0).getType()) || isa<CastOpInterface, arith::SelectOp, arith::ConstantOp>(op))
    return 0;
  return isa<math::FmaOp>(op) ? 2 : 1;
}

class Counter {
public:
  Counter(OpBuilder &b, Operation *op, func::FuncOp callee) : b(b), loc(op->getLoc()) {
    if (callee) {
      mapping.map(callee.getArguments(), op->getOperands());
      root = callee;
    } else {
      root = op;
    }
  }

  tt::Work count() {
    if (auto callee = dyn_cast<func::FuncOp>(root))
      for (Operation &op : callee.front())
        visit(&op, {});
    else
      visit(root, {});
    return std::move(work);
  }

private:
  /// `value`, of type index, where the sum is built; null where it exists inside of the statement only.
  Value getOutside(Value value) {
    if (Value mapped = mapping.lookupOrNull(value))
      return mapped;
    Operation *definition = value.getDefiningOp();
    if (!root->isAncestor(value.getParentRegion()->getParentOp()) || (definition == root))
      return value;
    if (definition && matchPattern(value, m_Constant())) {
      Value copy = b.clone(*definition)->getResult(cast<OpResult>(value).getResultNumber());
      mapping.map(value, copy);
      return copy;
    }
    if (auto dim = value.getDefiningOp<memref::DimOp>())
      if (std::optional<int64_t> index = dim.getConstantIndex())
        if (std::optional<Times> size = getSize(dim.getSource(), *index); size && size->sizes.size() == 1)
          return size->sizes[0];
    return {};
  }

  /// Size `d` of the buffer `value`; nothing where it cannot be told outside.
  std::optional<Times> getSize(Value value, int64_t d) {
    auto type = cast<MemRefType>(value.getType());
    if (!type.isDynamicDim(d))
      return Times{type.getDimSize(d), {}};
    if (auto subview = value.getDefiningOp<memref::SubViewOp>()) {
      llvm::SmallBitVector dropped = subview.getDroppedDims();
      SmallVector<OpFoldResult> sizes;
      for (auto [i, size] : llvm::enumerate(subview.getMixedSizes()))
        if (!dropped.test(i))
          sizes.push_back(size);
      auto dynamic = dyn_cast<Value>(sizes[d]);
      Value outside = dynamic ? getOutside(dynamic) : Value();
      if (outside)
        return Times{1, {outside}};
    } else if (auto cast = value.getDefiningOp<memref::CastOp>()) {
      return getSize(cast.getSource(), d);
    }
    Value buffer = getOutside(value);
    if (!buffer)
      return std::nullopt;
    Value &size = dims[{buffer, d}];
    if (!size)
      size = memref::DimOp::create(b, loc, buffer, d);
    return Times{1, {size}};
  }

  /// Elements of the buffer `value`; sizes that cannot be told count as 1.
  Times getElements(Value value) {
    Times elements;
    for (int64_t d = 0; d < cast<MemRefType>(value.getType()).getRank(); ++d)
      elements = elements * getSize(value, d).value_or(Times());
    return elements;
  }

  static int64_t getBytes(Value value) { return tt::getElementBytes(getElementTypeOrSelf(value.getType())); }

  void addFlops(const Times &times) { work.flops.add(times.factor, times.sizes); }
  void addRead(const Times &times) { work.read.add(times.factor, times.sizes); }
  void addWritten(const Times &times) { work.written.add(times.factor, times.sizes); }
  void addWholeRead(Value value, const Times &often) { addRead(often * getElements(value) * getBytes(value)); }
  void addWholeWritten(Value value, const Times &often) { addWritten(often * getElements(value) * getBytes(value)); }

  void visit(Operation *op, const Times &often) {
    if (auto linalg = dyn_cast<linalg::LinalgOp>(op))
      return visitLinalg(linalg, often);
    if (auto copy = dyn_cast<memref::CopyOp>(op)) {
      addWholeRead(copy.getSource(), often);
      return addWholeWritten(copy.getTarget(), often);
    }
    if (isa<DestinationStyleOpInterface>(op) && isa_and_nonnull<tt::TTDialect>(op->getDialect()))
      return visitKernel(op, often);
    if (auto load = dyn_cast<memref::LoadOp>(op))
      return addRead(often * getBytes(load.getResult()));
    if (auto store = dyn_cast<memref::StoreOp>(op))
      return addWritten(often * getBytes(store.getValueToStore()));
    addFlops(often * getFlops(op));
    Times inside = often;
    if (auto loop = dyn_cast<scf::ForOp>(op))
      inside = often * getTrips(loop);
    visitRegions(op, inside);
  }

  void visitRegions(Operation *op, const Times &often) {
    for (Region &region : op->getRegions())
      for (Operation &nested : region.getOps())
        visit(&nested, often);
  }

  Times getTrips(scf::ForOp loop) {
    if (std::optional<APInt> trips = loop.getStaticTripCount())
      return {trips->getSExtValue(), {}};
    if (!matchPattern(loop.getLowerBound(), m_Zero()) || !matchPattern(loop.getStep(), m_One()))
      return {};
    Value trips = getOutside(loop.getUpperBound());
    return trips ? Times{1, {trips}} : Times{};
  }

  void visitLinalg(linalg::LinalgOp op, const Times &often) {
    // Each loop of the nest runs over the first dimension of an operand that is indexed by it alone.
    Times points = often;
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    for (int64_t loop = 0; loop < static_cast<int64_t>(op.getNumLoops()); ++loop) {
      std::optional<Times> size;
      for (auto [operand, map] : llvm::zip(op->getOpOperands(), maps))
        for (auto [d, expr] : llvm::enumerate(map.getResults()))
          if (auto dim = dyn_cast<AffineDimExpr>(expr); dim && !size && static_cast<int64_t>(dim.getPosition()) == loop)
            size = getSize(operand.get(), d);
      points = points * size.value_or(Times());
    }
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<MemRefType>(operand.get().getType()))
        continue;
      if (op.payloadUsesValueFromOperand(&operand))
        addWholeRead(operand.get(), often);
      if (op.isDpsInit(&operand))
        addWholeWritten(operand.get(), often);
    }
    visitRegions(op, points);
  }

  /// 2 per multiply-add of a contraction; the epilogue per element of the result.
  void visitKernel(Operation *op, const Times &often) {
    auto destination = cast<DestinationStyleOpInterface>(op);
    Value result = destination.getDpsInitOperand(0)->get();
    for (OpOperand &operand : op->getOpOperands())
      if (destination.isDpsInit(&operand))
        addWholeWritten(operand.get(), often);
      else if (isa<MemRefType>(operand.get().getType()))
        addWholeRead(operand.get(), often);
    Times elements = often * getElements(result);
    auto perElement = [&](Value factor, ArrayRef<int64_t> sizes) {
      Times each = elements * 2;
      for (int64_t d : sizes)
        each = each * getSize(factor, d).value_or(Times());
      addFlops(each);
    };
    if (auto gemm = dyn_cast<tt::GemmOp>(op))
      perElement(gemm.getLhs(), {2});
    else if (auto conv = dyn_cast<tt::ConvDirectOp>(op))
      perElement(conv.getFilter(), conv.getPacked() ? ArrayRef<int64_t>{2} : ArrayRef<int64_t>{1, 2, 3});
    else if (auto conv = dyn_cast<tt::ConvDepthwiseOp>(op))
      perElement(conv.getFilter(), {0, 1});
    else if (auto conv = dyn_cast<tt::ConvWinogradOp>(op)) // as the 3x3 convolution that it computes
      addFlops(elements * 18 * getSize(conv.getInput(), 3).value_or(Times()));
    else if (isa<tt::SoftmaxRowsOp>(op))
      addFlops(elements * 5);
    else if (auto norm = dyn_cast<tt::NormRowsOp>(op))
      addFlops(elements * ((norm.getKind() == tt::NormKind::Layer ? 6 : 4) + (norm.getBias() ? 1 : 0)));
    if (auto contraction = dyn_cast<tt::EpilogueOpInterface>(op))
      for (Operation &nested : contraction.getEpilogue().getOps())
        addFlops(elements * getFlops(&nested));
  }

  OpBuilder &b;
  Location loc;
  Operation *root;
  IRMapping mapping;
  DenseMap<std::pair<Value, int64_t>, Value> dims;
  tt::Work work;
};

} // namespace

tt::Work tt::countWork(OpBuilder &b, Operation *op, func::FuncOp callee) { return Counter(b, op, callee).count(); }
