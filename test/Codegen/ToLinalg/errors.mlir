// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))'

func.func @attention(%q: tensor<1x2x4x8xf32>) -> tensor<1x2x4x8xf32> {
  // expected-error @below {{'tt.attention' op cannot be lowered to linalg; it needs a graph pass that decomposes it first}}
  %y = tt.attention %q, %q, %q {scale = 0.125 : f32, causal = false} : tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32>, tensor<1x2x4x8xf32> -> tensor<1x2x4x8xf32>
  return %y : tensor<1x2x4x8xf32>
}

// -----

func.func @dynamic_filter(%x: tensor<1x4x4x2xf32>, %w: tensor<?x2x1x1xf32>) -> tensor<1x4x4x?xf32> {
  // expected-error @below {{needs a filter OxIxKHxKW of static shape, but found 'tensor<?x2x1x1xf32>'}}
  %y = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x4x4x2xf32>, tensor<?x2x1x1xf32> -> tensor<1x4x4x?xf32>
  return %y : tensor<1x4x4x?xf32>
}
