func.func @keep(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
func.func @drop(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = tt.log %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
