// RUN: tt-opt %s --split-input-file --tt-raise-activation | FileCheck %s

// PyTorch: x / 1.4142135, erf, + 1, x *, * 0.5.
// CHECK-LABEL: func.func @gelu_pytorch
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x8xf32>
func.func @gelu_pytorch(%x: tensor<?x8xf32>) -> tensor<?x8xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.gelu %[[X]] {kind = #tt<gelu_kind erf>} : tensor<?x8xf32>
  // CHECK-NEXT:  return %[[Y]]
  %root = arith.constant dense<1.41421354> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %a = tt.div %x, %root : tensor<?x8xf32>, tensor<f32> -> tensor<?x8xf32>
  %b = tt.erf %a : tensor<?x8xf32>
  %c = tt.add %b, %one : tensor<?x8xf32>, tensor<f32> -> tensor<?x8xf32>
  %d = tt.mul %x, %c : tensor<?x8xf32>, tensor<?x8xf32> -> tensor<?x8xf32>
  %y = tt.mul %d, %half : tensor<?x8xf32>, tensor<f32> -> tensor<?x8xf32>
  return %y : tensor<?x8xf32>
}

// -----

// TensorFlow: (0.5 x) * (1 + erf(0.70710677 x)).
// CHECK-LABEL: func.func @gelu_tensorflow
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x8xf32>
func.func @gelu_tensorflow(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.gelu %[[X]] {kind = #tt<gelu_kind erf>} : tensor<2x8xf32>
  // CHECK-NEXT:  return %[[Y]]
  %factor = arith.constant dense<0.707106769> : tensor<1xf32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %a = tt.mul %factor, %x : tensor<1xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %b = tt.erf %a : tensor<2x8xf32>
  %c = tt.add %one, %b : tensor<f32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %d = tt.mul %half, %x : tensor<f32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %y = tt.mul %d, %c : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// GPT-2: 0.5 x (1 + tanh(0.7978846 (x + 0.044715 x^3))).
// CHECK-LABEL: func.func @gelu_tanh
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x8xf32>
func.func @gelu_tanh(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.gelu %[[X]] {kind = #tt<gelu_kind tanh>} : tensor<2x8xf32>
  // CHECK-NEXT:  return %[[Y]]
  %three = arith.constant dense<3.0> : tensor<f32>
  %k = arith.constant dense<0.044715> : tensor<f32>
  %root = arith.constant dense<0.797884583> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %h = tt.mul %x, %half : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %p = tt.pow %x, %three : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %q = tt.mul %p, %k : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %s = tt.add %x, %q : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %a = tt.mul %s, %root : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %t = tt.tanh %a : tensor<2x8xf32>
  %c = tt.add %t, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %y = tt.mul %h, %c : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// The same with products for the cube and x taken out of the sum.
// CHECK-LABEL: func.func @gelu_tanh_factored
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x8xf32>
func.func @gelu_tanh_factored(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.gelu %[[X]] {kind = #tt<gelu_kind tanh>} : tensor<2x8xf32>
  // CHECK-NEXT:  return %[[Y]]
  %k = arith.constant dense<0.044715> : tensor<f32>
  %root = arith.constant dense<0.797884583> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %two = arith.constant dense<2.0> : tensor<f32>
  %square = tt.mul %x, %x : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %q = tt.mul %k, %square : tensor<f32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %s = tt.add %q, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %r = tt.mul %x, %root : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %a = tt.mul %r, %s : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %t = tt.tanh %a : tensor<2x8xf32>
  %c = tt.add %t, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %d = tt.mul %x, %c : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %y = tt.div %d, %two : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// CHECK-LABEL: func.func @silu
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x8xf32>
func.func @silu(%x: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  // CHECK-DAG:   %[[A:.+]] = tt.silu %[[X]]
  // CHECK-DAG:   %[[B:.+]] = tt.silu %[[X]]
  // CHECK:       return %[[A]], %[[B]]
  %one = arith.constant dense<1.0> : tensor<f32>
  %s = tt.sigmoid %x : tensor<2x8xf32>
  %a = tt.mul %s, %x : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %n = tt.neg %x : tensor<2x8xf32>
  %e = tt.exp %n : tensor<2x8xf32>
  %d = tt.add %e, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %b = tt.div %x, %d : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  return %a, %b : tensor<2x8xf32>, tensor<2x8xf32>
}

// -----

// CHECK-LABEL: func.func @sigmoid_and_softplus
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x8xf32>
func.func @sigmoid_and_softplus(%x: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  // CHECK-DAG:   %[[A:.+]] = tt.sigmoid %[[X]]
  // CHECK-DAG:   %[[B:.+]] = tt.softplus %[[X]]
  // CHECK:       return %[[A]], %[[B]]
  %one = arith.constant dense<1.0> : tensor<f32>
  %n = tt.neg %x : tensor<2x8xf32>
  %e = tt.exp %n : tensor<2x8xf32>
  %d = tt.add %e, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %a = tt.reciprocal %d : tensor<2x8xf32>
  %f = tt.exp %x : tensor<2x8xf32>
  %g = tt.add %one, %f : tensor<f32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %b = tt.log %g : tensor<2x8xf32>
  return %a, %b : tensor<2x8xf32>, tensor<2x8xf32>
}

// -----

// Another constant, another operand: not a GELU, not a SiLU.
// CHECK-LABEL: func.func @unchanged
func.func @unchanged(%x: tensor<2x8xf32>, %z: tensor<2x8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  // CHECK-NOT:   tt.gelu
  // CHECK-NOT:   tt.silu
  // CHECK:       tt.erf
  // CHECK:       tt.sigmoid
  %root = arith.constant dense<1.42> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<f32>
  %a = tt.div %x, %root : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %b = tt.erf %a : tensor<2x8xf32>
  %c = tt.add %b, %one : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %d = tt.mul %x, %c : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %y = tt.mul %d, %half : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  %s = tt.sigmoid %x : tensor<2x8xf32>
  %t = tt.mul %z, %s : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  return %y, %t : tensor<2x8xf32>, tensor<2x8xf32>
}
