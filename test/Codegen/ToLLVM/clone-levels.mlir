// RUN: tt-opt %s --split-input-file --pass-pipeline='builtin.module(tt-clone-levels)' | FileCheck %s

// Attributes of the module go to each level, its list of levels does not.
// CHECK:       module attributes {tt.levels = [{{.*}}], tt.model_name = "tiny"} {
// CHECK-NEXT:    module @avx512vnni attributes {tt.model_name = "tiny", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "+avx512vnni", lanes = 16, registers = 32>} {
// CHECK-NEXT:      func.func @main
// CHECK:         module @"x86-64-v3" attributes {tt.model_name = "tiny", tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
// CHECK-NEXT:      func.func @main
module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v4", features = "+avx512vnni", lanes = 16, registers = 32>,
                                #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>], tt.model_name = "tiny"} {
  func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
    return %x : tensor<4xf32>
  }
}

// -----

// One CPU, or cloned already: as it was.
// CHECK:      module attributes {tt.target = {{.*}}} {
// CHECK-NEXT:   func.func @one
module attributes {tt.target = #tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>} {
  func.func @one() {
    return
  }
}

// -----

// CHECK:      module attributes {tt.levels = [{{.*}}]} {
// CHECK-NEXT:   module @"x86-64-v3" {
// CHECK-NEXT:     func.func @cloned
module attributes {tt.levels = [#tt.target<triple = "x86_64-unknown-linux-gnu", cpu = "x86-64-v3", features = "", lanes = 8, registers = 16>]} {
  module @"x86-64-v3" {
    func.func @cloned() {
      return
    }
  }
}
