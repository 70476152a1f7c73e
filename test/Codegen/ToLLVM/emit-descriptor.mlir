// RUN: tt-opt %s --tt-emit-descriptor | FileCheck %s

// One entry "main" with input "x", output "y", both float (1) of rank 1 and size -1 named "n".
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("main\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("x\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("y\00")
// CHECK-DAG: llvm.mlir.global internal constant @{{.*}}("n\00")
// CHECK-DAG: llvm.mlir.constant(-1 : i64) : i64
// CHECK-DAG: llvm.mlir.addressof @main : !llvm.ptr
// CHECK:     llvm.mlir.global external hidden constant @tt_model_descriptor()
module attributes {tt.model_name = "twice", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
  llvm.func @main(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", tt.inputs = [{dims = ["n"], name = "x", type = tensor<?xf32>}], tt.outputs = [{dims = ["n"], name = "y", type = tensor<?xf32>}]} {
    llvm.return
  }
}
