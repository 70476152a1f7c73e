// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-lower-reshapes))' | FileCheck %s

// The strides of [m, n] over a dense row are [n, 1].
// CHECK-LABEL: func.func @two_unknown_sizes
// CHECK-SAME:    , %[[M:[a-z0-9]+]]: index, %[[N:[a-z0-9]+]]: index)
// CHECK:       %[[BASE:[a-z_]+]], {{.*}} = memref.extract_strided_metadata
// CHECK:       memref.reinterpret_cast %[[BASE]] to offset: [0], sizes: [%[[M]], %[[N]]], strides: [%[[N]], 1]
func.func @two_unknown_sizes(%x: memref<?xf32>, %m: index, %n: index) -> memref<?x?xf32> {
  %y = memref.expand_shape %x [[0, 1]] output_shape [%m, %n] : memref<?xf32> into memref<?x?xf32>
  return %y : memref<?x?xf32>
}

// CHECK-LABEL: func.func @one_unknown_size_stays
// CHECK:       memref.expand_shape
func.func @one_unknown_size_stays(%x: memref<?xf32>, %m: index) -> memref<?x4xf32> {
  %y = memref.expand_shape %x [[0, 1]] output_shape [%m, 4] : memref<?xf32> into memref<?x4xf32>
  return %y : memref<?x4xf32>
}
