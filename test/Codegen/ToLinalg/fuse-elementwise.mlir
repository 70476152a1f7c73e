// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg),canonicalize,func.func(tt-fuse-elementwise,tt-verify-linalg))' | FileCheck %s

// One loop for the whole chain.
// CHECK-LABEL: func.func @chain
// CHECK-COUNT-1: linalg.generic
// CHECK:           math.exp
// CHECK:           arith.addf
// CHECK:           math.tanh
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @chain(%x: tensor<4x8xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %0 = tt.exp %x : tensor<4x8xf32>
  %1 = tt.add %0, %b : tensor<4x8xf32>, tensor<8xf32> -> tensor<4x8xf32>
  %2 = tt.tanh %1 : tensor<4x8xf32>
  return %2 : tensor<4x8xf32>
}

// The exponential has two readers and is computed once.
// CHECK-LABEL: func.func @shared
// CHECK:         linalg.generic
// CHECK:           math.exp
// CHECK:         linalg.generic
// CHECK-NOT:       math.exp
// CHECK:         return
func.func @shared(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>) {
  %0 = tt.exp %x : tensor<8xf32>
  %1 = tt.tanh %0 : tensor<8xf32>
  return %0, %1 : tensor<8xf32>, tensor<8xf32>
}

// The square is computed inside of the sum: every element once.
// CHECK-LABEL: func.func @sum_of_squares
// CHECK-COUNT-1: linalg.generic
// CHECK:           arith.mulf
// CHECK:           arith.addf
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @sum_of_squares(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %0 = tt.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %1 = tt.reduce %0 {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = false} : tensor<4x8xf32> -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// A window reads each element nine times: the exponential stays outside.
// CHECK-LABEL: func.func @window
// CHECK:         linalg.generic
// CHECK:           math.exp
// CHECK:         linalg.generic
// CHECK-NOT:       math.exp
// CHECK:         return
func.func @window(%x: tensor<1x8x8x4xf32>) -> tensor<1x6x6x4xf32> {
  %0 = tt.exp %x : tensor<1x8x8x4xf32>
  %y = tt.pool %0 {kind = #tt<pool_kind max>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nhwc>} : tensor<1x8x8x4xf32> -> tensor<1x6x6x4xf32>
  return %y : tensor<1x6x6x4xf32>
}

// The consumer of elements read at computed positions stays a loop of its own, which has vectors.
// CHECK-LABEL: func.func @gathered
// CHECK:         linalg.generic
// CHECK:           tensor.extract
// CHECK-NOT:       math.exp
// CHECK:         linalg.generic
// CHECK:           math.exp
func.func @gathered(%x: tensor<2x8xf32>, %i: tensor<2x3xi64>) -> tensor<2x3xf32> {
  %0 = tt.gather_elements %x, %i {axis = 1 : i64} : tensor<2x8xf32>, tensor<2x3xi64> -> tensor<2x3xf32>
  %1 = tt.exp %0 : tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}
