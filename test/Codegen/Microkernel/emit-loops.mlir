// RUN: tt-opt %s --pass-pipeline='builtin.module(func.func(tt-emit-loops,canonicalize,cse))' | FileCheck %s

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>} {

// Both loops walk both buffers evenly: one loop of 4 * ? elements, in strips of 64 and 16, and a masked rest.
// CHECK-LABEL: func.func @merged
// CHECK:         %[[X:.+]] = memref.reinterpret_cast %arg0 to offset: [0]
// CHECK:         scf.for %[[I:.+]] = %c0 to %{{.+}} step %c64
// CHECK-COUNT-4:   vector.load %{{.+}} : memref<?xf32>, vector<16xf32>
// CHECK-COUNT-4:   arith.negf %{{.+}} : vector<16xf32>
// CHECK-COUNT-4:   vector.store
// CHECK:         scf.for %{{.+}} step %c16
// CHECK:         scf.if
// CHECK:           %[[M:.+]] = vector.create_mask
// CHECK:           vector.maskedload %[[X]][%{{.+}}], %[[M]]
// CHECK:           vector.maskedstore %{{.+}}, %[[M]]
// CHECK-NOT:     linalg
func.func @merged(%x: memref<4x?xf32>, %y: memref<4x?xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>], iterator_types = ["parallel", "parallel"]}
      ins(%x : memref<4x?xf32>) outs(%y : memref<4x?xf32>) {
  ^bb0(%a: f32, %b: f32):
    %c = arith.negf %a : f32
    linalg.yield %c : f32
  }
  return
}

// A contiguous reduction: four partial sums, the rest masked, halves folded down to one scalar.
// CHECK-LABEL: func.func @row_sums
// CHECK:         scf.for %{{.+}} = %c0 to %c4 step %c1 {
// CHECK:           %[[S:.+]]:4 = scf.for %{{.+}} = %c0 to %c128 step %c64 iter_args
// CHECK:           %[[M:.+]] = vector.constant_mask [2]
// CHECK:           arith.select %[[M]]
// CHECK:           vector.extract_strided_slice %{{.+}} {offsets = [0], sizes = [8], strides = [1]}
// CHECK:           memref.store
func.func @row_sums(%x: memref<4x130xf32>, %y: memref<4xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%x : memref<4x130xf32>) outs(%y : memref<4xf32>) {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    linalg.yield %c : f32
  }
  return
}

// The columns are the contiguous parallel loop: their sums stay in four vectors while the rows go by.
// CHECK-LABEL: func.func @column_sums
// CHECK:         %[[S:.+]]:4 = scf.for %{{.+}} = %c0 to %c9 step %c1 iter_args
// CHECK-COUNT-4:   arith.addf %{{.+}} : vector<16xf32>
// CHECK:         vector.store %[[S]]#0, %arg1[%c0]
// CHECK:         vector.store %[[S]]#3, %arg1[%c48]
func.func @column_sums(%x: memref<9x64xf32>, %y: memref<64xf32>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
      ins(%x : memref<9x64xf32>) outs(%y : memref<64xf32>) {
  ^bb0(%a: f32, %b: f32):
    %c = arith.addf %a, %b : f32
    linalg.yield %c : f32
  }
  return
}

// Tiles of 16 x 16 are transposed by 4 steps of 16 shuffles; the last two rows and the last column element by element.
// CHECK-LABEL: func.func @transpose
// CHECK:         scf.for %{{.+}} = %c0 to %c4 step %c1
// CHECK:           arith.select
// CHECK:           scf.for %{{.+}} step %c16
// CHECK-COUNT-16:    vector.load
// CHECK-COUNT-64:    vector.shuffle
// CHECK-NOT:         vector.shuffle
// CHECK-COUNT-16:    vector.store
// CHECK:           memref.load
// CHECK:           memref.store
func.func @transpose(%x: memref<33x50xf32>, %y: memref<50x33xf32>) {
  linalg.transpose ins(%x : memref<33x50xf32>) outs(%y : memref<50x33xf32>) permutation = [1, 0]
  return
}

// Three planes become pixels: 16 of each plane are loaded as vectors and interleaved by two shuffles for each of three stores.
// CHECK-LABEL: func.func @to_pixels
// CHECK:         scf.for %{{.+}} = %c0 to %c1024 step %c16
// CHECK-COUNT-3:   vector.load
// CHECK-COUNT-6:   vector.shuffle
// CHECK-COUNT-3:   vector.store
// CHECK-NOT:     memref.load
// CHECK:         return
func.func @to_pixels(%x: memref<3x32x32xf32>, %y: memref<32x32x3xf32>) {
  linalg.transpose ins(%x : memref<3x32x32xf32>) outs(%y : memref<32x32x3xf32>) permutation = [1, 2, 0]
  return
}

// Every second element: two loads, the second one element early (at 15, not 16) so that it ends with the last element needed.
// CHECK-LABEL: func.func @every_second
// CHECK:         vector.load %{{.+}}[%c0]
// CHECK:         vector.load %{{.+}}[%c15]
// CHECK:         vector.shuffle %{{.+}}, %{{.+}} [0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31]
func.func @every_second(%x: memref<31xf32>, %y: memref<16xf32>) {
  %part = memref.subview %x[0] [16] [2] : memref<31xf32> to memref<16xf32, strided<[2]>>
  memref.copy %part, %y : memref<16xf32, strided<[2]>> to memref<16xf32>
  return
}

// i1 elements are bytes: a vector of i1 in memory would be packed bits.
// CHECK-LABEL: func.func @bools
// CHECK:         %[[X:.+]] = builtin.unrealized_conversion_cast %arg0 : memref<64xi1> to memref<64xi8>
// CHECK:         vector.load %[[X]]{{.*}} vector<{{[0-9]+}}xi8>
// CHECK:         arith.extui
// CHECK:         vector.store {{.*}}xi8>
func.func @bools(%x: memref<64xi1>, %y: memref<64xi1>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : memref<64xi1>) outs(%y : memref<64xi1>) {
  ^bb0(%a: i1, %b: i1):
    %true = arith.constant true
    %c = arith.xori %a, %true : i1
    linalg.yield %c : i1
  }
  return
}

// A large op in a function with the run's context becomes chunks whose size depends on the shape only: here 2^20 elements
// of 1 unit of work in blocks of 8192, four blocks to a chunk.
// CHECK-LABEL: func.func @parallel
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr
// CHECK:         tt.parallel_for %[[CTX]], %c32 {
// CHECK:           scf.for
// CHECK:             scf.for %{{.+}} step %c64
func.func @parallel(%ctx: !llvm.ptr, %x: memref<1024x1024xf32>, %y: memref<1024x1024xf32>) {
  memref.copy %x, %y : memref<1024x1024xf32> to memref<1024x1024xf32>
  return
}

// CHECK-LABEL: func.func @softmax
// CHECK-NOT:     tt.softmax_rows
// CHECK:         arith.cmpf ogt
// CHECK:         math.exp %{{.+}} : vector<16xf32>
// CHECK:         arith.divf
func.func @softmax(%x: memref<4x?xf32>, %y: memref<4x?xf32>) {
  tt.softmax_rows ins(%x : memref<4x?xf32>) outs(%y : memref<4x?xf32>)
  return
}

// CHECK-LABEL: func.func @nothing_to_do
// CHECK-NEXT:    return
func.func @nothing_to_do(%x: memref<4xf32>) {
  return
}
}
