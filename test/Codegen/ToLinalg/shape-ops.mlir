// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// Three parts of one result.
// CHECK-LABEL: func.func @concat
// CHECK:         %[[E:.+]] = tensor.empty() : tensor<2x7xf32>
// CHECK:         %[[A:.+]] = tensor.insert_slice %{{.+}} into %[[E]][0, 0] [2, 3] [1, 1]
// CHECK:         tensor.insert_slice %{{.+}} into %[[A]][0, 3] [2, 4] [1, 1]
func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) -> tensor<2x7xf32> {
  %y = tt.concat %a, %b {axis = 1 : i64} : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<2x7xf32>
  return %y : tensor<2x7xf32>
}

// Positions -3 and 100 of 8: [5, 8) in steps of 2 has 2 elements.
// CHECK-LABEL: func.func @slice
// CHECK:         tensor.extract_slice %{{.+}}[0, 5] [2, 2] [1, 2] : tensor<2x8xf32> to tensor<2x2xf32>
func.func @slice(%x: tensor<2x8xf32>) -> tensor<2x2xf32> {
  %s = arith.constant dense<[-3]> : tensor<1xi64>
  %e = arith.constant dense<[100]> : tensor<1xi64>
  %y = tt.slice %x, %s, %e {axes = array<i64: 1>, steps = array<i64: 2>} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// To the end of an unknown dimension: n - min(1, n) elements.
// CHECK-LABEL: func.func @slice_to_end
// CHECK:         %[[N:.+]] = tensor.dim
// CHECK:         %[[F:.+]] = arith.minsi %[[N]], %{{.+}} : index
// CHECK:         %[[K:.+]] = arith.subi %[[N]], %[[F]] : index
// CHECK:         tensor.extract_slice %{{.+}}[%[[F]]] [%[[K]]] [1]
func.func @slice_to_end(%x: tensor<?xf32>) -> tensor<?xf32> {
  %s = arith.constant dense<[1]> : tensor<1xi64>
  %e = arith.constant dense<[9223372036854775807]> : tensor<1xi64>
  %y = tt.slice %x, %s, %e {axes = array<i64: 0>, steps = array<i64: 1>} : tensor<?xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// Backwards: element i is x[7 - i].
// CHECK-LABEL: func.func @reverse
// CHECK:         linalg.generic
// CHECK:           linalg.index 0
// CHECK:           tensor.extract
func.func @reverse(%x: tensor<8xf32>) -> tensor<8xf32> {
  %s = arith.constant dense<[-1]> : tensor<1xi64>
  %e = arith.constant dense<[-9223372036854775808]> : tensor<1xi64>
  %y = tt.slice %x, %s, %e {axes = array<i64: 0>, steps = array<i64: -1>} : tensor<8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// The negative pad cuts, the others surround.
// CHECK-LABEL: func.func @pad
// CHECK:         %[[C:.+]] = tensor.extract_slice %{{.+}}[0, 1] [2, 7] [1, 1]
// CHECK:         tensor.pad %[[C]] low[1, 0] high[0, 2]
func.func @pad(%x: tensor<2x8xf32>) -> tensor<3x9xf32> {
  %p = arith.constant dense<[1, -1, 0, 2]> : tensor<4xi64>
  %y = tt.pad %x, %p {mode = #tt<pad_mode constant>} : tensor<2x8xf32>, tensor<4xi64> -> tensor<3x9xf32>
  return %y : tensor<3x9xf32>
}

// [B*4, S, 16] -> [B, 4, S, 16]: only the first dimension is split.
// CHECK-LABEL: func.func @split_batch
// CHECK:         tensor.collapse_shape %{{.+}} {{\[}}[0, 1], [2], [3]] : tensor<?x4x?x16xf32> into tensor<?x?x16xf32>
func.func @split_batch(%x: tensor<?x4x?x16xf32>) -> tensor<?x?x16xf32> {
  %s = tt.shape %x {start = 0 : i64, end = 4 : i64} : tensor<?x4x?x16xf32> -> tensor<4xi64>
  %i = arith.constant dense<[2, 3]> : tensor<2xi64>
  %t = tt.gather %s, %i {axis = 0 : i64} : tensor<4xi64>, tensor<2xi64> -> tensor<2xi64>
  %m = arith.constant dense<[-1]> : tensor<1xi64>
  %sh = tt.concat %m, %t {axis = 0 : i64} : tensor<1xi64>, tensor<2xi64> -> tensor<3xi64>
  %r = tt.reshape %x, %sh : tensor<?x4x?x16xf32>, tensor<3xi64> -> tensor<?x?x16xf32>
  return %r : tensor<?x?x16xf32>
}

// Only dimensions of size 1 move: no element does.
// CHECK-LABEL: func.func @transpose_units
// CHECK-NOT:     linalg.transpose
// CHECK:         tensor.expand_shape
// CHECK:         return
func.func @transpose_units(%x: tensor<1x4x8xf32>) -> tensor<4x1x8xf32> {
  %y = tt.transpose %x {perm = array<i64: 1, 0, 2>} : tensor<1x4x8xf32> -> tensor<4x1x8xf32>
  return %y : tensor<4x1x8xf32>
}

// Each row three times: a broadcast along a new dimension.
// CHECK-LABEL: func.func @tile
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "parallel"]
// CHECK:         tensor.collapse_shape %{{.+}} {{\[}}[0, 1], [2]] : tensor<3x2x4xf32> into tensor<6x4xf32>
func.func @tile(%x: tensor<2x4xf32>) -> tensor<6x4xf32> {
  %r = arith.constant dense<[3, 1]> : tensor<2xi64>
  %y = tt.tile %x, %r : tensor<2x4xf32>, tensor<2xi64> -> tensor<6x4xf32>
  return %y : tensor<6x4xf32>
}
