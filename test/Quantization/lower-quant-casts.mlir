// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-lower-quant-casts))' --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @per_tensor
// CHECK-SAME:    %[[X:.+]]: tensor<1x?xf32>
func.func @per_tensor(%x: tensor<1x?xf32>) -> tensor<1x?xf32> {
  // CHECK-DAG: %[[S:.+]] = arith.constant dense<5.000000e-02> : tensor<f32>
  // CHECK-DAG: %[[Z:.+]] = arith.constant dense<-3> : tensor<i8>
  // CHECK:     %[[Q:.+]] = tt.quantize %[[X]], %[[S]], %[[Z]] : tensor<1x?xf32>, tensor<f32>, tensor<i8> -> tensor<1x?xi8>
  %q = quant.qcast %x : tensor<1x?xf32> to tensor<1x?x!quant.uniform<i8:f32, 5.000000e-02:-3>>
  // CHECK-DAG: %[[S2:.+]] = arith.constant dense<5.000000e-02> : tensor<f32>
  // CHECK-DAG: %[[Z2:.+]] = arith.constant dense<-3> : tensor<i8>
  // CHECK:     %[[D:.+]] = tt.dequantize %[[Q]], %[[S2]], %[[Z2]] : tensor<1x?xi8>, tensor<f32>, tensor<i8> -> tensor<1x?xf32>
  %d = quant.dcast %q : tensor<1x?x!quant.uniform<i8:f32, 5.000000e-02:-3>> to tensor<1x?xf32>
  // CHECK: return %[[D]]
  return %d : tensor<1x?xf32>
}

// -----

// Unsigned storage is ui8; a per-axis scale is broadcast from its dimension on: 2x1x1 for dimension 1 of 4. Weights may leave -128 out.
// CHECK-LABEL: func.func @per_axis_weights
func.func @per_axis_weights(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<3x2x1x1xf32>) {
  // CHECK: tt.quantize %{{.+}} -> tensor<4xui8>
  %q = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<u8:f32, 2.0:128>>
  // CHECK: tt.dequantize %{{.+}} : tensor<4xui8>, tensor<f32>, tensor<ui8> -> tensor<4xf32>
  %d = quant.dcast %q : tensor<4x!quant.uniform<u8:f32, 2.0:128>> to tensor<4xf32>
  // CHECK: %[[W:.+]] = arith.constant dense<{{.+}}> : tensor<3x2x1x1xi8>
  %w = arith.constant dense<[[[[1]], [[2]]], [[[3]], [[-4]]], [[[5]], [[-127]]]]> : tensor<3x2x1x1xi8>
  %s = quant.scast %w : tensor<3x2x1x1xi8> to tensor<3x2x1x1x!quant.uniform<i8<-127:127>:f32:1, {0.5, 0.25}>>
  // CHECK-DAG: %[[S:.+]] = arith.constant dense<{{\[\[\[}}5.000000e-01]], {{\[\[}}2.500000e-01]]]> : tensor<2x1x1xf32>
  // CHECK-DAG: %[[Z:.+]] = arith.constant dense<0> : tensor<2x1x1xi8>
  // CHECK:     tt.dequantize %[[W]], %[[S]], %[[Z]] : tensor<3x2x1x1xi8>, tensor<2x1x1xf32>, tensor<2x1x1xi8> -> tensor<3x2x1x1xf32>
  %e = quant.dcast %s : tensor<3x2x1x1x!quant.uniform<i8<-127:127>:f32:1, {0.5, 0.25}>> to tensor<3x2x1x1xf32>
  return %d, %e : tensor<4xf32>, tensor<3x2x1x1xf32>
}

// -----

// Constants of unsigned weights get the type of the graph: -1 in signless bits is 255.
// CHECK-LABEL: func.func @unsigned_weights
func.func @unsigned_weights() -> tensor<2xf32> {
  %w = arith.constant dense<[1, -1]> : tensor<2xi8>
  // CHECK: %[[W:.+]] = arith.constant dense<[1, 255]> : tensor<2xui8>
  %s = quant.scast %w : tensor<2xi8> to tensor<2x!quant.uniform<u8:f32, 2.0:3>>
  // CHECK: tt.dequantize %[[W]]
  %e = quant.dcast %s : tensor<2x!quant.uniform<u8:f32, 2.0:3>> to tensor<2xf32>
  return %e : tensor<2xf32>
}

// -----

// Integers of unsigned types that graph ops read and make.
// CHECK-LABEL: func.func @unsigned_integers
func.func @unsigned_integers(%x: tensor<2xf32>, %i: tensor<2xui8>) -> (tensor<2xi8>, tensor<2xf32>) {
  // CHECK: %[[Q:.+]] = tt.quantize
  // CHECK: %[[B:.+]] = tt.bitcast %[[Q]] to i8 : tensor<2xui8> -> tensor<2xi8>
  %q = quant.qcast %x : tensor<2xf32> to tensor<2x!quant.uniform<u8:f32, 2.0:3>>
  %s = quant.scast %q : tensor<2x!quant.uniform<u8:f32, 2.0:3>> to tensor<2xi8>
  // CHECK: %[[D:.+]] = tt.dequantize %arg1,
  %j = tt.bitcast %i to i8 : tensor<2xui8> -> tensor<2xi8>
  %r = quant.scast %j : tensor<2xi8> to tensor<2x!quant.uniform<u8:f32, 2.0:3>>
  %d = quant.dcast %r : tensor<2x!quant.uniform<u8:f32, 2.0:3>> to tensor<2xf32>
  // CHECK: return %[[B]], %[[D]]
  return %s, %d : tensor<2xi8>, tensor<2xf32>
}

// -----

// CHECK-LABEL: func.func @no_casts
// CHECK-NEXT:    tt.relu
// CHECK-NEXT:    return
func.func @no_casts(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.relu %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func @part_of_storage(%x: tensor<4xf32>) -> tensor<4xi8> {
  // expected-error @below {{needs the whole range of the storage type, but found '!quant.uniform<i8<-127:127>:f32, 2.000000e+00>'}}
  %q = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<i8<-127:127>:f32, 2.0>>
  %i = quant.scast %q : tensor<4x!quant.uniform<i8<-127:127>:f32, 2.0>> to tensor<4xi8>
  return %i : tensor<4xi8>
}

// -----

func.func @four_bits(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{needs a ranked tensor of 8 or 16 bits that stand for f32}}
  %q = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<i4:f32, 2.0>>
  %d = quant.dcast %q : tensor<4x!quant.uniform<i4:f32, 2.0>> to tensor<4xf32>
  return %d : tensor<4xf32>
}

// -----

func.func @other_op(%x: tensor<4xf32>) -> tensor<2x2xf32> {
  %q = quant.qcast %x : tensor<4xf32> to tensor<4x!quant.uniform<i8:f32, 2.0>>
  // expected-error @below {{has operands or results of a quantized type; only casts may have them here}}
  %r = builtin.unrealized_conversion_cast %q : tensor<4x!quant.uniform<i8:f32, 2.0>> to tensor<2x2x!quant.uniform<i8:f32, 2.0>>
  %d = quant.dcast %r : tensor<2x2x!quant.uniform<i8:f32, 2.0>> to tensor<2x2xf32>
  return %d : tensor<2x2xf32>
}
