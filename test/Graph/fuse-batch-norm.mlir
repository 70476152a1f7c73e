// RUN: tt-opt %s --split-input-file --tt-fuse-batch-norm | FileCheck %s
// RUN: tt-opt %s --split-input-file --tt-fuse-batch-norm --remarks-filter=tt-graph --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK

// Factors scale / sqrt(variance): 4 / sqrt(4) = 2 and 1 / 1 = 1. Bias: (1 - 1) * 2 + 0 = 0 and (2 - 1) * 1 + 3 = 4.
// CHECK-LABEL: func.func @conv_then_norm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x1x4x4xf32>
func.func @conv_then_norm(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = arith.constant dense<[[[[1.0]]], [[[3.0]]]]> : tensor<2x1x1x1xf32>
  %b = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %scale = arith.constant dense<[4.0, 1.0]> : tensor<2xf32>
  %bias = arith.constant dense<[0.0, 3.0]> : tensor<2xf32>
  %mean = arith.constant dense<[1.0, 1.0]> : tensor<2xf32>
  %variance = arith.constant dense<[4.0, 1.0]> : tensor<2xf32>
  // CHECK-DAG:   %[[W:.+]] = arith.constant dense<{{\[\[\[\[}}2.000000e+00]]], {{\[\[\[}}3.000000e+00]]]]> : tensor<2x1x1x1xf32>
  // CHECK-DAG:   %[[B:.+]] = arith.constant dense<[0.000000e+00, 4.000000e+00]> : tensor<2xf32>
  // CHECK:       %[[Y:.+]] = tt.conv %[[X]], %[[W]] bias(%[[B]] : tensor<2xf32>)
  // CHECK-NEXT:  return %[[Y]]
  %c = tt.conv %x, %w bias(%b : tensor<2xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x4x4xf32>
  %y = tt.batch_norm %c, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 0.0 : f32} : tensor<1x2x4x4xf32>, tensor<2xf32> -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// (w x) * [2, 3] + [10, 20] - 5: filter [2, 3], bias [5, 15]; the old constants are gone.
// CHECK-LABEL: func.func @channel_constants
func.func @channel_constants(%x: tensor<?x1x4x4xf32>) -> tensor<?x2x4x4xf32> {
  %w = arith.constant dense<1.0> : tensor<2x1x1x1xf32>
  %factor = arith.constant dense<[[[2.0]], [[3.0]]]> : tensor<2x1x1xf32>
  %offset = arith.constant dense<[[[[10.0]], [[20.0]]]]> : tensor<1x2x1x1xf32>
  %five = arith.constant dense<5.0> : tensor<f32>
  // CHECK-COUNT-2: arith.constant
  // CHECK-NOT:     arith.constant
  // CHECK:         %[[Y:.+]] = tt.conv
  // CHECK-NEXT:    return %[[Y]]
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<?x1x4x4xf32>, tensor<2x1x1x1xf32> -> tensor<?x2x4x4xf32>
  %m = tt.mul %c, %factor : tensor<?x2x4x4xf32>, tensor<2x1x1xf32> -> tensor<?x2x4x4xf32>
  %a = tt.add %offset, %m : tensor<1x2x1x1xf32>, tensor<?x2x4x4xf32> -> tensor<?x2x4x4xf32>
  %s = tt.sub %a, %five : tensor<?x2x4x4xf32>, tensor<f32> -> tensor<?x2x4x4xf32>
  return %s : tensor<?x2x4x4xf32>
}

// -----

// CHECK-LABEL: func.func @channel_constants_values
func.func @channel_constants_values(%x: tensor<1x1x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %w = arith.constant dense<1.0> : tensor<2x1x1x1xf32>
  %factor = arith.constant dense<[[[2.0]], [[4.0]]]> : tensor<2x1x1xf32>
  %offset = arith.constant dense<[[[10.0]], [[20.0]]]> : tensor<2x1x1xf32>
  // (w x + offset) / factor: filter [1/2, 1/4], bias [5, 5].
  // CHECK-DAG:   arith.constant dense<{{\[\[\[\[}}5.000000e-01]]], {{\[\[\[}}2.500000e-01]]]]> : tensor<2x1x1x1xf32>
  // CHECK-DAG:   arith.constant dense<5.000000e+00> : tensor<2xf32>
  // CHECK:       tt.conv
  // CHECK-NEXT:  return
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x4x4xf32>
  %a = tt.add %c, %offset : tensor<1x2x4x4xf32>, tensor<2x1x1xf32> -> tensor<1x2x4x4xf32>
  %d = tt.div %a, %factor : tensor<1x2x4x4xf32>, tensor<2x1x1xf32> -> tensor<1x2x4x4xf32>
  return %d : tensor<1x2x4x4xf32>
}

// -----

// Pads [top, left, bottom, right]: begins (1, 2) and ends (3, 4) of height and width are added to 1.
// CHECK-LABEL: func.func @zero_border
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x1x4x4xf32>
func.func @zero_border(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x3x3xf32>) -> tensor<1x2x8x10xf32> {
  %border = arith.constant dense<[0, 0, 1, 2, 0, 0, 3, 4]> : tensor<8xi64>
  // CHECK-NOT:   tt.pad
  // CHECK:       tt.conv %[[X]], %{{.+}} {{{.*}}pads = array<i64: 2, 3, 4, 5>
  %p = tt.pad %x, %border {mode = #tt<pad_mode constant>} : tensor<1x1x4x4xf32>, tensor<8xi64> -> tensor<1x1x8x10xf32>
  %c = tt.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x8x10xf32>, tensor<2x1x3x3xf32> -> tensor<1x2x8x10xf32>
  return %c : tensor<1x2x8x10xf32>
}

// -----

// A border of ones, a border of channels and a reflected border are no zero padding.
// CHECK-LABEL: func.func @other_borders
func.func @other_borders(%x: tensor<1x1x4x4xf32>, %w: tensor<2x1x3x3xf32>, %v: tensor<2x2x3x3xf32>) -> (tensor<1x2x6x6xf32>, tensor<1x2x4x4xf32>, tensor<1x2x6x6xf32>) {
  %border = arith.constant dense<[0, 0, 1, 1, 0, 0, 1, 1]> : tensor<8xi64>
  %channel = arith.constant dense<[0, 1, 0, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %one = arith.constant dense<1.0> : tensor<f32>
  // CHECK-COUNT-3: tt.pad
  %p = tt.pad %x, %border value(%one : tensor<f32>) {mode = #tt<pad_mode constant>} : tensor<1x1x4x4xf32>, tensor<8xi64> -> tensor<1x1x6x6xf32>
  %q = tt.pad %x, %channel {mode = #tt<pad_mode constant>} : tensor<1x1x4x4xf32>, tensor<8xi64> -> tensor<1x2x4x4xf32>
  %r = tt.pad %x, %border {mode = #tt<pad_mode reflect>} : tensor<1x1x4x4xf32>, tensor<8xi64> -> tensor<1x1x6x6xf32>
  %c = tt.conv %p, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x6x6xf32>, tensor<2x1x3x3xf32> -> tensor<1x2x6x6xf32>
  %d = tt.conv %q, %v {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x2x4x4xf32>, tensor<2x2x3x3xf32> -> tensor<1x2x4x4xf32>
  %e = tt.conv %r, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x6x6xf32>, tensor<2x1x3x3xf32> -> tensor<1x2x6x6xf32>
  return %c, %d, %e : tensor<1x2x6x6xf32>, tensor<1x2x4x4xf32>, tensor<1x2x6x6xf32>
}

// -----

// A norm without a convolution before it: factor 2 / sqrt(4) = 1, offset 1 - 3 * 1 = -2.
// CHECK-LABEL: func.func @norm_alone
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x2x4x4xf32>
func.func @norm_alone(%x: tensor<1x2x4x4xf32>) -> tensor<1x2x4x4xf32> {
  %scale = arith.constant dense<2.0> : tensor<2xf32>
  %bias = arith.constant dense<1.0> : tensor<2xf32>
  %mean = arith.constant dense<3.0> : tensor<2xf32>
  %variance = arith.constant dense<4.0> : tensor<2xf32>
  // CHECK-DAG:   %[[F:.+]] = arith.constant dense<1.000000e+00> : tensor<2x1x1xf32>
  // CHECK-DAG:   %[[O:.+]] = arith.constant dense<-2.000000e+00> : tensor<2x1x1xf32>
  // CHECK:       %[[M:.+]] = tt.mul %[[X]], %[[F]]
  // CHECK:       tt.add %[[M]], %[[O]]
  %y = tt.batch_norm %x, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 0.0 : f32} : tensor<1x2x4x4xf32>, tensor<2xf32> -> tensor<1x2x4x4xf32>
  return %y : tensor<1x2x4x4xf32>
}

// -----

// The raw result of the convolution is used elsewhere, so it must stay; statistics that are no constants stay too.
// CHECK-LABEL: func.func @second_use
func.func @second_use(%x: tensor<1x1x4x4xf32>, %mean: tensor<2xf32>) -> (tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>) {
  %w = arith.constant dense<1.0> : tensor<2x1x1x1xf32>
  %one = arith.constant dense<1.0> : tensor<2xf32>
  %offset = arith.constant dense<[[[10.0]], [[20.0]]]> : tensor<2x1x1xf32>
  // CHECK:       %[[C:.+]] = tt.conv
  // CHECK:       tt.add %[[C]]
  // CHECK:       tt.batch_norm %[[C]]
  // REMARK:      [Missed] batch-norm-kept {{.*}}scale, bias, mean and variance are not all constants
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x4x4xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x4x4xf32>
  %a = tt.add %c, %offset : tensor<1x2x4x4xf32>, tensor<2x1x1xf32> -> tensor<1x2x4x4xf32>
  %y = tt.batch_norm %c, %one, %one, %mean, %one {axis = 1 : i64, epsilon = 0.0 : f32} : tensor<1x2x4x4xf32>, tensor<2xf32> -> tensor<1x2x4x4xf32>
  return %a, %y : tensor<1x2x4x4xf32>, tensor<1x2x4x4xf32>
}

// -----

// A residual sum and a sum along the width are no channel constants.
// CHECK-LABEL: func.func @no_channel_constant
func.func @no_channel_constant(%x: tensor<1x1x2x2xf32>, %r: tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x1x1x1xf32>
  %row = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK:       tt.conv
  // CHECK:       tt.add
  // CHECK:       tt.add
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x2x2xf32>, tensor<2x1x1x1xf32> -> tensor<1x2x2x2xf32>
  %a = tt.add %c, %row : tensor<1x2x2x2xf32>, tensor<2xf32> -> tensor<1x2x2x2xf32>
  %b = tt.add %a, %r : tensor<1x2x2x2xf32>, tensor<1x2x2x2xf32> -> tensor<1x2x2x2xf32>
  return %b : tensor<1x2x2x2xf32>
}
