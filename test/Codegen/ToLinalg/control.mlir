// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// Each branch has a buffer of its own.
// CHECK-LABEL: func.func @branch
// CHECK:         %[[C:.+]] = tensor.extract %{{.+}}[] : tensor<i1>
// CHECK:         scf.if %[[C]] -> (tensor<4xf32>) {
// CHECK:           %[[A:.+]] = bufferization.alloc_tensor() copy(%{{.+}}) : tensor<4xf32>
// CHECK:           scf.yield %[[A]]
// CHECK:         } else {
// CHECK:           linalg.generic
// CHECK:           bufferization.alloc_tensor
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

// -----

// A carried value is written over the old one, rows go to the place of the iteration.
// CHECK-LABEL: func.func @count
// CHECK:         scf.for %[[I:.+]] = %{{.+}} to %{{.+}} step %{{.+}} iter_args(%[[S:.+]] = %{{.+}}, %[[R:.+]] = %{{.+}}) -> (tensor<4xf32>, tensor<8x4xf32>) {
// CHECK:           %[[N:.+]] = linalg.generic
// CHECK:           %[[ROWS:.+]] = tensor.insert_slice %{{.+}} into %[[R]][%[[I]], 0] [1, 4] [1, 1] : tensor<4xf32> into tensor<8x4xf32>
// CHECK:           %[[NEXT:.+]] = bufferization.materialize_in_destination %[[N]] in %[[S]]
// CHECK:           scf.yield %[[NEXT]], %[[ROWS]]
func.func @count(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<8x4xf32>) {
  %n = arith.constant dense<8> : tensor<i64>
  %sum, %all = tt.loop trip(%n : tensor<i64>) init(%x : tensor<4xf32>) {
  ^bb0(%i: tensor<i64>, %s: tensor<4xf32>):
    %t = tt.add %s, %s : tensor<4xf32>, tensor<4xf32> -> tensor<4xf32>
    tt.yield %t, %t : tensor<4xf32>, tensor<4xf32>
  } -> tensor<4xf32>, tensor<8x4xf32>
  return %sum, %all : tensor<4xf32>, tensor<8x4xf32>
}

// -----

// CHECK-LABEL: func.func @until
// CHECK:         scf.while
// CHECK:           scf.condition
// CHECK:           bufferization.materialize_in_destination
func.func @until(%c: tensor<i1>, %x: tensor<f32>, %limit: tensor<f32>) -> tensor<f32> {
  %last = tt.loop while(%c : tensor<i1>) init(%x : tensor<f32>) captures(%limit : tensor<f32>) {
  ^bb0(%i: tensor<i64>, %s: tensor<f32>, %l: tensor<f32>):
    %t = tt.add %s, %s : tensor<f32>, tensor<f32> -> tensor<f32>
    %go = tt.less %t, %l : tensor<f32>, tensor<f32> -> tensor<i1>
    tt.yield %go, %t : tensor<i1>, tensor<f32>
  } -> tensor<f32>
  return %last : tensor<f32>
}

// -----

// CHECK-LABEL: func.func @assume
// CHECK:         tt.check %{{.+}}, "{{.*}}needs one frame"
func.func @assume(%x: tensor<?xf32>, %c: tensor<i1>) -> tensor<?xf32> {
  %y = tt.require %x, %c, "needs one frame" : tensor<?xf32>, tensor<i1> -> tensor<?xf32>
  return %y : tensor<?xf32>
}
