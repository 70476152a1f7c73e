// RUN: tt-opt %s --split-input-file --verify-diagnostics=only-expected

// One case per constraint of ShapeOps.td. Failures of type inference come with a second error, from upstream.

// reshape (C1).
func.func @f(%x: tensor<6xf32>) {
  %s = arith.constant dense<[-1, -1]> : tensor<2xi64>
  // expected-error @below {{'tt.reshape' needs at most one size of -1, but found them at 0 and 1}}
  %r = tt.reshape %x, %s : tensor<6xf32>, tensor<2xi64> -> tensor<?x?xf32>
  return
}

// -----

// reshape (C2).
func.func @f(%x: tensor<6xf32>) {
  %s = arith.constant dense<[4, 2]> : tensor<2xi64>
  // expected-error @below {{'tt.reshape' needs as many elements as its operand 'tensor<6xf32>' has, but the shape is 4x2}}
  %r = tt.reshape %x, %s : tensor<6xf32>, tensor<2xi64> -> tensor<4x2xf32>
  return
}

// -----

// reshape (C2), with a size to infer.
func.func @f(%x: tensor<6xf32>) {
  %s = arith.constant dense<[-1, 4]> : tensor<2xi64>
  // expected-error @below {{'tt.reshape' needs as many elements as its operand 'tensor<6xf32>' has, but the shape is -1x4}}
  %r = tt.reshape %x, %s : tensor<6xf32>, tensor<2xi64> -> tensor<?x4xf32>
  return
}

// -----

// A 0 in a shape needs a dimension to copy.
func.func @f(%x: tensor<6xf32>) {
  %s = arith.constant dense<[6, 0]> : tensor<2xi64>
  // expected-error @below {{'tt.reshape' needs a dimension 1 of the operand for the size of 0, but it is 'tensor<6xf32>'}}
  %r = tt.reshape %x, %s : tensor<6xf32>, tensor<2xi64> -> tensor<6x?xf32>
  return
}

// -----

// A rank that no type can have.
func.func @f(%x: tensor<6xf32>, %s: tensor<1099511627776xi64>) {
  // expected-error @below {{'tt.reshape' needs a shape operand of at most 64 sizes, but found 'tensor<1099511627776xi64>'}}
  %r = tt.reshape %x, %s : tensor<6xf32>, tensor<1099511627776xi64> -> tensor<6xf32>
  return
}

// -----

// The rank of a result must be known.
func.func @f(%x: tensor<6xf32>, %s: tensor<?xi64>) {
  // expected-error @below {{'tt.reshape' needs a shape operand of known length, but found 'tensor<?xi64>'}}
  %r = tt.reshape %x, %s : tensor<6xf32>, tensor<?xi64> -> tensor<6xf32>
  return
}

// -----

// transpose (C1).
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error @below {{'tt.transpose' needs a permutation of the 2 dimensions of 'tensor<2x3xf32>', but perm is [0, 0]}}
  %r = tt.transpose %x {perm = array<i64: 0, 0>} : tensor<2x3xf32> -> tensor<2x2xf32>
  return
}

// -----

// concat (C1).
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error @below {{'tt.concat' needs an axis in [0, 2), but found 2}}
  %r = tt.concat %x, %x {axis = 2 : i64} : tensor<2x3xf32>, tensor<2x3xf32> -> tensor<2x6xf32>
  return
}

// -----

// concat (C2).
func.func @f(%x: tensor<2x3xf32>, %y: tensor<2xf32>) {
  // expected-error @below {{'tt.concat' needs operands of one element type and rank, but found 'tensor<2x3xf32>' and 'tensor<2xf32>'}}
  %r = tt.concat %x, %y {axis = 0 : i64} : tensor<2x3xf32>, tensor<2xf32> -> tensor<4x3xf32>
  return
}

// -----

// concat (C3).
func.func @f(%x: tensor<2x3xf32>, %y: tensor<2x4xf32>) {
  // expected-error @below {{'tt.concat' needs equal sizes except along axis 0, but found 'tensor<2x3xf32>' and 'tensor<2x4xf32>'}}
  %r = tt.concat %x, %y {axis = 0 : i64} : tensor<2x3xf32>, tensor<2x4xf32> -> tensor<4x3xf32>
  return
}

// -----

// slice (C1).
func.func @f(%x: tensor<2x8xf32>, %s: tensor<1xi64>) {
  // expected-error @below {{'tt.slice' needs distinct axes in [0, 2), but found [2]}}
  %r = tt.slice %x, %s, %s {axes = array<i64: 2>, steps = array<i64: 1>} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x?xf32>
  return
}

// -----

// slice (C2).
func.func @f(%x: tensor<2x8xf32>, %s: tensor<1xi64>) {
  // expected-error @below {{'tt.slice' needs steps other than 0, but found [0]}}
  %r = tt.slice %x, %s, %s {axes = array<i64: 1>, steps = array<i64: 0>} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x?xf32>
  return
}

// -----

// slice (C3).
func.func @f(%x: tensor<2x8xf32>, %s: tensor<1xi64>) {
  // expected-error @below {{'tt.slice' needs starts and ends of 2 elements, but found 'tensor<1xi64>'}}
  %r = tt.slice %x, %s, %s {axes = array<i64: 0, 1>, steps = array<i64: 1, 1>} : tensor<2x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<2x?xf32>
  return
}

// -----

// pad (C1).
func.func @f(%x: tensor<2x8xf32>, %p: tensor<2xi64>) {
  // expected-error @below {{'tt.pad' needs 4 pads for 'tensor<2x8xf32>', but found 2}}
  %r = tt.pad %x, %p {mode = #tt<pad_mode edge>} : tensor<2x8xf32>, tensor<2xi64> -> tensor<2x8xf32>
  return
}

// -----

// pad (C2).
func.func @f(%x: tensor<8xf32>, %p: tensor<2xi64>, %v: tensor<f64>) {
  // expected-error @below {{'tt.pad' needs a value of rank 0 and element type 'f32', but found 'tensor<f64>'}}
  %r = tt.pad %x, %p value(%v : tensor<f64>) {mode = #tt<pad_mode constant>} : tensor<8xf32>, tensor<2xi64> -> tensor<?xf32>
  return
}

// -----

// Cutting more than there is.
func.func @f(%x: tensor<8xf32>) {
  %p = arith.constant dense<[-5, -5]> : tensor<2xi64>
  // expected-error @below {{'tt.pad' needs pads that leave a size of 0 or more, but dimension 0 of 'tensor<8xf32>' gets -5 and -5}}
  %r = tt.pad %x, %p {mode = #tt<pad_mode edge>} : tensor<8xf32>, tensor<2xi64> -> tensor<?xf32>
  return
}

// -----

// expand: shapes must broadcast.
func.func @f(%x: tensor<3xf32>) {
  %s = arith.constant dense<4> : tensor<1xi64>
  // expected-error @below {{'tt.expand' needs a shape that broadcasts with 'tensor<3xf32>', but found 4}}
  %r = tt.expand %x, %s : tensor<3xf32>, tensor<1xi64> -> tensor<4xf32>
  return
}

// -----

// tile: one repeat per dimension.
func.func @f(%x: tensor<2x3xf32>, %n: tensor<1xi64>) {
  // expected-error @below {{'tt.tile' needs 2 repeats for 'tensor<2x3xf32>', but found 1}}
  %r = tt.tile %x, %n : tensor<2x3xf32>, tensor<1xi64> -> tensor<2x3xf32>
  return
}

// -----

// shape (C1).
func.func @f(%x: tensor<2x3xf32>) {
  // expected-error @below {{'tt.shape' needs 0 <= start <= end <= 2, but found start = 1 and end = 3}}
  %r = tt.shape %x {start = 1 : i64, end = 3 : i64} : tensor<2x3xf32> -> tensor<2xi64>
  return
}

// -----

// range (C1).
func.func @f(%a: tensor<i64>, %b: tensor<f32>) {
  // expected-error @below {{'tt.range' needs operands of rank 0 and one element type, but found 'tensor<i64>' and 'tensor<f32>'}}
  %r = tt.range %a, %a, %b : tensor<i64>, tensor<i64>, tensor<f32> -> tensor<?xi64>
  return
}

// -----

// range: a delta of 0 never ends.
func.func @f() {
  %z = arith.constant dense<0> : tensor<i64>
  // expected-error @below {{'tt.range' needs a delta other than 0}}
  %r = tt.range %z, %z, %z : tensor<i64>, tensor<i64>, tensor<i64> -> tensor<?xi64>
  return
}

// -----

// gather (C1).
func.func @f(%x: tensor<2x3xf32>, %i: tensor<4xi64>) {
  // expected-error @below {{'tt.gather' needs an axis in [0, 2), but found -1}}
  %r = tt.gather %x, %i {axis = -1 : i64} : tensor<2x3xf32>, tensor<4xi64> -> tensor<2x4xf32>
  return
}

// -----

// gather_elements (C1).
func.func @f(%x: tensor<2x3xf32>, %i: tensor<2x3xi64>) {
  // expected-error @below {{'tt.gather_elements' needs an axis in [0, 2), but found 2}}
  %r = tt.gather_elements %x, %i {axis = 2 : i64} : tensor<2x3xf32>, tensor<2x3xi64> -> tensor<2x3xf32>
  return
}

// -----

// gather_elements (C2).
func.func @f(%x: tensor<2x3xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{'tt.gather_elements' needs operands of equal rank, but found 'tensor<2x3xf32>' and 'tensor<3xi64>'}}
  %r = tt.gather_elements %x, %i {axis = 0 : i64} : tensor<2x3xf32>, tensor<3xi64> -> tensor<3xf32>
  return
}

// -----

// gather_nd: the tuples must fit.
func.func @f(%x: tensor<2x3xf32>, %i: tensor<4x3xi64>) {
  // expected-error @below {{'tt.gather_nd' needs index tuples of 1 to 2 coordinates, but found 'tensor<4x3xi64>'}}
  %r = tt.gather_nd %x, %i {batch_dims = 0 : i64} : tensor<2x3xf32>, tensor<4x3xi64> -> tensor<4xf32>
  return
}

// -----

// scatter_nd: the slices must fit.
func.func @f(%x: tensor<8x4xf32>, %i: tensor<3x1xi64>, %u: tensor<3x5xf32>) {
  // expected-error @below {{'tt.scatter_nd' needs updates of shape 3x4, but found 'tensor<3x5xf32>'}}
  %r = tt.scatter_nd %x, %i, %u {kind = #tt<scatter_kind none>} : tensor<8x4xf32>, tensor<3x1xi64>, tensor<3x5xf32> -> tensor<8x4xf32>
  return
}

// -----

// scatter_elements: one update per index.
func.func @f(%x: tensor<8xf32>, %i: tensor<3xi64>, %u: tensor<2xf32>) {
  // expected-error @below {{'tt.scatter_elements' needs indices of the input's rank and updates of their shape, but found 'tensor<8xf32>', 'tensor<3xi64>' and 'tensor<2xf32>'}}
  %r = tt.scatter_elements %x, %i, %u {axis = 0 : i64, kind = #tt<scatter_kind add>} : tensor<8xf32>, tensor<3xi64>, tensor<2xf32> -> tensor<8xf32>
  return
}

// -----

// trilu: a matrix at least.
func.func @f(%x: tensor<4xf32>, %k: tensor<i64>) {
  // expected-error @below {{'tt.trilu' needs an operand of rank 2 or more, but found 'tensor<4xf32>'}}
  %r = tt.trilu %x, %k {upper = true} : tensor<4xf32>, tensor<i64> -> tensor<4xf32>
  return
}

// -----

// one_hot: two values.
func.func @f(%i: tensor<4xi64>, %d: tensor<i64>, %v: tensor<3xf32>) {
  // expected-error @below {{'tt.one_hot' needs two values, but found 'tensor<3xf32>'}}
  %r = tt.one_hot %i, %d, %v {axis = 0 : i64} : tensor<4xi64>, tensor<i64>, tensor<3xf32> -> tensor<?x4xf32>
  return
}

// -----

// reverse_sequence (C1).
func.func @f(%x: tensor<4x8x2xf32>, %n: tensor<4xi64>) {
  // expected-error @below {{'tt.reverse_sequence' needs the axes 0 and 1, but found batch_axis = 0 and time_axis = 2}}
  %r = tt.reverse_sequence %x, %n {batch_axis = 0 : i64, time_axis = 2 : i64} : tensor<4x8x2xf32>, tensor<4xi64> -> tensor<4x8x2xf32>
  return
}
