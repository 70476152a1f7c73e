// RUN: tt-opt %s --split-input-file --verify-diagnostics=only-expected

// One case per constraint of ReductionOps.td and NNOps.td. Failures of type inference come with a second error, from upstream.

// reduce (C1).
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error @below {{'tt.reduce' needs sorted, distinct axes in [0, 2), but found [1, 0]}}
  %r = tt.reduce %x {kind = #tt<reduce_kind sum>, axes = array<i64: 1, 0>, keep_dims = true} : tensor<2x3xf32> -> tensor<1x1xf32>
  return
}

// -----

// arg_reduce: the axis.
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error @below {{'tt.arg_reduce' needs an axis in [0, 2), but found 2}}
  %r = tt.arg_reduce %x {kind = #tt<arg_kind max>, axis = 2 : i64, keep_dims = true, select_last = false} : tensor<2x3xf32> -> tensor<2x3xi64>
  return
}

// -----

// topk: more than there are.
func.func @f(%x: tensor<2x8xf32>) {
  %k = arith.constant dense<9> : tensor<1xi64>
  // expected-error @below {{'tt.topk' needs k in [0, size of dimension 1 of 'tensor<2x8xf32>'], but found 9}}
  %v, %i = tt.topk %x, %k {axis = 1 : i64, largest = true} : tensor<2x8xf32>, tensor<1xi64> -> tensor<2x?xf32>, tensor<2x?xi64>
  return
}

// -----

// softmax (C1).
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error @below {{'tt.softmax' needs an axis in [0, 2), but found 2}}
  %r = tt.softmax %x {axis = 2 : i64} : tensor<2x3xf32> -> tensor<2x3xf32>
  return
}

// -----

// norm: the scale must fit the normalized sizes.
func.func @f(%x: tensor<2x64xf32>, %s: tensor<32xf32>) {
  // expected-error @below {{'tt.norm' needs scale and bias that broadcast to the normalized sizes 64, but found 'tensor<32xf32>'}}
  %r = tt.norm %x, %s {kind = #tt<norm_kind rms>, axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<2x64xf32>, tensor<32xf32> -> tensor<2x64xf32>
  return
}

// -----

// matmul (C1).
func.func @f(%x: tensor<2x3xf32>, %y: tensor<3x4xf64>) {
  // expected-error @below {{'tt.matmul' needs operands of one element type, but found 'tensor<2x3xf32>' and 'tensor<3x4xf64>'}}
  %r = tt.matmul %x, %y : tensor<2x3xf32>, tensor<3x4xf64> -> tensor<2x4xf32>
  return
}

// -----

// matmul (C2).
func.func @f(%x: tensor<2x3xf32>, %y: tensor<4x5xf32>) {
  // expected-error @below {{'tt.matmul' needs matching inner sizes, but lhs is 'tensor<2x3xf32>' (K = 3) and rhs is 'tensor<4x5xf32>' (K = 4)}}
  %r = tt.matmul %x, %y : tensor<2x3xf32>, tensor<4x5xf32> -> tensor<2x5xf32>
  return
}

// -----

// matmul (C3).
func.func @f(%x: tensor<2x4x3xf32>, %y: tensor<5x3x4xf32>) {
  // expected-error @below {{'tt.matmul' needs leading sizes that broadcast, but found 'tensor<2x4x3xf32>' and 'tensor<5x3x4xf32>'}}
  %r = tt.matmul %x, %y : tensor<2x4x3xf32>, tensor<5x3x4xf32> -> tensor<2x4x4xf32>
  return
}

// -----

// conv (C1), output channels.
func.func @f(%x: tensor<1x3x8x8xf32>, %w: tensor<8x1x3x3xf32>) {
  // expected-error @below {{'tt.conv' needs output channels that divide by groups = 3, but the filter is 'tensor<8x1x3x3xf32>'}}
  %r = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 3 : i64, layout = #tt<layout nchw>} : tensor<1x3x8x8xf32>, tensor<8x1x3x3xf32> -> tensor<1x8x6x6xf32>
  return
}

// -----

// conv (C1), input channels.
func.func @f(%x: tensor<1x4x8x8xf32>, %w: tensor<8x3x3x3xf32>) {
  // expected-error @below {{'tt.conv' needs a filter depth of channels / groups = 4 / 1, but the filter is 'tensor<8x3x3x3xf32>'}}
  %r = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x4x8x8xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x6x6xf32>
  return
}

// -----

// conv (C2).
func.func @f(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>) {
  // expected-error @below {{'tt.conv' needs 2 strides of 1 or more, but found [0, 1]}}
  %r = tt.conv %x, %w {strides = array<i64: 0, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x6x6xf32>
  return
}

// -----

// conv (C3).
func.func @f(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x3x3xf32>, %b: tensor<4xf32>) {
  // expected-error @below {{'tt.conv' op needs a bias of one element of type 'f32' per output channel of the filter 'tensor<8x3x3x3xf32>', but found 'tensor<4xf32>'}}
  %r = tt.conv %x, %w bias(%b : tensor<4xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x8x8xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x6x6xf32>
  return
}

// -----

// conv: no window fits.
func.func @f(%x: tensor<1x3x8x8xf32>, %w: tensor<8x3x1x9xf32>) {
  // expected-error @below {{'tt.conv' needs room for one window of 9 positions, but the padded width is 8}}
  %r = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x8x8xf32>, tensor<8x3x1x9xf32> -> tensor<1x8x8x1xf32>
  return
}

// -----

// pool: integers have no average.
func.func @f(%x: tensor<1x8x4x4xi32>) {
  // expected-error @below {{'tt.pool' op needs a float operand for an average, but found 'tensor<1x8x4x4xi32>'}}
  %r = tt.pool %x {kind = #tt<pool_kind average>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x8x4x4xi32> -> tensor<1x8x2x2xi32>
  return
}

// -----

// batch_norm: one element per channel.
func.func @f(%x: tensor<1x8x4x4xf32>, %s: tensor<4xf32>) {
  // expected-error @below {{'tt.batch_norm' needs vectors of one element per channel of 'tensor<1x8x4x4xf32>' (axis 1), but found 'tensor<4xf32>'}}
  %r = tt.batch_norm %x, %s, %s, %s, %s {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<1x8x4x4xf32>, tensor<4xf32> -> tensor<1x8x4x4xf32>
  return
}

// -----

// resize: scales or sizes.
func.func @f(%x: tensor<1x8x4x4xf32>) {
  // expected-error @below {{'tt.resize' needs exactly one of scales and sizes, but found none}}
  %r = tt.resize %x {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<1x8x4x4xf32> -> tensor<1x8x8x8xf32>
  return
}

// -----

// attention: heads in groups.
func.func @f(%q: tensor<1x4x8x16xf32>, %k: tensor<1x3x8x16xf32>) {
  // expected-error @below {{'tt.attention' needs query heads that are a multiple of the key's, but query, key and value are 'tensor<1x4x8x16xf32>', 'tensor<1x3x8x16xf32>' and 'tensor<1x3x8x16xf32>'}}
  %r = tt.attention %q, %k, %k {scale = 0.25 : f32, causal = false} : tensor<1x4x8x16xf32>, tensor<1x3x8x16xf32>, tensor<1x3x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}

// -----

// attention: the mask.
func.func @f(%q: tensor<1x4x8x16xf32>, %m: tensor<8x9xf32>) {
  // expected-error @below {{'tt.attention' op needs a mask that broadcasts to 1x4x8x8, but found 'tensor<8x9xf32>'}}
  %r = tt.attention %q, %q, %q mask(%m : tensor<8x9xf32>) {scale = 0.25 : f32, causal = false} : tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32>, tensor<1x4x8x16xf32> -> tensor<1x4x8x16xf32>
  return
}
