// RUN: tt-opt %s --split-input-file --tt-raise-attention --canonicalize | FileCheck %s
// RUN: tt-opt %s --split-input-file --tt-raise-attention --remarks-filter=tt-graph --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK

// The key comes transposed from BxTxHxD in one step ([0, 2, 3, 1]): it is read as [0, 2, 1, 3]. Scale 1 / 4 / 2.
// CHECK-LABEL: func.func @scaled_with_mask
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<1x4x?x16xf32> {{{.*}}}, %[[K:[a-z0-9]+]]: tensor<1x?x4x16xf32> {{{.*}}}, %[[V:[a-z0-9]+]]: tensor<1x4x?x16xf32>, %[[M:[a-z0-9]+]]: tensor<?x?xf32>
func.func @scaled_with_mask(%q: tensor<1x4x?x16xf32> {tt.dims = ["", "", "s", ""]}, %k: tensor<1x?x4x16xf32> {tt.dims = ["", "t", "", ""]}, %v: tensor<1x4x?x16xf32>, %mask: tensor<?x?xf32> {tt.dims = ["s", "t"]}) -> tensor<1x4x?x16xf32> {
  // CHECK:       %[[KT:.+]] = tt.transpose %[[K]] {perm = array<i64: 0, 2, 1, 3>}
  // CHECK-NEXT:  %[[Y:.+]] = tt.attention %[[Q]], %[[KT]], %[[V]] mask(%[[M]] : tensor<?x?xf32>) {causal = false, scale = 1.250000e-01 : f32}
  // CHECK-NEXT:  return %[[Y]]
  %four = arith.constant dense<4.0> : tensor<f32>
  %half = arith.constant dense<0.5> : tensor<1xf32>
  %h = tt.mul %half, %q : tensor<1xf32>, tensor<1x4x?x16xf32> -> tensor<1x4x?x16xf32>
  %t = tt.transpose %k {perm = array<i64: 0, 2, 3, 1>} : tensor<1x?x4x16xf32> -> tensor<1x4x16x?xf32>
  %s = tt.matmul %h, %t : tensor<1x4x?x16xf32>, tensor<1x4x16x?xf32> -> tensor<1x4x?x?xf32>
  %d = tt.div %s, %four : tensor<1x4x?x?xf32>, tensor<f32> -> tensor<1x4x?x?xf32>
  %m = tt.add %d, %mask : tensor<1x4x?x?xf32>, tensor<?x?xf32> -> tensor<1x4x?x?xf32>
  %p = tt.softmax %m {axis = 3 : i64} : tensor<1x4x?x?xf32> -> tensor<1x4x?x?xf32>
  %y = tt.matmul %p, %v : tensor<1x4x?x?xf32>, tensor<1x4x?x16xf32> -> tensor<1x4x?x16xf32>
  return %y : tensor<1x4x?x16xf32>
}

// -----

// Scores hidden by -infinity where the condition holds: the mask is -infinity there and 0 elsewhere.
// CHECK-LABEL: func.func @hidden_by_infinity
// CHECK-SAME:    %[[C:[a-z0-9]+]]: tensor<1x1x8x8xi1>)
func.func @hidden_by_infinity(%q: tensor<2x4x8x16xf32>, %k: tensor<2x4x8x16xf32>, %v: tensor<2x4x8x16xf32>, %c: tensor<1x1x8x8xi1>) -> tensor<2x4x8x16xf32> {
  // CHECK-DAG:   %[[INF:.+]] = arith.constant dense<0xFF800000> : tensor<f32>
  // CHECK-DAG:   %[[ZERO:.+]] = arith.constant dense<0.000000e+00> : tensor<f32>
  // CHECK:       %[[M:.+]] = tt.where %[[C]], %[[INF]], %[[ZERO]]
  // CHECK:       tt.attention {{.*}} mask(%[[M]] : tensor<1x1x8x8xf32>) {causal = false, scale = 1.000000e+00 : f32}
  %inf = arith.constant dense<0xFF800000> : tensor<f32>
  %t = tt.transpose %k {perm = array<i64: 0, 1, 3, 2>} : tensor<2x4x8x16xf32> -> tensor<2x4x16x8xf32>
  %s = tt.matmul %q, %t : tensor<2x4x8x16xf32>, tensor<2x4x16x8xf32> -> tensor<2x4x8x8xf32>
  %m = tt.where %c, %inf, %s : tensor<1x1x8x8xi1>, tensor<f32>, tensor<2x4x8x8xf32> -> tensor<2x4x8x8xf32>
  %p = tt.softmax %m {axis = 3 : i64} : tensor<2x4x8x8xf32> -> tensor<2x4x8x8xf32>
  %y = tt.matmul %p, %v : tensor<2x4x8x8xf32>, tensor<2x4x8x16xf32> -> tensor<2x4x8x16xf32>
  return %y : tensor<2x4x8x16xf32>
}

// -----

// Rank 3 (one head) with a constant triangle and -1e9: each row sees at least its own column.
// CHECK-LABEL: func.func @one_head
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<1x2x8xf32>
func.func @one_head(%q: tensor<1x2x8xf32>, %k: tensor<1x2x8xf32>, %v: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  // CHECK:       %[[QH:.+]] = tt.reshape %[[Q]], %{{.+}} : tensor<1x2x8xf32>, tensor<4xi64> -> tensor<1x1x2x8xf32>
  // CHECK:       tt.attention %[[QH]], {{.*}} : tensor<1x1x2x8xf32>, tensor<1x1x2x8xf32>, tensor<1x1x2x8xf32> -> tensor<1x1x2x8xf32>
  // CHECK:       tt.reshape {{.*}} -> tensor<1x2x8xf32>
  %hidden = arith.constant dense<[[[false, true], [false, false]]]> : tensor<1x2x2xi1>
  %number = arith.constant dense<-1.0e9> : tensor<f32>
  %t = tt.transpose %k {perm = array<i64: 0, 2, 1>} : tensor<1x2x8xf32> -> tensor<1x8x2xf32>
  %s = tt.matmul %q, %t : tensor<1x2x8xf32>, tensor<1x8x2xf32> -> tensor<1x2x2xf32>
  %m = tt.where %hidden, %number, %s : tensor<1x2x2xi1>, tensor<f32>, tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %p = tt.softmax %m {axis = 2 : i64} : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %y = tt.matmul %p, %v : tensor<1x2x2xf32>, tensor<1x2x8xf32> -> tensor<1x2x8xf32>
  return %y : tensor<1x2x8xf32>
}

// -----

// The second row sees nothing: -1e9 everywhere gives equal weights, a sum would not.
// CHECK-LABEL: func.func @hidden_row
func.func @hidden_row(%q: tensor<1x2x8xf32>, %k: tensor<1x8x2xf32>, %v: tensor<1x2x8xf32>) -> tensor<1x2x8xf32> {
  // CHECK-NOT:   tt.attention
  // REMARK:      [Missed] attention-not-raised {{.*}}masked scores are replaced by a number that a sum does not reproduce
  %hidden = arith.constant dense<[[[false, true], [true, true]]]> : tensor<1x2x2xi1>
  %number = arith.constant dense<-1.0e9> : tensor<f32>
  %s = tt.matmul %q, %k : tensor<1x2x8xf32>, tensor<1x8x2xf32> -> tensor<1x2x2xf32>
  %m = tt.where %hidden, %number, %s : tensor<1x2x2xi1>, tensor<f32>, tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %p = tt.softmax %m {axis = 2 : i64} : tensor<1x2x2xf32> -> tensor<1x2x2xf32>
  %y = tt.matmul %p, %v : tensor<1x2x2xf32>, tensor<1x2x8xf32> -> tensor<1x2x8xf32>
  return %y : tensor<1x2x8xf32>
}

// -----

// CHECK-LABEL: func.func @weights_used
func.func @weights_used(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x16x8xf32>, %v: tensor<1x4x8x16xf32>) -> (tensor<1x4x8x16xf32>, tensor<1x4x8x8xf32>) {
  // CHECK-NOT:   tt.attention
  // REMARK:      [Missed] attention-not-raised {{.*}}the softmax has another use
  %s = tt.matmul %q, %k : tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32> -> tensor<1x4x8x8xf32>
  %p = tt.softmax %s {axis = 3 : i64} : tensor<1x4x8x8xf32> -> tensor<1x4x8x8xf32>
  %y = tt.matmul %p, %v : tensor<1x4x8x8xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return %y, %p : tensor<1x4x8x16xf32>, tensor<1x4x8x8xf32>
}

// -----

// One of the two batches may be 1 and broadcast.
// CHECK-LABEL: func.func @batches_may_differ
func.func @batches_may_differ(%q: tensor<?x4x8x16xf32>, %k: tensor<?x4x16x8xf32>, %v: tensor<?x4x8x16xf32>) -> tensor<?x4x8x16xf32> {
  // CHECK-NOT:   tt.attention
  // REMARK:      [Missed] attention-not-raised {{.*}}batches or heads of query, key and value may differ
  %s = tt.matmul %q, %k : tensor<?x4x8x16xf32>, tensor<?x4x16x8xf32> -> tensor<?x4x8x8xf32>
  %p = tt.softmax %s {axis = 3 : i64} : tensor<?x4x8x8xf32> -> tensor<?x4x8x8xf32>
  %y = tt.matmul %p, %v : tensor<?x4x8x8xf32>, tensor<?x4x8x16xf32> -> tensor<?x4x8x16xf32>
  return %y : tensor<?x4x8x16xf32>
}

// -----

// The mask may have batches that the scores have not.
// CHECK-LABEL: func.func @mask_broadcasts
func.func @mask_broadcasts(%q: tensor<1x4x8x16xf32>, %k: tensor<1x4x16x8xf32>, %v: tensor<1x4x8x16xf32>, %mask: tensor<?x1x8x8xf32>) -> tensor<?x4x8x16xf32> {
  // CHECK-NOT:   tt.attention
  // REMARK:      [Missed] attention-not-raised {{.*}}the mask may broadcast the scores
  %s = tt.matmul %q, %k : tensor<1x4x8x16xf32>, tensor<1x4x16x8xf32> -> tensor<1x4x8x8xf32>
  %m = tt.add %s, %mask : tensor<1x4x8x8xf32>, tensor<?x1x8x8xf32> -> tensor<?x4x8x8xf32>
  %p = tt.softmax %m {axis = 3 : i64} : tensor<?x4x8x8xf32> -> tensor<?x4x8x8xf32>
  %y = tt.matmul %p, %v : tensor<?x4x8x8xf32>, tensor<1x4x8x16xf32> -> tensor<?x4x8x16xf32>
  return %y : tensor<?x4x8x16xf32>
}

// -----

// All three from one tensor: their batches are equal for certain.
// CHECK-LABEL: func.func @equal_batches
func.func @equal_batches(%x: tensor<?x?x64xf32>) -> tensor<?x4x?x16xf32> {
  // CHECK:       tt.attention
  %shape = arith.constant dense<[0, 0, 4, 16]> : tensor<4xi64>
  %r = tt.reshape %x, %shape : tensor<?x?x64xf32>, tensor<4xi64> -> tensor<?x?x4x16xf32>
  %q = tt.transpose %r {perm = array<i64: 0, 2, 1, 3>} : tensor<?x?x4x16xf32> -> tensor<?x4x?x16xf32>
  %k = tt.transpose %r {perm = array<i64: 0, 2, 3, 1>} : tensor<?x?x4x16xf32> -> tensor<?x4x16x?xf32>
  %s = tt.matmul %q, %k : tensor<?x4x?x16xf32>, tensor<?x4x16x?xf32> -> tensor<?x4x?x?xf32>
  %p = tt.softmax %s {axis = 3 : i64} : tensor<?x4x?x?xf32> -> tensor<?x4x?x?xf32>
  %y = tt.matmul %p, %q : tensor<?x4x?x?xf32>, tensor<?x4x?x16xf32> -> tensor<?x4x?x16xf32>
  return %y : tensor<?x4x?x16xf32>
}
