// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-expand-pads))' | FileCheck %s

// The border of a 3x3 image padded to 5x6: one row above, one below, one column left, two right. The strips stand before the op that
// makes the image.
// CHECK-LABEL: func.func @border_before_producer
// CHECK:      %[[E:.+]] = tensor.empty() : tensor<5x6xf32>
// CHECK:      tensor.extract_slice %[[E]][0, 0] [1, 6]
// CHECK:      linalg.fill
// CHECK:      tensor.extract_slice {{.*}}[4, 0] [1, 6]
// CHECK:      tensor.extract_slice {{.*}}[1, 0] [3, 1]
// CHECK:      tensor.extract_slice {{.*}}[1, 4] [3, 2]
// CHECK:      %[[B:.+]] = tensor.insert_slice {{.*}}[1, 4] [3, 2]
// CHECK:      %[[P:.+]] = linalg.exp
// CHECK:      tensor.insert_slice %[[P]] into %[[B]][1, 1] [3, 3] [1, 1] : tensor<3x3xf32> into tensor<5x6xf32>
// CHECK-NOT:  tensor.pad
func.func @border_before_producer(%x: tensor<3x3xf32>) -> tensor<5x6xf32> {
  %c0 = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x3xf32>
  %r = linalg.exp ins(%x : tensor<3x3xf32>) outs(%e : tensor<3x3xf32>) -> tensor<3x3xf32>
  %p = tensor.pad %r low[1, 1] high[1, 2] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c0 : f32
  } : tensor<3x3xf32> to tensor<5x6xf32>
  return %p : tensor<5x6xf32>
}

// -----

// A dynamic size is taken from where the producer's buffer gets it.
// CHECK-LABEL: func.func @dynamic_rows
// CHECK-SAME:    , %[[N:[a-z0-9]+]]: index
// CHECK:      %[[S:.+]] = affine.apply #map()[%[[N]]]
// CHECK:      tensor.empty(%[[S]]) : tensor<?x4xf32>
// CHECK:      linalg.exp
func.func @dynamic_rows(%x: tensor<?x4xf32>, %n: index) -> tensor<?x4xf32> {
  %c0 = arith.constant 0.0 : f32
  %e = tensor.empty(%n) : tensor<?x4xf32>
  %r = linalg.exp ins(%x : tensor<?x4xf32>) outs(%e : tensor<?x4xf32>) -> tensor<?x4xf32>
  %p = tensor.pad %r low[2, 0] high[1, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %c0 : f32
  } : tensor<?x4xf32> to tensor<?x4xf32>
  return %p : tensor<?x4xf32>
}

// -----

// Padding that depends on the position stays as it was.
// CHECK-LABEL: func.func @varying_stays
// CHECK:       tensor.pad
func.func @varying_stays(%x: tensor<4xindex>) -> tensor<5xindex> {
  %p = tensor.pad %x low[1] high[0] {
  ^bb0(%i: index):
    tensor.yield %i : index
  } : tensor<4xindex> to tensor<5xindex>
  return %p : tensor<5xindex>
}

// -----

func.func @negative(%x: tensor<4xf32>) -> tensor<3xf32> {
  %c0 = arith.constant 0.0 : f32
  // expected-error @+1 {{needs padding of at least 0, but found -1; slice the source instead}}
  %p = tensor.pad %x low[-1] high[0] {
  ^bb0(%i: index):
    tensor.yield %c0 : f32
  } : tensor<4xf32> to tensor<3xf32>
  return %p : tensor<3xf32>
}
