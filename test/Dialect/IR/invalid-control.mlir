// RUN: tt-opt %s --split-input-file --verify-diagnostics=only-expected

// One case per kind of constraint of ControlOps.td and of the quantized ops. Failures of type inference come with a second error, from upstream.

// quantize: the zero point's width.
func.func @f(%x: tensor<4xf32>, %s: tensor<f32>, %z: tensor<i32>) {
  // expected-error @below {{'tt.quantize' needs a zero point of 8 or 16 bits, but found 'tensor<i32>'}}
  %q = tt.quantize %x, %s, %z : tensor<4xf32>, tensor<f32>, tensor<i32> -> tensor<4xi32>
  return
}

// -----

// dequantize: one integer type.
func.func @f(%x: tensor<4xi8>, %s: tensor<f32>, %z: tensor<ui8>) {
  // expected-error @below {{'tt.dequantize' needs operands of one element type, but found 'tensor<4xi8>' and 'tensor<ui8>'}}
  %q = tt.dequantize %x, %s, %z : tensor<4xi8>, tensor<f32>, tensor<ui8> -> tensor<4xf32>
  return
}

// -----

// bitcast: equal widths.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'tt.bitcast' needs an element type of the width of 'f32', but found 'i64'}}
  %q = tt.bitcast %x to i64 : tensor<4xf32> -> tensor<4xi64>
  return
}

// -----

// matmul_integer: a zero point for each column.
func.func @f(%a: tensor<2x64xui8>, %b: tensor<64x8xi8>, %z: tensor<2xi8>) {
  // expected-error @below {{needs a zero point for all of 'tensor<64x8xi8>' or for each column, but found 'tensor<2xi8>'}}
  %y = tt.matmul_integer %a, %b rhs_zero(%z : tensor<2xi8>) : tensor<2x64xui8>, tensor<64x8xi8> -> tensor<2x8xi32>
  return
}

// -----

// if: branches that agree.
func.func @f(%c: tensor<i1>, %x: tensor<4xf32>) {
  // expected-error @below {{'tt.if' needs branches that yield values of equal element types and ranks, but found 'tensor<4xf32>' and 'tensor<4xi1>'}}
  %y = tt.if %c captures(%x : tensor<4xf32>) : tensor<i1> then {
  ^bb0(%a: tensor<4xf32>):
    tt.yield %a : tensor<4xf32>
  } else {
  ^bb0(%a: tensor<4xf32>):
    %n = tt.is_nan %a : tensor<4xf32> -> tensor<4xi1>
    tt.yield %n : tensor<4xi1>
  } -> tensor<4xf32>
  return
}

// -----

// loop: what ends it.
func.func @f(%x: tensor<4xf32>) {
  // expected-error @below {{'tt.loop' needs a trip count where it has no condition or yields rows}}
  %y = tt.loop init(%x : tensor<4xf32>) {
  ^bb0(%i: tensor<i64>, %s: tensor<4xf32>):
    tt.yield %s : tensor<4xf32>
  } -> tensor<4xf32>
  return
}

// -----

// loop: a carried value keeps its shape.
func.func @f(%n: tensor<i64>, %x: tensor<4xf32>) {
  // expected-error @below {{'tt.loop' needs carried values that keep element type and shape, but 'tensor<4xf32>' becomes 'tensor<8xf32>'}}
  %y = tt.loop trip(%n : tensor<i64>) init(%x : tensor<4xf32>) {
  ^bb0(%i: tensor<i64>, %s: tensor<4xf32>):
    %t = tt.concat %s, %s {axis = 0 : i64} : tensor<4xf32>, tensor<4xf32> -> tensor<8xf32>
    tt.yield %t : tensor<8xf32>
  } -> tensor<4xf32>
  return
}
