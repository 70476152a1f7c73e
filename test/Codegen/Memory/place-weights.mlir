// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-place-weights{min-bytes=16})' | FileCheck %s

// 20 bytes each: the second table entry starts at 64; equal bytes share an entry; 8 bytes stay a global.
// CHECK: module attributes {tt.weights = [dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00, 5.000000e+00]> : tensor<5xf32>,
// CHECK-SAME: dense<[5, 4, 3, 2, 1]> : tensor<5xi32>]}
// CHECK-NOT: memref.global "private" constant @a
// CHECK:     memref.global "private" constant @small
// CHECK-LABEL: func.func @main
// CHECK:     tt.weights {offset = 0 : i64} : memref<5xf32>
// CHECK:     tt.weights {offset = 64 : i64} : memref<5xi32>
// CHECK:     tt.weights {offset = 0 : i64} : memref<5xf32>
// CHECK:     memref.get_global @small
module {
  memref.global "private" constant @a : memref<5xf32> = dense<[1.0, 2.0, 3.0, 4.0, 5.0]>
  memref.global "private" constant @b : memref<5xi32> = dense<[5, 4, 3, 2, 1]>
  memref.global "private" constant @same_as_a : memref<5xf32> = dense<[1.0, 2.0, 3.0, 4.0, 5.0]>
  memref.global "private" constant @small : memref<2xf32> = dense<[1.0, 2.0]>
  func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
    %0 = memref.get_global @a : memref<5xf32>
    %1 = memref.get_global @b : memref<5xi32>
    %2 = memref.get_global @same_as_a : memref<5xf32>
    %3 = memref.get_global @small : memref<2xf32>
    call @use(%0, %1, %2, %3) : (memref<5xf32>, memref<5xi32>, memref<5xf32>, memref<2xf32>) -> ()
    return
  }
  func.func private @use(memref<5xf32>, memref<5xi32>, memref<5xf32>, memref<2xf32>)
}
