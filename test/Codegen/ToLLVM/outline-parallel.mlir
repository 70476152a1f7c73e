// RUN: tt-opt %s --tt-outline-parallel | FileCheck %s
// RUN: tt-opt %s --tt-outline-parallel --convert-scf-to-cf --tt-convert-to-llvm --reconcile-unrealized-casts | FileCheck %s --check-prefix=LLVM

// The buffer travels in a struct on the caller's stack, the constant moves along with the body.
// CHECK-LABEL: func.func private @fill(
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr, %[[X:.+]]: memref<?xf32>, %[[N:.+]]: index)
// CHECK:         %[[ARGS:.+]] = llvm.alloca
// CHECK:         llvm.store {{.*}}, {{.*}}
// CHECK:         %[[F:.+]] = constant @fill_parallel
// CHECK:         llvm.call @tt_rt_parallel_for(%[[CTX]], {{.*}}, %[[ARGS]], {{.*}})
// CHECK-NOT:     tt.parallel_for
// CHECK:         return
// CHECK-LABEL: func.func private @fill_parallel(
// CHECK:         %[[C:.+]] = arith.constant 1.500000e+00 : f32
// CHECK:         memref.store %[[C]]
// LLVM-LABEL:  llvm.func internal @fill(
// LLVM:          llvm.call @tt_rt_parallel_for(%{{.*}}, %{{.*}}, %{{.*}}, %{{.*}}) : (!llvm.ptr, !llvm.ptr, !llvm.ptr, i64) -> ()
// LLVM-LABEL:  llvm.func internal @fill_parallel(%{{.*}}: !llvm.ptr, %{{.*}}: !llvm.ptr, %{{.*}}: i64, %{{.*}}: i64)
func.func private @fill(%ctx: !llvm.ptr, %x: memref<?xf32>, %n: index) attributes {tt.kernel} {
  %c = arith.constant 1.5 : f32
  tt.parallel_for %ctx, %n {
  ^bb0(%chunk: index, %thread: index):
    memref.store %c, %x[%chunk] : memref<?xf32>
    tt.yield
  }
  return
}

// A loop that is not parallel stays.
// CHECK-LABEL: func.func private @serial(
// CHECK:         scf.for
// CHECK-NOT:     tt_rt_parallel_for
// CHECK:         return
func.func private @serial(%ctx: !llvm.ptr, %x: memref<?xf32>, %n: index) attributes {tt.kernel} {
  %c = arith.constant 1.5 : f32
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %i = %c0 to %n step %c1 {
    memref.store %c, %x[%i] : memref<?xf32>
  }
  return
}
