// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-instrument-profile)' | FileCheck %s
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-instrument-profile{granularity=op})' | FileCheck %s --check-prefix=OP
// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-instrument-profile{granularity=prefix:/block.0,/block.1})' | FileCheck %s --check-prefix=PREFIX

// A probe for each statement that takes time, with the names of all nodes in it, in the order of the program.
// CHECK:      module attributes {tt.profile = "kernel"}
// CHECK-NEXT:   tt.probe_info @[[ARENA:.+]] "(arena)" {granularity = "kernel", kernel = "tt.arena", kinds = [], nodes = []}
// CHECK-NEXT:   tt.probe_info @[[OUTPUT:.+]] "(output y)" {granularity = "kernel", kernel = "tt.output", kinds = [], nodes = []}
// CHECK-NEXT:   tt.probe_info @[[PAD:.+]] "/block.0/conv" {granularity = "kernel", kernel = "k_fill", kinds = ["conv"], nodes = ["/block.0/conv"]}
// CHECK-NEXT:   tt.probe_info @[[CONV:.+]] "/block.0/conv+/block.0/relu" {granularity = "kernel", kernel = "k_exp", kinds = ["conv", "relu"], nodes = ["/block.0/conv", "/block.0/relu"]}
// CHECK-NEXT:   tt.probe_info @[[LAST:.+]] "/block.1/exp" {granularity = "kernel", kernel = "k_exp", kinds = [""], nodes = ["/block.1/exp"]}

// Neighbours of one first name share a probe, which has the names of all.
// OP-DAG:   tt.probe_info @[[CONV:.+]] "/block.0/conv+/block.0/relu" {granularity = "op", kernel = "k_fill", kinds = ["conv", "relu"], nodes = ["/block.0/conv", "/block.0/relu"]}
// OP-DAG:   tt.probe_info @[[LAST:.+]] "/block.1/exp" {granularity = "op", kernel = "k_exp", kinds = [""], nodes = ["/block.1/exp"]}

// PREFIX-DAG:   tt.probe_info @[[CONV:.+]] "/block.0" {granularity = "prefix", kernel = "k_fill", kinds = ["conv", "relu"], nodes = ["/block.0/conv", "/block.0/relu"]}
// PREFIX-DAG:   tt.probe_info @[[LAST:.+]] "/block.1" {granularity = "prefix", kernel = "k_exp", kinds = [""], nodes = ["/block.1/exp"]}

// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr)
// CHECK-NEXT:    tt.profile_begin %[[CTX]]
// CHECK:         %[[X:.+]] = tt.input
// CHECK:         tt.arena
// CHECK:         tt.probe %[[CTX]], @[[ARENA]] work(
// CHECK:         tt.output
// CHECK:         tt.probe %[[CTX]], @[[OUTPUT]] work(
// CHECK:         call @k_fill(
// CHECK:         tt.probe %[[CTX]], @[[PAD]] work(
// n elements of 4 bytes are written, none is computed.
// CHECK:         call @k_exp(%[[CTX]], %[[X]], %[[A:.+]])
// CHECK-NEXT:    %[[C0:.+]] = arith.constant 0 : index
// CHECK-NEXT:    %[[N:.+]] = memref.dim %{{.+}}, %[[C0]]
// CHECK:         %[[ONE:.+]] = arith.constant 1 : index
// CHECK-NEXT:    %[[FLOPS:.+]] = arith.muli %[[ONE]], %[[N]]
// CHECK:         %[[FOUR:.+]] = arith.constant 4 : index
// CHECK-NEXT:    %[[READ:.+]] = arith.muli %[[FOUR]], %{{.+}}
// CHECK:         tt.probe %[[CTX]], @[[CONV]] work(%[[FLOPS]], %[[READ]], %{{.+}})
// CHECK:         call @k_exp(
// CHECK:         tt.probe %[[CTX]], @[[LAST]] work(
// CHECK-NEXT:    tt.profile_end %[[CTX]]
// The buffer at byte 64, n floats, from the fill to the last kernel.
// CHECK:         tt.probe_buffer %[[CTX]], "/block.0/conv" at(%{{.+}}, %{{.+}}) used(@[[PAD]], @[[LAST]])
// CHECK-NEXT:    return

// OP-LABEL: func.func @main(
// OP:         call @k_fill(
// OP-NOT:     tt.probe
// OP:         call @k_exp(
// OP:         tt.probe %{{.+}}, @[[CONV]] work(
// OP-NOT:     tt.probe
// OP:         call @k_exp(
// OP:         tt.probe %{{.+}}, @[[LAST]] work(

// PREFIX-LABEL: func.func @main(
// PREFIX:         call @k_fill(
// PREFIX-NOT:     tt.probe
// PREFIX:         call @k_exp(
// PREFIX:         tt.probe %{{.+}}, @[[CONV]] work(
// PREFIX:         call @k_exp(
// PREFIX:         tt.probe %{{.+}}, @[[LAST]] work(
func.func @main(%ctx: !llvm.ptr) attributes {tt.entry, tt.outputs = [{dims = ["n"], name = "y", type = tensor<?xf32>}]} {
  %c0 = arith.constant 0 : index
  %c64 = arith.constant 64 : index
  %x = tt.input %ctx {index = 0 : i64} : memref<?xf32> loc("x")
  %n = memref.dim %x, %c0 : memref<?xf32>
  %arena = tt.arena %ctx, %n : memref<?xi8>
  %y = tt.output %ctx(%n) {index = 0 : i64} : memref<?xf32> loc("y")
  %a = memref.view %arena[%c64][%n] : memref<?xi8> to memref<?xf32> loc("/block.0/conv"("conv_output"))
  call @k_fill(%ctx, %a) : (!llvm.ptr, memref<?xf32>) -> () loc(fused<"conv">["/block.0/conv"("conv_output")])
  call @k_exp(%ctx, %x, %a) : (!llvm.ptr, memref<?xf32>, memref<?xf32>) -> () loc(fused[fused<"conv">["/block.0/conv"("conv_output")], fused<"relu">["/block.0/relu"]])
  call @k_exp(%ctx, %a, %y) : (!llvm.ptr, memref<?xf32>, memref<?xf32>) -> () loc("/block.1/exp")
  return
}
func.func private @k_fill(%ctx: !llvm.ptr, %y: memref<?xf32>) attributes {tt.kernel} {
  %c = arith.constant 0.0 : f32
  linalg.fill ins(%c : f32) outs(%y : memref<?xf32>)
  return
}
func.func private @k_exp(%ctx: !llvm.ptr, %x: memref<?xf32>, %y: memref<?xf32>) attributes {tt.kernel} {
  linalg.exp ins(%x : memref<?xf32>) outs(%y : memref<?xf32>)
  return
}

// What is no entry point gets no probe.
// CHECK-LABEL: func.func @other(
// CHECK-NEXT:    linalg.exp
// CHECK-NEXT:    return
func.func @other(%ctx: !llvm.ptr, %x: memref<4xf32>, %y: memref<4xf32>) {
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}
