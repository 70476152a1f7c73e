//===- CountFlops.cpp - tt-count-flops ------------------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "tt/Analysis/Passes.h"
#include "tt/Analysis/ShapeValues.h"
#include "tt/Analysis/WorkCount.h"
#include "tt/Dialect/IR/Places.h"
#include "tt/Dialect/IR/TTOps.h"
#include "tt/Support/OutputFile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

#include <array>

namespace tt {
#define GEN_PASS_DEF_COUNTFLOPSPASS
#include "tt/Analysis/Passes.h.inc"
} // namespace tt

using namespace mlir;
using llvm::Error;
using llvm::StringRef;
using tt::SizeExpr;

namespace {

/// The columns of a row. Nothing: unknown.
enum Column { kFlops, kParameters, kRead, kWritten, kNumColumns };
constexpr StringRef kColumnNames[] = {"flops", "parameters", "bytes_read", "bytes_written"};
using Numbers = std::array<std::optional<SizeExpr>, kNumColumns>;

struct Layer {
  std::string name;
  StringRef op;
  /// The op with regions that it stands in ("tt.loop"); empty: in the function itself.
  StringRef inside;
  Numbers numbers;
};

/// Sums of what is known, and how many layers were not.
struct Total {
  int64_t count = 0;
  std::array<SizeExpr, kNumColumns> sums;
  std::array<int64_t, kNumColumns> unknown{};

  void add(const Numbers &numbers) {
    ++count;
    for (size_t i = 0; i < kNumColumns; ++i) {
      std::optional<SizeExpr> sum = numbers[i] ? SizeExpr::add(sums[i], *numbers[i]) : std::nullopt;
      if (sum)
        sums[i] = std::move(*sum);
      else
        ++unknown[i];
    }
  }
};

struct FunctionWork {
  std::string name;
  std::vector<Layer> layers;
  Total total;
  llvm::MapVector<StringRef, Total> kinds;
};

class Counter {
public:
  FunctionWork count(func::FuncOp func) {
    FunctionWork work;
    work.name = func.getName().str();
    llvm::DenseSet<Value> seen;
    int64_t parameters = 0;
    func.walk([&](Operation *op) {
      std::optional<tt::OpWork> cost = tt::countWork(op);
      if (!cost)
        return;
      int64_t own = 0;
      llvm::SmallDenseSet<Value> mine;
      for (OpOperand &operand : op->getOpOperands()) {
        // A constant of the function, where the op stands in a branch or loop.
        Value source = operand.get();
        for (auto argument = dyn_cast<BlockArgument>(source); argument; argument = dyn_cast<BlockArgument>(source)) {
          Value captured = tt::getCaptured(argument);
          if (!captured)
            break;
          source = captured;
        }
        int64_t elements = tt::countParameters(operand, source);
        if (elements && mine.insert(source).second)
          own += elements;
        if (elements && seen.insert(source).second)
          parameters += elements;
      }
      Layer layer;
      layer.name = tt::getOnnxNames(op->getLoc()).node;
      if (layer.name.empty())
        layer.name = tt::getPlace(op->getLoc());
      layer.op = op->getName().getStringRef();
      if (op->getParentOp() != func)
        layer.inside = op->getParentOp()->getName().getStringRef();
      layer.numbers = {resolve(cost->flops), SizeExpr(own), resolve(cost->bytesRead), resolve(cost->bytesWritten)};
      if (llvm::all_of(layer.numbers, [](const auto &number) { return number && number->isConstant(0); }))
        return;
      if (layer.inside.empty()) {
        work.total.add(layer.numbers);
        work.kinds[layer.op].add(layer.numbers);
      }
      work.layers.push_back(std::move(layer));
    });
    work.total.sums[kParameters] = parameters; // layers that share a constant each have it
    return work;
  }

  /// A polynomial of names; nothing where a symbol has none.
  std::optional<std::string> getText(const SizeExpr &expr) const {
    if (std::optional<int64_t> constant = expr.getConstant())
      return std::to_string(*constant);
    std::string text;
    // Highest powers first, the constant last.
    for (const auto &[symbols, factor] : llvm::reverse(expr.getTerms())) {
      std::string product;
      for (unsigned symbol : symbols) {
        StringRef name = shapes.getName(SizeExpr::symbol(symbol));
        if (name.empty())
          return std::nullopt;
        product += (product.empty() ? "" : "*") + name.str();
      }
      if (symbols.empty() || factor != 1)
        product = std::to_string(factor) + (product.empty() ? "" : "*" + product);
      text += (text.empty() ? "" : " + ") + product;
    }
    return text;
  }

private:
  std::optional<SizeExpr> resolve(const tt::WorkExpr &work) {
    if (!work.isKnown())
      return std::nullopt;
    std::optional<SizeExpr> sum = SizeExpr(0);
    for (const tt::WorkExpr::Term &term : work.getTerms()) {
      std::optional<SizeExpr> product = SizeExpr(term.factor);
      for (auto [value, dim] : term.sizes)
        if (product)
          product = SizeExpr::multiply(*product, shapes.getSizes(value)[dim]);
      sum = product && sum ? SizeExpr::add(*sum, *product) : std::nullopt;
    }
    // A size without a name says no more than "unknown".
    return sum && getText(*sum) ? sum : std::nullopt;
  }

  tt::ShapeAnalysis shapes;
};

//===-- output ----------------------------------------------------------------------------------------------------===//

std::string getText(const Counter &counter, const std::optional<SizeExpr> &number) {
  return number ? counter.getText(*number).value_or("unknown") : "unknown";
}

std::string getText(const Counter &counter, const Total &total, size_t column) {
  std::string text = counter.getText(total.sums[column]).value_or("unknown");
  int64_t unknown = total.unknown[column];
  if (!unknown)
    return text;
  return (total.sums[column].isConstant(0) ? "" : text + " + ") + std::to_string(unknown) + " unknown";
}

void printTable(const FunctionWork &work, const Counter &counter, llvm::raw_ostream &os) {
  using Row = std::array<std::string, 2 + kNumColumns>;
  std::vector<Row> rows;
  rows.push_back({"layer", "op", "FLOPs", "parameters", "bytes read", "bytes written"});
  for (const Layer &layer : work.layers) {
    Row row{layer.name + (layer.inside.empty() ? "" : " (in " + layer.inside.str() + ")"), layer.op.str()};
    for (size_t i = 0; i < kNumColumns; ++i)
      row[2 + i] = getText(counter, layer.numbers[i]);
    rows.push_back(std::move(row));
  }
  auto addTotal = [&](const std::string &name, StringRef op, const Total &total) {
    Row row{name, op.str()};
    for (size_t i = 0; i < kNumColumns; ++i)
      row[2 + i] = getText(counter, total, i);
    rows.push_back(std::move(row));
  };
  addTotal("total", "", work.total);
  size_t numLayers = rows.size();
  for (const auto &[op, total] : work.kinds)
    addTotal("  " + std::to_string(total.count) + " of", op, total);

  std::array<size_t, std::tuple_size_v<Row>> widths{};
  for (const Row &row : rows)
    for (auto [width, cell] : llvm::zip(widths, row))
      width = std::max(width, cell.size());
  os << "@" << work.name << "\n";
  for (auto [number, row] : llvm::enumerate(rows)) {
    if (number == numLayers)
      os << "by kind of op\n";
    os << row[0] << std::string(widths[0] - row[0].size() + 2, ' ') << row[1]
       << std::string(widths[1] - row[1].size(), ' ');
    for (size_t i = 2; i < row.size(); ++i)
      os << std::string(widths[i] - row[i].size() + 2, ' ') << row[i];
    os << "\n";
  }
  auto inside = llvm::count_if(work.layers, [](const Layer &layer) { return !layer.inside.empty(); });
  if (inside)
    os << inside << " layers are in branches and loops and in no total: how often they run depends on data\n";
}

llvm::json::Value getJson(const Counter &counter, const SizeExpr &number) {
  if (std::optional<int64_t> constant = number.getConstant())
    return *constant;
  return counter.getText(number).value_or("unknown");
}

llvm::json::Object getJson(const Counter &counter, const Total &total) {
  llvm::json::Object object{{"layers", total.count}};
  for (size_t i = 0; i < kNumColumns; ++i) {
    object[kColumnNames[i]] = getJson(counter, total.sums[i]);
    if (total.unknown[i])
      object[(kColumnNames[i] + "_unknown_layers").str()] = total.unknown[i];
  }
  return object;
}

llvm::json::Object getJson(const Counter &counter, const FunctionWork &work) {
  llvm::json::Array layers, kinds;
  for (const Layer &layer : work.layers) {
    llvm::json::Object object{{"name", llvm::json::fixUTF8(layer.name)}, {"op", layer.op}};
    if (!layer.inside.empty())
      object["inside"] = layer.inside;
    for (size_t i = 0; i < kNumColumns; ++i)
      object[kColumnNames[i]] = layer.numbers[i] ? getJson(counter, *layer.numbers[i]) : llvm::json::Value(nullptr);
    layers.push_back(std::move(object));
  }
  for (const auto &[op, total] : work.kinds) {
    llvm::json::Object object = getJson(counter, total);
    object["op"] = op;
    kinds.push_back(std::move(object));
  }
  return llvm::json::Object{{"name", work.name},
                            {"layers", std::move(layers)},
                            {"total", getJson(counter, work.total)},
                            {"kinds", std::move(kinds)}};
}

struct CountFlopsPass : tt::impl::CountFlopsPassBase<CountFlopsPass> {
  using CountFlopsPassBase::CountFlopsPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::json::Array functions;
    for (auto func : module.getOps<func::FuncOp>()) {
      if (func.isDeclaration())
        continue;
      Operation *lowered = nullptr;
      func.walk([&](Operation *op) {
        bool isKnown = isa<func::FuncOp, func::ReturnOp, arith::ConstantOp, tt::YieldOp>(op) ||
                       (isa<tt::TTDialect>(op->getDialect()) && !isa<DestinationStyleOpInterface>(op) && isPure(op));
        if (!isKnown)
          lowered = op;
        return isKnown ? WalkResult::advance() : WalkResult::interrupt();
      });
      if (lowered) {
        lowered->emitError("tt-count-flops needs graph ops (the stages imported and optimized), but found '")
            << lowered->getName() << "'";
        return signalPassFailure();
      }
      Counter counter;
      FunctionWork work = counter.count(func);
      if (json)
        functions.push_back(getJson(counter, work));
      else
        printTable(work, counter, os);
    }
    if (json)
      os << llvm::formatv("{0:2}",
                          llvm::json::Value(llvm::json::Object{{"tt_work", 1}, {"functions", std::move(functions)}}))
         << "\n";
    markAllAnalysesPreserved();
    if (file == "-") {
      llvm::outs() << text;
      return;
    }
    auto write = [&](llvm::raw_fd_ostream &out) {
      out << text;
      return Error::success();
    };
    if (Error error = tt::writeFileAtomically(file, write)) {
      module.emitError(llvm::toString(std::move(error)));
      signalPassFailure();
    }
  }
};

} // namespace
