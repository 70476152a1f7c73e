// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-outline-parallel)' | FileCheck %s

// The buffer and the scalar travel in a struct, the constant is made again inside, the context is the body's own.
// CHECK:       llvm.func hidden @tt_rt_parallel_for(!llvm.ptr, !llvm.ptr, !llvm.ptr, i64)
// CHECK-LABEL: func.func private @k(
// CHECK-SAME:    %[[CTX:[a-z0-9]+]]: !llvm.ptr, %{{.+}}: index, %{{.+}}: memref<?xf32>, %[[V:[a-z0-9]+]]: f32)
// CHECK:       %[[FRAME:.+]] = llvm.alloca %{{.+}} x !llvm.struct<(f32, struct<(ptr, ptr, i64, array<1 x i64>, array<1 x i64>)>)>
// CHECK:       llvm.store %[[V]]
// CHECK:       %[[F:.+]] = constant @k_parallel
// CHECK:       %[[P:.+]] = builtin.unrealized_conversion_cast %[[F]]
// CHECK:       llvm.call @tt_rt_parallel_for(%[[CTX]], %[[P]], %[[FRAME]], %{{.+}})
// CHECK-NOT:   tt.parallel_for
// CHECK-LABEL: func.func private @k_parallel(
// CHECK-SAME:    %{{[a-z0-9]+}}: !llvm.ptr, %[[ARGS:[a-z0-9]+]]: !llvm.ptr, %[[CHUNK:[a-z0-9]+]]: i64, %{{[a-z0-9]+}}: i64) attributes {tt.parallel_body}
// CHECK:       %[[TWO:.+]] = arith.constant 2.0
// CHECK:       %[[W:.+]] = llvm.load {{.*}} -> f32
// CHECK:       %[[I:.+]] = builtin.unrealized_conversion_cast %[[CHUNK]] : i64 to index
// CHECK:       %[[S:.+]] = arith.addf %[[W]], %[[TWO]]
// CHECK:       memref.store %[[S]], %{{.+}}[%[[I]]]
func.func private @k(%ctx: !llvm.ptr, %n: index, %y: memref<?xf32>, %v: f32) {
  %two = arith.constant 2.0 : f32
  tt.parallel_for %ctx, %n {
  ^bb0(%chunk: index, %thread: index):
    %s = arith.addf %v, %two : f32
    memref.store %s, %y[%chunk] : memref<?xf32>
    tt.yield
  }
  return
}

// CHECK-LABEL: func.func private @serial_stays
// CHECK-NEXT:  return
func.func private @serial_stays(%ctx: !llvm.ptr) {
  return
}
