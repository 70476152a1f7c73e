// RUN: tt-opt %s --split-input-file --tt-raise-softmax | FileCheck %s
// RUN: tt-opt %s --split-input-file --tt-raise-softmax --remarks-filter=tt-graph --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: func.func @with_maximum
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x?xf32>
func.func @with_maximum(%x: tensor<2x?xf32>) -> tensor<2x?xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.softmax %[[X]] {axis = 0 : i64}
  // CHECK-NEXT:  return %[[Y]]
  %max = tt.reduce %x {kind = #tt<reduce_kind max>, axes = array<i64: 0>, keep_dims = true} : tensor<2x?xf32> -> tensor<1x?xf32>
  %d = tt.sub %x, %max : tensor<2x?xf32>, tensor<1x?xf32> -> tensor<2x?xf32>
  %e = tt.exp %d : tensor<2x?xf32>
  %sum = tt.reduce %e {kind = #tt<reduce_kind sum>, axes = array<i64: 0>, keep_dims = true} : tensor<2x?xf32> -> tensor<1x?xf32>
  %y = tt.div %e, %sum : tensor<2x?xf32>, tensor<1x?xf32> -> tensor<2x?xf32>
  return %y : tensor<2x?xf32>
}

// -----

// A maximum over another dimension is an ordinary shift.
// CHECK-LABEL: func.func @other_maximum
func.func @other_maximum(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK:       %[[D:.+]] = tt.sub
  // CHECK-NEXT:  tt.softmax %[[D]] {axis = 1 : i64}
  %max = tt.reduce %x {kind = #tt<reduce_kind max>, axes = array<i64: 0>, keep_dims = true} : tensor<2x3xf32> -> tensor<1x3xf32>
  %d = tt.sub %x, %max : tensor<2x3xf32>, tensor<1x3xf32> -> tensor<2x3xf32>
  %e = tt.exp %d : tensor<2x3xf32>
  %sum = tt.reduce %e {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = true} : tensor<2x3xf32> -> tensor<2x1xf32>
  %y = tt.div %e, %sum : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @logarithm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
func.func @logarithm(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.log_softmax %[[X]] {axis = 1 : i64}
  // CHECK-NEXT:  return %[[Y]]
  %max = tt.reduce %x {kind = #tt<reduce_kind max>, axes = array<i64: 1>, keep_dims = true} : tensor<2x3xf32> -> tensor<2x1xf32>
  %d = tt.sub %x, %max : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
  %e = tt.exp %d : tensor<2x3xf32>
  %sum = tt.reduce %e {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = true} : tensor<2x3xf32> -> tensor<2x1xf32>
  %log = tt.log %sum : tensor<2x1xf32>
  %y = tt.sub %d, %log : tensor<2x3xf32>, tensor<2x1xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @several_dimensions
func.func @several_dimensions(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK-NOT:   tt.softmax
  // CHECK:       tt.div
  // REMARK:      [Missed] softmax-not-raised {{.*}}the exponentials are summed over several dimensions
  %e = tt.exp %x : tensor<2x3xf32>
  %sum = tt.reduce %e {kind = #tt<reduce_kind sum>, axes = array<i64: 0, 1>, keep_dims = true} : tensor<2x3xf32> -> tensor<1x1xf32>
  %y = tt.div %e, %sum : tensor<2x3xf32>, tensor<1x1xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}
