// RUN: tt-opt %s --split-input-file --verify-diagnostics=only-expected

// One case per constraint of ElementwiseOps.td. Failures of type inference come with a second error, from upstream.

// Elementwise (C1).
func.func @f(%x: tensor<2xf32>, %y: tensor<2xf64>) {
  // expected-error @below {{'tt.add' needs operands of one element type, but found 'tensor<2xf32>' and 'tensor<2xf64>'}}
  %r = tt.add %x, %y : tensor<2xf32>, tensor<2xf64> -> tensor<2xf32>
  return
}

// -----

// Elementwise (C2).
func.func @f(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @below {{'tt.mul' needs operands whose shapes broadcast, but found 2x3 and 'tensor<2xf32>'}}
  %r = tt.mul %x, %y : tensor<2x3xf32>, tensor<2xf32> -> tensor<2x3xf32>
  return
}

// -----

// A result type that contradicts the operands.
func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{'tt.relu' op inferred type(s) 'tensor<2xf32>' are incompatible with return type(s) of operation 'tensor<3xf32>'}}
  %r = tt.relu %x : tensor<2xf32> -> tensor<3xf32>
  return
}

// -----

// Comparisons give i1.
func.func @f(%x: tensor<2xf32>) {
  // expected-error @below {{'tt.less' op inferred type(s) 'tensor<2xi1>' are incompatible with return type(s) of operation 'tensor<2xf32>'}}
  %r = tt.less %x, %x : tensor<2xf32>, tensor<2xf32> -> tensor<2xf32>
  return
}

// -----

// clip (C1).
func.func @f(%x: tensor<4xf32>, %l: tensor<1xf32>) {
  // expected-error @below {{'tt.clip' op needs bounds of rank 0 and element type 'f32', but found 'tensor<1xf32>'}}
  %r = tt.clip %x low(%l : tensor<1xf32>) : tensor<4xf32> -> tensor<4xf32>
  return
}

// -----

// where (C1).
func.func @f(%c: tensor<4xi1>, %x: tensor<4xf32>, %y: tensor<4xi64>) {
  // expected-error @below {{'tt.where' needs operands of one element type, but found 'tensor<4xf32>' and 'tensor<4xi64>'}}
  %r = tt.where %c, %x, %y : tensor<4xi1>, tensor<4xf32>, tensor<4xi64> -> tensor<4xf32>
  return
}

// -----

// where (C2).
func.func @f(%c: tensor<4xi1>, %x: tensor<3xf32>) {
  // expected-error @below {{'tt.where' needs operands whose shapes broadcast, but found 4 and 'tensor<3xf32>'}}
  %r = tt.where %c, %x, %x : tensor<4xi1>, tensor<3xf32>, tensor<3xf32> -> tensor<4xf32>
  return
}
