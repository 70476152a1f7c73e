// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// The border of a maximum is -infinity; windows start at -1 and 1, 3, ..., so that one row above is enough.
// CHECK-LABEL: func.func @max_pool
// CHECK-DAG:     %[[INF:.+]] = arith.constant 0xFF800000 : f32
// CHECK:         tensor.pad %{{.+}} low[0, 1, 1, 0] high[0, 0, 0, 0]
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction"]
// CHECK:           arith.maximumf
func.func @max_pool(%x: tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32> {
  %y = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nhwc>} : tensor<1x8x8x4xf32> -> tensor<1x4x4x4xf32>
  return %y : tensor<1x4x4x4xf32>
}

// Every window has 4 positions: one divisor.
// CHECK-LABEL: func.func @average
// CHECK:         %[[C:.+]] = arith.constant 4.000000e+00 : f32
// CHECK:         arith.divf %{{.+}}, %[[C]]
func.func @average(%x: tensor<1x8x8x4xf32>) -> tensor<1x4x4x4xf32> {
  %y = tt.pool %x {kind = #tt<pool_kind average>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nhwc>} : tensor<1x8x8x4xf32> -> tensor<1x4x4x4xf32>
  return %y : tensor<1x4x4x4xf32>
}

// Padding is not counted: a window at the border of 3 sees 2 positions, the others 3.
// CHECK-LABEL: func.func @average_border
// CHECK:         dense<[2.000000e+00, 3.000000e+00, 2.000000e+00]> : tensor<3xf32>
// CHECK:         arith.divf
func.func @average_border(%x: tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32> {
  %y = tt.pool %x {kind = #tt<pool_kind average>, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nhwc>} : tensor<1x3x3x4xf32> -> tensor<1x3x3x4xf32>
  return %y : tensor<1x3x3x4xf32>
}

// Nearest by 2 repeats elements: a broadcast along two new dimensions, no gather.
// CHECK-LABEL: func.func @nearest_twice
// CHECK:         tensor.empty() : tensor<1x4x2x4x2x8xf32>
// CHECK:         linalg.generic
// CHECK-NOT:     tensor.extract
// CHECK:         tensor.collapse_shape %{{.+}} {{\[}}[0], [1, 2], [3, 4], [5]]
func.func @nearest_twice(%x: tensor<1x4x4x8xf32>) -> tensor<1x8x8x8xf32> {
  %s = arith.constant dense<[1.0, 2.0, 2.0, 1.0]> : tensor<4xf32>
  %y = tt.resize %x scales(%s : tensor<4xf32>) {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<1x4x4x8xf32> -> tensor<1x8x8x8xf32>
  return %y : tensor<1x8x8x8xf32>
}

// Linear by 2, half pixels: position o reads (o + 0.5) / 2 - 0.5 = -0.25, 0.25, 0.75, 1.25, ...: weights 0.75 and 0.25 in turn.
// CHECK-LABEL: func.func @linear_twice
// CHECK:         dense<[0, 0, 0, 1]> : tensor<4xi64>
// CHECK:         dense<[2.500000e-01, 7.500000e-01, 2.500000e-01, 7.500000e-01]> : tensor<4xf32>
// CHECK:         dense<[0, 1, 1, 1]> : tensor<4xi64>
// CHECK:         dense<[7.500000e-01, 2.500000e-01, 7.500000e-01, 2.500000e-01]> : tensor<4xf32>
func.func @linear_twice(%x: tensor<2x4xf32>) -> tensor<4x4xf32> {
  %s = arith.constant dense<[2.0, 1.0]> : tensor<2xf32>
  %y = tt.resize %x scales(%s : tensor<2xf32>) {mode = #tt<resize_mode linear>, coord = #tt<coord_mode half_pixel>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<2x4xf32> -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// Scales of the run: that there is one per dimension and that each makes a size is checked.
// CHECK-LABEL: func.func @runtime_scales
// CHECK:         tt.check {{.*}}needs one scale per dimension
// CHECK-COUNT-2: tt.check {{.*}}needs scales that make sizes from 0 to 2^63
func.func @runtime_scales(%x: tensor<2x4xf32>, %s: tensor<?xf32>) -> tensor<?x?xf32> {
  %y = tt.resize %x scales(%s : tensor<?xf32>) {mode = #tt<resize_mode linear>, coord = #tt<coord_mode half_pixel>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<2x4xf32> -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// CHECK-LABEL: func.func @runtime_sizes
// CHECK-COUNT-2: tt.check {{.*}}needs sizes of 0 or more
func.func @runtime_sizes(%x: tensor<2x4xf32>, %s: tensor<2xi64>) -> tensor<?x?xf32> {
  %y = tt.resize %x sizes(%s : tensor<2xi64>) {mode = #tt<resize_mode linear>, coord = #tt<coord_mode half_pixel>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<2x4xf32> -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
