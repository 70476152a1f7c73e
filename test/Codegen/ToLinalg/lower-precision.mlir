// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-lower-precision))' | FileCheck %s

// Without tt.fast_math nothing changes.
// CHECK-LABEL: func.func @unasked
// CHECK-NOT: bf16
// CHECK: tt.gemm ins(%{{.+}}, %{{.+}} : tensor<1x4x2xf32>, tensor<1x2x1xf32>)
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "cooperlake", features = "", lanes = 16, registers = 32>} {
  func.func @unasked(%a: tensor<1x4x2xf32>) -> tensor<1x4x1xf32> {
    %b = arith.constant dense<[[[1.0], [2.0]]]> : tensor<1x2x1xf32>
    %init = tensor.empty() : tensor<1x4x1xf32>
    %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%init : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x4x1xf32>
    return %r : tensor<1x4x1xf32>
  }
}

// -----

// Weights are rounded to the nearest, ties to even: 1 + 2^-8 is a tie between 1 and 1 + 2^-7, 1 + 3 * 2^-8 between 1 + 2^-7 and 1 + 2^-6. The value %m
// has two readers, of which the sum is elementwise: it is stored once, rounded before the border.
// CHECK-LABEL: func.func @bf16
// CHECK-DAG:   %[[W:.+]] = arith.constant dense<{{\[\[\[1.000000e[+]00\], \[1.015630e[+]00\]\]\]}}> : tensor<1x2x1xbf16>
// CHECK:       arith.maximumf
// CHECK:       %[[M:.+]] = linalg.generic {{.*}} ins(%{{.+}} : tensor<1x4x2xf32>) outs(%{{.+}} : tensor<1x4x2xbf16>)
// CHECK:         arith.truncf %{{.+}} : f32 to bf16
// CHECK:       %[[WIDE:.+]] = linalg.generic {{.*}} ins(%[[M]] : tensor<1x4x2xbf16>) outs(%{{.+}} : tensor<1x4x2xf32>)
// CHECK:         arith.extf %{{.+}} : bf16 to f32
// CHECK:       %[[PADDED:.+]] = tensor.pad %[[M]]
// CHECK:         bf16
// CHECK:       tt.gemm ins(%[[PADDED]], %[[W]] : tensor<1x6x2xbf16>, tensor<1x2x1xbf16>) outs(%{{.+}} : tensor<1x6x1xf32>)
// CHECK:       ^bb0(%{{.+}}: f32):
// CHECK:       linalg.generic {{.*}} ins(%[[WIDE]] : tensor<1x4x2xf32>)
module attributes {tt.fast_math = "bf16", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "cooperlake", features = "", lanes = 16, registers = 32>} {
  // expected-remark@+1 {{fast math bf16: 1 of 1 products and convolutions; error of each element at most 2^-8 times}}
  func.func @bf16(%a: tensor<1x4x2xf32>) -> (tensor<1x6x1xf32>, tensor<1x4x2xf32>) {
    %zero = arith.constant 0.0 : f32
    %b = arith.constant dense<[[[1.00390625], [1.01171875]]]> : tensor<1x2x1xf32>
    %e = tensor.empty() : tensor<1x4x2xf32>
    %m = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
                         iterator_types = ["parallel", "parallel", "parallel"]} ins(%a : tensor<1x4x2xf32>) outs(%e : tensor<1x4x2xf32>) {
    ^bb0(%x: f32, %o: f32):
      %0 = arith.maximumf %x, %zero : f32
      linalg.yield %0 : f32
    } -> tensor<1x4x2xf32>
    %p = tensor.pad %m low[0, 1, 0] high[0, 1, 0] {
    ^bb0(%i: index, %j: index, %k: index):
      tensor.yield %zero : f32
    } : tensor<1x4x2xf32> to tensor<1x6x2xf32>
    %init = tensor.empty() : tensor<1x6x1xf32>
    %r = tt.gemm ins(%p, %b : tensor<1x6x2xf32>, tensor<1x2x1xf32>) outs(%init : tensor<1x6x1xf32>) {extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x6x1xf32>
    %s = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1, d2)>, affine_map<(d0, d1, d2) -> (d0, d1, d2)>],
                         iterator_types = ["parallel", "parallel", "parallel"]} ins(%m : tensor<1x4x2xf32>) outs(%e : tensor<1x4x2xf32>) {
    ^bb0(%x: f32, %o: f32):
      %0 = arith.addf %x, %x : f32
      linalg.yield %0 : f32
    } -> tensor<1x4x2xf32>
    return %r, %s : tensor<1x6x1xf32>, tensor<1x4x2xf32>
  }
}

// -----

// What stays f32 says why.
// CHECK-LABEL: func.func @kept
// CHECK-NOT: truncf
module attributes {tt.fast_math = "f16", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "sapphirerapids", features = "", lanes = 16, registers = 32>} {
  func.func @kept(%a: tensor<1x4x2xf32>, %x: tensor<1x8x8x3xf32>) -> (tensor<1x4x4xf32>, tensor<1x4x1xf32>, tensor<1x8x8x2xf32>) {
    %init = tensor.empty() : tensor<1x4x4xf32>
    // expected-remark@+1 {{stays f32 under fast math f16: its right-hand side is no constant}}
    %r = tt.gemm ins(%a, %a : tensor<1x4x2xf32>, tensor<1x4x2xf32>) outs(%init : tensor<1x4x4xf32>) {rhs_transposed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x4x4xf32>
    %b = arith.constant dense<[[[1.0], [1.0e+05]]]> : tensor<1x2x1xf32>
    %init1 = tensor.empty() : tensor<1x4x1xf32>
    // expected-remark@+1 {{stays f32 under fast math f16: it has a weight of 1.000000e+05, beyond the range of f16}}
    %s = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%init1 : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x4x1xf32>
    %w = arith.constant dense<1.0> : tensor<2x3x1x1xf32>
    %init2 = tensor.empty() : tensor<1x8x8x2xf32>
    // expected-remark@+1 {{stays f32 under fast math f16: it has an odd number of input channels per group}}
    %t = tt.conv_direct ins(%x, %w : tensor<1x8x8x3xf32>, tensor<2x3x1x1xf32>) outs(%init2 : tensor<1x8x8x2xf32>)
         {kernel = array<i64: 1, 1>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x8x8x2xf32>
    return %r, %s, %t : tensor<1x4x4xf32>, tensor<1x4x1xf32>, tensor<1x8x8x2xf32>
  }
}

// -----

module attributes {tt.fast_math = "bf16", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  // expected-error@+1 {{fast math bf16 needs a CPU with avx512bf16 (--cpu=avx512bf16, sapphirerapids or znver4), but the code is for 'x86-64-v4'}}
  func.func @target(%a: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
    return %a : tensor<1x4x2xf32>
  }
}

// -----

module attributes {tt.fast_math = "fp8", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  // expected-error@+1 {{needs fast math bf16 or f16, but found 'fp8'}}
  func.func @name(%a: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
    return %a : tensor<1x4x2xf32>
  }
}
