func.func @f(%x: tensor<1x64xf32> {tt.name = "x", tt.dims = ["", ""]}) -> (tensor<1x64xf32> {tt.name = "y", tt.dims = ["", ""]}) {
  %w = arith.constant dense<0.5> : tensor<64x64xf32>
  %a = tt.matmul %x, %w : tensor<1x64xf32>, tensor<64x64xf32> -> tensor<1x64xf32> loc("first")
  %b = tt.matmul %a, %w : tensor<1x64xf32>, tensor<64x64xf32> -> tensor<1x64xf32> loc("second")
  %y = tt.matmul %b, %w : tensor<1x64xf32>, tensor<64x64xf32> -> tensor<1x64xf32> loc("third")
  return %y : tensor<1x64xf32>
}
