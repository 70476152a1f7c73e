// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// The sizes computed by shape, gather-like slices and concat are the SSA values of tensor.dim: the reshape splits the last
// dimension only, and back, without a check at run time.
// CHECK-LABEL: func.func @heads
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x64xf32>
// CHECK-DAG:   %[[B:.+]] = tensor.dim %[[X]], %{{c0.*}}
// CHECK-DAG:   %[[S:.+]] = tensor.dim %[[X]], %{{c1.*}}
// CHECK-NOT:   tt.check
// CHECK:       %[[H:.+]] = tensor.expand_shape %[[X]] {{\[}}[0], [1], [2, 3]] output_shape [%[[B]], %[[S]], 4, 16]
// CHECK:       %[[E:.+]] = linalg.generic
// CHECK-NOT:   tt.check
// CHECK:       tensor.collapse_shape %[[E]] {{\[}}[0], [1], [2, 3]] : tensor<?x?x4x16xf32> into tensor<?x?x64xf32>
func.func @heads(%x: tensor<?x?x64xf32>) -> tensor<?x?x64xf32> {
  %s = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<?x?x64xf32> -> tensor<2xi64>
  %c = arith.constant dense<[4, 16]> : tensor<2xi64>
  %sh = tt.concat %s, %c {axis = 0 : i64} : tensor<2xi64>, tensor<2xi64> -> tensor<4xi64>
  %h = tt.reshape %x, %sh : tensor<?x?x64xf32>, tensor<4xi64> -> tensor<?x?x4x16xf32>
  %e = tt.exp %h : tensor<?x?x4x16xf32>
  %m = arith.constant dense<[-1]> : tensor<1xi64>
  %sh2 = tt.concat %s, %m {axis = 0 : i64} : tensor<2xi64>, tensor<1xi64> -> tensor<3xi64>
  %r = tt.reshape %e, %sh2 : tensor<?x?x4x16xf32>, tensor<3xi64> -> tensor<?x?x64xf32>
  return %r : tensor<?x?x64xf32>
}

// 2 * n + 1 as a size is index arithmetic on the dimension.
// CHECK-LABEL: func.func @computed
// CHECK:         tensor.dim
// CHECK:         arith.muli
// CHECK:         arith.addi
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @computed(%x: tensor<?xf32>) -> tensor<1xi64> {
  %s = tt.shape %x {start = 0 : i64, end = 1 : i64} : tensor<?xf32> -> tensor<1xi64>
  %two = arith.constant dense<2> : tensor<i64>
  %one = arith.constant dense<1> : tensor<1xi64>
  %d = tt.mul %s, %two : tensor<1xi64>, tensor<i64> -> tensor<1xi64>
  %e = tt.add %d, %one : tensor<1xi64>, tensor<1xi64> -> tensor<1xi64>
  return %e : tensor<1xi64>
}
