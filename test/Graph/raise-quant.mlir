// RUN: tt-opt %s --split-input-file --tt-raise-quant --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @signed_pair
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x?xf32>
func.func @signed_pair(%x: tensor<1x?xf32>) -> tensor<1x?xf32> {
  // CHECK:       %[[Q:.+]] = quant.qcast %[[X]] : tensor<1x?xf32> to tensor<1x?x!quant.uniform<i8:f32, 5.000000e-01:-3>>
  // CHECK-NEXT:  %[[I:.+]] = quant.scast %[[Q]] : {{.*}} to tensor<1x?xi8>
  // CHECK-NEXT:  %[[P:.+]] = quant.scast %[[I]]
  // CHECK-NEXT:  %[[Y:.+]] = quant.dcast %[[P]]
  // CHECK-NEXT:  return %[[Y]]
  %s = arith.constant dense<0.5> : tensor<f32>
  %z = arith.constant dense<-3> : tensor<i8>
  %q = tt.quantize %x, %s, %z : tensor<1x?xf32>, tensor<f32>, tensor<i8> -> tensor<1x?xi8>
  %y = tt.dequantize %q, %s, %z : tensor<1x?xi8>, tensor<f32>, tensor<i8> -> tensor<1x?xf32>
  return %y : tensor<1x?xf32>
}

// -----

// Integers of graph ops are ui8, storage of quantized types is signless.
// CHECK-LABEL: func.func @unsigned
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4xf32>
func.func @unsigned(%x: tensor<4xf32>) -> tensor<4xui8> {
  // CHECK:       %[[Q:.+]] = quant.qcast %[[X]] : tensor<4xf32> to tensor<4x!quant.uniform<u8:f32, 2.500000e-01:128>>
  // CHECK-NEXT:  %[[I:.+]] = quant.scast %[[Q]] : {{.*}} to tensor<4xi8>
  // CHECK-NEXT:  tt.bitcast %[[I]] to ui8
  %s = arith.constant dense<0.25> : tensor<1xf32>
  %z = arith.constant dense<128> : tensor<1xui8>
  %q = tt.quantize %x, %s, %z : tensor<4xf32>, tensor<1xf32>, tensor<1xui8> -> tensor<4xui8>
  return %q : tensor<4xui8>
}

// -----

// CHECK-LABEL: func.func @weights_per_channel
func.func @weights_per_channel() -> tensor<2x1xf32> {
  // CHECK:       %[[W:.+]] = quant.scast {{.*}} : tensor<2x1xi8> to tensor<2x1x!quant.uniform<i8:f32:0, {5.000000e-01,2.500000e-01}>>
  // CHECK-NEXT:  quant.dcast %[[W]]
  %w = arith.constant dense<[[1], [2]]> : tensor<2x1xi8>
  %s = arith.constant dense<[[0.5], [0.25]]> : tensor<2x1xf32>
  %z = arith.constant dense<0> : tensor<i8>
  %y = tt.dequantize %w, %s, %z : tensor<2x1xi8>, tensor<2x1xf32>, tensor<i8> -> tensor<2x1xf32>
  return %y : tensor<2x1xf32>
}

// -----

// CHECK-LABEL: func.func @scale_at_run_time
func.func @scale_at_run_time(%x: tensor<4xf32>, %s: tensor<f32>) -> tensor<4xi8> {
  // CHECK:       tt.quantize
  %z = arith.constant dense<0> : tensor<i8>
  // expected-remark @+1 {{is not written in the quant dialect: scale and zero point are not constant}}
  %q = tt.quantize %x, %s, %z : tensor<4xf32>, tensor<f32>, tensor<i8> -> tensor<4xi8>
  return %q : tensor<4xi8>
}

// -----

// CHECK-LABEL: func.func @sixteen_bits
func.func @sixteen_bits(%x: tensor<4xf32>) -> tensor<4xi16> {
  // CHECK:       tt.quantize
  %s = arith.constant dense<0.5> : tensor<f32>
  %z = arith.constant dense<0> : tensor<i16>
  // expected-remark @+1 {{is not written in the quant dialect: the integers do not have 8 bits}}
  %q = tt.quantize %x, %s, %z : tensor<4xf32>, tensor<f32>, tensor<i16> -> tensor<4xi16>
  return %q : tensor<4xi16>
}

// -----

// CHECK-LABEL: func.func @blocks
func.func @blocks(%x: tensor<2x2xi8>) -> tensor<2x2xf32> {
  // CHECK:       tt.dequantize
  %s = arith.constant dense<[[0.5, 1.0], [0.25, 2.0]]> : tensor<2x2xf32>
  %z = arith.constant dense<0> : tensor<i8>
  // expected-remark @+1 {{is not written in the quant dialect: scale or zero point vary along several dimensions}}
  %y = tt.dequantize %x, %s, %z : tensor<2x2xi8>, tensor<2x2xf32>, tensor<i8> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// CHECK-LABEL: func.func @scale_of_zero
func.func @scale_of_zero(%x: tensor<2xi8>) -> tensor<2xf32> {
  // CHECK:       tt.dequantize
  %s = arith.constant dense<0.0> : tensor<f32>
  %z = arith.constant dense<0> : tensor<i8>
  // expected-remark @+1 {{is not written in the quant dialect: a scale is no positive normal number}}
  %y = tt.dequantize %x, %s, %z : tensor<2xi8>, tensor<f32>, tensor<i8> -> tensor<2xf32>
  return %y : tensor<2xf32>
}
