// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-tie-embeddings))' | FileCheck %s

// The pass has no errors of its own.

// 18 rows of 2 features; row 17 is column 1 of the second panel.
// CHECK-LABEL: func.func @tied(
// CHECK-SAME: %[[V:.+]]: index
// CHECK-NEXT: %[[PANELS:.+]] = arith.constant dense<1.000000e+00> : tensor<1x2x2x16xf32>
// CHECK-NEXT: %[[WIDTH:.+]] = arith.constant 16 : index
// CHECK: %[[PANEL:.+]] = arith.divui %[[V]], %[[WIDTH]]
// CHECK: %[[COLUMN:.+]] = arith.remui %[[V]], %[[WIDTH]]
// CHECK: %[[ROW:.+]] = tensor.extract_slice %[[PANELS]][0, %[[PANEL]], 0, %[[COLUMN]]] [1, 1, 2, 1] [1, 1, 1, 1] : tensor<1x2x2x16xf32> to tensor<2xf32>
// CHECK: tensor.expand_shape %[[ROW]] {{\[}}[0, 1, 2]] output_shape [1, 1, 2]
func.func @tied(%v: index, %x: tensor<1x1x2xf32>, %i: tensor<1x1x18xf32>) -> (tensor<1x1x2xf32>, tensor<1x1x18xf32>) {
  %panels = arith.constant dense<1.0> : tensor<1x2x2x16xf32>
  %table = arith.constant dense<1.0> : tensor<1x18x2xf32>
  %row = tensor.extract_slice %table[0, %v, 0] [1, 1, 2] [1, 1, 1] : tensor<1x18x2xf32> to tensor<1x1x2xf32>
  %r = tt.gemm ins(%x, %panels : tensor<1x1x2xf32>, tensor<1x2x2x16xf32>) outs(%i : tensor<1x1x18xf32>) {packed, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x1x18xf32>
  return %row, %r : tensor<1x1x2xf32>, tensor<1x1x18xf32>
}

// -----

// One number differs.
// CHECK-LABEL: func.func @other_numbers
// CHECK: tensor.extract_slice %{{.+}} : tensor<2x1xf32> to tensor<1xf32>
func.func @other_numbers(%v: index, %x: tensor<1x1x1xf32>, %i: tensor<1x1x2xf32>) -> (tensor<1xf32>, tensor<1x1x2xf32>) {
  %panels = arith.constant dense<[[[[1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x1x16xf32>
  %table = arith.constant dense<[[1.0], [3.0]]> : tensor<2x1xf32>
  %row = tensor.extract_slice %table[%v, 0] [1, 1] [1, 1] : tensor<2x1xf32> to tensor<1xf32>
  %r = tt.gemm ins(%x, %panels : tensor<1x1x1xf32>, tensor<1x1x1x16xf32>) outs(%i : tensor<1x1x2xf32>) {packed, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x1x2xf32>
  return %row, %r : tensor<1xf32>, tensor<1x1x2xf32>
}

// -----

// The whole table is read, too.
// CHECK-LABEL: func.func @other_use
// CHECK: tensor.extract_slice %{{.+}} : tensor<2x1xf32> to tensor<1xf32>
func.func @other_use(%v: index, %x: tensor<1x1x1xf32>, %i: tensor<1x1x2xf32>) -> (tensor<1xf32>, tensor<2x1xf32>, tensor<1x1x2xf32>) {
  %panels = arith.constant dense<[[[[1.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]]> : tensor<1x1x1x16xf32>
  %table = arith.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32>
  %row = tensor.extract_slice %table[%v, 0] [1, 1] [1, 1] : tensor<2x1xf32> to tensor<1xf32>
  %r = tt.gemm ins(%x, %panels : tensor<1x1x1xf32>, tensor<1x1x1x16xf32>) outs(%i : tensor<1x1x2xf32>) {packed, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x1x2xf32>
  return %row, %table, %r : tensor<1xf32>, tensor<2x1xf32>, tensor<1x1x2xf32>
}
