//===- TieEmbeddings.cpp - embedding tables read from a head's panels -----===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Codegen/Config/Passes.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/Panels.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

#include <cstring>

namespace tt {
#define GEN_PASS_DEF_TIEEMBEDDINGSPASS
#include "tt/Codegen/Config/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

namespace {

/// A constant of [1, .., rows, features] that is only read row by row, at positions known at run time.
struct Table {
  arith::ConstantOp op;
  int64_t dim, rows, features; // `dim`: the one of the rows
};

} // namespace

static std::optional<Table> getTable(arith::ConstantOp op) {
  auto type = dyn_cast<RankedTensorType>(op.getType());
  if (!type || type.getRank() < 2 || op->use_empty() || !getConstantAttr(op) || !type.getElementType().isIntOrFloat())
    return {};
  int64_t last = type.getRank() - 1, dim = last - 1;
  for (int64_t d = 0; d < last; ++d)
    if (type.getDimSize(d) != 1)
      dim = d;
  Table table{op, dim, type.getDimSize(dim), type.getDimSize(last)};
  if (table.rows * table.features != type.getNumElements())
    return {};
  for (Operation *user : op->getUsers()) {
    auto slice = dyn_cast<tensor::ExtractSliceOp>(user);
    if (!slice || !slice.hasUnitStride() || slice.getType().getNumElements() != table.features ||
        slice.getStaticSizes().back() != table.features || ShapedType::isDynamicShape(slice.getStaticSizes()))
      return {};
  }
  return table;
}

/// Whether column v of the panels, [1, ceil(rows / 16), features, 16], is row v of the table.
static bool holdsTable(ArrayRef<char> panels, ArrayRef<char> rows, const Table &table, int64_t bytes) {
  for (int64_t v = 0; v < table.rows; ++v)
    for (int64_t k = 0; k < table.features; ++k) {
      int64_t place = (v / kPanelColumns * table.features + k) * kPanelColumns + v % kPanelColumns;
      if (std::memcmp(panels.data() + place * bytes, rows.data() + (v * table.features + k) * bytes, bytes) != 0)
        return false;
    }
  return true;
}

static void readPanels(const Table &table, Value panels) {
  for (Operation *user : llvm::make_early_inc_range(table.op->getUsers())) {
    auto slice = cast<tensor::ExtractSliceOp>(user);
    OpBuilder b(slice);
    Location loc = slice.getLoc();
    Value row = getValueOrCreateConstantIndexOp(b, loc, slice.getMixedOffsets()[table.dim]);
    Value width = arith::ConstantIndexOp::create(b, loc, kPanelColumns);
    OpFoldResult zero = b.getIndexAttr(0), one = b.getIndexAttr(1);
    SmallVector<OpFoldResult> offsets{zero, arith::DivUIOp::create(b, loc, row, width).getResult(), zero,
                                      arith::RemUIOp::create(b, loc, row, width).getResult()};
    SmallVector<OpFoldResult> sizes{one, one, b.getIndexAttr(table.features), one}, strides(4, one);
    // A slice of one column has its rank, 4, reduced to that of a row.
    Type element = slice.getType().getElementType();
    Value column = tensor::ExtractSliceOp::create(b, loc, RankedTensorType::get({table.features}, element), panels,
                                                  offsets, sizes, strides);
    SmallVector<ReassociationIndices> groups(1);
    for (int64_t d = 0; d < slice.getType().getRank(); ++d)
      groups[0].push_back(d);
    if (groups[0].size() != 1)
      column = tensor::ExpandShapeOp::create(b, loc, slice.getType(), column, groups);
    slice.replaceAllUsesWith(column);
    slice.erase();
  }
}

namespace {

struct TieEmbeddingsPass : tt::impl::TieEmbeddingsPassBase<TieEmbeddingsPass> {
  using TieEmbeddingsPassBase::TieEmbeddingsPassBase;

  void runOnOperation() override {
    SmallVector<GemmOp> heads;
    SmallVector<Table> tables;
    getOperation().walk([&](Operation *op) {
      auto gemm = dyn_cast<GemmOp>(op);
      if (gemm && gemm.getPacked() && getConstantAttr(gemm.getRhs()) &&
          getPanelUnit(cast<ShapedType>(gemm.getRhs().getType())) == 1)
        heads.push_back(gemm);
      if (auto constant = dyn_cast<arith::ConstantOp>(op))
        if (std::optional<Table> table = getTable(constant))
          tables.push_back(*table);
    });
    for (Table &table : tables)
      for (GemmOp head : heads) {
        auto type = cast<RankedTensorType>(head.getRhs().getType());
        Type element = type.getElementType();
        auto result = cast<ShapedType>(head.getInit().getType());
        if (element != getElementTypeOrSelf(table.op.getType()) || result.getShape().back() != table.rows ||
            type.getShape() != ArrayRef<int64_t>{1, static_cast<int64_t>(llvm::divideCeil(table.rows, kPanelColumns)),
                                                 table.features, kPanelColumns})
          continue;
        std::vector<char> storage[2];
        if (!holdsTable(getConstantBytes(getConstantAttr(head.getRhs()), storage[0]),
                        getConstantBytes(getConstantAttr(table.op), storage[1]), table, getElementBytes(element)))
          continue;
        // Panels stand at the beginning of the function, tables too.
        readPanels(table, head.getRhs());
        releaseIfUnused(table.op);
        break;
      }
  }
};

} // namespace
