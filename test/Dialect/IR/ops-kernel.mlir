// RUN: tt-opt %s --verify-roundtrip | tt-opt | FileCheck %s

// The example of every op of KernelOps.td, RuntimeOps.td, parsed, printed and parsed again.

// CHECK-LABEL: func.func @conv_depthwise(
func.func @conv_depthwise(%x: tensor<1x34x34x32xf32>, %w: tensor<3x3x32xf32>, %i: tensor<1x32x32x32xf32>) {
  // CHECK: tt.conv_depthwise ins({{.*}} outs(%{{.+}} : tensor<1x32x32x32xf32>)
  %r = tt.conv_depthwise ins(%x, %w : tensor<1x34x34x32xf32>, tensor<3x3x32xf32>) outs(%i : tensor<1x32x32x32xf32>)
       {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x32x32x32xf32>
  return
}

// CHECK-LABEL: func.func @conv_direct(
func.func @conv_direct(%x: tensor<1x34x34x16xf32>, %w: tensor<1x2x144x16xf32>, %i: tensor<1x32x32x32xf32>) {
  // CHECK: tt.conv_direct ins({{.*}} outs(%{{.+}} : tensor<1x32x32x32xf32>)
  %r = tt.conv_direct ins(%x, %w : tensor<1x34x34x16xf32>, tensor<1x2x144x16xf32>) outs(%i : tensor<1x32x32x32xf32>)
       {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x32x32x32xf32>
  return
}

// CHECK-LABEL: func.func @gemm(
func.func @gemm(%a: tensor<1x?x64xf32>, %b: tensor<1x8x64x16xf32>, %i: tensor<1x?x128xf32>, %bias: tensor<128xf32>) {
  // CHECK: tt.gemm ins({{.*}} outs(%{{.+}} : tensor<1x?x128xf32>)
  %r = tt.gemm ins(%a, %b : tensor<1x?x64xf32>, tensor<1x8x64x16xf32>) outs(%i : tensor<1x?x128xf32>) extras(%bias : tensor<128xf32>)
       {packed, extra_maps = [affine_map<(b, m, n) -> (n)>]} epilogue {
  ^bb0(%acc: f32, %x: f32):
    %s = arith.addf %acc, %x : f32
    tt.yield %s : f32
  } -> tensor<1x?x128xf32>
  return
}

// CHECK-LABEL: func.func @norm_rows(
func.func @norm_rows(%x: tensor<1x?x64xf32>, %s: tensor<64xf32>, %i: tensor<1x?x64xf32>) {
  // CHECK: tt.norm_rows ins({{.*}} outs(%{{.+}} : tensor<1x?x64xf32>)
  %r = tt.norm_rows ins(%x, %s : tensor<1x?x64xf32>, tensor<64xf32>) outs(%i : tensor<1x?x64xf32>) {kind = #tt<norm_kind rms>, epsilon = 1.0e-5 : f32} -> tensor<1x?x64xf32>
  return
}

// CHECK-LABEL: func.func @pack(
func.func @pack(%b: tensor<4x?x64xf32>, %i: tensor<4x4x?x16xf32>) {
  // CHECK: tt.pack ins({{.*}} outs(%{{.+}} : tensor<4x4x?x16xf32>)
  %p = tt.pack ins(%b : tensor<4x?x64xf32>) outs(%i : tensor<4x4x?x16xf32>) -> tensor<4x4x?x16xf32>
  return
}

// CHECK-LABEL: func.func @softmax_rows(
func.func @softmax_rows(%x: tensor<4x?x?xf32>, %i: tensor<4x?x?xf32>) {
  // CHECK: tt.softmax_rows ins({{.*}} outs(%{{.+}} : tensor<4x?x?xf32>)
  %r = tt.softmax_rows ins(%x : tensor<4x?x?xf32>) outs(%i : tensor<4x?x?xf32>) -> tensor<4x?x?xf32>
  return
}

// CHECK-LABEL: func.func @arena(
func.func @arena(%ctx: !llvm.ptr, %bytes: index) {
  // CHECK: tt.arena {{.*}} : memref<?xi8>
  %a = tt.arena %ctx, %bytes : memref<?xi8>
  return
}

// CHECK-LABEL: func.func @check(
func.func @check(%ok: i1) {
  // CHECK: tt.check
  tt.check %ok, "onnx node 'Add_3': sizes do not broadcast"
  return
}

// CHECK-LABEL: func.func @input(
func.func @input(%ctx: !llvm.ptr) {
  // CHECK: tt.input {{.*}} : memref<?x3x224x224xf32>
  %x = tt.input %ctx {index = 0 : i64} : memref<?x3x224x224xf32>
  return
}

// CHECK-LABEL: func.func @output(
func.func @output(%ctx: !llvm.ptr, %n: index) {
  // CHECK: tt.output {{.*}} : memref<?x10xf32>
  %y = tt.output %ctx(%n) {index = 0 : i64} : memref<?x10xf32>
  return
}

// CHECK-LABEL: func.func @parallel_for(
func.func @parallel_for(%ctx: !llvm.ptr, %n: index) {
  // CHECK: tt.parallel_for
  tt.parallel_for %ctx, %n {
  ^bb0(%chunk: index, %thread: index):
    tt.yield
  }
  return
}

// CHECK-LABEL: func.func @run_alloc(
func.func @run_alloc(%ctx: !llvm.ptr, %n: index) {
  // CHECK: tt.run_alloc {{.*}} : memref<?xf32>
  %b = tt.run_alloc %ctx(%n) : memref<?xf32>
  return
}

// CHECK-LABEL: func.func @weights(
func.func @weights() {
  // CHECK: tt.weights {{.*}} : memref<1x8x64x16xf32>
  %w = tt.weights {offset = 4096 : i64} : memref<1x8x64x16xf32>
  return
}

// On buffers a kernel op has no result; a body may read an extra that is broadcast (0 in its map).
// CHECK-LABEL: func.func @gemm_on_buffers(
func.func @gemm_on_buffers(%a: memref<1x8x4xf32>, %b: memref<1x16x4xf32>, %i: memref<1x8x16xf32>, %x: memref<8x1xf32>) {
  // CHECK: tt.gemm ins({{.*}}) outs(%{{.+}} : memref<1x8x16xf32>) extras(%{{.+}} : memref<8x1xf32>)
  // CHECK-SAME: extra_maps = [#{{.+}}], rhs_transposed
  tt.gemm ins(%a, %b : memref<1x8x4xf32>, memref<1x16x4xf32>) outs(%i : memref<1x8x16xf32>) extras(%x : memref<8x1xf32>)
      {rhs_transposed, extra_maps = [affine_map<(b, m, n) -> (m, 0)>]} epilogue {
  // CHECK: tt.yield %{{.+}} : f32
  ^bb0(%acc: f32, %e: f32):
    %s = arith.mulf %acc, %e : f32
    tt.yield %s : f32
  }
  return
}

// The unpacked filter of a direct convolution is O x I x KH x KW, with I = 4 / 2 groups.
// CHECK-LABEL: func.func @grouped_conv(
func.func @grouped_conv(%x: memref<1x10x?x4xf32, strided<[?, ?, 4, 1], offset: ?>>, %w: memref<6x2x3x1xf32>, %i: memref<1x4x?x6xf32>) {
  // CHECK: tt.conv_direct ins({{.*}}) outs({{.*}}) {{.*}}groups = 2
  tt.conv_direct ins(%x, %w : memref<1x10x?x4xf32, strided<[?, ?, 4, 1], offset: ?>>, memref<6x2x3x1xf32>) outs(%i : memref<1x4x?x6xf32>)
      {kernel = array<i64: 3, 1>, strides = array<i64: 2, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  }
  return
}

// CHECK-LABEL: func.func @winograd(
func.func @winograd(%ctx: !llvm.ptr, %x: memref<1x9x7x4xf32>, %w: memref<16x2x4x16xf32>, %i: memref<1x7x5x20xf32>) {
  // CHECK: tt.scratch %{{.*}} : memref<?x4096xf32>
  %s = tt.scratch %ctx : memref<?x4096xf32>
  // CHECK: tt.conv_winograd ins({{.*}}) outs({{.*}}) {extra_maps = [], tile = 2 : i64} epilogue
  tt.conv_winograd ins(%x, %w : memref<1x9x7x4xf32>, memref<16x2x4x16xf32>) outs(%i : memref<1x7x5x20xf32>) {tile = 2 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  }
  return
}
