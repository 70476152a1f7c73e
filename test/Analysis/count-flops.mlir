// Each count is worked out by hand beside its op. Columns: FLOPs, parameters, bytes read, bytes written.
// RUN: tt-opt %s --tt-count-flops -o %t.out | FileCheck %s

// The location stands where an imported model has the node's name.
// CHECK-LABEL: @matmul
// CHECK-NEXT:  layer op FLOPs parameters bytes read bytes written
// 2 * (3 * 2 * 5 results) * 4 = 240; the 4x5 constant has 20 elements; read: 3*2*4*4 + 20*4 = 176; written: 30*4 = 120.
// CHECK-NEXT:  {{.*}}count-flops.mlir:14:8 tt.matmul 240 20 176 120
// CHECK-NEXT:  total 240 20 176 120
// CHECK-NEXT:  by kind of op
// CHECK-NEXT:  1 of tt.matmul 240 20 176 120
func.func @matmul(%x: tensor<3x2x4xf32>) -> tensor<3x2x5xf32> {
  %w = arith.constant dense<1.0> : tensor<4x5xf32>
  %y = tt.matmul %x, %w : tensor<3x2x4xf32>, tensor<4x5xf32> -> tensor<3x2x5xf32>
  return %y : tensor<3x2x5xf32>
}

// CHECK-LABEL: @conv
// A 3x3 convolution of 8 channels in 2 groups to 6 channels on 5x5 without pads: 3x3 results. Each is 2 * 4 * 3 * 3 = 72
// operations and one addition of the bias: 1*6*3*3 * 73 = 3942. Parameters: 6*4*3*3 + 6 = 222. Read: (200 + 222) * 4 = 1688.
// CHECK:       {{.*}}tt.conv 3942 222 1688 216
func.func @conv(%x: tensor<1x8x5x5xf32>) -> tensor<1x6x3x3xf32> {
  %w = arith.constant dense<1.0> : tensor<6x4x3x3xf32>
  %b = arith.constant dense<1.0> : tensor<6xf32>
  %y = tt.conv %x, %w bias(%b : tensor<6xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64, layout = #tt<layout nchw>} : tensor<1x8x5x5xf32>, tensor<6x4x3x3xf32> -> tensor<1x6x3x3xf32>
  return %y : tensor<1x6x3x3xf32>
}

// CHECK-LABEL: @pools
// Maximum of 2x2 over 4x4 and 3 channels: 12 results, each looks at 4 elements: 48. Read 48 * 4, written 12 * 4.
// CHECK:       {{.*}}tt.pool 48 0 192 48
// An average divides once more: 12 * 5 = 60.
// CHECK-NEXT:  {{.*}}tt.pool 60 0 192 48
func.func @pools(%x: tensor<1x3x4x4xf32>) -> (tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>) {
  %m = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x3x4x4xf32> -> tensor<1x3x2x2xf32>
  %a = tt.pool %x {kind = #tt<pool_kind average>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x3x4x4xf32> -> tensor<1x3x2x2xf32>
  return %m, %a : tensor<1x3x2x2xf32>, tensor<1x3x2x2xf32>
}

// CHECK-LABEL: @elementwise
// One for each of the 2x8 results, broadcast or not.
// CHECK:       {{.*}}tt.add 16 0 96 64
// CHECK-NEXT:  {{.*}}tt.exp 16 0 64 64
// x / x reads x once.
// CHECK-NEXT:  {{.*}}tt.div 16 0 64 64
// Negation, exponential, sum, quotient: 4 * 16. An exact GELU has one step more, a comparison none.
// CHECK-NEXT:  {{.*}}tt.sigmoid 64 0 64 64
// CHECK-NEXT:  {{.*}}tt.gelu 80 0 64 64
// CHECK-NEXT:  {{.*}}tt.less 0 0 64 16
// A conversion moves 16 * 4 bytes in, 16 * 8 out, and computes nothing.
// CHECK-NEXT:  {{.*}}tt.cast 0 0 64 128
// CHECK-NEXT:  total 192 0 480 464
func.func @elementwise(%x: tensor<2x8xf32>, %y: tensor<8xf32>) -> (tensor<2x8xf64>, tensor<2x8xi1>) {
  %a = tt.add %x, %y : tensor<2x8xf32>, tensor<8xf32> -> tensor<2x8xf32>
  %e = tt.exp %a : tensor<2x8xf32>
  %d = tt.div %e, %e : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %s = tt.sigmoid %d : tensor<2x8xf32>
  %g = tt.gelu %s {kind = #tt<gelu_kind erf>} : tensor<2x8xf32>
  %l = tt.less %g, %g : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xi1>
  %c = tt.cast %g to f64 : tensor<2x8xf32> -> tensor<2x8xf64>
  return %c, %l : tensor<2x8xf64>, tensor<2x8xi1>
}

// CHECK-LABEL: @rows
// 5 for each of 2x8 elements: maximum, difference, exponential, sum, quotient.
// CHECK:       {{.*}}tt.softmax 80 0 64 64
// Layer norm with bias, 7 an element: two sums, difference, square, quotient, scale, bias. 8 + 8 parameters.
// CHECK-NEXT:  {{.*}}tt.norm 112 16 128 64
// RMS norm without bias, 4 an element: square, sum, quotient, scale.
// CHECK-NEXT:  {{.*}}tt.norm 64 8 96 64
// The sum of 8 elements is 8 operations, twice; a mean divides once for each of the 2 results.
// CHECK-NEXT:  {{.*}}tt.reduce 16 0 64 8
// CHECK-NEXT:  {{.*}}tt.reduce 18 0 64 8
func.func @rows(%x: tensor<2x8xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  %s = arith.constant dense<1.0> : tensor<8xf32>
  %b = arith.constant dense<2.0> : tensor<8xf32>
  %p = tt.softmax %x {axis = 1 : i64} : tensor<2x8xf32> -> tensor<2x8xf32>
  %l = tt.norm %p, %s bias(%b : tensor<8xf32>) {kind = #tt<norm_kind layer>, axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<2x8xf32>, tensor<8xf32> -> tensor<2x8xf32>
  %r = tt.norm %l, %s {kind = #tt<norm_kind rms>, axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<2x8xf32>, tensor<8xf32> -> tensor<2x8xf32>
  %sum = tt.reduce %r {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = false} : tensor<2x8xf32> -> tensor<2xf32>
  %mean = tt.reduce %r {kind = #tt<reduce_kind mean>, axes = array<i64: 1>, keep_dims = false} : tensor<2x8xf32> -> tensor<2xf32>
  return %sum, %mean : tensor<2xf32>, tensor<2xf32>
}

// CHECK-LABEL: @batch_norm
// A multiplication and an addition for each of 2x3 elements; 4 vectors of 3.
// CHECK:       {{.*}}tt.batch_norm 12 12 72 24
func.func @batch_norm(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  %a = arith.constant dense<1.0> : tensor<3xf32>
  %b = arith.constant dense<2.0> : tensor<3xf32>
  %c = arith.constant dense<3.0> : tensor<3xf32>
  %d = arith.constant dense<4.0> : tensor<3xf32>
  %y = tt.batch_norm %x, %a, %b, %c, %d {axis = 1 : i64, epsilon = 1.0e-5 : f32} : tensor<2x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// CHECK-LABEL: @attention
// 1*2 heads, 3 queries, 5 keys: 30 scores. Each: 2*4 for the score, 2*6 for its part of the result, 1 for the scale, 1 for the
// mask, 5 for softmax: 27. Read: q 24, k 40, v 60, mask 15 floats; written 1*2*3*6 = 36.
// CHECK:       {{.*}}tt.attention 810 0 556 144
func.func @attention(%q: tensor<1x2x3x4xf32>, %k: tensor<1x2x5x4xf32>, %v: tensor<1x2x5x6xf32>, %m: tensor<3x5xf32>) -> tensor<1x2x3x6xf32> {
  %y = tt.attention %q, %k, %v mask(%m : tensor<3x5xf32>) {scale = 0.5 : f32, causal = false} : tensor<1x2x3x4xf32>, tensor<1x2x5x4xf32>, tensor<1x2x5x6xf32> -> tensor<1x2x3x6xf32>
  return %y : tensor<1x2x3x6xf32>
}

// CHECK-LABEL: @movement
// 2 rows of 4 floats and 2 positions of 8 bytes are read, not the table of 40 parameters.
// CHECK:       {{.*}}tt.gather 0 40 48 32
// CHECK-NEXT:  {{.*}}tt.transpose 0 0 32 32
// 2 * 2 elements along two dimensions weigh 2*2 inputs each: 2 * 4 * (2*4 * 2*2 results) = 256.
// Its scales are read (8 bytes), but are no parameters.
// CHECK-NEXT:  {{.*}}tt.resize 256 0 40 128
// A reshape is free and takes no row.
// CHECK-NEXT:  total 256 40 120 192
func.func @movement(%i: tensor<2xi64>) -> tensor<32xf32> {
  %table = arith.constant dense<1.0> : tensor<10x4xf32>
  %scales = arith.constant dense<2.0> : tensor<2xf32>
  %shape = arith.constant dense<[32]> : tensor<1xi64>
  %g = tt.gather %table, %i {axis = 0 : i64} : tensor<10x4xf32>, tensor<2xi64> -> tensor<2x4xf32>
  %t = tt.transpose %g {perm = array<i64: 1, 0>} : tensor<2x4xf32> -> tensor<4x2xf32>
  %r = tt.resize %t scales(%scales : tensor<2xf32>) {mode = #tt<resize_mode linear>, coord = #tt<coord_mode half_pixel>, nearest = #tt<nearest_mode round_prefer_floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<4x2xf32> -> tensor<8x4xf32>
  %y = tt.reshape %r, %shape : tensor<8x4xf32>, tensor<1xi64> -> tensor<32xf32>
  return %y : tensor<32xf32>
}

// CHECK-LABEL: @integers
// 8-bit weights are parameters. 2 * (2 * 3 results) * 4 = 48; read 8 + 12 bytes, written 6 * 4.
// CHECK:       {{.*}}tt.matmul_integer 48 12 20 24
// Other arithmetic on integers is none.
// CHECK-NEXT:  {{.*}}tt.add 0 0 24 24
func.func @integers(%x: tensor<2x4xui8>) -> tensor<2x3xi32> {
  %w = arith.constant dense<1> : tensor<4x3xi8>
  %y = tt.matmul_integer %x, %w : tensor<2x4xui8>, tensor<4x3xi8> -> tensor<2x3xi32>
  %z = tt.add %y, %y : tensor<2x3xi32>, tensor<2x3xi32> -> tensor<2x3xi32>
  return %z : tensor<2x3xi32>
}

// CHECK-LABEL: @shared_constant
// Each layer has the 4 parameters, the function has them once.
// CHECK:       {{.*}}tt.mul 8 4
// CHECK-NEXT:  {{.*}}tt.add 8 4
// CHECK-NEXT:  total 16 4
func.func @shared_constant(%x: tensor<2x4xf32>) -> tensor<2x4xf32> {
  %c = arith.constant dense<1.0> : tensor<4xf32>
  %m = tt.mul %x, %c : tensor<2x4xf32>, tensor<4xf32> -> tensor<2x4xf32>
  %a = tt.add %m, %c : tensor<2x4xf32>, tensor<4xf32> -> tensor<2x4xf32>
  return %a : tensor<2x4xf32>
}

// CHECK-LABEL: @dynamic
// 2 * (batch * 5 results) * 4 = 40*batch; a size without a name is unknown.
// CHECK:       {{.*}}tt.matmul 40*batch 20 16*batch + 80 20*batch
// CHECK-NEXT:  {{.*}}tt.exp unknown 0 unknown unknown
// CHECK-NEXT:  total 40*batch + 1 unknown 20
// CHECK:       1 of tt.exp 1 unknown 0 1 unknown 1 unknown
func.func @dynamic(%x: tensor<?x4xf32> {tt.dims = ["batch", ""]}, %z: tensor<?xf32> {tt.dims = [""]}) -> (tensor<?x5xf32>, tensor<?xf32>) {
  %w = arith.constant dense<1.0> : tensor<4x5xf32>
  %y = tt.matmul %x, %w : tensor<?x4xf32>, tensor<4x5xf32> -> tensor<?x5xf32>
  %e = tt.exp %z : tensor<?xf32>
  return %y, %e : tensor<?x5xf32>, tensor<?xf32>
}

// CHECK-LABEL: @branch
// CHECK:       {{.*}}(in tt.if) tt.exp 4 0 16 16
// CHECK-NEXT:  {{.*}}(in tt.if) tt.neg 4 0 16 16
// CHECK-NEXT:  total 0 0 0 0
// CHECK:       2 layers are in branches and loops and in no total
func.func @branch(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.if %c captures(%x : tensor<4xf32>) : tensor<i1> then {
  ^bb0(%a: tensor<4xf32>):
    %e = tt.exp %a : tensor<4xf32>
    tt.yield %e : tensor<4xf32>
  } else {
  ^bb0(%a: tensor<4xf32>):
    %n = tt.neg %a : tensor<4xf32>
    tt.yield %n : tensor<4xf32>
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
