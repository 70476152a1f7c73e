// What LLVM's code generator refuses is an error of the compilation, and nothing is left behind.
// RUN: rm -rf %t && mkdir %t
// RUN: not tt-compile %s -o %t/model.so 2>&1 | FileCheck %s
// RUN: rmdir %t
// CHECK: error: cannot write '{{.*}}model.so': LLVM found a problem in the code: {{.*}}invalid instruction mnemonic 'bogus'

func.func @main(%x: tensor<4xf32> {tt.name = "x"}) -> (tensor<4xf32> {tt.name = "y"}) {
  %y = tensor.generate {
  ^bb0(%i: index):
    %bits = llvm.inline_asm "bogus $0", "=r" : () -> i32
    %element = arith.sitofp %bits : i32 to f32
    tensor.yield %element : f32
  } : tensor<4xf32>
  return %y : tensor<4xf32>
}
