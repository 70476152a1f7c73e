// RUN: tt-opt %s --split-input-file --tt-move-quant-casts | FileCheck %s

!q = !quant.uniform<u8:f32, 0.5:16>

// CHECK-LABEL: func.func @transpose_and_pad
// CHECK-SAME:    %[[Q:[a-z0-9]+]]: tensor<2x3x!quant
func.func @transpose_and_pad(%q: tensor<2x3x!q>) -> tensor<3x4xf32> {
  // CHECK-DAG:   %[[ZERO:.+]] = arith.constant dense<16> : tensor<ui8>
  // CHECK-DAG:   %[[I8:.+]] = quant.scast %[[Q]]
  // CHECK-DAG:   %[[I:.+]] = tt.bitcast %[[I8]] to ui8
  // CHECK-DAG:   %[[T:.+]] = tt.transpose %[[I]] {{.*}} -> tensor<3x2xui8>
  // CHECK-DAG:   %[[P:.+]] = tt.pad %[[T]], %{{.*}} value(%[[ZERO]] : tensor<ui8>) {{.*}} -> tensor<3x4xui8>
  // CHECK-DAG:   quant.dcast
  %pads = arith.constant dense<[0, 1, 0, 1]> : tensor<4xi64>
  %x = quant.dcast %q : tensor<2x3x!q> to tensor<2x3xf32>
  %t = tt.transpose %x {perm = array<i64: 1, 0>} : tensor<2x3xf32> -> tensor<3x2xf32>
  %p = tt.pad %t, %pads {mode = #tt<pad_mode constant>} : tensor<3x2xf32>, tensor<4xi64> -> tensor<3x4xf32>
  return %p : tensor<3x4xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-128>

// A relu before a type whose smallest number is 0 is part of the rounding.
// CHECK-LABEL: func.func @absorbed_relu
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3xf32>
func.func @absorbed_relu(%x: tensor<2x3xf32>) -> tensor<2x3x!q> {
  // CHECK-NOT:   tt.relu
  // CHECK:       quant.qcast %[[X]]
  // CHECK-NOT:   tt.clip
  // CHECK:       return
  %r = tt.relu %x : tensor<2x3xf32>
  %q = quant.qcast %r : tensor<2x3xf32> to tensor<2x3x!q>
  return %q : tensor<2x3x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>

// Bounds in integers: 0 / 0.5 + 3 = 3 and 6 / 0.5 + 3 = 15.
// CHECK-LABEL: func.func @clip
func.func @clip(%x: tensor<2x3xf32>) -> tensor<2x3x!q> {
  // CHECK-DAG:   %[[LOW:.+]] = arith.constant dense<3> : tensor<i8>
  // CHECK-DAG:   %[[HIGH:.+]] = arith.constant dense<15> : tensor<i8>
  // CHECK-DAG:   tt.clip %{{.*}} low(%[[LOW]] : tensor<i8>) high(%[[HIGH]] : tensor<i8>) : tensor<2x3xi8>
  %low = arith.constant dense<0.0> : tensor<f32>
  %high = arith.constant dense<6.0> : tensor<f32>
  %r = tt.clip %x low(%low : tensor<f32>) high(%high : tensor<f32>) : tensor<2x3xf32> -> tensor<2x3xf32>
  %q = quant.qcast %r : tensor<2x3xf32> to tensor<2x3x!q>
  return %q : tensor<2x3x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>

// 6.1 is no number of the type: limiting the numbers is not limiting the integers.
// CHECK-LABEL: func.func @bound_between_numbers
func.func @bound_between_numbers(%q: tensor<2x3x!q>) -> tensor<2x3xf32> {
  // CHECK:       quant.dcast
  // CHECK-NEXT:  tt.clip
  // CHECK-NEXT:  return
  %high = arith.constant dense<6.1> : tensor<f32>
  %x = quant.dcast %q : tensor<2x3x!q> to tensor<2x3xf32>
  %r = tt.clip %x high(%high : tensor<f32>) : tensor<2x3xf32> -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>
!p = !quant.uniform<i8:f32, 0.25>

// Parts of one type are joined as integers; others are quantized to the type of the whole first.
// CHECK-LABEL: func.func @concat
func.func @concat(%a: tensor<2x!q>, %b: tensor<2x!q>, %c: tensor<2x!p>) -> (tensor<4xf32>, tensor<4x!q>) {
  // CHECK:       %[[C:.+]] = quant.dcast %{{.*}} : tensor<2x!quant.uniform<i8:f32, 2.500000e-01>>
  // CHECK:       tt.concat {{.*}} : tensor<2xi8>, tensor<2xi8> -> tensor<4xi8>
  // CHECK:       quant.qcast %[[C]] : tensor<2xf32> to tensor<2x!quant.uniform<i8:f32, 5.000000e-01>>
  // CHECK:       tt.concat {{.*}} : tensor<2xi8>, tensor<2xi8> -> tensor<4xi8>
  %x = quant.dcast %a : tensor<2x!q> to tensor<2xf32>
  %y = quant.dcast %b : tensor<2x!q> to tensor<2xf32>
  %z = quant.dcast %c : tensor<2x!p> to tensor<2xf32>
  %xy = tt.concat %x, %y {axis = 0 : i64} : tensor<2xf32>, tensor<2xf32> -> tensor<4xf32>
  %xz = tt.concat %x, %z {axis = 0 : i64} : tensor<2xf32>, tensor<2xf32> -> tensor<4xf32>
  %r = quant.qcast %xz : tensor<4xf32> to tensor<4x!q>
  return %xy, %r : tensor<4xf32>, tensor<4x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// Through a max pool to the quantization behind it, and the pair is gone.
// CHECK-LABEL: func.func @pool
func.func @pool(%q: tensor<1x4x4x8x!q>) -> tensor<1x2x2x8x!q> {
  // CHECK:       %[[I:.+]] = quant.scast
  // CHECK-NEXT:  %[[P:.+]] = tt.pool %[[I]] {{.*}} : tensor<1x4x4x8xi8> -> tensor<1x2x2x8xi8>
  // CHECK-NEXT:  %[[R:.+]] = quant.scast %[[P]]
  // CHECK-NEXT:  return %[[R]]
  %x = quant.dcast %q : tensor<1x4x4x8x!q> to tensor<1x4x4x8xf32>
  %p = tt.pool %x {kind = #tt<pool_kind max>, kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nhwc>} : tensor<1x4x4x8xf32> -> tensor<1x2x2x8xf32>
  %r = quant.qcast %p : tensor<1x2x2x8xf32> to tensor<1x2x2x8x!q>
  return %r : tensor<1x2x2x8x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.5>

// Rounding that is asked for stays, and the value in f32 has another use.
// CHECK-LABEL: func.func @kept
func.func @kept(%x: tensor<2x3xf32>) -> (tensor<6xf32>, tensor<6xf32>) {
  // CHECK:       %[[R:.+]] = tt.reshape
  // CHECK-NEXT:  %[[Q:.+]] = quant.qcast %[[R]]
  // CHECK-NEXT:  %[[D:.+]] = quant.dcast %[[Q]]
  // CHECK-NEXT:  return %[[R]], %[[D]]
  %shape = arith.constant dense<6> : tensor<1xi64>
  %r = tt.reshape %x, %shape : tensor<2x3xf32>, tensor<1xi64> -> tensor<6xf32>
  %q = quant.qcast %r : tensor<6xf32> to tensor<6x!q>
  %d = quant.dcast %q : tensor<6x!q> to tensor<6xf32>
  return %r, %d : tensor<6xf32>, tensor<6xf32>
}

// -----

// CHECK-LABEL: func.func @weights
func.func @weights() -> tensor<3x2xf32> {
  // CHECK:       tt.transpose {{.*}} : tensor<2x3xi8> -> tensor<3x2xi8>
  // CHECK:       quant.scast {{.*}} to tensor<3x2x!quant.uniform<i8:f32:1, {5.000000e-01,2.500000e-01}>>
  %w = arith.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8>
  %q = quant.scast %w : tensor<2x3xi8> to tensor<2x3x!quant.uniform<i8:f32:0, {0.5, 0.25}>>
  %x = quant.dcast %q : tensor<2x3x!quant.uniform<i8:f32:0, {0.5, 0.25}>> to tensor<2x3xf32>
  %t = tt.transpose %x {perm = array<i64: 1, 0>} : tensor<2x3xf32> -> tensor<3x2xf32>
  return %t : tensor<3x2xf32>
}
