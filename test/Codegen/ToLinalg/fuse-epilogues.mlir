// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg),canonicalize,func.func(tt-fuse-elementwise,tt-fuse-epilogues,tt-verify-linalg))' | FileCheck %s

// Convolution, bias and ReLU are one op.
// CHECK-LABEL: func.func @conv_bias_relu
// CHECK:         tt.conv_direct
// CHECK:         ^bb0(%[[ACC:.+]]: f32, %[[B:.+]]: f32):
// CHECK-NEXT:      %[[S:.+]] = arith.addf %[[ACC]], %[[B]] : f32
// CHECK-NEXT:      %[[R:.+]] = arith.maximumf %[[S]], %{{.+}} : f32
// CHECK-NEXT:      tt.yield %[[R]] : f32
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @conv_bias_relu(%x: tensor<1x8x8x3xf32>) -> tensor<1x6x6x16xf32> {
  %w = arith.constant dense<0.5> : tensor<16x3x3x3xf32>
  %b = arith.constant dense<1.0> : tensor<16xf32>
  %y = tt.conv %x, %w bias(%b : tensor<16xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x3xf32>, tensor<16x3x3x3xf32> -> tensor<1x6x6x16xf32>
  %r = tt.relu %y : tensor<1x6x6x16xf32>
  return %r : tensor<1x6x6x16xf32>
}

// A linear layer on a batch of sequences: the expansion from rows to (batch, sequence) moves behind, bias and residual are
// read in the kernel's space.
// CHECK-LABEL: func.func @linear_bias_gelu_residual
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x64xf32>
// CHECK:         tt.gemm {{.*}} extras(%{{.+}}, %{{.+}} : tensor<64xf32>, tensor<1x?x64xf32>)
// CHECK:           arith.addf
// CHECK:           math.erf
// CHECK:           arith.addf
// CHECK:           tt.yield
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @linear_bias_gelu_residual(%x: tensor<?x?x64xf32>, %b: tensor<64xf32>) -> tensor<?x?x64xf32> {
  %w = arith.constant dense<0.5> : tensor<64x64xf32>
  %y = tt.matmul %x, %w : tensor<?x?x64xf32>, tensor<64x64xf32> -> tensor<?x?x64xf32>
  %z = tt.add %y, %b : tensor<?x?x64xf32>, tensor<64xf32> -> tensor<?x?x64xf32>
  %g = tt.gelu %z {kind = #tt<gelu_kind erf>} : tensor<?x?x64xf32>
  %r = tt.add %g, %x : tensor<?x?x64xf32>, tensor<?x?x64xf32> -> tensor<?x?x64xf32>
  return %r : tensor<?x?x64xf32>
}

// A cast in the epilogue changes the destination's element type.
// CHECK-LABEL: func.func @narrowing
// CHECK:         tt.gemm {{.*}} outs(%{{.+}} : tensor<1x4x4xf16>)
// CHECK:           %[[T:.+]] = arith.truncf %{{.+}} : f32 to f16
// CHECK:           tt.yield %[[T]] : f16
func.func @narrowing(%x: tensor<4x8xf32>) -> tensor<4x4xf16> {
  %w = arith.constant dense<0.5> : tensor<8x4xf32>
  %y = tt.matmul %x, %w : tensor<4x8xf32>, tensor<8x4xf32> -> tensor<4x4xf32>
  %z = tt.cast %y to f16 : tensor<4x4xf32> -> tensor<4x4xf16>
  return %z : tensor<4x4xf16>
}

// Two readers: the product is stored.
// CHECK-LABEL: func.func @two_uses
// CHECK:         tt.gemm
// CHECK-NEXT:    ^bb0(%[[A:.+]]: f32):
// CHECK-NEXT:      tt.yield %[[A]] : f32
// CHECK-COUNT-2: linalg.generic
func.func @two_uses(%x: tensor<4x8xf32>) -> (tensor<4x4xf32>, tensor<4x4xf32>) {
  %w = arith.constant dense<0.5> : tensor<8x4xf32>
  %y = tt.matmul %x, %w : tensor<4x8xf32>, tensor<8x4xf32> -> tensor<4x4xf32>
  %a = tt.exp %y : tensor<4x4xf32>
  %b = tt.tanh %y : tensor<4x4xf32>
  return %a, %b : tensor<4x4xf32>, tensor<4x4xf32>
}

// x * sigmoid(x): both uses are in one elementwise op, which moves as a whole.
// CHECK-LABEL: func.func @swish
// CHECK:         tt.gemm
// CHECK:           math.exp
// CHECK:           arith.mulf
// CHECK:           tt.yield
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @swish(%x: tensor<4x8xf32>) -> tensor<4x4xf32> {
  %w = arith.constant dense<0.5> : tensor<8x4xf32>
  %y = tt.matmul %x, %w : tensor<4x8xf32>, tensor<8x4xf32> -> tensor<4x4xf32>
  %s = tt.sigmoid %y : tensor<4x4xf32>
  %r = tt.mul %y, %s : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  return %r : tensor<4x4xf32>
}

// A mask over rows and columns of every head: read along (m, n) of the batched product.
// CHECK-LABEL: func.func @masked_scores
// CHECK:         tt.gemm {{.*}} extras(%{{.+}} : tensor<?x?xf32>)
// CHECK:           arith.mulf
// CHECK:           arith.addf
// CHECK:           tt.yield
// CHECK-NOT:     linalg.generic
// CHECK:         tt.softmax_rows
func.func @masked_scores(%q: tensor<?x4x?x16xf32> {tt.dims = ["b", "", "s", ""]}, %k: tensor<?x4x?x16xf32> {tt.dims = ["b", "", "s", ""]}, %m: tensor<?x?xf32> {tt.dims = ["s", "s"]}) -> tensor<?x4x?x?xf32> {
  %t = tt.transpose %k {perm = array<i64: 0, 1, 3, 2>} : tensor<?x4x?x16xf32> -> tensor<?x4x16x?xf32>
  %p = tt.matmul %q, %t : tensor<?x4x?x16xf32>, tensor<?x4x16x?xf32> -> tensor<?x4x?x?xf32>
  %c = arith.constant dense<0.25> : tensor<f32>
  %s = tt.mul %p, %c : tensor<?x4x?x?xf32>, tensor<f32> -> tensor<?x4x?x?xf32>
  %a = tt.add %s, %m : tensor<?x4x?x?xf32>, tensor<?x?xf32> -> tensor<?x4x?x?xf32>
  %r = tt.softmax %a {axis = 3 : i64} : tensor<?x4x?x?xf32> -> tensor<?x4x?x?xf32>
  return %r : tensor<?x4x?x?xf32>
}

// ReLU goes into the convolution, not into the reduction behind it.
// CHECK-LABEL: func.func @relu_before_mean
// CHECK:         tt.conv_direct
// CHECK:           arith.maximumf
// CHECK:           tt.yield
// CHECK:         linalg.generic {{.*}} "reduction"
// CHECK-NOT:       arith.maximumf
// CHECK:         return
func.func @relu_before_mean(%x: tensor<1x8x8x3xf32>) -> tensor<1x1x1x16xf32> {
  %w = arith.constant dense<0.5> : tensor<16x3x3x3xf32>
  %y = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x3xf32>, tensor<16x3x3x3xf32> -> tensor<1x6x6x16xf32>
  %r = tt.relu %y : tensor<1x6x6x16xf32>
  %m = tt.reduce %r {kind = #tt<reduce_kind mean>, axes = array<i64: 1, 2>, keep_dims = true} : tensor<1x6x6x16xf32> -> tensor<1x1x1x16xf32>
  return %m : tensor<1x1x1x16xf32>
}
