//===- NodeImporter.h - what a handler sees of one ONNX node ---------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// A handler (lib/Import/ONNX/Operators) reads inputs and attributes and creates ops with the functions below. The first
// error is reported with the node's name; from then on nothing is created, every function returns a harmless value and
// `yield` fails. So a handler is written as one expression, without checks after every step.
//===----------------------------------------------------------------------===//

#ifndef TT_IMPORT_ONNX_NODEIMPORTER_H
#define TT_IMPORT_ONNX_NODEIMPORTER_H

#include "tt/Analysis/ShapeValues.h"
#include "tt/Dialect/IR/TTOps.h"

#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace onnx {
class NodeProto;
} // namespace onnx

namespace tt::onnx_import {

class Model;

using Ints = llvm::SmallVector<int64_t>;

/// The text before the colon of every error about a node: `onnx node 'name': Op (opset 13)`.
std::string describeNode(llvm::StringRef name, llvm::StringRef opType, int opset);

/// The attributes of a node, with their types checked. An attribute of a wrong type is an error and reads as absent.
class NodeAttributes {
public:
  NodeAttributes(mlir::MLIRContext &context, Model &model, const onnx::NodeProto &proto, std::string description)
      : context(context), model(model), proto(proto), description(std::move(description)) {}
  NodeAttributes(const NodeAttributes &) = delete;

  llvm::StringRef getOpType() const;
  bool has(llvm::StringRef name) const;
  int64_t getInt(llvm::StringRef name, int64_t defaultValue);
  bool getFlag(llvm::StringRef name, bool defaultValue) { return getInt(name, defaultValue) != 0; }
  float getFloat(llvm::StringRef name, float defaultValue);
  std::string getString(llvm::StringRef name, llvm::StringRef defaultValue);
  std::optional<Ints> getInts(llvm::StringRef name);
  Ints getInts(llvm::StringRef name, const Ints &defaultValue) { return getInts(name).value_or(defaultValue); }
  std::optional<llvm::SmallVector<float>> getFloats(llvm::StringRef name);
  std::optional<llvm::SmallVector<std::string>> getStrings(llvm::StringRef name);
  /// The value of a tensor attribute; null where it is absent or cannot be used (which is an error).
  mlir::TypedAttr getTensor(llvm::StringRef name);
  /// The element type that an int attribute (a TensorProto.DataType) names; an error, and f32, where there is none.
  mlir::Type getTypeAttribute(llvm::StringRef name);

  /// The number of inputs and outputs as written, empty names included.
  unsigned getNumInputs() const;
  unsigned getNumOutputs() const;
  bool hasInput(unsigned index) const;
  /// Whether the input is an initializer or constant of integers of 4 bits, which are widened to 8.
  bool hasFourBits(unsigned index) const;
  /// Whether output `index` has a name.
  bool hasOutput(unsigned index) const;

  /// Records an error; the texts are in `getErrors` until they are reported.
  mlir::LogicalResult fail(const llvm::Twine &why);
  bool hasFailed() const { return !errors.empty(); }
  llvm::ArrayRef<std::string> getErrors() const { return errors; }
  /// `onnx node 'name': Op (opset 13)`.
  llvm::StringRef getDescription() const { return description; }

private:
  template <typename T>
  std::optional<T> get(llvm::StringRef name, int type, llvm::StringRef typeName,
                       llvm::function_ref<T(const void *)> read);

  mlir::MLIRContext &context;
  Model &model;
  const onnx::NodeProto &proto;
  std::string description;
  llvm::SmallVector<std::string, 1> errors;
};

/// What a region reads of the values around it: constants are copied into `block`, for others it gets an argument.
struct CapturedValues {
  CapturedValues(mlir::OpBuilder &builder, mlir::Block &block, llvm::ArrayRef<mlir::Value> outer,
                 ShapeAnalysis &analysis);

  llvm::SmallVector<mlir::Value> captures; ///< outer values that are no constants
  llvm::SmallVector<mlir::Value> inner;    ///< one for each outer value
};

/// Creates an op with regions and the result types it infers; null, with a diagnostic, where that fails.
mlir::Operation *createWithRegions(mlir::OpBuilder &builder, mlir::OperationState &state);

class NodeImporter : public NodeAttributes {
public:
  /// `inputs` are the values of the node's inputs, null where the name is empty.
  NodeImporter(Model &model, const onnx::NodeProto &proto, std::string description, int opset, mlir::OpBuilder &builder,
               ShapeAnalysis &analysis, mlir::Location loc, llvm::ArrayRef<mlir::Value> inputs)
      : NodeAttributes(*builder.getContext(), model, proto, std::move(description)), opset(opset), builder(builder),
        analysis(analysis), loc(loc), inputs(inputs) {}

  int getOpset() const { return opset; }
  mlir::OpBuilder &getBuilder() { return builder; }
  mlir::Location getLoc() const { return loc; }

  //===- Inputs and outputs
  //-----------------------------------------------------------------------------------------===//

  /// Input `index`, which must be there.
  mlir::Value input(unsigned index);
  /// Input `index`, or null where it is left out.
  mlir::Value optionalInput(unsigned index) { return index < inputs.size() ? inputs[index] : mlir::Value(); }
  llvm::ArrayRef<mlir::Value> getInputs() const { return inputs; }
  /// The integers of a constant input; an error where it is not constant, which says what `name` must be.
  Ints constantInts(mlir::Value value, llvm::StringRef name);
  double constantFloat(mlir::Value value, llvm::StringRef name, double defaultValue);

  /// Ends the import of the node: `values` become its outputs (fewer than the node has: only where the rest is unused).
  mlir::LogicalResult yield(llvm::ArrayRef<mlir::Value> values);
  llvm::ArrayRef<mlir::Value> getResults() const { return results; }

  //===- Types: harmless answers for a null value
  //-------------------------------------------------------------------===//

  mlir::RankedTensorType type(mlir::Value value) const;
  mlir::Type elementType(mlir::Value value) const { return type(value).getElementType(); }
  /// The type as text, for messages.
  std::string describeType(mlir::Value value) const;
  int64_t rank(mlir::Value value) const { return type(value).getRank(); }
  /// Size of dimension `index`, or ShapedType::kDynamic, also for an index out of range.
  int64_t size(mlir::Value value, int64_t index) const;
  /// Whether two dimensions have equal sizes in every run.
  bool haveEqualSizes(mlir::Value a, int64_t i, mlir::Value b, int64_t j) {
    return !hasFailed() && analysis.haveEqualSizes(a, i, b, j);
  }
  bool isFloat(mlir::Value value) const { return llvm::isa<mlir::FloatType>(elementType(value)); }
  /// `axis` counted from the front; an error where it is not in [-rank, rank).
  int64_t normalizeAxis(int64_t axis, int64_t rank);
  Ints normalizeAxes(Ints axes, int64_t rank);

  //===- Creation
  //---------------------------------------------------------------------------------------------------===//

  /// Creates an op of one result: infers its type, refines it by what is known of sizes, verifies the op, and replaces
  /// it by a constant where its value is known and small. A failure is an error of the node.
  template <typename Op, typename... Args> mlir::Value create(Args &&...args) {
    llvm::SmallVector<mlir::Value> values = createMany<Op>(1, std::forward<Args>(args)...);
    return values.front();
  }
  template <typename Op, typename... Args>
  llvm::SmallVector<mlir::Value> createMany(unsigned numResults, Args &&...args) {
    if (hasFailed())
      return llvm::SmallVector<mlir::Value>(numResults);
    mlir::OperationState state(loc, Op::getOperationName());
    llvm::SmallVector<mlir::Type> placeholders(numResults, builder.getNoneType());
    Op::build(builder, state, mlir::TypeRange(placeholders), std::forward<Args>(args)...);
    state.types.clear();
    return finish(state, numResults);
  }

  /// A constant of rank 0 with the value in `elementType` (rounded to it).
  mlir::Value scalar(mlir::Type elementType, double value);
  mlir::Value scalarLike(mlir::Value value, double number) { return scalar(elementType(value), number); }
  /// A constant of rank 1 of i64.
  mlir::Value ints(llvm::ArrayRef<int64_t> values);
  mlir::Value constant(mlir::TypedAttr value);

  // Arithmetic with broadcasting.
  mlir::Value add(mlir::Value x, mlir::Value y) { return create<AddOp>(x, y); }
  mlir::Value sub(mlir::Value x, mlir::Value y) { return create<SubOp>(x, y); }
  mlir::Value mul(mlir::Value x, mlir::Value y) { return create<MulOp>(x, y); }
  mlir::Value div(mlir::Value x, mlir::Value y) { return create<DivOp>(x, y); }
  mlir::Value cast(mlir::Value value, mlir::Type elementType);
  mlir::Value reduce(ReduceKind kind, mlir::Value value, llvm::ArrayRef<int64_t> axes, bool keepDims);

  // Shapes.
  mlir::Value reshape(mlir::Value value, mlir::Value shape, bool allowZero = false);
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<int64_t> shape) { return reshape(value, ints(shape)); }
  /// A tensor with one element, of any rank, as a scalar of rank 0.
  mlir::Value toScalar(mlir::Value value) {
    return rank(value) == 0 ? value : reshape(value, llvm::ArrayRef<int64_t>{});
  }
  /// To the sizes that `pieces` (i64 tensors of rank 1) hold one after the other. Where all but one are constant, the
  /// other one is inferred, which tells the result's type more.
  mlir::Value reshape(mlir::Value value, llvm::ArrayRef<mlir::Value> pieces);
  mlir::Value transpose(mlir::Value value, llvm::ArrayRef<int64_t> perm);
  /// The sizes of the dimensions [start, end) as an i64 tensor.
  mlir::Value shape(mlir::Value value, int64_t start, int64_t end);
  mlir::Value shape(mlir::Value value) { return shape(value, 0, rank(value)); }
  /// The product of the sizes of the dimensions [start, end) as an i64 tensor with one element.
  mlir::Value product(mlir::Value value, int64_t start, int64_t end);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> values, int64_t axis);
  /// Cuts [start, end) with a step out of one dimension.
  mlir::Value slice(mlir::Value value, int64_t axis, int64_t start, int64_t end, int64_t step = 1);
  /// The value with dimensions of size 1 put in at the places `axes` of the result, or taken out at `axes` of the
  /// operand.
  mlir::Value unsqueeze(mlir::Value value, llvm::ArrayRef<int64_t> axes);
  mlir::Value squeeze(mlir::Value value, llvm::ArrayRef<int64_t> axes);
  mlir::Value expand(mlir::Value value, mlir::Value shape) { return create<ExpandOp>(value, shape); }

  //===- Loops
  //------------------------------------------------------------------------------------------------------===//

  /// Makes one iteration: gets its number (a tensor<i64>), the carried values and what stands for the captured ones in
  /// the loop; returns what `tt.loop` says a body yields.
  using LoopBody = llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Value, llvm::ArrayRef<mlir::Value>,
                                                                     llvm::ArrayRef<mlir::Value>)>;
  /// A `tt.loop`; `trip` (an i64 scalar) or `condition` (an i1 scalar) may be null. `body` may use values it makes and
  /// gets only. A single iteration that is certain is made without a loop.
  llvm::SmallVector<mlir::Value> loop(mlir::Value trip, mlir::Value condition, llvm::ArrayRef<mlir::Value> inits,
                                      llvm::ArrayRef<mlir::Value> captures, LoopBody body);

  /// A `tt.if`: what `thenBranch` or `elseBranch` makes of `value`, as `condition` (an i1 scalar) says. They may use
  /// what they get and make only, and give equal ranks. Where the condition is constant, there is no `tt.if`.
  using Branch = llvm::function_ref<mlir::Value(mlir::Value)>;
  mlir::Value choose(mlir::Value condition, mlir::Value value, Branch thenBranch, Branch elseBranch);

private:
  llvm::SmallVector<mlir::Value> finish(mlir::OperationState &state, unsigned numResults);
  llvm::SmallVector<mlir::Value> finishRegion(mlir::OperationState &state);
  void refineTypes(mlir::Operation *op);
  mlir::Value findConstant(mlir::Value value);

  int opset;
  mlir::OpBuilder &builder;
  ShapeAnalysis &analysis;
  mlir::Location loc;
  llvm::ArrayRef<mlir::Value> inputs;
  llvm::SmallVector<mlir::Value> results;
};

} // namespace tt::onnx_import

#endif // TT_IMPORT_ONNX_NODEIMPORTER_H
