// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(tt-verify-linalg))'

func.func private @good(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

func.func private @graph_op(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @below {{'tt.exp' op is a graph op and must not be left after the stage linalg}}
  %y = tt.exp %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

func.func private @unsigned() {
  // expected-error @below {{must have signless element types after the stage linalg, but has 'tensor<4xui8>'}}
  %c = arith.constant dense<1> : tensor<4xui8>
  return
}

// -----

// expected-error @below {{needs 'tt.dtype' on argument 0}}
func.func @no_dtype(%x: tensor<4xf32>) {
  return
}
