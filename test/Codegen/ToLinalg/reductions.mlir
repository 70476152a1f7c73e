// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// The sum is divided by 8.
// CHECK-LABEL: func.func @mean
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]
// CHECK:           arith.addf
// CHECK:         linalg.generic
// CHECK:           %[[N:.+]] = arith.constant 8.000000e+00
// CHECK:           arith.divf %{{.+}}, %[[N]]
// CHECK:         tensor.expand_shape
func.func @mean(%x: tensor<2x8xf32>) -> tensor<2x1xf32> {
  %y = tt.reduce %x {kind = #tt<reduce_kind mean>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// 16-bit floats are summed in f32.
// CHECK-LABEL: func.func @half
// CHECK:         linalg.generic {{.*}} outs(%{{.+}} : tensor<2xf32>)
// CHECK:           arith.extf
// CHECK:         arith.truncf
func.func @half(%x: tensor<2x8xf16>) -> tensor<2xf16> {
  %y = tt.reduce %x {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = false} : tensor<2x8xf16> -> tensor<2xf16>
  return %y : tensor<2xf16>
}

// The smallest i8 is the neutral element of the signed maximum, 0 that of the unsigned one.
// CHECK-LABEL: func.func @max_signed
// CHECK:         arith.constant -128 : i8
// CHECK:         arith.maxsi
func.func @max_signed(%x: tensor<8xi8>) -> tensor<i8> {
  %y = tt.reduce %x {kind = #tt<reduce_kind max>, axes = array<i64: 0>, keep_dims = false} : tensor<8xi8> -> tensor<i8>
  return %y : tensor<i8>
}

// CHECK-LABEL: func.func @max_unsigned
// CHECK:         arith.constant 0 : i8
// CHECK:         arith.maxui
func.func @max_unsigned(%x: tensor<8xui8>) -> tensor<ui8> {
  %y = tt.reduce %x {kind = #tt<reduce_kind max>, axes = array<i64: 0>, keep_dims = false} : tensor<8xui8> -> tensor<ui8>
  return %y : tensor<ui8>
}

// The first of equal elements: strictly greater replaces.
// CHECK-LABEL: func.func @argmax
// CHECK:         linalg.generic {{.*}} outs(%{{.+}}, %{{.+}} : tensor<2xf32>, tensor<2xi64>)
// CHECK:           linalg.index 1
// CHECK:           arith.cmpf olt
// CHECK-NOT:       arith.ori
// CHECK:         return
func.func @argmax(%x: tensor<2x8xf32>) -> tensor<2xi64> {
  %y = tt.arg_reduce %x {kind = #tt<arg_kind max>, axis = 1 : i64, keep_dims = false, select_last = false} : tensor<2x8xf32> -> tensor<2xi64>
  return %y : tensor<2xi64>
}

// Softmax along a dimension that is not the last goes through a transpose.
// CHECK-LABEL: func.func @softmax
// CHECK:         linalg.transpose {{.*}} permutation = [1, 0]
// CHECK:         tt.softmax_rows
// CHECK:         linalg.transpose {{.*}} permutation = [1, 0]
func.func @softmax(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %y = tt.softmax %x {axis = 0 : i64} : tensor<2x8xf32> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// The two normalized dimensions are one row of 32.
// CHECK-LABEL: func.func @layer_norm
// CHECK:         tt.norm_rows ins(%{{.+}}, %{{.+}} : tensor<3x32xf32>, tensor<32xf32>)
func.func @layer_norm(%x: tensor<3x4x8xf32>, %s: tensor<4x8xf32>) -> tensor<3x4x8xf32> {
  %y = tt.norm %x, %s {kind = #tt<norm_kind layer>, axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<3x4x8xf32>, tensor<4x8xf32> -> tensor<3x4x8xf32>
  return %y : tensor<3x4x8xf32>
}

// One loop over the 8 positions along the axis carries the result and the running sum.
// CHECK-LABEL: func.func @cumsum
// CHECK:         scf.for {{.*}} -> (tensor<2x8x1xf32>, tensor<2x1x1xf32>)
func.func @cumsum(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  %y = tt.cumsum %x {axis = 1 : i64, exclusive = false, reverse = false} : tensor<2x8xf32> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}
