// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-instrument-profile)' | FileCheck %s

// A loop of the model is a container: the probes inside are passed once per iteration. Two calls of one loop have loops of their own, and probes.

// CHECK-DAG: tt.probe_info @[[LOOP1:.+]] "loop1" {container, granularity = "kernel", kernel = "k_for_0", kinds = ["loop"], nodes = ["loop1"]}
// CHECK-DAG: tt.probe_info @[[IF1:.+]] "if1" {container, granularity = "kernel", kernel = "scf.if", kinds = ["if"], nodes = ["if1"], parent = @[[LOOP1]]}
// CHECK-DAG: tt.probe_info @[[EXP1:.+]] "exp1" {granularity = "kernel", kernel = "linalg.exp", kinds = ["exp"], nodes = ["exp1"], parent = @[[IF1]]}
// CHECK-DAG: tt.probe_info @[[LOOP2:.+]] "loop1" {container, granularity = "kernel", kernel = "k_for", kinds = ["loop"], nodes = ["loop1"]}
// CHECK-DAG: tt.probe_info @[[GATHER:.+]] "gather1" {granularity = "kernel", kernel = "k_rows", kinds = ["gather"], nodes = ["gather1"]}

// A loop that a node became is a statement like others: 3 rows of 4 floats are read and written.
// CHECK-LABEL: func.func @main(
// CHECK:         call @k_for_0(
// CHECK-NEXT:    call @k_for(
// CHECK-NEXT:    call @k_rows(
// CHECK:         %[[C0:.+]] = arith.constant 0 : index
// CHECK:         %[[READ:.+]] = arith.constant 48 : index
// CHECK:         %[[WRITTEN:.+]] = arith.constant 48 : index
// CHECK:         tt.probe %{{.+}}, @[[GATHER]] work(%[[C0]], %[[READ]], %[[WRITTEN]])
func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
  %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
  %y = tt.input %ctx {index = 1 : i64} : memref<4xf32>
  %t = tt.input %ctx {index = 2 : i64} : memref<9x4xf32>
  %r = tt.input %ctx {index = 3 : i64} : memref<3x4xf32>
  call @k_for(%ctx, %x, %y) : (!llvm.ptr, memref<4xf32>, memref<4xf32>) -> () loc(fused<"loop">["loop1"])
  call @k_for(%ctx, %y, %x) : (!llvm.ptr, memref<4xf32>, memref<4xf32>) -> () loc(fused<"loop">["loop1"])
  call @k_rows(%ctx, %t, %r) : (!llvm.ptr, memref<9x4xf32>, memref<3x4xf32>) -> () loc(fused<"gather">["gather1"])
  return
}

// CHECK-LABEL: func.func private @k_for_0(
// CHECK:         tt.probe_enter %[[CTX:.+]], @[[LOOP1]]
// CHECK:         scf.for
// CHECK:           tt.probe_enter %[[CTX]], @[[IF1]]
// CHECK-NEXT:      scf.if
// CHECK-NEXT:        linalg.exp
// CHECK:             tt.probe %[[CTX]], @[[EXP1]] work(
// CHECK:           }
// CHECK-NEXT:      tt.probe_leave %[[CTX]], @[[IF1]]
// CHECK-NEXT:    }
// CHECK-NEXT:    tt.probe_leave %[[CTX]], @[[LOOP1]]
// CHECK-NEXT:    return
func.func private @k_for(%ctx: !llvm.ptr, %x: memref<4xf32>, %y: memref<4xf32>) attributes {tt.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  scf.for %i = %c0 to %c5 step %c1 {
    %odd = arith.cmpi eq, %i, %c1 : index
    scf.if %odd {
      linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>) loc(fused<"exp">["exp1"])
    } loc(fused<"if">["if1"])
  } loc(fused<"loop">["loop1"])
  return
}

// CHECK-LABEL: func.func private @k_rows(
// CHECK-NOT:     tt.probe
func.func private @k_rows(%ctx: !llvm.ptr, %t: memref<9x4xf32>, %r: memref<3x4xf32>) attributes {tt.kernel} {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  scf.for %i = %c0 to %c3 step %c1 {
    %from = memref.subview %t[%i, 0] [1, 4] [1, 1] : memref<9x4xf32> to memref<1x4xf32, strided<[4, 1], offset: ?>>
    %to = memref.subview %r[%i, 0] [1, 4] [1, 1] : memref<3x4xf32> to memref<1x4xf32, strided<[4, 1], offset: ?>>
    memref.copy %from, %to : memref<1x4xf32, strided<[4, 1], offset: ?>> to memref<1x4xf32, strided<[4, 1], offset: ?>>
  } loc(fused<"gather">["gather1"])
  return
}
