// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-bufferize,canonicalize,cse,canonicalize)' | FileCheck %s
// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-expand-pads),canonicalize,cse,eliminate-empty-tensors,tt-bufferize,canonicalize,cse,canonicalize)' \
// RUN:   | FileCheck %s --check-prefix=PAD

// A kernel op writes its init in place, without a copy.
// CHECK-LABEL: func.func @gemm
// CHECK-SAME:    %[[A:.+]]: memref<1x4x8xf32>, %[[B:.+]]: memref<1x8x16xf32>
// CHECK:       %[[C:.+]] = memref.alloc
// CHECK-NOT:   memref.copy
// CHECK:       tt.gemm ins(%[[A]], %[[B]] : {{.*}}) outs(%[[C]] : memref<1x4x16xf32>)
// CHECK-NOT:   memref.copy
// CHECK:       return %[[C]]
func.func @gemm(%a: tensor<1x4x8xf32>, %b: tensor<1x8x16xf32>) -> tensor<1x4x16xf32> {
  %e = tensor.empty() : tensor<1x4x16xf32>
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x16xf32>) outs(%e : tensor<1x4x16xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x16xf32>
  return %r : tensor<1x4x16xf32>
}

// An argument is the caller's: writing it needs a copy.
// CHECK-LABEL: func.func @argument_is_not_written
// CHECK-SAME:    %[[X:.+]]: memref<4xf32>
// CHECK:       %[[Y:.+]] = memref.alloc
// CHECK:       linalg.exp ins(%[[X]] : memref<4xf32>) outs(%[[Y]] : memref<4xf32>)
func.func @argument_is_not_written(%x: tensor<4xf32>) -> tensor<4xf32> {
  %r = linalg.exp ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}

// The producer of a padded value writes into the interior of the padded buffer, also where the unpadded value is read again.
// PAD-LABEL: func.func @pad_in_place
// PAD:       %[[P:.+]] = memref.alloc() {{.*}} : memref<6x6xf32>
// PAD:       %[[I:.+]] = memref.subview %[[P]][1, 1] [4, 4] [1, 1]
// PAD:       linalg.exp ins(%{{.+}} : memref<4x4xf32>) outs(%[[I]]
// PAD-NOT:   memref.copy
// PAD:       linalg.exp ins(%[[I]]
// PAD-NOT:   memref.copy
// PAD:       return %[[P]]
func.func @pad_in_place(%x: tensor<4x4xf32>) -> (tensor<6x6xf32>, tensor<4x4xf32>) {
  %c0 = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x4xf32>
  %e2 = tensor.empty() : tensor<4x4xf32>
  %r = linalg.exp ins(%x : tensor<4x4xf32>) outs(%e : tensor<4x4xf32>) -> tensor<4x4xf32>
  %p = tensor.pad %r low[1, 1] high[1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c0 : f32
  } : tensor<4x4xf32> to tensor<6x6xf32>
  %s = linalg.exp ins(%r : tensor<4x4xf32>) outs(%e2 : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %p, %s : tensor<6x6xf32>, tensor<4x4xf32>
}

// Kernels of rows read vectors: of every second column a dense copy is made.
// CHECK-LABEL: func.func @strided_rows
// CHECK:       %[[S:.+]] = memref.subview %{{.+}}[0, 0] [4, 8] [1, 2]
// CHECK:       memref.copy %[[S]], %[[D:.+]] : memref<4x8xf32, strided<[16, 2]>> to memref<4x8xf32>
// CHECK:       tt.softmax_rows ins(%[[D]] : memref<4x8xf32>)
func.func @strided_rows(%x: tensor<4x16xf32>) -> tensor<4x8xf32> {
  %s = tensor.extract_slice %x[0, 0] [4, 8] [1, 2] : tensor<4x16xf32> to tensor<4x8xf32>
  %e = tensor.empty() : tensor<4x8xf32>
  %r = tt.softmax_rows ins(%s : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  return %r : tensor<4x8xf32>
}
