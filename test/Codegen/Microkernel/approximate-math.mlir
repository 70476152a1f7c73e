// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-approximate-math))' | FileCheck %s

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
// CHECK-LABEL: func.func @vectors
// CHECK-NOT:     math.exp
// CHECK-COUNT-9: math.fma {{.*}}vector<16xf32>
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @vectors(%x: vector<16xf32>) -> vector<16xf32> {
  %0 = math.exp %x : vector<16xf32>
  return %0 : vector<16xf32>
}

// Scalars take the same steps, so that a scalar tail equals a vector.
// CHECK-LABEL: func.func @scalars
// CHECK-NOT:     math.tanh
// CHECK:         arith.divf %{{.+}} : f32
func.func @scalars(%x: f32) -> f32 {
  %0 = math.tanh %x : f32
  return %0 : f32
}

// CHECK-LABEL: func.func @half
// CHECK:         arith.extf %{{.+}} : vector<8xf16> to vector<8xf32>
// CHECK-NOT:     math.erf
// CHECK:         arith.truncf %{{.+}} : vector<8xf32> to vector<8xf16>
func.func @half(%x: vector<8xf16>) -> vector<8xf16> {
  %0 = math.erf %x : vector<8xf16>
  return %0 : vector<8xf16>
}

// f64 and functions without an approximation become one scalar op per element.
// CHECK-LABEL: func.func @libm
// CHECK-COUNT-2: math.exp %{{.+}} : f64
// CHECK-COUNT-4: math.atan %{{.+}} : f32
// CHECK-COUNT-4: math.powf %{{.+}}, %{{.+}} : f32
func.func @libm(%x: vector<2xf64>, %y: vector<4xf32>) -> (vector<2xf64>, vector<4xf32>, vector<4xf32>) {
  %0 = math.exp %x : vector<2xf64>
  %1 = math.atan %y : vector<4xf32>
  %2 = math.powf %y, %1 : vector<4xf32>
  return %0, %1, %2 : vector<2xf64>, vector<4xf32>, vector<4xf32>
}

// Instructions stay as they are.
// CHECK-LABEL: func.func @native
// CHECK:         math.sqrt %{{.+}} : vector<4xf32>
// CHECK:         math.floor %{{.+}} : vector<4xf32>
func.func @native(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.sqrt %x : vector<4xf32>
  %1 = math.floor %0 : vector<4xf32>
  return %1 : vector<4xf32>
}
}

// -----

// A target without fused multiply-adds multiplies and adds.
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>} {
// CHECK-LABEL: func.func @no_fma
// CHECK-NOT:     math.fma
// CHECK:         return
func.func @no_fma(%x: vector<4xf32>) -> vector<4xf32> {
  %0 = math.exp %x : vector<4xf32>
  return %0 : vector<4xf32>
}
}

// -----

func.func @no_target(%x: f32) -> f32 {
  // expected-error @+1 {{needs the attribute 'tt.target' on the module; run tt-set-target first}}
  %0 = math.exp %x : f32
  return %0 : f32
}

// -----

// On x86 a maximum with a constant is one instruction when it is a comparison and a selection; that of two values stays.
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
// CHECK-LABEL: func.func @relu6
// CHECK-SAME:    %[[X:.+]]: vector<16xf32>, %[[Y:.+]]: vector<16xf32>
// CHECK-DAG:     %[[ZERO:.+]] = arith.constant dense<0.000000e+00>
// CHECK-DAG:     %[[SIX:.+]] = vector.broadcast
// CHECK:         %[[A:.+]] = arith.cmpf ogt, %[[ZERO]], %[[X]]
// CHECK:         %[[B:.+]] = arith.select %[[A]], %[[ZERO]], %[[X]]
// CHECK:         %[[C:.+]] = arith.cmpf olt, %[[SIX]], %[[B]]
// CHECK:         %[[D:.+]] = arith.select %[[C]], %[[SIX]], %[[B]]
// CHECK:         arith.maximumf %[[D]], %[[Y]]
func.func @relu6(%x: vector<16xf32>, %y: vector<16xf32>) -> vector<16xf32> {
  %zero = arith.constant dense<0.0> : vector<16xf32>
  %c = arith.constant 6.0 : f32
  %six = vector.broadcast %c : f32 to vector<16xf32>
  %0 = arith.maximumf %zero, %x : vector<16xf32>
  %1 = arith.minimumf %0, %six : vector<16xf32>
  %2 = arith.maximumf %1, %y : vector<16xf32>
  return %2 : vector<16xf32>
}
}

// -----

// AArch64 has the instruction.
module attributes {tt.target = #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "", lanes = 4, registers = 32>} {
// CHECK-LABEL: func.func @relu_neon
// CHECK:         arith.maximumf
func.func @relu_neon(%x: vector<4xf32>) -> vector<4xf32> {
  %zero = arith.constant dense<0.0> : vector<4xf32>
  %0 = arith.maximumf %zero, %x : vector<4xf32>
  return %0 : vector<4xf32>
}
}
