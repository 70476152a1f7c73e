// RUN: not tt-translate --export-onnx %s -o %t.onnx 2>&1 | FileCheck %s --implicit-check-not=error:
// RUN: not test -e %t.onnx

// Every op that has no form in opset 17 is reported, with its place.
func.func @main(%x: tensor<4xi32>, %y: tensor<4xi1>, %z: tensor<1x2x4x4xf32>) -> (tensor<4xi32>, tensor<i1>, tensor<1x2x4x4xf32>, tensor<1x2x2x2xf32>, tensor<4xi32>) {
  // CHECK: error: {{.*}}errors.mlir:[[#@LINE+1]]:8: 'tt.bitwise_not' cannot be exported: ONNX has BitwiseNot from opset 18 on, and opset 17 is written
  %a = tt.bitwise_not %x : tensor<4xi32>
  // CHECK: error: 'my node': 'tt.shift_left' cannot be exported: ONNX's BitShift takes no int32 as input 0 (opset 17)
  %b = tt.shift_left %a, %x : tensor<4xi32>, tensor<4xi32> -> tensor<4xi32> loc("my node"("b"))
  // CHECK: error: {{.*}}'tt.reduce' cannot be exported: ONNX's reductions take no bool (opset 17)
  %c = tt.reduce %y {kind = #tt<reduce_kind max>, axes = array<i64: 0>, keep_dims = false} : tensor<4xi1> -> tensor<i1>
  %pads = arith.constant dense<[0, 0, 1, 1, 0, 0, 1, 1]> : tensor<8xi64>
  // CHECK: error: {{.*}}'tt.pad' cannot be exported: ONNX's Pad has the mode wrap from opset 19 on, and opset 17 is written
  %d = tt.pad %z, %pads {mode = #tt<pad_mode wrap>} : tensor<1x2x4x4xf32>, tensor<8xi64> -> tensor<1x2x6x6xf32>
  %scales = arith.constant dense<[1.0, 1.0, 0.5, 0.5]> : tensor<4xf32>
  // CHECK: error: {{.*}}'tt.resize' cannot be exported: ONNX's Resize has half_pixel_symmetric from opset 19 on, and opset 17 is written
  %e = tt.resize %z scales(%scales : tensor<4xf32>) {mode = #tt<resize_mode linear>, coord = #tt<coord_mode half_pixel_symmetric>, nearest = #tt<nearest_mode floor>, cubic_a = -0.75 : f32, exclude_outside = false, extrapolation = 0.0 : f32} : tensor<1x2x4x4xf32> -> tensor<1x2x2x2xf32>
  // CHECK: error: {{.*}}'tt.pool' cannot be exported: ONNX's AveragePool has dilations from opset 19 on, and opset 17 is written
  %f = tt.pool %z {kind = #tt<pool_kind average>, kernel = array<i64: 2, 2>, strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 2, 2>, ceil_mode = false, count_include_pad = false, layout = #tt<layout nchw>} : tensor<1x2x4x4xf32> -> tensor<1x2x4x4xf32>
  %i = arith.constant dense<[[0], [1]]> : tensor<2x1xi64>
  %u = arith.constant dense<[5, 6]> : tensor<2xi32>
  // CHECK: error: {{.*}}'tt.scatter_nd' cannot be exported: ONNX's scatter operators have the reduction max from opset 18 on, and opset 17 is written
  %g = tt.scatter_nd %x, %i, %u {kind = #tt<scatter_kind max>} : tensor<4xi32>, tensor<2x1xi64>, tensor<2xi32> -> tensor<4xi32>
  // CHECK: error: {{.*}}'arith.addi' cannot be exported: it is no graph op with a form in ONNX; export a module of the stage imported or optimized
  %h = arith.addi %x, %x : tensor<4xi32>
  return %b, %c, %f, %e, %h : tensor<4xi32>, tensor<i1>, tensor<1x2x4x4xf32>, tensor<1x2x2x2xf32>, tensor<4xi32>
}
