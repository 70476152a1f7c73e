// RUN: tt-opt %s --tt-infer-shapes --split-input-file | FileCheck %s

// What each op's own rule makes of static operands; the result types in the source know nothing.

// Height: (32 + 1 + 1 - 1 * (3 - 1) - 1) / 2 + 1 = 16; width: (32 + 0 + 1 - 2 * (3 - 1) - 1) / 3 + 1 = 10.
// CHECK-LABEL: func.func @conv
// CHECK-SAME:    -> (tensor<1x8x16x10xf32>, tensor<?x16x?x8xf32>)
func.func @conv(%x: tensor<1x4x32x32xf32>, %y: tensor<?x32x?x4xf32>, %w: tensor<8x2x3x3xf32>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) {
  %0 = tt.conv %x, %w {strides = array<i64: 2, 3>, pads = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 2>, groups = 2 : i64, layout = #tt<layout nchw>} : tensor<1x4x32x32xf32>, tensor<8x2x3x3xf32> -> tensor<?x?x?x?xf32>
  %1 = tt.conv %y, %w {strides = array<i64: 2, 3>, pads = array<i64: 1, 0, 1, 1>, dilations = array<i64: 1, 2>, groups = 2 : i64, layout = #tt<layout nhwc>} : tensor<?x32x?x4xf32>, tensor<8x2x3x3xf32> -> tensor<?x?x?x?xf32>
  return %0, %1 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>
}

// -----

// 7 elements, windows of 2 at 0, 2, 4 and, in ceil mode, 6: it ends behind the input but starts inside.
// The second height: 5 elements and 1 pad in front and behind, windows of 2 at steps of 3: -1, 2 and, in ceil mode, 5, which is in the
// padding behind: dropped, as in ONNX Runtime. Floor mode: (5 + 2 - 2) / 3 + 1 = 2.
// CHECK-LABEL: func.func @pool
// CHECK-SAME:    -> (tensor<1x1x3x3xf32>, tensor<1x1x4x4xf32>, tensor<1x1x2x2xf32>)
func.func @pool(%x: tensor<1x1x7x7xf32>, %y: tensor<1x1x5x5xf32>) -> (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) {
  %0 = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x1x7x7xf32> -> tensor<?x?x?x?xf32>
  %1 = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = true, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x1x7x7xf32> -> tensor<?x?x?x?xf32>
  %2 = tt.pool %y {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 3, 3>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, ceil_mode = true, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x1x5x5xf32> -> tensor<?x?x?x?xf32>
  return %0, %1, %2 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>
}

// -----

// CHECK-LABEL: func.func @broadcasts
// CHECK-SAME:    -> (tensor<2x4x?xf32>, tensor<4x?xi1>, tensor<2x4x3xf32>)
func.func @broadcasts(%x: tensor<2x1x?xf32>, %y: tensor<4x?xf32>, %c: tensor<4x1xi1>, %z: tensor<2x1x3xf32>)
    -> (tensor<?x?x?xf32>, tensor<?x?xi1>, tensor<?x?x?xf32>) {
  %0 = tt.add %x, %y : tensor<2x1x?xf32>, tensor<4x?xf32> -> tensor<?x?x?xf32>
  %1 = tt.less %y, %y : tensor<4x?xf32>, tensor<4x?xf32> -> tensor<?x?xi1>
  // An unknown size that meets 3 is 3 (or 1).
  %2 = tt.where %c, %z, %y : tensor<4x1xi1>, tensor<2x1x3xf32>, tensor<4x?xf32> -> tensor<?x?x?xf32>
  return %0, %1, %2 : tensor<?x?x?xf32>, tensor<?x?xi1>, tensor<?x?x?xf32>
}

// -----

// CHECK-LABEL: func.func @matmul
// CHECK-SAME:    -> (tensor<5x2x7xf32>, tensor<2xf32>, tensor<5x7xf32>, tensor<f32>)
func.func @matmul(%a: tensor<2x3xf32>, %b: tensor<5x3x7xf32>, %v: tensor<3xf32>)
    -> (tensor<?x?x?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<f32>) {
  %0 = tt.matmul %a, %b : tensor<2x3xf32>, tensor<5x3x7xf32> -> tensor<?x?x?xf32>
  %1 = tt.matmul %a, %v : tensor<2x3xf32>, tensor<3xf32> -> tensor<?xf32>
  %2 = tt.matmul %v, %b : tensor<3xf32>, tensor<5x3x7xf32> -> tensor<?x?xf32>
  %3 = tt.matmul %v, %v : tensor<3xf32>, tensor<3xf32> -> tensor<f32>
  return %0, %1, %2, %3 : tensor<?x?x?xf32>, tensor<?xf32>, tensor<?x?xf32>, tensor<f32>
}

// -----

// Slices of 10 elements: 2:8:2 takes 2, 4, 6; 7:-9:-3 takes 7, 4 (-9 is position 1); -3: takes 3; 12: takes none.
// CHECK-LABEL: func.func @slices
// CHECK-SAME:    -> (tensor<3xf32>, tensor<2xf32>, tensor<3xf32>, tensor<0xf32>)
func.func @slices(%x: tensor<10xf32>) -> (tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>) {
  %c2 = arith.constant dense<2> : tensor<1xi64>
  %c8 = arith.constant dense<8> : tensor<1xi64>
  %0 = tt.slice %x, %c2, %c8 {axes = array<i64: 0>, steps = array<i64: 2>} : tensor<10xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  %c7 = arith.constant dense<7> : tensor<1xi64>
  %m9 = arith.constant dense<-9> : tensor<1xi64>
  %1 = tt.slice %x, %c7, %m9 {axes = array<i64: 0>, steps = array<i64: -3>} : tensor<10xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  %m3 = arith.constant dense<-3> : tensor<1xi64>
  %max = arith.constant dense<9223372036854775807> : tensor<1xi64>
  %2 = tt.slice %x, %m3, %max {axes = array<i64: 0>, steps = array<i64: 1>} : tensor<10xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  %c12 = arith.constant dense<12> : tensor<1xi64>
  %3 = tt.slice %x, %c12, %max {axes = array<i64: 0>, steps = array<i64: 1>} : tensor<10xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<?xf32>
  return %0, %1, %2, %3 : tensor<?xf32>, tensor<?xf32>, tensor<?xf32>, tensor<?xf32>
}

// -----

// CHECK-LABEL: func.func @shapes
// CHECK-SAME:    -> (tensor<2x8xf32>, tensor<2x3x4xf32>, tensor<4x3xf32>, tensor<4xf32>, tensor<2x7xf32>)
func.func @shapes(%x: tensor<2x3xf32>, %y: tensor<3x1xf32>) -> (tensor<?x?xf32>, tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?x?xf32>) {
  %pads = arith.constant dense<[0, 4, 0, 1]> : tensor<4xi64>
  %0 = tt.pad %x, %pads {mode = #tt<pad_mode constant>} : tensor<2x3xf32>, tensor<4xi64> -> tensor<?x?xf32>
  // Two-way: the operand's 3 stays where the shape says 1.
  %shape = arith.constant dense<[2, 1, 4]> : tensor<3xi64>
  %1 = tt.expand %y, %shape : tensor<3x1xf32>, tensor<3xi64> -> tensor<?x?x?xf32>
  %repeats = arith.constant dense<[2, 1]> : tensor<2xi64>
  %2 = tt.tile %x, %repeats : tensor<2x3xf32>, tensor<2xi64> -> tensor<?x?xf32>
  // ceil((1 - 0) / 0.3) = 4
  %start = arith.constant dense<0.0> : tensor<f32>
  %limit = arith.constant dense<1.0> : tensor<f32>
  %delta = arith.constant dense<0.3> : tensor<f32>
  %3 = tt.range %start, %limit, %delta : tensor<f32>, tensor<f32>, tensor<f32> -> tensor<?xf32>
  %z = tt.tile %x, %repeats : tensor<2x3xf32>, tensor<2xi64> -> tensor<?x?xf32>
  %t = tt.transpose %z {perm = array<i64: 1, 0>} : tensor<?x?xf32> -> tensor<?x?xf32>
  %half = arith.constant dense<[1, 0]> : tensor<2xi64>
  %end = arith.constant dense<[3, 3]> : tensor<2xi64>
  %s = tt.slice %t, %half, %end {axes = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<?x?xf32>, tensor<2xi64>, tensor<2xi64> -> tensor<?x?xf32>
  %one_column = arith.constant dense<0.0> : tensor<2x1xf32>
  %4 = tt.concat %s, %s, %one_column {axis = 1 : i64} : tensor<?x?xf32>, tensor<?x?xf32>, tensor<2x1xf32> -> tensor<?x?xf32>
  return %0, %1, %2, %3, %4 : tensor<?x?xf32>, tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?xf32>, tensor<?x?xf32>
}

// -----

// CHECK-LABEL: func.func @indices
// CHECK-SAME:    -> (tensor<4x2x5xf32>, tensor<3x6xf32>, tensor<4x7x3xf32>, tensor<4x2xf32>, tensor<4x2xi64>)
func.func @indices(%x: tensor<4x10x5xf32>, %i: tensor<2xi64>, %y: tensor<4x5x6xf32>, %t: tensor<3x2xi64>, %j: tensor<4x3xi64>, %v: tensor<2xf32>, %m: tensor<4x8xf32>)
    -> (tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?x?xi64>) {
  %0 = tt.gather %x, %i {axis = 1 : i64} : tensor<4x10x5xf32>, tensor<2xi64> -> tensor<?x?x?xf32>
  %1 = tt.gather_nd %y, %t {batch_dims = 0 : i64} : tensor<4x5x6xf32>, tensor<3x2xi64> -> tensor<?x?xf32>
  %depth = arith.constant dense<7> : tensor<i64>
  %2 = tt.one_hot %j, %depth, %v {axis = 1 : i64} : tensor<4x3xi64>, tensor<i64>, tensor<2xf32> -> tensor<?x?x?xf32>
  %k = arith.constant dense<2> : tensor<1xi64>
  %3, %4 = tt.topk %m, %k {axis = 1 : i64, largest = true} : tensor<4x8xf32>, tensor<1xi64> -> tensor<?x?xf32>, tensor<?x?xi64>
  return %0, %1, %2, %3, %4 : tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?x?x?xf32>, tensor<?x?xf32>, tensor<?x?xi64>
}

// -----

// floor(5 * 1.5) = 7; sizes are taken as they are; a scale of 1 keeps an unknown size.
// CHECK-LABEL: func.func @resize
// CHECK-SAME:    -> (tensor<?x2x7x10xf32>, tensor<?x2x9x9xf32>, tensor<1x4x?x16xf32>)
func.func @resize(%x: tensor<?x2x5x5xf32>, %q: tensor<1x4x?x8xf32>, %kv: tensor<1x2x6x8xf32>, %u: tensor<1x2x6x16xf32>)
    -> (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) {
  %scales = arith.constant dense<[1.0, 1.0, 1.5, 2.0]> : tensor<4xf32>
  %0 = tt.resize %x scales(%scales : tensor<4xf32>) {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<?x2x5x5xf32> -> tensor<?x?x?x?xf32>
  %n = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<?x2x5x5xf32> -> tensor<2xi64>
  %nine = arith.constant dense<9> : tensor<2xi64>
  %sizes = tt.concat %n, %nine {axis = 0 : i64} : tensor<2xi64>, tensor<2xi64> -> tensor<4xi64>
  %1 = tt.resize %x sizes(%sizes : tensor<4xi64>) {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<?x2x5x5xf32> -> tensor<?x?x?x?xf32>
  %2 = tt.attention %q, %kv, %u {scale = 0.25 : f32, causal = false} : tensor<1x4x?x8xf32>, tensor<1x2x6x8xf32>, tensor<1x2x6x16xf32> -> tensor<?x?x?x?xf32>
  return %0, %1, %2 : tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>
}
