// RUN: tt-opt %s --split-input-file --tt-raise-norm | FileCheck %s
// RUN: tt-opt %s --split-input-file --tt-raise-norm --remarks-filter=tt-graph --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: func.func @layer_norm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x?x8xf32>
func.func @layer_norm(%x: tensor<?x?x8xf32>, %scale: tensor<8xf32>, %bias: tensor<8xf32>) -> tensor<?x?x8xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.norm %[[X]], %{{.+}} bias(%{{.+}} : tensor<8xf32>) {axis = 2 : i64, epsilon = 9.99999974E-6 : f32, kind = #tt<norm_kind layer>}
  // CHECK-NEXT:  return %[[Y]]
  %two = arith.constant dense<2.0> : tensor<f32>
  %epsilon = arith.constant dense<1.0e-5> : tensor<f32>
  %mean = tt.reduce %x {kind = #tt<reduce_kind mean>, axes = array<i64: 2>, keep_dims = true} : tensor<?x?x8xf32> -> tensor<?x?x1xf32>
  %d = tt.sub %x, %mean : tensor<?x?x8xf32>, tensor<?x?x1xf32> -> tensor<?x?x8xf32>
  %square = tt.pow %d, %two : tensor<?x?x8xf32>, tensor<f32> -> tensor<?x?x8xf32>
  %variance = tt.reduce %square {kind = #tt<reduce_kind mean>, axes = array<i64: 2>, keep_dims = true} : tensor<?x?x8xf32> -> tensor<?x?x1xf32>
  %sum = tt.add %variance, %epsilon : tensor<?x?x1xf32>, tensor<f32> -> tensor<?x?x1xf32>
  %root = tt.sqrt %sum : tensor<?x?x1xf32>
  %n = tt.div %d, %root : tensor<?x?x8xf32>, tensor<?x?x1xf32> -> tensor<?x?x8xf32>
  %s = tt.mul %n, %scale : tensor<?x?x8xf32>, tensor<8xf32> -> tensor<?x?x8xf32>
  %y = tt.add %s, %bias : tensor<?x?x8xf32>, tensor<8xf32> -> tensor<?x?x8xf32>
  return %y : tensor<?x?x8xf32>
}

// -----

// Two differences, a product as square, the last two dimensions, scale on the left with leading unit dimensions, no bias.
// CHECK-LABEL: func.func @layer_norm_variants
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<2x3x2xf32>
func.func @layer_norm_variants(%x: tensor<2x3x2xf32>) -> tensor<2x3x2xf32> {
  // CHECK:       %[[S:.+]] = arith.constant dense<{{\[\[}}3.000000e+00, 4.000000e+00]]> : tensor<1x2xf32>
  // CHECK:       tt.norm %[[X]], %[[S]] {axis = 1 : i64, epsilon = 1.000000e+00 : f32, kind = #tt<norm_kind layer>}
  // CHECK-NEXT:  return
  %scale = arith.constant dense<[[[3.0, 4.0]]]> : tensor<1x1x2xf32>
  %epsilon = arith.constant dense<1.0> : tensor<1xf32>
  %mean = tt.reduce %x {kind = #tt<reduce_kind mean>, axes = array<i64: 1, 2>, keep_dims = true} : tensor<2x3x2xf32> -> tensor<2x1x1xf32>
  %d = tt.sub %x, %mean : tensor<2x3x2xf32>, tensor<2x1x1xf32> -> tensor<2x3x2xf32>
  %e = tt.sub %x, %mean : tensor<2x3x2xf32>, tensor<2x1x1xf32> -> tensor<2x3x2xf32>
  %square = tt.mul %e, %e : tensor<2x3x2xf32>, tensor<2x3x2xf32> -> tensor<2x3x2xf32>
  %variance = tt.reduce %square {kind = #tt<reduce_kind mean>, axes = array<i64: 1, 2>, keep_dims = true} : tensor<2x3x2xf32> -> tensor<2x1x1xf32>
  %sum = tt.add %epsilon, %variance : tensor<1xf32>, tensor<2x1x1xf32> -> tensor<2x1x1xf32>
  %root = tt.sqrt %sum : tensor<2x1x1xf32>
  %inverse = tt.reciprocal %root : tensor<2x1x1xf32>
  %n = tt.mul %inverse, %d : tensor<2x1x1xf32>, tensor<2x3x2xf32> -> tensor<2x3x2xf32>
  %y = tt.mul %scale, %n : tensor<1x1x2xf32>, tensor<2x3x2xf32> -> tensor<2x3x2xf32>
  return %y : tensor<2x3x2xf32>
}

// -----

// CHECK-LABEL: func.func @rms_norm
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<1x?x8xf32>, %[[S:[a-z0-9]+]]: tensor<8xf32>
func.func @rms_norm(%x: tensor<1x?x8xf32>, %scale: tensor<8xf32>) -> tensor<1x?x8xf32> {
  // CHECK-NEXT:  %[[Y:.+]] = tt.norm %[[X]], %[[S]] {axis = 2 : i64, epsilon = 9.99999974E-6 : f32, kind = #tt<norm_kind rms>}
  // CHECK-NEXT:  return %[[Y]]
  %epsilon = arith.constant dense<1.0e-5> : tensor<1xf32>
  %square = tt.mul %x, %x : tensor<1x?x8xf32>, tensor<1x?x8xf32> -> tensor<1x?x8xf32>
  %mean = tt.reduce %square {kind = #tt<reduce_kind mean>, axes = array<i64: 2>, keep_dims = true} : tensor<1x?x8xf32> -> tensor<1x?x1xf32>
  %sum = tt.add %mean, %epsilon : tensor<1x?x1xf32>, tensor<1xf32> -> tensor<1x?x1xf32>
  %root = tt.sqrt %sum : tensor<1x?x1xf32>
  %n = tt.div %x, %root : tensor<1x?x8xf32>, tensor<1x?x1xf32> -> tensor<1x?x8xf32>
  %y = tt.mul %n, %scale : tensor<1x?x8xf32>, tensor<8xf32> -> tensor<1x?x8xf32>
  return %y : tensor<1x?x8xf32>
}

// -----

// The normalized value has a second use, so the product stays outside.
// CHECK-LABEL: func.func @second_use
func.func @second_use(%x: tensor<2x8xf32>, %scale: tensor<8xf32>) -> (tensor<2x8xf32>, tensor<2x8xf32>) {
  // CHECK:       %[[ONE:.+]] = arith.constant dense<1.000000e+00> : tensor<f32>
  // CHECK:       %[[N:.+]] = tt.norm %{{.+}}, %[[ONE]] {{.*}} : tensor<2x8xf32>, tensor<f32> -> tensor<2x8xf32>
  // CHECK:       %[[Y:.+]] = tt.mul %[[N]]
  // CHECK:       return %[[N]], %[[Y]]
  %epsilon = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tt.mul %x, %x : tensor<2x8xf32>, tensor<2x8xf32> -> tensor<2x8xf32>
  %mean = tt.reduce %square {kind = #tt<reduce_kind mean>, axes = array<i64: 1>, keep_dims = true} : tensor<2x8xf32> -> tensor<2x1xf32>
  %sum = tt.add %mean, %epsilon : tensor<2x1xf32>, tensor<f32> -> tensor<2x1xf32>
  %root = tt.sqrt %sum : tensor<2x1xf32>
  %n = tt.div %x, %root : tensor<2x8xf32>, tensor<2x1xf32> -> tensor<2x8xf32>
  %y = tt.mul %n, %scale : tensor<2x8xf32>, tensor<8xf32> -> tensor<2x8xf32>
  return %n, %y : tensor<2x8xf32>, tensor<2x8xf32>
}

// -----

// Rows, not columns, are normalized; and another value is divided.
// CHECK-LABEL: func.func @other_dimension
func.func @other_dimension(%x: tensor<4x8xf32>, %z: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
  // CHECK-NOT:   tt.norm
  // CHECK-COUNT-2: tt.div
  // REMARK:      [Missed] norm-not-raised {{.*}}the mean square is not taken over the last dimensions of the normalized value
  %epsilon = arith.constant dense<1.0e-5> : tensor<f32>
  %square = tt.mul %x, %x : tensor<4x8xf32>, tensor<4x8xf32> -> tensor<4x8xf32>
  %mean = tt.reduce %square {kind = #tt<reduce_kind mean>, axes = array<i64: 0>, keep_dims = true} : tensor<4x8xf32> -> tensor<1x8xf32>
  %sum = tt.add %mean, %epsilon : tensor<1x8xf32>, tensor<f32> -> tensor<1x8xf32>
  %root = tt.sqrt %sum : tensor<1x8xf32>
  %y = tt.div %x, %root : tensor<4x8xf32>, tensor<1x8xf32> -> tensor<4x8xf32>
  %w = tt.div %z, %root : tensor<4x8xf32>, tensor<1x8xf32> -> tensor<4x8xf32>
  return %y, %w : tensor<4x8xf32>, tensor<4x8xf32>
}
