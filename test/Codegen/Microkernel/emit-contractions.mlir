// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-emit-contractions,canonicalize,cse))' | FileCheck %s

#avx512 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>
module attributes {tt.target = #avx512} {
  // A tile of 2 rows x 1 vector; of 3 rows one is left, of 20 columns 4 lanes: the accumulators go through bias and relu
  // in registers, and each is stored once.
  // CHECK-LABEL: func.func @tails
  // CHECK-SAME: %[[A:[a-z0-9]+]]: memref<1x3x8xf32>, %[[B:[a-z0-9]+]]: memref<1x2x8x16xf32>, %[[BIAS:[a-z0-9]+]]: memref<20xf32>, %[[C:[a-z0-9]+]]: memref<1x3x20xf32>
  func.func @tails(%a: memref<1x3x8xf32>, %b: memref<1x2x8x16xf32>, %bias: memref<20xf32>, %c: memref<1x3x20xf32>) {
    // Two rows, the full vector.
    // CHECK: %[[SUM:.+]]:2 = scf.for %[[K:.+]] = %c0 to %c8 step %c1 iter_args(%{{.+}} = %[[ZERO:.+]], %{{.+}} = %[[ZERO]])
    // CHECK:   %[[W:.+]] = vector.load %[[B]][%c0, %c0, %[[K]], %c0] : memref<1x2x8x16xf32>, vector<16xf32>
    // CHECK:   %[[X0:.+]] = memref.load %[[A]][%c0, %c0, %[[K]]]
    // CHECK:   %[[V0:.+]] = vector.broadcast %[[X0]] : f32 to vector<16xf32>
    // CHECK:   vector.fma %[[V0]], %[[W]]
    // CHECK:   scf.yield
    // CHECK: %[[X:.+]] = vector.load %[[BIAS]][%c0]
    // CHECK: %[[ADD:.+]] = arith.addf %[[SUM]]#0, %[[X]]
    // CHECK: %[[MAX:.+]] = arith.maximumf %[[ADD]], %{{.+}} : vector<16xf32>
    // CHECK: vector.store %[[MAX]], %[[C]][%c0, %c0, %c0]
    // CHECK: vector.store
    // Two rows, four lanes.
    // CHECK: scf.for
    // CHECK: vector.maskedload %[[BIAS]][%c16]
    // CHECK: vector.maskedstore %[[C]][%c0, %c0, %c16]
    // CHECK: vector.maskedstore %[[C]][%c0, %c1, %c16]
    // One row, the full vector; one row, four lanes.
    // CHECK: scf.for
    // CHECK: vector.store %{{.+}}, %[[C]][%c0, %c2, %c0]
    // CHECK: scf.for
    // CHECK: vector.maskedstore %[[C]][%c0, %c2, %c16]
    // CHECK-NOT: store
    // CHECK: return
    tt.gemm ins(%a, %b : memref<1x3x8xf32>, memref<1x2x8x16xf32>) outs(%c : memref<1x3x20xf32>) extras(%bias : memref<20xf32>)
        {packed, extra_maps = [affine_map<(b, m, n) -> (n)>], config = #tt.lowering_config<rows = 2, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32, %x: f32):
      %zero = arith.constant 0.0 : f32
      %s = arith.addf %acc, %x : f32
      %r = arith.maximumf %s, %zero : f32
      tt.yield %r : f32
    }
    return
  }

  // With a context the 4 tiles of columns make two chunks of 2.
  // CHECK-LABEL: func.func @chunks
  // CHECK-SAME: %[[CTX:[a-z0-9]+]]: !llvm.ptr
  // CHECK: tt.parallel_for %[[CTX]], %c2 {
  // CHECK: ^bb0(%[[CHUNK:.+]]: index, %{{.+}}: index):
  // CHECK: %[[LO:.+]] = arith.muli %[[CHUNK]], %c32
  // CHECK: scf.for %{{.+}} = %[[LO]] to
  func.func @chunks(%ctx: !llvm.ptr, %a: memref<1x2x8xf32>, %b: memref<1x4x8x16xf32>, %c: memref<1x2x64xf32>) {
    tt.gemm ins(%a, %b : memref<1x2x8xf32>, memref<1x4x8x16xf32>) outs(%c : memref<1x2x64xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 2, vectors = 1, lanes = 16, order = "nm", chunk = 2>} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }

  // One row and two vectors are two sums; four steps go side by side to make eight, of 34 steps two are left.
  // CHECK-LABEL: func.func @vector
  // CHECK: %[[MANY:.+]]:8 = scf.for %{{.+}} = %c0 to %c32 step %c4 iter_args
  // CHECK: %[[A1:.+]] = arith.addf %[[MANY]]#0, %[[MANY]]#2
  // CHECK: %[[REST:.+]]:2 = scf.for %{{.+}} = %c32 to %c34 step %c1 iter_args
  // CHECK: vector.store %[[REST]]#0
  func.func @vector(%a: memref<1x1x34xf32>, %b: memref<1x2x34x16xf32>, %c: memref<1x1x32xf32>) {
    tt.gemm ins(%a, %b : memref<1x1x34xf32>, memref<1x2x34x16xf32>) outs(%c : memref<1x1x32xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 2, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }

  // Without dilation and groups the taps of a filter row and the channels are one run of 3 * 4 steps.
  // CHECK-LABEL: func.func @conv
  // CHECK: memref.collapse_shape %{{.+}} {{\[}}[0], [1], [2, 3]] : memref<1x4x6x4xf32> into memref<1x4x24xf32>
  // CHECK: scf.for %{{.+}} = %c0 to %c3 step %c1 iter_args
  // CHECK: scf.for %{{.+}} = %c0 to %c12 step %c1 iter_args
  // CHECK-NOT: iter_args
  // CHECK: return
  func.func @conv(%x: memref<1x4x6x4xf32>, %w: memref<1x1x36x16xf32>, %i: memref<1x2x4x16xf32>) {
    tt.conv_direct ins(%x, %w : memref<1x4x6x4xf32>, memref<1x1x36x16xf32>) outs(%i : memref<1x2x4x16xf32>)
        {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = [],
         config = #tt.lowering_config<rows = 4, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }

  // Zeros around the image: output row 0 starts with row 1 of the kernel and the last output row leaves row 2 out. The
  // tile is a whole row of the output, so its left column leaves out the kernel's left column (64 steps for one row), and
  // the right one the right.
  // CHECK-LABEL: func.func @borders
  // CHECK: scf.for %[[OH:.+]] = %c0 to %c2 step %c1 {
  // CHECK: %[[ABOVE:.+]] = arith.minsi %[[OH]], %c1
  // CHECK: %[[FIRST:.+]] = arith.subi %c1, %[[ABOVE]]
  // CHECK: %[[LEFT:.+]] = arith.subi %c3, %[[OH]]
  // CHECK: %[[END:.+]] = arith.minsi %[[LEFT]], %c3
  // CHECK: scf.for %{{.+}} = %[[FIRST]] to %[[END]] step %c1 iter_args
  // CHECK: %{{.+}} = scf.for %{{.+}} = %c0 to %c64 step %c1 iter_args
  // CHECK: %{{.+}}:2 = scf.for %{{.+}} = %c0 to %c64 step %c1 iter_args
  // CHECK: %{{.+}} = scf.for %{{.+}} = %c0 to %c64 step %c1 iter_args
  // CHECK-NOT: iter_args
  // CHECK: return
  func.func @borders(%x: memref<1x4x4x64xf32>, %w: memref<1x1x576x16xf32>, %i: memref<1x2x2x16xf32>) {
    tt.conv_direct ins(%x, %w : memref<1x4x4x64xf32>, memref<1x1x576x16xf32>) outs(%i : memref<1x2x2x16xf32>)
        {packed, kernel = array<i64: 3, 3>, strides = array<i64: 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64, extra_maps = [],
         tt.borders = array<i64: 1, 1, 1, 1>, config = #tt.lowering_config<rows = 2, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }

  // A function without kernel ops stays.
  // CHECK-LABEL: func.func @other
  // CHECK-NEXT: memref.copy
  // CHECK-NEXT: return
  func.func @other(%a: memref<4xf32>, %b: memref<4xf32>) {
    memref.copy %a, %b : memref<4xf32> to memref<4xf32>
    return
  }
}
