// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-convert-to-linalg,tt-verify-linalg))' | FileCheck %s

// Leading dimensions of the left-hand side are rows: M = 3 * 5.
// CHECK-LABEL: func.func @linear
// CHECK:         %[[A:.+]] = tensor.collapse_shape %{{.+}} {{\[}}[0, 1], [2]] : tensor<3x5x8xf32> into tensor<15x8xf32>
// CHECK:         tt.gemm ins(%{{.+}}, %{{.+}} : tensor<1x15x8xf32>, tensor<1x8x4xf32>) outs(%{{.+}} : tensor<1x15x4xf32>)
// CHECK-NOT:     packed
// CHECK:         return
func.func @linear(%x: tensor<3x5x8xf32>) -> tensor<3x5x4xf32> {
  %w = arith.constant dense<0.5> : tensor<8x4xf32>
  %y = tt.matmul %x, %w : tensor<3x5x8xf32>, tensor<8x4xf32> -> tensor<3x5x4xf32>
  return %y : tensor<3x5x4xf32>
}

// A right-hand side that only exists at run time is packed; its transpose is left to the packing.
// CHECK-LABEL: func.func @keys
// CHECK-NOT:     linalg.transpose
// CHECK:         %[[P:.+]] = tt.pack ins(%{{.+}} : tensor<2x7x16xf32>) outs(%{{.+}} : tensor<2x1x16x16xf32>) {transposed}
// CHECK:         tt.gemm ins(%{{.+}}, %[[P]] : tensor<2x5x16xf32>, tensor<2x1x16x16xf32>) {{.*}} {extra_maps = [], packed}
func.func @keys(%q: tensor<2x5x16xf32>, %k: tensor<2x7x16xf32>) -> tensor<2x5x7xf32> {
  %t = tt.transpose %k {perm = array<i64: 0, 2, 1>} : tensor<2x7x16xf32> -> tensor<2x16x7xf32>
  %y = tt.matmul %q, %t : tensor<2x5x16xf32>, tensor<2x16x7xf32> -> tensor<2x5x7xf32>
  return %y : tensor<2x5x7xf32>
}

// CHECK-LABEL: func.func @integers
// CHECK:         linalg.generic
// CHECK:           arith.muli
// CHECK:           arith.addi
func.func @integers(%x: tensor<2x3xi32>, %w: tensor<3x4xi32>) -> tensor<2x4xi32> {
  %y = tt.matmul %x, %w : tensor<2x3xi32>, tensor<3x4xi32> -> tensor<2x4xi32>
  return %y : tensor<2x4xi32>
}

// Bytes as they are. The right-hand side minus its zero point is computed now, 3 - -1, and so are the sums of its columns, of which the epilogue
// takes the left zero point's share away.
// CHECK-LABEL: func.func @matmul_integer
// CHECK-SAME:    %[[ARG:.+]]: tensor<3x2xi8> {{.*}}, %[[ZERO:.+]]: tensor<i8>
// CHECK:         %[[SUMS:.+]] = arith.constant dense<[-4, 0]> : tensor<2xi32>
// CHECK:         %[[START:.+]] = linalg.generic {{.+}} ins(%[[ZERO]], %[[SUMS]]
// CHECK:           arith.extui %{{.+}} : i8 to i32
// CHECK:           arith.muli
// CHECK:         %[[X:.+]] = tensor.expand_shape %[[ARG]]
// CHECK:         %[[W:.+]] = arith.constant dense<{{\[\[\[}}4, 1], [0, -1]]]> : tensor<1x2x2xi8>
// CHECK:         tt.gemm ins(%[[X]], %[[W]] : tensor<1x3x2xi8>, tensor<1x2x2xi8>) outs(%{{.+}} : tensor<1x3x2xi32>) extras(%[[START]] : tensor<2xi32>)
// CHECK:           arith.addi
func.func @matmul_integer(%x: tensor<3x2xui8>, %zero: tensor<ui8>) -> tensor<3x2xi32> {
  %w = arith.constant dense<[[3, 0], [-1, -2]]> : tensor<2x2xi8>
  %wz = arith.constant dense<-1> : tensor<i8>
  %y = tt.matmul_integer %x, %w lhs_zero(%zero : tensor<ui8>) rhs_zero(%wz : tensor<i8>) : tensor<3x2xui8>, tensor<2x2xi8> -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// Unsigned bytes minus 128 are signed ones; 200 - 60 fits no signed byte, so the sums of rows take part: (60 - 128) times the sum of a row minus
// K times its zero point, 2 * 5. -5 times the sums of the columns, 200 - 128 + 0 - 128 and 1 - 128 + 2 - 128.
// CHECK-LABEL: func.func @row_sums
// CHECK:         %[[START:.+]] = arith.constant dense<[280, 1265]> : tensor<2xi32>
// CHECK:         arith.constant dense<{{\[\[\[}}72, -127], [-128, -126]]]> : tensor<1x2x2xi8>
// CHECK:         tt.gemm {{.*}} extras(%[[START]] : tensor<2xi32>)
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]
// CHECK:           arith.extui %{{.+}} : i8 to i32
// CHECK:         linalg.generic
// CHECK:           arith.subi
// CHECK:           arith.muli
// CHECK:           arith.subi
func.func @row_sums(%x: tensor<3x2xui8>) -> tensor<3x2xi32> {
  %zero = arith.constant dense<5> : tensor<ui8>
  %w = arith.constant dense<[[200, 1], [0, 2]]> : tensor<2x2xui8>
  %wz = arith.constant dense<60> : tensor<ui8>
  %y = tt.matmul_integer %x, %w lhs_zero(%zero : tensor<ui8>) rhs_zero(%wz : tensor<ui8>) : tensor<3x2xui8>, tensor<2x2xui8> -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// A right-hand side that only the run knows is packed in runs of four. A row of zero points times it is what the zero point adds to all rows.
// CHECK-LABEL: func.func @run_time
// CHECK:         %[[P:.+]] = tt.pack ins(%{{.+}} : tensor<1x2x2xi8>) outs(%{{.+}} : tensor<1x1x1x16x4xi8>)
// CHECK:         %[[Z:.+]] = linalg.fill
// CHECK:         tt.gemm ins(%[[Z]], %[[P]] : tensor<1x1x2xi8>, tensor<1x1x1x16x4xi8>) outs(%{{.+}} : tensor<1x1x2xi32>)
// CHECK:         tt.gemm ins(%{{.+}}, %[[P]] : tensor<1x3x2xi8>, tensor<1x1x1x16x4xi8>) outs(%{{.+}} : tensor<1x3x2xi32>)
// CHECK:         arith.subi
func.func @run_time(%x: tensor<3x2xui8>, %w: tensor<2x2xi8>, %zero: tensor<ui8>) -> tensor<3x2xi32> {
  %y = tt.matmul_integer %x, %w lhs_zero(%zero : tensor<ui8>) : tensor<3x2xui8>, tensor<2x2xi8> -> tensor<3x2xi32>
  return %y : tensor<3x2xi32>
}

// Signed bytes become unsigned ones: zero point 3 + 128, which is also the border. Three channels get a fourth one with a filter of 0.
// -131 * 3 * 2.
// CHECK-LABEL: func.func @conv_bytes
// CHECK:         arith.constant -128 : i8
// CHECK:         %[[BORDER:.+]] = arith.constant -125 : i8
// CHECK:         %[[P:.+]] = tensor.pad %{{.+}} low[0, 1, 1, 0] high[0, 1, 1, 1]
// CHECK:           tensor.yield %[[BORDER]]
// CHECK:         %[[W:.+]] = arith.constant dense<{{\[\[\[\[}}2]], {{\[\[}}2]], {{\[\[}}2]], {{\[\[}}0]]]]> : tensor<1x4x1x1xi8>
// CHECK:         tt.conv_direct ins(%[[P]], %[[W]] : tensor<1x6x6x4xi8>, tensor<1x4x1x1xi8>) {{.*}} extras(%{{.+}} : tensor<1xi32>)
func.func @conv_bytes(%x: tensor<1x4x4x3xi8>) -> tensor<1x6x6x1xi32> {
  %zero = arith.constant dense<3> : tensor<i8>
  %w = arith.constant dense<2> : tensor<1x3x1x1xi8>
  %y = tt.conv_integer %x, %w input_zero(%zero : tensor<i8>) {dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>} : tensor<1x4x4x3xi8>, tensor<1x3x1x1xi8> -> tensor<1x6x6x1xi32>
  return %y : tensor<1x6x6x1xi32>
}

// A filter with one zero point for each output channel that leaves no signed bytes. That of the input is subtracted first: the border is 0.
// CHECK-LABEL: func.func @conv_integer
// CHECK:         %[[W:.+]] = arith.constant dense<{{\[\[\[\[}}122]], {{\[\[}}-128]]], {{\[\[\[}}255]], {{\[\[}}0]]]]> : tensor<2x2x1x1xi16>
// CHECK:         %[[P:.+]] = tensor.pad %{{.+}} low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK:         tt.conv_direct ins(%[[P]], %[[W]] : tensor<1x6x6x2xi16>, tensor<2x2x1x1xi16>) outs(%{{.+}} : tensor<1x6x6x2xi32>)
func.func @conv_integer(%x: tensor<1x4x4x2xi8>, %zero: tensor<i8>) -> tensor<1x6x6x2xi32> {
  %w = arith.constant dense<[[[[250]], [[0]]], [[[255]], [[0]]]]> : tensor<2x2x1x1xui8>
  %wz = arith.constant dense<[128, 0]> : tensor<2xui8>
  %y = tt.conv_integer %x, %w input_zero(%zero : tensor<i8>) filter_zero(%wz : tensor<2xui8>) {dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>, pads = array<i64: 1, 1, 1, 1>, strides = array<i64: 1, 1>} : tensor<1x4x4x2xi8>, tensor<2x2x1x1xui8> -> tensor<1x6x6x2xi32>
  return %y : tensor<1x6x6x2xi32>
}

// Zero border, filter as it is (OxIxKHxKW), bias in the epilogue.
// CHECK-LABEL: func.func @conv
// CHECK:         %[[P:.+]] = tensor.pad %{{.+}} low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK:         tt.conv_direct ins(%[[P]], %{{.+}} : tensor<1x10x10x3xf32>, tensor<4x3x3x3xf32>) {{.*}} extras(%{{.+}} : tensor<4xf32>)
// CHECK:           arith.addf
func.func @conv(%x: tensor<1x8x8x3xf32>) -> tensor<1x8x8x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x3x3x3xf32>
  %b = arith.constant dense<1.0> : tensor<4xf32>
  %y = tt.conv %x, %w bias(%b : tensor<4xf32>) {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x3xf32>, tensor<4x3x3x3xf32> -> tensor<1x8x8x4xf32>
  return %y : tensor<1x8x8x4xf32>
}

// CHECK-LABEL: func.func @pointwise
// CHECK:         tt.gemm {{.*}} tensor<1x64x3xf32>, tensor<1x4x3xf32>) {{.*}} rhs_transposed
func.func @pointwise(%x: tensor<1x8x8x3xf32>) -> tensor<1x8x8x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x3x1x1xf32>
  %y = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x3xf32>, tensor<4x3x1x1xf32> -> tensor<1x8x8x4xf32>
  return %y : tensor<1x8x8x4xf32>
}

// CHECK-LABEL: func.func @depthwise
// CHECK:         arith.constant dense{{.*}} : tensor<3x3x4xf32>
// CHECK:         tt.conv_depthwise ins(%{{.+}}, %{{.+}} : tensor<1x10x10x4xf32>, tensor<3x3x4xf32>)
func.func @depthwise(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32> {
  %w = arith.constant dense<0.5> : tensor<4x1x3x3xf32>
  %y = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 4 : i64, layout = #tt<layout nhwc>} : tensor<1x8x8x4xf32>, tensor<4x1x3x3xf32> -> tensor<1x8x8x4xf32>
  return %y : tensor<1x8x8x4xf32>
}
