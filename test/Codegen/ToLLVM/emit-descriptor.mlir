// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(tt-emit-descriptor)' | FileCheck %s

// Field order as in include/tt/Runtime/ABI.h. 2 is uint8, 1 float; -1 is a dynamic size; 20 bytes, then 8 bytes at 64: 72 bytes of weights.
// x86-64 itself has none of the features that are tested at run time.
// CHECK:     llvm.mlir.global internal constant @[[BATCH:.+]]("batch\00")
// CHECK:     @[[DIMS:.+]]() {{.*}} : !llvm.array<1 x i64>
// CHECK:     llvm.mlir.constant(-1 : i64) : i64
// CHECK:     llvm.mlir.addressof @[[BATCH]]
// CHECK:     @[[INPUTS:.+]]() {{.*}} : !llvm.array<1 x struct<(ptr, i32, i32, ptr, ptr)>>
// CHECK:     llvm.mlir.constant(2 : i32) : i32
// CHECK:     llvm.mlir.constant(1 : i32) : i32
// CHECK:     llvm.mlir.addressof @[[DIMS]]
// CHECK:     @[[NAME:.+]]("x86-64\00")
// CHECK:     @[[RUNS:.+]]() {{.*}} : !llvm.array<1 x ptr>
// CHECK:     llvm.mlir.addressof @tt_entry_main
// CHECK:     !llvm.array<1 x struct<(ptr, i32, i32, ptr, ptr)>> {
// CHECK:     llvm.mlir.addressof @[[INPUTS]]
// CHECK:     ("tiny\00")
// CHECK:     ("x86_64-unknown-linux-gnu x86-64\00")
// CHECK:     @[[ISAS:.+]]() {{.*}} : !llvm.array<1 x struct<(ptr, i64, ptr)>>
// CHECK:     llvm.mlir.addressof @[[NAME]]
// CHECK:     llvm.mlir.constant(0 : i64)
// CHECK:     llvm.mlir.addressof @[[RUNS]]
// CHECK:     llvm.mlir.global external hidden constant @tt_model_descriptor() {{.*}} : !llvm.struct<(i32, i32, ptr, ptr, ptr, ptr, i64, i32, ptr, ptr)>
// CHECK:     llvm.mlir.constant(72 : i64)
// CHECK:     llvm.mlir.constant(1 : i32)
// CHECK:     llvm.mlir.addressof @[[ISAS]]
// CHECK:     llvm.mlir.addressof @tt_model_weights
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>,
                   tt.model_name = "tiny", tt.weights = [dense<1> : tensor<20xi8>, dense<[1, 2]> : tensor<2xi32>]} {
  llvm.func internal @tt_entry_main(%ctx: !llvm.ptr) attributes {tt.entry_name = "main",
      tt.inputs = [{dims = ["batch"], name = "x", type = tensor<?xui8>}], tt.outputs = [{dims = [""], name = "y", type = tensor<4xf32>}]} {
    llvm.return
  }
}

// -----

// expected-error @+1 {{the module needs the attribute tt.target or tt.levels; run tt-set-target}}
module {
}

// -----

module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>} {
  // expected-error @+1 {{has the value 'x' of an element type that ONNX does not have: 'tensor<4xi4>'}}
  llvm.func internal @tt_entry_main(%ctx: !llvm.ptr) attributes {tt.entry_name = "main",
      tt.inputs = [{dims = [""], name = "x", type = tensor<4xi4>}], tt.outputs = []} {
    llvm.return
  }
}

// -----

// Two levels: one entry point, two codes for it, the first level's first. 8191 is bits 0 to 12: all that x86-64-v3 has.
// CHECK:     ("x86-64-v3\00")
// CHECK:     @[[RUNS3:.+]]() {{.*}} : !llvm.array<1 x ptr>
// CHECK:     llvm.mlir.addressof @main3
// CHECK:     ("x86-64\00")
// CHECK:     llvm.mlir.addressof @main1
// CHECK:     !llvm.array<1 x struct<(ptr, i32, i32, ptr, ptr)>>
// CHECK:     ("x86_64-unknown-linux-gnu x86-64-v3,x86-64\00")
// CHECK:     !llvm.array<2 x struct<(ptr, i64, ptr)>>
// CHECK:     llvm.mlir.constant(8191 : i64)
// CHECK:     llvm.mlir.addressof @[[RUNS3]]
// CHECK:     llvm.mlir.constant(0 : i64)
module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>,
                                #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>]} {
  llvm.func internal @main3(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", tt.inputs = [], tt.outputs = [], tt.level = "x86-64-v3"} {
    llvm.return
  }
  llvm.func internal @main1(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", tt.inputs = [], tt.outputs = [], tt.level = "x86-64"} {
    llvm.return
  }
}

// -----

// expected-error @+1 {{needs the same entry points for each of tt.levels}}
module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>,
                                #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64", features = "", lanes = 4, registers = 16>]} {
  llvm.func internal @main3(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", tt.inputs = [], tt.outputs = [], tt.level = "x86-64-v3"} {
    llvm.return
  }
}

// -----

module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>]} {
  // expected-error @+1 {{is for the level 'x86-64', which is not in tt.levels}}
  llvm.func internal @main1(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", tt.inputs = [], tt.outputs = [], tt.level = "x86-64"} {
    llvm.return
  }
}
