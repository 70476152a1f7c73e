// RUN: tt-opt %s --verify-roundtrip | tt-opt | FileCheck %s

// The example of every op of ProbeOps.td, parsed, printed and parsed again.

// CHECK: tt.probe_info @probe_0 "conv1+relu1" {granularity = "kernel", kernel = "k_conv_direct_1x8x8x16", kinds = ["conv", "relu"], nodes = ["conv1", "relu1"]}
tt.probe_info @probe_0 "conv1+relu1" {nodes = ["conv1", "relu1"], kinds = ["conv", "relu"], kernel = "k_conv_direct_1x8x8x16", granularity = "kernel"}
// CHECK: tt.probe_info @probe_1 "loop1" {container, granularity = "kernel", kernel = "k_for", kinds = ["loop"], nodes = ["loop1"]}
tt.probe_info @probe_1 "loop1" {nodes = ["loop1"], kinds = ["loop"], kernel = "k_for", granularity = "kernel", container}
// CHECK: tt.probe_info @probe_2 "add" {granularity = "op", kernel = "linalg.generic", kinds = ["add"], nodes = ["add"], parent = @probe_1}
tt.probe_info @probe_2 "add" {nodes = ["add"], kinds = ["add"], kernel = "linalg.generic", granularity = "op", parent = @probe_1}

// CHECK-LABEL: func.func @main(
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr, %[[A:.+]]: index, %[[B:.+]]: index, %[[C:.+]]: index
func.func @main(%ctx: !llvm.ptr, %a: index, %b: index, %c: index) {
  // CHECK-NEXT: tt.profile_begin %[[CTX]]
  tt.profile_begin %ctx
  // CHECK-NEXT: tt.probe %[[CTX]], @probe_0 work(%[[A]], %[[B]], %[[C]])
  tt.probe %ctx, @probe_0 work(%a, %b, %c)
  // CHECK-NEXT: tt.probe_enter %[[CTX]], @probe_1
  tt.probe_enter %ctx, @probe_1
  tt.probe %ctx, @probe_2 work(%a, %b, %c)
  // CHECK: tt.probe_leave %[[CTX]], @probe_1
  tt.probe_leave %ctx, @probe_1
  // CHECK-NEXT: tt.profile_end %[[CTX]]
  tt.profile_end %ctx
  // CHECK-NEXT: tt.probe_buffer %[[CTX]], "conv1" at(%[[A]], %[[B]]) used(@probe_0, @probe_1)
  tt.probe_buffer %ctx, "conv1" at(%a, %b) used(@probe_0, @probe_1)
  return
}

// On tensors and on buffers.
// CHECK-LABEL: func.func @observe(
// CHECK-SAME:    %[[X:.+]]: tensor<1x8x8x16xf32>, %[[Y:.+]]: memref<?x3xf32, strided<[8, 1], offset: 2>>
func.func @observe(%x: tensor<1x8x8x16xf32>, %y: memref<?x3xf32, strided<[8, 1], offset: 2>>) {
  // CHECK-NEXT: tt.observe %[[X]], "relu_3" : tensor<1x8x8x16xf32>
  tt.observe %x, "relu_3" : tensor<1x8x8x16xf32>
  // CHECK-NEXT: tt.observe %[[Y]], "y" : memref<?x3xf32, strided<[8, 1], offset: 2>>
  tt.observe %y, "y" : memref<?x3xf32, strided<[8, 1], offset: 2>>
  return
}
