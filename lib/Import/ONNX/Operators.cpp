//===- Operators.cpp - the table of ONNX operators -------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Operators.h"
#include "Operators/Handlers.h"

#include "tt/Import/ONNX/Import.h"

#include "llvm/ADT/StringExtras.h"

#include <tuple>

using namespace llvm;
using namespace tt;
using namespace tt::onnx_import;

static const Operator operators[] = {
#define TT_ONNX_OPERATOR(DOMAIN, NAME, FIRST, LAST, HANDLER, CHECK) {DOMAIN, NAME, FIRST, LAST, HANDLER, CHECK},
#include "Operators/Operators.def"
};

static const RefusedOperator refused[] = {
    {"Sequence*", "sequences are not supported; use tensors"},
    {"SplitToSequence", "sequences are not supported; use Split"},
    {"ConcatFromSequence", "sequences are not supported; use Concat"},
    {"String*", "strings are not supported; keep text processing outside the model"},
    {"RegexFullMatch", "strings are not supported; keep text processing outside the model"},
    {"TfIdfVectorizer", "text features are not supported; keep text processing outside the model"},
    {"Random*", "random numbers are not supported; pass them in as an input"},
    {"Bernoulli", "random numbers are not supported; pass them in as an input"},
    {"Multinomial", "random numbers are not supported; pass them in as an input"},
    {"Gradient", "training operators are not supported; export the model for inference"},
    {"Adam", "training operators are not supported; export the model for inference"},
    {"Adagrad", "training operators are not supported; export the model for inference"},
    {"Momentum", "training operators are not supported; export the model for inference"},
};

ArrayRef<Operator> tt::onnx_import::getOperators() { return operators; }
ArrayRef<RefusedOperator> tt::onnx_import::getRefusedOperators() { return refused; }

const Operator *tt::onnx_import::findOperator(StringRef domain, StringRef name, int opset) {
  if (domain == "ai.onnx")
    domain = "";
  for (const Operator &op : operators)
    if (op.name == name && op.domain == domain && opset >= op.firstOpset && opset <= op.lastOpset)
      return &op;
  return nullptr;
}

std::string tt::onnx_import::explainMissing(StringRef domain, StringRef name, int opset) {
  if (domain == "ai.onnx")
    domain = "";
  for (const Operator &op : operators)
    if (op.name == name && op.domain == domain)
      return ("supported in opsets " + Twine(op.firstOpset) + " to " + Twine(op.lastOpset) + " only").str();
  bool isTraining = domain == "ai.onnx.preview.training";
  if (domain.empty() || isTraining)
    for (const RefusedOperator &op : refused) {
      StringRef pattern = op.name;
      if (pattern.consume_back("*") ? name.starts_with(pattern) : name == pattern)
        return op.reason.str();
    }
  if (domain == "ai.onnx.ml")
    return "operators of classical machine learning (domain 'ai.onnx.ml') are not supported";
  if (!domain.empty())
    return ("operators of domain '" + domain + "' are not supported; use those of the default domain").str();
  return "the operator is not supported; docs/operators.md lists those which are";
}

void tt::printOnnxOperators(raw_ostream &os) {
  os << "# ONNX operators\n\nWritten by `tt-translate --print-onnx-operators`. Opsets " << minOpset << " to "
     << maxOpset << "; an operator that is not listed is expanded where ONNX defines it as a function.\n\n"
     << "To add one: a row in lib/Import/ONNX/Operators/Operators.def, a function in the file of its family beside it "
        "(NodeImporter.h says what it can use), a case in test/Import/ONNX/make_opset_tests.py, and this page anew.\n\n"
     << "| operator | domain | opsets |\n|---|---|---|\n";
  SmallVector<const Operator *> sorted = map_to_vector(operators, [](const Operator &op) { return &op; });
  llvm::sort(sorted, [](const Operator *a, const Operator *b) {
    return std::tuple(a->name, a->domain, a->firstOpset) < std::tuple(b->name, b->domain, b->firstOpset);
  });
  for (const Operator *op : sorted)
    os << "| " << op->name << " | " << op->domain << " | " << op->firstOpset << " to " << op->lastOpset << " |\n";
  os << "\n## Refused\n\n| operator | reason |\n|---|---|\n";
  for (const RefusedOperator &op : refused)
    os << "| " << op.name << " | " << op.reason << " |\n";
}
