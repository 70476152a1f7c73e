// RUN: tt-opt %s --split-input-file --verify-diagnostics

// One case per constraint of KernelOps.td and RuntimeOps.td.

// gemm (C1), M.
func.func @f(%a: tensor<1x3x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs lhs to have size 4 (M) along dimension 1, but found 'tensor<1x3x8xf32>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x3x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// gemm (C1), K.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x7x5xf32>, %i: tensor<1x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs rhs to have size 8 (K) along dimension 1, but found 'tensor<1x7x5xf32>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x7x5xf32>) outs(%i : tensor<1x4x5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// gemm (C1), N of a transposed rhs.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x6x8xf32>, %i: tensor<1x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs rhs to have size 5 (N) along dimension 1, but found 'tensor<1x6x8xf32>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x6x8xf32>) outs(%i : tensor<1x4x5xf32>) {extra_maps = [], rhs_transposed} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// gemm (C1), panels: ceil(20 / 16) = 2.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x1x8x16xf32>, %i: tensor<1x4x20xf32>) {
  // expected-error @below {{'tt.gemm' op needs rhs to have size 2 (ceil(N / 16)) along dimension 1, but found 'tensor<1x1x8x16xf32>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x1x8x16xf32>) outs(%i : tensor<1x4x20xf32>) {extra_maps = [], packed} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x20xf32>
  return
}

// -----

// gemm (C1), batch.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<3x8x5xf32>, %i: tensor<2x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs rhs to have size 2 (B) along dimension 0, but found 'tensor<3x8x5xf32>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<3x8x5xf32>) outs(%i : tensor<2x4x5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<2x4x5xf32>
  return
}

// -----

// gemm (C2).
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf64>, %i: tensor<1x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs rhs of element type 'f32', but found 'tensor<1x8x5xf64>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf64>) outs(%i : tensor<1x4x5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// gemm (C3), the type of the result.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs an epilogue that yields one 'f32', the element type of init, but it yields ('f64')}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    %w = arith.extf %acc : f32 to f64
    tt.yield %w : f64
  } -> tensor<1x4x5xf32>
  return
}

// -----

// gemm (C3), an argument without an extra.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>) {
  // expected-error @below {{'tt.gemm' op needs an epilogue with the accumulator and 0 extras as arguments, but it has 2}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32, %x: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// One map per extra.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>, %e: tensor<5xf32>) {
  // expected-error @below {{'tt.gemm' op needs one map per extra (1), but found 0}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) extras(%e : tensor<5xf32>) {extra_maps = []} epilogue {
  ^bb0(%acc: f32, %x: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// Maps have dimensions or 0 as results.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>, %e: tensor<5xf32>) {
  // expected-error @below {{'tt.gemm' op needs maps whose results are dimensions or 0, but found affine_map<(d0, d1, d2) -> (d1 + d2)>}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) extras(%e : tensor<5xf32>) {extra_maps = [affine_map<(b, m, n) -> (m + n)>]} epilogue {
  ^bb0(%acc: f32, %x: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// Maps lead to the extra's dimensions.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>, %e: tensor<5xf32>) {
  // expected-error @below {{'tt.gemm' op needs map 0 to lead from 3 dimensions to the 1 of extra 0, but found affine_map<(d0, d1, d2) -> (d1, d2)>}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) extras(%e : tensor<5xf32>) {extra_maps = [affine_map<(b, m, n) -> (m, n)>]} epilogue {
  ^bb0(%acc: f32, %x: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// The sizes of an extra.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x8x5xf32>, %i: tensor<1x4x5xf32>, %e: tensor<4xf32>) {
  // expected-error @below {{'tt.gemm' op needs extra 0 to have size 5 along dimension 0 (map affine_map<(d0, d1, d2) -> (d2)>), but found 'tensor<4xf32>'}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x8x5xf32>) outs(%i : tensor<1x4x5xf32>) extras(%e : tensor<4xf32>) {extra_maps = [affine_map<(b, m, n) -> (n)>]} epilogue {
  ^bb0(%acc: f32, %x: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x5xf32>
  return
}

// -----

// Panels are not transposed.
func.func @f(%a: tensor<1x4x8xf32>, %b: tensor<1x2x8x16xf32>, %i: tensor<1x4x20xf32>) {
  // expected-error @below {{'tt.gemm' op needs a rhs that is either packed or transposed: panels have no transposed form}}
  %r = tt.gemm ins(%a, %b : tensor<1x4x8xf32>, tensor<1x2x8x16xf32>) outs(%i : tensor<1x4x20xf32>) {extra_maps = [], packed, rhs_transposed} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x4x20xf32>
  return
}

// -----

// conv_direct (C4): (34 - 2 - 1) / 1 + 1 = 32.
func.func @f(%x: tensor<1x34x34x4xf32>, %w: tensor<8x4x3x3xf32>, %i: tensor<1x34x32x8xf32>) {
  // expected-error @below {{'tt.conv_direct' op needs an init with 32 windows along dimension 1 for input 'tensor<1x34x34x4xf32>', but found 'tensor<1x34x32x8xf32>'}}
  %r = tt.conv_direct ins(%x, %w : tensor<1x34x34x4xf32>, tensor<8x4x3x3xf32>) outs(%i : tensor<1x34x32x8xf32>) {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x34x32x8xf32>
  return
}

// -----

// conv_direct: the filter is O x I x KH x KW.
func.func @f(%x: tensor<1x34x34x4xf32>, %w: tensor<3x3x4x8xf32>, %i: tensor<1x32x32x8xf32>) {
  // expected-error @below {{'tt.conv_direct' op needs filter to have size 8 (O) along dimension 0, but found 'tensor<3x3x4x8xf32>'}}
  %r = tt.conv_direct ins(%x, %w : tensor<1x34x34x4xf32>, tensor<3x3x4x8xf32>) outs(%i : tensor<1x32x32x8xf32>) {kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x32x32x8xf32>
  return
}

// -----

// conv_depthwise: channels of the filter.
func.func @f(%x: tensor<1x34x34x4xf32>, %w: tensor<3x3x5xf32>, %i: tensor<1x32x32x4xf32>) {
  // expected-error @below {{'tt.conv_depthwise' op needs filter to have size 4 (C) along dimension 2, but found 'tensor<3x3x5xf32>'}}
  %r = tt.conv_depthwise ins(%x, %w : tensor<1x34x34x4xf32>, tensor<3x3x5xf32>) outs(%i : tensor<1x32x32x4xf32>) {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x32x32x4xf32>
  return
}

// -----

// pack: 64 columns make 4 panels.
func.func @f(%x: tensor<2x8x64xf32>, %i: tensor<2x3x8x16xf32>) {
  // expected-error @below {{'tt.pack' op needs init to have size 4 (ceil(N / 16)) along dimension 1, but found 'tensor<2x3x8x16xf32>'}}
  %r = tt.pack ins(%x : tensor<2x8x64xf32>) outs(%i : tensor<2x3x8x16xf32>) -> tensor<2x3x8x16xf32>
  return
}

// -----

// softmax_rows: equal shapes.
func.func @f(%x: tensor<2x3xf32>, %i: tensor<2x4xf32>) {
  // expected-error @below {{'tt.softmax_rows' op needs an init of the input's shape, but found 'tensor<2x3xf32>' and 'tensor<2x4xf32>'}}
  %r = tt.softmax_rows ins(%x : tensor<2x3xf32>) outs(%i : tensor<2x4xf32>) -> tensor<2x4xf32>
  return
}

// -----

// norm_rows: one scale per column.
func.func @f(%x: tensor<2x3xf32>, %s: tensor<2xf32>, %i: tensor<2x3xf32>) {
  // expected-error @below {{'tt.norm_rows' op needs scale and bias to have size 3 (columns) along dimension 0, but found 'tensor<2xf32>'}}
  %r = tt.norm_rows ins(%x, %s : tensor<2x3xf32>, tensor<2xf32>) outs(%i : tensor<2x3xf32>) {kind = #tt<norm_kind rms>, epsilon = 1.0e-5 : f32} -> tensor<2x3xf32>
  return
}

// -----

// Tensors and buffers do not mix.
func.func @f(%x: tensor<2x3xf32>, %i: memref<2x3xf32>) {
  // expected-error @below {{'tt.softmax_rows' op needs operands that are all tensors or all buffers, but found 'tensor<2x3xf32>' and 'memref<2x3xf32>'}}
  tt.softmax_rows ins(%x : tensor<2x3xf32>) outs(%i : memref<2x3xf32>)
  return
}

// -----

// output: one size per dynamic dimension.
func.func @f(%ctx: !llvm.ptr) {
  // expected-error @below {{'tt.output' op needs one size per dynamic dimension of 'memref<?x10xf32>', but found 0}}
  %y = tt.output %ctx {index = 0 : i64} : memref<?x10xf32>
  return
}

// -----

// weights: aligned.
func.func @f() {
  // expected-error @below {{'tt.weights' op needs an offset that is a multiple of 64, but found 32}}
  %y = tt.weights {offset = 32 : i64} : memref<8xf32>
  return
}

// -----

// parallel_for: the body's arguments.
func.func @f(%ctx: !llvm.ptr, %n: index) {
  // expected-error @below {{'tt.parallel_for' op needs a body with two arguments of type index, the chunk and the thread, but it has ('index')}}
  tt.parallel_for %ctx, %n {
  ^bb0(%chunk: index):
    tt.yield
  }
  return
}

// -----

// conv_winograd: F(3x3,3x3) is not there.
func.func @f(%x: tensor<1x9x7x4xf32>, %w: tensor<25x2x4x16xf32>, %i: tensor<1x7x5x20xf32>) {
  // expected-error @below {{needs tiles of 2 or 4 outputs a side, but found 3}}
  %r = tt.conv_winograd ins(%x, %w : tensor<1x9x7x4xf32>, tensor<25x2x4x16xf32>) outs(%i : tensor<1x7x5x20xf32>) {tile = 3 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x7x5x20xf32>
  return
}

// -----

// conv_winograd (W1).
func.func @f(%x: tensor<1x8x7x4xf32>, %w: tensor<16x2x4x16xf32>, %i: tensor<1x7x5x20xf32>) {
  // expected-error @below {{needs an input of as many images, with a row and a column more on each side than init 'tensor<1x7x5x20xf32>', but found 'tensor<1x8x7x4xf32>'}}
  %r = tt.conv_winograd ins(%x, %w : tensor<1x8x7x4xf32>, tensor<16x2x4x16xf32>) outs(%i : tensor<1x7x5x20xf32>) {tile = 2 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x7x5x20xf32>
  return
}

// -----

// conv_winograd: 36 components of F(4x4,3x3).
func.func @f(%x: tensor<1x9x7x4xf32>, %w: tensor<16x2x4x16xf32>, %i: tensor<1x7x5x20xf32>) {
  // expected-error @below {{needs a filter of sizes [36, 2, 4, 16], but found 'tensor<16x2x4x16xf32>'}}
  %r = tt.conv_winograd ins(%x, %w : tensor<1x9x7x4xf32>, tensor<16x2x4x16xf32>) outs(%i : tensor<1x7x5x20xf32>) {tile = 4 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x7x5x20xf32>
  return
}

// -----

// conv_winograd: a size that is not known.
func.func @f(%x: tensor<1x?x7x4xf32>, %w: tensor<16x2x4x16xf32>, %i: tensor<1x?x5x20xf32>) {
  // expected-error @below {{needs operands of four sizes, static but for the number of images, but found 'tensor<1x?x7x4xf32>'}}
  %r = tt.conv_winograd ins(%x, %w : tensor<1x?x7x4xf32>, tensor<16x2x4x16xf32>) outs(%i : tensor<1x?x5x20xf32>) {tile = 2 : i64, extra_maps = []} epilogue {
  ^bb0(%acc: f32):
    tt.yield %acc : f32
  } -> tensor<1x?x5x20xf32>
  return
}

// -----

func.func @f(%ctx: !llvm.ptr) {
  // expected-error @below {{needs a dense buffer whose first dimension, the thread, and no other is dynamic, but found 'memref<4x64xf32>'}}
  %s = tt.scratch %ctx : memref<4x64xf32>
  return
}
