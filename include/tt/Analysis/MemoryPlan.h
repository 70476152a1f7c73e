//===- MemoryPlan.h - which buffer of the arena lives when ----------------===//
// Part of tt, under the Apache License v2.0 with LLVM Exceptions. SPDX-License-Identifier: Apache-2.0 WITH
// LLVM-exception
//
// Reads the plan of tt-plan-arena back out of a module at the stage bufferized, and writes it as text, picture and
// JSON.
//===----------------------------------------------------------------------===//

#ifndef TT_ANALYSIS_MEMORYPLAN_H
#define TT_ANALYSIS_MEMORYPLAN_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <string>
#include <vector>

namespace tt {

/// An op of the entry point that may touch memory, in program order: the call of a kernel, a loop, a copy.
struct PlanStep {
  std::string name;   ///< the ONNX node, or file:line:column
  std::string kernel; ///< the function that is called, or the op's name
  mlir::Operation *op;
};

/// A buffer of the arena.
struct PlannedBuffer {
  std::string name; ///< the ONNX value (of the main node) that is written into it last, or file:line:column
  std::string type; ///< sizes and element type: "1x28x28x16xf32"
  int64_t offset, bytes;
  int64_t first, last; ///< steps in which it is in use, from and to
  mlir::Value view;
};

struct MemoryPlan {
  std::string function, cpu;
  std::vector<PlanStep> steps;
  std::vector<PlannedBuffer> buffers; ///< by offset, then by first step
  int64_t arenaBytes = 0;
  /// Dynamic sizes of inputs, "batch=1": offsets and bytes are those of a run in which each is 1.
  std::vector<std::string> assumed;
  /// Buffers that are in no plan, because their size is known in the middle of a run only (tt.run_alloc).
  int64_t numUnplanned = 0;

  /// Bytes of the buffers that are in use in `step`; no more than arenaBytes.
  int64_t getLiveBytes(int64_t step) const;
  /// The first step with the most live bytes; 0 where there is no step.
  int64_t getPeakStep() const;
};

/// The plan of an entry point at the stage bufferized. Fails with a diagnostic where an offset is no arithmetic on
/// sizes of inputs.
mlir::FailureOr<MemoryPlan> readMemoryPlan(mlir::func::FuncOp entry);

/// `weightsBytes` is the size of the constants beside the arena.
void printMemoryPlan(const MemoryPlan &plan, int64_t weightsBytes, llvm::raw_ostream &os);
void printMemoryPicture(llvm::ArrayRef<MemoryPlan> plans, llvm::raw_ostream &os); ///< SVG
llvm::json::Value getJson(const MemoryPlan &plan, int64_t weightsBytes);

} // namespace tt

#endif // TT_ANALYSIS_MEMORYPLAN_H
