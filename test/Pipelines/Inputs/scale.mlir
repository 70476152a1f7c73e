// y = x * [1, 2, 3, 4, ...] with 64 columns; the stage `linalg` of a model with one dynamic dimension.
#map = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>
module attributes {tt.model_name = "scale"} {
  func.func @main(%x: tensor<?x64xf32> {tt.name = "x", tt.dims = ["batch", ""]}) -> (tensor<?x64xf32> {tt.name = "y", tt.dims = ["batch", ""]}) {
    %w = arith.constant dense_resource<w> : tensor<64xf32>
    %c0 = arith.constant 0 : index
    %n = tensor.dim %x, %c0 : tensor<?x64xf32>
    %e = tensor.empty(%n) : tensor<?x64xf32>
    %r = linalg.generic {indexing_maps = [#map, #row, #map], iterator_types = ["parallel", "parallel"]}
        ins(%x, %w : tensor<?x64xf32>, tensor<64xf32>) outs(%e : tensor<?x64xf32>) {
    ^bb0(%a: f32, %b: f32, %o: f32):
      %s = arith.mulf %a, %b : f32
      linalg.yield %s : f32
    } -> tensor<?x64xf32>
    return %r : tensor<?x64xf32>
  }
}
{-#
  dialect_resources: {
    builtin: {
      w: "0x400000000000803f0000004000004040000080400000a0400000c0400000e0400000004100001041000020410000304100004041000050410000604100007041000080410000884100009041000098410000a0410000a8410000b0410000b8410000c0410000c8410000d0410000d8410000e0410000e8410000f0410000f84100000042000004420000084200000c4200001042000014420000184200001c4200002042000024420000284200002c4200003042000034420000384200003c4200004042000044420000484200004c4200005042000054420000584200005c4200006042000064420000684200006c4200007042000074420000784200007c4200008042"
    }
  }
#-}
