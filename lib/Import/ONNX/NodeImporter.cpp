//===- NodeImporter.cpp - what a handler sees of one ONNX node -------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "NodeImporter.h"
#include "Model.h"

#include "tt/Dialect/IR/Constants.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Verifier.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

/// Results with at most this many elements are folded while they are created, so that handlers see the values of
/// computed shapes and axes. Larger constants are folded by a pass.
static constexpr int64_t maxFoldedElements = 1024;

std::string tt::onnx_import::describeNode(StringRef name, StringRef opType, int opset) {
  return ("onnx node '" + name + "': " + opType + " (opset " + Twine(opset) + ")").str();
}

//===- Attributes ------------------------------------------------------------------------------------------------===//

static StringRef getTypeName(int type) {
  switch (type) {
  case onnx::AttributeProto::FLOAT:
    return "a float";
  case onnx::AttributeProto::INT:
    return "an int";
  case onnx::AttributeProto::STRING:
    return "a string";
  case onnx::AttributeProto::TENSOR:
    return "a tensor";
  case onnx::AttributeProto::GRAPH:
    return "a graph";
  case onnx::AttributeProto::FLOATS:
    return "floats";
  case onnx::AttributeProto::INTS:
    return "ints";
  case onnx::AttributeProto::STRINGS:
    return "strings";
  default:
    return "of another type";
  }
}

/// Finds the attribute called `name` and checks its type; null where it is absent or wrong.
static const onnx::AttributeProto *findAttribute(NodeAttributes &node, const onnx::NodeProto &proto, StringRef name,
                                                 int type) {
  for (const onnx::AttributeProto &attr : proto.attribute()) {
    if (attr.name() != name)
      continue;
    // The first IR versions had no `type` field.
    bool untyped = attr.type() == onnx::AttributeProto::UNDEFINED;
    if (attr.type() == type || untyped)
      return &attr;
    (void)node.fail("attribute '" + name + "' must be " + getTypeName(type) + ", but is " + getTypeName(attr.type()));
    return nullptr;
  }
  return nullptr;
}

StringRef NodeAttributes::getOpType() const { return proto.op_type(); }

bool NodeAttributes::has(StringRef name) const {
  return any_of(proto.attribute(), [&](const onnx::AttributeProto &attr) { return attr.name() == name; });
}

int64_t NodeAttributes::getInt(StringRef name, int64_t defaultValue) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::INT);
  return attr ? attr->i() : defaultValue;
}

float NodeAttributes::getFloat(StringRef name, float defaultValue) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::FLOAT);
  return attr ? attr->f() : defaultValue;
}

std::string NodeAttributes::getString(StringRef name, StringRef defaultValue) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::STRING);
  return attr ? attr->s() : defaultValue.str();
}

std::optional<Ints> NodeAttributes::getInts(StringRef name) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::INTS);
  return attr ? std::optional(Ints(attr->ints().begin(), attr->ints().end())) : std::nullopt;
}

std::optional<SmallVector<float>> NodeAttributes::getFloats(StringRef name) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::FLOATS);
  return attr ? std::optional(SmallVector<float>(attr->floats().begin(), attr->floats().end())) : std::nullopt;
}

Type NodeAttributes::getTypeAttribute(StringRef name) {
  Expected<Type> type = getElementType(&context, getInt(name, 0));
  if (type)
    return *type;
  (void)fail("attribute '" + name + "': " + toString(type.takeError()));
  return Float32Type::get(&context);
}

std::optional<SmallVector<std::string>> NodeAttributes::getStrings(StringRef name) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::STRINGS);
  return attr ? std::optional(SmallVector<std::string>(attr->strings().begin(), attr->strings().end())) : std::nullopt;
}

TypedAttr NodeAttributes::getTensor(StringRef name) {
  const auto *attr = findAttribute(*this, proto, name, onnx::AttributeProto::TENSOR);
  if (!attr)
    return {};
  Expected<TypedAttr> value = model.getTensor(&context, attr->t(), proto.output_size() ? proto.output(0) : "");
  if (value)
    return *value;
  (void)fail("attribute '" + name + "': " + toString(value.takeError()));
  return {};
}

unsigned NodeAttributes::getNumInputs() const { return proto.input_size(); }
unsigned NodeAttributes::getNumOutputs() const { return proto.output_size(); }
bool NodeAttributes::hasInput(unsigned index) const { return index < getNumInputs() && !proto.input(index).empty(); }
bool NodeAttributes::hasFourBits(unsigned index) const {
  return hasInput(index) && model.hasFourBits(proto.input(index));
}
bool NodeAttributes::hasOutput(unsigned index) const { return index < getNumOutputs() && !proto.output(index).empty(); }

LogicalResult NodeAttributes::fail(const Twine &why) {
  errors.push_back(why.str());
  return failure();
}

//===- Inputs and outputs ----------------------------------------------------------------------------------------===//

Value NodeImporter::input(unsigned index) {
  Value value = optionalInput(index);
  if (!value && !hasFailed())
    (void)fail("input " + Twine(index) + " is missing");
  return value;
}

Ints NodeImporter::constantInts(Value value, StringRef name) {
  Ints values;
  if (!hasFailed() && !getConstantInts(value, values))
    (void)fail(name + " must be constant, but is computed at run time");
  return values;
}

double NodeImporter::constantFloat(Value value, StringRef name, double defaultValue) {
  SmallVector<double> values;
  if (!value || hasFailed())
    return defaultValue;
  if (!getConstantFloats(value, values) || values.size() != 1) {
    (void)fail(name + " must be a constant with one element, but is " +
               (values.empty() ? Twine("computed at run time") : "of " + Twine(values.size()) + " elements"));
    return defaultValue;
  }
  return values.front();
}

LogicalResult NodeImporter::yield(ArrayRef<Value> values) {
  if (hasFailed())
    return failure();
  for (unsigned index = values.size(); index < getNumOutputs(); ++index)
    if (hasOutput(index))
      return fail("output " + Twine(index) + " is not supported");
  results.assign(values.begin(), values.end());
  return success();
}

//===- Types -----------------------------------------------------------------------------------------------------===//

RankedTensorType NodeImporter::type(Value value) const {
  return value ? llvm::cast<RankedTensorType>(value.getType()) : RankedTensorType::get({}, builder.getF32Type());
}

std::string NodeImporter::describeType(Value value) const {
  std::string text;
  llvm::raw_string_ostream(text) << type(value);
  return text;
}

int64_t NodeImporter::size(Value value, int64_t index) const {
  RankedTensorType t = type(value);
  return index >= 0 && index < t.getRank() ? t.getDimSize(index) : ShapedType::kDynamic;
}

int64_t NodeImporter::normalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank)
    return axis < 0 ? axis + rank : axis;
  if (!hasFailed())
    (void)fail("axis " + Twine(axis) + " is out of range for rank " + Twine(rank));
  return 0;
}

Ints NodeImporter::normalizeAxes(Ints axes, int64_t rank) {
  for (int64_t &axis : axes)
    axis = normalizeAxis(axis, rank);
  llvm::sort(axes);
  if (std::adjacent_find(axes.begin(), axes.end()) != axes.end() && !hasFailed())
    (void)fail("an axis is given twice");
  axes.erase(llvm::unique(axes), axes.end());
  return axes;
}

//===- Creation --------------------------------------------------------------------------------------------------===//

SmallVector<Value> NodeImporter::finish(OperationState &state, unsigned numResults) {
  SmallVector<Value> none(numResults);
  if (is_contained(state.operands, Value())) {
    (void)fail("an input is missing");
    return none;
  }
  std::string messages;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &diagnostic) {
    messages += (messages.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  auto reject = [&]() {
    (void)fail(messages.empty() ? "types do not fit '" + state.name.getStringRef().str() + "'" : messages);
    return none;
  };
  auto inference = state.name.getInterface<InferTypeOpInterface>();
  if (failed(inference->inferReturnTypes(builder.getContext(), loc, state.operands,
                                         state.attributes.getDictionary(builder.getContext()), state.getRawProperties(),
                                         state.regions, state.types)))
    return reject();
  Operation *op = builder.create(state);
  if (failed(verify(op, /*verifyRecursively=*/false))) {
    op->erase();
    return reject();
  }
  refineTypes(op);
  bool small = all_of(op->getResultTypes(), [](Type type) {
    auto tensor = llvm::cast<RankedTensorType>(type);
    return tensor.hasStaticShape() && tensor.getNumElements() <= maxFoldedElements;
  });
  // Ops that are replaced stay until the end of the import, because the analysis remembers their values.
  SmallVector<Value> folded;
  if (small && succeeded(builder.tryFold(op, folded)) && !folded.empty())
    return folded;
  return map_to_vector(op->getResults(), [&](Value result) { return findConstant(result); });
}

void NodeImporter::refineTypes(Operation *op) {
  for (Value result : op->getResults()) {
    auto type = llvm::cast<RankedTensorType>(result.getType());
    if (type.hasStaticShape())
      continue;
    SmallVector<int64_t> shape(type.getShape());
    for (auto [size, expr] : zip(shape, analysis.getSizes(result)))
      if (ShapedType::isDynamic(size))
        size = expr.getConstant().value_or(ShapedType::kDynamic);
    if (none_of(shape, [](int64_t size) { return size < 0 && !ShapedType::isDynamic(size); }))
      result.setType(type.clone(shape));
  }
}

/// The constant that `value`, a small tensor of integers, is known to be; else the value itself.
Value NodeImporter::findConstant(Value value) {
  auto type = llvm::cast<RankedTensorType>(value.getType());
  if (!type.getElementType().isInteger() || type.getRank() > 1 || !type.hasStaticShape())
    return value;
  std::optional<ArrayRef<SizeExpr>> elements = analysis.getElements(value);
  if (!elements)
    return value;
  unsigned width = type.getElementType().getIntOrFloatBitWidth();
  SmallVector<APInt> constants;
  for (const SizeExpr &element : *elements) {
    std::optional<int64_t> known = element.getConstant();
    if (!known)
      return value;
    constants.emplace_back(width, *known, /*isSigned=*/true, /*implicitTrunc=*/true);
  }
  return constant(DenseElementsAttr::get(type, constants));
}

Value NodeImporter::constant(TypedAttr value) {
  return hasFailed() ? Value() : arith::ConstantOp::create(builder, loc, value).getResult();
}

Value NodeImporter::scalar(Type elementType, double value) {
  auto type = RankedTensorType::get({}, elementType);
  if (auto floatType = dyn_cast<FloatType>(elementType))
    return constant(DenseElementsAttr::get(type, builder.getFloatAttr(floatType, value).getValue()));
  unsigned width = elementType.getIntOrFloatBitWidth();
  // Numbers outside (a bound that is no bound) become the nearest integer.
  APSInt integer(width, /*isUnsigned=*/elementType.isUnsignedInteger() || width == 1);
  bool isExact;
  APFloat(value).convertToInteger(integer, APFloat::rmTowardZero, &isExact);
  return constant(DenseElementsAttr::get(type, APInt(integer)));
}

Value NodeImporter::ints(ArrayRef<int64_t> values) {
  return hasFailed() ? Value() : createShapeConstant(builder, loc, values);
}

Value NodeImporter::cast(Value value, Type elementType) {
  if (!value || type(value).getElementType() == elementType)
    return value;
  return create<CastOp>(value, TypeAttr::get(elementType));
}

Value NodeImporter::reduce(ReduceKind kind, Value value, ArrayRef<int64_t> axes, bool keepDims) {
  return create<ReduceOp>(value, kind, axes, keepDims);
}

Value NodeImporter::reshape(Value value, Value shape, bool allowZero) {
  return create<ReshapeOp>(value, shape, allowZero);
}

Value NodeImporter::transpose(Value value, ArrayRef<int64_t> perm) { return create<TransposeOp>(value, perm); }

Value NodeImporter::shape(Value value, int64_t start, int64_t end) {
  RankedTensorType t = type(value);
  if (value && !hasFailed() && start <= end && end <= t.getRank()) {
    ArrayRef<int64_t> sizes = t.getShape().slice(start, end - start);
    if (none_of(sizes, ShapedType::isDynamic))
      return ints(sizes);
  }
  return create<ShapeOp>(value, start, end);
}

Value NodeImporter::concat(ArrayRef<Value> values, int64_t axis) {
  return values.size() == 1 ? values.front() : create<ConcatOp>(ValueRange(values), axis);
}

Value NodeImporter::slice(Value value, int64_t axis, int64_t start, int64_t end, int64_t step) {
  return create<SliceOp>(value, ints({start}), ints({end}), ArrayRef<int64_t>{axis}, ArrayRef<int64_t>{step});
}

Value NodeImporter::product(Value value, int64_t start, int64_t end) {
  Value sizes = shape(value, start, end);
  Ints known;
  if (!hasFailed() && getConstantInts(sizes, known)) {
    int64_t result = 1;
    for (int64_t size : known)
      if (MulOverflow(result, size, result)) {
        (void)fail("a product of sizes exceeds 64 bits");
        return {};
      }
    return ints({result});
  }
  return end - start == 1 ? sizes : reduce(ReduceKind::Prod, sizes, {0}, /*keepDims=*/true);
}

Value NodeImporter::reshape(Value value, ArrayRef<Value> pieces) {
  if (hasFailed())
    return {};
  Ints sizes;
  unsigned unknown = 0;
  for (Value piece : pieces) {
    Ints known;
    if (getConstantInts(piece, known)) {
      sizes.append(known);
    } else {
      unknown += size(piece, 0) == 1 ? 1 : 2;
      sizes.push_back(-1);
    }
  }
  // Beside a size of 0 nothing can be inferred.
  bool hasZero = is_contained(sizes, 0);
  if (unknown == 0 || (unknown == 1 && !hasZero))
    return reshape(value, ints(sizes), /*allowZero=*/hasZero);
  return reshape(value, concat(pieces, 0), /*allowZero=*/true);
}

Value NodeImporter::unsqueeze(Value value, ArrayRef<int64_t> axes) {
  SmallVector<Value> pieces;
  int64_t next = 0, resultRank = rank(value) + axes.size();
  for (int64_t i = 0; i < resultRank; ++i) {
    bool isNew = is_contained(axes, i);
    pieces.push_back(isNew ? ints({1}) : shape(value, next, next + 1));
    next += !isNew;
  }
  return reshape(value, ArrayRef<Value>(pieces));
}

Value NodeImporter::squeeze(Value value, ArrayRef<int64_t> axes) {
  SmallVector<Value> pieces;
  for (int64_t i = 0; i < rank(value); ++i) {
    int64_t dim = size(value, i);
    if (!is_contained(axes, i))
      pieces.push_back(shape(value, i, i + 1));
    else if (!ShapedType::isDynamic(dim) && dim != 1 && !hasFailed())
      (void)fail("dimension " + Twine(i) + " to be removed has size " + Twine(dim) + ", needs 1");
  }
  return reshape(value, ArrayRef<Value>(pieces));
}

//===- Loops -----------------------------------------------------------------------------------------------------===//

CapturedValues::CapturedValues(OpBuilder &builder, Block &block, ArrayRef<Value> outer, ShapeAnalysis &analysis) {
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(&block);
  for (Value value : outer) {
    if (auto constant = value.getDefiningOp<arith::ConstantOp>()) {
      inner.push_back(builder.clone(*constant)->getResult(0));
      continue;
    }
    captures.push_back(value);
    inner.push_back(block.addArgument(value.getType(), value.getLoc()));
    analysis.setEqual(inner.back(), value);
  }
}

SmallVector<Value> NodeImporter::loop(Value trip, Value condition, ArrayRef<Value> inits, ArrayRef<Value> captures,
                                      LoopBody body) {
  if (hasFailed() || is_contained(inits, Value()) || is_contained(captures, Value()))
    return {};
  Ints known;
  if (!condition && getConstantInts(trip, known) && known.front() == 1) {
    SmallVector<Value> results = body(scalar(builder.getI64Type(), 0), inits, captures);
    for (Value &row : MutableArrayRef(results).drop_front(std::min(inits.size(), results.size())))
      row = unsqueeze(row, {0});
    return results;
  }
  Region region;
  Block *block = new Block;
  region.push_back(block);
  Value iteration = block->addArgument(RankedTensorType::get({}, builder.getI64Type()), loc);
  SmallVector<Value> carried;
  for (Value init : inits) {
    carried.push_back(block->addArgument(init.getType(), loc));
    analysis.setEqualShape(carried.back(), init);
  }
  CapturedValues captured(builder, *block, captures, analysis);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(block);
    SmallVector<Value> yielded = body(iteration, carried, captured.inner);
    if (hasFailed())
      return {};
    YieldOp::create(builder, loc, yielded);
  }
  OperationState state(loc, LoopOp::getOperationName());
  if (trip)
    state.addOperands(trip);
  if (condition)
    state.addOperands(condition);
  state.addOperands(inits);
  state.addOperands(captured.captures);
  auto &segments = state.getOrAddProperties<LoopOp::Properties>().operandSegmentSizes;
  segments = {trip ? 1 : 0, condition ? 1 : 0, int32_t(inits.size()), int32_t(captured.captures.size())};
  state.addRegion()->takeBody(region);
  return finishRegion(state);
}

Value NodeImporter::choose(Value condition, Value value, Branch thenBranch, Branch elseBranch) {
  if (hasFailed())
    return {};
  Ints known;
  if (getConstantInts(condition, known))
    return known.front() ? thenBranch(value) : elseBranch(value);
  OperationState state(loc, IfOp::getOperationName());
  state.addOperands(condition);
  for (Branch branch : {thenBranch, elseBranch}) {
    Block *block = new Block;
    auto region = std::make_unique<Region>();
    region->push_back(block);
    CapturedValues captured(builder, *block, value, analysis);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(block);
    Value result = branch(captured.inner.front());
    if (hasFailed())
      return {};
    YieldOp::create(builder, loc, result);
    if (state.operands.size() == 1)
      state.addOperands(captured.captures);
    state.addRegion(std::move(region));
  }
  SmallVector<Value> results = finishRegion(state);
  return results.empty() ? Value() : results.front();
}

SmallVector<Value> NodeImporter::finishRegion(OperationState &state) {
  std::string messages;
  ScopedDiagnosticHandler handler(builder.getContext(), [&](Diagnostic &diagnostic) {
    messages += (messages.empty() ? "" : "; ") + diagnostic.str();
    return success();
  });
  Operation *op = createWithRegions(builder, state);
  if (op)
    return SmallVector<Value>(op->getResults());
  (void)fail(messages);
  return {};
}

Operation *tt::onnx_import::createWithRegions(OpBuilder &builder, OperationState &state) {
  auto inference = state.name.getInterface<InferTypeOpInterface>();
  if (failed(inference->inferReturnTypes(builder.getContext(), state.location, state.operands,
                                         state.attributes.getDictionary(builder.getContext()), state.getRawProperties(),
                                         state.regions, state.types)))
    return nullptr;
  Operation *op = builder.create(state);
  if (succeeded(verify(op)))
    return op;
  op->erase();
  return nullptr;
}
