// RUN: tt-opt %s --pass-pipeline='builtin.module(tt-outline-kernels)' | FileCheck %s

// Two equal ops share a kernel, a slice's static offset does not matter, and constants move into the kernel.
// CHECK-LABEL: func.func @main
// CHECK-SAME:    %[[CTX:.+]]: !llvm.ptr
// CHECK:       call @k_exp_4(%[[CTX]], %{{.+}}, %{{.+}})
// CHECK:       call @k_exp_4(%[[CTX]], %{{.+}}, %{{.+}})
// CHECK:       call @k_fill_4(%[[CTX]], %{{.+}})
// CHECK:       call @k_fill_4(%[[CTX]], %{{.+}})
// CHECK:       tt.check
// CHECK-LABEL: func.func private @k_exp_4(
// CHECK-SAME:    attributes {tt.kernel}
// CHECK-LABEL: func.func private @k_fill_4(
// CHECK-SAME:    %{{.+}}: !llvm.ptr, %[[B:.+]]: memref<4xf32, strided<[1], offset: ?>>)
// CHECK-NEXT:  %[[C:.+]] = arith.constant
// CHECK-NEXT:  linalg.fill ins(%[[C]] : f32) outs(%[[B]]
// CHECK-NOT:   func.func
func.func @main(%ctx: !llvm.ptr) attributes {tt.entry} {
  %true = arith.constant true
  %c = arith.constant 1.0 : f32
  %x = tt.input %ctx {index = 0 : i64} : memref<4xf32>
  %y = tt.output %ctx {index = 0 : i64} : memref<4xf32>
  %z = tt.output %ctx {index = 1 : i64} : memref<16xf32>
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  linalg.exp ins(%x : memref<4xf32>) outs(%y : memref<4xf32>)
  %s = memref.subview %z[4] [4] [1] : memref<16xf32> to memref<4xf32, strided<[1], offset: 4>>
  %t = memref.subview %z[8] [4] [1] : memref<16xf32> to memref<4xf32, strided<[1], offset: 8>>
  linalg.fill ins(%c : f32) outs(%s : memref<4xf32, strided<[1], offset: 4>>)
  linalg.fill ins(%c : f32) outs(%t : memref<4xf32, strided<[1], offset: 8>>)
  tt.check %true, "onnx node 'a': never"
  return
}
