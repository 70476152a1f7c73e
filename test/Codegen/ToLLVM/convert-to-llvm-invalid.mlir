// RUN: not tt-opt %s --tt-convert-to-llvm 2>&1 | FileCheck %s

// What has no conversion is an error at its place: a softmax that no emitter has turned into loops.
// CHECK: convert-to-llvm-invalid.mlir:[[#@LINE+2]]:{{.*}}error: failed to legalize operation 'tt.softmax_rows'
func.func private @graph(%ctx: !llvm.ptr, %x: memref<4xf32>, %y: memref<4xf32>) {
  tt.softmax_rows ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  return
}
