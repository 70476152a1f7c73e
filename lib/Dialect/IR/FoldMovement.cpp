//===- FoldMovement.cpp - ops that move elements, on constants ------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Most of these ops are separable: the source of result element [i0, i1, ...] is the sum of one offset per dimension. A
// table per dimension describes such an op; -1 marks positions outside the source.
//===----------------------------------------------------------------------===//

#include "ConstantElements.h"

#include "tt/Dialect/IR/ShapeRules.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

using namespace mlir;
using namespace tt;
using namespace tt::fold;

/// Element offsets into the source by position, for one dimension of the result.
using OffsetTable = std::vector<int64_t>;

/// Copies the elements that `tables` (one per dimension of the result) select from `source`; others are copies of
/// `fill`.
static ElementsAttr gatherTables(RankedTensorType type, const char *source, ArrayRef<OffsetTable> tables,
                                 const char *fill = nullptr) {
  int64_t bytes = getElementBytes(type.getElementType());
  return createConstantAttr(type, [&](MutableArrayRef<char> data) {
    char *to = data.data();
    auto copy = [&](auto &&self, size_t dim, int64_t offset) -> void {
      if (dim == tables.size()) {
        const char *from = offset < 0 ? fill : source + offset * bytes;
        if (from) // else the bytes stay zero
          std::memcpy(to, from, bytes);
        to += bytes;
        return;
      }
      for (int64_t at : tables[dim])
        self(self, dim + 1, offset < 0 || at < 0 ? -1 : offset + at);
    };
    if (!data.empty())
      copy(copy, 0, 0);
  });
}

/// `count` positions from `first` on, `step` apart, of a dimension of the given stride.
static OffsetTable makeTable(int64_t first, int64_t count, int64_t step, int64_t stride) {
  OffsetTable table(count);
  for (int64_t i = 0; i < count; ++i)
    table[i] = (first + i * step) * stride;
  return table;
}

/// One table per dimension of `operand`, each selecting everything.
static std::vector<OffsetTable> makeTables(const Operand &operand) {
  std::vector<OffsetTable> tables;
  for (auto [size, stride] : llvm::zip_equal(operand.getShape(), getStrides(operand.getShape())))
    tables.push_back(makeTable(0, size, 1, stride));
  return tables;
}

static SmallVector<int64_t> getInts(const Operand &operand) {
  SmallVector<int64_t> values;
  getConstantInts(operand.attr, values);
  return values;
}

/// The same elements as another type: shares the bytes.
static ElementsAttr evaluateReshape(ReshapeOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  if (type.getNumElements() != operands[0].type.getNumElements())
    return {};
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(operands[0].attr))
    return DenseResourceElementsAttr::get(type, resource.getRawHandle());
  return cast<DenseElementsAttr>(operands[0].attr).reshape(type);
}

static ElementsAttr evaluateTranspose(TransposeOp op, ArrayRef<Operand> operands) {
  std::vector<OffsetTable> tables = makeTables(operands[0]), permuted;
  for (int64_t dim : op.getPerm())
    permuted.push_back(tables[dim]);
  return gatherTables(getResultType(op), operands[0].bytes.data(), permuted);
}

static ElementsAttr evaluateSlice(SliceOp op, ArrayRef<Operand> operands) {
  std::vector<OffsetTable> tables = makeTables(operands[0]);
  SmallVector<int64_t> starts = getInts(operands[1]), ends = getInts(operands[2]);
  SmallVector<int64_t> strides = getStrides(operands[0].getShape());
  for (auto [k, axis] : llvm::enumerate(op.getAxes())) {
    int64_t step = op.getSteps()[k];
    SliceRange range = getSliceRange(operands[0].getShape()[axis], starts[k], ends[k], step);
    tables[axis] = makeTable(range.first, range.count, step, strides[axis]);
  }
  return gatherTables(getResultType(op), operands[0].bytes.data(), tables);
}

/// The position in [0, size) that the pad mode reads for position `at`; -1 for the fill value.
static int64_t getPadSource(PadMode mode, int64_t at, int64_t size) {
  if (at >= 0 && at < size)
    return at;
  switch (mode) {
  case PadMode::Constant:
    return -1;
  case PadMode::Edge:
    return at < 0 ? 0 : size - 1;
  case PadMode::Reflect: {
    if (size == 1)
      return 0;
    int64_t period = 2 * (size - 1), rest = ((at % period) + period) % period;
    return rest < size ? rest : period - rest;
  }
  case PadMode::Wrap:
    return ((at % size) + size) % size;
  }
  return -1;
}

static ElementsAttr evaluatePad(PadOp op, ArrayRef<Operand> operands) {
  const Operand &input = operands[0];
  SmallVector<int64_t> pads = getInts(operands[1]), strides = getStrides(input.getShape());
  std::vector<OffsetTable> tables;
  for (int64_t dim = 0; dim < input.getRank(); ++dim) {
    int64_t size = input.getShape()[dim];
    if (size == 0 && op.getMode() != PadMode::Constant)
      return {};
    OffsetTable table;
    for (int64_t at = -pads[dim]; at < size + pads[input.getRank() + dim]; ++at) {
      int64_t from = getPadSource(op.getMode(), at, size);
      table.push_back(from < 0 ? -1 : from * strides[dim]);
    }
    tables.push_back(std::move(table));
  }
  return gatherTables(getResultType(op), input.bytes.data(), tables,
                      op.getValue() ? operands[2].bytes.data() : nullptr);
}

static ElementsAttr evaluateExpand(Operation *op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  std::vector<OffsetTable> tables;
  for (auto [size, stride] :
       llvm::zip_equal(type.getShape(), getBroadcastStrides(operands[0].getShape(), type.getShape())))
    tables.push_back(makeTable(0, size, 1, stride));
  return gatherTables(type, operands[0].bytes.data(), tables);
}

static ElementsAttr evaluateTile(Operation *op, ArrayRef<Operand> operands) {
  std::vector<OffsetTable> tables;
  for (auto [table, repeats] : llvm::zip_equal(makeTables(operands[0]), getInts(operands[1]))) {
    OffsetTable repeated;
    for (int64_t i = 0; i < repeats; ++i)
      llvm::append_range(repeated, table);
    tables.push_back(std::move(repeated));
  }
  return gatherTables(getResultType(op), operands[0].bytes.data(), tables);
}

static ElementsAttr evaluateGather(GatherOp op, ArrayRef<Operand> operands) {
  std::vector<OffsetTable> tables = makeTables(operands[0]);
  int64_t axis = op.getAxis(), size = operands[0].getShape()[axis], stride = getStrides(operands[0].getShape())[axis];
  // The dimensions of the indices are one dimension of the copy.
  OffsetTable selected;
  for (int64_t index : getInts(operands[1])) {
    if (index < -size || index >= size)
      return {};
    selected.push_back((index < 0 ? index + size : index) * stride);
  }
  tables[axis] = std::move(selected);
  return gatherTables(getResultType(op), operands[0].bytes.data(), tables);
}

static ElementsAttr evaluateGatherElements(GatherElementsOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  int64_t bytes = getElementBytes(type.getElementType()), axis = op.getAxis();
  int64_t size = operands[0].getShape()[axis];
  SmallVector<int64_t> indices = getInts(operands[1]), strides = getStrides(operands[0].getShape());
  for (auto [dim, extent] : llvm::enumerate(type.getShape()))
    if (static_cast<int64_t>(dim) != axis && extent > operands[0].getShape()[dim])
      return {};
  if (llvm::any_of(indices, [&](int64_t index) { return index < -size || index >= size; }))
    return {};
  int64_t axisStride = std::exchange(strides[axis], 0);
  return createConstantAttr(type, [&](MutableArrayRef<char> data) {
    size_t i = 0;
    forEachPosition(type.getShape(), strides, [&](ArrayRef<int64_t> offsets) {
      int64_t index = indices[i] < 0 ? indices[i] + size : indices[i];
      std::memcpy(data.data() + i * bytes, operands[0].bytes.data() + (offsets[0] + index * axisStride) * bytes, bytes);
      ++i;
    });
  });
}

static ElementsAttr evaluateGatherND(GatherNDOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  int64_t bytes = getElementBytes(type.getElementType()), batch = op.getBatchDims();
  ArrayRef<int64_t> shape = operands[0].getShape();
  SmallVector<int64_t> indices = getInts(operands[1]), strides = getStrides(shape);
  int64_t tuple = operands[1].getShape().back(), slice = strides[batch + tuple - 1];
  int64_t batches = 1;
  for (int64_t size : shape.take_front(batch))
    batches *= size;
  int64_t count = tuple ? indices.size() / tuple : 0, batchStride = batch ? strides[batch - 1] : 0;
  std::vector<int64_t> sources;
  for (int64_t i = 0; i < count; ++i) {
    int64_t offset = batches ? i / (count / batches) * batchStride : 0;
    for (int64_t k = 0; k < tuple; ++k) {
      int64_t index = indices[i * tuple + k], size = shape[batch + k];
      if (index < -size || index >= size)
        return {};
      offset += (index < 0 ? index + size : index) * strides[batch + k];
    }
    sources.push_back(offset);
  }
  return createConstantAttr(type, [&](MutableArrayRef<char> data) {
    for (int64_t i = 0; i < count; ++i)
      std::memcpy(data.data() + i * slice * bytes, operands[0].bytes.data() + sources[i] * bytes, slice * bytes);
  });
}

static ElementsAttr evaluateConcat(ConcatOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  int64_t bytes = getElementBytes(type.getElementType()), outer = 1, inner = 1;
  for (int64_t size : type.getShape().take_front(op.getAxis()))
    outer *= size;
  for (int64_t size : type.getShape().drop_front(op.getAxis() + 1))
    inner *= size;
  return createConstantAttr(type, [&](MutableArrayRef<char> data) {
    char *to = data.data();
    for (int64_t i = 0; i < outer; ++i) {
      for (const Operand &operand : operands) {
        int64_t run = operand.getShape()[op.getAxis()] * inner * bytes;
        if (run)
          std::memcpy(to, operand.bytes.data() + i * run, run);
        to += run;
      }
    }
  });
}

static ElementsAttr evaluateRange(RangeOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  ElementsAttr result;
  dispatch(type.getElementType(), [&](auto codec) {
    using Codec = decltype(codec);
    using Value = typename Codec::Value;
    if constexpr (!std::is_same_v<Value, bool>) {
      Value start = Codec::load(operands[0].bytes.data()), delta = Codec::load(operands[2].bytes.data());
      result = createConstantAttr(type, [&](MutableArrayRef<char> data) {
        for (int64_t i = 0, count = type.getNumElements(); i < count; ++i) {
          Value value;
          if constexpr (std::is_integral_v<Value>)
            value = static_cast<Value>(static_cast<uint64_t>(start) + static_cast<uint64_t>(delta) * i);
          else
            value = start + static_cast<Value>(i) * delta;
          Codec::store(data.data() + i * Codec::bytes, value);
        }
      });
    }
  });
  return result;
}

static ElementsAttr evaluateTrilu(TriluOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  int64_t bytes = getElementBytes(type.getElementType()), k = getInts(operands[1]).front();
  int64_t rows = type.getShape()[type.getRank() - 2], columns = type.getShape().back();
  return createConstantAttr(type, [&](MutableArrayRef<char> data) {
    for (int64_t i = 0, count = type.getNumElements(); i < count; ++i) {
      int64_t column = i % columns, row = i / columns % rows;
      if (op.getUpper() ? column - row >= k : column - row <= k)
        std::memcpy(data.data() + i * bytes, operands[0].bytes.data() + i * bytes, bytes);
    }
  });
}

static ElementsAttr evaluateOneHot(OneHotOp op, ArrayRef<Operand> operands) {
  RankedTensorType type = getResultType(op);
  int64_t bytes = getElementBytes(type.getElementType()), depth = type.getShape()[op.getAxis()], inner = 1;
  SmallVector<double> indices;
  if (!getConstantFloats(operands[0].attr, indices))
    return {};
  for (int64_t size : type.getShape().drop_front(op.getAxis() + 1))
    inner *= size;
  return createConstantAttr(type, [&](MutableArrayRef<char> data) {
    for (int64_t i = 0, count = type.getNumElements(); i < count; ++i) {
      double index = indices[i / (depth * inner) * inner + i % inner];
      bool isHot = i / inner % depth == (index < 0 ? index + depth : index);
      std::memcpy(data.data() + i * bytes, operands[2].bytes.data() + (isHot ? bytes : 0), bytes);
    }
  });
}

ElementsAttr tt::fold::evaluateMovement(Operation *op, ArrayRef<Operand> operands) {
  return TypeSwitch<Operation *, ElementsAttr>(op)
      .Case<ReshapeOp>([&](ReshapeOp op) { return evaluateReshape(op, operands); })
      .Case<TransposeOp>([&](TransposeOp op) { return evaluateTranspose(op, operands); })
      .Case<SliceOp>([&](SliceOp op) { return evaluateSlice(op, operands); })
      .Case<PadOp>([&](PadOp op) { return evaluatePad(op, operands); })
      .Case<ExpandOp>([&](ExpandOp op) { return evaluateExpand(op, operands); })
      .Case<TileOp>([&](TileOp op) { return evaluateTile(op, operands); })
      .Case<GatherOp>([&](GatherOp op) { return evaluateGather(op, operands); })
      .Case<GatherElementsOp>([&](GatherElementsOp op) { return evaluateGatherElements(op, operands); })
      .Case<GatherNDOp>([&](GatherNDOp op) { return evaluateGatherND(op, operands); })
      .Case<ConcatOp>([&](ConcatOp op) { return evaluateConcat(op, operands); })
      .Case<RangeOp>([&](RangeOp op) { return evaluateRange(op, operands); })
      .Case<TriluOp>([&](TriluOp op) { return evaluateTrilu(op, operands); })
      .Case<OneHotOp>([&](OneHotOp op) { return evaluateOneHot(op, operands); })
      .Default([](Operation *) { return ElementsAttr(); });
}
