// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// Rows of 64 elements are copied whole; all indices are checked before the first copy.
// CHECK-LABEL: func.func @embedding
// CHECK:         %[[R:.+]] = linalg.generic {{.*}} iterator_types = ["reduction"]
// CHECK:         %[[OK:.+]] = tensor.extract %[[R]][]
// CHECK:         tt.check %{{.+}}, "onnx node 'lookup': index out of range"
// CHECK:         scf.for
// CHECK:           %[[ROW:.+]] = tensor.extract_slice %{{.+}}[0, %{{.+}}, 0] [1, 1, 64] [1, 1, 1]
// CHECK:           tensor.insert_slice %[[ROW]]
func.func @embedding(%t: tensor<100x64xf32>, %i: tensor<2x5xi64>) -> tensor<2x5x64xf32> {
  %y = tt.gather %t, %i {axis = 0 : i64} : tensor<100x64xf32>, tensor<2x5xi64> -> tensor<2x5x64xf32> loc("lookup")
  return %y : tensor<2x5x64xf32>
}

// -----

// A constant index is a slice; -1 counts from the end.
// CHECK-LABEL: func.func @last
// CHECK-NOT:     tt.check
// CHECK:         tensor.extract_slice %{{.+}}[4, 0] [1, 8] [1, 1]
func.func @last(%x: tensor<5x8xf32>) -> tensor<8xf32> {
  %i = arith.constant dense<-1> : tensor<i64>
  %y = tt.gather %x, %i {axis = 0 : i64} : tensor<5x8xf32>, tensor<i64> -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

func.func @outside(%x: tensor<5x8xf32>) -> tensor<2x8xf32> {
  %i = arith.constant dense<[1, 5]> : tensor<2xi64>
  // expected-error @below {{needs indices in [-5, 5), but found 5}}
  %y = tt.gather %x, %i {axis = 0 : i64} : tensor<5x8xf32>, tensor<2xi64> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// Updates are applied in order.
// CHECK-LABEL: func.func @scatter
// CHECK:         scf.for
// CHECK:           scf.for
// CHECK:             tensor.extract
// CHECK:             arith.addf
// CHECK:             tensor.insert
func.func @scatter(%x: tensor<2x8xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) -> tensor<2x8xf32> {
  %y = tt.scatter_elements %x, %i, %u {axis = 1 : i64, kind = #tt<scatter_kind add>} : tensor<2x8xf32>, tensor<2x3xi64>, tensor<2x3xf32> -> tensor<2x8xf32>
  return %y : tensor<2x8xf32>
}

// -----

// Whole slices of 4 elements.
// CHECK-LABEL: func.func @scatter_slices
// CHECK:         scf.for
// CHECK:           tensor.extract_slice %{{.+}} [1, 4] [1, 1]
// CHECK:           tensor.insert_slice
func.func @scatter_slices(%x: tensor<8x4xf32>, %i: tensor<3x1xi64>, %u: tensor<3x4xf32>) -> tensor<8x4xf32> {
  %y = tt.scatter_nd %x, %i, %u {kind = #tt<scatter_kind none>} : tensor<8x4xf32>, tensor<3x1xi64>, tensor<3x4xf32> -> tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
