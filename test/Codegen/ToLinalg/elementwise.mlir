// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// The bias is read by its last dimension; the unit dimension of %s vanishes from its map.
// CHECK-LABEL: func.func @broadcast
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<4x8xf32> {tt.dtype = 1 : i64}
// CHECK:       %[[S:.+]] = tensor.collapse_shape %{{.+}} {{\[}}[0, 1]] : tensor<4x1xf32> into tensor<4xf32>
// CHECK:       linalg.generic {indexing_maps = [#[[ID:.+]], #[[ROW:.+]], #[[ID]]], iterator_types = ["parallel", "parallel"]} ins(%[[X]], %[[S]]
// CHECK:         arith.mulf
func.func @broadcast(%x: tensor<4x8xf32>, %s: tensor<4x1xf32>) -> tensor<4x8xf32> {
  %y = tt.mul %x, %s : tensor<4x8xf32>, tensor<4x1xf32> -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// Unsigned types become signless, the original is kept as tt.dtype (2 = UINT8), arithmetic stays unsigned.
// CHECK-LABEL: func.func @unsigned
// CHECK-SAME:    tensor<8xi8> {tt.dtype = 2 : i64}
// CHECK-SAME:    -> (tensor<8xi8> {tt.dtype = 2 : i64})
// CHECK:         arith.maxui
// CHECK:         arith.divui
func.func @unsigned(%x: tensor<8xui8>, %y: tensor<8xui8>) -> tensor<8xui8> {
  %0 = tt.max %x, %y : tensor<8xui8>, tensor<8xui8> -> tensor<8xui8>
  %1 = tt.div %0, %y : tensor<8xui8>, tensor<8xui8> -> tensor<8xui8>
  return %1 : tensor<8xui8>
}

// Two unknown sizes are compared; the message names the node.
// CHECK-LABEL: func.func @dynamic
// CHECK:         %[[OK:.+]] = arith.cmpi eq
// CHECK:         tt.check %[[OK]], "onnx node 'sum': needs equal sizes (a size of 1 is repeated only where the model states it)"
func.func @dynamic(%x: tensor<?xf32>, %y: tensor<?xf32>) -> tensor<?xf32> {
  %0 = tt.add %x, %y : tensor<?xf32>, tensor<?xf32> -> tensor<?xf32> loc("sum")
  return %0 : tensor<?xf32>
}

// Equal names are compared once, at the entry.
// CHECK-LABEL: func.func @named
// CHECK:         tt.check %{{.+}}, "dimension 'n' of input 1 differs from its size in an earlier input"
// CHECK-NOT:     tt.check
// CHECK:         return
func.func @named(%x: tensor<?xf32> {tt.dims = ["n"]}, %y: tensor<?xf32> {tt.dims = ["n"]}) -> tensor<?xf32> {
  %0 = tt.add %x, %y : tensor<?xf32>, tensor<?xf32> -> tensor<?xf32>
  return %0 : tensor<?xf32>
}

// A splat becomes a scalar of the body, and x^2 a product. f16 is computed in f32.
// CHECK-LABEL: func.func @half
// CHECK:         linalg.generic {{.*}} ins(%{{.+}} : tensor<8xf16>)
// CHECK:           %[[W:.+]] = arith.extf %{{.+}} : f16 to f32
// CHECK:           %[[P:.+]] = arith.mulf %[[W]], %[[W]] : f32
// CHECK:           arith.truncf %[[P]] : f32 to f16
func.func @half(%x: tensor<8xf16>) -> tensor<8xf16> {
  %two = arith.constant dense<2.0> : tensor<f16>
  %0 = tt.pow %x, %two : tensor<8xf16>, tensor<f16> -> tensor<8xf16>
  return %0 : tensor<8xf16>
}

// relu keeps NaN: maximumf, not maxnumf.
// CHECK-LABEL: func.func @relu
// CHECK:         arith.maximumf
func.func @relu(%x: tensor<8xf32>) -> tensor<8xf32> {
  %0 = tt.relu %x : tensor<8xf32>
  return %0 : tensor<8xf32>
}
