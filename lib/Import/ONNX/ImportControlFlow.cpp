//===- ImportControlFlow.cpp - If, Loop and Scan ---------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Importer.h"
#include "Operators.h"

#include "tt/Dialect/IR/Constants.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

bool tt::onnx_import::isControlFlow(const onnx::NodeProto &node) {
  return (node.domain().empty() || node.domain() == "ai.onnx") &&
         (node.op_type() == "If" || node.op_type() == "Loop" || node.op_type() == "Scan");
}

const onnx::GraphProto *Importer::getGraph(const onnx::NodeProto &node, StringRef attribute) {
  for (const onnx::AttributeProto &attr : node.attribute())
    if (attr.name() == attribute && attr.has_g())
      return &attr.g();
  return nullptr;
}

LogicalResult Importer::getOuterValues(Scope &scope, const onnx::GraphProto &graph, SmallVectorImpl<std::string> &names,
                                       SmallVectorImpl<Value> &values) {
  for (const std::string &outer : getCapturedNames(graph)) {
    if (isPoisoned(scope, outer))
      return failure();
    std::optional<Value> value = findValue(scope, outer);
    if (!value || !*value || is_contained(names, outer))
      continue;
    names.push_back(outer);
    values.push_back(*value);
  }
  return success();
}

LogicalResult Importer::importSubgraph(Scope &scope, const onnx::GraphProto &graph, const std::string &name,
                                       const StringMap<Value> &values, SmallVectorImpl<Value> &results) {
  auto fail = [&](const Twine &why) {
    error("onnx node '" + name + "': in its graph: " + why);
    return failure();
  };
  Scope inner;
  inner.prefix = name + "/";
  inner.opsets = scope.opsets;
  inner.depth = scope.depth;
  inner.root = scope.root;
  llvm::StringSet<> visible;
  for (const auto &entry : values) {
    inner.values[entry.getKey()] = entry.getValue();
    visible.insert(entry.getKey());
  }
  for (const onnx::TensorProto &tensor : graph.initializer()) {
    Expected<TypedAttr> value = model.getTensor(&context, tensor, tensor.name());
    if (!value)
      return fail("initializer '" + tensor.name() + "': " + toString(value.takeError()));
    inner.values[tensor.name()] =
        arith::ConstantOp::create(builder, getNameLoc(inner.prefix + tensor.name()), *value).getResult();
    visible.insert(tensor.name());
  }
  SmallVector<std::string> outputs;
  for (const onnx::ValueInfoProto &output : graph.output())
    outputs.push_back(output.name());
  SmallVector<const onnx::NodeProto *> nodes;
  for (const onnx::NodeProto &innerNode : graph.node())
    nodes.push_back(&innerNode);
  bool sorted = true;
  std::vector<const onnx::NodeProto *> order = sortNodes(nodes, visible, outputs, [&](const Twine &text) {
    sorted = false;
    (void)fail(text);
  });
  if (!sorted || !checkNodes(order, inner))
    return failure();
  for (const onnx::NodeProto *innerNode : order)
    importNode(inner, *innerNode);
  for (const std::string &output : outputs) {
    Value value = inner.values.lookup(output);
    if (isPoisoned(inner, output) || !value)
      return failure();
    results.push_back(value);
  }
  return success();
}

LogicalResult Importer::importControlFlow(Scope &scope, const onnx::NodeProto &node, const std::string &name,
                                          ArrayRef<Value> inputs, SmallVectorImpl<Value> &results) {
  if (node.op_type() == "If")
    return importIf(scope, node, name, inputs.empty() ? Value() : inputs.front(), results);
  int opset = scope.getOpset(node.domain());
  std::string description = describeNode(name, node.op_type(), opset);
  std::string output = node.output_size() ? node.output(0) : "";
  Location loc = NameLoc::get(StringAttr::get(&context, name), getNameLoc(scope.prefix + output));
  NodeImporter importer(model, node, description, opset, builder, analysis, loc, inputs);
  bool isGood = succeeded(node.op_type() == "Loop" ? importLoop(scope, node, importer, name)
                                                   : importScan(scope, node, importer, name));
  for (const std::string &text : importer.getErrors())
    error(description + ": " + text);
  results.assign(importer.getResults().begin(), importer.getResults().end());
  return success(isGood && !importer.hasFailed());
}

//===- If --------------------------------------------------------------------------------------------------------===//

std::unique_ptr<Region> Importer::importBranch(Scope &scope, const onnx::GraphProto &graph, const std::string &name,
                                               ArrayRef<std::string> names, ArrayRef<Value> outer,
                                               SmallVectorImpl<Value> &captures) {
  auto region = std::make_unique<Region>();
  Block *block = new Block;
  region->push_back(block);
  CapturedValues captured(builder, *block, outer, analysis);
  captures.assign(captured.captures.begin(), captured.captures.end());
  StringMap<Value> values;
  for (auto [outerName, value] : zip_equal(names, captured.inner))
    values[outerName] = value;
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToEnd(block);
  SmallVector<Value> results;
  if (mlir::failed(importSubgraph(scope, graph, name, values, results)))
    return nullptr;
  YieldOp::create(builder, getNameLoc(name), results);
  return region;
}

LogicalResult Importer::importIf(Scope &scope, const onnx::NodeProto &node, const std::string &name, Value condition,
                                 SmallVectorImpl<Value> &results) {
  std::string description = describeNode(name, node.op_type(), scope.getOpset(node.domain()));
  auto fail = [&](const Twine &why) {
    error(description + ": " + why);
    return failure();
  };
  const onnx::GraphProto *thenGraph = getGraph(node, "then_branch"), *elseGraph = getGraph(node, "else_branch");
  if (!condition || !thenGraph || !elseGraph)
    return fail("needs a condition and graphs as attributes 'then_branch' and 'else_branch'");
  NodeImporter importer(model, node, description, scope.getOpset(node.domain()), builder, analysis, getNameLoc(name),
                        condition);
  if (!importer.elementType(condition).isInteger(1))
    return fail("needs a condition of type bool, but found " + importer.describeType(condition));

  // A branch in the node's place sees the values around it by their names.
  auto inlineBranch = [&](const onnx::GraphProto &graph) {
    SmallVector<std::string> names;
    SmallVector<Value> outer;
    if (mlir::failed(getOuterValues(scope, graph, names, outer)))
      return failure();
    StringMap<Value> values;
    for (auto [outerName, value] : zip_equal(names, outer))
      values[outerName] = value;
    return importSubgraph(scope, graph, name, values, results);
  };
  SmallVector<int64_t> known;
  if (getConstantInts(condition, known) && known.size() == 1)
    return inlineBranch(known.front() ? *thenGraph : *elseGraph);

  SmallVector<std::string> names;
  SmallVector<Value> outer, captures;
  if (mlir::failed(getOuterValues(scope, *thenGraph, names, outer)) ||
      mlir::failed(getOuterValues(scope, *elseGraph, names, outer)))
    return failure();
  std::unique_ptr<Region> thenRegion = importBranch(scope, *thenGraph, name, names, outer, captures);
  std::unique_ptr<Region> elseRegion =
      thenRegion ? importBranch(scope, *elseGraph, name, names, outer, captures) : nullptr;
  if (!thenRegion || !elseRegion)
    return failure();
  condition = importer.toScalar(condition);
  auto getTypes = [](Region &region) { return region.front().getTerminator()->getOperandTypes(); };
  bool haveEqualRanks = getTypes(*thenRegion).size() == getTypes(*elseRegion).size() &&
                        all_of(zip_equal(getTypes(*thenRegion), getTypes(*elseRegion)), [](auto types) {
                          auto [x, y] = types;
                          return cast<RankedTensorType>(x).getRank() == cast<RankedTensorType>(y).getRank();
                        });
  if (!haveEqualRanks) {
    // A result of two ranks cannot be compiled. Exporters make such branches of `squeeze`, with the case that they saw
    // first.
    if (mlir::failed(inlineBranch(*thenGraph)))
      return failure();
    for (Value &result : results)
      result = importer.create<RequireOp>(result, condition,
                                          builder.getStringAttr("needs the condition of its 'then_branch', the other "
                                                                "branch gives results of another rank"));
    for (const std::string &text : importer.getErrors())
      error(description + ": " + text);
    return success(!importer.hasFailed());
  }
  OperationState state(importer.getLoc(), IfOp::getOperationName());
  state.addOperands(condition);
  state.addOperands(captures);
  state.addRegion(std::move(thenRegion));
  state.addRegion(std::move(elseRegion));
  std::string messages;
  Operation *op = nullptr;
  {
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      messages += (messages.empty() ? "" : "; ") + diagnostic.str();
      return success();
    });
    op = createWithRegions(builder, state);
  }
  if (!op)
    return fail(messages);
  results.assign(op->result_begin(), op->result_end());
  return success();
}

//===- Loop ------------------------------------------------------------------------------------------------------===//

LogicalResult Importer::importLoop(Scope &scope, const onnx::NodeProto &node, NodeImporter &importer,
                                   const std::string &name) {
  const onnx::GraphProto *graph = getGraph(node, "body");
  if (!graph)
    return importer.fail("needs a graph as attribute 'body'");
  Value trip = importer.optionalInput(0), condition = importer.optionalInput(1);
  SmallVector<Value> inits(importer.getInputs().drop_front(std::min<size_t>(2, importer.getInputs().size())));
  int64_t numCarried = inits.size(), numRows = graph->output_size() - 1 - numCarried;
  if (graph->input_size() != 2 + numCarried || numRows < 0)
    return importer.fail("the body needs " + Twine(2 + numCarried) + " inputs and at least " + Twine(1 + numCarried) +
                         " outputs, but has " + Twine(graph->input_size()) + " and " + Twine(graph->output_size()));
  SmallVector<std::string> names;
  SmallVector<Value> outer;
  if (mlir::failed(getOuterValues(scope, *graph, names, outer)))
    return failure();
  // A loop counts where its body never ends it.
  Ints known;
  bool startsAlways = !condition || (getConstantInts(condition, known) && known.size() == 1 && known.front());
  bool counts = bool(trip);
  if (counts && graph->output(0).name() != graph->input(1).name()) {
    // Identity nodes pass the incoming condition on, or a constant says true.
    std::string end = graph->output(0).name();
    bool isKnown = false;
    for (int steps = 0; steps < 8 && !isKnown; ++steps) {
      const onnx::NodeProto *producer = nullptr;
      for (const onnx::NodeProto &inner : graph->node())
        if (is_contained(inner.output(), end))
          producer = &inner;
      if (producer && producer->op_type() == "Identity" && producer->input_size() == 1)
        end = producer->input(0);
      else if (producer && producer->op_type() == "Constant")
        for (const onnx::AttributeProto &attr : producer->attribute()) {
          Expected<TypedAttr> value = model.getTensor(&context, attr.t(), end);
          SmallVector<int64_t> truth;
          isKnown = attr.has_t() && value && getConstantInts(Attribute(*value), truth) && truth.size() == 1 && truth[0];
          if (!value)
            consumeError(value.takeError());
        }
      isKnown |= end == graph->input(1).name();
    }
    counts = isKnown;
  }
  if (counts && !startsAlways)
    trip = importer.create<WhereOp>(importer.toScalar(condition), importer.toScalar(trip),
                                    importer.scalar(builder.getI64Type(), 0));
  if (!counts && !condition)
    condition = importer.scalar(builder.getI1Type(), 1);
  if (!trip && numRows > 0)
    return importer.fail("needs a trip count, because it has scan outputs");

  bool isGood = true;
  auto body = [&](Value iteration, ArrayRef<Value> carried, ArrayRef<Value> captured) -> SmallVector<Value> {
    StringMap<Value> values;
    for (auto [outerName, value] : zip_equal(names, captured))
      values[outerName] = value;
    values[graph->input(0).name()] = iteration;
    values[graph->input(1).name()] = importer.scalar(builder.getI1Type(), 1);
    for (auto [input, value] : zip(drop_begin(graph->input(), 2), carried))
      values[input.name()] = value;
    SmallVector<Value> yielded;
    isGood = succeeded(importSubgraph(scope, *graph, name, values, yielded));
    if (!isGood)
      return {};
    if (counts)
      yielded.erase(yielded.begin());
    else
      yielded.front() = importer.toScalar(yielded.front());
    return yielded;
  };
  SmallVector<Value> results =
      importer.loop(trip ? importer.toScalar(trip) : Value(), counts ? Value() : importer.toScalar(condition), inits,
                    outer, [&](Value i, ArrayRef<Value> c, ArrayRef<Value> o) {
                      SmallVector<Value> yielded = body(i, c, o);
                      if (!isGood && !importer.hasFailed())
                        (void)importer.fail("its body cannot be imported");
                      return yielded;
                    });
  return importer.yield(results);
}

//===- Scan ------------------------------------------------------------------------------------------------------===//

LogicalResult Importer::importScan(Scope &scope, const onnx::NodeProto &node, NodeImporter &importer,
                                   const std::string &name) {
  const onnx::GraphProto *graph = getGraph(node, "body");
  if (!graph)
    return importer.fail("needs a graph as attribute 'body'");
  // Opset 8 has lengths of sequences as its first input, and a batch in front of all values.
  bool hasBatch = importer.getOpset() < 9;
  ArrayRef<Value> given = importer.getInputs().drop_front(hasBatch && !importer.getInputs().empty() ? 1 : 0);
  if (hasBatch && importer.optionalInput(0))
    return importer.fail("input 0 (sequence_lens) is not supported; use opset 9 or newer");
  int64_t numInputs = importer.getInt("num_scan_inputs", 0), numCarried = int64_t(given.size()) - numInputs;
  int64_t numRows = graph->output_size() - numCarried;
  if (numInputs < 1 || numCarried < 0 || numRows < 0 || graph->input_size() != int64_t(given.size()))
    return importer.fail("num_scan_inputs " + Twine(numInputs) + " does not agree with " + Twine(given.size()) +
                         " inputs and a body of " + Twine(graph->input_size()) + " inputs and " +
                         Twine(graph->output_size()) + " outputs");
  Ints inputAxes = importer.getInts("scan_input_axes", Ints(numInputs, 0));
  Ints inputDirections = importer.getInts(hasBatch ? "directions" : "scan_input_directions", Ints(numInputs, 0));
  Ints outputAxes = importer.getInts("scan_output_axes", Ints(numRows, 0));
  Ints outputDirections = importer.getInts("scan_output_directions", Ints(numRows, 0));
  if (int64_t(inputAxes.size()) != numInputs || int64_t(inputDirections.size()) != numInputs ||
      int64_t(outputAxes.size()) != numRows || int64_t(outputDirections.size()) != numRows)
    return importer.fail("needs one axis and direction for each scan input and output");
  SmallVector<Value> inits, sequences;
  for (auto [i, value] : enumerate(given)) {
    if (!value)
      return importer.fail("an input is missing");
    if (hasBatch && importer.size(value, 0) != 1)
      return importer.fail("a batch of opset 8 must be known to be 1, but an input has the type " +
                           importer.describeType(value));
    Value own = hasBatch ? importer.squeeze(value, {0}) : value;
    (int64_t(i) < numCarried ? inits : sequences).push_back(own);
  }
  if (importer.hasFailed())
    return failure();
  for (auto [axis, sequence] : zip_equal(inputAxes, sequences))
    axis = importer.normalizeAxis(axis, importer.rank(sequence));
  Value count = importer.toScalar(importer.shape(sequences.front(), inputAxes.front(), inputAxes.front() + 1));
  SmallVector<std::string> names;
  SmallVector<Value> outer;
  if (mlir::failed(getOuterValues(scope, *graph, names, outer)))
    return failure();
  SmallVector<Value> captures(outer);
  append_range(captures, sequences);
  captures.push_back(count);
  SmallVector<Value> results = importer.loop(
      count, Value(), inits, captures, [&](Value iteration, ArrayRef<Value> carried, ArrayRef<Value> captured) {
        StringMap<Value> values;
        for (auto [outerName, value] : zip(names, captured))
          values[outerName] = value;
        Value last = importer.sub(captured.back(), importer.scalar(builder.getI64Type(), 1));
        for (auto [input, value] : zip(graph->input(), carried))
          values[input.name()] = value;
        for (int64_t i = 0; i < numInputs; ++i) {
          Value position = inputDirections[i] ? importer.sub(last, iteration) : iteration;
          values[graph->input(numCarried + i).name()] =
              importer.create<GatherOp>(captured[names.size() + i], position, inputAxes[i]);
        }
        SmallVector<Value> yielded;
        if (mlir::failed(importSubgraph(scope, *graph, name, values, yielded)) && !importer.hasFailed())
          (void)importer.fail("its body cannot be imported");
        return yielded;
      });
  if (importer.hasFailed())
    return failure();
  for (int64_t i = 0; i < numRows; ++i) {
    Value &rows = results[numCarried + i];
    if (outputDirections[i])
      rows = importer.slice(rows, 0, -1, INT64_MIN, -1);
    int64_t axis = importer.normalizeAxis(outputAxes[i], importer.rank(rows));
    Ints perm;
    for (int64_t d = 1; d < importer.rank(rows); ++d)
      perm.push_back(d);
    perm.insert(perm.begin() + axis, 0);
    if (axis != 0)
      rows = importer.transpose(rows, perm);
  }
  if (hasBatch)
    for (Value &result : results)
      result = importer.unsqueeze(result, {0});
  return importer.yield(results);
}
