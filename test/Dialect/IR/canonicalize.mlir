// RUN: tt-opt %s --canonicalize --split-input-file | FileCheck %s

// CHECK-LABEL: func.func @identities
// CHECK-SAME:    (%[[X:.+]]: tensor<?x4xf32>, %[[I:.+]]: tensor<4xi64>, %[[B:.+]]: tensor<4xi1>)
func.func @identities(%x: tensor<?x4xf32>, %i: tensor<4xi64>, %b: tensor<4xi1>)
    -> (tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<4xi64>, tensor<4xi1>, tensor<?x4xf32>) {
  %one = arith.constant dense<1.0> : tensor<f32>
  %minus_zero = arith.constant dense<-0.0> : tensor<4xf32>
  %zero = arith.constant dense<0.0> : tensor<f32>
  %int_zero = arith.constant dense<0> : tensor<i64>
  %true = arith.constant dense<true> : tensor<4xi1>
  %0 = tt.mul %one, %x : tensor<f32>, tensor<?x4xf32> -> tensor<?x4xf32>
  %1 = tt.add %x, %minus_zero : tensor<?x4xf32>, tensor<4xf32> -> tensor<?x4xf32>
  %2 = tt.sub %x, %zero : tensor<?x4xf32>, tensor<f32> -> tensor<?x4xf32>
  %3 = tt.div %x, %one : tensor<?x4xf32>, tensor<f32> -> tensor<?x4xf32>
  %4 = tt.add %i, %int_zero : tensor<4xi64>, tensor<i64> -> tensor<4xi64>
  %5 = tt.and %b, %true : tensor<4xi1>, tensor<4xi1> -> tensor<4xi1>
  %n = tt.neg %x : tensor<?x4xf32>
  %6 = tt.neg %n : tensor<?x4xf32>
  // CHECK: return %[[X]], %[[X]], %[[X]], %[[X]], %[[I]], %[[B]], %[[X]]
  return %0, %1, %2, %3, %4, %5, %6 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<4xi64>, tensor<4xi1>, tensor<?x4xf32>
}

// -----

// -0.0 + 0.0 is 0.0, so adding 0.0 is not nothing; nor is a product that stretches its operand; nor 0.0 - x.
// CHECK-LABEL: func.func @no_identities
func.func @no_identities(%x: tensor<1x4xf32>) -> (tensor<1x4xf32>, tensor<3x4xf32>, tensor<1x4xf32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %ones = arith.constant dense<1.0> : tensor<3x1xf32>
  // CHECK: tt.add
  %0 = tt.add %x, %zero : tensor<1x4xf32>, tensor<f32> -> tensor<1x4xf32>
  // CHECK: tt.mul
  %1 = tt.mul %x, %ones : tensor<1x4xf32>, tensor<3x1xf32> -> tensor<3x4xf32>
  // CHECK: tt.sub
  %2 = tt.sub %zero, %x : tensor<f32>, tensor<1x4xf32> -> tensor<1x4xf32>
  return %0, %1, %2 : tensor<1x4xf32>, tensor<3x4xf32>, tensor<1x4xf32>
}

// -----

// i8 -> i32 -> f32 loses nothing on the way; f32 -> f16 -> f32 and i64 -> f32 -> i64 do.
// CHECK-LABEL: func.func @casts
// CHECK-SAME:    (%[[A:.+]]: tensor<4xi8>, %[[F:.+]]: tensor<4xf32>, %[[L:.+]]: tensor<4xi64>)
func.func @casts(%a: tensor<4xi8>, %f: tensor<4xf32>, %l: tensor<4xi64>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xi64>, tensor<4xf32>) {
  // CHECK: %[[R:.+]] = tt.cast %[[A]] to f32 : tensor<4xi8> -> tensor<4xf32>
  %0 = tt.cast %a to i32 : tensor<4xi8> -> tensor<4xi32>
  %1 = tt.cast %0 to f32 : tensor<4xi32> -> tensor<4xf32>
  // CHECK: %[[H:.+]] = tt.cast %[[F]] to f16
  // CHECK: %[[W:.+]] = tt.cast %[[H]] to f32
  %2 = tt.cast %f to f16 : tensor<4xf32> -> tensor<4xf16>
  %3 = tt.cast %2 to f32 : tensor<4xf16> -> tensor<4xf32>
  // CHECK: %[[S:.+]] = tt.cast %[[L]] to f32
  // CHECK: %[[T:.+]] = tt.cast %[[S]] to i64
  %4 = tt.cast %l to f32 : tensor<4xi64> -> tensor<4xf32>
  %5 = tt.cast %4 to i64 : tensor<4xf32> -> tensor<4xi64>
  %6 = tt.cast %f to f32 : tensor<4xf32> -> tensor<4xf32>
  // CHECK: return %[[R]], %[[W]], %[[T]], %[[F]]
  return %1, %3, %5, %6 : tensor<4xf32>, tensor<4xf32>, tensor<4xi64>, tensor<4xf32>
}

// -----

// CHECK-LABEL: func.func @reshapes
// CHECK-SAME:    (%[[X:.+]]: tensor<2x3x?xf32>, %[[S:.+]]: tensor<3xi64>)
func.func @reshapes(%x: tensor<2x3x?xf32>, %s: tensor<3xi64>) -> (tensor<2x3x?xf32>, tensor<6x?xf32>) {
  // One unknown size that is the same on both sides: an identity, whatever the operand says.
  %0 = tt.reshape %x, %s : tensor<2x3x?xf32>, tensor<3xi64> -> tensor<2x3x?xf32>
  // CHECK: %[[C:.+]] = arith.constant dense<[6, -1]> : tensor<2xi64>
  // CHECK: %[[R:.+]] = tt.reshape %[[X]], %[[C]] : tensor<2x3x?xf32>, tensor<2xi64> -> tensor<6x?xf32>
  %flat = arith.constant dense<-1> : tensor<1xi64>
  %rows = arith.constant dense<[6, -1]> : tensor<2xi64>
  %1 = tt.reshape %x, %flat : tensor<2x3x?xf32>, tensor<1xi64> -> tensor<?xf32>
  %2 = tt.reshape %1, %rows : tensor<?xf32>, tensor<2xi64> -> tensor<6x?xf32>
  // CHECK: return %[[X]], %[[R]]
  return %0, %2 : tensor<2x3x?xf32>, tensor<6x?xf32>
}

// -----

// The outer 0s copy what the inner ones copied from the same places; the -1 stands for 12 of 768.
// CHECK-LABEL: func.func @copied_sizes
// CHECK-SAME:    (%[[X:.+]]: tensor<?x?x768xf32>)
func.func @copied_sizes(%x: tensor<?x?x768xf32>) -> tensor<?x?x768x1xf32> {
  %heads = arith.constant dense<[0, 0, 12, 64]> : tensor<4xi64>
  // CHECK: %[[S:.+]] = arith.constant dense<[0, 0, -1, 1]>
  %columns = arith.constant dense<[0, 0, -1, 1]> : tensor<4xi64>
  %0 = tt.reshape %x, %heads : tensor<?x?x768xf32>, tensor<4xi64> -> tensor<?x?x12x64xf32>
  // CHECK: tt.reshape %[[X]], %[[S]] : tensor<?x?x768xf32>, tensor<4xi64> -> tensor<?x?x768x1xf32>
  %1 = tt.reshape %0, %columns : tensor<?x?x12x64xf32>, tensor<4xi64> -> tensor<?x?x768x1xf32>
  return %1 : tensor<?x?x768x1xf32>
}

// -----

// Two unknown sizes could trade places: (2, 6) is not (3, 4), although both have the type ?x?.
// CHECK-LABEL: func.func @unknown_reshape
func.func @unknown_reshape(%x: tensor<?x?xf32>, %s: tensor<2xi64>) -> tensor<?x?xf32> {
  // CHECK: tt.reshape
  %0 = tt.reshape %x, %s : tensor<?x?xf32>, tensor<2xi64> -> tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}

// -----

// Dimension i of the second result is dimension inner[outer[i]] of x: inner = (0, 2, 3, 1), outer = (0, 3, 1, 2) undo each other.
// CHECK-LABEL: func.func @transposes
// CHECK-SAME:    (%[[X:.+]]: tensor<1x3x?x5xf32>)
func.func @transposes(%x: tensor<1x3x?x5xf32>) -> (tensor<1x3x?x5xf32>, tensor<?x1x5x3xf32>) {
  %0 = tt.transpose %x {perm = array<i64: 0, 2, 3, 1>} : tensor<1x3x?x5xf32> -> tensor<1x?x5x3xf32>
  %1 = tt.transpose %0 {perm = array<i64: 0, 3, 1, 2>} : tensor<1x?x5x3xf32> -> tensor<1x3x?x5xf32>
  // CHECK: %[[T:.+]] = tt.transpose %[[X]] {perm = array<i64: 2, 0, 3, 1>}
  %2 = tt.transpose %0 {perm = array<i64: 1, 0, 2, 3>} : tensor<1x?x5x3xf32> -> tensor<?x1x5x3xf32>
  // CHECK: return %[[X]], %[[T]]
  return %1, %2 : tensor<1x3x?x5xf32>, tensor<?x1x5x3xf32>
}

// -----

// CHECK-LABEL: func.func @nothing_to_move
// CHECK-SAME:    (%[[X:.+]]: tensor<2x?xf32>, %[[E:.+]]: tensor<2x0xf32>)
func.func @nothing_to_move(%x: tensor<2x?xf32>, %e: tensor<2x0xf32>)
    -> (tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>) {
  %zeros = arith.constant dense<0> : tensor<2xi64>
  %ends = arith.constant dense<[2, 9223372036854775807]> : tensor<2xi64>
  %pads = arith.constant dense<0> : tensor<4xi64>
  %ones = arith.constant dense<1> : tensor<2xi64>
  %0 = tt.concat %x {axis = 1 : i64} : tensor<2x?xf32> -> tensor<2x?xf32>
  %1 = tt.concat %x, %e {axis = 1 : i64} : tensor<2x?xf32>, tensor<2x0xf32> -> tensor<2x?xf32>
  %2 = tt.slice %x, %zeros, %ends {axes = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<2x?xf32>, tensor<2xi64>, tensor<2xi64> -> tensor<2x?xf32>
  %3 = tt.pad %x, %pads {mode = #tt<pad_mode edge>} : tensor<2x?xf32>, tensor<4xi64> -> tensor<2x?xf32>
  %4 = tt.expand %x, %ones : tensor<2x?xf32>, tensor<2xi64> -> tensor<2x?xf32>
  %5 = tt.tile %x, %ones : tensor<2x?xf32>, tensor<2xi64> -> tensor<2x?xf32>
  // CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
  return %0, %1, %2, %3, %4, %5 : tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>, tensor<2x?xf32>
}

// -----

// A reversal keeps the type, and an unknown size may be stretched: these stay.
// CHECK-LABEL: func.func @something_to_move
func.func @something_to_move(%x: tensor<4xf32>, %y: tensor<?xf32>, %s: tensor<1xi64>) -> (tensor<4xf32>, tensor<?xf32>) {
  %last = arith.constant dense<-1> : tensor<1xi64>
  %first = arith.constant dense<-9223372036854775808> : tensor<1xi64>
  // CHECK: tt.slice
  %0 = tt.slice %x, %last, %first {axes = array<i64: 0>, steps = array<i64: -1>} : tensor<4xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<4xf32>
  // CHECK: tt.expand
  %1 = tt.expand %y, %s : tensor<?xf32>, tensor<1xi64> -> tensor<?xf32>
  return %0, %1 : tensor<4xf32>, tensor<?xf32>
}

// -----

// Shape arithmetic is folded: 3 * 4 = 12.
// CHECK-LABEL: func.func @shape_arithmetic
func.func @shape_arithmetic(%x: tensor<?x3x4xf32>) -> tensor<i64> {
  // CHECK-NEXT: %[[C:.+]] = arith.constant dense<12> : tensor<i64>
  %s = tt.shape %x {start = 1 : i64, end = 3 : i64} : tensor<?x3x4xf32> -> tensor<2xi64>
  %p = tt.reduce %s {kind = #tt<reduce_kind prod>, axes = array<i64: 0>, keep_dims = false} : tensor<2xi64> -> tensor<i64>
  // CHECK-NEXT: return %[[C]]
  return %p : tensor<i64>
}

// -----

// A constant condition chooses; two equal operands need no choice.
// CHECK-LABEL: func.func @choices
// CHECK-SAME:    (%[[X:.+]]: tensor<4xf32>, %[[Y:.+]]: tensor<4xf32>, %[[C:.+]]: tensor<4xi1>)
func.func @choices(%x: tensor<4xf32>, %y: tensor<4xf32>, %c: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %no = arith.constant dense<false> : tensor<4xi1>
  %0 = tt.where %no, %x, %y : tensor<4xi1>, tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %1 = tt.where %c, %x, %x : tensor<4xi1>, tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %2 = tt.max %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  // CHECK-NEXT: return %[[Y]], %[[X]], %[[X]]
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
