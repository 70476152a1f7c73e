// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-infer-shapes),canonicalize)' | FileCheck %s

// The heads of an attention: two sizes of the operand, 12 heads of 64.
// CHECK-LABEL: func.func @heads
// CHECK-SAME:    (%[[X:.+]]: tensor<?x?x768xf32>) -> tensor<?x?x12x64xf32>
func.func @heads(%x: tensor<?x?x768xf32>) -> tensor<?x?x?x?xf32> {
  %n = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<?x?x768xf32> -> tensor<2xi64>
  %h = arith.constant dense<[12, 64]> : tensor<2xi64>
  %s = tt.concat %n, %h {axis = 0 : i64} : tensor<2xi64>, tensor<2xi64> -> tensor<4xi64>
  // CHECK: %[[S:.+]] = arith.constant dense<[0, 0, 12, 64]> : tensor<4xi64>
  // CHECK: tt.reshape %[[X]], %[[S]] : tensor<?x?x768xf32>, tensor<4xi64> -> tensor<?x?x12x64xf32>
  %y = tt.reshape %x, %s : tensor<?x?x768xf32>, tensor<4xi64> -> tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}

// -----

// (dim 0, -1, 64) of a ?x128x768 tensor: 128 * 768 / 64 = 1536 columns.
// CHECK-LABEL: func.func @gathered_size
// CHECK-SAME:    -> tensor<?x1536x64xf32>
func.func @gathered_size(%x: tensor<?x128x768xf32>) -> tensor<?x?x?xf32> {
  %n = tt.shape %x {start = 0 : i64, end = 3 : i64} : tensor<?x128x768xf32> -> tensor<3xi64>
  %zero = arith.constant dense<0> : tensor<i64>
  %d = tt.gather %n, %zero {axis = 0 : i64} : tensor<3xi64>, tensor<i64> -> tensor<i64>
  %one = arith.constant dense<1> : tensor<1xi64>
  %d1 = tt.reshape %d, %one : tensor<i64>, tensor<1xi64> -> tensor<1xi64>
  %rest = arith.constant dense<[-1, 64]> : tensor<2xi64>
  %s = tt.concat %d1, %rest {axis = 0 : i64} : tensor<1xi64>, tensor<2xi64> -> tensor<3xi64>
  // CHECK: dense<[0, -1, 64]>
  %y = tt.reshape %x, %s : tensor<?x128x768xf32>, tensor<3xi64> -> tensor<?x?x?xf32>
  return %y : tensor<?x?x?xf32>
}

// -----

// A static operand makes the whole computation constant: 2 * 3 = 6.
// CHECK-LABEL: func.func @static_arithmetic
// CHECK-SAME:    -> tensor<6xf32>
func.func @static_arithmetic(%x: tensor<2x3xf32>) -> tensor<?xf32> {
  %n = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<2x3xf32> -> tensor<2xi64>
  %p = tt.reduce %n {kind = #tt<reduce_kind prod>, axes = array<i64: 0>, keep_dims = true} : tensor<2xi64> -> tensor<1xi64>
  // CHECK: dense<6> : tensor<1xi64>
  %y = tt.reshape %x, %p : tensor<2x3xf32>, tensor<1xi64> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// -----

// A broadcast as PyTorch exports it: where(shape == -1, ones, shape). Sizes are never -1.
// CHECK-LABEL: func.func @exported_expand
// CHECK-SAME:    (%{{.+}}: tensor<?x1xf32> {{.*}}) -> tensor<?x8xf32>
func.func @exported_expand(%x: tensor<?x1xf32> {tt.dims = ["batch", ""]}) -> tensor<?x?xf32> {
  %n = tt.shape %x {start = 0 : i64, end = 1 : i64} : tensor<?x1xf32> -> tensor<1xi64>
  %eight = arith.constant dense<8> : tensor<1xi64>
  %s = tt.concat %n, %eight {axis = 0 : i64} : tensor<1xi64>, tensor<1xi64> -> tensor<2xi64>
  %minus = arith.constant dense<-1> : tensor<2xi64>
  %ones = arith.constant dense<1> : tensor<2xi64>
  %c = tt.equal %s, %minus : tensor<2xi64>, tensor<2xi64> -> tensor<2xi1>
  %w = tt.where %c, %ones, %s : tensor<2xi1>, tensor<2xi64>, tensor<2xi64> -> tensor<2xi64>
  // CHECK: %[[S:.+]] = arith.constant dense<[1, 8]> : tensor<2xi64>
  // CHECK: tt.expand %{{.+}}, %[[S]]
  %y = tt.expand %x, %w : tensor<?x1xf32>, tensor<2xi64> -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// -----

// Names of inputs reach the results that had none; 3 of the result's 4 dimensions are known.
// CHECK-LABEL: func.func @names
// CHECK-SAME:    -> (tensor<?x4x?x8xf32> {tt.dims = ["batch", "", "length", ""], tt.name = "y"})
func.func @names(%x: tensor<?x?x32xf32> {tt.dims = ["batch", "length", ""]})
    -> (tensor<?x?x?x?xf32> {tt.name = "y", tt.dims = ["", "", "", ""]}) {
  %s = arith.constant dense<[0, 0, 4, 8]> : tensor<4xi64>
  %r = tt.reshape %x, %s : tensor<?x?x32xf32>, tensor<4xi64> -> tensor<?x?x?x?xf32>
  %t = tt.transpose %r {perm = array<i64: 0, 2, 1, 3>} : tensor<?x?x?x?xf32> -> tensor<?x?x?x?xf32>
  %y = tt.relu %t : tensor<?x?x?x?xf32>
  return %y : tensor<?x?x?x?xf32>
}

// -----

// A slice up to the operand's own size takes everything: the end becomes the largest integer and the slice folds away.
// CHECK-LABEL: func.func @slice_to_own_size
// CHECK-SAME:    (%[[X:.+]]: tensor<1x?xf32>)
func.func @slice_to_own_size(%x: tensor<1x?xf32>) -> tensor<1x?xf32> {
  %start = arith.constant dense<0> : tensor<1xi64>
  %end = tt.shape %x {start = 1 : i64, end = 2 : i64} : tensor<1x?xf32> -> tensor<1xi64>
  // CHECK-NEXT: return %[[X]]
  %y = tt.slice %x, %start, %end {axes = array<i64: 1>, steps = array<i64: 1>} : tensor<1x?xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<1x?xf32>
  return %y : tensor<1x?xf32>
}

// -----

// The number of elements of an input cannot be known: nothing changes.
// CHECK-LABEL: func.func @unknown_shape
// CHECK-SAME:    (%[[X:.+]]: tensor<?xf32>, %[[S:.+]]: tensor<2xi64>) -> tensor<?x?xf32>
func.func @unknown_shape(%x: tensor<?xf32>, %s: tensor<2xi64>) -> tensor<?x?xf32> {
  // CHECK: tt.reshape %[[X]], %[[S]] : tensor<?xf32>, tensor<2xi64> -> tensor<?x?xf32>
  %y = tt.reshape %x, %s : tensor<?xf32>, tensor<2xi64> -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}
