// A model with two entry points, one of them with a dynamic size.
module attributes {tt.model_name = "pair"} {
  func.func @encode(%x: tensor<4xf32> {tt.name = "x", tt.dims = [""]}) -> (tensor<4xf32> {tt.name = "y", tt.dims = [""]}) {
    %y = tt.exp %x : tensor<4xf32>
    return %y : tensor<4xf32>
  }
  func.func @decode(%x: tensor<?xf32> {tt.name = "x", tt.dims = ["n"]}) -> (tensor<?xf32> {tt.name = "y", tt.dims = ["n"]}) {
    %y = tt.neg %x : tensor<?xf32>
    return %y : tensor<?xf32>
  }
}
