// RUN: tt-opt %s --split-input-file --verify-diagnostics --tt-infer-shapes

// The new shape is the operand's own, so the last size is 8. The verifier of the op alone cannot see it.
func.func @contradiction(%x: tensor<?x8xf32> {tt.dims = ["n", ""]}) -> tensor<?x9xf32> {
  %n = tt.shape %x {start = 0 : i64, end = 2 : i64} : tensor<?x8xf32> -> tensor<2xi64>
  // expected-error @below {{result type 'tensor<?x9xf32>' contradicts the operands and attributes, from which the type 'tensor<?x8xf32>' follows}}
  %y = tt.reshape %x, %n : tensor<?x8xf32>, tensor<2xi64> -> tensor<?x9xf32>
  return %y : tensor<?x9xf32>
}
