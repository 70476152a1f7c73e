//===- Lowering.h - state and helpers of tt-convert-to-linalg -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The pass walks a function once, in order. For each graph op a handler reads the already lowered operands, creates
// linalg, tensor and kernel ops before the graph op and records the new value of each result. Three things are known
// about a lowered value besides its type: its sizes as constants or SSA index values (equal sizes are equal values
// wherever this can be proved), and, for small shape computations, its elements as scalars.
//===----------------------------------------------------------------------===//

#ifndef TT_LIB_CODEGEN_TOLINALG_LOWERING_H
#define TT_LIB_CODEGEN_TOLINALG_LOWERING_H

#include "tt/Dialect/IR/Constants.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"

#include <functional>

namespace tt::tolinalg {

using Sizes = llvm::SmallVector<mlir::OpFoldResult>;

/// Shape computations up to this many elements are kept as scalars.
inline constexpr int64_t kMaxScalars = 32;

/// `type` (an element type or a ranked tensor) with unsigned integers made signless.
mlir::Type getSignless(mlir::Type type);
/// How messages call the op at `loc`: "onnx node 'NAME'" where the location has a name.
std::string getNodeName(mlir::Location loc);

/// Creates the ops of a scalar computation, folding what is constant.
class ScalarBuilder {
public:
  ScalarBuilder(mlir::OpBuilder &builder, mlir::Location loc, bool isUnsigned = false)
      : builder(builder), loc(loc), isUnsigned(isUnsigned) {}

  template <typename Op, typename... Args> mlir::Value make(Args &&...args) {
    return builder.createOrFold<Op>(loc, std::forward<Args>(args)...);
  }
  mlir::Value makeConstant(mlir::Type type, double value);
  mlir::Value makeIntConstant(mlir::Type type, int64_t value);
  /// The arith op of `x`'s kind. Integer min and max follow isUnsigned.
  mlir::Value add(mlir::Value x, mlir::Value y);
  mlir::Value sub(mlir::Value x, mlir::Value y);
  mlir::Value mul(mlir::Value x, mlir::Value y);
  /// Integers: truncates; a division by zero gives 0 and never traps.
  mlir::Value div(mlir::Value x, mlir::Value y);
  /// NaN wins for floats; i1 counts as 0 or 1.
  mlir::Value min(mlir::Value x, mlir::Value y);
  mlir::Value max(mlir::Value x, mlir::Value y);
  mlir::Value less(mlir::Value x, mlir::Value y);
  mlir::Value equal(mlir::Value x, mlir::Value y);
  mlir::Value select(mlir::Value c, mlir::Value x, mlir::Value y);
  /// Converts `x` of graph element type `from` to `to` with ONNX Cast semantics (types as in the graph: with
  /// signedness).
  mlir::Value cast(mlir::Value x, mlir::Type from, mlir::Type to);
  /// f16 and bf16 widened to f32; other types unchanged. narrow() goes back to `type`.
  mlir::Value widen(mlir::Value x);
  mlir::Value narrow(mlir::Value x, mlir::Type type);

  mlir::OpBuilder &builder;
  mlir::Location loc;
  bool isUnsigned;
};

/// Makes the element of an elementwise result from the elements of the operands.
using BodyFn = llvm::function_ref<mlir::Value(ScalarBuilder &, mlir::ValueRange)>;

class Lowering {
public:
  /// Lowers one op of a nested block (any op but the terminator) at the builder's place.
  using LowerOp = std::function<llvm::LogicalResult(mlir::Operation *, Lowering &)>;

  Lowering(mlir::func::FuncOp func, LowerOp lowerOp);

  /// Lowers the ops of the block of a graph op's region at the builder's place: `bindArguments` says what its arguments
  /// are, `finish` gets the terminator, whose operands are lowered then. What is learned inside is forgotten after it.
  llvm::LogicalResult lowerBlock(mlir::Block &block, llvm::function_ref<void()> bindArguments,
                                 llvm::function_ref<llvm::LogicalResult(mlir::Operation *)> finish);
  /// Makes `argument` mean what the graph value `outer` is.
  void setCaptured(mlir::Value argument, mlir::Value outer);

  mlir::OpBuilder builder;
  mlir::Location loc; ///< of the op that is being lowered

  //===-- Values ------------------------------------------------------------------------------------------------===//

  /// The lowered tensor of a graph value. A value known as scalars only becomes a tensor here.
  mlir::Value get(mlir::Value graphValue);
  void set(mlir::Value graphValue, mlir::Value lowered) { values[graphValue] = lowered; }
  /// The lowered tensor if there is one, without making it.
  mlir::Value getLowered(mlir::Value graphValue) const { return values.lookup(graphValue); }
  /// Records `scalars` (lowered element type) as the elements of a graph value of static shape.
  void setScalars(mlir::Value graphValue, llvm::ArrayRef<mlir::Value> scalars);
  /// The elements of a graph value where they are known as scalars: a constant or a shape computation of at most
  /// kMaxScalars elements. Null otherwise.
  const llvm::SmallVector<mlir::Value> *getScalars(mlir::Value graphValue);
  /// The elements of an integer tensor (rank 0 or 1, static) as index values; extracted from the tensor if need be.
  llvm::FailureOr<Sizes> getIndices(mlir::Value graphValue);
  /// The single element of a tensor with one element, as a scalar of the lowered element type.
  mlir::Value getElement(mlir::Value graphValue);

  //===-- Sizes -------------------------------------------------------------------------------------------------===//

  mlir::OpFoldResult getSize(mlir::Value tensor, int64_t dim);
  Sizes getSizes(mlir::Value tensor);
  /// Records what the dynamic sizes of `tensor` are; returns `tensor`.
  mlir::Value setSizes(mlir::Value tensor, llvm::ArrayRef<mlir::OpFoldResult> sizes);
  void copyKnowledge(mlir::Value from, mlir::Value to) { sizes[to] = getSizes(from); }

  mlir::OpFoldResult index(int64_t value) { return builder.getIndexAttr(value); }
  mlir::Value value(mlir::OpFoldResult size);
  mlir::OpFoldResult add(mlir::OpFoldResult x, mlir::OpFoldResult y);
  mlir::OpFoldResult sub(mlir::OpFoldResult x, mlir::OpFoldResult y);
  mlir::OpFoldResult mul(mlir::OpFoldResult x, mlir::OpFoldResult y);
  /// Truncating division of sizes (both not negative, y not 0).
  mlir::OpFoldResult div(mlir::OpFoldResult x, mlir::OpFoldResult y);
  mlir::OpFoldResult ceilDiv(mlir::OpFoldResult x, int64_t y);
  mlir::OpFoldResult min(mlir::OpFoldResult x, mlir::OpFoldResult y);
  mlir::OpFoldResult max(mlir::OpFoldResult x, mlir::OpFoldResult y);
  mlir::OpFoldResult product(llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// product(x) / product(y) after cancelling equal factors; the division is assumed exact.
  mlir::OpFoldResult quotient(llvm::ArrayRef<mlir::OpFoldResult> x, llvm::ArrayRef<mlir::OpFoldResult> y);
  /// True where `size` is provably not negative: a dimension, or a sum, product, quotient or clamp of such.
  static bool isSize(mlir::OpFoldResult size, int depth = 8);
  /// True where the products are provably equal.
  bool areEqual(llvm::ArrayRef<mlir::OpFoldResult> x, llvm::ArrayRef<mlir::OpFoldResult> y);

  /// True where product(y) / product(x) is provably an integer.
  bool divides(llvm::ArrayRef<mlir::OpFoldResult> x, llvm::ArrayRef<mlir::OpFoldResult> y);

  /// Emits a `tt.check` that x equals y unless this is known; an error where it is known to be false.
  llvm::LogicalResult checkEqual(mlir::OpFoldResult x, mlir::OpFoldResult y, const llvm::Twine &what);
  /// Emits a `tt.check` with "NODE: `message`".
  void check(mlir::Value condition, const llvm::Twine &message);
  mlir::InFlightDiagnostic error() { return mlir::emitError(loc); }

  /// Emits `tt.check`s that `sizes` make a tensor: what is not provably a size comes from data and may be anything.
  void checkSizes(llvm::ArrayRef<mlir::OpFoldResult> sizes);

  //===-- Tensors -----------------------------------------------------------------------------------------------===//

  mlir::RankedTensorType getType(llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type elementType);
  mlir::Value makeEmpty(llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type elementType);
  mlir::Value makeFilled(llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Value scalar);
  /// linalg.generic with one result. The body gets the inputs' elements and the output's.
  mlir::Value makeGeneric(mlir::ValueRange inputs, mlir::Value init, llvm::ArrayRef<mlir::AffineMap> maps,
                          llvm::ArrayRef<mlir::utils::IteratorType> iterators, BodyFn body);
  /// All-parallel generic over `sizes` whose body may use linalg.index; the inputs are read by `maps`.
  mlir::Value makeParallel(mlir::ValueRange inputs, llvm::ArrayRef<mlir::AffineMap> maps,
                           llvm::ArrayRef<mlir::OpFoldResult> sizes, mlir::Type elementType, BodyFn body);
  /// Elementwise with NumPy broadcasting; constants that are splats become scalars of the body.
  llvm::FailureOr<mlir::Value> makeElementwise(mlir::ValueRange inputs, mlir::Type elementType, BodyFn body,
                                               bool isUnsigned = false);
  /// `tensor` with another element type (lowered types, signless).
  mlir::Value makeCast(mlir::Value tensor, mlir::Type elementType);
  mlir::Value makeTranspose(mlir::Value tensor, llvm::ArrayRef<int64_t> perm);
  /// `tensor` under other sizes of the same element count (not checked).
  mlir::Value makeReshape(mlir::Value tensor, llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// tensor.cast to the static sizes among `sizes`.
  mlir::Value makeStatic(mlir::Value tensor, llvm::ArrayRef<mlir::OpFoldResult> sizes);
  mlir::Value makeSlice(mlir::Value tensor, llvm::ArrayRef<mlir::OpFoldResult> offsets,
                        llvm::ArrayRef<mlir::OpFoldResult> sizes, llvm::ArrayRef<mlir::OpFoldResult> strides = {});
  mlir::Value makeInsert(mlir::Value part, mlir::Value whole, llvm::ArrayRef<mlir::OpFoldResult> offsets,
                         llvm::ArrayRef<mlir::OpFoldResult> strides = {});
  /// Border of `scalar` elements: low[i] before and high[i] behind dimension i, both not negative.
  mlir::Value makePadding(mlir::Value tensor, llvm::ArrayRef<mlir::OpFoldResult> low,
                          llvm::ArrayRef<mlir::OpFoldResult> high, mlir::Value scalar);
  /// `tensor` broadcast to `sizes` (same rank; sizes of 1 stretch), as a copy; itself where nothing changes.
  mlir::Value makeBroadcast(mlir::Value tensor, llvm::ArrayRef<mlir::OpFoldResult> sizes);
  /// `tensor` with `wanted` elements along `dim`, where it has as many or, which only the run shows, a single one.
  mlir::Value makeStretched(mlir::Value tensor, int64_t dim, mlir::OpFoldResult wanted);
  mlir::Value makeScalar(mlir::Type type, double value);
  /// The one element of a tensor of static or dynamic unit sizes.
  mlir::Value extractOnly(mlir::Value tensor);

private:
  mlir::OpFoldResult fold(int kind, mlir::OpFoldResult x, mlir::OpFoldResult y);

  llvm::DenseMap<mlir::Value, mlir::Value> values;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value>> scalars;
  llvm::DenseMap<mlir::Value, Sizes> sizes;
  llvm::DenseMap<std::tuple<int, void *, void *>, mlir::Value> computed; ///< index arithmetic done so far
  llvm::DenseSet<llvm::SmallVector<void *>> checkedSizes;                ///< what checkSizes() has checked
  LowerOp lowerOp;
};

/// Op name -> function that lowers it. A handler that fails has emitted an error.
class HandlerTable {
public:
  template <typename Op> void add(llvm::LogicalResult (*handler)(Op, Lowering &)) {
    handlers[Op::getOperationName()] = [handler](mlir::Operation *op, Lowering &lowering) {
      return handler(mlir::cast<Op>(op), lowering);
    };
  }
  llvm::LogicalResult lower(mlir::Operation *op, Lowering &lowering) const;

  llvm::StringMap<std::function<llvm::LogicalResult(mlir::Operation *, Lowering &)>> handlers;
};

void addElementwiseHandlers(HandlerTable &table);
void addShapeHandlers(HandlerTable &table);
void addReshapeHandlers(HandlerTable &table);
void addGenerateHandlers(HandlerTable &table);
void addGatherHandlers(HandlerTable &table);
void addScatterHandlers(HandlerTable &table);
void addReductionHandlers(HandlerTable &table);
void addControlHandlers(HandlerTable &table);
void addScanHandlers(HandlerTable &table);
void addNormalizationHandlers(HandlerTable &table);
void addMatMulHandlers(HandlerTable &table);
void addConvHandlers(HandlerTable &table);
void addPoolHandlers(HandlerTable &table);
void addResizeHandlers(HandlerTable &table);

} // namespace tt::tolinalg

#endif // TT_LIB_CODEGEN_TOLINALG_LOWERING_H
