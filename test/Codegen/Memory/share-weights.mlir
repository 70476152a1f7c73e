// RUN: tt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(tt-share-weights)' | FileCheck %s

// Level a has 20 bytes at 0 and 8 bytes at 64; b has the same 20 bytes at 64, behind 12 of its own, which go to 128.
// CHECK:       module attributes {tt.weights = [dense<1> : tensor<20xi8>, dense<2> : tensor<2xi32>, dense<3> : tensor<12xi8>]} {
// CHECK-NEXT:    module @a {
// CHECK:           tt.weights {offset = 0 : i64} : memref<20xi8>
// CHECK:           tt.weights {offset = 64 : i64} : memref<2xi32>
// CHECK:         module @b {
// CHECK:           tt.weights {offset = 128 : i64} : memref<12xi8>
// CHECK:           tt.weights {offset = 0 : i64} : memref<20xi8>
module {
  module @a attributes {tt.weights = [dense<1> : tensor<20xi8>, dense<2> : tensor<2xi32>]} {
    func.func @main() -> (memref<20xi8>, memref<2xi32>) {
      %0 = tt.weights {offset = 0 : i64} : memref<20xi8>
      %1 = tt.weights {offset = 64 : i64} : memref<2xi32>
      return %0, %1 : memref<20xi8>, memref<2xi32>
    }
  }
  module @b attributes {tt.weights = [dense<3> : tensor<12xi8>, dense<1> : tensor<20xi8>]} {
    func.func @main() -> (memref<12xi8>, memref<20xi8>) {
      %0 = tt.weights {offset = 0 : i64} : memref<12xi8>
      %1 = tt.weights {offset = 64 : i64} : memref<20xi8>
      return %0, %1 : memref<12xi8>, memref<20xi8>
    }
  }
}

// -----

// A module for one CPU stays as it is.
// CHECK: module attributes {tt.weights = [dense<1> : tensor<20xi8>]} {
// CHECK-NEXT: func.func @main
module attributes {tt.weights = [dense<1> : tensor<20xi8>]} {
  func.func @main() {
    return
  }
}

// -----

module {
  module @a attributes {tt.weights = [dense<1> : tensor<20xi8>]} {
    func.func @main() -> memref<4xi8> {
      // expected-error @+1 {{needs the offset of a constant in tt.weights, but has 64}}
      %0 = tt.weights {offset = 64 : i64} : memref<4xi8>
      return %0 : memref<4xi8>
    }
  }
}
