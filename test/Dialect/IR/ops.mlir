// RUN: tt-opt %s --verify-roundtrip | tt-opt | FileCheck %s

// The example of every op of ShapeOps.td, ReductionOps.td, NNOps.td, parsed, printed and parsed again.

// CHECK-LABEL: func.func @concat(
func.func @concat(%a: tensor<2x3xf32>, %b: tensor<2x?xf32>) {
  // CHECK: tt.concat {{.*}} : tensor<2x3xf32>, tensor<2x?xf32> -> tensor<2x?xf32>
  %y = tt.concat %a, %b {axis = 1 : i64} : tensor<2x3xf32>, tensor<2x?xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @expand(
func.func @expand(%x: tensor<3x1xf32>, %shape: tensor<3xi64>) {
  // CHECK: tt.expand {{.*}} : tensor<3x1xf32>, tensor<3xi64> -> tensor<2x3x6xf32>
  %y = tt.expand %x, %shape : tensor<3x1xf32>, tensor<3xi64> -> tensor<2x3x6xf32>
  return
}

// CHECK-LABEL: func.func @gather_elements(
func.func @gather_elements(%x: tensor<2x8xf32>, %i: tensor<2x3xi64>) {
  // CHECK: tt.gather_elements {{.*}} : tensor<2x8xf32>, tensor<2x3xi64> -> tensor<2x3xf32>
  %y = tt.gather_elements %x, %i {axis = 1 : i64} : tensor<2x8xf32>, tensor<2x3xi64> -> tensor<2x3xf32>
  return
}

// CHECK-LABEL: func.func @gather_nd(
func.func @gather_nd(%x: tensor<4x5x6xf32>, %i: tensor<3x2xi64>) {
  // CHECK: tt.gather_nd {{.*}} : tensor<4x5x6xf32>, tensor<3x2xi64> -> tensor<3x6xf32>
  %y = tt.gather_nd %x, %i {batch_dims = 0 : i64} : tensor<4x5x6xf32>, tensor<3x2xi64> -> tensor<3x6xf32>
  return
}

// CHECK-LABEL: func.func @gather(
func.func @gather(%x: tensor<100x16xf32>, %i: tensor<2x?xi64>) {
  // CHECK: tt.gather {{.*}} : tensor<100x16xf32>, tensor<2x?xi64> -> tensor<2x?x16xf32>
  %y = tt.gather %x, %i {axis = 0 : i64} : tensor<100x16xf32>, tensor<2x?xi64> -> tensor<2x?x16xf32>
  return
}

// CHECK-LABEL: func.func @one_hot(
func.func @one_hot(%i: tensor<4xi64>, %depth: tensor<i64>, %values: tensor<2xf32>) {
  // CHECK: tt.one_hot {{.*}} : tensor<4xi64>, tensor<i64>, tensor<2xf32> -> tensor<4x?xf32>
  %y = tt.one_hot %i, %depth, %values {axis = 1 : i64} : tensor<4xi64>, tensor<i64>, tensor<2xf32> -> tensor<4x?xf32>
  return
}

// CHECK-LABEL: func.func @pad(
func.func @pad(%x: tensor<2x8xf32>, %pads: tensor<4xi64>) {
  // CHECK: tt.pad {{.*}} : tensor<2x8xf32>, tensor<4xi64> -> tensor<2x10xf32>
  %y = tt.pad %x, %pads {mode = #tt<pad_mode reflect>} : tensor<2x8xf32>, tensor<4xi64> -> tensor<2x10xf32>
  return
}

// CHECK-LABEL: func.func @range(
func.func @range(%start: tensor<i64>, %limit: tensor<i64>, %delta: tensor<i64>) {
  // CHECK: tt.range {{.*}} : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<?xi64>
  %r = tt.range %start, %limit, %delta : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<?xi64>
  return
}

// CHECK-LABEL: func.func @reshape(
func.func @reshape(%x: tensor<2x3x?xf32>, %shape: tensor<2xi64>) {
  // CHECK: tt.reshape {{.*}} : tensor<2x3x?xf32>, tensor<2xi64> -> tensor<6x?xf32>
  %y = tt.reshape %x, %shape : tensor<2x3x?xf32>, tensor<2xi64> -> tensor<6x?xf32>
  return
}

// CHECK-LABEL: func.func @reverse_sequence(
func.func @reverse_sequence(%x: tensor<4x8xf32>, %n: tensor<4xi64>) {
  // CHECK: tt.reverse_sequence {{.*}} : tensor<4x8xf32>, tensor<4xi64> -> tensor<4x8xf32>
  %y = tt.reverse_sequence %x, %n {batch_axis = 0 : i64, time_axis = 1 : i64} : tensor<4x8xf32>, tensor<4xi64> -> tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @scatter_elements(
func.func @scatter_elements(%x: tensor<2x8xf32>, %i: tensor<2x3xi64>, %u: tensor<2x3xf32>) {
  // CHECK: tt.scatter_elements {{.*}} : tensor<2x8xf32>, tensor<2x3xi64>, tensor<2x3xf32> -> tensor<2x8xf32>
  %y = tt.scatter_elements %x, %i, %u {axis = 1 : i64, kind = #tt<scatter_kind none>} : tensor<2x8xf32>, tensor<2x3xi64>, tensor<2x3xf32> -> tensor<2x8xf32>
  return
}

// CHECK-LABEL: func.func @scatter_nd(
func.func @scatter_nd(%x: tensor<8x4xf32>, %i: tensor<3x1xi64>, %u: tensor<3x4xf32>) {
  // CHECK: tt.scatter_nd {{.*}} : tensor<8x4xf32>, tensor<3x1xi64>, tensor<3x4xf32> -> tensor<8x4xf32>
  %y = tt.scatter_nd %x, %i, %u {kind = #tt<scatter_kind none>} : tensor<8x4xf32>, tensor<3x1xi64>, tensor<3x4xf32> -> tensor<8x4xf32>
  return
}

// CHECK-LABEL: func.func @shape(
func.func @shape(%x: tensor<2x?xf32>) {
  // CHECK: tt.shape {{.*}} : tensor<2x?xf32> -> tensor<2xi64>
  %s = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<2x?xf32> -> tensor<2xi64>
  return
}

// CHECK-LABEL: func.func @slice(
func.func @slice(%x: tensor<2x8xf32>, %starts: tensor<1xi64>, %ends: tensor<1xi64>) {
  // CHECK: tt.slice {{.*}} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x?xf32>
  %y = tt.slice %x, %starts, %ends {axes = array<i64: 1>, steps = array<i64: 1>} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @tile(
func.func @tile(%x: tensor<2x3xf32>, %repeats: tensor<2xi64>) {
  // CHECK: tt.tile {{.*}} : tensor<2x3xf32>, tensor<2xi64> -> tensor<4x3xf32>
  %y = tt.tile %x, %repeats : tensor<2x3xf32>, tensor<2xi64> -> tensor<4x3xf32>
  return
}

// CHECK-LABEL: func.func @transpose(
func.func @transpose(%x: tensor<1x3x?x?xf32>) {
  // CHECK: tt.transpose {{.*}} : tensor<1x3x?x?xf32> -> tensor<1x?x?x3xf32>
  %y = tt.transpose %x {perm = array<i64: 0, 2, 3, 1>} : tensor<1x3x?x?xf32> -> tensor<1x?x?x3xf32>
  return
}

// CHECK-LABEL: func.func @trilu(
func.func @trilu(%x: tensor<4x4xf32>, %k: tensor<i64>) {
  // CHECK: tt.trilu {{.*}} : tensor<4x4xf32>, tensor<i64> -> tensor<4x4xf32>
  %y = tt.trilu %x, %k {upper = true} : tensor<4x4xf32>, tensor<i64> -> tensor<4x4xf32>
  return
}

// CHECK-LABEL: func.func @arg_reduce(
func.func @arg_reduce(%x: tensor<2x8xf32>) {
  // CHECK: tt.arg_reduce {{.*}} : tensor<2x8xf32> -> tensor<2x1xi64>
  %i = tt.arg_reduce %x {kind = #tt<arg_kind max>, axis = 1 : i64, keep_dims = true, select_last = false} : tensor<2x8xf32> -> tensor<2x1xi64>
  return
}

// CHECK-LABEL: func.func @cumsum(
func.func @cumsum(%x: tensor<2x8xf32>) {
  // CHECK: tt.cumsum {{.*}} : tensor<2x8xf32> -> tensor<2x8xf32>
  %y = tt.cumsum %x {axis = 1 : i64, exclusive = false, reverse = false} : tensor<2x8xf32> -> tensor<2x8xf32>
  return
}

// CHECK-LABEL: func.func @log_softmax(
func.func @log_softmax(%x: tensor<2x?xf32>) {
  // CHECK: tt.log_softmax {{.*}} : tensor<2x?xf32> -> tensor<2x?xf32>
  %y = tt.log_softmax %x {axis = 1 : i64} : tensor<2x?xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @norm(
func.func @norm(%x: tensor<1x?x64xf32>, %scale: tensor<64xf32>, %bias: tensor<64xf32>) {
  // CHECK: tt.norm {{.*}} : tensor<1x?x64xf32>, tensor<64xf32> -> tensor<1x?x64xf32>
  %y = tt.norm %x, %scale bias(%bias : tensor<64xf32>) {kind = #tt<norm_kind layer>, axis = 2 : i64, epsilon = 1.0e-5 : f32} : tensor<1x?x64xf32>, tensor<64xf32> -> tensor<1x?x64xf32>
  return
}

// CHECK-LABEL: func.func @reduce(
func.func @reduce(%x: tensor<2x8xf32>) {
  // CHECK: tt.reduce {{.*}} : tensor<2x8xf32> -> tensor<2x1xf32>
  %y = tt.reduce %x {kind = #tt<reduce_kind mean>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
  return
}

// CHECK-LABEL: func.func @softmax(
func.func @softmax(%x: tensor<2x?xf32>) {
  // CHECK: tt.softmax {{.*}} : tensor<2x?xf32> -> tensor<2x?xf32>
  %y = tt.softmax %x {axis = 1 : i64} : tensor<2x?xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @topk(
func.func @topk(%x: tensor<2x8xf32>, %k: tensor<1xi64>) {
  // CHECK: tt.topk {{.*}} : tensor<2x8xf32>, tensor<1xi64> -> tensor<2x?xf32>, tensor<2x?xi64>
  %v, %i = tt.topk %x, %k {axis = 1 : i64, largest = true} : tensor<2x8xf32>, tensor<1xi64> -> tensor<2x?xf32>, tensor<2x?xi64>
  return
}

// CHECK-LABEL: func.func @attention(
func.func @attention(%q: tensor<1x4x?x64xf32>, %k: tensor<1x4x?x64xf32>, %v: tensor<1x4x?x64xf32>, %m: tensor<1x1x?x?xf32>) {
  // CHECK: tt.attention {{.*}} : tensor<1x4x?x64xf32>, tensor<1x4x?x64xf32>, tensor<1x4x?x64xf32> -> tensor<1x4x?x64xf32>
  %y = tt.attention %q, %k, %v mask(%m : tensor<1x1x?x?xf32>) {scale = 0.125 : f32, causal = false} : tensor<1x4x?x64xf32>, tensor<1x4x?x64xf32>, tensor<1x4x?x64xf32> -> tensor<1x4x?x64xf32>
  return
}

// CHECK-LABEL: func.func @batch_norm(
func.func @batch_norm(%x: tensor<1x8x4x4xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>, %mean: tensor<8xf32>, %variance: tensor<8xf32>) {
  // CHECK: tt.batch_norm {{.*}} : tensor<1x8x4x4xf32>, tensor<8xf32> -> tensor<1x8x4x4xf32>
  %y = tt.batch_norm %x, %scale, %bias, %mean, %variance {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<1x8x4x4xf32>, tensor<8xf32> -> tensor<1x8x4x4xf32>
  return
}

// CHECK-LABEL: func.func @conv(
func.func @conv(%x: tensor<1x3x32x32xf32>, %w: tensor<8x3x3x3xf32>, %b: tensor<8xf32>) {
  // CHECK: tt.conv {{.*}} : tensor<1x3x32x32xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x32x32xf32>
  %y = tt.conv %x, %w bias(%b : tensor<8xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x32x32xf32>, tensor<8x3x3x3xf32> -> tensor<1x8x32x32xf32>
  return
}

// CHECK-LABEL: func.func @lrn(
func.func @lrn(%x: tensor<1x8x4x4xf32>) {
  // CHECK: tt.lrn {{.*}} : tensor<1x8x4x4xf32> -> tensor<1x8x4x4xf32>
  %y = tt.lrn %x {size = 5 : i64, alpha = 1.0e-4 : f32, beta = 0.75 : f32, bias = 1.0 : f32, axis = 1 : i64} : tensor<1x8x4x4xf32> -> tensor<1x8x4x4xf32>
  return
}

// CHECK-LABEL: func.func @matmul(
func.func @matmul(%a: tensor<1x?x64xf32>, %b: tensor<64x128xf32>) {
  // CHECK: tt.matmul {{.*}} : tensor<1x?x64xf32>, tensor<64x128xf32> -> tensor<1x?x128xf32>
  %y = tt.matmul %a, %b : tensor<1x?x64xf32>, tensor<64x128xf32> -> tensor<1x?x128xf32>
  return
}

// CHECK-LABEL: func.func @pool(
func.func @pool(%x: tensor<1x8x32x32xf32>) {
  // CHECK: tt.pool {{.*}} : tensor<1x8x32x32xf32> -> tensor<1x8x16x16xf32>
  %y = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x8x32x32xf32> -> tensor<1x8x16x16xf32>
  return
}

// CHECK-LABEL: func.func @resize(
func.func @resize(%x: tensor<1x8x4x4xf32>, %s: tensor<4xf32>) {
  // CHECK: tt.resize {{.*}} : tensor<1x8x4x4xf32> -> tensor<1x8x8x8xf32>
  %y = tt.resize %x scales(%s : tensor<4xf32>) {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<1x8x4x4xf32> -> tensor<1x8x8x8xf32>
  return
}
