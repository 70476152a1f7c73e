// RUN: tt-opt %s | tt-opt | FileCheck %s
// RUN: tt-opt %s --mlir-print-op-generic | tt-opt | FileCheck %s

// CHECK-LABEL: func.func @branch
// CHECK:         tt.if %{{.+}} captures(%{{.+}} : tensor<4xf32>) : tensor<i1> then {
// CHECK:         } else {
// CHECK:           tt.neg
// CHECK:         } -> tensor<4xf32>
func.func @branch(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.if %c captures(%x : tensor<4xf32>) : tensor<i1> then {
  ^bb0(%a: tensor<4xf32>):
    tt.yield %a : tensor<4xf32>
  } else {
  ^bb0(%a: tensor<4xf32>):
    %n = tt.neg %a : tensor<4xf32>
    tt.yield %n : tensor<4xf32>
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// CHECK-LABEL: func.func @count
// CHECK:         tt.loop trip(%{{.+}} : tensor<i64>) init(%{{.+}} : tensor<4xf32>) {
func.func @count(%n: tensor<i64>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<?x4xf32>) {
  %sum, %all = tt.loop trip(%n : tensor<i64>) init(%x : tensor<4xf32>) {
  ^bb0(%i: tensor<i64>, %s: tensor<4xf32>):
    %t = tt.add %s, %s : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    tt.yield %t, %s : tensor<4xf32>, tensor<4xf32>
  } -> tensor<4xf32>, tensor<?x4xf32>
  return %sum, %all : tensor<4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @until
// CHECK:         tt.loop while(%{{.+}} : tensor<i1>) init(%{{.+}} : tensor<f32>) captures(%{{.+}} : tensor<f32>) {
func.func @until(%c: tensor<i1>, %x: tensor<f32>, %limit: tensor<f32>) -> tensor<f32> {
  %last = tt.loop while(%c : tensor<i1>) init(%x : tensor<f32>) captures(%limit : tensor<f32>) {
  ^bb0(%i: tensor<i64>, %s: tensor<f32>, %l: tensor<f32>):
    %t = tt.add %s, %s : tensor<f32>, tensor<f32> -> tensor<f32>
    %go = tt.less %t, %l : tensor<f32>, tensor<f32> -> tensor<i1>
    tt.yield %go, %t : tensor<i1>, tensor<f32>
  } -> tensor<f32>
  return %last : tensor<f32>
}

// CHECK-LABEL: func.func @assume
// CHECK:         tt.require %{{.+}}, %{{.+}}, "needs one frame" : tensor<?xf32>, tensor<i1> -> tensor<?xf32>
func.func @assume(%x: tensor<?xf32>, %c: tensor<i1>) -> tensor<?xf32> {
  %y = tt.require %x, %c, "needs one frame" : tensor<?xf32>, tensor<i1> -> tensor<?xf32>
  return %y : tensor<?xf32>
}

// CHECK-LABEL: func.func @integers
// CHECK:         tt.quantize %{{.+}} : tensor<1x8x?xf32>, tensor<f32>, tensor<ui8> -> tensor<1x8x?xui8>
// CHECK:         tt.dequantize %{{.+}} : tensor<1x8x?xui8>, tensor<f32>, tensor<ui8> -> tensor<1x8x?xf32>
// CHECK:         tt.bitcast %{{.+}} to i32 : tensor<1x8x?xf32> -> tensor<1x8x?xi32>
func.func @integers(%x: tensor<1x8x?xf32>, %s: tensor<f32>, %z: tensor<ui8>) -> tensor<1x8x?xi32> {
  %q = tt.quantize %x, %s, %z : tensor<1x8x?xf32>, tensor<f32>, tensor<ui8> -> tensor<1x8x?xui8>
  %y = tt.dequantize %q, %s, %z : tensor<1x8x?xui8>, tensor<f32>, tensor<ui8> -> tensor<1x8x?xf32>
  %b = tt.bitcast %y to i32 : tensor<1x8x?xf32> -> tensor<1x8x?xi32>
  return %b : tensor<1x8x?xi32>
}

// CHECK-LABEL: func.func @contractions
// CHECK:         tt.matmul_integer %{{.+}}, %{{.+}} lhs_zero(%{{.+}} : tensor<ui8>) rhs_zero(%{{.+}} : tensor<128xi8>)
// CHECK:         tt.conv_integer %{{.+}}, %{{.+}} input_zero(%{{.+}} : tensor<ui8>)
func.func @contractions(%a: tensor<?x64xui8>, %b: tensor<64x128xi8>, %z: tensor<ui8>, %w: tensor<128xi8>, %x: tensor<1x3x8x8xui8>, %f: tensor<8x3x3x3xi8>) {
  %y = tt.matmul_integer %a, %b lhs_zero(%z : tensor<ui8>) rhs_zero(%w : tensor<128xi8>) : tensor<?x64xui8>, tensor<64x128xi8> -> tensor<?x128xi32>
  %v = tt.conv_integer %x, %f input_zero(%z : tensor<ui8>) {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x3x8x8xui8>, tensor<8x3x3x3xi8> -> tensor<1x8x8x8xi32>
  return
}
