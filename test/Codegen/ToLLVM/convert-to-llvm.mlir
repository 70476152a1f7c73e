// RUN: tt-opt %s --split-input-file --tt-convert-to-llvm --reconcile-unrealized-casts | FileCheck %s

// A check is a branch around the runtime's failure, with the message as a string.
// CHECK-DAG:   llvm.mlir.global {{.*}}onnx node 'a': sizes differ
// CHECK-LABEL: llvm.func internal @check(
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr, %[[OK:.+]]: i1)
// CHECK:         llvm.cond_br %[[OK]]
// CHECK:         llvm.call @tt_rt_fail(%[[CTX]], {{.*}}) : (!llvm.ptr, !llvm.ptr) -> ()
func.func private @check(%ctx: !llvm.ptr, %ok: i1) {
  tt.check %ok, "onnx node 'a': sizes differ"
  return
}

// -----

// Inputs, outputs and the arena are calls of the runtime, weights are the section's address plus the offset.
// CHECK-DAG:   llvm.mlir.global external hidden constant @tt_model_weights
// CHECK-LABEL: llvm.func internal @tt_entry_main(
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr)
// CHECK-DAG:     llvm.call @tt_rt_input(%[[CTX]],
// CHECK-DAG:     llvm.call @tt_rt_output(%[[CTX]],
// CHECK-DAG:     llvm.call @tt_rt_arena(%[[CTX]],
// CHECK-DAG:     llvm.mlir.addressof @tt_model_weights
// CHECK:         llvm.return
func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
  %n = arith.constant 64 : index
  %c0 = arith.constant 0 : index
  %x = tt.input %ctx {index = 0 : i64} : memref<?xf32>
  %d = memref.dim %x, %c0 : memref<?xf32>
  %y = tt.output %ctx(%d) {index = 0 : i64} : memref<?xf32>
  %a = tt.arena %ctx, %n : memref<?xi8>
  %v = memref.view %a[%c0][] : memref<?xi8> to memref<4xf32>
  %w = tt.weights {offset = 128 : i64} : memref<4xf32>
  %s = memref.load %w[%c0] : memref<4xf32>
  %t = memref.load %x[%c0] : memref<?xf32>
  %u = arith.addf %s, %t : f32
  memref.store %u, %v[%c0] : memref<4xf32>
  memref.store %u, %y[%c0] : memref<?xf32>
  return
}
