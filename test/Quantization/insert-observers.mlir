// RUN: tt-opt %s --split-input-file --tt-insert-observers --verify-diagnostics --mlir-print-debuginfo=false | FileCheck %s

// Inputs by tt.name, results by the ONNX output in their location, else by the op. Not observed: the convolution, which only the relu of its kernel
// reads, integers, constants and scalars.
// CHECK:       module attributes {tt.observed}
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[X:.+]]: tensor<1x8x8x4xf32> {tt.name = "image"}
module {
  func.func @main(%x: tensor<1x8x8x4xf32> {tt.name = "image"}, %n: tensor<2xi64>, %s: tensor<f32>) -> (tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>) {
    // CHECK-NEXT: tt.observe %[[X]], "image" : tensor<1x8x8x4xf32>
    %w = arith.constant dense<1.0> : tensor<2x4x1x1xf32>
    // CHECK:      %[[C:.+]] = tt.conv
    %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x4xf32>, tensor<2x4x1x1xf32> -> tensor<1x8x8x2xf32> loc("conv_0"("conv_out"))
    // CHECK-NEXT: %[[R:.+]] = tt.relu %[[C]]
    // CHECK-NEXT: tt.observe %[[R]], "relu_out"
    %r = tt.relu %c : tensor<1x8x8x2xf32> loc("relu_0"("relu_out"))
    // A second value of that name.
    // CHECK-NEXT: %[[E:.+]] = tt.exp %[[R]]
    // CHECK-NEXT: tt.observe %[[E]], "relu_out#2"
    %e = tt.exp %r : tensor<1x8x8x2xf32> loc("relu_0"("relu_out"))
    // CHECK-NEXT: %[[T:.+]] = tt.tanh %[[E]]
    // CHECK-NEXT: tt.observe %[[T]], "tanh"
    %t = tt.tanh %e : tensor<1x8x8x2xf32>
    // CHECK-NEXT: %[[U:.+]] = tt.tanh %[[T]]
    // CHECK-NEXT: tt.observe %[[U]], "tanh#2"
    %u = tt.tanh %t : tensor<1x8x8x2xf32>
    return %t, %u : tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>
  }
}

// -----

// A product before its bias, and the biased one before its relu, stay in the kernel; a sum of two values does not.
// CHECK-LABEL: func.func @main(
module {
  func.func @main(%x: tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
    %w = arith.constant dense<1.0> : tensor<4x3xf32>
    %b = arith.constant dense<2.0> : tensor<3xf32>
    // CHECK:      tt.matmul
    %p = tt.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
    // CHECK-NEXT: tt.add
    %s = tt.add %p, %b : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
    // CHECK-NEXT: tt.relu
    %r = tt.relu %s : tensor<2x3xf32>
    // CHECK-NEXT: tt.observe %{{.+}}, "relu"
    // CHECK-NEXT: %[[Q:.+]] = tt.matmul
    %q = tt.matmul %x, %w : tensor<2x4xf32>, tensor<4x3xf32> -> tensor<2x3xf32>
    // CHECK-NEXT: tt.observe %[[Q]], "matmul#2"
    // CHECK-NEXT: tt.add
    // CHECK-NEXT: tt.observe %{{.+}}, "add#2"
    %a = tt.add %q, %r : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x3xf32>
    return %a, %r : tensor<2x3xf32>, tensor<2x3xf32>
  }
}

// -----

// Nothing to observe: integers only.
// CHECK-LABEL: func.func @main(
// CHECK-NOT:   tt.observe
module {
  func.func @main(%x: tensor<4xi32>) -> tensor<4xi32> {
    %y = tt.neg %x : tensor<4xi32>
    return %y : tensor<4xi32>
  }
}

// -----

module {
  // expected-error @below {{has observers already}}
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    tt.observe %x, "x" : tensor<4xf32>
    return %x : tensor<4xf32>
  }
}
