func.func @f(%x: tensor<?x4xf32> {tt.name = "x", tt.dims = ["batch", ""]}, %z: tensor<?xf32> {tt.name = "z", tt.dims = [""]})
    -> (tensor<?x5xf32> {tt.name = "y", tt.dims = ["batch", ""]}, tensor<?xf32> {tt.name = "e", tt.dims = [""]}) {
  %w = arith.constant dense<1.0> : tensor<4x5xf32>
  %y = tt.matmul %x, %w : tensor<?x4xf32>, tensor<4x5xf32> -> tensor<?x5xf32>
  %e = tt.exp %z : tensor<?xf32>
  return %y, %e : tensor<?x5xf32>, tensor<?xf32>
}
