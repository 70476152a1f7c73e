// RUN: tt-opt %s --split-input-file --tt-assign-layout --cse | FileCheck %s
// RUN: tt-opt %s --split-input-file --tt-assign-layout --remarks-filter=tt-layout --remark-format=emitRemark 2>&1 | FileCheck %s --check-prefix=REMARK

// One transpose for the image; the mean over height and width reads NHWC; the flattening moves unit dimensions only.
// CHECK-LABEL: func.func @chain
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x2x4x4xf32>
func.func @chain(%x: tensor<?x2x4x4xf32>, %w: tensor<4x2x3x3xf32>, %v: tensor<4x4x1x1xf32>) -> tensor<?x4xf32> {
  // CHECK-NOT:   tt.transpose
  // CHECK:       %[[T:.+]] = tt.transpose %[[X]] {perm = array<i64: 0, 2, 3, 1>}
  // CHECK-NOT:   tt.transpose
  // CHECK:       %[[K:.+]] = arith.constant dense<{{\[\[\[\[}}1.000000e+00, 2.000000e+00, 3.000000e+00, 4.000000e+00]]]]> : tensor<1x1x1x4xf32>
  // CHECK:       %[[C:.+]] = tt.conv %[[T]], {{.*}}layout = #tt<layout nhwc>
  // CHECK:       %[[R:.+]] = tt.relu %[[C]]
  // CHECK:       %[[M:.+]] = tt.mul %[[R]], %[[K]] : tensor<?x4x4x4xf32>, tensor<1x1x1x4xf32>
  // CHECK:       %[[D:.+]] = tt.conv %[[M]], {{.*}}layout = #tt<layout nhwc>
  // CHECK:       %[[A:.+]] = tt.add %[[D]], %[[M]]
  // CHECK:       %[[G:.+]] = tt.reduce %[[A]] {axes = array<i64: 1, 2>, {{.*}} -> tensor<?x1x1x4xf32>
  // CHECK:       %[[S:.+]] = arith.constant dense<[0, 4]> : tensor<2xi64>
  // CHECK:       %[[F:.+]] = tt.reshape %[[G]], %[[S]] : tensor<?x1x1x4xf32>, tensor<2xi64> -> tensor<?x4xf32>
  // CHECK-NEXT:  return %[[F]]
  // REMARK:      [Analysis] transposes {{.*}}1 transposes are left, of about 128 bytes
  %k = arith.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]> : tensor<4x1x1xf32>
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<?x2x4x4xf32>, tensor<4x2x3x3xf32> -> tensor<?x4x4x4xf32>
  %r = tt.relu %c : tensor<?x4x4x4xf32>
  %m = tt.mul %r, %k : tensor<?x4x4x4xf32>, tensor<4x1x1xf32> -> tensor<?x4x4x4xf32>
  %d = tt.conv %m, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<?x4x4x4xf32>, tensor<4x4x1x1xf32> -> tensor<?x4x4x4xf32>
  %a = tt.add %d, %m : tensor<?x4x4x4xf32>, tensor<?x4x4x4xf32> -> tensor<?x4x4x4xf32>
  %g = tt.reduce %a {kind = #tt<reduce_kind mean>, axes = array<i64: 2, 3>, keep_dims = true} : tensor<?x4x4x4xf32> -> tensor<?x4x1x1xf32>
  %s = arith.constant dense<[0, 4]> : tensor<2xi64>
  %f = tt.reshape %g, %s : tensor<?x4x1x1xf32>, tensor<2xi64> -> tensor<?x4xf32>
  return %f : tensor<?x4xf32>
}

// -----

// Channel shuffle (ShuffleNet): the transpose moves the two parts of the channels only, on NHWC.
// CHECK-LABEL: func.func @channel_shuffle
func.func @channel_shuffle(%x: tensor<1x8x8x8xf32>, %w: tensor<8x8x1x1xf32>) -> tensor<1x1x8x8xf32> {
  // CHECK:       tt.transpose {{.*}} {perm = array<i64: 0, 2, 3, 1>}
  // CHECK:       %[[C:.+]] = tt.conv
  // CHECK:       %[[R:.+]] = tt.reshape %[[C]], %{{.+}} : tensor<1x8x8x8xf32>, tensor<5xi64> -> tensor<1x8x8x2x4xf32>
  // CHECK:       %[[T:.+]] = tt.transpose %[[R]] {perm = array<i64: 0, 1, 2, 4, 3>}
  // CHECK:       %[[Q:.+]] = tt.reshape %[[T]], %{{.+}} -> tensor<1x8x8x8xf32>
  // CHECK:       %[[H:.+]] = tt.slice %[[Q]], {{.*}} {axes = array<i64: 3>, steps = array<i64: 1>}
  // CHECK:       %[[D:.+]] = tt.conv %[[H]]
  // The last result has one channel: its transpose moves unit dimensions only.
  // CHECK-NOT:   tt.transpose
  // CHECK:       tt.reshape %[[D]], %{{.+}} : tensor<1x8x8x1xf32>, tensor<4xi64> -> tensor<1x1x8x8xf32>
  %v = arith.constant dense<1.0> : tensor<1x4x1x1xf32>
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x8x8x8xf32>, tensor<8x8x1x1xf32> -> tensor<1x8x8x8xf32>
  %s = arith.constant dense<[1, 2, 4, 8, 8]> : tensor<5xi64>
  %r = tt.reshape %c, %s : tensor<1x8x8x8xf32>, tensor<5xi64> -> tensor<1x2x4x8x8xf32>
  %t = tt.transpose %r {perm = array<i64: 0, 2, 1, 3, 4>} : tensor<1x2x4x8x8xf32> -> tensor<1x4x2x8x8xf32>
  %s2 = arith.constant dense<[1, -1, 8, 8]> : tensor<4xi64>
  %q = tt.reshape %t, %s2 : tensor<1x4x2x8x8xf32>, tensor<4xi64> -> tensor<1x8x8x8xf32>
  %z = arith.constant dense<0> : tensor<1xi64>
  %four = arith.constant dense<4> : tensor<1xi64>
  %h = tt.slice %q, %z, %four {axes = array<i64: 1>, steps = array<i64: 1>} : tensor<1x8x8x8xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<1x4x8x8xf32>
  %d = tt.conv %h, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x4x8x8xf32>, tensor<1x4x1x1xf32> -> tensor<1x1x8x8xf32>
  return %d : tensor<1x1x8x8xf32>
}

// -----

// Detector heads: the model's own transpose to channels-last undoes the pass's.
// CHECK-LABEL: func.func @head
func.func @head(%x: tensor<1x4x8x6xf32>, %w: tensor<4x4x1x1xf32>) -> (tensor<1x48x4xf32>, tensor<1x24x8xf32>) {
  // CHECK:       tt.transpose
  // CHECK-NOT:   tt.transpose
  // CHECK:       %[[C:.+]] = tt.conv
  // CHECK-DAG:   %[[R:.+]] = tt.reshape %[[C]], %{{.+}} : tensor<1x8x6x4xf32>, tensor<3xi64> -> tensor<1x48x4xf32>
  // CHECK-DAG:   %[[Q:.+]] = tt.reshape %[[C]], %{{.+}} : tensor<1x8x6x4xf32>, tensor<3xi64> -> tensor<1x24x8xf32>
  // CHECK:       return %[[R]], %[[Q]]
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x4x8x6xf32>, tensor<4x4x1x1xf32> -> tensor<1x4x8x6xf32>
  %s = arith.constant dense<[1, 4, 48]> : tensor<3xi64>
  %r = tt.reshape %c, %s : tensor<1x4x8x6xf32>, tensor<3xi64> -> tensor<1x4x48xf32>
  %t = tt.transpose %r {perm = array<i64: 0, 2, 1>} : tensor<1x4x48xf32> -> tensor<1x48x4xf32>
  %s2 = arith.constant dense<[1, -1, 8]> : tensor<3xi64>
  %u = tt.transpose %c {perm = array<i64: 0, 2, 3, 1>} : tensor<1x4x8x6xf32> -> tensor<1x8x6x4xf32>
  %q = tt.reshape %u, %s2 : tensor<1x8x6x4xf32>, tensor<3xi64> -> tensor<1x24x8xf32>
  return %t, %q : tensor<1x48x4xf32>, tensor<1x24x8xf32>
}

// -----

// Depth to space: the model's transpose and the way back from NHWC are one transpose.
// CHECK-LABEL: func.func @depth_to_space
func.func @depth_to_space(%x: tensor<?x1x8x6xf32>, %w: tensor<4x1x1x1xf32>) -> tensor<?x1x16x12xf32> {
  // CHECK:       tt.reshape %{{.+}}, %{{.+}} : tensor<?x1x8x6xf32>, tensor<4xi64> -> tensor<?x8x6x1xf32>
  // CHECK:       %[[C:.+]] = tt.conv
  // CHECK:       %[[S:.+]] = arith.constant dense<[0, 8, 6, 1, 2, 2]>
  // CHECK:       %[[R:.+]] = tt.reshape %[[C]], %[[S]] : tensor<?x8x6x4xf32>, tensor<6xi64> -> tensor<?x8x6x1x2x2xf32>
  // CHECK:       tt.transpose %[[R]] {perm = array<i64: 0, 3, 1, 4, 2, 5>}
  // CHECK-NOT:   tt.transpose
  // CHECK:       return
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<?x1x8x6xf32>, tensor<4x1x1x1xf32> -> tensor<?x4x8x6xf32>
  %s = arith.constant dense<[-1, 1, 2, 2, 8, 6]> : tensor<6xi64>
  %r = tt.reshape %c, %s : tensor<?x4x8x6xf32>, tensor<6xi64> -> tensor<?x1x2x2x8x6xf32>
  %t = tt.transpose %r {perm = array<i64: 0, 1, 4, 2, 5, 3>} : tensor<?x1x2x2x8x6xf32> -> tensor<?x1x8x2x6x2xf32>
  %s2 = arith.constant dense<[-1, 1, 16, 12]> : tensor<4xi64>
  %u = tt.reshape %t, %s2 : tensor<?x1x8x2x6x2xf32>, tensor<4xi64> -> tensor<?x1x16x12xf32>
  return %u : tensor<?x1x16x12xf32>
}

// -----

// Two transposes of the model that undo each other around a product and a sum; no convolution is near.
// CHECK-LABEL: func.func @inverse_pair
// CHECK-SAME:    %[[X:[a-z0-9]+]]: tensor<?x3x4x2xf32>
func.func @inverse_pair(%x: tensor<?x3x4x2xf32>) -> tensor<?x3x4xf32> {
  // CHECK-NOT:   tt.transpose
  // CHECK:       %[[K:.+]] = arith.constant dense<{{.*}}> : tensor<1x1x4x1xf32>
  // CHECK:       %[[M:.+]] = tt.mul %[[X]], %[[K]]
  // CHECK:       %[[S:.+]] = tt.reduce %[[M]] {axes = array<i64: 3>
  // CHECK:       %[[Q:.+]] = tt.sqrt %[[S]]
  // CHECK-NEXT:  return %[[Q]]
  // REMARK:      0 transposes are left
  %k = arith.constant dense<[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]> : tensor<4x1x1xf32>
  %t = tt.transpose %x {perm = array<i64: 0, 2, 1, 3>} : tensor<?x3x4x2xf32> -> tensor<?x4x3x2xf32>
  %m = tt.mul %t, %k : tensor<?x4x3x2xf32>, tensor<4x1x1xf32> -> tensor<?x4x3x2xf32>
  %s = tt.reduce %m {kind = #tt<reduce_kind sum>, axes = array<i64: 3>, keep_dims = false} : tensor<?x4x3x2xf32> -> tensor<?x4x3xf32>
  %q = tt.sqrt %s : tensor<?x4x3xf32>
  %u = tt.transpose %q {perm = array<i64: 0, 2, 1>} : tensor<?x4x3xf32> -> tensor<?x3x4xf32>
  return %u : tensor<?x3x4xf32>
}

// -----

// Pads, slices, resize factors, axes and sizes follow the order; the sizes are read without a transpose.
// CHECK-LABEL: func.func @parameters
func.func @parameters(%x: tensor<1x1x4x6xf32>, %w: tensor<3x1x1x1xf32>, %v: tensor<1x4x1x1xf32>) -> (tensor<1x1x12x12xf32>, tensor<2xi64>) {
  // CHECK-NOT:   tt.transpose
  // 1 before the channels and 2 before the height; the verifier infers the type from the constant pads.
  // CHECK:       tt.pad {{.*}} : tensor<1x4x6x3xf32>, tensor<8xi64> -> tensor<1x6x6x4xf32>
  // CHECK:       tt.softmax {{.*}} {axis = 3 : i64}
  // CHECK:       %[[SCALES:.+]] = arith.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00, 1.000000e+00]> : tensor<4xf32>
  // CHECK:       %[[RESIZED:.+]] = tt.resize %{{.+}} scales(%[[SCALES]]
  // CHECK:       tt.slice {{.*}} {axes = array<i64: 2>, steps = array<i64: 1>}
  // Channels and height are dimensions 3 and 1 of NHWC.
  // CHECK:       %[[SIZES:.+]] = tt.shape {{.*}} {end = 4 : i64, start = 0 : i64}
  // CHECK:       %[[PLACES:.+]] = arith.constant dense<[3, 1]> : tensor<2xi64>
  // CHECK:       tt.gather %[[SIZES]], %[[PLACES]]
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x1x4x6xf32>, tensor<3x1x1x1xf32> -> tensor<1x3x4x6xf32>
  %pads = arith.constant dense<[0, 1, 2, 0, 0, 0, 0, 0]> : tensor<8xi64>
  %p = tt.pad %c, %pads {mode = #tt<pad_mode constant>} : tensor<1x3x4x6xf32>, tensor<8xi64> -> tensor<1x4x6x6xf32>
  %q = tt.softmax %p {axis = 1 : i64} : tensor<1x4x6x6xf32> -> tensor<1x4x6x6xf32>
  %scales = arith.constant dense<[1.0, 1.0, 2.0, 3.0]> : tensor<4xf32>
  %r = tt.resize %q scales(%scales : tensor<4xf32>) {mode = #tt<resize_mode nearest>, coord = #tt<coord_mode asymmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<1x4x6x6xf32> -> tensor<1x4x12x18xf32>
  %zero = arith.constant dense<0> : tensor<1xi64>
  %twelve = arith.constant dense<12> : tensor<1xi64>
  %s = tt.slice %r, %zero, %twelve {axes = array<i64: 3>, steps = array<i64: 1>} : tensor<1x4x12x18xf32>, tensor<1xi64>, tensor<1xi64> -> tensor<1x4x12x12xf32>
  %sizes = tt.shape %s {start = 1 : i64, end = 3 : i64} : tensor<1x4x12x12xf32> -> tensor<2xi64>
  %d = tt.conv %s, %v {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x4x12x12xf32>, tensor<1x4x1x1xf32> -> tensor<1x1x12x12xf32>
  return %d, %sizes : tensor<1x1x12x12xf32>, tensor<2xi64>
}

// -----

// A pool in a 1-D model (unit height): the reshapes around it work in either order.
// CHECK-LABEL: func.func @one_dimension
func.func @one_dimension(%x: tensor<?x8x16xf32>) -> tensor<?x4x16xf32> {
  // CHECK:       %[[T:.+]] = tt.transpose %{{.+}} {perm = array<i64: 0, 2, 1>} : tensor<?x8x16xf32> -> tensor<?x16x8xf32>
  // CHECK:       %[[R:.+]] = tt.reshape %[[T]], %{{.+}} -> tensor<?x1x16x8xf32>
  // CHECK:       %[[C:.+]] = tt.conv %[[R]]
  // CHECK:       tt.transpose {{.*}} -> tensor<?x4x16xf32>
  // CHECK-NEXT:  return
  %w = arith.constant dense<1.0> : tensor<4x8x1x1xf32>
  %s = arith.constant dense<[0, 8, 1, 16]> : tensor<4xi64>
  %r = tt.reshape %x, %s : tensor<?x8x16xf32>, tensor<4xi64> -> tensor<?x8x1x16xf32>
  %c = tt.conv %r, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<?x8x1x16xf32>, tensor<4x8x1x1xf32> -> tensor<?x4x1x16xf32>
  %s2 = arith.constant dense<[0, 4, 16]> : tensor<3xi64>
  %q = tt.reshape %c, %s2 : tensor<?x4x1x16xf32>, tensor<3xi64> -> tensor<?x4x16xf32>
  return %q : tensor<?x4x16xf32>
}

// -----

// A transpose between products stays as it is, and so do convolutions that are NHWC already.
// CHECK-LABEL: func.func @unchanged
// CHECK-SAME:    %[[A:[a-z0-9]+]]: tensor<1x4x8x2xf32>, %[[B:[a-z0-9]+]]: tensor<1x8x2x4xf32>
func.func @unchanged(%a: tensor<1x4x8x2xf32>, %b: tensor<1x8x2x4xf32>, %x: tensor<1x4x4x2xf32>, %w: tensor<3x2x1x1xf32>) -> (tensor<1x8x4x4xf32>, tensor<1x4x4x3xf32>) {
  // CHECK-NEXT:  %[[T:.+]] = tt.transpose %[[A]] {perm = array<i64: 0, 2, 1, 3>}
  // CHECK-NEXT:  %[[M:.+]] = tt.matmul %[[T]], %[[B]]
  // CHECK-NEXT:  %[[C:.+]] = tt.conv
  // CHECK-NEXT:  return %[[M]], %[[C]]
  %t = tt.transpose %a {perm = array<i64: 0, 2, 1, 3>} : tensor<1x4x8x2xf32> -> tensor<1x8x4x2xf32>
  %m = tt.matmul %t, %b : tensor<1x8x4x2xf32>, tensor<1x8x2x4xf32> -> tensor<1x8x4x4xf32>
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nhwc>} : tensor<1x4x4x2xf32>, tensor<3x2x1x1xf32> -> tensor<1x4x4x3xf32>
  return %m, %c : tensor<1x8x4x4xf32>, tensor<1x4x4x3xf32>
}

// -----

// Two channels of 1x2 flattened to [c0w0, c0w1, c1w0, c1w1] become [w0c0, w0c1, w1c0, w1c1]: rows 0, 2, 1, 3.
// CHECK-LABEL: func.func @flattened
func.func @flattened(%x: tensor<?x2x1x2xf32>, %w: tensor<2x2x1x1xf32>) -> tensor<?x3xf32> {
  // CHECK-DAG:   %[[W:.+]] = arith.constant dense<{{\[\[}}0.000000e+00, 1.000000e+00, 2.000000e+00], [6.000000e+00, 7.000000e+00, 8.000000e+00], [3.000000e+00, 4.000000e+00, 5.000000e+00], [9.000000e+00, 1.000000e+01, 1.100000e+01]]> : tensor<4x3xf32>
  // CHECK-DAG:   %[[C:.+]] = tt.conv
  // CHECK:       %[[F:.+]] = tt.reshape %[[C]], %{{.+}} : tensor<?x1x2x2xf32>, tensor<2xi64> -> tensor<?x4xf32>
  // CHECK:       tt.matmul %[[F]], %[[W]]
  %v = arith.constant dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<?x2x1x2xf32>, tensor<2x2x1x1xf32> -> tensor<?x2x1x2xf32>
  %s = arith.constant dense<[-1, 4]> : tensor<2xi64>
  %f = tt.reshape %c, %s : tensor<?x2x1x2xf32>, tensor<2xi64> -> tensor<?x4xf32>
  %y = tt.matmul %f, %v : tensor<?x4xf32>, tensor<4x3xf32> -> tensor<?x3xf32>
  return %y : tensor<?x3xf32>
}

// -----

// Regions read the tensors in their own order.
// CHECK-LABEL: func.func @region
func.func @region(%p: i1, %x: tensor<1x2x4x4xf32>, %w: tensor<3x2x1x1xf32>) -> tensor<1x3x4x4xf32> {
  // CHECK:       %[[C:.+]] = tt.conv {{.*}} -> tensor<1x4x4x3xf32>
  // CHECK:       %[[T:.+]] = tt.transpose %[[C]] {perm = array<i64: 0, 3, 1, 2>}
  // CHECK:       scf.if
  // CHECK:         tt.relu %[[T]] : tensor<1x3x4x4xf32>
  // CHECK:         scf.yield %[[T]]
  %c = tt.conv %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, layout = #tt<layout nchw>} : tensor<1x2x4x4xf32>, tensor<3x2x1x1xf32> -> tensor<1x3x4x4xf32>
  %y = scf.if %p -> tensor<1x3x4x4xf32> {
    %r = tt.relu %c : tensor<1x3x4x4xf32>
    scf.yield %r : tensor<1x3x4x4xf32>
  } else {
    scf.yield %c : tensor<1x3x4x4xf32>
  }
  return %y : tensor<1x3x4x4xf32>
}
