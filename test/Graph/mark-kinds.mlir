// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-mark-kinds))' --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// CHECK-LABEL: func.func @f(
func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: tt.relu {{.*}} loc(fused<"relu">["Relu_1"])
  %y = tt.relu %x : tensor<4xf32> loc("Relu_1")
  // A mark stays: the op was another one when it got it.
  // CHECK: tt.exp {{.*}} loc(fused<"softmax">["Softmax_1"])
  %z = tt.exp %y : tensor<4xf32> loc(fused<"softmax">["Softmax_1"])
  // Joined locations keep their parts.
  // CHECK: tt.add {{.*}} loc(fused<"add">[fused["Add_1", "Mul_1"]])
  %r = tt.add %y, %z : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc(fused["Add_1", "Mul_1"])
  // Other ops have no kind.
  // CHECK: return {{.*}} loc("end")
  return %r : tensor<4xf32> loc("end")
}
