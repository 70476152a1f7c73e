// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(tt-lower-probes)' | FileCheck %s
// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(tt-lower-probes,tt-outline-parallel)' | FileCheck %s --check-prefix=PARALLEL

// Probes are numbered in the order of the module; the table has their texts, the parent by number and who is a container.
// CHECK-LABEL: module attributes {tt.producer = "pytorch", tt.profile = "kernel"}
// CHECK-NOT:   tt.probe_info
// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr, %[[N:.+]]: index)
// CHECK:         %[[TABLE:.+]] = llvm.mlir.addressof @[[PROFILE:tt_profile_[0-9]+]]
// CHECK-NEXT:    llvm.call @tt_rt_profile_begin(%[[CTX]], %[[TABLE]])
// CHECK-NEXT:    %[[LOOP:.+]] = llvm.mlir.constant(0 : i64)
// CHECK-NEXT:    llvm.call @tt_rt_probe_enter(%[[CTX]], %[[LOOP]])
// CHECK-NEXT:    %[[ADD:.+]] = llvm.mlir.constant(1 : i64)
// CHECK-NEXT:    %[[WORK:.+]] = builtin.unrealized_conversion_cast %[[N]] : index to i64
// CHECK:         llvm.call @tt_rt_probe(%[[CTX]], %[[ADD]], %[[WORK]],
// CHECK:         llvm.call @tt_rt_probe_leave(%[[CTX]], %{{.+}})
// CHECK-NEXT:    llvm.call @tt_rt_profile_end(%[[CTX]])
// CHECK:         llvm.call @tt_rt_probe_buffer(%[[CTX]], %{{.+}}, %{{.+}}, %{{.+}}) : (!llvm.ptr, i64, i64, i64) -> ()
// CHECK-DAG:   llvm.mlir.global internal constant @{{.+}}("loop1\00")
// CHECK-DAG:   llvm.mlir.global internal constant @{{.+}}("k_for\00")
// CHECK-DAG:   llvm.mlir.global internal constant @{{.+}}("pytorch\00")
// CHECK:       llvm.mlir.global internal constant @[[PROFILE]]() {{.*}} : !llvm.array<1 x struct<(ptr, ptr, i32, i32, ptr, ptr)>>
// PARALLEL:    llvm.call @tt_rt_profile_parallel_for(
// PARALLEL-NOT: llvm.call @tt_rt_parallel_for(
module attributes {tt.profile = "kernel", tt.producer = "pytorch"} {
  tt.probe_info @a "loop1" {nodes = ["loop1"], kinds = ["loop"], kernel = "k_for", granularity = "kernel", container}
  tt.probe_info @b "add" {nodes = ["add"], kinds = ["add"], kernel = "linalg.generic", granularity = "kernel", parent = @a}
  func.func @main(%ctx: !llvm.ptr, %n: index) {
    tt.profile_begin %ctx
    tt.probe_enter %ctx, @a
    tt.probe %ctx, @b work(%n, %n, %n)
    tt.probe_leave %ctx, @a
    tt.profile_end %ctx
    tt.probe_buffer %ctx, "add" at(%n, %n) used(@b, @b)
    tt.parallel_for %ctx, %n {
    ^bb0(%chunk: index, %thread: index):
      tt.yield
    }
    return
  }
}

// -----

// Without probes nothing changes.
// CHECK-LABEL: func.func @plain(
// CHECK-NEXT:    tt.parallel_for
// PARALLEL-LABEL: func.func @plain(
// PARALLEL:       llvm.call @tt_rt_parallel_for(
func.func @plain(%ctx: !llvm.ptr, %n: index) {
  tt.parallel_for %ctx, %n {
  ^bb0(%chunk: index, %thread: index):
    tt.yield
  }
  return
}
