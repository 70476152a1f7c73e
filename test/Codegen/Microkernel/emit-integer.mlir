// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-emit-contractions,canonicalize,cse))' | FileCheck %s

// Pairs of i16: one load of 16 pairs, a broadcast pair, one instruction. Of 17 columns one is left, which is stored alone:
// LLVM 22 would make a masked store of one narrowed lane one of 32 bits.
// CHECK-LABEL: func.func @vnni
// CHECK-SAME: %[[A:[a-z0-9]+]]: memref<1x1x8xi16>, %[[B:[a-z0-9]+]]: memref<1x2x4x16x2xi16>, %[[C:[a-z0-9]+]]: memref<1x1x17xi8>
// CHECK:   %[[W:.+]] = vector.load %{{.+}} : memref<1x2x4x32xi16>, vector<32xi16>
// CHECK:   vector.load %[[A]]{{.+}} : memref<1x1x8xi16>, vector<2xi16>
// CHECK:   llvm.call_intrinsic "llvm.x86.avx512.vpdpwssd.512"(%{{.+}}, %{{.+}}, %[[W]])
// CHECK-NOT: arith.addi
// CHECK:   arith.trunci
// CHECK:   vector.store
// CHECK-NOT: maskedstore
// CHECK:   memref.store %{{.+}}, %[[C]][%c0, %c0, %c16] : memref<1x1x17xi8>
#vnni = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "icelake-server", features = "", lanes = 16, registers = 32>
module attributes {tt.target = #vnni} {
  func.func @vnni(%a: memref<1x1x8xi16>, %b: memref<1x2x4x16x2xi16>, %c: memref<1x1x17xi8>) {
    tt.gemm ins(%a, %b : memref<1x1x8xi16>, memref<1x2x4x16x2xi16>) outs(%c : memref<1x1x17xi8>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      %n = arith.trunci %acc : i32 to i8
      tt.yield %n : i8
    }
    return
  }
}

// -----

// CHECK-LABEL: func.func @avx2
// CHECK:   %[[S:.+]] = llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// CHECK:   arith.addi %{{.+}}, %[[S]] : vector<8xi32>
#avx2 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
module attributes {tt.target = #avx2} {
  func.func @avx2(%a: memref<1x1x8xi16>, %b: memref<1x1x4x16x2xi16>, %c: memref<1x1x8xi32>) {
    tt.gemm ins(%a, %b : memref<1x1x8xi16>, memref<1x1x4x16x2xi16>) outs(%c : memref<1x1x8xi32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 8, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      tt.yield %acc : i32
    }
    return
  }
}

// -----

// The first numbers of the pairs, then the second ones.
// CHECK-LABEL: func.func @neon
// CHECK:   vector.shuffle %{{.+}} [0, 2, 4, 6] : vector<8xi16>, vector<8xi16>
// CHECK:   arith.muli %{{.+}} : vector<4xi32>
// CHECK:   vector.shuffle %{{.+}} [1, 3, 5, 7] : vector<8xi16>, vector<8xi16>
// CHECK:   arith.muli %{{.+}} : vector<4xi32>
#neon = #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "neoverse-n1", features = "", lanes = 4, registers = 32>
module attributes {tt.target = #neon} {
  func.func @neon(%a: memref<1x1x2xi16>, %b: memref<1x1x1x16x2xi16>, %c: memref<1x1x4xi32>) {
    tt.gemm ins(%a, %b : memref<1x1x2xi16>, memref<1x1x1x16x2xi16>) outs(%c : memref<1x1x4xi32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 4, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      tt.yield %acc : i32
    }
    return
  }
}

// -----

// Bytes: one load of 16 runs of four, a broadcast run, one instruction. Of ten steps two elements are left: the last four of the row, of which two are
// shifted out.
// CHECK-LABEL: func.func @bytes_vnni
// CHECK-SAME: %[[A:[a-z0-9]+]]: memref<1x1x10xi8>
// CHECK:   %[[W:.+]] = vector.load %{{.+}} : memref<1x1x3x64xi8>, vector<64xi8>
// CHECK:   vector.load %[[A]]{{.+}} : memref<1x1x10xi8>, vector<4xi8>
// CHECK:   llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"(%{{.+}}, %{{.+}}, %[[W]])
// CHECK:   vector.load %[[A]][%c0, %c0, %c6] : memref<1x1x10xi8>, vector<4xi8>
// CHECK:   arith.shrui %{{.+}}, %{{.+}} : vector<1xi32>
// CHECK:   llvm.call_intrinsic "llvm.x86.avx512.vpdpbusd.512"
#vnni = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "icelake-server", features = "", lanes = 16, registers = 32>
module attributes {tt.target = #vnni} {
  func.func @bytes_vnni(%a: memref<1x1x10xi8>, %b: memref<1x1x3x16x4xi8>, %c: memref<1x1x16xi32>) {
    tt.gemm ins(%a, %b : memref<1x1x10xi8>, memref<1x1x3x16x4xi8>) outs(%c : memref<1x1x16xi32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 16, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      tt.yield %acc : i32
    }
    return
  }
}

// -----

// Without VNNI: pairs of the even bytes, then of the odd ones; nothing that saturates.
// CHECK-LABEL: func.func @bytes_avx2
// CHECK-NOT:   maddubs
// CHECK:       llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// CHECK-NOT:   maddubs
// CHECK:       llvm.call_intrinsic "llvm.x86.avx2.pmadd.wd"
// CHECK-NOT:   maddubs
#avx2 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
module attributes {tt.target = #avx2} {
  func.func @bytes_avx2(%a: memref<1x1x4xi8>, %b: memref<1x1x1x16x4xi8>, %c: memref<1x1x8xi32>) {
    tt.gemm ins(%a, %b : memref<1x1x4xi8>, memref<1x1x1x16x4xi8>) outs(%c : memref<1x1x8xi32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 8, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      tt.yield %acc : i32
    }
    return
  }
}

// -----

// sdot takes signed bytes: the left ones minus 128, and a second row of -128 whose sums are taken away.
// CHECK-LABEL: func.func @bytes_dotprod
// CHECK:       arith.xori
// CHECK:       llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"
// CHECK:       llvm.call_intrinsic "llvm.aarch64.neon.sdot.v4i32.v16i8"
// CHECK:       arith.subi %{{.+}} : vector<4xi32>
#dotprod = #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "neoverse-n1", features = "", lanes = 4, registers = 32>
module attributes {tt.target = #dotprod} {
  func.func @bytes_dotprod(%a: memref<1x1x4xi8>, %b: memref<1x1x1x16x4xi8>, %c: memref<1x1x4xi32>) {
    tt.gemm ins(%a, %b : memref<1x1x4xi8>, memref<1x1x1x16x4xi8>) outs(%c : memref<1x1x4xi32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 4, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      tt.yield %acc : i32
    }
    return
  }
}

// -----

// CHECK-LABEL: func.func @bytes_i8mm
// CHECK:       llvm.call_intrinsic "llvm.aarch64.neon.usdot.v4i32.v16i8"
#i8mm = #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "neoverse-v1", features = "", lanes = 4, registers = 32>
module attributes {tt.target = #i8mm} {
  func.func @bytes_i8mm(%a: memref<1x1x4xi8>, %b: memref<1x1x1x16x4xi8>, %c: memref<1x1x4xi32>) {
    tt.gemm ins(%a, %b : memref<1x1x4xi8>, memref<1x1x1x16x4xi8>) outs(%c : memref<1x1x4xi32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 1, vectors = 1, lanes = 4, order = "mn">} epilogue {
    ^bb0(%acc: i32):
      tt.yield %acc : i32
    }
    return
  }
}
