// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-expand-half))' | FileCheck %s

// SSE2 has neither conversion; widening a bf16 is a shift that LLVM makes itself. What the numbers are is tested by Integration/half.test.
// CHECK-LABEL: func.func @sse2
// CHECK-NOT: arith.truncf
// CHECK-NOT: arith.extf %{{.+}} : vector<4xf16>
// CHECK: arith.extf %{{.+}} : vector<4xbf16> to vector<4xf32>
// CHECK-NOT: arith.truncf
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>} {
  func.func @sse2(%x: vector<4xf32>, %h: vector<4xf16>, %b: vector<4xbf16>, %s: f32) -> (vector<4xf16>, vector<4xbf16>, vector<4xf32>, vector<4xf32>, f16) {
    %0 = arith.truncf %x : vector<4xf32> to vector<4xf16>
    %1 = arith.truncf %x : vector<4xf32> to vector<4xbf16>
    %2 = arith.extf %h : vector<4xf16> to vector<4xf32>
    %3 = arith.extf %b : vector<4xbf16> to vector<4xf32>
    %4 = arith.truncf %s : f32 to f16
    return %0, %1, %2, %3, %4 : vector<4xf16>, vector<4xbf16>, vector<4xf32>, vector<4xf32>, f16
  }
}

// -----

// A maximum of 16-bit floats would be a call, too: it is made in f32, which gives one of its operands, so nothing is rounded.
// CHECK-LABEL: func.func @sse2_maximum
// CHECK: arith.maximumf %{{.+}} : vector<4xf32>
// CHECK: arith.maximumf %{{.+}} : vector<4xf32>
// CHECK: arith.cmpf ogt, %{{.+}} : vector<4xf32>
// CHECK-NOT: arith.truncf
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>} {
  func.func @sse2_maximum(%h: vector<4xf16>, %b: vector<4xbf16>) -> (vector<4xf16>, vector<4xbf16>, vector<4xi1>) {
    %0 = arith.maximumf %h, %h : vector<4xf16>
    %1 = arith.maximumf %b, %b : vector<4xbf16>
    %2 = arith.cmpf ogt, %h, %0 : vector<4xf16>
    return %0, %1, %2 : vector<4xf16>, vector<4xbf16>, vector<4xi1>
  }
}

// -----

// F16C converts from f32 only: an f64 becomes the f32 with an odd last bit first.
// CHECK-LABEL: func.func @from_f64
// CHECK: %[[NEAREST:.+]] = arith.truncf %[[X:.+]] : vector<8xf64> to vector<8xf32>
// CHECK: arith.extf %[[NEAREST]]
// CHECK: %[[INEXACT:.+]] = arith.cmpf one, %{{.+}}, %[[X]]
// CHECK: arith.select %[[INEXACT]]
// CHECK: arith.truncf %{{.+}} : vector<8xf32> to vector<8xf16>
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
  func.func @from_f64(%x: vector<8xf64>) -> vector<8xf16> {
    %0 = arith.truncf %x : vector<8xf64> to vector<8xf16>
    return %0 : vector<8xf16>
  }
}

// -----

// AVX512-BF16 has them all.
// CHECK-LABEL: func.func @unchanged
// CHECK: arith.truncf %{{.+}} : vector<16xf32> to vector<16xf16>
// CHECK: arith.truncf %{{.+}} : vector<16xf32> to vector<16xbf16>
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "cooperlake", features = "", lanes = 16, registers = 32>} {
  func.func @unchanged(%x: vector<16xf32>) -> (vector<16xf16>, vector<16xbf16>) {
    %0 = arith.truncf %x : vector<16xf32> to vector<16xf16>
    %1 = arith.truncf %x : vector<16xf32> to vector<16xbf16>
    return %0, %1 : vector<16xf16>, vector<16xbf16>
  }
}

// -----

// expected-error@+1 {{needs a module with a tt.target; run tt-set-target first}}
func.func @no_target(%x: f32) -> bf16 {
  %0 = arith.truncf %x : f32 to bf16
  return %0 : bf16
}
