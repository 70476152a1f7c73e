// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-bind-outputs,canonicalize)' | FileCheck %s

// CHECK-LABEL: func.func @allocation_becomes_output
// CHECK-SAME:    (%[[CTX:.+]]: !llvm.ptr) attributes {tt.entry
// CHECK-SAME:    tt.inputs = [{dims = ["batch", ""], name = "x", type = tensor<?x4xf32>}]
// CHECK-SAME:    tt.outputs = [{dims = ["", ""], name = "output0", type = tensor<?x4xf32>}]
// CHECK-DAG:   %[[X:.+]] = tt.input %[[CTX]] {index = 0 : i64} : memref<?x4xf32>
// CHECK-DAG:   %[[N:.+]] = memref.dim %[[X]]
// CHECK:       %[[Y:.+]] = tt.output %[[CTX]](%[[N]]) {index = 0 : i64} : memref<?x4xf32>
// CHECK:       linalg.exp ins(%[[X]] : memref<?x4xf32>) outs(%[[Y]] : memref<?x4xf32>)
// CHECK:       return{{$}}
func.func @allocation_becomes_output(%x: memref<?x4xf32> {tt.name = "x", tt.dims = ["batch", ""]}) -> memref<?x4xf32> {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?x4xf32>
  %a = memref.alloc(%n) {alignment = 64 : i64} : memref<?x4xf32>
  linalg.exp ins(%x : memref<?x4xf32>) outs(%a : memref<?x4xf32>)
  return %a : memref<?x4xf32>
}

// The output's size is the product of the collapsed sizes, known where the buffer is made.
// CHECK-LABEL: func.func @through_reshape
// CHECK:       %[[N:.+]] = memref.dim
// CHECK:       %[[S:.+]] = arith.muli %[[N]], %c4
// CHECK:       %[[Y:.+]] = tt.output %{{.+}}(%[[S]]) {index = 0 : i64} : memref<?xf32>
// CHECK:       %[[V:.+]] = memref.expand_shape %[[Y]] {{\[\[}}0, 1]] output_shape [%[[N]], 4]
// CHECK:       linalg.exp {{.*}} outs(%[[V]] : memref<?x4xf32>)
// CHECK-NOT:   memref.copy
func.func @through_reshape(%x: memref<?x4xf32>) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %n = memref.dim %x, %c0 : memref<?x4xf32>
  %a = memref.alloc(%n) {alignment = 64 : i64} : memref<?x4xf32>
  linalg.exp ins(%x : memref<?x4xf32>) outs(%a : memref<?x4xf32>)
  %r = memref.collapse_shape %a [[0, 1]] : memref<?x4xf32> into memref<?xf32>
  return %r : memref<?xf32>
}

// An input, and a buffer that is returned a second time, are copied; the copies say that this is meant.
// CHECK-LABEL: func.func @copies
// CHECK:       %[[X:.+]] = tt.input
// CHECK:       %[[A:.+]] = tt.output %{{.+}} {index = 0 : i64}
// CHECK:       linalg.exp ins(%[[X]]{{.*}} outs(%[[A]]
// CHECK:       %[[B:.+]] = tt.output %{{.+}} {index = 1 : i64}
// CHECK:       memref.copy %[[A]], %[[B]] {tt.output_copy}
// CHECK:       %[[C:.+]] = tt.output %{{.+}} {index = 2 : i64}
// CHECK:       memref.copy %[[X]], %[[C]] {tt.output_copy}
func.func @copies(%x: memref<4xf32>) -> (memref<4xf32>, memref<4xf32>, memref<4xf32>) {
  %a = memref.alloc() {alignment = 64 : i64} : memref<4xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%a : memref<4xf32>)
  return %a, %a, %x : memref<4xf32>, memref<4xf32>, memref<4xf32>
}

// CHECK-LABEL: func.func private @private_stays(%{{.+}}: memref<4xf32>) -> memref<4xf32>
func.func private @private_stays(%x: memref<4xf32>) -> memref<4xf32> {
  return %x : memref<4xf32>
}
