// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(tt-convert-to-llvm,reconcile-unrealized-casts,canonicalize)' | FileCheck %s

// CHECK-DAG:   llvm.mlir.global external hidden constant @tt_model_weights() {{.*}}alignment = 64{{.*}} : !llvm.array<0 x i8>
// CHECK-DAG:   llvm.func hidden @tt_rt_input(!llvm.ptr, i64, !llvm.ptr) -> !llvm.ptr
// CHECK-DAG:   llvm.func @erff(f32) -> f32
// The entry point's name must not meet the C library's.
// CHECK-LABEL: llvm.func internal @tt_entry_main(
// CHECK-SAME:    %[[CTX:[a-z0-9]+]]: !llvm.ptr) attributes {{.*}}tt.entry_name = "main"
// CHECK:       %[[W:.+]] = llvm.mlir.addressof @tt_model_weights
// CHECK:       %[[X:.+]] = llvm.call @tt_rt_input(%[[CTX]], %{{.+}}, %[[DIMS:[0-9]+]])
// CHECK:       %[[D:.+]] = llvm.getelementptr %[[DIMS]][1] : (!llvm.ptr) -> !llvm.ptr, i64
// CHECK:       %[[N:.+]] = llvm.load %[[D]]
// CHECK:       llvm.store %[[N]]
// CHECK:       llvm.call @tt_rt_output(%[[CTX]]
// CHECK:       llvm.call @tt_rt_arena(%[[CTX]]
// CHECK:       llvm.getelementptr %[[W]][128] : (!llvm.ptr) -> !llvm.ptr, i8
// CHECK:       llvm.call @k
func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
  %c1 = arith.constant 1 : index
  %x = tt.input %ctx {index = 0 : i64} : memref<4x?xf32>
  %n = memref.dim %x, %c1 : memref<4x?xf32>
  %y = tt.output %ctx(%n) {index = 0 : i64} : memref<?xf32>
  %a = tt.arena %ctx, %n : memref<?xi8>
  %w = tt.weights {offset = 128 : i64} : memref<8xf32>
  call @k(%ctx, %x, %y, %a, %w) : (!llvm.ptr, memref<4x?xf32>, memref<?xf32>, memref<?xi8>, memref<8xf32>) -> ()
  return
}
// CHECK-LABEL: llvm.func internal @k(
// CHECK-SAME:    no_inline
func.func private @k(%ctx: !llvm.ptr, %x: memref<4x?xf32>, %y: memref<?xf32>, %a: memref<?xi8>, %w: memref<8xf32>) attributes {tt.kernel} {
  %c0 = arith.constant 0 : index
  %v = memref.load %w[%c0] : memref<8xf32>
  %e = math.erf %v : f32
  %t = math.exp %e : f32
  memref.store %t, %y[%c0] : memref<?xf32>
  return
}

// -----

// A check branches around the call that fails the run; equal messages share a text.
// CHECK:       llvm.mlir.global internal constant @tt_message_0("onnx node 'a': sizes differ\00")
// CHECK-NOT:   @tt_message_1
// CHECK-LABEL: llvm.func internal @check(
// CHECK-SAME:    %[[CTX:[a-z0-9]+]]: !llvm.ptr, %[[OK:[a-z0-9]+]]: i1
// CHECK:       %[[TEXT:.+]] = llvm.mlir.addressof @tt_message_0
// CHECK:       llvm.cond_br %[[OK]], ^[[AFTER:.+]], ^[[FAIL:.+]]
// CHECK:       ^[[FAIL]]:
// CHECK-NEXT:  llvm.call @tt_rt_fail(%[[CTX]], %[[TEXT]])
// CHECK-NEXT:  llvm.br ^[[AFTER]]
func.func private @check(%ctx: !llvm.ptr, %ok: i1, %ok2: i1) {
  tt.check %ok, "onnx node 'a': sizes differ"
  tt.check %ok2, "onnx node 'a': sizes differ"
  return
}

// Sizes that are compared are passed to the runtime, which writes them into the text.
// CHECK-LABEL: llvm.func internal @check_found(
// CHECK-SAME:    %[[CTX:[a-z0-9]+]]: !llvm.ptr, %[[A:[a-z0-9]+]]: i64, %[[B:[a-z0-9]+]]: i64
// CHECK:         llvm.call @tt_rt_fail_found(%[[CTX]], %{{.+}}, %[[A]], %[[B]])
func.func private @check_found(%ctx: !llvm.ptr, %a: index, %b: index) {
  %ok = arith.cmpi eq, %a, %b : index
  tt.check %ok, "onnx node 'a': sizes differ"
  return
}

// -----

func.func private @not_lowered(%ctx: !llvm.ptr, %x: memref<4xf32>) {
  // expected-error @+1 {{failed to legalize operation 'linalg.exp'}}
  linalg.exp ins(%x : memref<4xf32>) outs(%x : memref<4xf32>)
  return
}

// -----

// 2 * 8 floats (64 bytes) for each thread; the leading size is the number of threads.
// CHECK-LABEL: llvm.func internal @scratch(
// CHECK-SAME:    %[[CTX:[a-z0-9]+]]: !llvm.ptr
// CHECK-DAG:   %[[BYTES:.+]] = llvm.mlir.constant(64 : i64)
// CHECK-DAG:   %[[THREADS:.+]] = llvm.call @tt_rt_threads(%[[CTX]])
// CHECK:       llvm.call @tt_rt_scratch(%[[CTX]], %[[BYTES]])
// CHECK:       llvm.return %[[THREADS]]
func.func private @scratch(%ctx: !llvm.ptr) -> index attributes {tt.kernel} {
  %c0 = arith.constant 0 : index
  %s = tt.scratch %ctx : memref<?x2x8xf32>
  %n = memref.dim %s, %c0 : memref<?x2x8xf32>
  return %n : index
}
