// RUN: tt-opt %s --split-input-file --tt-decompose-attention --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @plain
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<?x4x?x16xf32>, %[[K:[a-z0-9]+]]: tensor<?x?x4x16xf32>, %[[V:[a-z0-9]+]]: tensor<?x4x?x16xf32>, %[[M:[a-z0-9]+]]: tensor<?x?xf32>
func.func @plain(%q: tensor<?x4x?x16xf32>, %k: tensor<?x?x4x16xf32>, %v: tensor<?x4x?x16xf32>, %m: tensor<?x?xf32>) -> tensor<?x4x?x16xf32> {
  // The two transposes of the key are one: [0, 2, 1, 3] then [0, 1, 3, 2].
  // CHECK-NEXT:  %[[KT:.+]] = tt.transpose %[[K]] {perm = array<i64: 0, 2, 3, 1>}
  // CHECK-NEXT:  %[[S:.+]] = tt.matmul %[[Q]], %[[KT]] : {{.*}} -> tensor<?x4x?x?xf32>
  // CHECK-NEXT:  %[[SCALE:.+]] = arith.constant dense<1.250000e-01>
  // CHECK-NEXT:  %[[D:.+]] = tt.mul %[[S]], %[[SCALE]]
  // CHECK-NEXT:  %[[A:.+]] = tt.add %[[D]], %[[M]]
  // CHECK-NEXT:  %[[P:.+]] = tt.softmax %[[A]] {axis = 3 : i64}
  // CHECK-NEXT:  %[[Y:.+]] = tt.matmul %[[P]], %[[V]]
  // CHECK-NEXT:  return %[[Y]]
  %t = tt.transpose %k {perm = array<i64: 0, 2, 1, 3>} : tensor<?x?x4x16xf32> -> tensor<?x4x?x16xf32>
  %y = tt.attention %q, %t, %v mask(%m : tensor<?x?xf32>) {scale = 0.125 : f32, causal = false} : tensor<?x4x?x16xf32>, tensor<?x4x?x16xf32>, tensor<?x4x?x16xf32> -> tensor<?x4x?x16xf32>
  return %y : tensor<?x4x?x16xf32>
}

// -----

// Eight heads share two groups of keys: four heads of 5 rows make 20 rows of one product.
// CHECK-LABEL: func.func @grouped
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<1x8x5x16xf32>, %[[K:[a-z0-9]+]]: tensor<1x2x7x16xf32>, %[[V:[a-z0-9]+]]: tensor<1x2x7x16xf32>
func.func @grouped(%q: tensor<1x8x5x16xf32>, %k: tensor<1x2x7x16xf32>, %v: tensor<1x2x7x16xf32>) -> tensor<1x8x5x16xf32> {
  // CHECK:       %[[KT:.+]] = tt.transpose %[[K]] {perm = array<i64: 0, 1, 3, 2>}
  // CHECK:       arith.constant dense<[0, 2, -1, 0]>
  // CHECK:       %[[QG:.+]] = tt.reshape %[[Q]], {{.*}} -> tensor<1x2x20x16xf32>
  // CHECK:       %[[S:.+]] = tt.matmul %[[QG]], %[[KT]] : tensor<1x2x20x16xf32>, tensor<1x2x16x7xf32> -> tensor<1x2x20x7xf32>
  // CHECK:       arith.constant dense<[0, 8, -1, 0]>
  // CHECK:       %[[SH:.+]] = tt.reshape %[[S]], {{.*}} -> tensor<1x8x5x7xf32>
  // CHECK-NOT:   tt.mul
  // CHECK:       %[[P:.+]] = tt.softmax %[[SH]]
  // CHECK:       %[[PG:.+]] = tt.reshape %[[P]], {{.*}} -> tensor<1x2x20x7xf32>
  // CHECK:       %[[YG:.+]] = tt.matmul %[[PG]], %[[V]] : tensor<1x2x20x7xf32>, tensor<1x2x7x16xf32> -> tensor<1x2x20x16xf32>
  // CHECK:       tt.reshape %[[YG]], {{.*}} -> tensor<1x8x5x16xf32>
  %y = tt.attention %q, %k, %v {scale = 1.0 : f32, causal = false} : tensor<1x8x5x16xf32>, tensor<1x2x7x16xf32>, tensor<1x2x7x16xf32> -> tensor<1x8x5x16xf32>
  return %y : tensor<1x8x5x16xf32>
}

// -----

// Row s sees columns up to s + (T - S): the range of last columns starts at T - S.
// CHECK-LABEL: func.func @causal
func.func @causal(%q: tensor<1x2x?x16xf32>, %k: tensor<1x2x?x16xf32>, %v: tensor<1x2x?x16xf32>) -> tensor<1x2x?x16xf32> {
  // CHECK:       %[[S:.+]] = tt.matmul
  // CHECK:       %[[FIRST:.+]] = tt.sub
  // CHECK:       %[[LAST:.+]] = tt.range %[[FIRST]]
  // CHECK:       %[[LASTCOLUMN:.+]] = tt.reshape %[[LAST]], {{.*}} -> tensor<?x1xi64>
  // CHECK:       %[[COLUMN:.+]] = tt.range
  // CHECK:       %[[SEEN:.+]] = tt.less_equal %[[COLUMN]], %[[LASTCOLUMN]] : tensor<?xi64>, tensor<?x1xi64> -> tensor<?x?xi1>
  // CHECK:       %[[INF:.+]] = arith.constant dense<0xFF800000> : tensor<f32>
  // CHECK:       %[[W:.+]] = tt.where %[[SEEN]], %[[S]], %[[INF]]
  // CHECK:       tt.softmax %[[W]]
  %y = tt.attention %q, %k, %v {scale = 1.0 : f32, causal = true} : tensor<1x2x?x16xf32>, tensor<1x2x?x16xf32>, tensor<1x2x?x16xf32> -> tensor<1x2x?x16xf32>
  return %y : tensor<1x2x?x16xf32>
}

// -----

func.func @unknown_heads(%q: tensor<1x?x8x16xf32>, %k: tensor<1x2x8x16xf32>, %v: tensor<1x2x8x16xf32>) -> tensor<1x?x8x16xf32> {
  // expected-error @+1 {{needs a known number of heads to be decomposed, but query is 'tensor<1x?x8x16xf32>' and key is 'tensor<1x2x8x16xf32>'}}
  %y = tt.attention %q, %k, %v {scale = 1.0 : f32, causal = false} : tensor<1x?x8x16xf32>, tensor<1x2x8x16xf32>, tensor<1x2x8x16xf32> -> tensor<1x?x8x16xf32>
  return %y : tensor<1x?x8x16xf32>
}
