// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(tt-plan-arena))' | FileCheck %s

// Three buffers of 256 bytes in a chain: the first is dead when the third is written, so two places are enough.
// CHECK-LABEL: func.func @chain
// CHECK-DAG:   %[[BYTES:.+]] = arith.constant 512 : index
// CHECK-DAG:   %[[C0:.+]] = arith.constant 0 : index
// CHECK-DAG:   %[[C256:.+]] = arith.constant 256 : index
// CHECK:       %[[ARENA:.+]] = tt.arena %{{.+}}, %[[BYTES]] : memref<?xi8>
// CHECK:       memref.view %[[ARENA]][%[[C0]]][] {tt.buffer = 0 : i64} : memref<?xi8> to memref<64xf32>
// CHECK:       memref.view %[[ARENA]][%[[C256]]][]
// CHECK:       memref.view %[[ARENA]][%[[C0]]][]
func.func @chain(%ctx: !llvm.ptr) attributes {tt.entry} {
  %x = tt.input %ctx {index = 0 : i64} : memref<64xf32>
  %y = tt.output %ctx {index = 0 : i64} : memref<64xf32>
  %a = memref.alloc() : memref<64xf32>
  linalg.exp ins(%x : memref<64xf32>) outs(%a : memref<64xf32>)
  %b = memref.alloc() : memref<64xf32>
  linalg.exp ins(%a : memref<64xf32>) outs(%b : memref<64xf32>)
  %c = memref.alloc() : memref<64xf32>
  linalg.exp ins(%b : memref<64xf32>) outs(%c : memref<64xf32>)
  linalg.exp ins(%c : memref<64xf32>) outs(%y : memref<64xf32>)
  return
}

// -----

// A view keeps its buffer alive: `%a` is read through `%v` at the end, so `%b` must lie elsewhere. 100 bytes take 128.
// CHECK-LABEL: func.func @view_keeps_alive
// CHECK-DAG:   arith.constant 256 : index
// CHECK-DAG:   %[[C128:.+]] = arith.constant 128 : index
// CHECK:       %[[ARENA:.+]] = tt.arena
// CHECK:       memref.view %[[ARENA]][%c0]
// CHECK:       memref.view %[[ARENA]][%[[C128]]]
func.func @view_keeps_alive(%ctx: !llvm.ptr) attributes {tt.entry} {
  %x = tt.input %ctx {index = 0 : i64} : memref<25xf32>
  %y = tt.output %ctx {index = 0 : i64} : memref<25xf32>
  %a = memref.alloc() : memref<25xf32>
  linalg.exp ins(%x : memref<25xf32>) outs(%a : memref<25xf32>)
  %v = memref.cast %a : memref<25xf32> to memref<?xf32>
  %b = memref.alloc() : memref<25xf32>
  linalg.exp ins(%x : memref<25xf32>) outs(%b : memref<25xf32>)
  %w = memref.cast %v : memref<?xf32> to memref<25xf32>
  linalg.add ins(%w, %b : memref<25xf32>, memref<25xf32>) outs(%y : memref<25xf32>)
  return
}

// -----

// Sizes from an input: n*4 bytes rounded up to 64, computed at the start. `%a` and `%c` share a slot, `%b` has its own.
// CHECK-LABEL: func.func @dynamic
// CHECK:       %[[N:.+]] = memref.dim
// CHECK:       %[[B:.+]] = arith.muli %{{.+}}, %[[N]]
// CHECK:       %[[R:.+]] = arith.addi %[[B]], %c63
// CHECK:       %[[S:.+]] = arith.andi %[[R]], %c-64
// CHECK:       %[[O1:.+]] = arith.addi %[[O0:.+]], %[[S]]
// CHECK:       %[[END:.+]] = arith.addi %[[O1]], %[[S]]
// CHECK:       %[[ARENA:.+]] = tt.arena %{{.+}}, %[[END]]
// CHECK:       memref.view %[[ARENA]][%[[O0]]][%[[N]]]
// CHECK:       memref.view %[[ARENA]][%[[O1]]][%[[N]]]
// CHECK:       memref.view %[[ARENA]][%[[O0]]][%[[N]]]
func.func @dynamic(%ctx: !llvm.ptr) attributes {tt.entry} {
  %c0 = arith.constant 0 : index
  %x = tt.input %ctx {index = 0 : i64} : memref<?xf32>
  %n = memref.dim %x, %c0 : memref<?xf32>
  %y = tt.output %ctx(%n) {index = 0 : i64} : memref<?xf32>
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%x : memref<?xf32>) outs(%a : memref<?xf32>)
  %b = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%a : memref<?xf32>) outs(%b : memref<?xf32>)
  %c = memref.alloc(%n) : memref<?xf32>
  linalg.exp ins(%b : memref<?xf32>) outs(%c : memref<?xf32>)
  linalg.exp ins(%c : memref<?xf32>) outs(%y : memref<?xf32>)
  return
}

// -----

// A size that is read from data cannot be planned.
// CHECK-LABEL: func.func @data_dependent
// CHECK:       %[[N:.+]] = memref.load
// CHECK:       tt.run_alloc %{{.+}}(%[[N]]) : memref<?xf32>
// CHECK-NOT:   tt.arena
func.func @data_dependent(%ctx: !llvm.ptr) attributes {tt.entry} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1.0 : f32
  %x = tt.input %ctx {index = 0 : i64} : memref<1xindex>
  %n = memref.load %x[%c0] : memref<1xindex>
  %a = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%c1 : f32) outs(%a : memref<?xf32>)
  return
}

// -----

// Only entry points are planned.
// CHECK-LABEL: func.func private @other
// CHECK:       memref.alloc
func.func private @other(%x: memref<4xf32>) {
  %a = memref.alloc() : memref<4xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%a : memref<4xf32>)
  return
}
