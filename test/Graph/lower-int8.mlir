// RUN: tt-opt %s --split-input-file --tt-lower-int8 --verify-diagnostics | FileCheck %s

!x = !quant.uniform<u8:f32, 0.5:3>
!w = !quant.uniform<i8<-127:127>:f32:0, {0.25, 0.125}>
!y = !quant.uniform<u8:f32, 0.5:7>

// bias / (sx sw): 1 / 0.125 = 8 and -2 / 0.0625 = -32; multipliers sx sw / sy: 0.25 and 0.125.
// CHECK-LABEL: func.func @conv
func.func @conv(%q: tensor<1x4x4x1x!x>) -> tensor<1x4x4x2x!y> {
  // CHECK-DAG:   %[[W:.+]] = arith.constant dense<{{.*}}> : tensor<2x1x1x1xi8>
  // CHECK-DAG:   %[[ZX:.+]] = arith.constant dense<3> : tensor<ui8>
  // CHECK-DAG:   %[[B:.+]] = arith.constant dense<[8, -32]> : tensor<2xi32>
  // CHECK-DAG:   %[[M:.+]] = arith.constant dense<[2.500000e-01, 1.250000e-01]> : tensor<2xf32>
  // CHECK-DAG:   %[[ONE:.+]] = arith.constant dense<1.000000e+00> : tensor<f32>
  // CHECK-DAG:   %[[ZY:.+]] = arith.constant dense<7> : tensor<ui8>
  // CHECK-DAG:   %[[C:.+]] = tt.conv_integer %{{.*}}, %[[W]] input_zero(%[[ZX]] : tensor<ui8>) {{.*}} : tensor<1x4x4x1xui8>, tensor<2x1x1x1xi8> -> tensor<1x4x4x2xi32>
  // CHECK-DAG:   %[[A:.+]] = tt.add %[[C]], %[[B]]
  // CHECK-DAG:   %[[F:.+]] = tt.cast %[[A]] to f32
  // CHECK-DAG:   %[[S:.+]] = tt.mul %[[F]], %[[M]]
  // CHECK-DAG:   tt.quantize %[[S]], %[[ONE]], %[[ZY]]
  // CHECK-NOT:   tt.conv %
  %w8 = arith.constant dense<[[[[5]]], [[[-6]]]]> : tensor<2x1x1x1xi8>
  %b = arith.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %wq = quant.scast %w8 : tensor<2x1x1x1xi8> to tensor<2x1x1x1x!w>
  %w = quant.dcast %wq : tensor<2x1x1x1x!w> to tensor<2x1x1x1xf32>
  %x = quant.dcast %q : tensor<1x4x4x1x!x> to tensor<1x4x4x1xf32>
  %c = tt.conv %x, %w bias(%b : tensor<2xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x4x4x1xf32>, tensor<2x1x1x1xf32> -> tensor<1x4x4x2xf32>
  %y = quant.qcast %c : tensor<1x4x4x2xf32> to tensor<1x4x4x2x!y>
  return %y : tensor<1x4x4x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<u8:f32, 0.25:130>

// Weights of u8 become i8: 255 - 128, 0 - 128, zero point 130 - 128. Users that do not round get f32 numbers; a bias of 2^40 steps saturates.
// CHECK-LABEL: func.func @matmul_to_float
func.func @matmul_to_float(%q: tensor<?x2x!x>) -> tensor<?x1xf32> {
  // CHECK-DAG:   %[[W:.+]] = arith.constant dense<{{\[\[}}127], [-128]]> : tensor<2x1xi8>
  // CHECK-DAG:   %[[Z:.+]] = arith.constant dense<2> : tensor<i8>
  // CHECK-DAG:   %[[B:.+]] = arith.constant dense<2147483647> : tensor<1xi32>
  // CHECK-DAG:   %[[M:.+]] = arith.constant dense<1.250000e-01> : tensor<f32>
  // CHECK-DAG:   %[[P:.+]] = tt.matmul_integer %{{.*}}, %[[W]] rhs_zero(%[[Z]] : tensor<i8>) : tensor<?x2xi8>, tensor<2x1xi8> -> tensor<?x1xi32>
  // CHECK-DAG:   %[[A:.+]] = tt.add %[[P]], %[[B]]
  // CHECK-DAG:   %[[F:.+]] = tt.cast %[[A]] to f32
  // CHECK-DAG:   %[[Y:.+]] = tt.mul %[[F]], %[[M]]
  // CHECK-DAG:   return %[[Y]]
  %w8 = arith.constant dense<[[-1], [0]]> : tensor<2x1xi8>
  %b = arith.constant dense<137438953472.0> : tensor<1xf32>
  %wq = quant.scast %w8 : tensor<2x1xi8> to tensor<2x1x!w>
  %w = quant.dcast %wq : tensor<2x1x!w> to tensor<2x1xf32>
  %x = quant.dcast %q : tensor<?x2x!x> to tensor<?x2xf32>
  %p = tt.matmul %x, %w : tensor<?x2xf32>, tensor<2x1xf32> -> tensor<?x1xf32>
  %y = tt.add %p, %b : tensor<?x1xf32>, tensor<1xf32> -> tensor<?x1xf32>
  return %y : tensor<?x1xf32>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>
!b = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<i8:f32, 1.0:2>

// CHECK-LABEL: func.func @sub_and_mul
func.func @sub_and_mul(%p: tensor<4x!a>, %q: tensor<4x!b>) -> (tensor<4x!y>, tensor<4x!y>) {
  // CHECK-DAG:   %[[A:.+]] = quant.scast %{{.*}} : tensor<4x!quant.uniform<i8:f32, 5.000000e-01:1>> to tensor<4xi8>
  // CHECK-DAG:   %[[MA:.+]] = arith.constant dense<5.000000e-01> : tensor<f32>
  // CHECK-DAG:   %[[MB:.+]] = arith.constant dense<2.500000e-01> : tensor<f32>
  // CHECK-DAG:   %[[SA:.+]] = tt.dequantize %[[A]], %[[MA]]
  // CHECK-DAG:   %[[SB:.+]] = tt.dequantize %{{.*}}, %[[MB]]
  // CHECK-DAG:   %[[D:.+]] = tt.sub %[[SA]], %[[SB]]
  // CHECK-DAG:   tt.quantize %[[D]]
  // 0.5 * 0.25 / 1 after the exact product.
  // CHECK-DAG:   %[[P:.+]] = tt.mul %{{.*}}, %{{.*}} : tensor<4xf32>, tensor<4xf32>
  // CHECK-DAG:   %[[M:.+]] = arith.constant dense<1.250000e-01> : tensor<f32>
  // CHECK-DAG:   tt.mul %[[P]], %[[M]]
  %x = quant.dcast %p : tensor<4x!a> to tensor<4xf32>
  %y = quant.dcast %q : tensor<4x!b> to tensor<4xf32>
  %d = tt.sub %x, %y : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %m = tt.mul %x, %y : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %dq = quant.qcast %d : tensor<4xf32> to tensor<4x!y>
  %mq = quant.qcast %m : tensor<4xf32> to tensor<4x!y>
  return %dq, %mq : tensor<4x!y>, tensor<4x!y>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>
!y = !quant.uniform<i8:f32, 0.25:2>

// CHECK-LABEL: func.func @requantize_and_mean
func.func @requantize_and_mean(%q: tensor<1x2x2x8x!a>) -> (tensor<1x2x2x8x!y>, tensor<1x1x1x8x!y>) {
  // CHECK-DAG:   %[[TWO:.+]] = arith.constant dense<2.000000e+00> : tensor<f32>
  // CHECK-DAG:   %[[D:.+]] = tt.dequantize %{{.*}}, %{{.*}} : tensor<1x2x2x8xi8>
  // CHECK-DAG:   %[[R:.+]] = tt.reduce %[[D]]
  // CHECK-DAG:   tt.mul %[[R]], %[[TWO]]
  // CHECK-NOT:   quant.qcast
  %x = quant.dcast %q : tensor<1x2x2x8x!a> to tensor<1x2x2x8xf32>
  %r = tt.reduce %x {kind = #tt<reduce_kind mean>, axes = array<i64: 1, 2>, keep_dims = true} : tensor<1x2x2x8xf32> -> tensor<1x1x1x8xf32>
  %s = quant.qcast %x : tensor<1x2x2x8xf32> to tensor<1x2x2x8x!y>
  %t = quant.qcast %r : tensor<1x1x1x8xf32> to tensor<1x1x1x8x!y>
  return %s, %t : tensor<1x2x2x8x!y>, tensor<1x1x1x8x!y>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>

// Why ops stay in float.
// CHECK-LABEL: func.func @float
func.func @float(%q: tensor<4x4x!a>, %x: tensor<4x4xf32>) -> (tensor<4x4x!a>, tensor<4x4xf32>) {
  // CHECK:       tt.softmax
  // CHECK:       tt.matmul %
  // CHECK:       tt.add
  %d = quant.dcast %q : tensor<4x4x!a> to tensor<4x4xf32>
  // expected-remark @+1 {{stays in float: it has no form on integers}}
  %s = tt.softmax %d {axis = 1 : i64} : tensor<4x4xf32> -> tensor<4x4xf32>
  // expected-remark @+1 {{stays in float: its right-hand side is not quantized}}
  %m = tt.matmul %d, %x : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  // expected-remark @+1 {{stays in float: its result is not quantized with one scale at every use}}
  %a = tt.add %d, %d : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  // expected-remark @+1 {{stays in float: one of its operands is neither quantized with one scale nor constant}}
  %b = tt.add %a, %m : tensor<4x4xf32>, tensor<4x4xf32> -> tensor<4x4xf32>
  %r = quant.qcast %s : tensor<4x4xf32> to tensor<4x4x!a>
  return %r, %b : tensor<4x4x!a>, tensor<4x4xf32>
}

// -----

!a = !quant.uniform<i8:f32, 0.5:1>

// What an importer made of operators on integers is no op in float: no remark.
// CHECK-LABEL: func.func @operators_on_integers
func.func @operators_on_integers(%s: tensor<4xi32>, %q: tensor<4x!a>) -> (tensor<4xf32>, tensor<4xf32>) {
  // CHECK:       tt.mul
  // CHECK:       tt.add
  %m = arith.constant dense<0.5> : tensor<f32>
  %f = tt.cast %s to f32 : tensor<4xi32> -> tensor<4xf32>
  %x = tt.mul %f, %m : tensor<4xf32>, tensor<f32> -> tensor<4xf32>
  %y = tt.add %x, %x : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
  %d = quant.dcast %q : tensor<4x!a> to tensor<4xf32>
  return %y, %d : tensor<4xf32>, tensor<4xf32>
}
