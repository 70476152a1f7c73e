// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(tt-merge-levels)' | FileCheck %s

// What is defined gets its level's name and CPU; what is only declared is shared. References follow.
// CHECK:       module attributes {llvm.data_layout = "e", tt.levels = [{{.*}}]} {
// CHECK-NEXT:    llvm.func hidden @tt_rt_fail(!llvm.ptr, !llvm.ptr)
// CHECK-NEXT:    llvm.mlir.global external hidden constant @tt_model_weights
// CHECK-NEXT:    llvm.mlir.global internal constant @text.avx512vnni("a")
// CHECK-NEXT:    llvm.func internal @tt_entry_main.avx512vnni(
// CHECK-SAME:      passthrough = ["noinline", ["target-cpu", "x86-64-v4"], ["target-features", "+avx512vnni"], ["prefer-vector-width", "512"], ["min-legal-vector-width", "512"]]
// CHECK-SAME:      tt.entry_name = "main", tt.level = "avx512vnni"
// CHECK:           llvm.mlir.addressof @text.avx512vnni
// CHECK:           llvm.call @tt_rt_fail
// CHECK-NOT:     tt_rt_fail(!llvm.ptr, !llvm.ptr)
// CHECK-NOT:     @tt_model_weights
// CHECK:         llvm.mlir.global internal constant @text.x86_64_v3("b")
// CHECK-NEXT:    llvm.func internal @tt_entry_main.x86_64_v3(
// CHECK-SAME:      passthrough = {{\[\[}}"target-cpu", "x86-64-v3"], ["prefer-vector-width", "256"], ["min-legal-vector-width", "256"]]
// CHECK-SAME:      tt.level = "x86-64-v3"
// CHECK:           llvm.mlir.addressof @text.x86_64_v3
// CHECK:           llvm.call @tt_rt_fail
#v4 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "+avx512vnni", lanes = 16, registers = 32>
#v3 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
module attributes {tt.levels = [#v4, #v3]} {
  module @avx512vnni attributes {tt.target = #v4, llvm.data_layout = "e"} {
    llvm.func hidden @tt_rt_fail(!llvm.ptr, !llvm.ptr)
    llvm.mlir.global external hidden constant @tt_model_weights() : !llvm.array<0 x i8>
    llvm.mlir.global internal constant @text("a")
    llvm.func internal @tt_entry_main(%ctx: !llvm.ptr) attributes {tt.entry_name = "main", passthrough = ["noinline"]} {
      %0 = llvm.mlir.addressof @text : !llvm.ptr
      llvm.call @tt_rt_fail(%ctx, %0) : (!llvm.ptr, !llvm.ptr) -> ()
      llvm.return
    }
  }
  module @"x86-64-v3" attributes {tt.target = #v3, llvm.data_layout = "e"} {
    llvm.func hidden @tt_rt_fail(!llvm.ptr, !llvm.ptr)
    llvm.mlir.global external hidden constant @tt_model_weights() : !llvm.array<0 x i8>
    llvm.mlir.global internal constant @text("b")
    llvm.func internal @tt_entry_main(%ctx: !llvm.ptr) attributes {tt.entry_name = "main"} {
      %0 = llvm.mlir.addressof @text : !llvm.ptr
      llvm.call @tt_rt_fail(%ctx, %0) : (!llvm.ptr, !llvm.ptr) -> ()
      llvm.return
    }
  }
}

// -----

// A module for one CPU stays as it is.
// CHECK:      module {
// CHECK-NEXT:   llvm.func internal @f() {
module {
  llvm.func internal @f() {
    llvm.return
  }
}

// -----

#v4 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "", lanes = 16, registers = 32>
#v3 = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>
module attributes {tt.levels = [#v4, #v3]} {
  module @a attributes {tt.target = #v4, tt.what = 1 : i64} {
  }
  // expected-error @+1 {{needs the same attribute 'tt.what' on every level, but found 2 : i64 and 1 : i64}}
  module @b attributes {tt.target = #v3, tt.what = 2 : i64} {
  }
}

// -----

module {
  // expected-error @+1 {{needs the attribute tt.target; run tt-clone-levels}}
  module @a {
  }
}
