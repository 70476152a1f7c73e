// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-to-instrumented{cpu=x86-64-v3 profile=op})' | FileCheck %s

// Floating-point operations of kernels against counts by hand, by the rules of docs/profiling.md. Every function is one op, so that its probe
// has all of its work; work(FLOPs, bytes read, bytes written).

// 2 * 4 * 8 * 16 = 1024; bytes: lhs 4*8*4 = 128 and the right-hand side packed in panels of 16 columns, 8*16*4 = 512; 4*16*4 = 256.
// CHECK-LABEL: func.func @matmul(
// CHECK:         call @k_gemm
// CHECK-DAG:     %[[F:.+]] = arith.constant 1024 : index
// CHECK-DAG:     %[[R:.+]] = arith.constant 640 : index
// CHECK-DAG:     %[[W:.+]] = arith.constant 256 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]], %[[R]], %[[W]])
func.func @matmul(%x: tensor<4x8xf32>) -> tensor<4x16xf32> {
  %w = arith.constant dense<0.5> : tensor<8x16xf32>
  %y = tt.matmul %x, %w : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32> loc("matmul")
  return %y : tensor<4x16xf32>
}

// 3x3 kernel, 16 channels to 32, 6x6 results of an 8x8 image: 2 * (6*6*32) * (16*9) = 331776, and a relu: 6*6*32 = 1152.
// It runs by Winograd's algorithm, which counts as what it computes.
// CHECK-LABEL: func.func @conv_relu(
// CHECK:         call @k_conv_winograd
// CHECK:         %[[F:.+]] = arith.constant 332928 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @conv_relu(%x: tensor<1x8x8x16xf32>) -> tensor<1x6x6x32xf32> {
  %w = arith.constant dense<0.5> : tensor<32x16x3x3xf32>
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x16xf32>, tensor<32x16x3x3xf32> -> tensor<1x6x6x32xf32> loc("conv")
  %y = tt.relu %c : tensor<1x6x6x32xf32> loc("conv")
  return %y : tensor<1x6x6x32xf32>
}

// Two groups of 8 channels to 16: 2 * (6*6*32) * (8*9) = 165888.
// CHECK-LABEL: func.func @conv_groups(
// CHECK:         call @k_conv_direct
// CHECK:         %[[F:.+]] = arith.constant 165888 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @conv_groups(%x: tensor<1x8x8x16xf32>) -> tensor<1x6x6x32xf32> {
  %w = arith.constant dense<0.5> : tensor<32x8x3x3xf32>
  %y = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x16xf32>, tensor<32x8x3x3xf32> -> tensor<1x6x6x32xf32> loc("conv")
  return %y : tensor<1x6x6x32xf32>
}

// Depthwise: 2 * (6*6*16) * 9 = 10368.
// CHECK-LABEL: func.func @conv_depthwise(
// CHECK:         call @k_conv_depthwise
// CHECK:         %[[F:.+]] = arith.constant 10368 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @conv_depthwise(%x: tensor<1x8x8x16xf32>) -> tensor<1x6x6x16xf32> {
  %w = arith.constant dense<0.5> : tensor<16x1x3x3xf32>
  %y = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 16 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x16xf32>, tensor<16x1x3x3xf32> -> tensor<1x6x6x16xf32> loc("conv")
  return %y : tensor<1x6x6x16xf32>
}

// 1 per element: 100. Bytes: two operands of 400, one result.
// CHECK-LABEL: func.func @add(
// CHECK-DAG:     %[[F:.+]] = arith.constant 100 : index
// CHECK-DAG:     %[[R:.+]] = arith.constant 800 : index
// CHECK-DAG:     %[[W:.+]] = arith.constant 400 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]], %[[R]], %[[W]])
func.func @add(%x: tensor<100xf32>, %y: tensor<100xf32>) -> tensor<100xf32> {
  %r = tt.add %x, %y : tensor<100xf32>, tensor<100xf32> -> tensor<100xf32> loc("add")
  return %r : tensor<100xf32>
}

// neg, exp, add, div: 4 * 100.
// CHECK-LABEL: func.func @sigmoid(
// CHECK:         %[[F:.+]] = arith.constant 400 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @sigmoid(%x: tensor<100xf32>) -> tensor<100xf32> {
  %r = tt.sigmoid %x : tensor<100xf32> loc("sigmoid")
  return %r : tensor<100xf32>
}

// mul, erf, add, mul, mul: 5 * 100.
// CHECK-LABEL: func.func @gelu(
// CHECK:         %[[F:.+]] = arith.constant 500 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @gelu(%x: tensor<100xf32>) -> tensor<100xf32> {
  %r = tt.gelu %x {kind = #tt<gelu_kind erf>} : tensor<100xf32> loc("gelu")
  return %r : tensor<100xf32>
}

// 1 per element of the input: 5 * 20.
// CHECK-LABEL: func.func @sum(
// CHECK:         %[[F:.+]] = arith.constant 100 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @sum(%x: tensor<5x20xf32>) -> tensor<5xf32> {
  %r = tt.reduce %x {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = false} : tensor<5x20xf32> -> tensor<5xf32> loc("sum")
  return %r : tensor<5xf32>
}

// 1 per element of each of the 4*4*16 windows of 2x2: 1024.
// CHECK-LABEL: func.func @max_pool(
// CHECK:         %[[F:.+]] = arith.constant 1024 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @max_pool(%x: tensor<1x8x8x16xf32>) -> tensor<1x4x4x16xf32> {
  %r = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nhwc>} : tensor<1x8x8x16xf32> -> tensor<1x4x4x16xf32> loc("pool")
  return %r : tensor<1x4x4x16xf32>
}

// max, sub, exp, add, div: 5 * 5 * 20.
// CHECK-LABEL: func.func @softmax(
// CHECK:         call @k_softmax_rows
// CHECK:         %[[F:.+]] = arith.constant 500 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @softmax(%x: tensor<5x20xf32>) -> tensor<5x20xf32> {
  %r = tt.softmax %x {axis = 1 : i64} : tensor<5x20xf32> -> tensor<5x20xf32> loc("softmax")
  return %r : tensor<5x20xf32>
}

// sum; sub, square, sum; mul; scale, bias: 7 * 5 * 20.
// CHECK-LABEL: func.func @layer_norm(
// CHECK:         call @k_norm_rows
// CHECK:         %[[F:.+]] = arith.constant 700 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]],
func.func @layer_norm(%x: tensor<5x20xf32>) -> tensor<5x20xf32> {
  %s = arith.constant dense<0.5> : tensor<20xf32>
  %r = tt.norm %x, %s bias(%s : tensor<20xf32>) {kind = #tt<norm_kind layer>, axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<5x20xf32>, tensor<20xf32> -> tensor<5x20xf32> loc("norm")
  return %r : tensor<5x20xf32>
}

// Moves only: 5 * 20 elements of 4 bytes.
// CHECK-LABEL: func.func @transpose(
// CHECK:         call @k_transpose
// CHECK-DAG:     %[[F:.+]] = arith.constant 0 : index
// CHECK-DAG:     %[[R:.+]] = arith.constant 400 : index
// CHECK:         tt.probe %{{.+}}, @{{.+}} work(%[[F]], %[[R]], %{{.+}})
func.func @transpose(%x: tensor<5x20xf32>) -> tensor<20x5xf32> {
  %r = tt.transpose %x {perm = array<i64: 1, 0>} : tensor<5x20xf32> -> tensor<20x5xf32> loc("transpose")
  return %r : tensor<20x5xf32>
}
