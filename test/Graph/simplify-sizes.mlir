// RUN: tt-opt %s --split-input-file --tt-simplify-sizes --cse | FileCheck %s

// Both layers ask their own tensor; both get the argument's second size, once.
// CHECK-LABEL: func.func @layers
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x8xf32>
func.func @layers(%x: tensor<?x?x8xf32>, %table: tensor<64xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<i64>) {
  // CHECK-DAG:   %[[ZERO:.+]] = arith.constant dense<0>
  // CHECK-DAG:   %[[N:.+]] = tt.shape %[[X]] {end = 2 : i64, start = 1 : i64} : tensor<?x?x8xf32> -> tensor<1xi64>
  // CHECK-DAG:   %[[SCALAR:.+]] = tt.reshape %[[N]], %{{.+}} : tensor<1xi64>, tensor<0xi64> -> tensor<i64>
  // CHECK:       %[[A:.+]] = tt.slice %{{.+}}, %[[ZERO]], %[[N]]
  // CHECK-NOT:   tt.slice
  // CHECK:       return %[[A]], %[[A]], %[[SCALAR]]
  %one = arith.constant dense<1> : tensor<i64>
  %zero = arith.constant dense<0> : tensor<1xi64>
  %r = tt.relu %x : tensor<?x?x8xf32>
  %s = tt.shape %r {start = 0 : i64, end = 3 : i64} : tensor<?x?x8xf32> -> tensor<3xi64>
  %n = tt.gather %s, %one {axis = 0 : i64} : tensor<3xi64>, tensor<i64> -> tensor<i64>
  %shape = arith.constant dense<1> : tensor<1xi64>
  %v = tt.reshape %n, %shape : tensor<i64>, tensor<1xi64> -> tensor<1xi64>
  %a = tt.slice %table, %zero, %v {axes = array<i64: 0>, steps = array<i64: 1>} : tensor<64xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  %t = tt.tanh %r : tensor<?x?x8xf32>
  %u = tt.shape %t {start = 1 : i64, end = 2 : i64} : tensor<?x?x8xf32> -> tensor<1xi64>
  %b = tt.slice %table, %zero, %u {axes = array<i64: 0>, steps = array<i64: 1>} : tensor<64xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  return %a, %b, %n : tensor<?xf32>, tensor<?xf32>, tensor<i64>
}

// -----

// Scores of TxT with a mask cut out of a larger one: min(T, 16)xmin(T, 16) broadcasts to TxT only where it is TxT.
// CHECK-LABEL: func.func @cut_mask
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x8xf32>
func.func @cut_mask(%x: tensor<?x8xf32>, %mask: tensor<16x16xf32>) -> (tensor<?x?xf32>, tensor<1xi64>) {
  // CHECK:       %[[N:.+]] = tt.shape %[[X]] {end = 1 : i64, start = 0 : i64}
  // CHECK:       return %{{.+}}, %[[N]]
  %zero = arith.constant dense<0> : tensor<1xi64>
  %zeros = arith.constant dense<0> : tensor<2xi64>
  %n = tt.shape %x {start = 0 : i64, end = 1 : i64} : tensor<?x8xf32> -> tensor<1xi64>
  %ends = tt.concat %n, %n {axis = 0 : i64} : tensor<1xi64>, tensor<1xi64> -> tensor<2xi64>
  %m = tt.slice %mask, %zeros, %ends {axes = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<16x16xf32>, tensor<2xi64>, tensor<2xi64> -> tensor<?x?xf32>
  %t = tt.transpose %x {perm = array<i64: 1, 0>} : tensor<?x8xf32> -> tensor<8x?xf32>
  %s = tt.matmul %x, %t : tensor<?x8xf32>, tensor<8x?xf32> -> tensor<?x?xf32>
  %a = tt.add %s, %m : tensor<?x?xf32>, tensor<?x?xf32> -> tensor<?x?xf32>
  %k = tt.shape %a {start = 1 : i64, end = 2 : i64} : tensor<?x?xf32> -> tensor<1xi64>
  return %a, %k : tensor<?x?xf32>, tensor<1xi64>
}

// -----

// Twice a size is no size of an argument, nor is the length of a concatenation.
// CHECK-LABEL: func.func @unchanged
func.func @unchanged(%x: tensor<?x8xf32>) -> (tensor<1xi64>, tensor<1xi64>) {
  // CHECK:       %[[S:.+]] = tt.shape %{{.+}} {end = 1 : i64, start = 0 : i64}
  // CHECK:       %[[D:.+]] = tt.add %[[S]], %[[S]]
  // CHECK:       %[[C:.+]] = tt.concat
  // CHECK:       %[[N:.+]] = tt.shape %[[C]]
  // CHECK:       return %[[D]], %[[N]]
  %s = tt.shape %x {start = 0 : i64, end = 1 : i64} : tensor<?x8xf32> -> tensor<1xi64>
  %d = tt.add %s, %s : tensor<1xi64>, tensor<1xi64> -> tensor<1xi64>
  %c = tt.concat %x, %x {axis = 0 : i64} : tensor<?x8xf32>, tensor<?x8xf32> -> tensor<?x8xf32>
  %n = tt.shape %c {start = 0 : i64, end = 1 : i64} : tensor<?x8xf32> -> tensor<1xi64>
  return %d, %n : tensor<1xi64>, tensor<1xi64>
}
