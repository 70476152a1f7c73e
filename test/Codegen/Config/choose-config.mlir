// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-choose-config))' | FileCheck %s

#avx512 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>
module attributes {tt.target = #avx512} {
  // 1 MiB of weights stay in the second-level cache: rows outside ("mn"). Rows 2 KiB apart: at most 8 of them. 64 units of
  // 8 rows are 64 chunks of one.
  // CHECK-LABEL: func.func @square
  // CHECK: config = #tt.lowering_config<rows = 8, vectors = 3, lanes = 16, order = "mn", chunk = 1>
  func.func @square(%a: tensor<1x512x512xf32>, %b: tensor<1x32x512x16xf32>, %c: tensor<1x512x512xf32>) -> tensor<1x512x512xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x512x512xf32>, tensor<1x32x512x16xf32>) outs(%c : tensor<1x512x512xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x512x512xf32>
    return %r : tensor<1x512x512xf32>
  }

  // 9 MiB of weights are read once: columns outside ("nm"), and 3072 = 64 * 48 without a tail.
  // CHECK-LABEL: func.func @wide
  // CHECK: config = #tt.lowering_config<rows = 8, vectors = 3, lanes = 16, order = "nm", chunk = 1>
  func.func @wide(%a: tensor<1x128x768xf32>, %b: tensor<1x192x768x16xf32>, %c: tensor<1x128x3072xf32>) -> tensor<1x128x3072xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x128x768xf32>, tensor<1x192x768x16xf32>) outs(%c : tensor<1x128x3072xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x128x3072xf32>
    return %r : tensor<1x128x3072xf32>
  }

  // 0.6 MiB of weights would stay in the second-level cache, but so do 31 KiB of rows, and 960 columns are many tiles:
  // columns outside.
  // CHECK-LABEL: func.func @few_rows
  // CHECK: order = "nm"
  func.func @few_rows(%a: tensor<1x49x160xf32>, %b: tensor<1x60x160x16xf32>, %c: tensor<1x49x960xf32>) -> tensor<1x49x960xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x49x160xf32>, tensor<1x60x160x16xf32>) outs(%c : tensor<1x49x960xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x49x960xf32>
    return %r : tensor<1x49x960xf32>
  }

  // The same for more rows: the output has 3 MiB and would not stay in the cache between tiles of columns.
  // CHECK-LABEL: func.func @many_rows
  // CHECK: order = "mn"
  func.func @many_rows(%a: tensor<1x3136x64xf32>, %b: tensor<1x16x64x16xf32>, %c: tensor<1x3136x256xf32>) -> tensor<1x3136x256xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x3136x64xf32>, tensor<1x16x64x16xf32>) outs(%c : tensor<1x3136x256xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x3136x256xf32>
    return %r : tensor<1x3136x256xf32>
  }

  // One row: eight independent accumulators hide the latency of four cycles on two units. The work is below the limit
  // for threads: chunk 0, which is not printed.
  // CHECK-LABEL: func.func @vector
  // CHECK: config = #tt.lowering_config<rows = 1, vectors = 8, lanes = 16, order = "mn">
  func.func @vector(%a: tensor<1x1x64xf32>, %b: tensor<1x16x64x16xf32>, %c: tensor<1x1x256xf32>) -> tensor<1x1x256xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x1x64xf32>, tensor<1x16x64x16xf32>) outs(%c : tensor<1x1x256xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x1x256xf32>
    return %r : tensor<1x1x256xf32>
  }

  // One row by 48 MiB of weights waits for memory: two panels at a time.
  // CHECK-LABEL: func.func @streamed
  // CHECK: config = #tt.lowering_config<rows = 1, vectors = 2, lanes = 16, order = "nm", chunk = 2>
  func.func @streamed(%a: tensor<1x1x3072xf32>, %b: tensor<1x256x3072x16xf32>, %c: tensor<1x1x4096xf32>) -> tensor<1x1x4096xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x1x3072xf32>, tensor<1x256x3072x16xf32>) outs(%c : tensor<1x1x4096xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x1x4096xf32>
    return %r : tensor<1x1x4096xf32>
  }

  // A config that is there already stays.
  // CHECK-LABEL: func.func @kept
  // CHECK: config = #tt.lowering_config<rows = 2, vectors = 1, lanes = 16, order = "nm">
  func.func @kept(%a: tensor<1x1x64xf32>, %b: tensor<1x16x64x16xf32>, %c: tensor<1x1x256xf32>) -> tensor<1x1x256xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x1x64xf32>, tensor<1x16x64x16xf32>) outs(%c : tensor<1x1x256xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 2, vectors = 1, lanes = 16, order = "nm">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x1x256xf32>
    return %r : tensor<1x1x256xf32>
  }

  // 56 columns are 7 tiles of 8, 64 channels 2 of 2 vectors: no tail.
  // CHECK-LABEL: func.func @conv
  // CHECK: config = #tt.lowering_config<rows = 8, vectors = 2, lanes = 16, order = "mn", chunk = 1>
  func.func @conv(%x: tensor<1x58x58x64xf32>, %w: tensor<1x4x576x16xf32>, %i: tensor<1x56x56x64xf32>) -> tensor<1x56x56x64xf32> {
    %r = tt.conv_direct ins(%x, %w : tensor<1x58x58x64xf32>, tensor<1x4x576x16xf32>) outs(%i : tensor<1x56x56x64xf32>)
         {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x56x56x64xf32>
    return %r : tensor<1x56x56x64xf32>
  }

  // Zeros around the image may be skipped, other values not.
  // CHECK-LABEL: func.func @zeros_around
  // CHECK: tt.borders = array<i64: 1, 1, 1, 1>
  func.func @zeros_around(%x: tensor<1x7x7x64xf32>, %w: tensor<1x4x576x16xf32>, %i: tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32> {
    %value = arith.constant 0.0 : f32
    %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%a: index, %b: index, %c: index, %d: index):
      tensor.yield %value : f32
    } : tensor<1x7x7x64xf32> to tensor<1x9x9x64xf32>
    %r = tt.conv_direct ins(%p, %w : tensor<1x9x9x64xf32>, tensor<1x4x576x16xf32>) outs(%i : tensor<1x7x7x64xf32>)
         {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x7x7x64xf32>
    return %r : tensor<1x7x7x64xf32>
  }

  // CHECK-LABEL: func.func @ones_around
  // CHECK-NOT: tt.borders
  // CHECK: return
  func.func @ones_around(%x: tensor<1x7x7x64xf32>, %w: tensor<1x4x576x16xf32>, %i: tensor<1x7x7x64xf32>) -> tensor<1x7x7x64xf32> {
    %value = arith.constant 1.0 : f32
    %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
    ^bb0(%a: index, %b: index, %c: index, %d: index):
      tensor.yield %value : f32
    } : tensor<1x7x7x64xf32> to tensor<1x9x9x64xf32>
    %r = tt.conv_direct ins(%p, %w : tensor<1x9x9x64xf32>, tensor<1x4x576x16xf32>) outs(%i : tensor<1x7x7x64xf32>)
         {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x7x7x64xf32>
    return %r : tensor<1x7x7x64xf32>
  }
}

// -----

#avx2 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
module attributes {tt.target = #avx2} {
  // 4 x 3 accumulators, 3 right-hand vectors and a broadcast are the 16 registers.
  // CHECK-LABEL: func.func @dynamic
  // CHECK: config = #tt.lowering_config<rows = 4, vectors = 3, lanes = 8, order = "mn", chunk = 1>
  func.func @dynamic(%a: tensor<1x?x64xf32>, %b: tensor<1x24x64x16xf32>, %c: tensor<1x?x384xf32>) -> tensor<1x?x384xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x?x64xf32>, tensor<1x24x64x16xf32>) outs(%c : tensor<1x?x384xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x?x384xf32>
    return %r : tensor<1x?x384xf32>
  }
}

// -----

#neon = #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "", lanes = 4, registers = 32>
module attributes {tt.target = #neon} {
  // 5 x 4 accumulators, 4 right-hand vectors and four steps of 5 rows are 29 of 32 registers, and 4 vectors are a panel.
  // CHECK-LABEL: func.func @by_element
  // CHECK: config = #tt.lowering_config<rows = 5, vectors = 4, lanes = 4, order = "mn", chunk = 2>
  func.func @by_element(%a: tensor<1x512x512xf32>, %b: tensor<1x32x512x16xf32>, %c: tensor<1x512x512xf32>) -> tensor<1x512x512xf32> {
    %r = tt.gemm ins(%a, %b : tensor<1x512x512xf32>, tensor<1x32x512x16xf32>) outs(%c : tensor<1x512x512xf32>) {packed, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x512x512xf32>
    return %r : tensor<1x512x512xf32>
  }

  // 5x5 taps leave registers for ten outputs.
  // CHECK-LABEL: func.func @depthwise
  // CHECK: config = #tt.lowering_config<rows = 2, vectors = 5, lanes = 4, order = "mn"
  func.func @depthwise(%x: tensor<1x18x18x672xf32>, %w: tensor<5x5x672xf32>, %i: tensor<1x14x14x672xf32>) -> tensor<1x14x14x672xf32> {
    %r = tt.conv_depthwise ins(%x, %w : tensor<1x18x18x672xf32>, tensor<5x5x672xf32>) outs(%i : tensor<1x14x14x672xf32>)
         {strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x14x14x672xf32>
    return %r : tensor<1x14x14x672xf32>
  }

  // Small weights: blocks of two rows of 14 tiles, 28 tiles in one product of which the rows are whole ("mn"). Weights of 4 MiB
  // are read once for all 49 tiles ("nm").
  // CHECK-LABEL: func.func @winograd
  // CHECK: tt.conv_winograd {{.*}}order = "mn", chunk = 2>
  // CHECK: tt.conv_winograd {{.*}}order = "nm", chunk = 1>
  func.func @winograd(%a: tensor<1x30x30x128xf32>, %b: tensor<16x8x128x16xf32>, %c: tensor<1x28x28x128xf32>,
                      %d: tensor<1x16x16x256xf32>, %e: tensor<16x16x256x16xf32>, %f: tensor<1x14x14x256xf32>) -> (tensor<1x28x28x128xf32>, tensor<1x14x14x256xf32>) {
    %0 = tt.conv_winograd ins(%a, %b : tensor<1x30x30x128xf32>, tensor<16x8x128x16xf32>) outs(%c : tensor<1x28x28x128xf32>) {tile = 2 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x28x28x128xf32>
    %1 = tt.conv_winograd ins(%d, %e : tensor<1x16x16x256xf32>, tensor<16x16x256x16xf32>) outs(%f : tensor<1x14x14x256xf32>) {tile = 2 : i64, extra_maps = []} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    } -> tensor<1x14x14x256xf32>
    return %0, %1 : tensor<1x28x28x128xf32>, tensor<1x14x14x256xf32>
  }
}
