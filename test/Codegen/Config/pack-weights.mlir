// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-pack-weights)' | FileCheck %s

// Bytes of the panels, as little-endian f32 behind the resource's 4 bytes of alignment. 1.0 is 0000803F, 2.0 00000040,
// 3.0 00004040, 4.0 00008040, 5.0 0000A040, 6.0 0000C040. The panel of @product has two steps: 1 2 3 and 4 5 6, each
// followed by 13 zeros (104 digits).

// CHECK-LABEL: func.func @product
func.func @product(%a: tensor<1x?x2xf32>, %c: tensor<1x?x3xf32>) -> (tensor<1x?x3xf32>, tensor<1x?x3xf32>) {
  // New constants go to the top of the function, the last one first.
  // CHECK: %[[B1:.+]] = arith.constant dense_resource<[[PRODUCT:.+]]> : tensor<1x1x2x16xf32>
  // CHECK: %[[B0:.+]] = arith.constant dense_resource<[[PRODUCT]]> : tensor<1x1x2x16xf32>
  %b = arith.constant dense<[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]> : tensor<1x2x3xf32>
  // CHECK: tt.gemm ins(%{{.+}}, %[[B0]] : {{.*}} packed}
  %r = tt.gemm ins(%a, %b : tensor<1x?x2xf32>, tensor<1x2x3xf32>) outs(%c : tensor<1x?x3xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x?x3xf32>
  // The same matrix, transposed and reshaped on the way, gives the same panel.
  // CHECK-NOT: expand_shape
  %t = arith.constant dense<[[1.0, 4.0], [2.0, 5.0], [3.0, 6.0]]> : tensor<3x2xf32>
  %e = tensor.expand_shape %t [[0, 1], [2]] output_shape [1, 3, 2] : tensor<3x2xf32> into tensor<1x3x2xf32>
  // CHECK: tt.gemm ins(%{{.+}}, %[[B1]] : {{.*}} packed}
  %s = tt.gemm ins(%a, %e : tensor<1x?x2xf32>, tensor<1x3x2xf32>) outs(%c : tensor<1x?x3xf32>) {rhs_transposed, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x?x3xf32>
  return %r, %s : tensor<1x?x3xf32>, tensor<1x?x3xf32>
}

// Two users of one constant share the packed one.
// CHECK-LABEL: func.func @shared
// CHECK: %[[B:.+]] = arith.constant {{.*}} : tensor<1x1x2x16xf32>
// CHECK-NOT: arith.constant
// CHECK: tt.gemm ins(%{{.+}}, %[[B]] :
// CHECK: tt.gemm ins(%{{.+}}, %[[B]] :
func.func @shared(%a: tensor<1x4x2xf32>, %c: tensor<1x4x1xf32>) -> (tensor<1x4x1xf32>, tensor<1x4x1xf32>) {
  %b = arith.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
  %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%c : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x1xf32>
  %s = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%r : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x1xf32>
  return %r, %s : tensor<1x4x1xf32>, tensor<1x4x1xf32>
}

// A filter of 2 groups with 1 output channel each, 3 input channels per group, 1 x 2 taps. Of group 0, channel i and tap kw
// is 1 + 2 * i + kw: in the order kw, i that is 1 3 5 2 4 6.
// CHECK-LABEL: func.func @filter
// CHECK: %[[W:.+]] = arith.constant dense_resource<[[FILTER:.+]]> : tensor<2x1x6x16xf32>
// CHECK: tt.conv_direct ins(%{{.+}}, %[[W]] : {{.*}} packed,
func.func @filter(%x: tensor<1x1x4x6xf32>, %i: tensor<1x1x3x2xf32>) -> tensor<1x1x3x2xf32> {
  %w = arith.constant dense<[[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]], [[[6.0, 5.0]], [[4.0, 3.0]], [[2.0, 1.0]]]]> : tensor<2x3x1x2xf32>
  %r = tt.conv_direct ins(%x, %w : tensor<1x1x4x6xf32>, tensor<2x3x1x2xf32>) outs(%i : tensor<1x1x3x2xf32>)
       {kernel = array<i64: 1, 2>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x1x3x2xf32>
  return %r : tensor<1x1x3x2xf32>
}

// A right-hand side that only exists at run time stays.
// CHECK-LABEL: func.func @runtime
// CHECK-NOT: packed
// CHECK: return
func.func @runtime(%a: tensor<1x4x2xf32>, %b: tensor<1x2x1xf32>, %c: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%c : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x1xf32>
  return %r : tensor<1x4x1xf32>
}

// CHECK: dialect_resources
// CHECK-DAG: [[FILTER]]: "0x{{........}}0000803F{{(0{120})}}00004040{{(0{120})}}0000A040{{(0{120})}}00000040{{(0{120})}}00008040{{(0{120})}}0000C040{{(0{120})}}0000C040
// CHECK-DAG: [[PRODUCT]]: "0x{{........}}0000803F0000004000004040{{(0{104})}}000080400000A0400000C040{{(0{104})}}"
