//===- Math.cpp - arithmetic, operator by operator ------------------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//===----------------------------------------------------------------------===//

#include "Handlers.h"

using namespace llvm;
using namespace mlir;
using namespace tt;
using namespace tt::onnx_import;

//===- One operand -----------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importAbs(NodeImporter &node) { return node.yield(node.create<AbsOp>(node.input(0))); }

LogicalResult tt::onnx_import::importAcos(NodeImporter &node) { return node.yield(node.create<AcosOp>(node.input(0))); }

LogicalResult tt::onnx_import::importAcosh(NodeImporter &node) {
  return node.yield(node.create<AcoshOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importAsin(NodeImporter &node) { return node.yield(node.create<AsinOp>(node.input(0))); }

LogicalResult tt::onnx_import::importAsinh(NodeImporter &node) {
  return node.yield(node.create<AsinhOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importAtan(NodeImporter &node) { return node.yield(node.create<AtanOp>(node.input(0))); }

LogicalResult tt::onnx_import::importAtanh(NodeImporter &node) {
  return node.yield(node.create<AtanhOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importCeil(NodeImporter &node) { return node.yield(node.create<CeilOp>(node.input(0))); }

LogicalResult tt::onnx_import::importCos(NodeImporter &node) { return node.yield(node.create<CosOp>(node.input(0))); }

LogicalResult tt::onnx_import::importCosh(NodeImporter &node) { return node.yield(node.create<CoshOp>(node.input(0))); }

LogicalResult tt::onnx_import::importErf(NodeImporter &node) { return node.yield(node.create<ErfOp>(node.input(0))); }

LogicalResult tt::onnx_import::importExp(NodeImporter &node) { return node.yield(node.create<ExpOp>(node.input(0))); }

LogicalResult tt::onnx_import::importFloor(NodeImporter &node) {
  return node.yield(node.create<FloorOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importLog(NodeImporter &node) { return node.yield(node.create<LogOp>(node.input(0))); }

LogicalResult tt::onnx_import::importNeg(NodeImporter &node) { return node.yield(node.create<NegOp>(node.input(0))); }

LogicalResult tt::onnx_import::importReciprocal(NodeImporter &node) {
  return node.yield(node.create<ReciprocalOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importRound(NodeImporter &node) {
  return node.yield(node.create<RoundOp>(node.input(0)));
}

LogicalResult tt::onnx_import::importSign(NodeImporter &node) { return node.yield(node.create<SignOp>(node.input(0))); }

LogicalResult tt::onnx_import::importSin(NodeImporter &node) { return node.yield(node.create<SinOp>(node.input(0))); }

LogicalResult tt::onnx_import::importSinh(NodeImporter &node) { return node.yield(node.create<SinhOp>(node.input(0))); }

LogicalResult tt::onnx_import::importSqrt(NodeImporter &node) { return node.yield(node.create<SqrtOp>(node.input(0))); }

LogicalResult tt::onnx_import::importTan(NodeImporter &node) { return node.yield(node.create<TanOp>(node.input(0))); }

LogicalResult tt::onnx_import::importClip(NodeImporter &node) {
  Value x = node.input(0), low = node.optionalInput(1), high = node.optionalInput(2);
  if (node.getOpset() < 11) {
    low = node.has("min") ? node.scalarLike(x, node.getFloat("min", 0)) : Value();
    high = node.has("max") ? node.scalarLike(x, node.getFloat("max", 0)) : Value();
  }
  if (!low && !high)
    return node.yield(x);
  // ONNX wants bounds of rank 0, but exporters write tensors with one element too.
  for (Value *bound : {&low, &high})
    if (*bound && node.rank(*bound) != 0)
      *bound = node.reshape(*bound, ArrayRef<int64_t>{});
  return node.yield(node.create<ClipOp>(x, low, high));
}

//===- Two operands ----------------------------------------------------------------------------------------------===//

LogicalResult tt::onnx_import::importAdd(NodeImporter &node) {
  return node.yield(node.create<AddOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importSub(NodeImporter &node) {
  return node.yield(node.create<SubOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importMul(NodeImporter &node) {
  return node.yield(node.create<MulOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importDiv(NodeImporter &node) {
  return node.yield(node.create<DivOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importPow(NodeImporter &node) {
  return node.yield(node.create<PowOp>(node.input(0), node.input(1)));
}

LogicalResult tt::onnx_import::importMod(NodeImporter &node) {
  Value x = node.input(0), y = node.input(1);
  if (node.getFlag("fmod", false))
    return node.yield(node.create<FmodOp>(x, y));
  if (node.isFloat(x))
    return node.fail("fmod = 0 is for integers, but the inputs are floats; set fmod = 1");
  return node.yield(node.create<ModOp>(x, y));
}

//===- Any number of operands ------------------------------------------------------------------------------------===//

/// Combines all inputs from the left.
template <typename Op> static Value foldInputs(NodeImporter &node) {
  Value result = node.input(0);
  for (unsigned i = 1; i < node.getInputs().size(); ++i)
    result = node.create<Op>(result, node.input(i));
  return result;
}

LogicalResult tt::onnx_import::importMax(NodeImporter &node) { return node.yield(foldInputs<MaxOp>(node)); }
LogicalResult tt::onnx_import::importMin(NodeImporter &node) { return node.yield(foldInputs<MinOp>(node)); }
LogicalResult tt::onnx_import::importSum(NodeImporter &node) { return node.yield(foldInputs<AddOp>(node)); }

LogicalResult tt::onnx_import::importMean(NodeImporter &node) {
  Value sum = foldInputs<AddOp>(node);
  return node.yield(node.div(sum, node.scalarLike(sum, node.getInputs().size())));
}
