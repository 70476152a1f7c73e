// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-choose-winograd | FileCheck %s
// RUN: sed 's/expected-remark//' %s | tt-opt - --split-input-file --tt-choose-winograd=algorithm=off 2>&1 | FileCheck %s --check-prefix=OFF
// RUN: sed 's/expected-remark//' %s | tt-opt - --split-input-file --tt-choose-winograd=algorithm=f4 2>/dev/null | FileCheck %s --check-prefix=F4
// OFF-NOT: {{remark|tt.conv_winograd}}

// Filters of ones: G g G^T has (1, 3/2, 1/2, 1) x (1, 3/2, 1/2, 1) in its 16 components, in each channel. 3x3 on 56x56 with 64
// channels is where the multiplications count most.
// CHECK-LABEL: func.func @faster
// CHECK: %[[U:.*]] = arith.constant {{.*}}tensor<16x4x64x16xf32>
// CHECK: tt.conv_winograd ins(%{{.*}}, %[[U]] : {{.*}}) extras(%{{.*}}) {extra_maps = [#{{.*}}], tile = 2 : i64} epilogue
// CHECK: arith.addf
func.func @faster(%x: tensor<1x58x58x64xf32>, %i: tensor<1x56x56x64xf32>, %bias: tensor<64xf32>) -> tensor<1x56x56x64xf32> {
  %w = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  // expected-remark @+1 {{uses Winograd's F(2x2,3x3): the largest error is about 4e-6 of the output's root mean square}}
  %r = tt.conv_direct ins(%x, %w : tensor<1x58x58x64xf32>, tensor<64x64x3x3xf32>) outs(%i : tensor<1x56x56x64xf32>) extras(%bias : tensor<64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64,
        extra_maps = [affine_map<(n, h, w, c) -> (c)>]} epilogue {
  ^bb0(%acc: f32, %b: f32):
    %s = arith.addf %acc, %b : f32
    tt.yield %s : f32
  } -> tensor<1x56x56x64xf32>
  return %r : tensor<1x56x56x64xf32>
}

// -----

// The number of images may be dynamic; F(4x4,3x3) has 36 components.
// CHECK-LABEL: func.func @batch
// CHECK: tt.conv_winograd {{.*}}tile = 2 : i64
// F4-LABEL: func.func @batch
// F4: tt.conv_winograd ins(%{{.*}}, %{{.*}} : tensor<?x58x58x64xf32>, tensor<36x4x64x16xf32>) {{.*}}tile = 4 : i64
func.func @batch(%x: tensor<?x58x58x64xf32>, %i: tensor<?x56x56x64xf32>) -> tensor<?x56x56x64xf32> {
  %w = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  // expected-remark @+1 {{uses Winograd's F(2x2,3x3)}}
  %r = tt.conv_direct ins(%x, %w : tensor<?x58x58x64xf32>, tensor<64x64x3x3xf32>) outs(%i : tensor<?x56x56x64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<?x56x56x64xf32>
  return %r : tensor<?x56x56x64xf32>
}

// -----

// Three channels: the transforms would cost more than the products save.
// CHECK-LABEL: func.func @few_channels
// CHECK: tt.conv_direct
func.func @few_channels(%x: tensor<1x58x58x3xf32>, %i: tensor<1x56x56x8xf32>) -> tensor<1x56x56x8xf32> {
  %w = arith.constant dense<1.0> : tensor<8x3x3x3xf32>
  %r = tt.conv_direct ins(%x, %w : tensor<1x58x58x3xf32>, tensor<8x3x3x3xf32>) outs(%i : tensor<1x56x56x8xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x56x56x8xf32>
  return %r : tensor<1x56x56x8xf32>
}

// -----

// A stride, a dilation, groups, a height that is not known, a filter that is no constant: the direct form.
// CHECK-LABEL: func.func @refused
// CHECK-COUNT-5: tt.conv_direct
func.func @refused(%x: tensor<1x58x58x64xf32>, %y: tensor<1x?x58x64xf32>, %v: tensor<64x64x3x3xf32>, %i: tensor<1x28x28x64xf32>,
                   %j: tensor<1x54x54x64xf32>, %k: tensor<1x56x56x64xf32>, %l: tensor<1x?x56x64xf32>)
    -> (tensor<1x28x28x64xf32>, tensor<1x54x54x64xf32>, tensor<1x56x56x64xf32>, tensor<1x?x56x64xf32>, tensor<1x56x56x64xf32>) {
  %w = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  %g = arith.constant dense<1.0> : tensor<64x32x3x3xf32>
  %0 = tt.conv_direct ins(%x, %w : tensor<1x58x58x64xf32>, tensor<64x64x3x3xf32>) outs(%i : tensor<1x28x28x64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 2, 2>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x28x28x64xf32>
  %1 = tt.conv_direct ins(%x, %w : tensor<1x58x58x64xf32>, tensor<64x64x3x3xf32>) outs(%j : tensor<1x54x54x64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 2, 2>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x54x54x64xf32>
  %2 = tt.conv_direct ins(%x, %g : tensor<1x58x58x64xf32>, tensor<64x32x3x3xf32>) outs(%k : tensor<1x56x56x64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x56x56x64xf32>
  %3 = tt.conv_direct ins(%y, %w : tensor<1x?x58x64xf32>, tensor<64x64x3x3xf32>) outs(%l : tensor<1x?x56x64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x?x56x64xf32>
  %4 = tt.conv_direct ins(%x, %v : tensor<1x58x58x64xf32>, tensor<64x64x3x3xf32>) outs(%k : tensor<1x56x56x64xf32>)
       {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x56x56x64xf32>
  return %0, %1, %2, %3, %4 : tensor<1x28x28x64xf32>, tensor<1x54x54x64xf32>, tensor<1x56x56x64xf32>, tensor<1x?x56x64xf32>, tensor<1x56x56x64xf32>
}
