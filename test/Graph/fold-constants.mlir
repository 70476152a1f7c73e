// RUN: tt-opt %s --tt-fold-constants --split-input-file | FileCheck %s

// Expected values are NumPy's.

// CHECK-LABEL: func.func @floats
func.func @floats() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi1>, tensor<4xf32>) {
  %a = arith.constant dense<[1.5, -2.5, 0.5, 0x7F800000]> : tensor<4xf32>
  // CHECK: dense<[-1.500000e+00, 2.500000e+00, -5.000000e-01, 0xFF800000]> : tensor<4xf32>
  %0 = tt.neg %a : tensor<4xf32>
  // CHECK: dense<[1.000000e+00, -3.000000e+00, 0.000000e+00, 0x7F800000]> : tensor<4xf32>
  %1 = tt.floor %a : tensor<4xf32>
  // Ties go to even.
  // CHECK: dense<[2.000000e+00, -2.000000e+00, 0.000000e+00, 0x7F800000]> : tensor<4xf32>
  %2 = tt.round %a : tensor<4xf32>
  // CHECK: dense<[1.500000e+00, 0.000000e+00, 5.000000e-01, 0x7F800000]> : tensor<4xf32>
  %3 = tt.relu %a : tensor<4xf32>
  // CHECK: dense<[false, false, false, true]> : tensor<4xi1>
  %4 = tt.is_inf %a {negative = false} : tensor<4xf32> -> tensor<4xi1>
  %low = arith.constant dense<-1.0> : tensor<f32>
  // CHECK: dense<[1.500000e+00, -1.000000e+00, 5.000000e-01, 0x7F800000]> : tensor<4xf32>
  %5 = tt.clip %a low(%low : tensor<f32>) : tensor<4xf32> -> tensor<4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xi1>, tensor<4xf32>
}

// -----

// In f32, 2^24 + 1 is 2^24; in f16, 2049 is 2048 (ties to even) and 2048 + 1.5 is 2050.
// CHECK-LABEL: func.func @precision
func.func @precision() -> (tensor<f32>, tensor<2xf16>, tensor<f16>) {
  %big = arith.constant dense<16777216.0> : tensor<f32>
  %one = arith.constant dense<1.0> : tensor<f32>
  // CHECK: dense<0x4B800000> : tensor<f32>
  %0 = tt.add %big, %one : tensor<f32>, tensor<f32> -> tensor<f32>
  %d = arith.constant dense<[2049.0, 0.333333333]> : tensor<2xf64>
  // CHECK: dense<[2.048000e+03, 3.332520e-01]> : tensor<2xf16>
  %1 = tt.cast %d to f16 : tensor<2xf64> -> tensor<2xf16>
  %h = arith.constant dense<2048.0> : tensor<f16>
  %i = arith.constant dense<1.5> : tensor<f16>
  // CHECK: dense<2.050000e+03> : tensor<f16>
  %2 = tt.add %h, %i : tensor<f16>, tensor<f16> -> tensor<f16>
  return %0, %1, %2 : tensor<f32>, tensor<2xf16>, tensor<f16>
}

// -----

// CHECK-LABEL: func.func @integers
func.func @integers() -> (tensor<4xi64>, tensor<4xi64>, tensor<4xi64>, tensor<i32>, tensor<ui8>, tensor<3xi64>) {
  %x = arith.constant dense<[7, -7, 7, -7]> : tensor<4xi64>
  %y = arith.constant dense<[2, 2, -2, -2]> : tensor<4xi64>
  // CHECK: dense<[3, -3, -3, 3]> : tensor<4xi64>
  %0 = tt.div %x, %y : tensor<4xi64>, tensor<4xi64> -> tensor<4xi64>
  // CHECK: dense<[1, 1, -1, -1]> : tensor<4xi64>
  %1 = tt.mod %x, %y : tensor<4xi64>, tensor<4xi64> -> tensor<4xi64>
  // CHECK: dense<[1, -1, 1, -1]> : tensor<4xi64>
  %2 = tt.fmod %x, %y : tensor<4xi64>, tensor<4xi64> -> tensor<4xi64>
  // Wraps around.
  %max = arith.constant dense<2147483647> : tensor<i32>
  %one = arith.constant dense<1> : tensor<i32>
  // CHECK: dense<-2147483648> : tensor<i32>
  %3 = tt.add %max, %one : tensor<i32>, tensor<i32> -> tensor<i32>
  %u = arith.constant dense<255> : tensor<ui8>
  %v = arith.constant dense<7> : tensor<ui8>
  // 255 >> 7 in unsigned arithmetic.
  // CHECK: dense<1> : tensor<ui8>
  %4 = tt.shift_right %u, %v : tensor<ui8>, tensor<ui8> -> tensor<ui8>
  %b = arith.constant dense<[2, 3, -2]> : tensor<3xi64>
  %e = arith.constant dense<[3, 0, 3]> : tensor<3xi64>
  // CHECK: dense<[8, 1, -8]> : tensor<3xi64>
  %5 = tt.pow %b, %e : tensor<3xi64>, tensor<3xi64> -> tensor<3xi64>
  return %0, %1, %2, %3, %4, %5 : tensor<4xi64>, tensor<4xi64>, tensor<4xi64>, tensor<i32>, tensor<ui8>, tensor<3xi64>
}

// -----

// A division of integers by 0, a NaN as an integer and a bad index fail at run time, not here.
// CHECK-LABEL: func.func @undefined
func.func @undefined() -> (tensor<i64>, tensor<i64>, tensor<f32>) {
  %one = arith.constant dense<1> : tensor<i64>
  %zero = arith.constant dense<0> : tensor<i64>
  // CHECK: tt.div
  %0 = tt.div %one, %zero : tensor<i64>, tensor<i64> -> tensor<i64>
  %nan = arith.constant dense<0x7FC00000> : tensor<f32>
  // CHECK: tt.cast
  %1 = tt.cast %nan to i64 : tensor<f32> -> tensor<i64>
  %table = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %five = arith.constant dense<5> : tensor<i64>
  // CHECK: tt.gather
  %2 = tt.gather %table, %five {axis = 0 : i64} : tensor<2xf32>, tensor<i64> -> tensor<f32>
  return %0, %1, %2 : tensor<i64>, tensor<i64>, tensor<f32>
}

// -----

// CHECK-LABEL: func.func @casts
func.func @casts() -> (tensor<3xi64>, tensor<3xi1>, tensor<2xf32>) {
  %f = arith.constant dense<[1.9, -1.9, 300.0]> : tensor<3xf32>
  // CHECK: dense<[1, -1, 300]> : tensor<3xi64>
  %0 = tt.cast %f to i64 : tensor<3xf32> -> tensor<3xi64>
  %g = arith.constant dense<[0.0, -0.0, 0.5]> : tensor<3xf32>
  // CHECK: dense<[false, false, true]> : tensor<3xi1>
  %1 = tt.cast %g to i1 : tensor<3xf32> -> tensor<3xi1>
  %b = arith.constant dense<[true, false]> : tensor<2xi1>
  // CHECK: dense<[1.000000e+00, 0.000000e+00]> : tensor<2xf32>
  %2 = tt.cast %b to f32 : tensor<2xi1> -> tensor<2xf32>
  return %0, %1, %2 : tensor<3xi64>, tensor<3xi1>, tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func @broadcast
func.func @broadcast() -> (tensor<2x3xi64>, tensor<2x2xi1>, tensor<2x2xi64>) {
  %x = arith.constant dense<[[10], [20]]> : tensor<2x1xi64>
  %y = arith.constant dense<[1, 2, 3]> : tensor<3xi64>
  // CHECK{LITERAL}: dense<[[11, 12, 13], [21, 22, 23]]> : tensor<2x3xi64>
  %0 = tt.add %x, %y : tensor<2x1xi64>, tensor<3xi64> -> tensor<2x3xi64>
  %z = arith.constant dense<[10, 20]> : tensor<2xi64>
  // CHECK{LITERAL}: dense<[[true, true], [false, true]]> : tensor<2x2xi1>
  %1 = tt.less_equal %x, %z : tensor<2x1xi64>, tensor<2xi64> -> tensor<2x2xi1>
  // CHECK{LITERAL}: dense<[[10, 10], [10, 20]]> : tensor<2x2xi64>
  %2 = tt.where %1, %x, %z : tensor<2x2xi1>, tensor<2x1xi64>, tensor<2xi64> -> tensor<2x2xi64>
  return %0, %1, %2 : tensor<2x3xi64>, tensor<2x2xi1>, tensor<2x2xi64>
}

// -----

// CHECK-LABEL: func.func @movement
func.func @movement() -> (tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x4xi32>, tensor<2x3xi64>, tensor<4x2xi32>, tensor<3xi64>) {
  %m = arith.constant dense<[[0, 1, 2], [3, 4, 5]]> : tensor<2x3xi32>
  // CHECK{LITERAL}: dense<[[0, 3], [1, 4], [2, 5]]> : tensor<3x2xi32>
  %0 = tt.transpose %m {perm = array<i64: 1, 0>} : tensor<2x3xi32> -> tensor<3x2xi32>
  // m[:, ::-2]
  %last = arith.constant dense<-1> : tensor<1xi64>
  %first = arith.constant dense<-9223372036854775808> : tensor<1xi64>
  // CHECK{LITERAL}: dense<[[2, 0], [5, 3]]> : tensor<2x2xi32>
  %1 = tt.slice %m, %last, %first {axes = array<i64: 1>, steps = array<i64: -2>} : tensor<2x3xi32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x2xi32>
  %q = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>
  %twice = arith.constant dense<[1, 2]> : tensor<2xi64>
  // CHECK{LITERAL}: dense<[[1, 2, 1, 2], [3, 4, 3, 4]]> : tensor<2x4xi32>
  %2 = tt.tile %q, %twice : tensor<2x2xi32>, tensor<2xi64> -> tensor<2x4xi32>
  %c = arith.constant dense<[[1], [2]]> : tensor<2x1xi64>
  %shape = arith.constant dense<[1, 3]> : tensor<2xi64>
  // CHECK{LITERAL}: dense<[[1, 1, 1], [2, 2, 2]]> : tensor<2x3xi64>
  %3 = tt.expand %c, %shape : tensor<2x1xi64>, tensor<2xi64> -> tensor<2x3xi64>
  // CHECK{LITERAL}: dense<[[0, 3], [1, 4], [2, 5], [7, 8]]> : tensor<4x2xi32>
  %r = arith.constant dense<[[7, 8]]> : tensor<1x2xi32>
  %4 = tt.concat %0, %r {axis = 0 : i64} : tensor<3x2xi32>, tensor<1x2xi32> -> tensor<4x2xi32>
  %start = arith.constant dense<9> : tensor<i64>
  %limit = arith.constant dense<0> : tensor<i64>
  %step = arith.constant dense<-4> : tensor<i64>
  // CHECK: dense<[9, 5, 1]> : tensor<3xi64>
  %5 = tt.range %start, %limit, %step : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<3xi64>
  return %0, %1, %2, %3, %4, %5 : tensor<3x2xi32>, tensor<2x2xi32>, tensor<2x4xi32>, tensor<2x3xi64>, tensor<4x2xi32>, tensor<3xi64>
}

// -----

// CHECK-LABEL: func.func @pads
func.func @pads() -> (tensor<6xi64>, tensor<7xi64>, tensor<7xi64>, tensor<3xi64>) {
  %x = arith.constant dense<[1, 2, 3]> : tensor<3xi64>
  %p = arith.constant dense<[2, 1]> : tensor<2xi64>
  %q = arith.constant dense<2> : tensor<2xi64>
  // CHECK: dense<[1, 1, 1, 2, 3, 3]> : tensor<6xi64>
  %0 = tt.pad %x, %p {mode = #tt<pad_mode edge>} : tensor<3xi64>, tensor<2xi64> -> tensor<6xi64>
  // CHECK: dense<[3, 2, 1, 2, 3, 2, 1]> : tensor<7xi64>
  %1 = tt.pad %x, %q {mode = #tt<pad_mode reflect>} : tensor<3xi64>, tensor<2xi64> -> tensor<7xi64>
  // CHECK: dense<[2, 3, 1, 2, 3, 1, 2]> : tensor<7xi64>
  %2 = tt.pad %x, %q {mode = #tt<pad_mode wrap>} : tensor<3xi64>, tensor<2xi64> -> tensor<7xi64>
  // One is cut off in front, one with the given value put behind.
  %n = arith.constant dense<[-1, 1]> : tensor<2xi64>
  %v = arith.constant dense<9> : tensor<i64>
  // CHECK: dense<[2, 3, 9]> : tensor<3xi64>
  %3 = tt.pad %x, %n value(%v : tensor<i64>) {mode = #tt<pad_mode constant>} : tensor<3xi64>, tensor<2xi64> -> tensor<3xi64>
  return %0, %1, %2, %3 : tensor<6xi64>, tensor<7xi64>, tensor<7xi64>, tensor<3xi64>
}

// -----

// CHECK-LABEL: func.func @indices
func.func @indices() -> (tensor<3x2xi64>, tensor<2x2xi64>, tensor<2xi64>, tensor<3x3xi32>, tensor<2x3xf32>) {
  %m = arith.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi64>
  %i = arith.constant dense<[2, 0, -1]> : tensor<3xi64>
  // CHECK{LITERAL}: dense<[[5, 6], [1, 2], [5, 6]]> : tensor<3x2xi64>
  %0 = tt.gather %m, %i {axis = 0 : i64} : tensor<3x2xi64>, tensor<3xi64> -> tensor<3x2xi64>
  %q = arith.constant dense<[[1, 2], [3, 4]]> : tensor<2x2xi64>
  %j = arith.constant dense<[[0, 0], [1, 0]]> : tensor<2x2xi64>
  // CHECK{LITERAL}: dense<[[1, 1], [4, 3]]> : tensor<2x2xi64>
  %1 = tt.gather_elements %q, %j {axis = 1 : i64} : tensor<2x2xi64>, tensor<2x2xi64> -> tensor<2x2xi64>
  %k = arith.constant dense<[[0, 0], [1, 1]]> : tensor<2x2xi64>
  // CHECK: dense<[1, 4]> : tensor<2xi64>
  %2 = tt.gather_nd %q, %k {batch_dims = 0 : i64} : tensor<2x2xi64>, tensor<2x2xi64> -> tensor<2xi64>
  %t = arith.constant dense<[[1, 2, 3], [4, 5, 6], [7, 8, 9]]> : tensor<3x3xi32>
  %one = arith.constant dense<1> : tensor<i64>
  // CHECK{LITERAL}: dense<[[0, 2, 3], [0, 0, 6], [0, 0, 0]]> : tensor<3x3xi32>
  %3 = tt.trilu %t, %one {upper = true} : tensor<3x3xi32>, tensor<i64> -> tensor<3x3xi32>
  // Index -1 is the last class; 7 is none.
  %h = arith.constant dense<[-1, 7]> : tensor<2xi64>
  %depth = arith.constant dense<3> : tensor<i64>
  %values = arith.constant dense<[0.5, 2.0]> : tensor<2xf32>
  // CHECK{LITERAL}: dense<[[5.000000e-01, 5.000000e-01, 2.000000e+00], [5.000000e-01, 5.000000e-01, 5.000000e-01]]> : tensor<2x3xf32>
  %4 = tt.one_hot %h, %depth, %values {axis = 1 : i64} : tensor<2xi64>, tensor<i64>, tensor<2xf32> -> tensor<2x3xf32>
  return %0, %1, %2, %3, %4 : tensor<3x2xi64>, tensor<2x2xi64>, tensor<2xi64>, tensor<3x3xi32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: func.func @reductions
func.func @reductions() -> (tensor<2xf32>, tensor<1x3xf32>, tensor<f32>, tensor<2x1xf32>, tensor<4xi64>, tensor<4xi64>) {
  %m = arith.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>
  // CHECK: dense<[3.000000e+00, 1.200000e+01]> : tensor<2xf32>
  %0 = tt.reduce %m {kind = #tt<reduce_kind sum>, axes = array<i64: 1>, keep_dims = false} : tensor<2x3xf32> -> tensor<2xf32>
  // CHECK{LITERAL}: dense<[[1.500000e+00, 2.500000e+00, 3.500000e+00]]> : tensor<1x3xf32>
  %1 = tt.reduce %m {kind = #tt<reduce_kind mean>, axes = array<i64: 0>, keep_dims = true} : tensor<2x3xf32> -> tensor<1x3xf32>
  // CHECK: dense<5.000000e+00> : tensor<f32>
  %2 = tt.reduce %m {kind = #tt<reduce_kind max>, axes = array<i64: 0, 1>, keep_dims = false} : tensor<2x3xf32> -> tensor<f32>
  // CHECK{LITERAL}: dense<[[0.000000e+00], [6.000000e+01]]> : tensor<2x1xf32>
  %3 = tt.reduce %m {kind = #tt<reduce_kind prod>, axes = array<i64: 1>, keep_dims = true} : tensor<2x3xf32> -> tensor<2x1xf32>
  %x = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi64>
  // CHECK: dense<[1, 3, 6, 10]> : tensor<4xi64>
  %4 = tt.cumsum %x {axis = 0 : i64, exclusive = false, reverse = false} : tensor<4xi64> -> tensor<4xi64>
  // CHECK: dense<[9, 7, 4, 0]> : tensor<4xi64>
  %5 = tt.cumsum %x {axis = 0 : i64, exclusive = true, reverse = true} : tensor<4xi64> -> tensor<4xi64>
  return %0, %1, %2, %3, %4, %5 : tensor<2xf32>, tensor<1x3xf32>, tensor<f32>, tensor<2x1xf32>, tensor<4xi64>, tensor<4xi64>
}

// -----

// The transposed weights are a resource of their own (16 elements are 64 bytes); the old one is gone. A reshape shares it.
// CHECK-LABEL: func.func @weights
// CHECK-NEXT:    %[[W:.+]] = arith.constant dense_resource<[[KEY:tt_[0-9a-f]+]]> : tensor<16xf32>
// CHECK-NEXT:    return %[[W]]
// CHECK-NOT:     old_weights
// CHECK:         [[KEY]]: "0x4000000000000000000000410000803F000010410000004000002041000040400000304100008040000040410000A040000050410000C040000060410000E04000007041"
func.func @weights() -> tensor<16xf32> {
  %w = arith.constant dense_resource<old_weights> : tensor<2x8xf32>
  %flat = arith.constant dense<-1> : tensor<1xi64>
  %t = tt.transpose %w {perm = array<i64: 1, 0>} : tensor<2x8xf32> -> tensor<8x2xf32>
  %r = tt.reshape %t, %flat : tensor<8x2xf32>, tensor<1xi64> -> tensor<16xf32>
  return %r : tensor<16xf32>
}

{-#
  dialect_resources: {
    builtin: {
      old_weights: "0x40000000000000000000803F0000004000004040000080400000A0400000C0400000E0400000004100001041000020410000304100004041000050410000604100007041"
    }
  }
#-}

// -----

// 2 MiB from a scalar: larger than the operand and than max-bytes.
// CHECK-LABEL: func.func @too_large
func.func @too_large() -> tensor<524288xf32> {
  %x = arith.constant dense<1.0> : tensor<f32>
  %s = arith.constant dense<524288> : tensor<1xi64>
  // CHECK: tt.expand
  %0 = tt.expand %x, %s : tensor<f32>, tensor<1xi64> -> tensor<524288xf32>
  return %0 : tensor<524288xf32>
}

// -----

// An operand that is not constant: nothing happens.
// CHECK-LABEL: func.func @not_constant
func.func @not_constant(%x: tensor<2xf32>) -> tensor<2xf32> {
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  // CHECK: tt.add
  %0 = tt.add %x, %c : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// 2^64 elements: their number does not wrap around to 0.
// CHECK-LABEL: func.func @overflow
func.func @overflow() -> tensor<4611686018427387904x4xf32> {
  %x = arith.constant dense<1.0> : tensor<f32>
  %s = arith.constant dense<[4611686018427387904, 4]> : tensor<2xi64>
  // CHECK: tt.expand
  %0 = tt.expand %x, %s : tensor<f32>, tensor<2xi64> -> tensor<4611686018427387904x4xf32>
  return %0 : tensor<4611686018427387904x4xf32>
}
