// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-to-instrumented{cpu=x86-64-v3 profile=kernel})' | FileCheck %s

// Names of nodes come through fusion, lowering and outlining, whatever became of the nodes.

// A batch norm in the weights, a relu in the epilogue.
// CHECK-DAG: tt.probe_info @{{.+}} "conv+norm+relu" {{.*}}kernel = "k_conv_direct_1x3x3x16", kinds = ["conv", "conv", "relu"], nodes = ["conv", "norm", "relu"]}
func.func @conv(%x: tensor<1x16x8x8xf32>) -> tensor<1x16x3x3xf32> {
  %w = arith.constant dense<0.5> : tensor<16x16x3x3xf32>
  %p = arith.constant dense<0.5> : tensor<16xf32>
  %c = tt.conv %x, %w {strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x16x8x8xf32>, tensor<16x16x3x3xf32> -> tensor<1x16x3x3xf32> loc("conv")
  %n = tt.batch_norm %c, %p, %p, %p, %p {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<1x16x3x3xf32>, tensor<16xf32> -> tensor<1x16x3x3xf32> loc("norm")
  %y = tt.relu %n : tensor<1x16x3x3xf32> loc("relu")
  return %y : tensor<1x16x3x3xf32>
}

// A bias and an activation that was five nodes, of which the first three names stand in the label.
// CHECK-DAG: tt.probe_info @{{.+}} "matmul+bias+silu+..." {{.*}}kernel = "k_gemm_1x4x16", kinds = ["matmul", "add", "silu", "silu"], nodes = ["matmul", "bias", "silu", "sigmoid"]}
func.func @matmul(%x: tensor<4x8xf32>) -> tensor<4x16xf32> {
  %w = arith.constant dense<0.5> : tensor<8x16xf32>
  %b = arith.constant dense<0.25> : tensor<16xf32>
  %m = tt.matmul %x, %w : tensor<4x8xf32>, tensor<8x16xf32> -> tensor<4x16xf32> loc("matmul")
  %a = tt.add %m, %b : tensor<4x16xf32>, tensor<16xf32> -> tensor<4x16xf32> loc("bias")
  %s = tt.sigmoid %a : tensor<4x16xf32> loc("sigmoid")
  %y = tt.mul %a, %s : tensor<4x16xf32>, tensor<4x16xf32> -> tensor<4x16xf32> loc("silu")
  return %y : tensor<4x16xf32>
}

// Elementwise ops in one loop nest, in the order of the data.
// CHECK-DAG: tt.probe_info @{{.+}} "exp+sum+neg" {{.*}}kinds = ["exp", "add", "neg"], nodes = ["exp", "sum", "neg"]}
func.func @elementwise(%x: tensor<100xf32>, %z: tensor<100xf32>) -> tensor<100xf32> {
  %e = tt.exp %x : tensor<100xf32> loc("exp")
  %s = tt.add %e, %z : tensor<100xf32>, tensor<100xf32> -> tensor<100xf32> loc("sum")
  %y = tt.neg %s : tensor<100xf32> loc("neg")
  return %y : tensor<100xf32>
}
