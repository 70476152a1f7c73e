// RUN: tt-opt %s --split-input-file --tt-store-unsigned | FileCheck %s

!q = !quant.uniform<i8:f32, 0.5:-128>

// -128 + 128 = 0; the integers are seen as the same type again.
// CHECK-LABEL: func.func @activation
func.func @activation(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NEXT:  %[[Q:.+]] = quant.qcast %{{.*}} to tensor<2x!quant.uniform<u8:f32, 5.000000e-01>>
  // CHECK-NEXT:  quant.dcast %[[Q]]
  // CHECK-NEXT:  quant.dcast %[[Q]]
  // CHECK-NEXT:  return
  %q = quant.qcast %x : tensor<2xf32> to tensor<2x!q>
  %i = quant.scast %q : tensor<2x!q> to tensor<2xi8>
  %p = quant.scast %i : tensor<2xi8> to tensor<2x!q>
  %y = quant.dcast %q : tensor<2x!q> to tensor<2xf32>
  %z = quant.dcast %p : tensor<2x!q> to tensor<2xf32>
  return %y, %z : tensor<2xf32>, tensor<2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-128>
!n = !quant.uniform<i8<-127:127>:f32, 0.5>

// Integers that are a result, a type with a range of its own, weights.
// CHECK-LABEL: func.func @kept
func.func @kept(%x: tensor<2xf32>, %w: tensor<2xi8>) -> (tensor<2xi8>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK:       quant.qcast %{{.*}} to tensor<2x!quant.uniform<i8:f32, 5.000000e-01:-128>>
  // CHECK:       quant.qcast %{{.*}} to tensor<2x!quant.uniform<i8<-127:127>:f32, 5.000000e-01>>
  // CHECK:       quant.scast %{{.*}} : tensor<2xi8> to tensor<2x!quant.uniform<i8:f32, 5.000000e-01:-128>>
  %q = quant.qcast %x : tensor<2xf32> to tensor<2x!q>
  %i = quant.scast %q : tensor<2x!q> to tensor<2xi8>
  %n = quant.qcast %x : tensor<2xf32> to tensor<2x!n>
  %y = quant.dcast %n : tensor<2x!n> to tensor<2xf32>
  %p = quant.scast %w : tensor<2xi8> to tensor<2x!q>
  %z = quant.dcast %p : tensor<2x!q> to tensor<2xf32>
  return %i, %y, %z : tensor<2xi8>, tensor<2xf32>, tensor<2xf32>
}
