// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-emit-loops))'

func.func @no_target(%x: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @+1 {{needs the attribute 'tt.target' on the module; run tt-set-target first}}
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
func.func @tensors(%x: tensor<4xf32>, %c: f32) -> tensor<4xf32> {
  // expected-error @+1 {{needs buffers, but has tensors; bufferize first}}
  %r = linalg.fill ins(%c : f32) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %r : tensor<4xf32>
}
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
func.func @strided_rows(%x: memref<4x8xf32, strided<[16, 2]>>, %y: memref<4x8xf32>) {
  // expected-error @+1 {{needs a contiguous last dimension, but the input is 'memref<4x8xf32, strided<[16, 2]>>'; copy it to a dense buffer first}}
  tt.softmax_rows ins(%x : memref<4x8xf32, strided<[16, 2]>>) outs(%y : memref<4x8xf32>)
  return
}
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 5, registers = 32>} {
func.func @odd_target(%x: memref<4xf32>, %y: memref<4xf32>) {
  // expected-error @+1 {{needs a target with 4, 8 or 16 lanes, but 'tt.target' has 5}}
  memref.copy %x, %y : memref<4xf32> to memref<4xf32>
  return
}
}
