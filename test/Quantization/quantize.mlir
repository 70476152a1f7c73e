// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-quantize))' --verify-diagnostics --mlir-print-elementsattrs-with-hex-if-larger=-1 | FileCheck %s

// [-1, 4.1] in 255 steps of 0.02, -1 at -128: the zero point is -128 + 50 = -78. Columns of weights by their largest magnitude: 1.27 / 127 = 0.01,
// 2.54 / 127 = 0.02. Scales are the doubles of f32 numbers. The bias stays f32, and the relu is the kernel's.
// CHECK-LABEL: func.func @product
// CHECK-SAME:    (%[[X:.+]]: tensor<1x2xf32>)
func.func @product(%x: tensor<1x2xf32> {tt.range = array<f64: -1.0, 4.1>}) -> tensor<1x2xf32> {
  // CHECK-DAG: %[[W8:.+]] = arith.constant dense<{{\[\[}}127, 64], [-13, -127]]> : tensor<2x2xi8>
  // CHECK-DAG: %[[B:.+]] = arith.constant dense<{{.+}}> : tensor<2xf32>
  // CHECK-DAG: %[[Q:.+]] = quant.qcast %[[X]] : tensor<1x2xf32> to tensor<1x2x!quant.uniform<i8:f32, 0.019999999552965164:-78>>
  // CHECK-DAG: %[[D:.+]] = quant.dcast %[[Q]]
  // CHECK-DAG: %[[WQ:.+]] = quant.scast %[[W8]] : tensor<2x2xi8> to tensor<2x2x!quant.uniform<i8<-127:127>:f32:1, {0.0099999997764825821,0.019999999552965164}>>
  // CHECK-DAG: %[[WF:.+]] = quant.dcast %[[WQ]]
  // CHECK:     %[[P:.+]] = tt.matmul %[[D]], %[[WF]]
  // CHECK-NEXT: %[[S:.+]] = tt.add %[[P]], %[[B]]
  // CHECK-NEXT: %[[R:.+]] = tt.relu %[[S]] : tensor<1x2xf32>
  // CHECK-NEXT: return %[[R]]
  // 0.127 / 0.01 = 12.7, 1.28 / 0.02 = 64.
  %w = arith.constant dense<[[1.27, 1.28], [-0.127, -2.54]]> : tensor<2x2xf32>
  %b = arith.constant dense<[3.0, 4.0]> : tensor<2xf32>
  %p = tt.matmul %x, %w : tensor<1x2xf32>, tensor<2x2xf32> -> tensor<1x2xf32>
  %s = tt.add %p, %b {tt.range = array<f64: -9.0, 9.0>} : tensor<1x2xf32>, tensor<2xf32> -> tensor<1x2xf32>
  %y = tt.relu %s : tensor<1x2xf32>
  return %y : tensor<1x2xf32>
}

// -----

// A sum between two products becomes integers, and what moves its elements has its parameters: the scale is 25.5 / 255. The last sum, which nothing reads as
// integers, does not, nor does what it adds.
// CHECK-LABEL: func.func @sum
func.func @sum(%x: tensor<2x2xf32> {tt.range = array<f64: 0.0, 255.0>}) -> tensor<2x2xf32> {
  %w = arith.constant dense<1.0> : tensor<2x2xf32>
  // CHECK: %[[P:.+]] = tt.matmul
  // CHECK-NEXT: quant.qcast %[[P]] : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8:f32, 2.000000e+00:-128>>
  %p = tt.matmul %x, %w {tt.range = array<f64: 0.0, 510.0>} : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  // CHECK: %[[Q:.+]] = tt.matmul
  %q = tt.matmul %p, %w {tt.range = array<f64: 0.0, 510.0>} : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  // CHECK: %[[S:.+]] = tt.add
  // CHECK-NEXT: %[[SQ:.+]] = quant.qcast %[[S]] : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8:f32, 0.10000000149011612:-128>>
  // CHECK-NEXT: %[[SD:.+]] = quant.dcast %[[SQ]]
  %s = tt.add %p, %q {tt.range = array<f64: 0.0, 25.5>} : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  // CHECK-NEXT: %[[T:.+]] = tt.transpose %[[SD]]
  // CHECK-NEXT: %[[TQ:.+]] = quant.qcast %[[T]] : tensor<2x2xf32> to tensor<2x2x!quant.uniform<i8:f32, 0.10000000149011612:-128>>
  // CHECK-NEXT: %[[TD:.+]] = quant.dcast %[[TQ]]
  %t = tt.transpose %s {perm = array<i64: 1, 0>, tt.range = array<f64: 0.0, 3.0>} : tensor<2x2xf32> -> tensor<2x2xf32>
  // CHECK: %[[U:.+]] = tt.matmul %[[TD]]
  %u = tt.matmul %t, %w {tt.range = array<f64: 0.0, 1.0>} : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  // CHECK-NEXT: %[[Y:.+]] = tt.add %[[U]], %[[TD]] :
  // CHECK-NEXT: return %[[Y]]
  %y = tt.add %u, %t {tt.range = array<f64: 0.0, 1.0>} : tensor<2x2xf32>, tensor<2x2xf32> -> tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// A bias of 1000 at the scale 1/255 of the operand and 1e-9/127 of the weights would be 3.2e16: the scale becomes 1000 * 255 / 2^30 = 2.4e-4.
// CHECK-LABEL: func.func @large_bias
func.func @large_bias(%x: tensor<1x1xf32> {tt.range = array<f64: 0.0, 1.0>}) -> tensor<1x1xf32> {
  // CHECK: quant.scast %{{.+}} : tensor<1x1xi8> to tensor<1x1x!quant.uniform<i8<-127:127>:f32:1, {2.37{{[0-9]+}}E-4}>>
  %w = arith.constant dense<1.0e-9> : tensor<1x1xf32>
  %b = arith.constant dense<1000.0> : tensor<1xf32>
  %p = tt.matmul %x, %w : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x1xf32>
  %y = tt.add %p, %b : tensor<1x1xf32>, tensor<1xf32> -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// Without ranges nothing changes, and a remark says so.
// CHECK-LABEL: func.func @no_range
// CHECK-NOT: quant.
func.func @no_range(%x: tensor<1x1xf32>, %z: tensor<1x1xf32>) -> (tensor<1x1xf32>, tensor<1x1xf32>) {
  %w = arith.constant dense<1.0e-9> : tensor<1x1xf32>
  // expected-remark @below {{stays in float: its operand has no range}}
  %y = tt.matmul %x, %w : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x1xf32>
  // expected-remark @below {{stays in float: its weights are no constant}}
  %v = tt.matmul %x, %z : tensor<1x1xf32>, tensor<1x1xf32> -> tensor<1x1xf32>
  return %y, %v : tensor<1x1xf32>, tensor<1x1xf32>
}
