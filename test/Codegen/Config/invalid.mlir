// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-choose-config))'

module {
  // expected-error @+1 {{needs a module with a tt.target; run tt-set-target first}}
  func.func @no_target(%a: tensor<1x4x2xf32>, %b: tensor<1x2x1xf32>, %c: tensor<1x4x1xf32>) -> tensor<1x4x1xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x4x2xf32>, tensor<1x2x1xf32>) outs(%c : tensor<1x4x1xf32>) {extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x4x1xf32>
    return %r : tensor<1x4x1xf32>
  }
}
