// RUN: tt-opt %s --verify-roundtrip | tt-opt | FileCheck %s

// The example of every op of ElementwiseOps.td, parsed, printed and parsed again.

// CHECK-LABEL: func.func @abs(
func.func @abs(%x: tensor<2x?xf32>) {
  // CHECK: tt.abs {{.*}} : tensor<2x?xf32>
  %y = tt.abs %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @acos(
func.func @acos(%x: tensor<2x?xf32>) {
  // CHECK: tt.acos {{.*}} : tensor<2x?xf32>
  %y = tt.acos %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @acosh(
func.func @acosh(%x: tensor<2x?xf32>) {
  // CHECK: tt.acosh {{.*}} : tensor<2x?xf32>
  %y = tt.acosh %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @add(
func.func @add(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.add {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.add %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @and(
func.func @and(%x: tensor<2x?xi1>, %y: tensor<1xi1>) {
  // CHECK: tt.and {{.*}} : tensor<2x?xi1>, tensor<1xi1> -> tensor<2x?xi1>
  %z = tt.and %x, %y : tensor<2x?xi1>, tensor<1xi1> -> tensor<2x?xi1>
  return
}

// CHECK-LABEL: func.func @asin(
func.func @asin(%x: tensor<2x?xf32>) {
  // CHECK: tt.asin {{.*}} : tensor<2x?xf32>
  %y = tt.asin %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @asinh(
func.func @asinh(%x: tensor<2x?xf32>) {
  // CHECK: tt.asinh {{.*}} : tensor<2x?xf32>
  %y = tt.asinh %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @atan(
func.func @atan(%x: tensor<2x?xf32>) {
  // CHECK: tt.atan {{.*}} : tensor<2x?xf32>
  %y = tt.atan %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @atanh(
func.func @atanh(%x: tensor<2x?xf32>) {
  // CHECK: tt.atanh {{.*}} : tensor<2x?xf32>
  %y = tt.atanh %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @bitwise_and(
func.func @bitwise_and(%x: tensor<2x?xi32>, %y: tensor<1xi32>) {
  // CHECK: tt.bitwise_and {{.*}} : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  %z = tt.bitwise_and %x, %y : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  return
}

// CHECK-LABEL: func.func @bitwise_not(
func.func @bitwise_not(%x: tensor<2x?xi32>) {
  // CHECK: tt.bitwise_not {{.*}} : tensor<2x?xi32>
  %y = tt.bitwise_not %x : tensor<2x?xi32>
  return
}

// CHECK-LABEL: func.func @bitwise_or(
func.func @bitwise_or(%x: tensor<2x?xi32>, %y: tensor<1xi32>) {
  // CHECK: tt.bitwise_or {{.*}} : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  %z = tt.bitwise_or %x, %y : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  return
}

// CHECK-LABEL: func.func @bitwise_xor(
func.func @bitwise_xor(%x: tensor<2x?xi32>, %y: tensor<1xi32>) {
  // CHECK: tt.bitwise_xor {{.*}} : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  %z = tt.bitwise_xor %x, %y : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  return
}

// CHECK-LABEL: func.func @cast(
func.func @cast(%x: tensor<2x?xf32>) {
  // CHECK: tt.cast {{.*}} : tensor<2x?xf32> -> tensor<2x?xi64>
  %y = tt.cast %x to i64 : tensor<2x?xf32> -> tensor<2x?xi64>
  return
}

// CHECK-LABEL: func.func @ceil(
func.func @ceil(%x: tensor<2x?xf32>) {
  // CHECK: tt.ceil {{.*}} : tensor<2x?xf32>
  %y = tt.ceil %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @clip(
func.func @clip(%x: tensor<4x?xf32>, %l: tensor<f32>, %h: tensor<f32>) {
  // CHECK: tt.clip {{.*}} : tensor<4x?xf32> -> tensor<4x?xf32>
  %y = tt.clip %x low(%l : tensor<f32>) high(%h : tensor<f32>) : tensor<4x?xf32> -> tensor<4x?xf32>
  return
}

// CHECK-LABEL: func.func @cos(
func.func @cos(%x: tensor<2x?xf32>) {
  // CHECK: tt.cos {{.*}} : tensor<2x?xf32>
  %y = tt.cos %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @cosh(
func.func @cosh(%x: tensor<2x?xf32>) {
  // CHECK: tt.cosh {{.*}} : tensor<2x?xf32>
  %y = tt.cosh %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @div(
func.func @div(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.div {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.div %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @elu(
func.func @elu(%x: tensor<2x?xf32>) {
  // CHECK: tt.elu {{.*}} : tensor<2x?xf32>
  %y = tt.elu %x {alpha = 1.0 : f32} : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @equal(
func.func @equal(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.equal {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xi1>
  %z = tt.equal %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xi1>
  return
}

// CHECK-LABEL: func.func @erf(
func.func @erf(%x: tensor<2x?xf32>) {
  // CHECK: tt.erf {{.*}} : tensor<2x?xf32>
  %y = tt.erf %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @exp(
func.func @exp(%x: tensor<2x?xf32>) {
  // CHECK: tt.exp {{.*}} : tensor<2x?xf32>
  %y = tt.exp %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @floor(
func.func @floor(%x: tensor<2x?xf32>) {
  // CHECK: tt.floor {{.*}} : tensor<2x?xf32>
  %y = tt.floor %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @fmod(
func.func @fmod(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.fmod {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.fmod %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @gelu(
func.func @gelu(%x: tensor<2x?xf32>) {
  // CHECK: tt.gelu {{.*}} : tensor<2x?xf32>
  %y = tt.gelu %x {kind = #tt<gelu_kind erf>} : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @hard_sigmoid(
func.func @hard_sigmoid(%x: tensor<2x?xf32>) {
  // CHECK: tt.hard_sigmoid {{.*}} : tensor<2x?xf32>
  %y = tt.hard_sigmoid %x {alpha = 0.2 : f32, beta = 0.5 : f32} : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @is_inf(
func.func @is_inf(%x: tensor<2xf32>) {
  // CHECK: tt.is_inf {{.*}} : tensor<2xf32> -> tensor<2xi1>
  %y = tt.is_inf %x : tensor<2xf32> -> tensor<2xi1>
  return
}

// CHECK-LABEL: func.func @is_nan(
func.func @is_nan(%x: tensor<2xf32>) {
  // CHECK: tt.is_nan {{.*}} : tensor<2xf32> -> tensor<2xi1>
  %y = tt.is_nan %x : tensor<2xf32> -> tensor<2xi1>
  return
}

// CHECK-LABEL: func.func @leaky_relu(
func.func @leaky_relu(%x: tensor<2x?xf32>) {
  // CHECK: tt.leaky_relu {{.*}} : tensor<2x?xf32>
  %y = tt.leaky_relu %x {alpha = 0.01 : f32} : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @less_equal(
func.func @less_equal(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.less_equal {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xi1>
  %z = tt.less_equal %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xi1>
  return
}

// CHECK-LABEL: func.func @less(
func.func @less(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.less {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xi1>
  %z = tt.less %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xi1>
  return
}

// CHECK-LABEL: func.func @log(
func.func @log(%x: tensor<2x?xf32>) {
  // CHECK: tt.log {{.*}} : tensor<2x?xf32>
  %y = tt.log %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @max(
func.func @max(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.max {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.max %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @min(
func.func @min(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.min {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.min %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @mod(
func.func @mod(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.mod {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.mod %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @mul(
func.func @mul(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.mul {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.mul %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @neg(
func.func @neg(%x: tensor<2x?xf32>) {
  // CHECK: tt.neg {{.*}} : tensor<2x?xf32>
  %y = tt.neg %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @not(
func.func @not(%x: tensor<2x?xi1>) {
  // CHECK: tt.not {{.*}} : tensor<2x?xi1>
  %y = tt.not %x : tensor<2x?xi1>
  return
}

// CHECK-LABEL: func.func @or(
func.func @or(%x: tensor<2x?xi1>, %y: tensor<1xi1>) {
  // CHECK: tt.or {{.*}} : tensor<2x?xi1>, tensor<1xi1> -> tensor<2x?xi1>
  %z = tt.or %x, %y : tensor<2x?xi1>, tensor<1xi1> -> tensor<2x?xi1>
  return
}

// CHECK-LABEL: func.func @prelu(
func.func @prelu(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.prelu {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.prelu %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @pow(
func.func @pow(%x: tensor<2x?xf32>, %y: tensor<i64>) {
  // CHECK: tt.pow {{.*}} : tensor<2x?xf32>, tensor<i64> -> tensor<2x?xf32>
  %z = tt.pow %x, %y : tensor<2x?xf32>, tensor<i64> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @reciprocal(
func.func @reciprocal(%x: tensor<2x?xf32>) {
  // CHECK: tt.reciprocal {{.*}} : tensor<2x?xf32>
  %y = tt.reciprocal %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @relu(
func.func @relu(%x: tensor<2x?xf32>) {
  // CHECK: tt.relu {{.*}} : tensor<2x?xf32>
  %y = tt.relu %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @round(
func.func @round(%x: tensor<2x?xf32>) {
  // CHECK: tt.round {{.*}} : tensor<2x?xf32>
  %y = tt.round %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @shift_left(
func.func @shift_left(%x: tensor<2x?xi32>, %y: tensor<1xi32>) {
  // CHECK: tt.shift_left {{.*}} : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  %z = tt.shift_left %x, %y : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  return
}

// CHECK-LABEL: func.func @shift_right(
func.func @shift_right(%x: tensor<2x?xi32>, %y: tensor<1xi32>) {
  // CHECK: tt.shift_right {{.*}} : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  %z = tt.shift_right %x, %y : tensor<2x?xi32>, tensor<1xi32> -> tensor<2x?xi32>
  return
}

// CHECK-LABEL: func.func @sigmoid(
func.func @sigmoid(%x: tensor<2x?xf32>) {
  // CHECK: tt.sigmoid {{.*}} : tensor<2x?xf32>
  %y = tt.sigmoid %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @sign(
func.func @sign(%x: tensor<2x?xf32>) {
  // CHECK: tt.sign {{.*}} : tensor<2x?xf32>
  %y = tt.sign %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @silu(
func.func @silu(%x: tensor<2x?xf32>) {
  // CHECK: tt.silu {{.*}} : tensor<2x?xf32>
  %y = tt.silu %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @sin(
func.func @sin(%x: tensor<2x?xf32>) {
  // CHECK: tt.sin {{.*}} : tensor<2x?xf32>
  %y = tt.sin %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @sinh(
func.func @sinh(%x: tensor<2x?xf32>) {
  // CHECK: tt.sinh {{.*}} : tensor<2x?xf32>
  %y = tt.sinh %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @softplus(
func.func @softplus(%x: tensor<2x?xf32>) {
  // CHECK: tt.softplus {{.*}} : tensor<2x?xf32>
  %y = tt.softplus %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @sqrt(
func.func @sqrt(%x: tensor<2x?xf32>) {
  // CHECK: tt.sqrt {{.*}} : tensor<2x?xf32>
  %y = tt.sqrt %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @sub(
func.func @sub(%x: tensor<2x?xf32>, %y: tensor<1xf32>) {
  // CHECK: tt.sub {{.*}} : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  %z = tt.sub %x, %y : tensor<2x?xf32>, tensor<1xf32> -> tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @tan(
func.func @tan(%x: tensor<2x?xf32>) {
  // CHECK: tt.tan {{.*}} : tensor<2x?xf32>
  %y = tt.tan %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @tanh(
func.func @tanh(%x: tensor<2x?xf32>) {
  // CHECK: tt.tanh {{.*}} : tensor<2x?xf32>
  %y = tt.tanh %x : tensor<2x?xf32>
  return
}

// CHECK-LABEL: func.func @where(
func.func @where(%c: tensor<4x1xi1>, %x: tensor<4x8xf32>, %y: tensor<f32>) {
  // CHECK: tt.where {{.*}} : tensor<4x1xi1>, tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  %r = tt.where %c, %x, %y : tensor<4x1xi1>, tensor<4x8xf32>, tensor<f32> -> tensor<4x8xf32>
  return
}

// CHECK-LABEL: func.func @xor(
func.func @xor(%x: tensor<2x?xi1>, %y: tensor<1xi1>) {
  // CHECK: tt.xor {{.*}} : tensor<2x?xi1>, tensor<1xi1> -> tensor<2x?xi1>
  %z = tt.xor %x, %y : tensor<2x?xi1>, tensor<1xi1> -> tensor<2x?xi1>
  return
}
