//===- LoopsNest.cpp - a linalg.generic as a strided loop nest ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "LoopsNest.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using tt::LoopNest;
using tt::Product;

Product Product::operator*(const Product &other) const {
  Product result{factor * other.factor, symbols};
  if (result.factor == 0)
    return Product{};
  result.symbols.append(other.symbols.begin(), other.symbols.end());
  llvm::sort(result.symbols);
  return result;
}

OpFoldResult LoopNest::materialize(OpBuilder &builder, Location loc, const Product &product) const {
  IndexMath math{builder, loc};
  OpFoldResult value = math.constant(1);
  for (unsigned symbol : product.symbols)
    value = math.mul(value, symbols[symbol]);
  return math.mul(value, math.constant(product.factor));
}

namespace {

/// Builds a LoopNest; symbols and views are emitted as they are met.
class NestAnalyzer {
public:
  NestAnalyzer(OpBuilder &builder, linalg::GenericOp op) : builder(builder), math{builder, op.getLoc()} {
    nest.op = op;
  }

  FailureOr<LoopNest> run();

private:
  Product newSymbol(Value value) {
    nest.symbols.push_back(value);
    return {1, {static_cast<unsigned>(nest.symbols.size() - 1)}};
  }
  LogicalResult findSizes();
  Product sizeOf(OpOperand &operand, int64_t dim);
  SmallVector<Product> bufferStrides(OpOperand &operand);
  void addIndex(tt::LoopAccess &access, AffineExpr expr, const Product &stride);
  Product sum(const Product &a, const Product &b);

  OpBuilder &builder;
  tt::IndexMath math;
  LoopNest nest;
};

} // namespace

LogicalResult NestAnalyzer::findSizes() {
  linalg::GenericOp op = nest.op;
  nest.dims.resize(op.getNumLoops());
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  for (unsigned dim = 0; dim < nest.dims.size(); ++dim) {
    nest.dims[dim].isReduction = iterators[dim] == utils::IteratorType::reduction;
    OpOperand *source = nullptr;
    int64_t position = 0;
    bool found = false;
    for (OpOperand &operand : op->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type || found)
        continue;
      for (auto [i, expr] : llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults())) {
        if (expr != getAffineDimExpr(dim, op.getContext()))
          continue;
        source = &operand;
        position = i;
        if (!type.isDynamicDim(i)) {
          found = true;
          break;
        }
      }
    }
    if (!source)
      return op.emitError() << "needs for each loop an operand that is indexed by the loop alone, but loop " << dim
                            << " has none";
    auto type = cast<MemRefType>(source->get().getType());
    nest.dims[dim].size = type.isDynamicDim(position)
                              ? newSymbol(memref::DimOp::create(builder, op.getLoc(), source->get(), position))
                              : Product::constant(type.getDimSize(position));
  }
  return success();
}

/// The size of dimension `dim` of a buffer: the size of the loop that walks it, where there is one.
Product NestAnalyzer::sizeOf(OpOperand &operand, int64_t dim) {
  auto type = cast<MemRefType>(operand.get().getType());
  if (!type.isDynamicDim(dim))
    return Product::constant(type.getDimSize(dim));
  if (auto loop = dyn_cast<AffineDimExpr>(nest.op.getMatchingIndexingMap(&operand).getResult(dim)))
    return nest.dims[loop.getPosition()].size;
  return newSymbol(memref::DimOp::create(builder, math.loc, operand.get(), dim));
}

SmallVector<Product> NestAnalyzer::bufferStrides(OpOperand &operand) {
  auto type = cast<MemRefType>(operand.get().getType());
  SmallVector<Product> strides(type.getRank());
  if (type.getLayout().isIdentity()) {
    Product stride = Product::constant(1);
    for (int64_t d = type.getRank() - 1; d >= 0; --d) {
      strides[d] = stride;
      if (d > 0)
        stride = stride * sizeOf(operand, d);
    }
    return strides;
  }
  auto [fixed, offset] = type.getStridesAndOffset();
  memref::ExtractStridedMetadataOp metadata;
  for (int64_t d = 0; d < type.getRank(); ++d) {
    if (!ShapedType::isDynamic(fixed[d])) {
      strides[d] = Product::constant(fixed[d]);
      continue;
    }
    if (!metadata)
      metadata = memref::ExtractStridedMetadataOp::create(builder, math.loc, operand.get());
    strides[d] = newSymbol(metadata.getStrides()[d]);
  }
  return strides;
}

Product NestAnalyzer::sum(const Product &a, const Product &b) {
  if (a.factor == 0)
    return b;
  if (b.factor == 0)
    return a;
  if (a.symbols == b.symbols)
    return {a.factor + b.factor, a.symbols};
  return newSymbol(
      math.value(math.add(nest.materialize(builder, math.loc, a), nest.materialize(builder, math.loc, b))));
}

/// Adds `expr * stride` to the access: constants and multiples of loops go to `start` and `strides`, the rest to
/// `terms`.
void NestAnalyzer::addIndex(tt::LoopAccess &access, AffineExpr expr, const Product &stride) {
  if (auto loop = dyn_cast<AffineDimExpr>(expr)) {
    Product &known = access.strides[loop.getPosition()];
    known = sum(known, stride);
    return;
  }
  if (auto number = dyn_cast<AffineConstantExpr>(expr)) {
    access.start =
        math.add(access.start, nest.materialize(builder, math.loc, stride * Product::constant(number.getValue())));
    return;
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (binary && binary.getKind() == AffineExprKind::Add) {
    addIndex(access, binary.getLHS(), stride);
    addIndex(access, binary.getRHS(), stride);
    return;
  }
  if (binary && binary.getKind() == AffineExprKind::Mul)
    if (auto number = dyn_cast<AffineConstantExpr>(binary.getRHS()))
      return addIndex(access, binary.getLHS(), stride * Product::constant(number.getValue()));
  access.terms.emplace_back(stride, expr);
  for (unsigned dim = 0; dim < nest.dims.size(); ++dim)
    nest.dims[dim].isPinned |= expr.isFunctionOfDim(dim);
}

FailureOr<LoopNest> NestAnalyzer::run() {
  linalg::GenericOp op = nest.op;
  if (failed(findSizes()))
    return failure();
  Block &body = *op.getBody();
  SmallVector<linalg::IndexOp> indices;
  op.getBody()->walk([&](linalg::IndexOp index) { indices.push_back(index); });
  for (linalg::IndexOp index : llvm::reverse(indices)) {
    index->moveBefore(&body, body.begin());
    nest.dims[index.getDim()].isPinned = true;
  }
  for (OpOperand &operand : op->getOpOperands()) {
    tt::LoopAccess &access = nest.accesses.emplace_back();
    access.operand = &operand;
    access.element = getElementTypeOrSelf(operand.get().getType());
    access.strides.assign(nest.dims.size(), Product{});
    access.start = math.constant(0);
    access.isRead = op.payloadUsesValueFromOperand(&operand);
    access.isWritten = op.isDpsInit(&operand);
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    access.view = tt::flatten(builder, op.getLoc(), operand.get());
    SmallVector<Product> strides = bufferStrides(operand);
    for (auto [expr, stride] : llvm::zip(op.getMatchingIndexingMap(&operand).getResults(), strides))
      addIndex(access, expr, stride);
  }
  return std::move(nest);
}

FailureOr<LoopNest> tt::analyzeNest(OpBuilder &builder, linalg::GenericOp op) {
  return NestAnalyzer(builder, op).run();
}

/// True if loop `outer` continues where loop `inner` ends, in every operand.
static bool canMerge(const LoopNest &nest, unsigned outer, unsigned inner) {
  const tt::LoopDim &a = nest.dims[outer], &b = nest.dims[inner];
  if (a.isReduction != b.isReduction || a.isPinned || b.isPinned)
    return false;
  return llvm::all_of(nest.accesses, [&](const tt::LoopAccess &access) {
    return access.strides[outer] == access.strides[inner] * b.size;
  });
}

void tt::mergeLoops(LoopNest &nest) {
  const Product one = Product::constant(1);
  // A loop of one turn has index 0: the strides do not matter.
  for (auto [dim, loop] : llvm::enumerate(nest.dims))
    if (loop.size == one)
      for (LoopAccess &access : nest.accesses)
        access.strides[dim] = Product{};
  auto mergeOnce = [&] {
    for (unsigned outer = 0; outer < nest.dims.size(); ++outer) {
      if (nest.dims[outer].size == one)
        continue;
      for (unsigned inner = 0; inner < nest.dims.size(); ++inner) {
        if (inner == outer || nest.dims[inner].size == one)
          continue;
        // Reductions keep their order: only with the next one.
        if (nest.dims[outer].isReduction) {
          if (inner < outer)
            continue;
          bool between = false;
          for (unsigned d = outer + 1; d < inner; ++d)
            between |= nest.dims[d].isReduction && nest.dims[d].size != one;
          if (between)
            continue;
        }
        if (!canMerge(nest, outer, inner))
          continue;
        nest.dims[inner].size = nest.dims[outer].size * nest.dims[inner].size;
        nest.dims[outer].size = one;
        for (LoopAccess &access : nest.accesses)
          access.strides[outer] = Product{};
        return true;
      }
    }
    return false;
  };
  while (mergeOnce())
    ;
}
