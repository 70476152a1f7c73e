// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-verify-tiled))'

func.func @nothing(%a: tensor<1x4x2xf32>, %b: tensor<1x2x1xf32>, %c: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  // expected-error @+2 {{'tt.gemm' op needs a config at the stage 'tiled'; tt-choose-config sets it}}
  // expected-error @+1 {{'tt.gemm' op needs a packed right-hand side at the stage 'tiled'; tt-pack-weights packs constants, tt.pack everything else}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%c : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x1xf32>
  return %r : tensor<1x4x1xf32>
}

// -----

func.func @complete(%a: tensor<1x4x2xf32>, %b: tensor<1x1x2x16xf32>, %c: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
  %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x1x2x16xf32>) outs(%c : tensor<1x4x1xf32>)
      {packed, extra_maps = [], config = #tt.lowering_config<rows = 4, vectors = 1, lanes = 16, order = "mn">} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x1xf32>
  return %r : tensor<1x4x1xf32>
}
