// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-emit-contractions))'

// expected-error @+1 {{needs a module with a tt.target; run tt-set-target first}}
func.func @no_target(%a: memref<1x4x2xf32>, %b: memref<1x1x2x16xf32>, %c: memref<1x4x1xf32>) {
  tt.gemm ins(%a, %b : memref<1x4x2xf32>, memref<1x1x2x16xf32>) outs(%c : memref<1x4x1xf32>) {packed, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  }
  return
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  func.func @no_config(%a: memref<1x4x2xf32>, %b: memref<1x1x2x16xf32>, %c: memref<1x4x1xf32>) {
    // expected-error @+1 {{'tt.gemm' op needs a config; run tt-choose-config first}}
    tt.gemm ins(%a, %b : memref<1x4x2xf32>, memref<1x1x2x16xf32>) outs(%c : memref<1x4x1xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  func.func @unpacked(%a: memref<1x4x2xf32>, %b: memref<1x2x1xf32>, %c: memref<1x4x1xf32>) {
    // expected-error @+1 {{'tt.gemm' op needs a packed right-hand side; tt-pack-weights packs constants, tt.pack everything else}}
    tt.gemm ins(%a, %b : memref<1x4x2xf32>, memref<1x2x1xf32>) outs(%c : memref<1x4x1xf32>)
        {extra_maps = [], config = #tt.lowering_config<rows = 4, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  func.func @tensors(%a: tensor<1x4x2xf32>, %b: tensor<1x1x2x16xf32>, %c: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
    // expected-error @+1 {{'tt.gemm' op needs buffers, but has an operand of type 'tensor<1x4x2xf32>'; run tt-bufferize first}}
    %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x1x2x16xf32>) outs(%c : tensor<1x4x1xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 4, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x4x1xf32>
    return %r : tensor<1x4x1xf32>
  }
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  func.func @lanes(%a: memref<1x4x2xf32>, %b: memref<1x1x2x16xf32>, %c: memref<1x4x1xf32>) {
    // expected-error @+1 {{'tt.gemm' op needs a number of lanes that divides 16, but its config has 6}}
    tt.gemm ins(%a, %b : memref<1x4x2xf32>, memref<1x1x2x16xf32>) outs(%c : memref<1x4x1xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 4, vectors = 1, lanes = 6, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  func.func @no_context(%x: memref<1x9x7x4xf32>, %w: memref<16x2x4x16xf32>, %i: memref<1x7x5x20xf32>) {
    // expected-error @+1 {{'tt.conv_winograd' op needs scratch memory: a function whose first argument is the run's context}}
    tt.conv_winograd ins(%x, %w : memref<1x9x7x4xf32>, memref<16x2x4x16xf32>) outs(%i : memref<1x7x5x20xf32>)
        {tile = 2 : i64, extra_maps = [], config = #tt.lowering_config<rows = 6, vectors = 2, lanes = 16, order = "nm">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {
  func.func @borders(%x: memref<1x4x4x64xf32>, %w: memref<1x1x576x16xf32>, %i: memref<1x2x2x16xf32>) {
    // expected-error @+1 {{'tt.conv_direct' op needs the rows above, columns left, rows below and columns right of the image as tt.borders, but found array<i64: 1, 1>}}
    tt.conv_direct ins(%x, %w : memref<1x4x4x64xf32>, memref<1x1x576x16xf32>) outs(%i : memref<1x2x2x16xf32>)
        {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = [],
         tt.borders = array<i64: 1, 1>, config = #tt.lowering_config<rows = 2, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }
}
