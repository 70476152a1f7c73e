//===- InferShapes.cpp - make result types as static as they can be -------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Graph/Passes.h"

#include "tt/Analysis/ShapeValues.h"
#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

#include <limits>

namespace tt {
#define GEN_PASS_DEF_INFERSHAPESPASS
#include "tt/Graph/Passes.h.inc"
} // namespace tt

using namespace mlir;
using namespace tt;

namespace {

/// Refines one function, op by op.
class Refiner {
public:
  explicit Refiner(func::FuncOp function) : function(function), builder(function.getContext()) {}

  LogicalResult run() {
    WalkResult result = function.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isGraphOp(op))
        return WalkResult::advance();
      simplifyShapeOperands(op);
      return failed(refineResults(op)) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return failure();
    updateSignature();
    return success();
  }

private:
  static bool isGraphOp(Operation *op) {
    return isa_and_present<TTDialect>(op->getDialect()) && isa<InferTypeOpInterface>(op);
  }

  /// Whether the users of `value` keep being valid when its type becomes more static.
  static bool canChangeType(Value value) {
    return llvm::all_of(value.getUsers(), [](Operation *user) { return isGraphOp(user) || isa<func::ReturnOp>(user); });
  }

  Value makeShape(Operation *op, ArrayRef<int64_t> shape) {
    builder.setInsertionPoint(op);
    return createShapeConstant(builder, op->getLoc(), shape);
  }

  /// Replaces shape operands by constants where 0, -1 and the like can say what they compute.
  void simplifyShapeOperands(Operation *op) {
    if (auto reshape = dyn_cast<ReshapeOp>(op))
      simplifyReshape(reshape);
    else if (auto expand = dyn_cast<ExpandOp>(op))
      simplifyExpand(expand);
    else if (auto slice = dyn_cast<SliceOp>(op))
      simplifySlice(slice);
  }

  /// (size of dimension 0 of x, 12 * size of dimension 1 of x, 64) -> [0, -1, 64].
  void simplifyReshape(ReshapeOp op) {
    auto shape = shapes.getElements(op.getShape());
    if (getConstantAttr(op.getShape()) || !shape)
      return;
    ArrayRef<SizeExpr> input = shapes.getSizes(op.getInput());
    SmallVector<int64_t> constant;
    bool isInferred = false;
    for (auto [i, size] : llvm::enumerate(*shape)) {
      std::optional<int64_t> known = size.getConstant();
      // A constant 0 copies a size or is one; either way the other sizes could no longer be told.
      if (known == 0)
        return;
      if (known && *known > 0) {
        constant.push_back(*known);
      } else if (i < input.size() && size == input[i]) {
        constant.push_back(0);
      } else if (!std::exchange(isInferred, true)) {
        constant.push_back(-1);
      } else {
        return;
      }
    }
    op.getShapeMutable().assign(makeShape(op, constant));
    op.setAllowZero(false);
  }

  /// A size of the operand itself becomes 1, which keeps it.
  void simplifyExpand(ExpandOp op) {
    auto shape = shapes.getElements(op.getShape());
    if (getConstantAttr(op.getShape()) || !shape)
      return;
    ArrayRef<SizeExpr> input = shapes.getSizes(op.getInput());
    SmallVector<int64_t> constant;
    for (auto [i, size] : llvm::enumerate(llvm::reverse(*shape))) {
      std::optional<int64_t> known = size.getConstant();
      if (known)
        constant.push_back(*known);
      else if (i < input.size() && size == input[input.size() - 1 - i])
        constant.push_back(1);
      else
        return;
    }
    std::reverse(constant.begin(), constant.end());
    op.getShapeMutable().assign(makeShape(op, constant));
  }

  /// An end at the dimension's own size becomes the largest integer.
  void simplifySlice(SliceOp op) {
    auto ends = shapes.getElements(op.getEnds());
    if (getConstantAttr(op.getEnds()) || !ends || ends->size() != op.getAxes().size())
      return;
    ArrayRef<SizeExpr> input = shapes.getSizes(op.getInput());
    SmallVector<int64_t> constant;
    for (auto [end, axis, step] : llvm::zip_equal(*ends, op.getAxes(), op.getSteps())) {
      if (std::optional<int64_t> known = end.getConstant())
        constant.push_back(*known);
      else if (end == input[axis] && step > 0)
        constant.push_back(std::numeric_limits<int64_t>::max());
      else
        return;
    }
    op.getEndsMutable().assign(makeShape(op, constant));
  }

  /// Gives `value` a type that also knows `sizes`. Fails where they contradict what is known.
  LogicalResult refineType(Value value, ArrayRef<int64_t> sizes) {
    auto type = cast<RankedTensorType>(value.getType());
    SmallVector<int64_t> merged(type.getShape());
    for (auto [have, add] : llvm::zip_equal(merged, sizes)) {
      if (ShapedType::isDynamic(add))
        continue;
      if (!ShapedType::isDynamic(have) && have != add)
        return emitError(value.getLoc(), "result type ")
               << type << " contradicts the operands and attributes, from which the type "
               << type.clone(sizes, type.getElementType()) << " follows";
      have = add;
    }
    if (ArrayRef(merged) != type.getShape() && canChangeType(value))
      value.setType(type.clone(merged, type.getElementType()));
    return success();
  }

  LogicalResult refineResults(Operation *op) {
    SmallVector<Type> types;
    if (failed(cast<InferTypeOpInterface>(op).inferReturnTypes(op->getContext(), op->getLoc(), op->getOperands(),
                                                               op->getDiscardableAttrDictionary(),
                                                               op->getPropertiesStorage(), op->getRegions(), types)))
      return failure();
    for (auto [result, type] : llvm::zip_equal(op->getResults(), types)) {
      if (failed(refineType(result, cast<RankedTensorType>(type).getShape())))
        return failure();
      auto sizes = llvm::map_to_vector(shapes.getSizes(result), [](const SizeExpr &size) {
        return size.getConstant().value_or(ShapedType::kDynamic);
      });
      // A size computed to be negative stands for code that fails at run time.
      if (llvm::none_of(sizes, [](int64_t size) { return size < 0 && !ShapedType::isDynamic(size); }))
        if (failed(refineType(result, sizes)))
          return failure();
      replaceByConstant(op, result);
    }
    return success();
  }

  /// Replaces a small integer tensor whose elements are all known.
  void replaceByConstant(Operation *op, OpResult result) {
    auto elements = shapes.getElements(result);
    if (!elements || result.use_empty())
      return;
    auto type = cast<RankedTensorType>(result.getType());
    unsigned width = type.getElementType().getIntOrFloatBitWidth();
    SmallVector<APInt> values;
    for (const SizeExpr &element : *elements) {
      std::optional<int64_t> constant = element.getConstant();
      if (!constant)
        return;
      values.emplace_back(width, static_cast<uint64_t>(*constant), /*isSigned=*/true, /*implicitTrunc=*/true);
    }
    builder.setInsertionPointAfter(op);
    auto constant = arith::ConstantOp::create(builder, op->getLoc(), type, DenseElementsAttr::get(type, values));
    result.replaceAllUsesWith(constant);
  }

  /// Takes the types of the returned values into the function's type, and names of inputs' dimensions into `tt.dims` of
  /// results whose dynamic dimensions had none.
  void updateSignature() {
    if (function.isExternal() || !function.getBody().hasOneBlock())
      return;
    auto returned = cast<func::ReturnOp>(function.getBody().front().getTerminator()).getOperands();
    function.setType(FunctionType::get(function.getContext(), function.getArgumentTypes(), returned.getTypes()));
    for (auto [i, value] : llvm::enumerate(returned)) {
      auto names = function.getResultAttrOfType<ArrayAttr>(i, "tt.dims");
      auto type = dyn_cast<RankedTensorType>(value.getType());
      if (!names || !type || static_cast<int64_t>(names.size()) != type.getRank())
        continue;
      SmallVector<std::string> traced = shapes.getDimNames(value);
      SmallVector<Attribute> updated(names.begin(), names.end());
      for (int64_t dim = 0; dim < type.getRank(); ++dim)
        if (type.isDynamicDim(dim) && cast<StringAttr>(updated[dim]).empty() && !traced[dim].empty())
          updated[dim] = builder.getStringAttr(traced[dim]);
      function.setResultAttr(i, "tt.dims", builder.getArrayAttr(updated));
    }
  }

  func::FuncOp function;
  OpBuilder builder;
  ShapeAnalysis shapes;
};

struct InferShapesPass : tt::impl::InferShapesPassBase<InferShapesPass> {
  using InferShapesPassBase::InferShapesPassBase;
  void runOnOperation() override {
    if (failed(Refiner(getOperation()).run()))
      signalPassFailure();
  }
};

} // namespace
