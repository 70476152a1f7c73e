// Inputs and outputs whose names are not C's, of several types, with sizes that are named, unnamed and known after the run only.
module attributes {tt.model_name = "2 odd-types"} {
  func.func @main(%x: tensor<?x?x3xf32> {tt.name = "in*/put", tt.dims = ["batch size", "", ""]},
                  %c: tensor<?x?x3xi1> {tt.name = "int", tt.dims = ["batch size", "", ""]},
                  %s: tensor<3xui8> {tt.name = "session", tt.dims = [""]})
      -> (tensor<?x?x3xf32> {tt.name = "y", tt.dims = ["batch size", "", ""]},
          tensor<3xui8> {tt.name = "Y", tt.dims = [""]}, tensor<f64> {tt.name = "scalar", tt.dims = []}) {
    %zero = arith.constant dense<0.0> : tensor<f32>
    %y = tt.where %c, %x, %zero : tensor<?x?x3xi1>, tensor<?x?x3xf32>, tensor<f32> -> tensor<?x?x3xf32>
    %d = arith.constant dense<2.5> : tensor<f64>
    return %y, %s, %d : tensor<?x?x3xf32>, tensor<3xui8>, tensor<f64>
  }
}
