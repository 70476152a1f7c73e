// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-raise-norm,tt-raise-activation,tt-raise-softmax,tt-raise-attention))' --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s

// A raised op has the names of all nodes that it stands for, that of the last one first.

// CHECK-LABEL: func.func @silu(
func.func @silu(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: tt.silu {{.*}} loc(fused["mul", "sigmoid"])
  %s = tt.sigmoid %x : tensor<4xf32> loc("sigmoid")
  %y = tt.mul %x, %s : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("mul")
  return %y : tensor<4xf32>
}

// What has another use is a node of its own still.
// CHECK-LABEL: func.func @shared(
func.func @shared(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK: tt.sigmoid {{.*}} loc("sigmoid")
  // CHECK: tt.silu {{.*}} loc("mul")
  %s = tt.sigmoid %x : tensor<4xf32> loc("sigmoid")
  %y = tt.mul %x, %s : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("mul")
  return %y, %s : tensor<4xf32>, tensor<4xf32>
}

// CHECK-LABEL: func.func @gelu(
func.func @gelu(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK: tt.gelu {{.*}} loc(fused["half", "mul", "add", "erf", "div"])
  %root = arith.constant dense<1.41421354> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %d = tt.div %x, %root : tensor<4xf32>, tensor<f32> -> tensor<4xf32> loc("div")
  %e = tt.erf %d : tensor<4xf32> loc("erf")
  %a = tt.add %e, %one : tensor<4xf32>, tensor<f32> -> tensor<4xf32> loc("add")
  %m = tt.mul %x, %a : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32> loc("mul")
  %y = tt.mul %m, %half : tensor<4xf32>, tensor<f32> -> tensor<4xf32> loc("half")
  return %y : tensor<4xf32>
}
