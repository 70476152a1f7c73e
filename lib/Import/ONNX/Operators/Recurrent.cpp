//===- Recurrent.cpp - LSTM, GRU and RNN ----------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// The products with the input are one matrix product before the loop over time; the loop has those with the state. T is
// the number of steps, B the batch, H the width of the state, G the number of gates.
//===----------------------------------------------------------------------===//

#include "Handlers.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- Activations -----------------------------------------------------------------------------------------------===//

namespace {

/// One function of `activations` with its parameters.
struct Function {
  std::string name; // lower case
  float alpha, beta;
};

enum class Cell { RNN, GRU, LSTM };

/// One direction of a recurrent node.
struct Direction {
  Cell cell;
  NodeImporter &node;
  SmallVector<Function, 3> functions;
  float clip; // 0: none
  bool isReverse, isLinearBeforeReset, isCoupled;
  Value x;                           // TxBxI
  Value weights, recurrence;         // GHxI, GHxH
  Value inputBias, recurrentBias;    // GH, or null
  Value peepholes;                   // 3H, or null
  Value lengths;                     // B as i64, or null
  Value initialState, initialMemory; // BxH; the second of an LSTM only
  int64_t width;

  SmallVector<Value> import();

private:
  Value apply(unsigned function, Value x);
  Value getGate(Value gates, int64_t index) { return node.slice(gates, 1, index * width, (index + 1) * width); }
  SmallVector<Value> step(Value gates, ArrayRef<Value> state, Value matrix, Value bias, Value peephole);
};

} // namespace

static constexpr StringLiteral functionNames[] = {"relu",        "tanh",       "sigmoid",        "affine",
                                                  "leakyrelu",   "elu",        "softsign",       "softplus",
                                                  "hardsigmoid", "scaledtanh", "thresholdedrelu"};

Value Direction::apply(unsigned function, Value x) {
  const Function &f = functions[function];
  auto number = [&](float value) { return node.scalarLike(x, value); };
  auto attribute = [&](float value) { return node.getBuilder().getF32FloatAttr(value); };
  if (clip != 0)
    x = node.create<ClipOp>(x, number(-clip), number(clip));
  if (f.name == "sigmoid")
    return node.create<SigmoidOp>(x);
  if (f.name == "tanh")
    return node.create<TanhOp>(x);
  if (f.name == "relu")
    return node.create<ReluOp>(x);
  if (f.name == "affine")
    return node.add(node.mul(x, number(f.alpha)), number(f.beta));
  if (f.name == "leakyrelu")
    return node.create<LeakyReluOp>(x, attribute(f.alpha));
  if (f.name == "elu")
    return node.create<EluOp>(x, attribute(f.alpha));
  if (f.name == "softsign")
    return node.div(x, node.add(node.create<AbsOp>(x), number(1)));
  if (f.name == "softplus")
    return node.create<SoftplusOp>(x);
  if (f.name == "hardsigmoid")
    return node.create<HardSigmoidOp>(x, attribute(f.alpha), attribute(f.beta));
  if (f.name == "scaledtanh")
    return node.mul(node.create<TanhOp>(node.mul(x, number(f.beta))), number(f.alpha));
  return node.create<WhereOp>(node.create<LessOp>(number(f.alpha), x), x, number(0)); // thresholdedrelu
}

//===- One step --------------------------------------------------------------------------------------------------===//

/// The next state from the products with the input, BxGH, to which biases were added where that is allowed.
SmallVector<Value> Direction::step(Value gates, ArrayRef<Value> state, Value matrix, Value bias, Value peephole) {
  Value h = state[0];
  auto one = [&] { return node.scalarLike(h, 1); };
  if (cell == Cell::GRU) {
    // z, r, h
    Value ofGates = node.slice(gates, 1, 0, 2 * width), ofHidden = getGate(gates, 2);
    Value matrixGates = node.slice(matrix, 1, 0, 2 * width), matrixHidden = getGate(matrix, 2);
    Value both = apply(0, node.add(ofGates, node.create<MatMulOp>(h, matrixGates)));
    Value z = getGate(both, 0), r = getGate(both, 1), candidate;
    if (isLinearBeforeReset) {
      Value product = node.create<MatMulOp>(h, matrixHidden);
      if (bias)
        product = node.add(product, bias);
      candidate = node.add(ofHidden, node.mul(r, product));
    } else {
      candidate = node.add(ofHidden, node.create<MatMulOp>(node.mul(r, h), matrixHidden));
    }
    candidate = apply(1, candidate);
    return {node.add(node.mul(node.sub(one(), z), candidate), node.mul(z, h))};
  }
  gates = node.add(gates, node.create<MatMulOp>(h, matrix));
  if (cell == Cell::RNN)
    return {apply(0, gates)};
  // i, o, f, c; the peepholes' order is i, o, f
  Value memory = state[1];
  auto look = [&](Value gate, Value at, int64_t index) {
    return peephole ? node.add(gate, node.mul(at, node.slice(peephole, 0, index * width, (index + 1) * width))) : gate;
  };
  Value i = apply(0, look(getGate(gates, 0), memory, 0));
  Value f = isCoupled ? node.sub(one(), i) : apply(0, look(getGate(gates, 2), memory, 2));
  Value candidate = apply(1, getGate(gates, 3));
  Value next = node.add(node.mul(f, memory), node.mul(i, candidate));
  Value o = apply(0, look(getGate(gates, 1), next, 1));
  // The limit is for the inputs of the gates only.
  float limit = std::exchange(clip, 0.0f);
  Value hidden = node.mul(o, apply(2, next));
  clip = limit;
  return {hidden, next};
}

SmallVector<Value> Direction::import() {
  // A GRU that applies the reset gate to the product adds that product's bias inside.
  Value insideBias, bias = inputBias;
  if (recurrentBias) {
    if (cell == Cell::GRU && isLinearBeforeReset) {
      insideBias = node.slice(recurrentBias, 0, 2 * width, 3 * width);
      Value outside = node.concat(
          {node.slice(recurrentBias, 0, 0, 2 * width), node.mul(insideBias, node.scalarLike(insideBias, 0))}, 0);
      bias = node.add(inputBias, outside);
    } else {
      bias = node.add(inputBias, recurrentBias);
    }
  }
  Value sequence = x;
  bool flips = isReverse && !lengths;
  if (isReverse && lengths)
    sequence = node.create<ReverseSequenceOp>(x, lengths, /*batch_axis=*/1, /*time_axis=*/0);
  Value projected = node.create<MatMulOp>(sequence, node.transpose(weights, {1, 0}));
  if (bias)
    projected = node.add(projected, bias);
  Value count = node.toScalar(node.shape(x, 0, 1));
  SmallVector<Value> inits{initialState};
  if (cell == Cell::LSTM)
    inits.push_back(initialMemory);
  // Captured in this order; absent ones are left out.
  SmallVector<Value> captures{projected, node.transpose(recurrence, {1, 0}), count};
  for (Value value : {insideBias, peepholes, lengths})
    if (value)
      captures.push_back(value);
  SmallVector<Value> results =
      node.loop(count, Value(), inits, captures, [&](Value i, ArrayRef<Value> state, ArrayRef<Value> captured) {
        unsigned next = 3;
        auto take = [&](Value value) { return value ? captured[next++] : Value(); };
        Value innerBias = take(insideBias), innerPeepholes = take(peepholes), innerLengths = take(lengths);
        Value position = i, last = node.sub(captured[2], node.scalarLike(i, 1));
        if (flips)
          position = node.sub(last, i);
        Value gates = node.create<GatherOp>(captured[0], position, 0);
        SmallVector<Value> made = step(gates, state, captured[1], innerBias, innerPeepholes);
        Value row = made.front();
        if (innerLengths) {
          // Behind its end a sequence keeps its state and gives 0.
          Value isInside = node.unsqueeze(node.create<LessOp>(i, innerLengths), {1});
          row = node.create<WhereOp>(isInside, row, node.scalarLike(row, 0));
          for (auto [now, before] : zip_equal(made, state))
            now = node.create<WhereOp>(isInside, now, before);
        }
        made.push_back(row);
        return made;
      });
  if (node.hasFailed())
    return {};
  Value &rows = results.back();
  if (flips)
    rows = node.slice(rows, 0, -1, INT64_MIN, -1);
  if (isReverse && lengths)
    rows = node.create<ReverseSequenceOp>(rows, lengths, /*batch_axis=*/1, /*time_axis=*/0);
  return results;
}

//===- Nodes -----------------------------------------------------------------------------------------------------===//

/// The functions of a node's `directions` in their order, with the defaults of `cell`.
static SmallVector<Function> getFunctions(NodeAttributes &node, Cell cell, int64_t directions) {
  unsigned perDirection = cell == Cell::LSTM ? 3 : cell == Cell::GRU ? 2 : 1;
  SmallVector<std::string> names;
  if (auto given = node.getStrings("activations"))
    names.assign(given->begin(), given->end());
  for (int64_t i = names.size(); i < directions * perDirection; ++i)
    names.push_back(cell != Cell::RNN && i % perDirection == 0 ? "sigmoid" : "tanh");
  auto alphas = node.getFloats("activation_alpha").value_or(SmallVector<float>());
  auto betas = node.getFloats("activation_beta").value_or(SmallVector<float>());
  // The lists hold numbers for those functions only that have the parameter.
  unsigned nextAlpha = 0, nextBeta = 0;
  SmallVector<Function> functions;
  for (const std::string &given : names) {
    std::string name = StringRef(given).lower();
    auto take = [&](ArrayRef<float> values, unsigned &next, float defaultValue) {
      return next < values.size() ? values[next++] : defaultValue;
    };
    Function f{name, 0, 0};
    if (name == "leakyrelu")
      f.alpha = take(alphas, nextAlpha, 0.01f);
    else if (name == "elu" || name == "thresholdedrelu" || name == "affine" || name == "scaledtanh")
      f.alpha = take(alphas, nextAlpha, 1);
    else if (name == "hardsigmoid")
      f.alpha = take(alphas, nextAlpha, 0.2f);
    if (name == "affine")
      f.beta = take(betas, nextBeta, 0);
    else if (name == "scaledtanh")
      f.beta = take(betas, nextBeta, 1);
    else if (name == "hardsigmoid")
      f.beta = take(betas, nextBeta, 0.5f);
    functions.push_back(f);
  }
  return functions;
}

static void checkRecurrent(NodeAttributes &node, Cell cell) {
  requireOneOf(node, "direction", "forward", {"forward", "reverse", "bidirectional"});
  for (const Function &f : getFunctions(node, cell, 1))
    if (!is_contained(functionNames, StringRef(f.name)))
      (void)node.fail("activation '" + f.name + "' is not supported; use one of " +
                      join(ArrayRef(functionNames), ", "));
}

void tt::onnx_import::checkLSTM(NodeAttributes &node) { checkRecurrent(node, Cell::LSTM); }
void tt::onnx_import::checkGRU(NodeAttributes &node) { checkRecurrent(node, Cell::GRU); }
void tt::onnx_import::checkRNN(NodeAttributes &node) { checkRecurrent(node, Cell::RNN); }

static LogicalResult importRecurrent(NodeImporter &node, Cell cell) {
  int64_t gates = cell == Cell::LSTM ? 4 : cell == Cell::GRU ? 3 : 1;
  Value x = node.input(0), weights = node.input(1), recurrence = node.input(2), bias = node.optionalInput(3);
  Value lengths = node.optionalInput(4), state = node.optionalInput(5);
  Value memory = cell == Cell::LSTM ? node.optionalInput(6) : Value();
  Value peepholes = cell == Cell::LSTM ? node.optionalInput(7) : Value();
  if (node.hasFailed())
    return failure();
  if (node.rank(x) != 3 || node.rank(weights) != 3 || node.rank(recurrence) != 3)
    return node.fail("needs X, W and R of rank 3");
  int64_t width = node.size(recurrence, 2);
  if (ShapedType::isDynamic(width))
    return node.fail("the size of the state must be known, but R has the type " + node.describeType(recurrence));
  std::string direction = node.getString("direction", "forward");
  int64_t directions = direction == "bidirectional" ? 2 : 1;
  bool isBatchFirst = node.getInt("layout", 0) == 1;
  SmallVector<Function> functions = getFunctions(node, cell, directions);
  size_t perDirection = functions.size() / directions;
  if (isBatchFirst) {
    x = node.transpose(x, {1, 0, 2});
    state = state ? node.transpose(state, {1, 0, 2}) : state;
    memory = memory ? node.transpose(memory, {1, 0, 2}) : memory;
  }
  if (lengths)
    lengths = node.cast(lengths, node.getBuilder().getI64Type());
  // Part `d` of a parameter with the directions in front.
  auto getPart = [&](Value value, int64_t d) {
    return value ? node.squeeze(node.slice(value, 0, d, d + 1), {0}) : value;
  };
  auto getState = [&](Value value, int64_t d) {
    if (value)
      return getPart(value, d);
    return node.expand(node.scalarLike(x, 0), node.concat({node.shape(x, 1, 2), node.ints({width})}, 0));
  };
  SmallVector<SmallVector<Value>> results(cell == Cell::LSTM ? 3 : 2); // state, memory, rows; by direction
  for (int64_t d = 0; d < directions; ++d) {
    Direction one{cell,
                  node,
                  {functions.begin() + d * perDirection, functions.begin() + (d + 1) * perDirection},
                  node.getFloat("clip", 0),
                  d == 1 || direction == "reverse",
                  node.getFlag("linear_before_reset", false),
                  node.getFlag("input_forget", false),
                  x,
                  getPart(weights, d),
                  getPart(recurrence, d),
                  {},
                  {},
                  getPart(peepholes, d),
                  lengths,
                  getState(state, d),
                  cell == Cell::LSTM ? getState(memory, d) : Value(),
                  width};
    if (bias) {
      Value both = getPart(bias, d);
      one.inputBias = node.slice(both, 0, 0, gates * width);
      one.recurrentBias = node.slice(both, 0, gates * width, 2 * gates * width);
    }
    SmallVector<Value> made = one.import();
    if (node.hasFailed())
      return failure();
    for (auto [list, value] : zip_equal(results, made))
      list.push_back(value);
  }
  // Y: T, directions, B, H; the states: directions, B, H.
  auto join = [&](ArrayRef<Value> parts, int64_t axis) {
    SmallVector<Value> expanded;
    for (Value part : parts)
      expanded.push_back(node.unsqueeze(part, {axis}));
    return node.concat(expanded, axis);
  };
  Value y = join(results.back(), 1), last = join(results.front(), 0);
  SmallVector<Value> outputs{y, last};
  if (cell == Cell::LSTM)
    outputs.push_back(join(results[1], 0));
  if (isBatchFirst) {
    outputs[0] = node.transpose(outputs[0], {2, 0, 1, 3});
    for (Value &output : MutableArrayRef(outputs).drop_front())
      output = node.transpose(output, {1, 0, 2});
  }
  return node.yield(outputs);
}

LogicalResult tt::onnx_import::importLSTM(NodeImporter &node) { return importRecurrent(node, Cell::LSTM); }
LogicalResult tt::onnx_import::importGRU(NodeImporter &node) { return importRecurrent(node, Cell::GRU); }
LogicalResult tt::onnx_import::importRNN(NodeImporter &node) { return importRecurrent(node, Cell::RNN); }
