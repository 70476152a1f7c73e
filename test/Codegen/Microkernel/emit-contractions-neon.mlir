// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-emit-contractions,canonicalize,cse))' | FileCheck %s

#neon = #tt.target<triple = "aarch64-unknown-linux-gnu", cpu = "generic", features = "", lanes = 4, registers = 32>
module attributes {tt.target = #neon} {
  // Four steps of both rows in one vector each, of which each step takes a lane; then the last two steps of ten alone.
  // CHECK-LABEL: func.func @by_element
  // CHECK-SAME: %[[A:[a-z0-9]+]]: memref<1x2x10xf32>, %[[B:[a-z0-9]+]]: memref<1x1x10x16xf32>
  func.func @by_element(%a: memref<1x2x10xf32>, %b: memref<1x1x10x16xf32>, %c: memref<1x2x16xf32>) {
    // CHECK: %[[SUM:.+]]:8 = scf.for %[[K:.+]] = %c0 to %c8 step %c4
    // CHECK-DAG: %[[X0:.+]] = vector.load %[[A]][%c0, %c0, %[[K]]] : memref<1x2x10xf32>, vector<4xf32>
    // CHECK-DAG: %[[X1:.+]] = vector.load %[[A]][%c0, %c1, %[[K]]] : memref<1x2x10xf32>, vector<4xf32>
    // CHECK: %[[W:.+]] = vector.load %[[B]][%c0, %c0, %[[K]], %c0] : memref<1x1x10x16xf32>, vector<4xf32>
    // CHECK: %[[E:.+]] = vector.extract %[[X0]][0]
    // CHECK: %[[V:.+]] = vector.broadcast %[[E]] : f32 to vector<4xf32>
    // CHECK: vector.fma %[[V]], %[[W]]
    // CHECK: vector.extract %[[X1]][0]
    // CHECK: vector.extract %[[X0]][1]
    // CHECK: vector.extract %[[X1]][3]
    // CHECK: scf.yield
    // CHECK: scf.for %[[L:.+]] = %c8 to %c10 step %c1 {{.*}} = %[[SUM]]#0
    // CHECK:   %[[X:.+]] = memref.load %[[A]][%c0, %c0, %[[L]]]
    // CHECK:   vector.broadcast %[[X]]
    tt.gemm ins(%a, %b : memref<1x2x10xf32>, memref<1x1x10x16xf32>) outs(%c : memref<1x2x16xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 2, vectors = 4, lanes = 4, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }

  // Elements that are not neighbours in memory are loaded one by one.
  // CHECK-LABEL: func.func @spread
  // CHECK: scf.for %{{.+}} = %c0 to %c10 step %c1
  // CHECK: memref.load
  func.func @spread(%a: memref<1x2x10xf32, strided<[40, 20, 2]>>, %b: memref<1x1x10x16xf32>, %c: memref<1x2x16xf32>) {
    tt.gemm ins(%a, %b : memref<1x2x10xf32, strided<[40, 20, 2]>>, memref<1x1x10x16xf32>) outs(%c : memref<1x2x16xf32>)
        {packed, extra_maps = [], config = #tt.lowering_config<rows = 2, vectors = 4, lanes = 4, order = "mn">} epilogue {
    ^bb0(%acc: f32):
      tt.yield %acc : f32
    }
    return
  }
}
