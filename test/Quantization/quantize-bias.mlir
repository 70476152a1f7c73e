// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-quantize-bias))' | FileCheck %s

// 1 / (0.5 * 0.5) = 4 and 1.06 / (0.5 * 0.25) = 8.48; 1e12 saturates.
// CHECK-LABEL: func.func @quantized
// CHECK-DAG:     %[[I:.+]] = arith.constant dense<[4, 8, 2147483647]> : tensor<3xi32>
// CHECK-DAG:     %[[S:.+]] = arith.constant dense<[2.500000e-01, 1.250000e-01, 1.250000e-01]> : tensor<3xf32>
// CHECK-DAG:     %[[Z:.+]] = arith.constant dense<0> : tensor<3xi32>
// CHECK:         %[[B:.+]] = tt.dequantize %[[I]], %[[S]], %[[Z]] : tensor<3xi32>, tensor<3xf32>, tensor<3xi32> -> tensor<3xf32>
// CHECK:         tt.conv %{{.+}}, %{{.+}} bias(%[[B]] : tensor<3xf32>)
func.func @quantized(%q: tensor<1x1x1x1xi8>, %f: tensor<3x1x1x1xi8>) -> tensor<1x1x1x3xf32> {
  %s = arith.constant dense<0.5> : tensor<f32>
  %t = arith.constant dense<[[[[0.5]]], [[[0.25]]], [[[0.25]]]]> : tensor<3x1x1x1xf32>
  %z = arith.constant dense<0> : tensor<i8>
  %y = arith.constant dense<0> : tensor<3x1x1x1xi8>
  %b = arith.constant dense<[1.0, 1.06, 1.0e12]> : tensor<3xf32>
  %x = tt.dequantize %q, %s, %z : tensor<1x1x1x1xi8>, tensor<f32>, tensor<i8> -> tensor<1x1x1x1xf32>
  %w = tt.dequantize %f, %t, %y : tensor<3x1x1x1xi8>, tensor<3x1x1x1xf32>, tensor<3x1x1x1xi8> -> tensor<3x1x1x1xf32>
  %c = tt.conv %x, %w bias(%b : tensor<3xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x1x1x1xf32>, tensor<3x1x1x1xf32> -> tensor<1x1x1x3xf32>
  return %c : tensor<1x1x1x3xf32>
}

// An input in float: there is no scale.
// CHECK-LABEL: func.func @float_input
// CHECK:         tt.conv %{{.+}}, %{{.+}} bias(%{{.+}} : tensor<1xf32>)
// CHECK-NOT:     tensor<1xi32>
func.func @float_input(%x: tensor<1x1x1x1xf32>, %f: tensor<1x1x1x1xi8>) -> tensor<1x1x1x1xf32> {
  %s = arith.constant dense<0.5> : tensor<f32>
  %z = arith.constant dense<0> : tensor<i8>
  %b = arith.constant dense<[1.0]> : tensor<1xf32>
  %w = tt.dequantize %f, %s, %z : tensor<1x1x1x1xi8>, tensor<f32>, tensor<i8> -> tensor<1x1x1x1xf32>
  %c = tt.conv %x, %w bias(%b : tensor<1xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x1x1x1xf32>, tensor<1x1x1x1xf32> -> tensor<1x1x1x1xf32>
  return %c : tensor<1x1x1x1xf32>
}
